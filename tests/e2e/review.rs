//! What is in doubt, and what an analyst decides (spec 3, 5, 6).

use serde_json::Value;

use crate::{
    pupils::{Record, list, list_dated, list_of, names_only, pupil, pupils, record, records, upn},
    world::{OTHER, SCHOOL, World},
};

/// What waits for an analyst, of all schools.
fn listed(world: &World) -> Vec<Value> {
    let told = world
        .run_at(&["review", "list", "--json"])
        .done("review list");
    serde_json::from_str(&told).unwrap()
}

#[track_caller]
fn the_one(world: &World) -> Value {
    let mut all = listed(world);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn word<'v>(entry: &'v Value, key: &str) -> &'v str {
    entry[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} in {entry}"))
}

/// The mark of the nearest record of the one pupil in doubt.
#[track_caller]
fn nearest_mark(world: &World) -> String {
    let entry = the_one(world);
    word(&entry["nearest"][0], "record").to_owned()
}

fn tie(world: &World, school: &str, pupil: &str, mark: &str) {
    let school = ["review", "tie", "--school", school];
    let rest = ["--pupil", pupil, "--record", mark];
    world.run_at(&[school, rest].concat()).done("review tie");
}

fn untie(world: &World, pupil: &str) {
    let untie = ["review", "untie", "--school", SCHOOL, "--pupil", pupil];
    world.run_at(&untie).done("review untie");
}

/// Verb and detail of each act of an analyst on ties, in order.
fn ties_in_trail(world: &World) -> Vec<(String, Value)> {
    let trail = world.run(&["audit", "export"]).done("audit export");
    let acts = trail
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    acts.map(|act| (word(&act, "verb").to_owned(), act["detail"].clone()))
        .filter(|(verb, _)| verb.starts_with("review-tied") || verb.starts_with("review-untied"))
        .collect()
}

/// The record of the pupil under another forename: near, and never matched.
fn misnamed(n: usize) -> Record {
    Record {
        forename: "Zuzu".into(),
        ..record(&pupil(n))
    }
}

/// A school with one pupil, tied to the record with another forename.
fn tied() -> World {
    let world = World::new();
    world.send("leavers.csv", list_of(&pupil(0)));
    world.extract(&[misnamed(0)]);
    let mark = nearest_mark(&world);
    tie(&world, SCHOOL, "S000001.0", &mark);
    world
}

/// The same with the file in the outbox.
fn tied_and_released() -> World {
    let world = tied();
    world.release().counts(&[("shared", 1)]);
    assert_eq!(world.shared().len(), 1);
    world
}

#[test]
fn what_matched_nothing_is_listed_with_the_nearest_records() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    let stranger = Record {
        client: "77".into(),
        upn: upn(78),
        surname: "Sonobody".into(),
        ..record(&pupil(1))
    };
    let elsewhere = Record {
        school: OTHER.into(),
        ..record(&pupil(2))
    };
    world.extract(&[record(&pupil(0)), stranger, misnamed(1), elsewhere]);
    let all = listed(&world);
    assert_eq!(all.len(), 2, "who is matched is not in doubt: {all:?}");
    let (one, other) = (&all[0], &all[1]);
    assert_eq!(
        [
            word(one, "kind"),
            word(one, "reason"),
            word(one, "school"),
            word(one, "pupil")
        ],
        ["match", "no-record", SCHOOL, "S000001.1"]
    );
    assert_eq!(word(one, "forename"), pupil(1).forename);
    assert_eq!(word(one, "date_of_birth"), pupil(1).born);
    let near = one["nearest"].as_array().unwrap();
    let told: Vec<_> = near
        .iter()
        .map(|n| (word(n, "near"), word(n, "forename")))
        .collect();
    assert_eq!(
        told,
        [
            ("number", "Zuzu"),
            ("birth-and-one-name", pupil(1).forename.as_str())
        ]
    );
    assert_eq!(word(&near[1], "client"), "77");
    assert_eq!(near[0]["may_be_tied"], true);
    assert_eq!(word(other, "reason"), "another-year-11-school");
    assert_eq!(other["nearest"][0]["may_be_tied"], false);
    assert_eq!(word(&other["nearest"][0], "year_11_school"), OTHER);
}

