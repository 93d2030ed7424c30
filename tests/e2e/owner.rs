//! Root types commands on an installation whose state is another user's: nothing there ever becomes root's, and the
//! trail names who asked.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    programs::{finish, finish_quietly},
    pupils::names_only,
    running::{Daemon, answered, grown, lay_extract, list, present},
    world::{OTHER, SCHOOL, World},
};

/// The daemon's user.
const DAEMON: u32 = 64_001;

/// A council whose folder is the daemon's, or none where nobody can have other users.
fn installed() -> Option<World> {
    if !rustix::process::geteuid().is_root() {
        eprintln!("only root can act as others: root's commands are not tested");
        return None;
    }
    let world = present();
    let root = world.dir().parent().unwrap().to_owned();
    fs::set_permissions(root, fs::Permissions::from_mode(0o755)).unwrap();
    let owner = format!("{DAEMON}:{DAEMON}");
    finish_quietly(Command::new("chown").args(["-R", &owner]).arg(world.dir()));
    Some(world)
}

/// All files and folders beneath one that are root's.
fn of_root(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            if metadata.uid() == 0 || metadata.gid() == 0 {
                found.push(path.clone());
            }
            if metadata.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

#[test]
fn whatever_root_types_nothing_becomes_roots() {
    let Some(world) = installed() else { return };
    day_of_root(&world);
    assert_eq!(of_root(&world.dir()), Vec::<PathBuf>::new());
    let trail = world.run(&["audit", "export"]).done("audit export");
    let hold = trail.lines().find(|line| line.contains("\"hold")).unwrap();
    assert!(
        hold.contains("\"uid\":0") && hold.contains("\"root\""),
        "{hold}"
    );
    // Its owner goes on with all of it.
    let mut run = world.command(&["run"]);
    run.uid(DAEMON).gid(DAEMON);
    let daemon = Daemon::start_by(&world, run);
    assert!(daemon.stop().success());
}

/// All that an operator may type on a day, typed by root.
fn day_of_root(world: &World) {
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    world.run(&["run", "--once"]).done("run --once");
    assert_eq!(answered(world), 1);
    world.add_school(OTHER);
    let key = world.keys("second").ssh_public;
    // A key that only root can read is read by root.
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let key = key.to_str().unwrap();
    world
        .run(&[
            "school",
            "person",
            OTHER,
            "--name",
            "Second Person",
            "--key",
            key,
        ])
        .done("school person");
    lay_extract(world, 3);
    // Whoever laid it there keeps it, until it is removed.
    let extracts = world.state().join("council/extracts");
    finish_quietly(
        Command::new("chown")
            .args(["-R", &DAEMON.to_string()])
            .arg(&extracts),
    );
    finish_quietly(
        Command::new("chgrp")
            .args(["-R", &DAEMON.to_string()])
            .arg(&extracts),
    );
    world.run(&["release", "--school", SCHOOL]).done("release");
    let withdrawal = [
        "withdraw",
        "--school",
        SCHOOL,
        "--forename",
        &grown(1).forename,
        "--surname",
        &grown(1).surname,
    ];
    let dob = grown(1).born;
    world
        .run(&[&withdrawal[..], &["--dob", &dob]].concat())
        .done("withdraw");
    for arguments in [
        &["status"][..],
        &["check"],
        &["school", "list"],
        &["school", "show", SCHOOL],
        &["school", "welcome", SCHOOL],
        &["school", "suspend", OTHER],
        &["hold", "--all", "--reason", "made-up"],
        &["review", "list"],
        &["audit", "verify"],
    ] {
        world.run(arguments).done(arguments[0]);
    }
}

#[test]
fn what_root_restores_is_the_owners() {
    let Some(world) = installed() else { return };
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    world.run(&["run", "--once"]).done("run --once");
    let keys = world.keys("backup");
    let file = world.outside("backup.age");
    let file = file.to_str().unwrap();
    // Where it goes and what opens it may be closed to everybody but root.
    let closed = Path::new(file).parent().unwrap();
    fs::set_permissions(closed, fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(&keys.age, fs::Permissions::from_mode(0o600)).unwrap();
    world
        .run(&["backup", file, "--to", &keys.recipient])
        .done("backup");
    assert_eq!(of_root(&world.dir()), Vec::<PathBuf>::new());
    let state = world.state();
    fs::rename(&state, closed.join("lost")).unwrap();
    fs::create_dir(&state).unwrap();
    finish_quietly(
        Command::new("chown")
            .arg(format!("{DAEMON}:{DAEMON}"))
            .arg(&state),
    );
    let identity = keys.age.to_str().unwrap();
    world
        .run(&["restore", file, "-i", identity])
        .done("restore");
    assert_eq!(of_root(&world.dir()), Vec::<PathBuf>::new());
}

#[test]
fn over_the_socket_the_trail_names_who_asked() {
    let Some(world) = installed() else { return };
    let mut run = world.command(&["run"]);
    run.uid(DAEMON).gid(DAEMON);
    let daemon = Daemon::start_by(&world, run);
    world
        .run(&["hold", "--all", "--reason", "made-up"])
        .done("hold");
    assert!(daemon.stop().success());
    let trail = world.run(&["audit", "export"]).done("audit export");
    let hold = trail.lines().find(|line| line.contains("\"hold")).unwrap();
    assert!(hold.contains("\"uid\":0"), "{hold}");
    assert_eq!(of_root(&world.state()), Vec::<PathBuf>::new());
}

#[test]
fn a_daemon_that_root_starts_by_hand_is_the_owners() {
    let Some(world) = installed() else { return };
    let daemon = Daemon::start(&world);
    let status = fs::read_to_string(format!("/proc/{}/status", daemon.id())).unwrap();
    let users = status
        .lines()
        .find(|line| line.starts_with("Uid:"))
        .unwrap();
    assert_eq!(
        users.split_whitespace().skip(1).collect::<Vec<_>>(),
        ["64001"; 4]
    );
    let groups = status
        .lines()
        .find(|line| line.starts_with("Groups:"))
        .unwrap();
    assert_eq!(
        groups.split_whitespace().skip(1).collect::<Vec<_>>(),
        ["64001"]
    );
    // It may read what root may (CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE), and write as its owner only.
    assert!(status.contains("CapEff:\t0000000000080004"), "{status}");
    world.drop_file(SCHOOL, "withdrawals.csv", names_only(&[grown(1)]));
    crate::running::soon("the receipt", || answered(&world) == 1);
    assert!(daemon.stop().success());
}

#[test]
fn init_for_the_package_needs_the_package() {
    let world = World::bare();
    let mut init = world.program();
    init.args(["init", "--system", "--council", "Nowhere", "--la", "860"]);
    if Path::new("/etc/pillarbox/pillarbox.toml").exists() {
        eprintln!("a package is installed here: what init says without one is not tested");
        return;
    }
    let words = finish(init).exits(1, "init --system");
    assert!(words.contains("install that"), "{words}");
    let mut neither = world.program();
    neither.args(["init", "--council", "Nowhere", "--la", "860"]);
    finish(neither).exits(2, "init without a folder");
}
