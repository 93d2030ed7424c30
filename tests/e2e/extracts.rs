//! The council's extract: which one, how fresh, what is read of it and what never is (spec 7).

use std::{fmt::Write, fs, path::Path};

use rust_xlsxwriter::Workbook;

use crate::{
    answers::Receipt,
    pupils::{EXTRACT_HEADER, Record, extract_csv, list, pupil, pupils, record, records},
    world::{SCHOOL, World},
};

fn listed(number: usize) -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..number)));
    world
}

/// Tries to release, and returns the receipt if there is one.
fn try_release(world: &World) -> Option<Receipt> {
    let before = world.releases(SCHOOL).len();
    let ended = world.run_at(&["release", "--school", SCHOOL]);
    assert!(ended.code.is_some(), "{}", ended.err);
    let mut releases = world.releases(SCHOOL);
    (releases.len() > before).then(|| releases.pop().unwrap())
}

#[track_caller]
fn held(world: &World) {
    if let Some(receipt) = try_release(world) {
        assert_eq!(receipt.outcome(), "held");
    }
    assert!(world.outbox(SCHOOL).is_empty());
}

#[test]
fn without_an_extract_nothing_is_shared_and_the_operator_is_told() {
    let world = listed(2);
    let ended = world.run_at(&["release", "--school", SCHOOL]);
    assert!(world.outbox(SCHOOL).is_empty());
    let words = format!("{}{}", ended.out, ended.err).to_lowercase();
    assert!(words.contains("extract"), "{words}");
}

#[test]
fn an_extract_is_good_for_forty_five_days() {
    let world = listed(2);
    world.extract(&records(&pupils(0..2)));
    world.on("2027-01-05");
    assert_eq!(world.release().outcome(), "released", "day 45");
    world.on("2027-01-06");
    let receipt = try_release(&world);
    assert!(receipt.is_none_or(|r| r.outcome() == "held"), "day 46");
}

#[test]
fn a_stale_extract_is_held_and_a_fresh_one_goes() {
    let world = listed(2);
    world.lay_extract(
        "old.csv",
        extract_csv(&records(&pupils(0..2)), "2026-09-01"),
    );
    held(&world);
    world.extract(&records(&pupils(0..2)));
    world.release().counts(&[("shared", 2)]);
}

#[test]
fn the_newest_extract_counts() {
    let world = listed(2);
    let older = records(&pupils(0..2));
    let newer = older
        .iter()
        .map(|r| Record {
            provider: "The Newer College".into(),
            ..r.clone()
        })
        .collect::<Vec<_>>();
    world.lay_extract("a.csv", extract_csv(&older, "2026-11-10"));
    world.once();
    world.lay_extract("b.csv", extract_csv(&newer, "2026-11-20"));
    let receipt = world.release();
    assert_eq!(receipt.json["release"]["extract"]["name"], "b.csv");
    assert_eq!(world.shared()[0].provider, "The Newer College");
}

#[test]
fn the_day_of_export_is_told_by_the_file_or_by_its_name() {
    let world = listed(1);
    let rows = records(&pupils(0..1));
    let without_day = |rows: &[Record]| extract_csv(rows, "").replace(",PeriodEnd", ",Note");
    world.lay_extract("ccis 2026-11-03.csv", without_day(&rows));
    assert_eq!(
        world.release().json["release"]["extract"]["exported_on"],
        "2026-11-03"
    );
    world.lay_extract("ccis_20261105.csv", without_day(&rows));
    assert_eq!(
        world.release().json["release"]["extract"]["exported_on"],
        "2026-11-05"
    );
    let sent = extract_csv(&rows, "2026-11-07").replace("PeriodEnd", "DateOfSend");
    world.lay_extract("ccis 2026-11-20.csv", sent);
    assert_eq!(
        world.release().json["release"]["extract"]["exported_on"],
        "2026-11-07"
    );
}

