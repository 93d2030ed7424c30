//! Erasure: what names a person goes, the trail and a mark stay.

use std::fs;

use serde_json::json;

use crate::{
    asked::{about, acts, collect, json as told, json_about, released, send},
    notices::{listed, notices},
    opened::names,
    pupils::{
        LIST_HEADER, Pupil, list, list_dated, list_of, list_row, names_only, pupil, pupils, records,
    },
    world::{OTHER, SCHOOL, World},
};

#[test]
fn it_stops_sharing_asks_the_school_to_destroy_and_removes_what_was_kept() {
    let world = released(3);
    collect(&world);
    world.on("2026-11-22");
    let done = json_about(&world, "erase", &pupil(1));
    let school = &done["schools"][0];
    assert_eq!(school["pupils"], json!(["S000001.1"]));
    assert_eq!(school["disclosures"], 1);
    assert_eq!(school["notices"], json!(["D000001"]));
    assert_eq!(school["barred_on"], "2026-11-22");
    assert_eq!(
        school["copies_until"], "2026-12-21",
        "uploads are kept 30 days"
    );
    assert_eq!(done["recalled"], json!(["R000001"]));
    assert_eq!(names(&world.shared()).len(), 2, "made again without");
    let open = notices(&world);
    assert_eq!(listed(&world, &open[0])[0].0, pupil(1).full_name());
    let report = json_about(&world, "subject", &pupil(1));
    let school = &report["schools"][0];
    assert_eq!(school["pupils"], json!([]));
    assert_eq!(school["barred_on"], "2026-11-22");
    assert!(
        !report.to_string().contains(&pupil(1).surname) || pupil(1).surname == pupil(0).surname
    );
    // The school confirms as ever, and later reminders have nobody to name.
    world.on("2026-12-06").once();
    world.on("2026-12-07");
    send(&world, "destroyed.txt", "D000001");
    assert_eq!(notices(&world).pop().unwrap().outcome(), "closed");
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn nothing_sealed_of_the_person_is_left_in_any_file_of_the_ledger() {
    let world = released(3);
    collect(&world);
    world.on("2026-11-22");
    let before = blobs_of(&world, "S000001.1");
    assert!(before.len() >= 2, "consent and disclosure");
    about(&world, "erase", &pupil(1), &[]).done("erase");
    assert!(blobs_of(&world, "S000001.1").is_empty());
    let mut looked = 0;
    for entry in fs::read_dir(world.state()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_file() && name.starts_with("ledger") {
            let bytes = fs::read(&path).unwrap();
            looked += 1;
            for blob in &before {
                let found = bytes.windows(blob.len()).any(|window| window == &blob[..]);
                assert!(!found, "{name} still holds what was erased");
            }
        }
    }
    assert!(looked > 0);
}

/// Every sealed value of a pupil in the database, as its administrator sees it.
fn blobs_of(world: &World, pupil: &str) -> Vec<Vec<u8>> {
    let (submission, place) = pupil.split_once('.').unwrap();
    let submission: i64 = submission[1..].parse().unwrap();
    let id = (submission << 20) | place.parse::<i64>().unwrap();
    let ledger = fs::read_dir(world.state())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ext| ext == "db"))
        .expect("the ledger");
    let conn = rusqlite::Connection::open(ledger).unwrap();
    let mut blobs = Vec::new();
    for table in ["consent", "disclosure", "notice_pupil", "tie"] {
        let sql = format!("SELECT sealed FROM {table} WHERE pupil = ?1 AND sealed IS NOT NULL");
        let mut statement = conn.prepare(&sql).unwrap();
        let rows = statement.query_map([id], |row| row.get::<_, Vec<u8>>(0));
        blobs.extend(rows.unwrap().map(Result::unwrap));
    }
    blobs
}

