//! Releases by schedule: dates and cron in London's time, a missed one caught up once (spec 7).

use crate::{
    answers::Receipt,
    pupils::{list, pupils, records},
    world::{SCHOOL, World},
};

const BY_DATE: &str = "[[schedule]]\nname = \"made-up-survey\"\ndates = [\"2026-12-01 06:00\"]\n";
const MONTHLY: &str = "[[schedule]]\nname = \"monthly\"\ncron = \"0 6 1 * *\"\n";

/// A world that has known this schedule since this instant.
fn knowing(schedule: &str, since: &str) -> World {
    let world = World::new();
    world.add_settings(schedule);
    world.on(since);
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world
}

fn scheduled(world: &World) -> Vec<Receipt> {
    let mut releases = world.releases(SCHOOL);
    releases.retain(|r| r.json["release"]["trigger"] == "schedule");
    releases
}

#[test]
fn a_date_comes_when_london_says_so() {
    let world = knowing(BY_DATE, "2026-11-21");
    world.on("2026-12-01T05:59:00Z").once();
    assert!(scheduled(&world).is_empty());
    world.on("2026-12-01T06:01:00Z").once();
    assert_eq!(scheduled(&world).len(), 1);
    assert_eq!(world.shared().len(), 2);
    world.on("2026-12-01T06:02:00Z").once();
    assert_eq!(scheduled(&world).len(), 1, "once");
}

#[test]
fn in_summer_six_in_london_is_five_in_utc() {
    let summer = BY_DATE.replace("2026-12-01", "2027-06-01");
    let world = knowing(&summer, "2027-05-20");
    world.on("2027-06-01T04:59:00Z").once();
    assert!(scheduled(&world).is_empty());
    world.on("2027-06-01T05:01:00Z").once();
    assert_eq!(scheduled(&world).len(), 1);
}

#[test]
fn an_hour_that_summer_time_skips_is_not_skipped() {
    // On 28 March 2027 the clock goes from 01:00 to 02:00.
    let skipped = BY_DATE.replace("2026-12-01 06:00", "2027-03-28 01:30");
    let world = knowing(&skipped, "2027-03-20");
    world.on("2027-03-28T03:00:00Z").once();
    assert_eq!(scheduled(&world).len(), 1);
}

#[test]
fn an_hour_that_winter_time_repeats_is_not_repeated() {
    // On 31 October 2027 the clock goes from 02:00 back to 01:00.
    let cron = "[[schedule]]\nname = \"night\"\ncron = \"30 1 31 10 *\"\n";
    let world = knowing(cron, "2027-10-20");
    for instant in [
        "2027-10-31T00:45:00Z",
        "2027-10-31T01:45:00Z",
        "2027-10-31T03:00:00Z",
    ] {
        world.on(instant).once();
    }
    assert_eq!(scheduled(&world).len(), 1);
}

#[test]
fn every_month_comes_once_by_cron() {
    let world = knowing(MONTHLY, "2026-11-21");
    world.on("2026-12-01T06:01:00Z").once();
    assert_eq!(scheduled(&world).len(), 1);
    world.on("2026-12-02").once();
    assert_eq!(scheduled(&world).len(), 1);
    world.on("2027-01-01T06:01:00Z").once();
    assert_eq!(scheduled(&world).len(), 2);
}

#[test]
fn a_missed_moment_is_caught_up_once() {
    let world = knowing(MONTHLY, "2026-11-21");
    world.on("2026-12-05").once();
    assert_eq!(scheduled(&world).len(), 1);
    world.on("2026-12-06").once();
    assert_eq!(scheduled(&world).len(), 1);
}

#[test]
fn two_missed_moments_are_caught_up_as_one() {
    let daily = "[[schedule]]\nname = \"daily\"\ncron = \"0 6 * * *\"\n";
    let world = knowing(daily, "2026-11-21");
    world.on("2026-11-25").once();
    assert_eq!(scheduled(&world).len(), 1);
}

#[test]
fn a_moment_missed_for_more_than_a_week_is_let_go() {
    let world = knowing(BY_DATE, "2026-11-21");
    world.on("2026-12-09").once();
    assert!(scheduled(&world).is_empty());
}

#[test]
fn a_moment_before_the_schedule_was_known_is_no_missed_one() {
    let world = World::new();
    world
        .on("2026-11-21")
        .send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world.add_settings(&BY_DATE.replace("2026-12-01", "2026-11-20"));
    world.on("2026-11-22").once();
    assert!(scheduled(&world).is_empty());
}

#[test]
fn a_schedule_under_a_hold_gets_a_held_receipt() {
    let world = knowing(BY_DATE, "2026-11-21");
    world
        .run(&["hold", "--school", SCHOOL, "--reason", "made-up"])
        .done("hold");
    world.on("2026-12-01T06:01:00Z").once();
    assert!(world.outbox(SCHOOL).is_empty());
    assert_eq!(scheduled(&world).pop().unwrap().outcome(), "held");
}

#[test]
fn a_school_without_consents_gets_nothing_to_share() {
    let world = World::new();
    world.add_settings(BY_DATE);
    world.on("2026-11-21").once();
    world.extract(&records(&pupils(0..2)));
    world.on("2026-12-01T06:01:00Z").once();
    assert!(world.outbox(SCHOOL).is_empty());
    assert!(scheduled(&world).iter().all(|r| r.outcome() == "held"));
}