#[test]
fn a_fall_of_more_than_a_fifth_holds_all_until_accepted() {
    let world = listed(10);
    world.extract(&records(&pupils(0..10)));
    world.release().counts(&[("shared", 10)]);
    world.on("2026-11-23").extract(&records(&pupils(0..8)));
    assert_eq!(
        world.release().outcome(),
        "released",
        "a fifth is not more than a fifth"
    );
    world.on("2026-11-24").extract(&records(&pupils(0..6)));
    let receipt = try_release(&world);
    assert!(receipt.is_none_or(|r| r.outcome() == "held"));
    world
        .run_at(&["release", "--school", SCHOOL, "--accept-extract"])
        .done("release --accept-extract");
    let last = world.releases(SCHOOL).pop().unwrap();
    assert_eq!(last.outcome(), "released");
    last.counts(&[("shared", 6), ("no_record", 4)]);
}

#[test]
fn the_national_columns_are_known_whatever_their_order() {
    let world = listed(2);
    let mut text = "DatabaseId,LEACode,PeriodEnd,YoungPersonsID,CohortStatus,GivenName,FamilyName,\
        Postcode,Gender,DOB,Ethnicity,UniqueLearnerNo,UniquePupilNumber,SENDFlag,ActivityCode,\
        StartDate,DateAscertained,DateVerified,DueToLapseDate,CurrencyLapsed,EstablishmentNumber,\
        EstablishmentName,Year 11 School\n"
        .to_owned();
    for p in pupils(0..2) {
        let (a, b, born, upn) = (&p.forename, &p.surname, &p.born, &p.upn);
        writeln!(
            text,
            "860,860,2026-11-20 00:00:00,860{},P,{a},{b},ZZ99 9ZZ,X,{born} 00:00:00,WBRI,,{upn},N,\
             310,2026-09-07 00:00:00,2026-09-08,2026-10-01 00:00:00,2027-09-07,N,8604999,\
             Invented Engineering Ltd,860/4001",
            p.uln
        )
        .unwrap();
    }
    world.lay_extract("nccis.csv", text);
    world.release().counts(&[("shared", 2)]);
    let row = world.shared().remove(0);
    assert_eq!(row.label, "Apprenticeship");
    assert_eq!(row.provider, "Invented Engineering Ltd");
    assert_eq!(
        (row.started.as_str(), row.confirmed.as_str()),
        ("2026-09-07", "2026-10-01")
    );
}

#[test]
fn a_council_may_name_its_own_columns() {
    let world = listed(1);
    world.set("destinations.columns.forename", "\"Vorname\"");
    world.set("destinations.columns.surname", "\"Nachname\"");
    let text = extract_csv(&records(&pupils(0..1)), "2026-11-20")
        .replacen("Forename", "Vorname", 1)
        .replacen("Surname", "Nachname", 1);
    world.lay_extract("extract.csv", text);
    world.release().counts(&[("shared", 1)]);
}

#[test]
fn an_extract_without_its_columns_shares_nothing_and_says_which() {
    let world = listed(1);
    let text = extract_csv(&records(&pupils(0..1)), "2026-11-20").replace("Activity code", "Mood");
    world.lay_extract("extract.csv", text);
    let round = world.run_at(&["run", "--once"]);
    let release = world.run_at(&["release", "--school", SCHOOL]);
    assert!(world.outbox(SCHOOL).is_empty());
    let told = [round.out, round.err, release.out, release.err].concat();
    assert!(told.to_lowercase().contains("activity"), "{told}");
}

#[test]
fn a_second_file_may_tell_the_year_11_school() {
    for (column, value) in [
        ("Client id", record(&pupil(0)).client),
        ("UPN", pupil(0).upn),
    ] {
        let world = listed(2);
        let untold = pupils(0..2)
            .iter()
            .map(|p| Record {
                school: String::new(),
                ..record(p)
            })
            .collect::<Vec<_>>();
        let beside = format!("{column},School\n{value},860/4001\n");
        world.lay_extract("year11 schools.csv", beside);
        world.extract(&untold);
        world.release().counts(&[("consented", 2), ("shared", 1)]);
        assert_eq!(world.shared()[0].born, pupil(0).born, "{column}");
    }
}

