//! Rows that need mending: one small file for each code (spec 3).

use crate::{
    pupils::{CONSENTED, british, list_row, pupil, pupils},
    world::World,
};

/// A list of ten good pupils and, on row 12, this one row.
struct Case {
    row: String,
    outcome: &'static str,
    codes: &'static [&'static str],
}

const HEADER: &str =
    "Forename,Surname,Date of birth,UPN,ULN,Consent,Consent date,Year group,School\n";

/// The tested row from the cells that matter.
fn row(forename: &str, surname: &str, born: &str, upn: &str, uln: &str, date: &str) -> String {
    format!("{forename},{surname},{born},{upn},{uln},Yes,{date},,\n")
}

fn bad(row: String, code: &'static [&'static str]) -> Case {
    Case {
        row,
        outcome: "accepted-with-errors",
        codes: code,
    }
}

fn check(cases: &[Case]) {
    let world = World::bare();
    let good = pupils(0..10)
        .iter()
        .map(|p| {
            let (born, date) = (p.british_birthday(), british(CONSENTED));
            row(&p.forename, &p.surname, &born, &p.upn, &p.uln, &date)
        })
        .collect::<String>();
    for (i, case) in cases.iter().enumerate() {
        let school = (8_604_001 + i).to_string();
        world.write_school(&school);
        world.drop_file(
            &school,
            "leavers.csv",
            format!("{HEADER}{good}{}", case.row),
        );
    }
    world.once();
    let mut wrong = Vec::new();
    for (i, case) in cases.iter().enumerate() {
        let receipts = world.submissions(&(8_604_001 + i).to_string());
        assert_eq!(receipts.len(), 1, "{}", case.row);
        let expected = case.codes.iter().map(|code| (Some(12), (*code).to_owned()));
        let found = (receipts[0].outcome().to_owned(), receipts[0].problems());
        if found != (case.outcome.to_owned(), expected.collect()) {
            wrong.push(format!(
                "{:?} gave {found:?}, not {:?}",
                case.row, case.codes
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_that_are_missing_or_no_names() {
    let cases = [
        ("", "Umberdell", "forename-missing"),
        ("  ", "Umberdell", "forename-missing"),
        ("Mabella", "", "surname-missing"),
        ("Mabella", "\u{200b}", "surname-missing"),
        ("Mabella2", "Umberdell", "name-invalid"),
        ("Mabella", "Umb?rdell", "name-invalid"),
        ("Mabella", "Umb\u{fffd}rdell", "name-invalid"),
        ("Mabella", "Umb\u{7}rdell", "name-invalid"),
        ("Mabella", "Oâ€™Umber", "name-invalid"),
        ("ZoÃ«", "Umberdell", "name-invalid"),
        ("Mabella", "O&#39;Umber", "name-invalid"),
    ];
    let cases = cases.map(|(forename, surname, code)| {
        let codes: &'static [&'static str] = match code {
            "forename-missing" => &["forename-missing"],
            "surname-missing" => &["surname-missing"],
            _ => &["name-invalid"],
        };
        bad(
            row(forename, surname, "05/05/2010", "", "", "11/05/2026"),
            codes,
        )
    });
    check(&cases);
}

#[test]
fn dates_of_birth_that_are_missing_or_none() {
    let no_date = |text: &str| {
        bad(
            row("Mabella", "Umberdell", text, "", "", "11/05/2026"),
            &["dob-not-a-date"],
        )
    };
    let out = |text: &str| {
        bad(
            row("Mabella", "Umberdell", text, "", "", "11/05/2026"),
            &["dob-out-of-range"],
        )
    };
    check(&[
        bad(
            row("Mabella", "Umberdell", "", "", "", "11/05/2026"),
            &["dob-missing"],
        ),
        no_date("soon"),
        no_date("31/02/2010"),
        no_date("29/02/2010"),
        no_date("00/05/2010"),
        no_date("1-Sep-10"),
        no_date("05/05/10"),
        no_date("2010"),
        no_date("2010-05"),
        no_date("05/05/2010 14:30"),
        out("05/05/1985"),
        out("05/05/2019"),
        out("05/05/2036"),
        out("01/01/1900"),
    ]);
}

#[test]
fn identifiers_that_cannot_be_right() {
    let upn = |text: &str| {
        bad(
            row("Mabella", "Umberdell", "05/05/2010", text, "", "11/05/2026"),
            &["upn-invalid"],
        )
    };
    let uln = |text: &str| {
        bad(
            row("Mabella", "Umberdell", "05/05/2010", "", text, "11/05/2026"),
            &["uln-invalid"],
        )
    };
    check(&[
        upn("A860400119001"),
        upn("P860400191001"),
        upn("P86040011900"),
        upn("P8604001190011"),
        upn("I860400119001"),
        upn("P860O00119001"),
        upn("P\u{ff18}60400119001"),
        uln("9276308687"),
        uln("9.27631E+09"),
        uln("927630868"),
        uln("9999999999"),
        uln("0276308686"),
        uln("1234567890"),
    ]);
}

#[test]
fn identifiers_as_spreadsheets_dress_them_are_read() {
    let fine = |row: String| Case {
        row,
        outcome: "accepted",
        codes: &[],
    };
    check(&[
        fine(row(
            "Mabella",
            "Umberdell",
            "05/05/2010",
            "P860400119001",
            "9276308686",
            "11/05/2026",
        )),
        fine(row(
            "Mabella",
            "Umberdell",
            "05/05/2010",
            "p860400 119001",
            "9276308686.0",
            "11/05/2026",
        )),
        fine(row(
            "Mabella",
            "Umberdell",
            "05/05/2010",
            "D820400110001",
            "'9276308686",
            "11/05/2026",
        )),
        fine(row(
            "Mabella",
            "Umberdell",
            "05/05/2010",
            "",
            "\"=\"\"9276308686\"\"\"",
            "11/05/2026",
        )),
        fine(row(
            "\u{feff}Mabella\u{a0}",
            " Umberdell ",
            "05/05/2010",
            "",
            "",
            "11/05/2026",
        )),
    ]);
}

#[test]
fn consent_dates_that_cannot_be_right() {
    let date = |text: &str, code| {
        bad(
            row("Mabella", "Umberdell", "05/05/2010", "", "", text),
            code,
        )
    };
    check(&[
        date("soon", &["consent-date-invalid"]),
        date("31/06/2026", &["consent-date-invalid"]),
        date("11/05/26", &["consent-date-invalid"]),
        date("22/11/2026", &["consent-date-in-future"]),
        date("01/01/2027", &["consent-date-in-future"]),
        Case {
            row: row("Mabella", "Umberdell", "05/05/2010", "", "", "21/11/2026"),
            outcome: "accepted",
            codes: &[],
        },
    ]);
}

#[test]
fn a_blank_consent_date_beside_others_is_assumed_with_a_warning() {
    let world = World::new();
    let text = format!(
        "{}{}",
        crate::pupils::list(&pupils(0..10)),
        list_row(&pupil(10), "Yes", CONSENTED).replace(&british(CONSENTED), "")
    );
    let receipt = world.send("leavers.csv", text);
    receipt.is("accepted", &["consent-date-assumed"]);
    assert_eq!(receipt.json["problems"][0]["severity"], "warning");
}

#[test]
fn a_bad_row_says_where_and_how_to_mend_it() {
    let world = World::new();
    let text = crate::pupils::list(&pupils(0..11)).replace(&pupil(4).british_birthday(), "soon");
    let receipt = world.send("leavers.csv", text);
    let problem = &receipt.json["problems"][0];
    assert_eq!(problem["row"], 6);
    assert_eq!(problem["column"], "Date of birth");
    assert_eq!(problem["severity"], "error");
    assert!(receipt.text.contains(problem["fix"].as_str().unwrap()));
    assert!(!receipt.text.contains("soon"), "no cell is echoed");
}
