//! Settings: safe defaults, and every mistake told with its place (spec 7).

use std::fs;

use crate::world::{SCHOOL, World};

/// The words of `check` on a config with this added, which must be wrong.
fn complaints(addition: &str) -> String {
    let world = World::new();
    world.add_settings(addition);
    world.run(&["check"]).exits(78, addition)
}

#[test]
fn a_fresh_config_and_a_fresh_school_are_right() {
    let world = World::new();
    world.run(&["check"]).done("check");
    World::bare().run(&["check"]).done("check without schools");
}

#[test]
fn init_writes_every_setting_and_never_over_another() {
    let world = World::bare();
    let text = fs::read_to_string(world.config()).unwrap();
    for words in [
        "Made-up County Council",
        "la = 860",
        "council.example",
        "state",
        "boxes",
        "schools",
        "keys",
        "max_bad_rows",
        "linger",
        "max_age",
        "year11_school",
        "hold_providers",
        "min_interval",
        "max_per_day",
        "approval",
        "keep",
        "catch_up",
        "expires",
        "year12_list",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    let mut again = world.program();
    again
        .arg("init")
        .arg(world.dir())
        .args(["--council", "Another", "--la", "861"]);
    crate::programs::finish(again).fails("init over a council");
    assert_eq!(fs::read_to_string(world.config()).unwrap(), text);
}

#[test]
fn secrets_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::bare();
    let mut folders = vec![world.dir().join("keys")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|end| end != "pub") {
                assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
            }
        }
    }
}

#[test]
fn an_unknown_key_is_told_with_file_line_and_column() {
    let world = World::new();
    let lines = fs::read_to_string(world.config()).unwrap().lines().count();
    world.add_settings("\n[made-up]\nx = 1\n");
    let words = world.run(&["check"]).exits(78, "an unknown table");
    // A blank line from the joining, one of our own, then the table.
    let place = format!("pillarbox.toml:{}:", lines + 3);
    let place_without_blank = format!("pillarbox.toml:{}:", lines + 2);
    assert!(
        words.contains(&place) || words.contains(&place_without_blank),
        "{place} in {words}"
    );
    assert!(words.contains("made-up"), "{words}");
}

#[test]
fn all_complaints_come_at_once() {
    let world = World::new();
    world.set("intake.lingre", "\"30 s\"");
    world.set("release.keep", "\"for ever\"");
    world.set("consent.expires", "\"never\"");
    let words = world.run(&["check"]).exits(78, "check");
    for mistake in ["lingre", "keep", "expires"] {
        assert!(words.contains(mistake), "{mistake} in\n{words}");
    }
}

#[test]
fn all_complaints_about_schools_come_at_once() {
    let world = World::with_two_schools();
    for school in [SCHOOL, crate::world::OTHER] {
        world.edit_school(school, |school| {
            school["agrement"] = toml_edit::table();
            school["urn"] = toml_edit::value("twelve");
        });
    }
    let words = world.run(&["check"]).exits(78, "check");
    for place in ["8604001.toml:", "8604002.toml:"] {
        let errors = words
            .lines()
            .filter(|l| !l.starts_with("warning") && l.contains(place));
        assert_eq!(errors.count(), 2, "{place} in\n{words}");
    }
}

#[test]
fn wrong_types_and_impossible_values_are_refused() {
    for (table, line) in [
        ("intake", "linger = true"),
        ("intake", "max_bad_rows = 200"),
        ("intake", "max_bad_rows = -1"),
        ("destinations", "year11_school = \"sometimes\""),
        ("destinations", "max_age = \"-1 days\""),
        ("destinations", "hold_providers = \"one\""),
        ("requests", "max_per_day = 1.5"),
        ("requests", "approval = \"perhaps\""),
    ] {
        let world = World::new();
        let (key, value) = line.split_once(" = ").unwrap();
        world.set(&format!("{table}.{key}"), value);
        let words = world.run(&["check"]).exits(78, line);
        assert!(
            words.contains(key) && words.contains("pillarbox.toml:"),
            "{words}"
        );
    }
}

#[test]
fn wrong_schedules_are_refused() {
    for schedule in [
        "[[schedule]]\nname = \"a\"\ncron = \"61 6 1 * *\"\n",
        "[[schedule]]\nname = \"a\"\ndates = [\"2027-02-30 06:00\"]\n",
        "[[schedule]]\nname = \"a\"\n",
        "[[schedule]]\ncron = \"0 6 1 * *\"\n",
        "[[schedule]]\nname = \"a\"\ncron = \"0 6 1 * *\"\n[[schedule]]\nname = \"a\"\ncron = \"0 7 1 * *\"\n",
    ] {
        complaints(schedule);
    }
}

#[test]
fn no_command_runs_on_a_wrong_config() {
    let world = World::new();
    world.set("intake.lingre", "\"30 s\"");
    for arguments in [&["run", "--once"][..], &["status"], &["release", "--all"]] {
        world.run(arguments).exits(78, arguments[0]);
    }
    let mut missing = world.program();
    missing.args(["check", "--config", "/nowhere/pillarbox.toml"]);
    crate::programs::finish(missing).exits(78, "a config that is not there");
}

#[test]
fn broken_toml_is_told_with_its_place() {
    let world = World::new();
    world.add_settings("x = [1,\n");
    let words = world.run(&["check"]).exits(78, "broken TOML");
    assert!(words.contains("pillarbox.toml:"), "{words}");
}

#[test]
fn a_school_file_that_names_another_school_is_refused() {
    let world = World::new();
    fs::rename(world.school_file(SCHOOL), world.school_file("8604009")).unwrap();
    world.run(&["check"]).exits(78, "id and file name differ");
}

#[test]
fn the_council_needs_a_name_and_a_number() {
    for key in ["name", "la"] {
        let world = World::bare();
        let text = fs::read_to_string(world.config()).unwrap();
        let kept = text
            .lines()
            .filter(|line| !line.starts_with(&format!("{key} =")));
        fs::write(world.config(), kept.collect::<Vec<_>>().join("\n")).unwrap();
        let words = world.run(&["check"]).exits(78, key);
        assert!(words.contains(key), "{words}");
    }
}

#[test]
fn a_missing_or_readable_key_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let secret = fs::read_dir(world.dir().join("keys"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_file() && path.extension().is_none_or(|end| end != "pub"))
        .unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    world
        .run(&["check"])
        .exits(78, "a key that others can read");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    world.run(&["check"]).done("check");
    fs::rename(&secret, world.outside("moved")).unwrap();
    world.run(&["check"]).exits(78, "a key that is not there");
}

#[test]
fn the_environment_may_name_the_config() {
    let world = World::new();
    let mut command = world.program();
    command.arg("check").env("PILLARBOX_CONFIG", world.config());
    crate::programs::finish(command).done("check by PILLARBOX_CONFIG");
}
