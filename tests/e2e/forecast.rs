//! How many consents end soon, and that everything ends, lapses and comes back on the right local day: across
//! leap days and summer time (spec 5, 6).

use serde_json::{Value, json};

use crate::{
    pupils::{Pupil, list_dated, names_only, pupil, record, records},
    world::{SCHOOL, World},
};

fn expiring(world: &World) -> Value {
    let out = world.run(&["status", "--json"]).done("status");
    let status: Value = serde_json::from_str(&out).unwrap();
    status["schools"][0]["expiring"].clone()
}

#[track_caller]
fn ending(world: &World, day: &str, in_30: u32, in_90: u32) {
    world.on(day).once();
    let expected = json!({
        "in_30_days": in_30, "in_90_days": in_90, "counted_on": &world.now()[..10],
    });
    assert_eq!(expiring(world), expected, "{day}");
}

/// A list of these pupils, who consented on this day, in a world in which the agreement is old.
fn consented(pupils: &[Pupil], on: &str, sent: &str) -> World {
    let world = World::new();
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["signed"] = "2023-09-14".parse::<toml_edit::Value>().unwrap().into();
    });
    world.on(sent);
    let receipt = world.send("leavers.csv", list_dated(pupils, on));
    assert_eq!(receipt.outcome(), "accepted", "{}", receipt.text);
    world
}

#[test]
fn status_tells_how_many_end_within_thirty_and_ninety_days() {
    // The first ends on 1 March 2028, the day after a leap day; the second on 28 February, being born on a leap
    // day's eve; the third two years after its consent, on 11 May.
    let all = [
        pupil(0).born_on("2010-03-01"),
        pupil(1).born_on("2010-02-28"),
        pupil(2).born_on("2010-08-31"),
    ];
    let world = consented(&all, "2026-05-11", "2026-05-11");
    for (day, in_30, in_90) in [
        ("2027-11-29", 0, 0),
        ("2027-11-30", 0, 1),
        ("2027-12-02", 0, 2),
        ("2028-01-28", 0, 2),
        ("2028-01-29", 1, 2),
        ("2028-01-31", 2, 2),
        ("2028-02-11", 2, 3),
        ("2028-02-28", 1, 2),
        ("2028-02-29", 1, 2),
        ("2028-03-01", 0, 1),
        ("2028-05-10", 1, 1),
        ("2028-05-11", 0, 0),
    ] {
        ending(&world, day, in_30, in_90);
    }
}

#[test]
fn the_forecast_turns_at_midnight_in_london() {
    // Ends on 26 June 2028, two years after leaving; 30 days before that is 27 May, in summer time.
    let world = consented(
        &[pupil(0).born_on("2010-08-01")],
        "2026-06-26",
        "2026-06-26",
    );
    world.on("2028-05-26T22:59:59Z").once();
    assert_eq!(expiring(&world)["in_30_days"], 0);
    world.on("2028-05-26T23:00:00Z").once();
    assert_eq!(expiring(&world)["in_30_days"], 1);
    assert_eq!(expiring(&world)["counted_on"], "2028-05-27");
}

#[test]
fn receipts_of_lists_additions_and_releases_tell_it_too() {
    let old = pupil(1).born_on("2008-12-05");
    let world = World::new();
    let receipt = world.send(
        "leavers.csv",
        list_dated(&[pupil(0), old.clone()], "2026-09-20"),
    );
    assert_eq!(
        receipt.json["expiring"],
        json!({"in_30_days": 1, "in_90_days": 1})
    );
    assert!(
        receipt.text.contains("1 ends within 30 days"),
        "{}",
        receipt.text
    );
    assert_eq!(expiring(&world)["in_30_days"], 1, "counted with the list");
    let older = pupil(2).born_on("2009-01-10");
    let added = world.send("add.csv", list_dated(&[older], "2026-09-20"));
    assert_eq!(
        added.json["expiring"],
        json!({"in_30_days": 1, "in_90_days": 2})
    );
    world.extract(&records(&[pupil(0), old.clone()]));
    let released = world.release();
    assert_eq!(
        released.json["expiring"],
        json!({"in_30_days": 1, "in_90_days": 2})
    );
    let withdrawn = world.send("withdrawals.csv", names_only(&[old]));
    assert_eq!(withdrawn.json["expiring"], Value::Null);
    assert_eq!(
        expiring(&world)["in_30_days"],
        0,
        "who withdrew ends no more"
    );
    let rejected = world.send("leavers.csv", "Forename,Surname,Date of birth\n");
    assert_eq!(rejected.json["expiring"], Value::Null);
}

