use std::io::{Cursor, Read, Write};

use proptest::prelude::*;
use time::{Date, Duration, macros::date};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::{
    domain::{
        identifiers::{Uln, Upn},
        list_template::INSTRUCTIONS,
        receipt::Outcome,
    },
    flow::validate::{Validation, validate},
    jail::{Jail, Readers},
};

/// Made-up names, with every sign that names in schools have.
const FORENAMES: [&str; 10] = [
    "Zoë",
    "Siân",
    "Anne-Marie",
    "Łukasz",
    "Ngũgĩ",
    "D'Arcy",
    "Mary Ann",
    "Ệ",
    "Σοφία",
    "Åse",
];
const SURNAMES: [&str; 10] = [
    "O’Bramble",
    "Umber-Dell",
    "van der Wisp",
    "Çandle",
    "Işıkmade",
    "St. Fiddle",
    "Ó Gooseberry",
    "'t Elder",
    "Ðumble",
    "McStraw",
];

/// A pupil as somebody fills in a row: a cell a header.
type Filled = [String; 7];

fn filled_rows() -> impl Strategy<Value = Vec<Filled>> {
    let row = (
        (0..FORENAMES.len(), 0..SURNAMES.len(), 0..365_i64),
        (any::<bool>(), any::<bool>(), any::<bool>()),
        (0..100_i64, any::<bool>()),
    );
    proptest::collection::vec(row, 1..40).prop_map(|rows| {
        let rows = rows.into_iter().enumerate();
        rows.map(
            |(at, ((forename, surname, born), (upn, uln, yes), (on, dated)))| {
                let consented = dated || yes;
                [
                    FORENAMES[forename].to_owned(),
                    format!("{}{}", SURNAMES[surname], letters(at)),
                    british(date!(2010 - 09 - 01) + Duration::days(born)),
                    if upn { self::upn(at) } else { String::new() },
                    if uln { self::uln(at) } else { String::new() },
                    if yes { "Yes" } else { "No" }.to_owned(),
                    if consented {
                        british(date!(2026 - 09 - 14) + Duration::days(on))
                    } else {
                        String::new()
                    },
                ]
            },
        )
        .collect()
    })
}

/// Two letters that no other row has.
fn letters(number: usize) -> String {
    let letter = |number: usize| (b'a' + u8::try_from(number % 26).unwrap()) as char;
    [letter(number / 26), letter(number)].iter().collect()
}

fn british(day: Date) -> String {
    let (year, month, of_month) = day.to_calendar_date();
    format!("{of_month:02}/{:02}/{year:04}", u8::from(month))
}

fn upn(number: usize) -> String {
    let mut letters = ('A'..='Z').map(|letter| format!("{letter}8604001160{number:02}"));
    letters.find(|upn| upn.parse::<Upn>().is_ok()).unwrap()
}

fn uln(number: usize) -> String {
    let numbers = (number * 100..).map(|n| format!("{}", 9_276_000_000 + n));
    let mut valid = numbers.filter(|uln| uln.parse::<Uln>().is_ok());
    valid.next().unwrap()
}

fn csv(rows: &[Filled]) -> Vec<u8> {
    let lines = rows.iter().map(|row| row.join(",") + "\r\n");
    [list_template_csv(), lines.collect::<String>().into_bytes()].concat()
}

/// The template as another program writes it back with rows on one of its sheets.
fn xlsx(sheet: &str, first_row: usize, rows: &[Filled]) -> Vec<u8> {
    let part = format!("xl/worksheets/{sheet}.xml");
    rewritten(
        &part,
        "</sheetData>",
        &(sheet_rows(first_row, rows) + "</sheetData>"),
    )
}

fn sheet_rows(first_row: usize, rows: &[Filled]) -> String {
    let rows = (first_row..).zip(rows).map(|(number, row)| {
        let cells = row.iter().zip('A'..).filter(|(text, _)| !text.is_empty());
        let cells = cells.map(|(text, column)| {
            format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
        });
        format!("<row r=\"{number}\">{}</row>", cells.collect::<String>())
    });
    rows.collect()
}

