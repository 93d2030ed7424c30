//! The vectors that came with the contract (`tests/vectors/*.json`), each as a test.
#![expect(
    clippy::unwrap_used,
    reason = "a vector that can't be read is a test that fails"
)]

use std::{fs, path::Path};

use pillarbox::{
    domain::{
        days::Cohort,
        destination::{ActivityCode, Meaning},
        identifiers::{Laestab, Ukprn, Uln, Upn, Urn},
        list::{Answer, Cell, FileKind, ListRow, PupilList},
        names::{Name, k1, k2},
        problem::ProblemCode,
    },
    reading::{FileFormat, Limits, ListAsk, kind_of, pupils, table},
};
use serde_json::Value;
use time::{Date, macros::date};

fn vectors(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn items<'v>(vectors: &'v Value, path: &str) -> &'v Vec<Value> {
    vectors.pointer(path).unwrap().as_array().unwrap()
}

fn text<'v>(item: &'v Value, key: &str) -> &'v str {
    item[key].as_str().unwrap()
}

fn day(text: &str) -> Date {
    let mut parts = text.split('-').map(|part| part.parse::<u16>().unwrap());
    let mut next = || parts.next().unwrap();
    let (year, month, day) = (next(), next(), next());
    let month = time::Month::try_from(u8::try_from(month).unwrap()).unwrap();
    Date::from_calendar_date(year.into(), month, u8::try_from(day).unwrap()).unwrap()
}

fn ask() -> ListAsk {
    ListAsk {
        file_refuses: false,
        pupil_born: date!(2007 - 09 - 01)..=date!(2014 - 08 - 31),
    }
}

fn list(csv: &str) -> PupilList {
    let table = table(csv.as_bytes(), FileFormat::Csv, &Limits::LISTS).unwrap();
    pupils(&table, FileKind::ConsentList, &ask()).unwrap()
}

/// The one row of a list with this header and this cell behind a clean pupil.
fn row(header: &str, cell: &str) -> ListRow {
    let quoted = cell.replace('"', "\"\"");
    let csv = format!("Forename,Surname,DOB,{header}\nRobin,Example,01/09/2010,\"{quoted}\"\n");
    list(&csv).rows.remove(0)
}

#[test]
fn upns() {
    let vectors = vectors("identifiers.json");
    for item in items(&vectors, "/upn/valid") {
        let upn: Upn = text(item, "in").parse().unwrap();
        assert_eq!(upn.is_temporary(), item["kind"] == "temporary", "{item}");
        assert_eq!(row("UPN", text(item, "in")).upn, Cell::Read(upn));
    }
    for item in items(&vectors, "/upn/invalid") {
        assert!(text(item, "in").parse::<Upn>().is_err(), "{item}");
        let read = row("UPN", text(item, "in")).upn;
        if text(item, "note").starts_with("lower case") {
            assert!(matches!(read, Cell::Read(_)), "{item}");
        } else {
            assert_eq!(read, Cell::Bad(ProblemCode::UpnInvalid), "{item}");
        }
    }
}

#[test]
fn upns_of_areas_that_are_no_more() {
    let vectors = vectors("domain_vectors.json");
    for item in items(&vectors, "/upn_la_code_traps") {
        assert!(text(item, "in").parse::<Upn>().is_ok(), "{item}");
    }
    for twin in items(&vectors, "/upn_twins") {
        assert!(twin.as_str().unwrap().parse::<Upn>().is_ok());
    }
}

#[test]
fn ulns() {
    let vectors = vectors("identifiers.json");
    for list in ["/uln/valid", "/uln/surprise_valid"] {
        for item in items(&vectors, list) {
            let uln: Uln = text(item, "in").parse().unwrap();
            assert_eq!(row("ULN", text(item, "in")).uln, Cell::Read(uln));
        }
    }
    for item in items(&vectors, "/uln/invalid") {
        assert!(text(item, "in").parse::<Uln>().is_err(), "{item}");
        let read = row("ULN", text(item, "in")).uln;
        if text(item, "note").contains("strip") {
            assert!(matches!(read, Cell::Read(_)), "{item}");
        } else {
            assert_eq!(read, Cell::Bad(ProblemCode::UlnInvalid), "{item}");
        }
    }
}

