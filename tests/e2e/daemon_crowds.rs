//! The daemon under many files, under sudden deaths, and what its log tells meanwhile (spec 2, 9).

use std::{thread::sleep, time::Duration as Wait};

use crate::{
    pupils::{FORENAMES, SURNAMES, names_only, upn},
    running::{Daemon, answered, grown, lay_extract, list, present, soon},
    world::SCHOOL,
};

#[test]
fn many_files_at_once_are_all_answered() {
    let world = present();
    let daemon = Daemon::start(&world);
    for i in 1..=150 {
        world.drop_file(SCHOOL, format!("list {i}.csv"), list(i));
    }
    soon("all receipts", || answered(&world) == 150);
    assert!(daemon.stop().success());
    let receipts = world.submissions(SCHOOL);
    assert_eq!(receipts.len(), 150);
}

#[test]
fn killed_at_any_moment_it_answers_each_upload_exactly_once() {
    let world = present();
    for round in 0..4_usize {
        let daemon = Daemon::start(&world);
        for i in 0..10 {
            let n = round * 10 + i + 1;
            world.drop_file(SCHOOL, format!("list {n}.csv"), list(n));
        }
        sleep(Wait::from_millis(40 * (round as u64 + 1)));
        daemon.kill();
    }
    let daemon = Daemon::start(&world);
    soon("all receipts", || answered(&world) >= 40);
    sleep(Wait::from_secs(2));
    assert!(daemon.stop().success());
    let mut files = world
        .submissions(SCHOOL)
        .iter()
        .map(|r| r.json["file"]["name"].as_str().unwrap().to_owned())
        .collect::<Vec<_>>();
    assert_eq!(files.len(), 40, "one receipt each");
    files.sort();
    files.dedup();
    assert_eq!(files.len(), 40, "each of another file");
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn logs_name_no_pupil_and_no_file() {
    let world = present();
    let daemon = Daemon::start(&world);
    let strange = "Wobblestone of 11A.csv";
    world.drop_file(SCHOOL, strange, format!("{}?,?,?,?,?,?\n", list(30)));
    world.drop_file(SCHOOL, "withdraw Quillfeather.csv", names_only(&[grown(2)]));
    world.drop_file(SCHOOL, "Snickerby.pdf", "not read");
    soon("the receipts", || {
        let names = crate::world::names_in(&world.box_of(SCHOOL).join("receipts"));
        names
            .iter()
            .filter(|name| name.ends_with(".receipt.txt"))
            .count()
            == 3
    });
    lay_extract(&world, 30);
    world.run(&["release", "--school", SCHOOL]).done("release");
    let log = daemon.log();
    for name in FORENAMES.iter().chain(&SURNAMES) {
        assert!(!log.contains(name), "{name} in\n{log}");
    }
    assert!(!log.contains(&upn(2)) && !log.contains("11A"));
    assert!(daemon.stop().success());
}
