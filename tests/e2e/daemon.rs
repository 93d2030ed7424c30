//! The daemon in real time: files dropped, commands sent, signals given (spec 2, 7, 10).

use std::{
    fs::{self, File},
    io::Write,
    thread::sleep,
    time::Duration as Wait,
    time::Instant,
};

use rustix::process::Signal;

use crate::{
    opened::names,
    pupils::{list_dated, names_only},
    running::{Daemon, answered, days_ago, grown, lay_extract, list, present, soon},
    world::SCHOOL,
};

#[test]
fn a_dropped_list_is_answered_within_seconds() {
    let world = present();
    let daemon = Daemon::start(&world);
    let dropped = Instant::now();
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    assert!(
        dropped.elapsed() < Wait::from_secs(10),
        "{:?}",
        dropped.elapsed()
    );
    world.submissions(SCHOOL)[0]
        .is("accepted", &[])
        .counts(&[("new", 3)]);
    assert!(daemon.stop().success());
}

#[test]
fn sigterm_stops_cleanly_and_a_restart_goes_on() {
    let world = present();
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    assert!(daemon.stop().success());
    world.drop_file(SCHOOL, "add.csv", list_dated(&[grown(9)], &days_ago(2)));
    let daemon = Daemon::start(&world);
    soon("the second receipt", || answered(&world) == 2);
    assert!(daemon.stop().success());
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn commands_reach_the_running_daemon() {
    let world = present();
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    lay_extract(&world, 3);
    world.run(&["release", "--school", SCHOOL]).done("release");
    soon("the file", || world.outbox(SCHOOL).len() == 1);
    assert_eq!(world.shared().len(), 3);
    world
        .run(&["hold", "--all", "--reason", "made-up"])
        .done("hold");
    world
        .run(&["release", "--all"])
        .exits(1, "release under a hold");
    world.run(&["resume", "--all"]).done("resume");
    world
        .run_at(&["release", "--all"])
        .fails("--at on a live ledger");
    assert!(daemon.stop().success());
}

#[test]
fn a_withdrawal_recalls_while_it_runs() {
    let world = present();
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    lay_extract(&world, 3);
    world.run(&["release", "--school", SCHOOL]).done("release");
    soon("the file", || world.outbox(SCHOOL).len() == 1);
    world.drop_file(SCHOOL, "withdrawals.csv", names_only(&[grown(1)]));
    soon("the second receipt", || answered(&world) == 2);
    soon("the remake", || {
        world
            .outbox(SCHOOL)
            .iter()
            .any(|name| name.contains("R000002"))
    });
    soon("the old file gone", || world.outbox(SCHOOL).len() == 1);
    assert!(!names(&world.shared()).contains(&grown(1).full_name()));
    assert!(daemon.stop().success());
}

#[test]
fn a_request_is_answered_while_it_runs() {
    let world = present();
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    lay_extract(&world, 3);
    world.drop_file(SCHOOL, "request.txt", "For tonight.");
    soon("the file", || world.outbox(SCHOOL).len() == 1);
    assert!(daemon.stop().success());
}

#[test]
fn a_broken_school_file_keeps_the_last_good_one_loudly() {
    let world = present();
    let daemon = Daemon::start(&world);
    let good = fs::read_to_string(world.school_file(SCHOOL)).unwrap();
    fs::write(world.school_file(SCHOOL), "id = \"8604001\"\nnme = 3\n").unwrap();
    soon("a word in the log", || {
        daemon.log().contains("8604001.toml")
    });
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    world.submissions(SCHOOL)[0].is("accepted", &[]);
    fs::write(world.school_file(SCHOOL), good).unwrap();
    assert!(daemon.stop().success());
}

#[test]
fn a_school_added_while_it_runs_is_served() {
    let world = present();
    let daemon = Daemon::start(&world);
    world.add_school("8604002");
    let inbox = world.box_of("8604002").join("inbox");
    soon("the box", || inbox.is_dir());
    world.drop_file("8604002", "leavers.csv", list(2));
    soon("the receipt", || {
        let folder = world.box_of("8604002").join("receipts");
        crate::world::names_in(&folder)
            .iter()
            .any(|name| name.ends_with(".receipt.txt"))
    });
    assert!(daemon.stop().success());
}

#[test]
fn a_suspension_empties_the_outbox_while_it_runs() {
    let world = present();
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    lay_extract(&world, 3);
    world.run(&["release", "--school", SCHOOL]).done("release");
    soon("the file", || world.outbox(SCHOOL).len() == 1);
    world
        .run(&["school", "suspend", SCHOOL])
        .done("school suspend");
    soon("an empty outbox", || world.outbox(SCHOOL).is_empty());
    assert!(daemon.stop().success());
}

#[test]
fn a_second_instance_refuses() {
    let world = present();
    let daemon = Daemon::start(&world);
    for arguments in [&["run"][..], &["run", "--once"]] {
        let words = world.run(arguments).fails("a second instance");
        assert!(!words.contains("panicked"), "{words}");
    }
    assert_eq!(
        world.run(&["status"]).code,
        Some(0),
        "the first one lives on"
    );
    assert!(daemon.stop().success());
}

#[test]
fn a_taken_file_lingers_and_is_not_taken_again() {
    let world = present();
    world.set("intake.linger", "\"3 s\"");
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    let file = world.box_of(SCHOOL).join("inbox").join("leavers.csv");
    assert!(file.exists(), "clients look at it once more");
    // A client that sets the time and the mode of what it sent sends nothing new.
    let earlier = std::time::SystemTime::now() - Wait::from_hours(1);
    File::options()
        .write(true)
        .open(&file)
        .unwrap()
        .set_modified(earlier)
        .unwrap();
    soon("the file gone", || !file.exists());
    sleep(Wait::from_secs(1));
    assert_eq!(answered(&world), 1);
    assert!(daemon.stop().success());
}

#[test]
fn changed_bytes_under_a_lingering_name_are_a_new_submission() {
    let world = present();
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    world.drop_file(SCHOOL, "leavers.csv", list(4));
    soon("the second receipt", || answered(&world) == 2);
    world.submissions(SCHOOL)[1].counts(&[("rows", 4), ("new", 1)]);
    assert!(daemon.stop().success());
}

#[test]
fn a_file_is_not_taken_while_somebody_writes_it() {
    let world = present();
    world.set("intake.settle", "\"300 ms\"");
    let daemon = Daemon::start(&world);
    let inbox = world.box_of(SCHOOL).join("inbox");
    let text = list(30);
    let (first, rest) = text.split_at(text.len() / 2);
    let mut file = File::create(inbox.join("leavers.csv")).unwrap();
    file.write_all(first.as_bytes()).unwrap();
    file.sync_all().unwrap();
    sleep(Wait::from_secs(3));
    assert_eq!(answered(&world), 0, "a writer has it open");
    file.write_all(rest.as_bytes()).unwrap();
    drop(file);
    soon("the receipt", || answered(&world) == 1);
    world.submissions(SCHOOL)[0]
        .is("accepted", &[])
        .counts(&[("new", 30)]);
    assert!(daemon.stop().success());
}

#[test]
fn sighup_reloads_and_does_not_stop_it() {
    let world = present();
    let daemon = Daemon::start(&world);
    daemon.signal(Signal::HUP);
    sleep(Wait::from_secs(1));
    world.drop_file(SCHOOL, "leavers.csv", list(2));
    soon("the receipt", || answered(&world) == 1);
    assert!(daemon.stop().success());
}
