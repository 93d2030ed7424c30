//! What a destination file holds, and who may open it (spec 5).

use std::fs;

use serde_json::Value;

use crate::{
    opened::{decrypted, names},
    programs::finish_quietly,
    pupils::{Record, list, list_of, list_saying, pupil, pupils, record, records},
    world::{OTHER, SCHOOL, World},
};

/// A world in which the first pupils consented and this is known of them.
fn released(records: &[Record]) -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..records.len())));
    world.extract(records);
    world.release();
    world
}

fn coded(n: usize, code: &str) -> Record {
    Record {
        code: code.to_owned(),
        ..record(&pupil(n))
    }
}

#[test]
fn the_file_holds_what_was_agreed_sorted_by_surname() {
    let world = World::new();
    let mixed = [pupil(25), pupil(3), pupil(14)];
    world.send("leavers.csv", list(&mixed));
    world.extract(&records(&mixed));
    let receipt = world.release();
    assert_eq!(receipt.outcome(), "released");
    let rows = world.shared();
    let surnames = rows
        .iter()
        .map(|row| row.surname.as_str())
        .collect::<Vec<_>>();
    assert_eq!(surnames, ["Bramblesnap", "Candlewisp", "Dumblethorpe"]);
    let row = &rows[0];
    assert_eq!(row.forename, pupil(3).forename);
    assert_eq!(row.born, pupil(3).born);
    assert_eq!(row.label, "School sixth form");
    assert_eq!(row.provider, "Nowhere Sixth Form");
    assert_eq!(row.started, "2026-09-03");
    assert_eq!(row.confirmed, "2026-10-15");
}

#[test]
fn the_files_name_and_receipt_tell_the_release() {
    let world = released(&records(&pupils(0..3)));
    let name = "8604001_destinations_2026-11-21_R000001.csv.age";
    assert_eq!(world.outbox(SCHOOL), [name]);
    let receipt = world.releases(SCHOOL).pop().unwrap();
    let bytes = fs::metadata(world.box_of(SCHOOL).join("outbox").join(name))
        .unwrap()
        .len();
    assert_eq!(receipt.id(), "R000001");
    assert_eq!(receipt.safe_name(), "released");
    receipt.counts(&[
        ("consented", 3),
        ("shared", 3),
        ("no_record", 0),
        ("ambiguous", 0),
        ("expired", 0),
        ("not_eligible", 0),
        ("held", 0),
    ]);
    let release = &receipt.json["release"];
    assert_eq!(release["id"], "R000001");
    assert_eq!(release["trigger"], "operator");
    assert_eq!(release["supersedes"], Value::Null);
    assert_eq!(release["file"], name);
    assert_eq!(release["bytes"], bytes);
    assert_eq!(release["recipients"].as_array().unwrap().len(), 1);
    assert_eq!(release["extract"]["name"], "extract-2026-11-21.csv");
    assert_eq!(release["extract"]["exported_on"], "2026-11-21");
    assert_eq!(release["expiry_rule"], "earliest");
    let path = world.box_of(SCHOOL).join("outbox").join(name);
    let sum = finish_quietly(std::process::Command::new("sha256sum").arg(path));
    assert_eq!(release["sha256"], sum[..64].to_owned());
}

#[test]
fn names_come_back_as_the_school_gave_them() {
    let world = World::new();
    let p = pupil(0);
    let text = list_of(&p).replace(&p.surname, "O’Bramble-Snáp");
    world.send("leavers.csv", text);
    let known = Record {
        surname: "OBRAMBLE SNAP".into(),
        forename: "AMBROSINE".into(),
        ..record(&p)
    };
    world.extract(&[known]);
    world.release();
    assert_eq!(names(&world.shared()), ["Ambrosine O’Bramble-Snáp"]);
}