#[test]
fn a_later_list_with_the_old_consent_shares_nothing_and_says_which_row() {
    let world = released(3);
    world.on("2026-11-22");
    about(&world, "erase", &pupil(1), &[]).done("erase");
    world.on("2026-11-23");
    // Undated, dated before, dated on the day: none counts, in whatever spelling.
    for (name, day) in [
        ("a.csv", ""),
        ("b.csv", "2026-05-11"),
        ("c.csv", "2026-11-22"),
    ] {
        let mut text = format!(
            "{LIST_HEADER}\n{}",
            list_row(&pupil(0), "Yes", "2026-05-11")
        );
        let shouted = Pupil {
            forename: pupil(1).forename.to_uppercase(),
            upn: String::new(),
            ..pupil(1)
        };
        let row = match day {
            "" => list_row(&shouted, "Yes", "2026-05-11").replace(",11/05/2026", ","),
            day => list_row(&shouted, "Yes", day),
        };
        text.push_str(&row);
        let receipt = world.send(name, text);
        assert_eq!(receipt.outcome(), "accepted", "{}", receipt.text);
        assert!(
            receipt
                .problems()
                .contains(&(Some(3), "withdrawn-earlier".to_owned()))
        );
        assert_eq!(receipt.count("consented"), 1, "{name}");
        assert_eq!(receipt.count("not_consented"), 1, "{name}");
    }
    world.release().counts(&[("shared", 1), ("consented", 1)]);
    let report = json_about(&world, "subject", &pupil(1));
    assert_eq!(report["schools"][0]["pupils"], json!([]));
}

#[test]
fn a_consent_given_since_restores_sharing_and_the_mark_goes() {
    let world = released(3);
    world.on("2026-11-22");
    about(&world, "erase", &pupil(1), &[]).done("erase");
    world.on("2026-11-24");
    let receipt = world.send("leavers.csv", list_dated(&pupils(0..3), "2026-11-23"));
    assert!(!receipt.has("withdrawn-earlier"), "{}", receipt.text);
    world.release().counts(&[("shared", 3)]);
    let report = json_about(&world, "subject", &pupil(1));
    assert_eq!(report["schools"][0]["barred_on"], json!(null));
    // An undated list keeps what was restored.
    let undated = list(&pupils(0..3)).replace(",11/05/2026", ",");
    let receipt = world.send("leavers 2.csv", undated);
    assert!(!receipt.has("withdrawn-earlier"), "{}", receipt.text);
    world.release().counts(&[("shared", 3)]);
}

#[test]
fn it_holds_at_every_school_that_had_the_person_and_at_no_other() {
    let world = World::with_two_schools();
    world.add_school("8604003");
    world.send("leavers.csv", list(&pupils(0..2)));
    world.send_as(OTHER, "leavers.csv", list(&pupils(0..2)));
    let done = json_about(&world, "erase", &pupil(1));
    assert_eq!(done["schools"].as_array().unwrap().len(), 2);
    for school in [SCHOOL, OTHER, "8604003"] {
        let receipt = world.send_as(school, "again.csv", list(&pupils(0..2)) + "\n");
        assert_eq!(
            receipt.has("withdrawn-earlier"),
            school != "8604003",
            "{school}"
        );
    }
}

#[test]
fn who_is_nowhere_can_be_barred_at_a_school_all_the_same() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    let said = about(&world, "erase", &pupil(9), &[]).done("erase");
    assert!(
        said.contains("Nothing is on record") && said.contains("--school"),
        "{said}"
    );
    assert!(acts(&world, "pupils-erased").is_empty());
    about(&world, "erase", &pupil(9), &["--school", SCHOOL]).done("erase");
    let receipt = world.send("add.csv", list_of(&pupil(9)));
    assert!(receipt.has("withdrawn-earlier"), "{}", receipt.text);
    assert_eq!(receipt.count("not_consented"), 1);
}