#[test]
fn the_list_for_people_says_what_to_do_and_looking_is_in_the_trail() {
    let world = World::new();
    world.send("leavers.csv", list_of(&pupil(0)));
    world.extract(&[misnamed(0)]);
    let told = world
        .run_at(&["review", "list", "--school", SCHOOL])
        .done("review list");
    for said in [
        "One thing waits",
        "Ambrosine Bramblesnap, born 2009-12-01",
        "no-record: no record of the extract fits.",
        "Zuzu Bramblesnap",
        "pillarbox review tie --school 8604001 --pupil S000001.0 --record RECORD",
    ] {
        assert!(told.contains(said), "{said} in\n{told}");
    }
    let trail = world.run(&["audit", "export"]).done("audit export");
    let looked = trail
        .lines()
        .find(|line| line.contains("review-listed"))
        .unwrap();
    assert!(looked.contains("no-record"), "{looked}");
    assert!(!trail.contains("Bramblesnap") && !trail.contains("Zuzu"));
}

#[test]
fn without_an_extract_nobody_is_called_unmatched() {
    let world = World::new();
    world.send("leavers.csv", list_of(&pupil(0)));
    assert_eq!(listed(&world), Vec::<Value>::new());
    let told = world.run_at(&["review", "list"]).done("review list");
    assert!(told.contains("no extract"), "{told}");
}

#[test]
fn held_codes_and_providers_are_in_the_same_queue() {
    let world = World::new();
    world.set("destinations.hold_providers", "[\"Hillside Secure House\"]");
    world.send("leavers.csv", list(&pupils(0..4)));
    let code = |n, code: &str| Record {
        code: code.into(),
        ..record(&pupil(n))
    };
    let provider = Record {
        provider: "Hillside Secure House".into(),
        ..record(&pupil(3))
    };
    world.extract(&[code(0, "710"), code(1, "999"), code(2, ""), provider]);
    let all = listed(&world);
    let reasons: Vec<_> = all.iter().map(|entry| word(entry, "reason")).collect();
    assert_eq!(
        reasons,
        ["code-held", "code-unknown", "code-absent", "provider-held"]
    );
    for (n, entry) in all.iter().enumerate() {
        assert_eq!(word(entry, "kind"), "record");
        let client = word(&entry["nearest"][0], "client");
        assert_eq!(client, format!("860{}", pupil(n).uln), "to be found by");
    }
}

#[test]
fn who_is_tied_to_a_record_is_shared_from_it() {
    let world = tied_and_released();
    assert_eq!(
        world.shared()[0].forename,
        pupil(0).forename,
        "as the school gave it"
    );
    assert_eq!(listed(&world), Vec::<Value>::new(), "decided");
    let trail = ties_in_trail(&world);
    assert_eq!(trail.len(), 1);
    assert_eq!(trail[0].0, "review-tied");
}

#[test]
fn a_tie_that_is_undone_takes_the_file_back() {
    let world = tied_and_released();
    untie(&world, "S000001.0");
    assert!(world.outbox(SCHOOL).is_empty());
    world.release().counts(&[("shared", 0), ("no_record", 1)]);
    let again = [
        "review",
        "untie",
        "--school",
        SCHOOL,
        "--pupil",
        "S000001.0",
    ];
    world.run_at(&again).exits(1, "untie once more");
}

#[test]
fn a_tie_to_another_record_does_not_bring_the_first_ones_values_back() {
    let world = tied_and_released();
    let second = Record {
        client: "77".into(),
        forename: "Zaza".into(),
        provider: "The Right College".into(),
        ..record(&pupil(0))
    };
    world
        .run_at(&["hold", "--all", "--reason", "a made-up one"])
        .done("hold");
    untie(&world, "S000001.0");
    world.extract(&[misnamed(0), second]);
    let entry = the_one(&world);
    let near = entry["nearest"].as_array().unwrap();
    let right = near.iter().find(|n| word(n, "forename") == "Zaza").unwrap();
    tie(&world, SCHOOL, "S000001.0", word(right, "record"));
    world.run(&["resume", "--all"]).done("resume");
    world.once();
    assert!(
        world.outbox(SCHOOL).is_empty(),
        "what was disclosed was the other's"
    );
    world.release().counts(&[("shared", 1)]);
    assert_eq!(world.shared()[0].provider, "The Right College");
}

#[test]
fn a_tie_ends_when_the_record_changes() {
    let world = tied_and_released();
    world.on("2026-11-22");
    let same = Record {
        provider: "A Newer College".into(),
        ..misnamed(0)
    };
    world.extract(std::slice::from_ref(&same));
    world.once();
    assert_eq!(world.shared().len(), 1, "who it is about is the same");
    world.on("2026-11-23");
    let renamed = Record {
        surname: "Elsewise".into(),
        ..same
    };
    world.extract(&[renamed]);
    world.once();
    assert!(world.outbox(SCHOOL).is_empty(), "taken back at once");
    let trail = ties_in_trail(&world);
    assert_eq!(trail[1].0, "review-untied");
    assert_eq!(trail[1].1["why"], "record-changed");
    assert_eq!(word(&the_one(&world), "reason"), "no-record");
}