#[test]
fn every_activity_code_leaves_as_its_plain_label_or_not_at_all() {
    let table: Value =
        serde_json::from_str(include_str!("../vectors/activity_codes.json")).unwrap();
    let codes = table["codes"].as_array().unwrap();
    let rows = codes
        .iter()
        .enumerate()
        .map(|(i, code)| coded(i, &code["code"].to_string()));
    let world = released(&rows.collect::<Vec<_>>());
    let shared = world.shared();
    let mut held = 0;
    for (i, code) in codes.iter().enumerate() {
        let p = pupil(i);
        let row = shared.iter().find(|row| row.born == p.born);
        let label = code["proposed_release"].as_str().unwrap();
        if label == "HOLD" {
            assert!(row.is_none(), "{code}");
            held += 1;
            continue;
        }
        let row = row.unwrap_or_else(|| panic!("not shared: {code}"));
        assert_eq!(row.label, label, "{code}");
        let telling = label != "Not known"
            && label != "Not in education, employment or training"
            && code["code"] != 280
            && code["code"] != 460;
        assert_eq!(row.provider.is_empty(), !telling, "provider of {code}");
    }
    world.releases(SCHOOL)[0].counts(&[("held", held)]);
}

#[test]
fn unknown_codes_and_empty_ones_are_held() {
    let codes = ["840", "420", "999", "", "21O", "0"];
    let rows = codes.iter().enumerate().map(|(i, code)| coded(i, code));
    let world = released(&rows.collect::<Vec<_>>());
    assert!(world.shared().is_empty() && world.outbox(SCHOOL).is_empty());
    let receipt = world.releases(SCHOOL).pop().unwrap();
    assert_eq!(receipt.outcome(), "held");
    receipt.counts(&[("shared", 0), ("held", codes.len() as u64)]);
}

#[test]
fn providers_on_the_hold_list_are_held() {
    let world = World::new();
    world.set("destinations.hold_providers", "[\"Invented Secure Unit\"]");
    world.send("leavers.csv", list(&pupils(0..2)));
    let secure = Record {
        provider: "INVENTED  secure unit".into(),
        ..record(&pupil(0))
    };
    world.extract(&[secure, record(&pupil(1))]);
    world.release().counts(&[("shared", 1), ("held", 1)]);
}

#[test]
fn a_lapsed_record_is_not_known_without_provider_or_start() {
    let lapsed = |n: usize, flag: &str, due: &str| Record {
        lapsed: flag.into(),
        lapses: due.into(),
        ..record(&pupil(n))
    };
    let world = released(&[
        lapsed(0, "Y", ""),
        lapsed(1, "N", "2026-11-20"),
        lapsed(2, "N", "2026-11-21"),
        lapsed(3, "N", "2027-08-31"),
        Record {
            code: "710".into(),
            ..lapsed(4, "Y", "2026-01-01")
        },
    ]);
    let rows = world.shared();
    assert_eq!(rows.len(), 4, "HOLD goes before a lapse");
    for n in [0, 1] {
        let row = rows.iter().find(|row| row.born == pupil(n).born).unwrap();
        assert_eq!(row.label, "Not known");
        assert_eq!((row.provider.as_str(), row.started.as_str()), ("", ""));
    }
    for n in [2, 3] {
        let row = rows.iter().find(|row| row.born == pupil(n).born).unwrap();
        assert_eq!(
            row.label, "School sixth form",
            "its last day has not passed"
        );
    }
}

#[test]
fn closed_cohort_statuses_are_never_shared() {
    let closed = ["D", "M", "T", "E", "X", "L", "d"];
    let mut rows = closed
        .iter()
        .enumerate()
        .map(|(i, status)| Record {
            status: (*status).into(),
            ..record(&pupil(i))
        })
        .collect::<Vec<_>>();
    rows.push(record(&pupil(closed.len())));
    let world = released(&rows);
    assert_eq!(names(&world.shared()), [pupil(closed.len()).full_name()]);
    world.releases(SCHOOL)[0].counts(&[("not_eligible", closed.len() as u64)]);
}

