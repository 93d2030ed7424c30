//! Failure drills: real full disks, real locks, real missing files. For each: what is said, that nothing is
//! lost or released, and that all is well once it is mended.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration as Wait,
};

use rusqlite::Connection;
use rustix::process::geteuid;

use crate::{
    metrics::{Answer, address, ask, with_metrics},
    programs::{Ended, finish},
    running::{Daemon, answered, lay_extract, list, present, soon},
    world::{SCHOOL, World, names_in},
};

/// A small file system of its own, over a folder; it is gone when this is dropped.
struct Small {
    folder: PathBuf,
}

impl Small {
    /// None where nobody may mount.
    fn over(folder: &Path, options: &str) -> Option<Self> {
        if !geteuid().is_root() {
            eprintln!("skipped: only root can mount a small disk");
            return None;
        }
        fs::create_dir_all(folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(folder)
            .status();
        if !mounted.is_ok_and(|status| status.success()) {
            eprintln!("skipped: this machine lets nobody mount");
            return None;
        }
        Some(Self {
            folder: folder.to_owned(),
        })
    }

    /// Leaves no room for so much as a page.
    fn fill(&self) {
        let mut all = vec![0; 1 << 20];
        let ballast = self.folder.join("ballast");
        let mut file = fs::File::create(ballast).unwrap();
        while !all.is_empty() {
            if std::io::Write::write_all(&mut file, &all).is_err() {
                all.truncate(all.len() / 2);
            }
        }
    }

    /// Leaves no room for another name.
    fn fill_with_names(&self) {
        let folder = self.folder.join("ballast");
        fs::create_dir(&folder).unwrap();
        let mut made = 0..;
        while fs::write(folder.join(made.next().unwrap().to_string()), "").is_ok() {}
    }

    fn make_room(&self) {
        let ballast = self.folder.join("ballast");
        let _ = fs::remove_file(&ballast);
        let _ = fs::remove_dir_all(&ballast);
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}

/// A council whose state lies on a small disk, its boxes elsewhere.
fn on_a_small_disk(options: &str) -> Option<(World, Small)> {
    let world = World::bare();
    let small = Small::over(&world.state(), options)?;
    world.move_boxes(&world.outside("boxes"));
    world.set("sftp.spare_disk", "\"1 MiB\"");
    world.add_school(SCHOOL);
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["signed"] = "2020-09-14".parse::<toml_edit::Value>().unwrap().into();
    });
    world.on(&crate::running::today());
    with_metrics(&world);
    Some((world, small))
}

fn health(daemon: &Daemon) -> Answer {
    ask(&address(daemon), "GET", "/health")
}

#[track_caller]
fn says(daemon: &Daemon, words: &str) {
    let began = std::time::Instant::now();
    while !daemon.log().contains(words) {
        assert!(
            began.elapsed() < Wait::from_secs(45),
            "it never says «{words}»\n{}",
            daemon.log()
        );
        std::thread::sleep(Wait::from_millis(100));
    }
}

/// All that was sent is answered, the trail holds, and the daemon stops cleanly.
fn all_is_well(world: &World, daemon: Daemon, answers: usize) {
    let began = std::time::Instant::now();
    while answered(world) < answers {
        assert!(
            began.elapsed() < Wait::from_mins(1),
            "{} of {answers} answered\n{}",
            answered(world),
            daemon.log()
        );
        std::thread::sleep(Wait::from_millis(100));
    }
    assert_eq!(answered(world), answers, "one upload, one receipt");
    world.run(&["audit", "verify"]).done("audit verify");
    soon("good health", || health(&daemon).head.contains("200"));
    assert!(daemon.stop().success());
}

#[test]
fn a_full_disk_holds_uploads_until_there_is_room() {
    let Some((world, small)) = on_a_small_disk("size=24m,mode=755") else {
        return;
    };
    let daemon = Daemon::start(&world);
    small.fill();
    world.drop_file(SCHOOL, "leavers.csv", list(190));
    says(&daemon, "this is tried again");
    says(&daemon, "a disk is nearly full");
    let told = health(&daemon);
    assert!(told.head.contains("503"), "{}", told.head);
    assert!(
        told.body.contains("0 MiB are free where state lies"),
        "{}",
        told.body
    );
    assert_eq!(answered(&world), 0);
    let inbox = world.box_of(SCHOOL).join("inbox");
    assert_eq!(names_in(&inbox), ["leavers.csv"], "it waits in its inbox");
    small.make_room();
    says(&daemon, "this works again");
    all_is_well(&world, daemon, 1);
}

