//! Whatever makes the gate say no recalls uncollected files (spec 5).

use crate::{
    answers::Receipt,
    opened::{names, try_decrypt},
    programs::finish,
    pupils::{Record, list, list_dated, names_only, pupil, pupils, record, records},
    world::{SCHOOL, World},
};

/// A world with a file for this many pupils in the outbox, the list sent by the folder.
pub(crate) fn released(number: usize) -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..number)));
    world.extract(&records(&pupils(0..number)));
    world.release().counts(&[("shared", number as u64)]);
    world
}

fn numbers(world: &World, known: usize) -> Vec<usize> {
    let shared = names(&world.shared());
    (0..known)
        .filter(|&i| shared.contains(&pupil(i).full_name()))
        .collect()
}

/// Asserts that the newest release takes the place of the first, as a recall.
#[track_caller]
fn remade(world: &World, file_day: &str) -> Receipt {
    let last = world
        .releases(SCHOOL)
        .into_iter()
        .rfind(|r| r.json["release"]["trigger"] == "recall")
        .expect("a release that recalls");
    assert_eq!(last.json["release"]["supersedes"], "R000001");
    assert_eq!(last.outcome(), "released");
    let name = format!("8604001_destinations_{file_day}_{}.csv.age", last.id());
    assert_eq!(world.outbox(SCHOOL), [name]);
    last
}

#[test]
fn a_withdrawal_remakes_the_file_without_the_pupil() {
    let world = released(3);
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&[pupil(1)]));
    let receipt = remade(&world, "2026-11-22");
    receipt.counts(&[("shared", 2)]);
    assert_eq!(numbers(&world, 3), [0, 2]);
}

#[test]
fn a_recalled_file_is_told_of() {
    let world = released(3);
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&pupils(0..3)));
    assert!(world.outbox(SCHOOL).is_empty(), "nobody is left to share");
    let told = world
        .receipts(SCHOOL)
        .into_iter()
        .any(|r| r.outcome() == "recalled");
    assert!(told, "the school is told");
}

#[test]
fn a_plain_no_a_lapse_and_a_near_withdrawal_recall() {
    let no = crate::pupils::list_saying(&pupils(0..3), |i| if i == 1 { "No" } else { "Yes" });
    let without = list(&[pupil(0), pupil(2)]);
    let bad_row = list(&pupils(0..3)).replace(&pupil(1).british_birthday(), "soon");
    for text in [no, without, bad_row] {
        let world = released(3);
        world.on("2026-11-22").send("leavers.csv", text);
        remade(&world, "2026-11-22");
        assert_eq!(numbers(&world, 3), [0, 2]);
    }
    let world = released(3);
    let near = pupil(1).born_on("2009-12-30");
    let text = format!(
        "Forename,Surname,DOB,UPN\nX,Y,{},{}\n",
        near.british_birthday(),
        near.upn
    );
    world.on("2026-11-22").send("withdrawals.csv", text);
    remade(&world, "2026-11-22");
    assert_eq!(numbers(&world, 3), [0, 2]);
}

#[test]
fn an_expiry_recalls() {
    let world = World::new();
    let old = pupil(1).born_on("2008-12-05");
    let text = list_dated(&[pupil(0), old.clone()], "2026-09-20");
    world.send("leavers.csv", text);
    world.extract(&[record(&pupil(0)), record(&old)]);
    world.release().counts(&[("shared", 2)]);
    world.on("2026-12-04").once();
    assert_eq!(
        world.shared().len(),
        2,
        "the day before the eighteenth birthday"
    );
    world.on("2026-12-05").once();
    remade(&world, "2026-12-05");
    assert_eq!(numbers(&world, 1), [0]);
}

#[test]
fn the_remake_tells_what_was_told_before_not_what_a_newer_extract_knows() {
    let world = released(3);
    world.on("2026-11-22");
    let newer = pupils(0..3)
        .iter()
        .map(|p| Record {
            provider: "A Newer College".into(),
            ..record(p)
        })
        .collect::<Vec<_>>();
    world.extract(&newer);
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    remade(&world, "2026-11-22");
    assert!(
        world
            .shared()
            .iter()
            .all(|row| row.provider == "Nowhere Sixth Form")
    );
}