#[test]
fn nothing_else_about_a_pupil_leaves() {
    let rows = records(&pupils(0..3));
    let world = released(&rows);
    let name = world.outbox(SCHOOL).pop().unwrap();
    let file = world.box_of(SCHOOL).join("outbox").join(name);
    let opened = String::from_utf8(decrypted(&file, &world.keys(SCHOOL).age)).unwrap();
    for (row, p) in rows.iter().zip(pupils(0..3)) {
        for secret in [&row.client, &p.upn, &p.uln, &row.code] {
            assert!(!opened.contains(secret.as_str()), "{secret} left");
        }
    }
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_is_neutralised() {
    let formulas = [
        "=HYPERLINK(\"http://made-up.example\")",
        "+44 Ltd",
        "-Minus",
        "@Work",
        "\tTab",
    ];
    let rows = formulas.iter().enumerate().map(|(i, provider)| Record {
        provider: (*provider).into(),
        ..record(&pupil(i))
    });
    let world = released(&rows.collect::<Vec<_>>());
    for row in world.shared() {
        let first = row.provider.chars().next().unwrap();
        assert!(!"=+-@\t\r".contains(first), "{}", row.provider);
    }
}

#[test]
fn providers_with_commas_quotes_and_lines_stay_one_cell() {
    let odd = Record {
        provider: "Smith, \"Jones\" & Söhne".into(),
        ..record(&pupil(0))
    };
    let world = released(&[odd]);
    assert_eq!(world.shared()[0].provider, "Smith, \"Jones\" & Söhne");
}

#[test]
fn without_a_yes_there_is_no_row() {
    let world = World::new();
    let words = ["Yes", "No", "", "TBC"];
    world.send("leavers.csv", list_saying(&pupils(0..4), |i| words[i]));
    world.extract(&records(&pupils(0..6)));
    world.release().counts(&[("shared", 1)]);
    assert_eq!(names(&world.shared()), [pupil(0).full_name()]);
}

#[test]
fn who_is_in_no_extract_is_counted() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.extract(&records(&pupils(0..2)));
    world
        .release()
        .counts(&[("consented", 3), ("shared", 2), ("no_record", 1)]);
}

#[test]
fn a_newer_release_replaces_an_older_one() {
    let world = released(&records(&pupils(0..2)));
    let first = world.outbox(SCHOOL);
    world.on("2026-11-22");
    let receipt = world.release();
    assert_eq!(receipt.id(), "R000002");
    let second = world.outbox(SCHOOL);
    assert_eq!(second.len(), 1);
    assert_ne!(first, second);
}

#[test]
fn a_file_stays_thirty_days() {
    let world = released(&records(&pupils(0..2)));
    world.on("2026-12-20").once();
    assert_eq!(world.outbox(SCHOOL).len(), 1);
    world.on("2026-12-22").once();
    assert!(world.outbox(SCHOOL).is_empty());
    let removed = world
        .receipts(SCHOOL)
        .into_iter()
        .any(|r| r.kind() == "removed");
    assert!(removed, "the school is told that the file is gone");
}

#[test]
fn release_all_serves_every_school() {
    let world = World::with_two_schools();
    world.send_as(SCHOOL, "leavers.csv", list(&pupils(0..2)));
    world.send_as(OTHER, "leavers.csv", list(&pupils(2..4)));
    let mut rows = records(&pupils(0..4));
    for row in &mut rows[2..] {
        row.school = OTHER.to_owned();
    }
    world.extract(&rows);
    world.run_at(&["release", "--all"]).done("release --all");
    for (school, expected) in [(SCHOOL, pupils(0..2)), (OTHER, pupils(2..4))] {
        let mut born = world
            .shared_with(school)
            .into_iter()
            .map(|row| row.born)
            .collect::<Vec<_>>();
        born.sort();
        assert_eq!(born, [expected[0].born.clone(), expected[1].born.clone()]);
    }
}

#[test]
fn a_dry_run_tells_and_does_nothing() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    let told = world
        .run_at(&["release", "--school", SCHOOL, "--dry-run"])
        .done("dry run");
    assert!(told.contains('2'), "{told}");
    assert!(world.outbox(SCHOOL).is_empty() && world.releases(SCHOOL).is_empty());
    assert_eq!(world.release().id(), "R000001", "no number was used up");
}
