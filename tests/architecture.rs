//! Holds the shape of `src/`: floors, sizes, names, and which room alone may name which crate.
//!
//! Every check takes the tree as data (path and text), so that a test can plant a fault in a made-up
//! tree and see it found. The checks read tokens, not meaning: a macro that pastes a path together
//! would get past them, and a reviewer stands behind.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

#[path = "architecture/code.rs"]
mod code;
#[path = "architecture/rules.rs"]
mod rules;

use rules::{Breach, Source, breaches};

#[test]
fn the_tree_keeps_its_shape() {
    let tree = read_tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    assert!(
        tree.iter().any(|(path, _)| path == "domain/mod.rs"),
        "no tree to look at"
    );
    let found: Vec<String> = breaches(&tree).iter().map(Breach::to_string).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// What is found in a made-up tree of one file: rules and lines.
fn found_in(path: &str, text: &str) -> Vec<(&'static str, usize)> {
    let found = breaches(&[(path.to_owned(), text.to_owned())]);
    found
        .into_iter()
        .map(|breach| (breach.rule, breach.line))
        .collect()
}

#[test]
fn a_planted_upward_import_is_found() {
    let upward = [
        (
            "ledger/store.rs",
            "use std::io;\n\nuse crate::flow::Life;\n",
        ),
        (
            "ledger/store.rs",
            "\n\nuse crate::{domain::ids::SchoolId, flow::Life};\n",
        ),
        ("ledger/store.rs", "\n\nuse crate::{\n    domain, flow};\n"),
        (
            "ledger/store.rs",
            "\n\nfn life() -> crate::flow::Life { loop {} }\n",
        ),
        ("ledger/store.rs", "\n\nuse super::super::flow::Life;\n"),
        (
            "ledger/store.rs",
            "\n\nuse super::super::{domain::days, flow::Life};\n",
        ),
        ("ledger/mod.rs", "\n\nuse super::flow::Life;\n"),
        (
            "ledger/store/rows.rs",
            "\n\nuse super::super::super::flow::Life;\n",
        ),
        ("domain/days.rs", "\n\nuse crate::reading::days;\n"),
    ];
    for (path, text) in upward {
        let lines: Vec<_> = found_in(path, text)
            .into_iter()
            .filter(|(rule, _)| *rule == "imports go down")
            .collect();
        assert!(
            matches!(lines[..], [("imports go down", 3 | 4)]),
            "{path} {text} {lines:?}"
        );
    }
}

#[test]
fn a_planted_sideways_import_is_found() {
    assert_eq!(
        found_in("policy/gate.rs", "use crate::reading::Table;\n"),
        [("imports go down", 1)]
    );
    assert_eq!(
        found_in("cli/run.rs", "use crate::daemon::run;\n"),
        [("imports go down", 1)]
    );
    assert_eq!(
        found_in("daemon/run.rs", "use crate::cli::print;\n"),
        [("imports go down", 1)]
    );
}

#[test]
fn what_goes_down_or_stays_at_home_is_let_be() {
    let ways_down =
        "use crate::{domain::ids::SchoolId, ledger::{Ledger, rows::Row}};\nuse super::rows;\n";
    assert_eq!(found_in("flow/life.rs", ways_down), []);
    assert_eq!(found_in("main.rs", "use pillarbox::{cli, daemon};\n"), []);
    assert_eq!(
        found_in(
            "lib.rs",
            "//! See [`flow`].\npub mod domain;\npub mod flow;\n"
        ),
        []
    );
}

#[test]
fn what_is_said_in_comments_texts_and_tests_is_no_import() {
    let prose = r##"
//! As `crate::flow::Life` says.
const A: &str = "crate::flow // \" crate::flow";
const B: &str = r#"crate::flow " println!"#; /* crate::flow */
const C: char = '"';
fn quote<'a>(c: &'a str) -> &'a str { c }
#[cfg(test)]
mod tests {
    use crate::flow::Life;
}
"##;
    assert_eq!(found_in("ledger/store.rs", prose), []);
    let behind_the_prose = prose.replace("{ c }", "{ crate::flow::c }");
    assert_eq!(
        found_in("ledger/store.rs", &behind_the_prose),
        [("imports go down", 6)]
    );
    assert_eq!(
        found_in("ledger/store/tests.rs", "use crate::flow::Life;\n"),
        []
    );
}

