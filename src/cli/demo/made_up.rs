//! The made-up schools, their staff, and the files that pass in the story. Nobody here is anybody.

use time::OffsetDateTime;
use time::macros::datetime;

/// A school of the story.
pub(super) struct MadeUpSchool {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// Who acts for it, once there is an agreement.
    pub(super) person: &'static str,
    /// What that person's key is called on their own computer.
    pub(super) key: &'static str,
    /// When it signed the agreement, if it did.
    pub(super) signed: Option<&'static str>,
}

pub(super) const COUNCIL: &str = "Middleshire County Council";
pub(super) const DOMAIN: &str = "middleshire.example";
/// When the rights of a school's persons end, unless the headteacher renews them.
pub(super) const UNTIL: &str = "2028-07-31";

pub(super) const NORTHMOOR: MadeUpSchool = MadeUpSchool {
    id: "8994001",
    name: "Northmoor Academy",
    person: "Alex Example",
    key: "alex",
    signed: Some("2026-09-14"),
};
pub(super) const EASTBROOK: MadeUpSchool = MadeUpSchool {
    id: "8994002",
    name: "Eastbrook High School",
    person: "Sam Example",
    key: "sam",
    signed: Some("2026-09-14"),
};
pub(super) const WESTLEA: MadeUpSchool = MadeUpSchool {
    id: "8994003",
    name: "Westlea School",
    person: "Kim Example",
    key: "kim",
    signed: None,
};

pub(super) const BEGINNING: OffsetDateTime = datetime!(2026-09-14 09:00 UTC);
pub(super) const CLEAN_LIST: OffsetDateTime = datetime!(2026-11-02 09:00 UTC);
pub(super) const MESSY_LIST: OffsetDateTime = datetime!(2026-11-02 14:30 UTC);
pub(super) const NO_AGREEMENT: OffsetDateTime = datetime!(2026-11-03 11:15 UTC);
pub(super) const REQUEST: OffsetDateTime = datetime!(2026-11-20 10:00 UTC);
pub(super) const WITHDRAWAL: OffsetDateTime = datetime!(2026-11-23 08:45 UTC);
pub(super) const CONFIRMATION: OffsetDateTime = datetime!(2026-11-23 09:30 UTC);

/// A clean list.
pub(super) const NORTHMOORS_LIST: &[u8] = include_bytes!("files/northmoor.csv");
/// A list that grew by hand, with one date that was typed month first.
pub(super) const EASTBROOKS_LIST: &[u8] = include_bytes!("files/eastbrook-typed.xlsx");
/// The same with that date mended.
pub(super) const EASTBROOKS_LIST_MENDED: &[u8] = include_bytes!("files/eastbrook-mended.xlsx");
pub(super) const WESTLEAS_LIST: &[u8] = include_bytes!("files/westlea.csv");
pub(super) const EXTRACT: &[u8] = include_bytes!("files/extract.csv");
pub(super) const NORTHMOORS_REASON: &str =
    "Our governors meet on 26 November and ask how our leavers are getting on.";
pub(super) const NORTHMOORS_WITHDRAWAL: &[u8] = include_bytes!("files/withdraw.csv");

/// Every surname that a school or the council wrote down.
pub(super) const SURNAMES: [&str; 19] = [
    "Sample",
    "Invented",
    "Testcase",
    "Placeholder",
    "Fictitious",
    "Madeup",
    "Specimen",
    "Stranger",
    "Notional",
    "Assumed",
    "Pretend",
    "Imaginary",
    "Storybook",
    "Dummy",
    "Makebelieve",
    "Facsimile",
    "Stand-In",
    "Nobody",
    "Prototype",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{FileFormat, Limits, table};

    #[test]
    fn every_surname_in_the_files_is_one_that_the_story_looks_for() {
        for (file, format, at, headers) in [
            (NORTHMOORS_LIST, FileFormat::Csv, 1, 1),
            (EASTBROOKS_LIST, FileFormat::Xlsx, 0, 2),
            (EASTBROOKS_LIST_MENDED, FileFormat::Xlsx, 0, 2),
            (WESTLEAS_LIST, FileFormat::Csv, 1, 1),
            (EXTRACT, FileFormat::Csv, 3, 1),
            (NORTHMOORS_WITHDRAWAL, FileFormat::Csv, 1, 1),
        ] {
            let table = table(file, format, &Limits::default()).unwrap();
            for row in table.rows().skip(headers) {
                let surname = row.cell(at).text;
                let known = |name: &&str| name.eq_ignore_ascii_case(surname);
                assert!(SURNAMES.iter().any(known), "{surname}");
            }
        }
    }
}
