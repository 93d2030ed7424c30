//! Files that are refused as a whole: one small file for each code (spec 3).

use crate::{
    opened::encrypted,
    pupils::{
        CONSENTED, LIST_HEADER, british, list, list_row, list_saying, names_only, pupil, pupils,
        records,
    },
    world::{SCHOOL, World},
};

/// A file and the codes of which its refusal must show one.
type Case = (&'static str, Vec<u8>, &'static [&'static str]);

fn check(cases: &[Case]) {
    let world = World::bare();
    for (i, (name, bytes, _)) in cases.iter().enumerate() {
        let school = (8_604_001 + i).to_string();
        world.write_school(&school);
        world.drop_file(&school, name, bytes);
    }
    world.once();
    let mut wrong = Vec::new();
    for (i, (name, _, codes)) in cases.iter().enumerate() {
        let receipts = world.submissions(&(8_604_001 + i).to_string());
        assert_eq!(receipts.len(), 1, "{name}");
        let receipt = &receipts[0];
        let found = receipt.codes();
        let fits = found.iter().any(|code| codes.contains(&code.as_str()));
        if receipt.outcome() != "rejected" || !fits {
            wrong.push(format!(
                "{i} {name}: {} {found:?}, not {codes:?}",
                receipt.outcome()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_that_hold_no_list() {
    let undefined = b"Forename,Surname,Date of birth\nZo\x81,Umberdell,03/02/2010\n".to_vec();
    let utf16_without_mark = list(&pupils(0..2))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    check(&[
        ("leavers.csv", Vec::new(), &["file-empty"]),
        ("leavers.xlsx", Vec::new(), &["file-empty"]),
        (
            "blank.csv",
            b"\r\n\r\n,,,\r\n".to_vec(),
            &["file-empty", "header-not-found"],
        ),
        ("undefined.csv", undefined, &["file-unreadable"]),
        ("utf16.csv", utf16_without_mark, &["file-unreadable"]),
        (
            "garbage.xlsx",
            b"no workbook at all".to_vec(),
            &["file-unreadable"],
        ),
        (
            "half.xlsx",
            b"PK\x03\x04 and then nothing".to_vec(),
            &["file-unreadable"],
        ),
        ("garbage.xls", vec![0x5a; 4096], &["file-unreadable"]),
        ("garbage.ods", b"PK\x05\x06".to_vec(), &["file-unreadable"]),
        (
            "prose.csv",
            b"Dear council,\nhere is our list.\n".to_vec(),
            &["header-not-found"],
        ),
        (
            "one title.csv",
            b"Forename\nAmb\n".to_vec(),
            &["header-not-found", "column-missing"],
        ),
    ]);
}

#[test]
fn headers_that_do_not_do() {
    let row = "A,B,05/05/2010,Yes\n";
    let with = |header: &str| format!("{header}\n{row}").into_bytes();
    check(&[
        (
            "a.csv",
            with("Forename,Surname,Shoe size,Consent"),
            &["column-missing"],
        ),
        (
            "b.csv",
            with("Forename,Pet,Date of birth,Consent"),
            &["column-missing"],
        ),
        (
            "c.csv",
            with("Preferred forename,Surname,Pet,Consent"),
            &["column-missing"],
        ),
        (
            "d.csv",
            with("Forename,Surname,DOB,DOB"),
            &["column-ambiguous"],
        ),
        (
            "e.csv",
            with("Forename,Surname,Surname,DOB"),
            &["column-ambiguous"],
        ),
        (
            "f.csv",
            with("Forename,Surname,DOB,Parental consent"),
            &["column-ambiguous"],
        ),
        (
            "g.csv",
            with("Forename,Surname,DOB,Photo consent"),
            &["column-ambiguous"],
        ),
        (
            "h.csv",
            with("Vorname,Nachname,Geburtstag,Ja"),
            &["header-not-found"],
        ),
    ]);
}

#[test]
fn a_missing_column_is_named_with_the_headers_that_were_found() {
    let world = World::new();
    let text = "Forename,Surname,Shoe size,Consent\nAmbrosine,Bramblesnap,41,Yes\n";
    let receipt = world.send("leavers.csv", text);
    receipt.is("rejected", &["column-missing"]);
    assert!(receipt.text.contains("Shoe size"), "{}", receipt.text);
    assert!(receipt.text.to_lowercase().contains("date of birth"));
    assert!(!receipt.text.contains("41"), "cells are never echoed");
}

#[test]
fn one_date_that_reads_month_first_refuses_all() {
    let world = World::new();
    let text = format!(
        "{}{}",
        list(&pupils(0..11)),
        list_row(&pupil(11), "Yes", CONSENTED).replace(&pupil(11).british_birthday(), "08/31/2009")
    );
    world
        .send("leavers.csv", text)
        .is("rejected", &["dates-month-first"])
        .counts(&[("new", 0)]);
}

fn naming_school(value: &str) -> Vec<u8> {
    let rows = pupils(0..11).into_iter().map(|p| {
        let (born, date) = (p.british_birthday(), british(CONSENTED));
        format!("{},{},{born},Yes,{date},{value}\n", p.forename, p.surname)
    });
    let header = "Forename,Surname,Date of birth,Consent,Consent date,LAESTAB\n";
    format!("{header}{}", rows.collect::<String>()).into_bytes()
}

#[test]
fn another_schools_number_refuses_the_list() {
    let one_row = |value: &str| {
        let text = String::from_utf8(naming_school("8604001")).unwrap();
        text.replacen("8604001", value, 1).into_bytes()
    };
    check(&[
        ("a.csv", naming_school("8604999"), &["wrong-school"]),
        ("b.csv", naming_school("860/4999"), &["wrong-school"]),
        ("c.csv", one_row("830-4100"), &["wrong-school"]),
    ]);
}

#[test]
fn the_schools_own_number_in_any_spelling_is_fine() {
    let world = World::new();
    for value in ["8604001", "860/4001", "860-4001"] {
        let receipt = world.send("leavers.csv", naming_school(value));
        assert_eq!(receipt.outcome(), "accepted", "{value}: {}", receipt.text);
    }
}

#[test]
fn an_agreement_not_in_force_keeps_nothing() {
    let world = World::new();
    world.edit_school(SCHOOL, |school| {
        school["agreement"].as_table_mut().unwrap().remove("signed");
    });
    world
        .send("leavers.csv", list(&pupils(0..2)))
        .is("rejected", &["agreement-not-in-force"])
        .counts(&[("new", 0)]);
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["signed"] = "2026-09-14".parse::<toml_edit::Value>().unwrap().into();
    });
    world.extract(&records(&pupils(0..2)));
    world.release();
    assert!(
        world.shared().is_empty(),
        "nothing was kept of the refused list"
    );
}

#[test]
fn a_file_too_large_and_a_list_too_long_are_refused() {
    let rows = (0..400_000).map(|_| "A,B,05/05/2010\n").collect::<String>();
    let long = format!("Forename,Surname,DOB\n{rows}").into_bytes();
    let large = vec![b' '; 17 << 20];
    check(&[
        ("long.csv", long, &["file-too-many-rows"]),
        ("large.csv", large.clone(), &["file-too-large"]),
        ("large.xlsx", large, &["file-too-large"]),
    ]);
}

#[test]
fn an_upload_encrypted_to_another_key_says_so() {
    let world = World::new();
    let stranger = world.keys("a stranger").recipient;
    let sealed = encrypted(
        list(&pupils(0..2)).as_bytes(),
        &stranger,
        &world.outside("plain"),
    );
    let receipt = world.send("leavers.csv.age", &sealed);
    receipt.is("rejected", &["file-encrypted-to-another-key"]);
    assert_eq!(receipt.json["file"]["name"], "leavers.csv.age");
    assert_eq!(receipt.json["file"]["bytes"], sealed.len());
}

#[test]
fn an_upload_encrypted_to_the_intake_key_is_read() {
    let world = World::new();
    world.once();
    let readme = std::fs::read_to_string(world.box_of(SCHOOL).join("README.txt")).unwrap();
    let welcome = world.run(&["school", "welcome", SCHOOL]).out;
    let words = format!("{readme} {welcome}");
    let recipient = words
        .split(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| word.starts_with("age1") && word.len() > 50)
        .expect("the intake key is told to the school");
    let plain = list(&pupils(0..2));
    let sealed = encrypted(plain.as_bytes(), recipient, &world.outside("plain"));
    let receipt = world.send("leavers.csv.age", &sealed);
    receipt.is("accepted", &[]).counts(&[("new", 2)]);
    assert_eq!(receipt.kind(), "consent-list");
    assert_eq!(
        receipt.json["file"]["bytes"],
        sealed.len(),
        "described as uploaded"
    );
}

#[test]
fn a_truncated_age_file_is_refused() {
    let world = World::new();
    let receipt = world.send("leavers.csv.age", b"age-encryption.org/v1\n-> X25519 AAAA");
    assert_eq!(receipt.outcome(), "rejected");
    assert!(!receipt.codes().is_empty());
}

#[test]
fn a_refused_list_still_takes_its_plain_noes() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..4)));
    let mut text = list_saying(&pupils(0..2), |i| if i == 0 { "No" } else { "Yes" });
    text.push_str(",,,,Yes,\n,,,,Yes,\n,,,,Yes,\n");
    let receipt = world.send("leavers.csv", text);
    assert_eq!(receipt.outcome(), "rejected");
    assert!(receipt.has("too-many-bad-rows"), "{}", receipt.text);
    receipt.counts(&[("withdrawn", 1)]);
    world.extract(&records(&pupils(0..4)));
    world.release();
    let shared = crate::opened::names(&world.shared());
    assert_eq!(shared.len(), 3);
    assert!(!shared.contains(&pupil(0).full_name()));
}

#[test]
fn the_header_alone_of_names_is_no_list() {
    let world = World::new();
    let receipt = world.send("leavers.csv", names_only(&[]));
    assert_eq!(receipt.outcome(), "rejected");
    let receipt = world.send("more leavers.csv", LIST_HEADER);
    assert_eq!(receipt.outcome(), "rejected");
}