#[test]
fn a_disk_without_room_for_another_name_holds_uploads_until_there_is() {
    let Some((world, small)) = on_a_small_disk("size=1g,nr_inodes=300,mode=755") else {
        return;
    };
    let daemon = Daemon::start(&world);
    small.fill_with_names();
    world.drop_file(SCHOOL, "leavers.csv", list(30));
    says(&daemon, "this is tried again");
    assert_eq!(answered(&world), 0);
    let told = health(&daemon);
    assert!(
        told.body.contains("more files fit where state lies"),
        "{}",
        told.body
    );
    small.make_room();
    soon("the receipt", || answered(&world) == 1);
    world.run(&["audit", "verify"]).done("audit verify");
    assert!(daemon.stop().success());
}

#[test]
fn a_disk_that_may_only_be_read_is_told_at_start() {
    let Some((world, small)) = on_a_small_disk("size=64m,mode=755") else {
        return;
    };
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    assert!(daemon.stop().success());
    remount(&small.folder, "ro");
    let said = world.run(&["run"]).exits(1, "run on a read-only disk");
    assert!(said.contains("Read-only file system"), "{said}");
    assert!(
        said.contains(&world.state().display().to_string()),
        "{said}"
    );
    world.run(&["status"]).done("status needs to read only");
    remount(&small.folder, "rw");
    all_is_well(&world, Daemon::start(&world), 1);
}