#[test]
fn a_planted_re_export_at_the_root_is_found() {
    let hole = "pub mod flow;\npub use crate::flow::Life;\n";
    assert_eq!(found_in("lib.rs", hole), [("no re-exports at the root", 2)]);
}

#[test]
fn a_planted_long_file_is_found() {
    let lines = |count: usize| "// a line\n".repeat(count);
    let tests = "#[cfg(test)]\n#[expect(x)]\nmod tests {\n".to_owned() + &lines(300) + "}\n";
    assert_eq!(found_in("flow/life.rs", &(lines(400) + &tests)), []);
    assert_eq!(
        found_in("flow/life.rs", &lines(401)),
        [("short files", 401)]
    );
    assert_eq!(found_in("flow/mod.rs", &lines(61)), [("short mod.rs", 61)]);
}

#[test]
fn a_planted_drawer_and_an_unknown_room_are_found() {
    assert_eq!(found_in("flow/util.rs", ""), [("no drawers", 1)]);
    assert_eq!(found_in("flow/helpers/dates.rs", ""), [("no drawers", 1)]);
    assert_eq!(found_in("attic/mod.rs", ""), [("known rooms", 1)]);
}

#[test]
fn a_planted_stray_crate_is_found() {
    let stray = [
        "use rusqlite::Connection;\n",
        "use std::io;use csv;\n",
        "fn a() -> age::Encryptor { ::age::new() }\n",
        "#[derive(clap::Parser)]\nstruct A;\n",
    ];
    for text in stray {
        assert!(
            found_in("policy/gate.rs", text).contains(&("crates have owners", 1)),
            "{text}"
        );
    }
    let namesakes =
        "use super::{csv::Row, age::limit};\nfn a(age: u8) { b.zip(c); self.age; age }\n";
    assert_eq!(found_in("policy/gate.rs", namesakes), []);
    assert_eq!(found_in("seal/csv.rs", "use csv::Writer;\n"), []);
}

#[test]
fn a_planted_print_and_a_planted_exit_are_found() {
    assert_eq!(
        found_in("flow/life.rs", "\nfn a() { println!(\"x\") }\n"),
        [("one printer", 2)]
    );
    assert_eq!(
        found_in("cli/print.rs", "fn a() { std::println!(\"x\") }\n"),
        []
    );
    assert_eq!(
        found_in("cli/run.rs", "use std::process::{self, exit};\n"),
        [("one exit", 1)]
    );
    assert_eq!(
        found_in("cli/run.rs", "fn a() { process::exit(1) }\n"),
        [("one exit", 1)]
    );
    assert_eq!(
        found_in("main.rs", "fn main() { std::process::exit(1) }\n"),
        []
    );
}

#[test]
fn a_breach_names_file_line_rule_and_reason() {
    let tree = [(
        "policy/gate.rs".to_owned(),
        "use rusqlite::Connection;\n".to_owned(),
    )];
    let told = breaches(&tree)[0].to_string();
    assert_eq!(
        told,
        "src/policy/gate.rs:1: crates have owners: `rusqlite` is for ledger alone: one room has all \
         the SQL, for a second engine one day"
    );
}

/// Every `.rs` file below `root`.
fn read_tree(root: &Path) -> io::Result<Vec<Source>> {
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    let mut tree = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).map_err(io::Error::other)?;
                tree.push((
                    name.to_string_lossy().into_owned(),
                    fs::read_to_string(&path)?,
                ));
            }
        }
    }
    tree.sort();
    Ok(tree)
}
