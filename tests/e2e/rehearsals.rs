//! `--at` and what it may do (spec 7).

use crate::{
    programs::finish,
    pupils::{list, pupil, pupils, records},
    world::{SCHOOL, World},
};

#[test]
fn a_rehearsal_says_so_on_its_receipts() {
    let world = World::new();
    let receipt = world.send("leavers.csv", list(&pupils(0..2)));
    assert!(
        receipt.text.to_lowercase().contains("rehears"),
        "{}",
        receipt.text
    );
}

#[test]
fn time_in_a_rehearsal_never_goes_back() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.drop_file(SCHOOL, "add.csv", list(&pupils(2..3)));
    world.on("2026-10-01");
    let _ = world.run_at(&["run", "--once"]);
    let receipts = world.submissions(SCHOOL);
    assert!(
        receipts
            .iter()
            .all(|r| r.word("at") >= "2026-11-21T10:00:00Z"),
        "nothing happened before what had happened"
    );
}

#[test]
fn commands_without_a_time_use_the_rehearsals_last() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world.run(&["release", "--school", SCHOOL]).done("release");
    let receipt = world.releases(SCHOOL).pop().unwrap();
    assert_eq!(receipt.outcome(), "released", "{}", receipt.text);
    assert_eq!(&receipt.word("at")[..10], "2026-11-21");
}

/// A world whose ledger lives in real time: its first act is a hold.
fn live() -> World {
    let world = World::new();
    world
        .run(&["hold", "--all", "--reason", "first act"])
        .done("hold");
    world.run(&["resume", "--all"]).done("resume");
    world
}

#[test]
fn on_a_live_ledger_a_time_works_only_with_dry_run() {
    let world = live();
    world.drop_file(SCHOOL, "leavers.csv", list(&[pupil(0)]));
    world
        .run_at(&["run", "--once"])
        .fails("run --once --at on a live ledger");
    assert!(world.submissions(SCHOOL).is_empty());
    world
        .run_at(&["release", "--all"])
        .fails("release --at on a live ledger");
    assert!(world.releases(SCHOOL).is_empty());
    world.extract(&records(&pupils(0..1)));
    let dry = world.run_at(&["release", "--all", "--dry-run"]);
    assert!(dry.code.is_some());
    assert!(world.releases(SCHOOL).is_empty());
}

#[test]
fn a_live_ledger_says_nothing_of_rehearsals() {
    let world = live();
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["signed"] = "2020-09-14".parse::<toml_edit::Value>().unwrap().into();
    });
    world.drop_file(SCHOOL, "leavers.csv", list(&pupils(0..1)));
    world.run(&["run", "--once"]).done("run --once");
    let receipts = world.submissions(SCHOOL);
    assert_eq!(receipts.len(), 1);
    assert!(!receipts[0].text.to_lowercase().contains("rehears"));
}

#[test]
fn a_time_must_be_one() {
    let world = World::new();
    for wrong in ["yesterday", "2026-11-21", "2026-11-21T25:00:00Z", "10:00"] {
        let mut command = world.command(&["run", "--once"]);
        command.args(["--at", wrong]);
        finish(command).exits(2, wrong);
    }
}

#[test]
fn a_time_with_an_offset_is_that_instant() {
    let world = World::new();
    world.on("2027-06-01T10:00:00+01:00");
    let receipt = world.send("leavers.csv", list(&pupils(0..1)));
    assert_eq!(receipt.word("at"), "2027-06-01T09:00:00Z");
}