#[test]
fn a_tie_outlives_an_extract_that_waits_and_not_one_that_is_accepted() {
    let world = World::new();
    world.send("leavers.csv", list_of(&pupil(0)));
    let crowd = [vec![misnamed(0)], records(&pupils(1..10))].concat();
    world.extract(&crowd);
    let mark = nearest_mark(&world);
    tie(&world, SCHOOL, "S000001.0", &mark);
    world.release().counts(&[("shared", 1)]);
    world.on("2026-11-22").extract(&[record(&pupil(9))]);
    world.once();
    assert_eq!(world.shared().len(), 1, "it may have come incomplete");
    let accept = ["release", "--school", SCHOOL, "--accept-extract"];
    world.run_at(&accept).done("release --accept-extract");
    assert!(world.outbox(SCHOOL).is_empty());
    assert_eq!(ties_in_trail(&world)[1].1["why"], "record-changed");
}

#[test]
fn a_tie_ends_when_the_file_of_year_11_schools_moves_the_record() {
    let world = World::new();
    let untold = || Record {
        school: String::new(),
        ..misnamed(0)
    };
    let told = |school: &str| format!("Client id,Year 11 school\n860{},{school}\n", pupil(0).uln);
    world.send("leavers.csv", list_of(&pupil(0)));
    world.lay_extract("year11.csv", told(SCHOOL));
    world.extract(&[untold()]);
    let mark = nearest_mark(&world);
    tie(&world, SCHOOL, "S000001.0", &mark);
    world.release().counts(&[("shared", 1)]);
    world
        .on("2026-11-22")
        .lay_extract("year11.csv", told(OTHER));
    world.once();
    assert!(world.outbox(SCHOOL).is_empty());
}

#[test]
fn a_tie_ends_when_the_consent_changes_and_not_before() {
    let world = tied_and_released();
    world.send("leavers again.csv", format!("{}\n", list_of(&pupil(0))));
    assert_eq!(world.shared().len(), 1, "the same consent told again");
    world.on("2026-11-22");
    world.send("leavers.csv", list_dated(&pupils(0..1), "2026-11-01"));
    assert!(world.outbox(SCHOOL).is_empty());
    let trail = ties_in_trail(&world);
    assert_eq!(trail[1].1["why"], "consent-changed");
}

#[test]
fn no_tie_reaches_past_the_year_11_school() {
    let world = World::new();
    world.send("leavers.csv", list_of(&pupil(0)));
    let elsewhere = Record {
        school: OTHER.into(),
        ..record(&pupil(0))
    };
    world.extract(&[elsewhere]);
    let mark = nearest_mark(&world);
    let tie = [
        "review",
        "tie",
        "--school",
        SCHOOL,
        "--pupil",
        "S000001.0",
        "--record",
    ];
    let said = world.run_at(&[&tie[..], &[&mark]].concat()).exits(1, "tie");
    assert!(said.contains("Year 11 school"), "{said}");
    let nobodys = world.run_at(&[&tie[..], &["0123456789abcdef"]].concat());
    nobodys.exits(1, "a mark of no record");
    world.release().counts(&[("shared", 0), ("no_record", 1)]);
}

#[test]
fn a_record_is_tied_to_one_pupil_only() {
    let world = World::new();
    let (p, q) = (pupil(0), pupil(1).born_on(&pupil(0).born));
    world.send("leavers.csv", list(&[p, q]));
    world.extract(&[Record {
        forename: pupil(1).forename,
        upn: upn(77),
        ..misnamed(0)
    }]);
    let all = listed(&world);
    assert_eq!(all.len(), 2, "{all:?}");
    let mark = word(&all[0]["nearest"][0], "record");
    tie(&world, SCHOOL, "S000001.0", mark);
    let tie = ["review", "tie", "--school", SCHOOL, "--pupil", "S000001.1"];
    let said = world
        .run_at(&[&tie[..], &["--record", mark]].concat())
        .exits(1, "tie");
    assert!(said.contains("S000001.0"), "{said}");
}