#[test]
fn the_remake_needs_no_extract_at_all() {
    let world = released(3);
    // Sixty days on the extract is too old, and the first file has gone; ten days on neither.
    world.on("2026-12-01");
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    remade(&world, "2026-12-01");
}

#[test]
fn the_remake_ends_when_the_first_file_would_have() {
    let world = released(3);
    world
        .on("2026-12-10")
        .send("withdrawals.csv", names_only(&[pupil(1)]));
    remade(&world, "2026-12-10");
    world.on("2026-12-20").once();
    assert_eq!(world.outbox(SCHOOL).len(), 1);
    world.on("2026-12-22").once();
    assert!(
        world.outbox(SCHOOL).is_empty(),
        "thirty days after the first was made"
    );
}

#[test]
fn who_may_no_longer_collect_cannot_open_the_remake() {
    let world = World::new();
    let leaver = world.keys("a leaver");
    let mut add = world.command(&["school", "person", SCHOOL, "--name", "Lea Ver"]);
    add.arg("--key")
        .arg(&leaver.ssh_public)
        .args(["--age", &leaver.recipient]);
    finish(add).done("school person");
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world.release();
    let file = |world: &World| {
        let name = world.outbox(SCHOOL).pop().unwrap();
        world.box_of(SCHOOL).join("outbox").join(name)
    };
    assert!(try_decrypt(&file(&world), &leaver.age).is_ok());

    world.edit_school(SCHOOL, |school| {
        school["person"].as_array_of_tables_mut().unwrap().remove(1);
    });
    world.on("2026-11-22").once();
    remade(&world, "2026-11-22");
    assert!(try_decrypt(&file(&world), &leaver.age).is_err());
    assert_eq!(world.shared().len(), 2);
}

#[test]
fn a_persons_last_day_recalls() {
    let world = World::new();
    let leaver = world.keys("a leaver");
    let mut add = world.command(&["school", "person", SCHOOL, "--name", "Lea Ver"]);
    add.arg("--key")
        .arg(&leaver.ssh_public)
        .args(["--until", "2026-11-30"]);
    finish(add).done("school person");
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world.release();
    world.on("2026-11-30").once();
    assert_eq!(world.releases(SCHOOL).len(), 1);
    world.on("2026-12-01").once();
    let remade = remade(&world, "2026-12-01");
    assert_eq!(
        remade.json["release"]["recipients"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn an_agreement_that_ended_empties_the_outbox() {
    let world = released(2);
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["terminated"] =
            "2026-11-25".parse::<toml_edit::Value>().unwrap().into();
    });
    world.on("2026-11-24").once();
    assert_eq!(world.outbox(SCHOOL).len(), 1);
    world.on("2026-11-25").once();
    assert!(world.outbox(SCHOOL).is_empty());
    assert!(
        world
            .receipts(SCHOOL)
            .iter()
            .any(|r| r.outcome() == "recalled")
    );
}

#[test]
fn a_suspended_school_loses_its_outbox() {
    let world = released(2);
    world
        .run(&["school", "suspend", SCHOOL])
        .done("school suspend");
    world.on("2026-11-22").once();
    assert!(world.outbox(SCHOOL).is_empty());
}

#[test]
fn what_does_not_touch_a_pupil_recalls_nothing() {
    let world = released(3);
    world.on("2026-11-22");
    world.send("add.csv", list(&[pupil(9)]));
    world.send("withdrawals.csv", names_only(&[pupil(9)]));
    world.send("photo.pdf", "not read");
    assert!(
        world.outbox(SCHOOL)[0].contains("R000001"),
        "{:?}",
        world.outbox(SCHOOL)
    );
}

#[test]
fn a_recall_is_made_once() {
    let world = released(3);
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&[pupil(1)]));
    let made = world.releases(SCHOOL).len();
    world.on("2026-11-23").once();
    world.on("2026-11-24").once();
    assert_eq!(world.releases(SCHOOL).len(), made);
}