/// The template with this text of one of its parts replaced by another.
fn rewritten(part: &str, from: &str, to: &str) -> Vec<u8> {
    let rewritten = part;
    let template = list_template_xlsx().unwrap();
    let mut parts = ZipArchive::new(Cursor::new(&template)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..parts.len() {
        let mut part = parts.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        if name == rewritten {
            assert!(text.contains(from));
            text = text.replace(from, to);
        }
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn judged(name: &str, bytes: Vec<u8>) -> Validation {
    let readers = Readers::new(Jail::None);
    validate(name, bytes, date!(2027 - 03 - 01), 1 << 24, &readers).unwrap()
}

fn codes(judged: &Validation) -> Vec<&'static str> {
    let problems = judged.problems.iter();
    problems.map(|problem| problem.code.code()).collect()
}

fn robin() -> Filled {
    ["Robin", "Example", "31/10/2010", "", "", "No", ""].map(str::to_owned)
}

proptest! {
    #[test]
    fn a_filled_template_always_reads_clean(rows in filled_rows()) {
        let yeses = rows.iter().filter(|row| row[5] == "Yes").count();
        for (name, bytes) in [
            ("consent-list-template.csv", csv(&rows)),
            ("consent-list-template.xlsx", xlsx("sheet1", 2, &rows)),
        ] {
            let judged = judged(name, bytes);
            prop_assert_eq!(codes(&judged), Vec::<&str>::new(), "{}", name);
            prop_assert_eq!(judged.outcome, Outcome::Accepted);
            let counts = judged.counts.unwrap();
            prop_assert_eq!(counts.rows as usize, rows.len());
            prop_assert_eq!(counts.consented as usize, yeses);
            prop_assert_eq!(counts.not_consented as usize, rows.len() - yeses);
        }
    }
}

#[test]
fn no_pupil_is_overlooked_on_the_sheet_of_instructions() {
    let below = [13, 400].map(|row| xlsx("sheet2", row, &[robin()]));
    let instead = rewritten("xl/sharedStrings.xml", INSTRUCTIONS[4], "Robin Example");
    let behind = [INSTRUCTIONS[4], "Robin Example"].join(" ");
    let behind = rewritten("xl/sharedStrings.xml", INSTRUCTIONS[4], &behind);
    for bytes in below.into_iter().chain([instead, behind]) {
        let judged = judged("list.xlsx", bytes);
        assert_eq!(codes(&judged), ["sheet-ambiguous"]);
    }
}

#[test]
fn an_empty_template_is_a_list_without_rows() {
    for (name, bytes) in [
        ("list.csv", csv(&[])),
        ("list.xlsx", list_template_xlsx().unwrap()),
    ] {
        let judged = judged(name, bytes);
        assert_eq!(judged.outcome, Outcome::Rejected, "{name}");
        assert_eq!(codes(&judged), ["file-empty"], "{name}");
    }
}

#[test]
fn every_cell_of_the_template_is_text() {
    let template = list_template_xlsx().unwrap();
    let mut parts = ZipArchive::new(Cursor::new(&template)).unwrap();
    let mut sheet = String::new();
    let mut part = parts.by_name("xl/worksheets/sheet1.xml").unwrap();
    part.read_to_string(&mut sheet).unwrap();
    drop(part);
    for column in 1..=7 {
        let column = format!("<col min=\"{column}\" max=\"{column}\"");
        let (_, told) = sheet.split_once(&column).unwrap();
        assert!(told.split('>').next().unwrap().contains("style=\"1\""));
    }
    let mut styles = String::new();
    let mut part = parts.by_name("xl/styles.xml").unwrap();
    part.read_to_string(&mut styles).unwrap();
    assert!(styles.contains("<xf numFmtId=\"49\""), "{styles}");
}