/// Two schools that both list a pupil whose record tells of no school.
fn claimed_twice() -> World {
    let world = World::with_two_schools();
    world.set("destinations.year11_school", "\"when-present\"");
    for school in [SCHOOL, OTHER] {
        world.send_as(school, "leavers.csv", list_of(&pupil(0)));
    }
    world.extract(&[Record {
        school: String::new(),
        ..record(&pupil(0))
    }]);
    world
}

#[test]
fn of_two_schools_that_claim_a_pupil_neither_is_served() {
    let world = claimed_twice();
    for school in [SCHOOL, OTHER] {
        let receipt = world.release_to(school);
        receipt.counts(&[("shared", 0), ("ambiguous", 1)]);
    }
    let all = listed(&world);
    let told: Vec<_> = all
        .iter()
        .map(|e| (word(e, "school"), word(e, "reason")))
        .collect();
    assert_eq!(
        told,
        [(SCHOOL, "several-schools"), (OTHER, "several-schools")]
    );
}

#[test]
fn the_extract_or_an_analyst_decides_between_two_schools() {
    let world = claimed_twice();
    let all = listed(&world);
    let mark = word(&all[1]["nearest"][0], "record");
    tie(&world, OTHER, word(&all[1], "pupil"), mark);
    world.release_to(OTHER).counts(&[("shared", 1)]);
    world.release_to(SCHOOL).counts(&[("shared", 0)]);

    let world = claimed_twice();
    world.on("2026-11-22").extract(&records(&pupils(0..1)));
    world.release_to(SCHOOL).counts(&[("shared", 1)]);
    world.release_to(OTHER).counts(&[("shared", 0)]);
}

/// A released pupil whom a withdrawal nearly fits.
fn held_nearly() -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world.release().counts(&[("shared", 2)]);
    world.on("2026-11-22");
    let near = format!(
        "Forename,Surname,Date of birth\nZuzu,{},{}\n",
        pupil(0).surname,
        pupil(0).british_birthday()
    );
    let receipt = world.send("withdrawals.csv", near);
    assert!(receipt.has("withdrawal-near"));
    assert_eq!(world.shared().len(), 1);
    world.on("2026-11-23");
    world
}

#[test]
fn a_near_withdrawal_that_meant_the_pupil_withdraws_as_of_its_day() {
    let world = held_nearly();
    let entry = the_one(&world);
    assert_eq!(
        [
            word(&entry, "kind"),
            word(&entry, "reason"),
            word(&entry, "submission")
        ],
        ["withdrawal", "withdrawal-near", "S000002"]
    );
    let settle = ["review", "settle", "S000002", "--pupil", "S000001.0"];
    world
        .run_at(&[&settle[..], &["--withdraw"]].concat())
        .done("settle");
    assert_eq!(listed(&world), Vec::<Value>::new());
    let notices = world.receipts(SCHOOL);
    let notice = notices.iter().filter(|receipt| receipt.kind() == "notice");
    assert_eq!(notice.count(), 1, "the folder can't tell who read the file");
    // A consent of the file's own day is not later than the withdrawal; one of the next day is.
    world.send("leavers.csv", list_dated(&pupils(0..2), "2026-11-22"));
    world.release().counts(&[("shared", 1)]);
    world.send("leavers.csv", list_dated(&pupils(0..2), "2026-11-23"));
    world.release().counts(&[("shared", 2)]);
    let said = world
        .run_at(&[&settle[..], &["--keep"]].concat())
        .exits(1, "settle again");
    assert!(said.contains("does not hold"), "{said}");
}

#[test]
fn a_near_withdrawal_that_meant_somebody_else_lets_go() {
    let world = held_nearly();
    let settle = [
        "review",
        "settle",
        "S000002",
        "--pupil",
        "S000001.0",
        "--keep",
    ];
    world.run_at(&settle).done("settle");
    assert_eq!(listed(&world), Vec::<Value>::new());
    world.release().counts(&[("shared", 2)]);
    let trail = world.run(&["audit", "export"]).done("audit export");
    assert!(trail.contains("review-settled"));
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn a_large_file_of_withdrawals_is_one_entry() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..20)));
    world.extract(&records(&pupils(0..20)));
    world.send("withdrawals.csv", names_only(&pupils(0..8)));
    let entry = the_one(&world);
    assert_eq!(word(&entry, "reason"), "large-withdrawal");
    assert_eq!(
        (word(&entry, "submission"), &entry["pupils"]),
        ("S000002", &Value::from(8))
    );
    assert!(entry["pupil"].is_null());
}