#[test]
fn other_encodings_separators_and_workbooks_are_read() {
    let rows = records(&pupils(0..2));
    let plain = extract_csv(&rows, "2026-11-20");
    let utf16 = std::iter::once(0xfeff).chain(plain.encode_utf16());
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (y, line) in (0..).zip(csv_rows(&plain)) {
        for (x, cell) in (0..).zip(line) {
            sheet.write(y, x, cell).unwrap();
        }
    }
    let files: [(&str, Vec<u8>); 4] = [
        (
            "semicolons.csv",
            plain
                .replace("\",", "\";")
                .replace(EXTRACT_HEADER, &EXTRACT_HEADER.replace(',', ";"))
                .into(),
        ),
        ("utf16.csv", utf16.flat_map(u16::to_le_bytes).collect()),
        (
            "bom.csv",
            format!("\u{feff}{plain}").replace('\n', "\r\n").into(),
        ),
        ("book.xlsx", book.save_to_buffer().unwrap()),
    ];
    for (name, bytes) in files {
        let world = listed(2);
        world.lay_extract(name, bytes);
        let receipt = world.release();
        assert_eq!(receipt.count("shared"), 2, "{name}: {}", receipt.text);
    }
}

fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

#[test]
fn an_unfinished_extract_is_not_used() {
    let world = listed(2);
    let folder = world.state().join("council").join("extracts");
    fs::create_dir_all(&folder).unwrap();
    // Written in place a moment ago: nobody can tell yet whether it is whole.
    fs::write(
        folder.join("growing.csv"),
        extract_csv(&records(&pupils(0..2)), "2026-11-20"),
    )
    .unwrap();
    fs::write(folder.join(".in.csv"), "half").unwrap();
    world.once();
    assert!(
        folder.join("growing.csv").exists(),
        "left until it has been quiet for a minute"
    );
    assert!(folder.join(".in.csv").exists());
}

#[test]
fn a_damaged_extract_holds_releases() {
    let world = listed(2);
    world.lay_extract("extract 2026-11-20.csv", [0xff_u8, 0xfe, 0x00].repeat(1000));
    held(&world);
    let world = listed(2);
    world.lay_extract("extract 2026-11-20.xlsx", "no workbook");
    held(&world);
}

#[test]
fn once_complete_it_is_out_of_the_front_ends_reach() {
    let world = listed(2);
    world.extract(&records(&pupils(0..2)));
    world.release();
    let left = crate::world::names_in(&world.state().join("council").join("extracts"));
    assert!(left.is_empty(), "{left:?}");
    world.on("2026-11-22");
    assert_eq!(world.release().outcome(), "released", "and is still used");
}

/// Whether any file below a folder holds these bytes.
fn found_below(folder: &Path, needle: &str, skip: &[&str]) -> Option<String> {
    for entry in fs::read_dir(folder).ok()? {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if skip.iter().any(|part| name.contains(part)) {
            continue;
        }
        let kind = fs::symlink_metadata(&path).unwrap();
        if kind.is_dir() {
            if let Some(found) = found_below(&path, needle, skip) {
                return Some(found);
            }
        } else if kind.is_file() {
            let bytes = fs::read(&path).unwrap();
            if bytes
                .windows(needle.len())
                .any(|window| window == needle.as_bytes())
            {
                return Some(name);
            }
        }
    }
    None
}

#[test]
fn no_pupil_is_readable_in_the_ledger_the_spool_or_the_boxes() {
    let world = listed(3);
    let mut rows = records(&pupils(0..3));
    rows.push(Record {
        provider: "Nobodyseesthis College".into(),
        ..record(&pupil(55))
    });
    world.extract(&rows);
    world.release();
    let p = pupil(1);
    let stranger = pupil(55);
    for needle in [&p.surname, &p.upn, &p.born, &stranger.surname] {
        let found = found_below(&world.state(), needle, &["extract"]);
        assert_eq!(found, None, "{needle}");
    }
    let found = found_below(&world.state(), "Nobodyseesthis", &["extract"]);
    assert_eq!(found, None, "records without consent are never stored");
}
