//! Files that nobody collects: reminders at half and at nine tenths of their life, then removal, and a
//! request that has them again (spec 5).

use pillarbox::boxes::handover::Served;

use crate::{
    handed_over::{hand_over, key, serve},
    pupils::{list, names_only, pupil, pupils, records},
    world::{SCHOOL, World},
};

fn released() -> World {
    let world = World::new();
    hand_over(&world, SCHOOL, "leavers.csv", list(&pupils(0..3)));
    world.once();
    world.extract(&records(&pupils(0..3)));
    world.release();
    world
}

/// What the receipts say of R000001, in order.
fn told(world: &World) -> Vec<String> {
    let mut all = world.receipts(SCHOOL);
    all.retain(|receipt| receipt.id() == "R000001");
    all.iter().map(crate::answers::Receipt::safe_name).collect()
}

#[test]
fn a_file_that_nobody_collects_is_told_of_twice_and_then_removed() {
    let world = released();
    world.on("2026-12-05").once();
    assert_eq!(told(&world), ["released"]);
    world.on("2026-12-06").once();
    world.once();
    assert_eq!(told(&world), ["released", "reminder-1"]);
    world.on("2026-12-17").once();
    assert_eq!(told(&world), ["released", "reminder-1"]);
    world.on("2026-12-18").once();
    assert_eq!(told(&world), ["released", "reminder-1", "reminder-2"]);
    let reminder = world
        .receipts(SCHOOL)
        .into_iter()
        .find(|receipt| receipt.safe_name() == "reminder-2")
        .unwrap();
    assert_eq!((reminder.kind(), reminder.outcome()), ("reminder", "open"));
    assert_eq!(reminder.json["release"]["file"], world.outbox(SCHOOL)[0]);
    world.on("2026-12-21").once();
    assert_eq!(told(&world).last().unwrap(), "removed");
    assert!(world.outbox(SCHOOL).is_empty());
}

#[test]
fn what_was_collected_is_not_told_of_again() {
    let world = released();
    let file = world.outbox(SCHOOL).remove(0);
    serve(&world, SCHOOL, &file, Served::Collected, &key("a"));
    world.on("2026-12-18").once();
    assert_eq!(told(&world), ["released"]);
    // Less than all of it is not collected.
    let world = released();
    let file = world.outbox(SCHOOL).remove(0);
    serve(&world, SCHOOL, &file, Served::Touched, &key("a"));
    world.on("2026-12-18").once();
    assert_eq!(told(&world), ["released", "reminder-2"]);
}

#[test]
fn a_request_has_a_removed_file_again_for_whom_consent_still_stands() {
    let world = released();
    hand_over(&world, SCHOOL, "withdraw.csv", names_only(&[pupil(2)]));
    world.on("2026-12-20").once();
    world.on("2026-12-21").once();
    assert!(
        world.outbox(SCHOOL).is_empty(),
        "the remake keeps the first file's end"
    );
    world.extract(&records(&pupils(0..3)));
    hand_over(
        &world,
        SCHOOL,
        "request.txt",
        "Nobody was here in December.",
    );
    world.on("2026-12-22").once();
    assert_eq!(world.shared().len(), 2);
}
