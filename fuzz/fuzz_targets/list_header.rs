//! The search for the header and what follows it, on tables of known headers and of cells that nobody knows:
//! no cell is ever echoed, consent needs its word, and every row is counted.

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use pillarbox::{
    domain::{
        list::{Answer, FileKind, PupilList},
        problem::Problem,
    },
    flow::validate::validate,
    jail::{Jail, Readers},
    reading::{Contents, Limits, ListAsk, contents, pupils},
};
use pillarbox_fuzz::assert_table;
use time::macros::date;

fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else {
        return;
    };
    let sheet = Sheet::of(data);
    let (name, kind) = match first % 3 {
        0 => ("list.csv", FileKind::ConsentList),
        1 => ("add list.csv", FileKind::Addition),
        _ => ("withdrawn.csv", FileKind::Withdrawal),
    };
    let Ok(Contents::Rows(table)) = contents(name, sheet.text.as_bytes(), &Limits::LISTS) else {
        return;
    };
    assert_table(&table, &Limits::LISTS);
    let ask = ListAsk {
        file_refuses: first & 16 != 0,
        pupil_born: date!(1998 - 09 - 01)..=date!(2013 - 08 - 31),
    };
    match pupils(&table, kind, &ask) {
        Ok(list) => sheet.judge(&list, table.rows().map(|row| row.number()).collect()),
        Err(problem) => tells_nothing(&problem),
    }
    let readers = Readers::new(Jail::None);
    let judged = validate(
        name,
        sheet.text.clone().into(),
        date!(2027 - 03 - 01),
        1 << 24,
        &readers,
    )
    .expect("nothing is started");
    judged.problems.iter().for_each(tells_nothing);
    assert!(!judged.notes.concat().contains(SECRET));
    if let Some(counts) = judged.counts {
        let all = counts.consented + counts.not_consented + counts.withdrawn + counts.rejected;
        assert_eq!(counts.rows, all, "no row is lost");
        assert!(counts.new <= counts.consented);
    }
});

/// A sheet as the fuzzer wishes it: each byte is a cell, 0 ends a row.
struct Sheet {
    text: String,
    /// Rows in which a word of consent stands.
    yeses: BTreeSet<u32>,
}

impl Sheet {
    fn of(data: &[u8]) -> Self {
        let (mut text, mut yeses) = ("sep=,\n".to_owned(), BTreeSet::new());
        for (row, cells) in (1..).zip(data.split(|byte| *byte == 0)) {
            // A row of headers is told to whoever sent it, with all that stands in it.
            let headers: BTreeSet<_> = cells
                .iter()
                .filter(|cell| HEADERS.contains(*cell))
                .collect();
            for (at, cell) in cells.iter().enumerate() {
                let known = WORDS.get(usize::from(*cell)).copied();
                let told = (headers.len() > 1).then_some("Tutor group");
                let cell = known.or(told).map_or_else(|| secret(*cell), str::to_owned);
                // A spreadsheet's own wrappers are not part of the word.
                let word = cell
                    .trim_start_matches(['=', '"', '\''])
                    .trim_end_matches('"');
                if YES.iter().any(|yes| word.eq_ignore_ascii_case(yes)) {
                    yeses.insert(row);
                }
                let separator = if at > 0 { "," } else { "" };
                let quoted = cell.replace('"', "\"\"");
                text.push_str(&format!("{separator}\"{quoted}\""));
            }
            text.push('\n');
        }
        Self { text, yeses }
    }

    fn judge(&self, list: &PupilList, numbers: Vec<u32>) {
        list.warnings.iter().for_each(tells_nothing);
        list.refusal
            .iter()
            .for_each(|refusal| tells_nothing(&refusal.problem));
        let rows: Vec<u32> = list.rows.iter().map(|row| row.number).collect();
        assert!(
            numbers.ends_with(&rows) && rows.len() < numbers.len(),
            "all rows below the header"
        );
        for row in &list.rows {
            let column = list.columns.consent.is_some();
            assert_eq!(column, row.answer != Answer::NoColumn);
            assert!(row.answer != Answer::Yes || self.yeses.contains(&row.number));
        }
        for header in [
            &list.columns.forename,
            &list.columns.born,
            &list.columns.consent,
        ] {
            assert!(
                header
                    .as_ref()
                    .is_none_or(|header| header.chars().count() <= 40)
            );
        }
    }
}

/// A cell that no list of headers knows: some are names, some are not.
fn secret(byte: u8) -> String {
    match byte % 4 {
        0 => format!("{SECRET}{byte}"),
        1 => format!(" {SECRET}é "),
        2 => SECRET.to_owned(),
        _ => format!("{}, {SECRET}", char::from(b'a' + byte % 26)),
    }
}

fn tells_nothing(problem: &Problem) {
    let column = problem.column.as_deref().unwrap_or_default();
    for told in [column, &problem.message, &problem.fix] {
        assert!(!told.contains(SECRET), "a cell was echoed: {told}");
    }
}

/// Stands in cells of pupils only.
const SECRET: &str = "Quxzar";

const YES: [&str; 12] = [
    "yes",
    "y",
    "1",
    "true",
    "✓",
    "✔",
    "☑",
    "consented",
    "consent given",
    "granted",
    "given",
    "agreed",
];

/// The words among them that are known headers.
const HEADERS: std::ops::Range<u8> = 1..28;

/// What a cell can be besides a secret.
const WORDS: [&str; 64] = [
    "",
    "Forename",
    "Surname",
    "Date of birth",
    "UPN",
    "ULN",
    "Consent",
    "Consent date",
    "Withdrawn",
    "Year group",
    "EHCP",
    "SEN status",
    "School",
    "LAESTAB",
    "URN",
    "Name",
    "Pupil name",
    "Legal forename",
    "Preferred forename",
    "Legal surname",
    "DOB",
    "Date",
    "Date signed",
    "Photo consent",
    "Consent given",
    "Destinations consent",
    "Tutor group",
    "Opted out",
    "Yes",
    "y",
    "1",
    "TRUE",
    "✓",
    "agreed",
    "No",
    "n",
    "0",
    "TBC",
    "x",
    "Yes (verbal)",
    "Уes",
    "31/08/2010",
    "2010-08-31",
    "08/31/2010",
    "20100901",
    "40422",
    "38960",
    "5",
    "31-Aug-10",
    "31/08/2010 00:00",
    "01/09/2026",
    "#N/A",
    "9.27631E+09",
    "9276308686",
    "P860400119001",
    "8604001",
    "860/4001",
    "Year 11",
    "11A",
    "E",
    "Refusals",
    "Pupils who did not consent",
    "=\"Yes\"",
    "'Yes",
];
