//! Backups: sealed, consistent, and opened by stock programs (spec 7 and 9).

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use crate::{
    programs::{finish, finish_quietly},
    pupils::{list, pupils},
    running::{Daemon, answered, present, soon},
    world::{SCHOOL, World},
};

fn world() -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    let keys = world.keys("keeper of backups");
    world.set("backup.recipient", &format!("\"{}\"", keys.recipient));
    world
}

/// What stock `age` and `tar` find in a backup.
fn listed(world: &World, file: &Path) -> Vec<String> {
    let plain = world.outside("plain.tar");
    let keys = world.keys("keeper of backups");
    let mut open = Command::new("age");
    open.arg("-d").arg("-i").arg(&keys.age).arg("-o");
    finish_quietly(open.args([&plain, file]));
    let told = finish_quietly(Command::new("tar").arg("-tf").arg(&plain));
    fs::remove_file(plain).unwrap();
    told.lines().map(str::to_owned).collect()
}

#[test]
fn stock_programs_open_a_backup_and_no_secret_key_is_in_it() {
    let world = world();
    let file = world.outside("backup.age");
    let said = world
        .run(&["backup", file.to_str().unwrap()])
        .done("backup");
    assert!(said.contains("sha256"), "{said}");
    let listed = listed(&world, &file);
    assert_eq!(listed[..2], ["manifest.json", "ledger.db"]);
    assert!(listed.contains(&"config/pillarbox.toml".to_owned()));
    assert!(listed.contains(&format!("config/schools.d/{SCHOOL}.toml")));
    assert_eq!(
        listed
            .iter()
            .filter(|name| name.starts_with("spool/"))
            .count(),
        1
    );
    assert!(
        listed.iter().all(|name| !name.contains("key")),
        "{listed:?}"
    );
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let hidden = fs::read_dir(world.state()).unwrap();
    let left = hidden.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with(".backup")
    });
    assert_eq!(left.count(), 0, "nothing of it stays behind");
    let trail = world.run(&["audit", "export"]).done("audit export");
    assert_eq!(trail.matches("backup-made").count(), 1);
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn without_a_key_to_seal_to_a_person_is_told_how_to_make_one() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    let file = world.outside("backup.age");
    let said = world
        .run(&["backup", file.to_str().unwrap()])
        .exits(1, "no key");
    assert!(
        said.contains("age-keygen") && said.contains("--to"),
        "{said}"
    );
    assert!(!file.exists());
    let said = world
        .run(&["backup", file.to_str().unwrap(), "--to", "age1nonsense"])
        .exits(1, "no key");
    assert!(said.contains("age1nonsense"), "{said}");
}

#[test]
fn status_tells_the_last_backup_and_warns_when_there_is_none() {
    let world = present();
    let file = world.outside("backup.age");
    let keys = world.keys("keeper of backups");
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", crate::running::list(3));
    soon("the receipt", || answered(&world) == 1);
    let told = |world: &World| world.run(&["status"]).done("status");
    assert!(!told(&world).contains("backup"), "no recipient, no warning");
    world.set("backup.recipient", &format!("\"{}\"", keys.recipient));
    assert!(told(&world).contains("! No backup yet"));
    world
        .run(&["backup", file.to_str().unwrap()])
        .done("backup");
    let now = told(&world);
    assert!(
        now.contains("Last backup: ") && !now.contains("! Last"),
        "{now}"
    );
    let json = world.run(&["status", "--json"]).done("status");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["backup_overdue"], false);
    assert!(json["last_backup"].is_string());
    assert!(daemon.stop().success());
}

#[test]
fn a_copy_that_a_killed_backup_left_goes_at_the_next_start() {
    let world = world();
    let left = world.state().join(".backup-001122334455");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("lock"), "").unwrap();
    fs::write(left.join("ledger.db"), "left").unwrap();
    world.once();
    assert!(!left.exists());
}

#[test]
fn a_backup_goes_to_a_pipe_as_well() {
    let world = world();
    let file = world.outside("backup.age");
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg("exec \"$0\" backup - --config \"$1\" > \"$2\"")
        .arg(env!("CARGO_BIN_EXE_pillarbox"))
        .arg(world.config())
        .arg(&file);
    finish(shell).done("backup -");
    assert_eq!(listed(&world, &file)[0], "manifest.json");
}