#[test]
fn numbers_of_schools_and_providers() {
    let vectors = vectors("identifiers.json");
    for item in items(&vectors, "/laestab/valid") {
        let laestab: Laestab = text(item, "in").parse().unwrap();
        assert_eq!(laestab.to_string(), text(item, "r"));
    }
    for item in items(&vectors, "/laestab/invalid") {
        assert!(text(item, "in").parse::<Laestab>().is_err(), "{item}");
    }
    for (list, valid) in [("valid", true), ("invalid", false)] {
        for item in items(&vectors, &format!("/urn/{list}")) {
            assert_eq!(text(item, "in").parse::<Urn>().is_ok(), valid, "{item}");
        }
        for item in items(&vectors, &format!("/ukprn/{list}")) {
            assert_eq!(text(item, "in").parse::<Ukprn>().is_ok(), valid, "{item}");
        }
    }
}

#[test]
fn names_compare_as_in_the_vectors() {
    for item in items(&vectors("domain_vectors.json"), "/name_pairs") {
        let (a, b) = (text(item, "a"), text(item, "b"));
        assert_eq!(
            [k1(a), k1(b)].as_slice(),
            item["k1"].as_array().unwrap().as_slice(),
            "{item}"
        );
        assert_eq!(
            [k2(a), k2(b)].as_slice(),
            item["k2"].as_array().unwrap().as_slice(),
            "{item}"
        );
        assert_eq!(k1(a) == k1(b), item["k1_equal"], "{item}");
        assert_eq!(k2(a) == k2(b), item["k2_equal"], "{item}");
    }
}

#[test]
fn names_that_lost_letters_are_refused() {
    for item in items(&vectors("domain_vectors.json"), "/mojibake") {
        if let Some(seen) = item["seen"].as_str() {
            assert!(Name::parse(seen).is_err(), "{item}");
        }
        assert!(Name::parse(text(item, "true")).is_ok(), "{item}");
    }
}

#[test]
fn bytes_that_windows_1252_does_not_define_refuse_the_file() {
    for byte in items(&vectors("domain_vectors.json"), "/cp1252_undefined_bytes") {
        let byte = u8::from_str_radix(byte.as_str().unwrap(), 16).unwrap();
        let csv = [
            b"Forename,Surname,DOB\n",
            &[byte][..],
            b"\xeb,Example,01/09/2010\n",
        ]
        .concat();
        let problem = table(&csv, FileFormat::Csv, &Limits::LISTS).unwrap_err();
        assert_eq!(problem.code(), ProblemCode::FileUnreadable);
    }
}

#[test]
fn serials_of_excel() {
    for item in items(&vectors("domain_vectors.json"), "/excel_dates") {
        let expected = day(text(item, "date"));
        for (key, reads) in [("serial_1900", true), ("serial_1904", false)] {
            let csv = format!("Forename,Surname,DOB\nRobin,Example,{}\n", item[key]);
            let born = list(&csv).rows[0].born.clone();
            let plausible = ask().pupil_born.contains(&expected);
            match born {
                Cell::Read(day) => assert_eq!(day == expected, reads && plausible, "{item}"),
                _ => assert!(!(reads && plausible), "{item}"),
            }
        }
    }
}

#[test]
fn answers_to_consent() {
    let vectors = vectors("domain_vectors.json");
    for (list, answer) in [
        ("yes", Answer::Yes),
        ("no", Answer::No),
        ("reject_or_hold", Answer::Unclear),
    ] {
        for item in items(&vectors, &format!("/consent_values/{list}")) {
            assert_eq!(
                row("Consent", item.as_str().unwrap()).answer,
                answer,
                "{item}"
            );
        }
    }
    assert_eq!(row("Consent", "Agreed").answer, Answer::Yes);
}

#[test]
fn activity_codes() {
    let vectors = vectors("activity_codes.json");
    for item in items(&vectors, "/codes") {
        let code = ActivityCode(u16::try_from(item["code"].as_u64().unwrap()).unwrap());
        let label = match code.meaning() {
            Meaning::Shared(label) | Meaning::SharedWithoutProvider(label) => label.words(),
            Meaning::Hold => "HOLD",
            Meaning::Unknown => "unknown",
        };
        assert_eq!(label, text(item, "proposed_release"), "{item}");
    }
    for code in vectors["legacy_or_unknown"].as_object().unwrap().keys() {
        assert_eq!(
            ActivityCode(code.parse().unwrap()).meaning(),
            Meaning::Unknown
        );
    }
}

#[test]
fn leaving_dates() {
    for item in items(&vectors("domain_vectors.json"), "/consent_expiry") {
        let leaves = Cohort::of(day(text(item, "dob"))).leaves();
        assert_eq!(leaves, day(text(item, "left")), "{item}");
    }
}

#[test]
fn files_of_other_systems_are_no_lists() {
    for item in items(&vectors("domain_vectors.json"), "/ctf_names") {
        assert_eq!(
            kind_of(text(item, "name")).kind,
            FileKind::Unknown,
            "{item}"
        );
    }
}
