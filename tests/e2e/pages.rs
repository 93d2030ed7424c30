//! Manual pages and completions: made from the same definition as `--help`.

use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Stdio},
};

use crate::{
    programs::{finish, finish_quietly},
    world::World,
};

/// The commands that help names, as `school add`.
fn verbs(world: &World, of: &[&str]) -> Vec<String> {
    let help = finish({
        let mut program = world.program();
        program.args(of).arg("--help");
        program
    })
    .done("--help");
    let Some((_, commands)) = help.split_once("Commands:\n") else {
        return Vec::new();
    };
    let commands = commands.lines().take_while(|line| line.starts_with("  "));
    let names = commands.filter(|line| !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_has_a_page_that_man_reads() {
    let world = World::bare();
    let folder = world.outside("man");
    finish({
        let mut man = world.program();
        man.arg("man").arg(&folder);
        man
    })
    .done("man");
    let mut expected = BTreeSet::new();
    let mut commands = vec![Vec::new()];
    while let Some(command) = commands.pop() {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        expected.insert(format!(
            "{}.1",
            [&["pillarbox"], &words[..]].concat().join("-")
        ));
        for below in verbs(&world, &words) {
            commands.push([&command[..], &[below]].concat());
        }
    }
    assert!(expected.len() > 30, "{expected:?}");
    let pages: BTreeSet<String> = crate::world::names_in(&folder).into_iter().collect();
    assert_eq!(pages, expected);
    for page in &pages {
        let text = fs::read_to_string(folder.join(page)).unwrap();
        for section in ["NAME", "SYNOPSIS", "EXIT STATUS", "FILES", "ENVIRONMENT"] {
            let heads = [
                format!("\n.SH {section}\n"),
                format!("\n.SH \"{section}\"\n"),
            ];
            assert!(
                heads.iter().any(|head| text.contains(head)),
                "{page}: {section}"
            );
        }
    }
    if !has("man") {
        eprintln!("no man here: the pages are not rendered");
        return;
    }
    let mut man = Command::new("man");
    man.args(["--warnings", "-E", "UTF-8", "-P", "cat", "-l"])
        .arg(folder.join("pillarbox-school-add.1"));
    let ended = man
        .env("MANWIDTH", "80")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let page = String::from_utf8_lossy(&ended.stdout).into_owned();
    let plain = finish_plain(&page);
    assert!(ended.status.success());
    assert_eq!(
        String::from_utf8_lossy(&ended.stderr),
        "",
        "groff warns of nothing"
    );
    assert!(plain.contains("--signed"), "{plain}");
    assert!(plain.contains("78"), "{plain}");
}

#[test]
fn the_programs_own_page_comes_without_a_folder() {
    let world = World::bare();
    let mut man = world.program();
    let page = finish({
        man.arg("man");
        man
    })
    .done("man");
    assert!(page.contains(".TH pillarbox 1"), "{page}");
    assert!(!page.contains("reader"), "nobody types that one");
}

#[test]
fn each_shell_reads_its_completions() {
    let world = World::bare();
    for shell in ["bash", "zsh", "fish"] {
        let script = finish({
            let mut completions = world.program();
            completions.args(["completions", shell]);
            completions
        })
        .done("completions");
        assert!(
            script.contains("terminate") && script.contains("accept-extract"),
            "{shell}"
        );
        assert!(!script.contains("reader"), "{shell}: nobody types that one");
        let file = world.outside(shell);
        fs::write(&file, script).unwrap();
        if has(shell) {
            finish_quietly(Command::new(shell).arg("-n").arg(&file));
        } else {
            eprintln!("no {shell} here: its completions are not read");
        }
    }
    let mut unknown = world.program();
    unknown.args(["completions", "tcsh"]);
    finish(unknown).exits(2, "completions tcsh");
}

#[test]
fn bash_completes_a_command() {
    let world = World::bare();
    let file = world.outside("completions");
    let mut completions = world.program();
    completions.args(["completions", "bash"]);
    fs::write(&file, finish(completions).done("completions")).unwrap();
    let script = format!(
        "source {} && COMP_WORDS=(pillarbox school te) COMP_CWORD=2 && _pillarbox pillarbox te school && echo \"${{COMPREPLY[@]}}\"",
        file.display()
    );
    let told = finish_quietly(Command::new("bash").args(["-c", &script]));
    assert_eq!(told.trim(), "terminate");
}

fn has(program: &str) -> bool {
    let mut found = Command::new("sh");
    found.args(["-c", &format!("command -v {program}")]);
    found.stdout(Stdio::null()).status().unwrap().success()
}

/// Without what bold print leaves behind.
fn finish_plain(page: &str) -> String {
    let mut plain = String::new();
    for letter in page.chars() {
        if letter == '\u{8}' {
            plain.pop();
        } else {
            plain.push(letter);
        }
    }
    plain
}