#[test]
fn a_plan_on_the_list_counts_as_the_list_says() {
    let p = pupil(0).born_on("2008-10-10");
    let world = World::new();
    let (born, a, b, upn) = (p.british_birthday(), &p.forename, &p.surname, &p.upn);
    let text = format!(
        "Forename,Surname,Date of birth,UPN,Consent,Consent date,EHCP\n{a},{b},{born},{upn},Yes,20/10/2026,Yes\n"
    );
    world.send("leavers.csv", text);
    ending(&world, "2028-09-19", 0, 1);
    ending(&world, "2028-09-20", 1, 1);
}

/// A file for two pupils in the outbox; the consent of the second ends on 27 June 2027.
fn released_before_its_end() -> World {
    let old = pupil(1).born_on("2009-07-10");
    let world = consented(&[pupil(0), old.clone()], "2026-05-11", "2026-05-11");
    world
        .on("2027-06-20")
        .extract(&[record(&pupil(0)), record(&old)]);
    world.release().counts(&[("shared", 2)]);
    world
}

#[test]
fn a_file_is_made_again_at_the_local_midnight_at_which_a_consent_ends() {
    let world = released_before_its_end();
    world.on("2027-06-26T22:59:59Z").once();
    assert_eq!(world.shared().len(), 2, "the last second of the last day");
    world.on("2027-06-26T23:00:00Z").once();
    let rows = world.shared();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].surname, pupil(0).surname);
    let remade = world.releases(SCHOOL).pop().unwrap();
    assert_eq!(remade.json["release"]["trigger"], "recall");
    assert!(
        remade.json["release"]["file"]
            .as_str()
            .unwrap()
            .contains("_2027-06-27_")
    );
}

#[test]
fn a_missing_year_12_list_holds_from_the_local_first_of_september() {
    let world = consented(&[pupil(0)], "2026-05-11", "2026-05-11");
    world.set("consent.year12_list", "\"hold\"");
    world.on("2026-08-20").extract(&[record(&pupil(0))]);
    world.release().counts(&[("shared", 1)]);
    world.on("2026-08-31T22:59:59Z").once();
    assert_eq!(world.shared().len(), 1);
    world.on("2026-08-31T23:00:00Z").once();
    assert!(world.outbox(SCHOOL).is_empty());
}

#[test]
fn only_a_consent_of_a_later_local_day_restores_sharing() {
    let world = consented(&[pupil(0)], "2026-05-11", "2026-05-11");
    world.on("2027-06-10").extract(&[record(&pupil(0))]);
    // Half past eleven by UTC is the next day in London.
    world.on("2027-06-10T23:30:00Z");
    world.send("withdrawals.csv", names_only(&[pupil(0)]));
    let same_day = world
        .on("2027-06-11T10:00:00Z")
        .send("leavers.csv", list_dated(&[pupil(0)], "2027-06-11"));
    assert!(same_day.has("withdrawn-earlier"), "{}", same_day.text);
    world.release();
    assert!(world.shared().is_empty());
    let early = world
        .on("2027-06-11T22:30:00Z")
        .send("leavers.csv", list_dated(&[pupil(0)], "2027-06-12"));
    assert!(early.has("consent-date-in-future"), "{}", early.text);
    world
        .on("2027-06-11T23:30:00Z")
        .send("leavers.csv", list_dated(&[pupil(0)], "2027-06-12"))
        .is("accepted", &[]);
    world.release().counts(&[("shared", 1)]);
}

#[test]
fn a_lapse_and_its_end_take_effect_at_once_around_a_change_of_the_clocks() {
    let world = consented(&[pupil(0), pupil(1)], "2026-05-11", "2026-05-11");
    world
        .on("2026-10-24")
        .extract(&records(&[pupil(0), pupil(1)]));
    world.release().counts(&[("shared", 2)]);
    // The clocks go back at 01:00 UTC on 25 October.
    world
        .on("2026-10-25T00:59:59Z")
        .send("leavers.csv", list_dated(&[pupil(0)], "2026-05-11"))
        .counts(&[("lapsed", 1)]);
    assert_eq!(world.shared().len(), 1);
    world.on("2026-10-25T01:00:00Z").send(
        "leavers.csv",
        list_dated(&[pupil(0), pupil(1)], "2026-05-11"),
    );
    world.release().counts(&[("shared", 2)]);
}
