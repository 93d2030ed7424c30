//! What is written for people keeps up with the program: every problem code, every command, every link.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use pillarbox::domain::problem::ProblemCode;

#[test]
fn schools_can_read_what_every_problem_means_and_how_to_mend_it() {
    let page = read(&root().join("docs/schools.md"));
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [codes, means, mend] = cells[..] else {
            return None;
        };
        (codes.starts_with('`') && means.ends_with('.') && mend.ends_with('.')).then_some(codes)
    });
    let told: BTreeSet<&str> = rows
        .flat_map(|codes| codes.split(", "))
        .map(|code| code.trim_matches('`'))
        .collect();
    let known: BTreeSet<&str> = ProblemCode::ALL.iter().map(|code| code.code()).collect();
    let missing: Vec<_> = known.difference(&told).collect();
    assert!(missing.is_empty(), "docs/schools.md lacks {missing:?}");
}

#[test]
fn the_readme_names_every_command() {
    let help = Command::new(env!("CARGO_BIN_EXE_pillarbox"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let verbs: Vec<&str> = commands
        .take_while(|line| line.starts_with("  "))
        .filter(|line| !line.starts_with("    "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect();
    assert!(verbs.len() > 15, "{help}");
    let readme = read(&root().join("README.md"));
    let table: String = readme
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    for verb in verbs {
        let named = [format!("`{verb} "), format!("`{verb}`")];
        assert!(
            named.iter().any(|name| table.contains(name)),
            "README.md does not tell what {verb} does"
        );
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut pages = vec![root().join("README.md"), root().join("SECURITY.md")];
    let docs = fs::read_dir(root().join("docs")).unwrap();
    pages.extend(docs.map(|entry| entry.unwrap().path()));
    pages.retain(|page| page.extension().is_some_and(|end| end == "md"));
    assert!(pages.len() > 3);
    for page in pages {
        for link in links(&read(&page)) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            assert!(target.exists(), "{}: {link}", page.display());
            if !anchor.is_empty() {
                let text = read(&target);
                let found = text
                    .lines()
                    .any(|line| heading(line).as_deref() == Some(anchor));
                assert!(found, "{}: {link} has no such heading", page.display());
            }
        }
    }
}

/// The links of a page that lead to other pages here.
fn links(page: &str) -> Vec<String> {
    let ends = page.split("](").skip(1);
    ends.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .filter(|link| !link.contains("://"))
        .collect()
}

/// A heading's anchor, as the sites that show Markdown make it.
fn heading(line: &str) -> Option<String> {
    let text = line.trim_start_matches('#');
    if text.len() == line.len() {
        return None;
    }
    let kept = text.trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    Some(kept.collect())
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
