//! The agreement, clause by clause: the rights of persons, breaches, and what the ICO's list asks to be
//! written down. The fine print is in `subject`, `erase` and `breach`.

use serde_json::Value;

use crate::{
    asked::{about, collect, fingerprint, json, json_about, released},
    pupils::{list, pupil, pupils},
    world::{SCHOOL, World},
};

#[test]
fn clause_2_6_a_person_learns_what_was_shared_to_whom_when_and_why() {
    let world = released(3);
    collect(&world);
    let report = json_about(&world, "subject", &pupil(1));
    let told = &report["schools"][0]["pupils"][0]["disclosures"][0];
    assert_eq!(told["told"]["destination_type"], "School sixth form");
    assert_eq!(told["served"][0]["person"], "Pat Invented");
    assert_eq!(told["at"], "2026-11-21T10:00:00Z");
    assert_eq!(told["consent"]["source"], "S000001");
}

#[test]
fn clause_2_6_a_person_is_erased_and_stays_so() {
    let world = released(3);
    about(&world, "erase", &pupil(1), &[]).done("erase");
    world.on("2026-12-01");
    world.send("leavers.csv", list(&pupils(0..3)) + "\n");
    world.release().counts(&[("shared", 2)]);
    world.run(&["audit", "verify"]).done("the trail is intact");
}

#[test]
fn clause_2_8_a_breach_is_investigated_and_told_in_time() {
    let world = released(3);
    collect(&world);
    let key = fingerprint(&world, SCHOOL);
    let report = json(world.run_at(&["breach", "--key", &key, "--json"]));
    assert_eq!(report["pupils"].as_array().unwrap().len(), 3);
    assert_eq!(report["hours_left"], 72);
    assert_eq!(report["schools"][0]["school"], SCHOOL);
}

fn points(world: &World) -> Value {
    json(world.run(&["school", "show", SCHOOL, "--json"]))["nine_points"].clone()
}

#[test]
fn clause_derbyshire_the_nine_points_are_told_from_what_is_in_force() {
    let world = World::new();
    let points = points(&world);
    let keys = points.as_object().unwrap().keys().collect::<Vec<_>>();
    let mut expected = [
        "purpose",
        "recipients",
        "data",
        "quality",
        "security",
        "retention",
        "rights",
        "review_and_termination",
        "sanctions",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    let said = world.run(&["school", "show", SCHOOL]).done("school show");
    for text in points.as_object().unwrap().values() {
        assert!(said.contains(text.as_str().unwrap()), "{text} in\n{said}");
    }
}

#[test]
fn a_change_of_settings_changes_what_the_nine_points_tell() {
    let world = World::new();
    for (key, value, point, words) in CHANGES {
        let before = points(&world);
        assert!(!before[point].as_str().unwrap().contains(words), "{key}");
        world.set(key, value);
        let after = points(&world);
        assert!(
            after[point].as_str().unwrap().contains(words),
            "{key}: {after}"
        );
    }
    world.drop_section("sftp");
    let security = points(&world)["security"].clone();
    assert!(security.as_str().unwrap().contains("folders"), "{security}");
}

#[test]
fn a_change_of_the_schools_file_changes_what_the_nine_points_tell() {
    let world = World::new();
    let told = |point: &str| points(&world)[point].as_str().unwrap().to_owned();
    assert!(told("recipients").contains("Pat Invented may upload and collect"));
    assert!(told("recipients").contains("without an end date"));
    world.edit_school(SCHOOL, |school| {
        let day = |text: &str| text.parse::<toml_edit::Value>().unwrap().into();
        let persons = school["person"].as_array_of_tables_mut().unwrap();
        let person = persons.get_mut(0).unwrap();
        person["until"] = day("2099-07-31");
        person["authorised_by"] = "Headteacher".into();
        person["authorised_on"] = day("2026-09-14");
        let agreement = school["agreement"].as_table_like_mut().unwrap();
        agreement.insert("reviewed", day("2026-10-01"));
        agreement.insert("terminated", day("2099-01-01"));
    });
    let recipients = told("recipients");
    assert!(
        recipients.contains("authorised by Headteacher on 2026-09-14"),
        "{recipients}"
    );
    assert!(recipients.contains("until 2099-07-31"), "{recipients}");
    let review = told("review_and_termination");
    assert!(review.contains("last reviewed 2026-10-01"), "{review}");
    assert!(review.contains("from 2099-01-01"), "{review}");
    assert!(told("sanctions").contains("no hold at present"));
    world
        .run(&["hold", "--school", SCHOOL, "--reason", "made up"])
        .done("hold");
    assert!(told("sanctions").contains("on hold since"));
    world.run(&["school", "suspend", SCHOOL]).done("suspend");
    assert!(told("sanctions").contains("suspended"));
    assert!(told("review_and_termination").contains("suspended"));
}

/// Setting, value, point, and what the point then says.
const CHANGES: [(&str, &str, &str, &str); 12] = [
    ("release.keep", "\"21 days\"", "retention", "21 days"),
    (
        "retention.uploads",
        "\"9 days\"",
        "retention",
        "sealed for 9 days",
    ),
    (
        "retention.disclosures",
        "\"700 days\"",
        "retention",
        "700 days",
    ),
    (
        "retention.receipts",
        "\"701 days\"",
        "retention",
        "701 days",
    ),
    ("retention.notices", "\"33 days\"", "retention", "33 days"),
    (
        "consent.expires",
        "\"two-years-after-leaving\"",
        "retention",
        "until two years after the school leaving date",
    ),
    ("destinations.max_age", "\"13 days\"", "quality", "13 days"),
    (
        "consent.year12_list",
        "\"hold\"",
        "quality",
        "stops sharing",
    ),
    (
        "requests.approval",
        "\"manual\"",
        "purpose",
        "with an officer's yes",
    ),
    (
        "council.contact",
        "\"dp@council.example\"",
        "rights",
        "dp@council.example",
    ),
    (
        "notices.remind_after",
        "\"5 days\"",
        "rights",
        "every 5 days",
    ),
    (
        "review.agreement",
        "\"30 days\"",
        "review_and_termination",
        "2026-10-14",
    ),
];