#[test]
fn remembered_withdrawals_and_refusals_go_and_the_mark_stands_for_them() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.send("withdrawals.csv", names_only(&[pupil(5)]));
    let done = json_about(&world, "erase", &pupil(5));
    assert_eq!(done["schools"][0]["withdrawals"], 1);
    assert_eq!(done["schools"][0]["pupils"], json!([]));
    let receipt = world.send("add.csv", list_of(&pupil(5)));
    assert!(receipt.has("withdrawn-earlier"), "{}", receipt.text);
    world.extract(&records(&pupils(0..6)));
    world.release().counts(&[("shared", 2)]);
}

#[test]
fn it_can_be_said_twice_and_stands_in_the_trail_by_ids_only() {
    let world = released(2);
    about(&world, "erase", &pupil(1), &[]).done("erase");
    about(&world, "erase", &pupil(1), &[]).done("erase again");
    let erased = acts(&world, "pupils-erased");
    assert_eq!(erased.len(), 2);
    assert_eq!(erased[0]["detail"]["pupils"], json!(["S000001.1"]));
    assert_eq!(erased[1]["detail"]["pupils"], json!([]));
    assert_eq!(erased[0]["subject"], SCHOOL);
    let trail = world.run(&["audit", "export"]).done("audit export");
    assert!(!trail.contains(&pupil(1).surname) && !trail.contains(&pupil(1).born));
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn two_pupils_who_fit_alike_keep_what_is_theirs() {
    let world = World::with_two_schools();
    let namesake = Pupil {
        upn: crate::pupils::upn(77),
        ..pupil(1)
    };
    world.send("leavers.csv", list_of(&pupil(1)));
    world.send_as(OTHER, "leavers.csv", list_of(&namesake));
    about(&world, "erase", &pupil(1), &[]).exits(1, "two pupils");
    let arguments = [
        "erase",
        "--upn",
        &pupil(1).upn,
        "--dob",
        &pupil(1).born,
        "--json",
    ];
    let done = told(world.run_at(&arguments));
    assert_eq!(done["schools"].as_array().unwrap().len(), 1);
    let arguments = [
        "subject",
        "--upn",
        &namesake.upn,
        "--dob",
        &namesake.born,
        "--json",
    ];
    let report = told(world.run_at(&arguments));
    let schools = report["schools"].as_array().unwrap();
    let other = schools.iter().find(|school| school["school"] == OTHER);
    assert_eq!(other.unwrap()["pupils"].as_array().unwrap().len(), 1);
}

#[test]
fn an_older_withdrawal_that_waits_for_an_analyst_does_not_keep_it_back() {
    let world = released(20);
    collect(&world);
    world.on("2026-11-22");
    send(&world, "withdrawals.csv", &names_only(&pupils(0..6)));
    assert!(notices(&world).is_empty(), "the brake");
    let done = json_about(&world, "erase", &pupil(1));
    assert_eq!(done["schools"][0]["notices"], json!(["D000001"]));
    // Undoing the file does not bring the erased one back.
    world
        .run_at(&["review", "undo", "S000002", "--reason", "The wrong file."])
        .done("review undo");
    world.release().counts(&[("shared", 19)]);
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn a_hold_and_a_suspension_keep_no_erasure_back() {
    let world = released(3);
    collect(&world);
    world.on("2026-11-22");
    world
        .run_at(&["hold", "--all", "--reason", "made up"])
        .done("hold");
    let done = json_about(&world, "erase", &pupil(1));
    assert_eq!(done["recalled"], json!(["R000001"]));
    assert_eq!(done["schools"][0]["notices"], json!(["D000001"]));
    assert!(world.outbox(SCHOOL).is_empty(), "made again when it ends");
    world.run(&["school", "suspend", SCHOOL]).done("suspend");
    let done = json_about(&world, "erase", &pupil(2));
    assert_eq!(done["schools"][0]["notices"], json!(["D000002"]));
    world
        .run(&["school", "suspend", SCHOOL, "--lift"])
        .done("lift");
    world.run(&["resume", "--all"]).done("resume");
    world.on("2026-11-23").once();
    assert!(
        names(&world.shared())
            .iter()
            .all(|name| *name == pupil(0).full_name())
    );
}