fn remount(folder: &Path, how: &str) {
    let status = Command::new("mount")
        .args(["-o", &format!("remount,{how}")])
        .arg(folder)
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn a_program_that_holds_the_ledger_is_waited_for() {
    let world = present();
    with_metrics(&world);
    let daemon = Daemon::start(&world);
    let other = Connection::open(world.state().join("ledger.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    says(
        &daemon,
        "another program holds the ledger's database; close it and try again",
    );
    soon("bad health", || health(&daemon).head.contains("503"));
    assert!(health(&daemon).body.contains("the ledger can't be written"));
    assert_eq!(answered(&world), 0);
    other.execute_batch("ROLLBACK").unwrap();
    all_is_well(&world, daemon, 1);
}

/// A council that has answered one list and released it, its daemon stopped.
fn used() -> World {
    let world = present();
    with_metrics(&world);
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    assert!(daemon.stop().success());
    world
}

fn starts_not(world: &World, code: i32, words: &[&str]) {
    let said = finish(world.command(&["run"])).exits(code, "run");
    for words in words {
        assert!(said.contains(words), "«{words}» is not said\n{said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_damaged_ledger_is_told_and_never_written() {
    let world = used();
    let ledger = world.state().join("ledger.db");
    let good = fs::read(&ledger).unwrap();
    let mut bad = good.clone();
    // The first page is the database's own, what follows are tables.
    bad[100..6000].fill(0x5a);
    fs::write(&ledger, &bad).unwrap();
    let _ = fs::remove_file(world.state().join("ledger.db-wal"));
    starts_not(
        &world,
        1,
        &["the ledger's database is damaged; stop, keep the file, and restore the last backup"],
    );
    assert_eq!(fs::read(&ledger).unwrap(), bad, "not a byte was changed");
    let said = world.run(&["status"]).fails("status");
    assert!(said.contains("damaged"), "{said}");
    fs::write(&ledger, &good).unwrap();
    all_is_well(&world, Daemon::start(&world), 1);
}

#[test]
fn a_ledger_that_is_gone_is_not_begun_anew() {
    let world = used();
    let (ledger, aside) = (world.state().join("ledger.db"), world.outside("aside.db"));
    fs::rename(&ledger, &aside).unwrap();
    let spooled = names_in(&world.state().join("spool")).len();
    assert_eq!(spooled, 1);
    let words = ["there was a ledger here and it is gone", "restore"];
    starts_not(&world, 1, &words);
    world.drop_file(SCHOOL, "add.csv", list(4));
    let once = world.run(&["run", "--once"]).exits(1, "run --once");
    assert!(once.contains(words[0]), "{once}");
    assert_eq!(
        names_in(&world.state().join("spool")).len(),
        spooled,
        "nothing was cleared away"
    );
    assert!(!ledger.exists());
    // Nor one that lost all it held.
    fs::write(&ledger, "").unwrap();
    starts_not(&world, 1, &words);
    fs::rename(&aside, &ledger).unwrap();
    all_is_well(&world, Daemon::start(&world), 2);
}

#[test]
fn a_key_that_is_missing_is_named_with_what_helps() {
    let world = used();
    let keys = world.dir().join("keys");
    for name in names_in(&keys).iter().filter(|name| !name.contains(".pub")) {
        let (key, aside) = (keys.join(name), world.outside(name));
        if name.contains("intake") {
            continue;
        }
        fs::rename(&key, &aside).unwrap();
        starts_not(&world, 78, &["is missing", &key.display().to_string()]);
        fs::create_dir(&key).unwrap();
        starts_not(&world, 78, &[&key.display().to_string()]);
        fs::remove_dir(&key).unwrap();
        fs::rename(&aside, &key).unwrap();
    }
    all_is_well(&world, Daemon::start(&world), 1);
}

#[test]
fn boxes_that_go_away_for_a_while_lose_nothing() {
    let world = present();
    with_metrics(&world);
    world.drop_section("sftp");
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    let (here, away) = (world.box_of(SCHOOL), world.outside("away"));
    fs::rename(&here, &away).unwrap();
    says(&daemon, "looking into the inbox of 8604001");
    fs::write(away.join("inbox").join("add.csv"), list(4)).unwrap();
    fs::rename(&away, &here).unwrap();
    all_is_well(&world, daemon, 2);
}

#[test]
fn a_state_that_goes_away_for_a_while_loses_nothing() {
    let world = present();
    with_metrics(&world);
    world.drop_section("sftp");
    world.move_boxes(&world.outside("boxes"));
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    let (here, away) = (world.state(), world.outside("away"));
    fs::rename(&here, &away).unwrap();
    says(&daemon, "gathering numbers");
    world.drop_file(SCHOOL, "add.csv", list(4));
    std::thread::sleep(Wait::from_secs(2));
    fs::rename(&away, &here).unwrap();
    all_is_well(&world, daemon, 2);
}

#[test]
fn without_time_zone_data_the_clock_is_englands_all_the_same() {
    let world = present();
    let mut command = world.command(&["status"]);
    command
        .env("TZ", "Nowhere/At-all")
        .env("TZDIR", "/nonexistent");
    let here = finish(command).done("status");
    let there = world.run(&["status"]).done("status");
    assert_eq!(
        here.lines().next().map(str::len),
        there.lines().next().map(str::len)
    );
}

// ---- clocks

/// A command for whom the real time is another.
fn at_another_time(world: &World, offset: &str, arguments: &[&str]) -> Option<Command> {
    if !Path::new(FAKETIME).exists() {
        eprintln!("skipped: there is no faketime");
        return None;
    }
    let mut command = world.command(arguments);
    command.env("LD_PRELOAD", FAKETIME).env("FAKETIME", offset);
    Some(command)
}

/// Of Debian's package `faketime`, for programs with threads.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

fn released(ended: &Ended) -> String {
    format!("{}{}", ended.out, ended.err)
}

#[test]
fn a_clock_a_year_back_shares_nothing_until_somebody_says_so() {
    let world = used();
    let Some(start) = at_another_time(&world, "-1y", &["run"]) else {
        return;
    };
    lay_extract(&world, 3);
    let daemon = Daemon::start_by(&world, start);
    says(&daemon, "the clock went back");
    let said = released(&world.run(&["release", "--all"]));
    assert!(said.contains("hold"), "{said}");
    assert!(world.outbox(SCHOOL).is_empty());
    assert!(daemon.stop().success());
    // With the right time again it still waits for somebody to look.
    let daemon = Daemon::start(&world);
    assert!(
        world
            .run(&["status"])
            .done("status")
            .contains("pillarbox resume --all")
    );
    world.run(&["release", "--all"]).exits(1, "release");
    world.run(&["resume", "--all"]).done("resume");
    world.run(&["release", "--all"]).done("release");
    soon("the file", || world.outbox(SCHOOL).len() == 1);
    all_is_well(&world, daemon, 1);
}

#[test]
fn a_clock_a_year_ahead_shares_nothing_and_is_told_when_it_is_mended() {
    let world = used();
    lay_extract(&world, 3);
    let Some(start) = at_another_time(&world, "+1y", &["run"]) else {
        return;
    };
    let daemon = Daemon::start_by(&world, start);
    let said = released(&world.run(&["release", "--all"]));
    assert!(world.outbox(SCHOOL).is_empty(), "{said}");
    assert!(daemon.stop().success());
    let daemon = Daemon::start(&world);
    says(&daemon, "the clock went back");
    assert!(world.outbox(SCHOOL).is_empty());
    world.run(&["resume", "--all"]).done("resume");
    lay_extract(&world, 3);
    world.run(&["release", "--all"]).done("release");
    soon("the file", || world.outbox(SCHOOL).len() == 1);
    all_is_well(&world, daemon, 1);
}
