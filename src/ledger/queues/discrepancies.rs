//! Discrepancies: what schools found wrong in what they received, and whether it was answered and
//! corrected (clause 2.3). A school's own words are sealed.

use std::fmt;

use rusqlite::{Params, Row};
use time::OffsetDateTime;

use crate::{
    domain::ids::{ReleaseId, SchoolId, SubmissionId},
    ledger::{
        LedgerError,
        access::{Keyless, Tx, View},
        columns::At,
        encoding::{Reader, Writer},
    },
    vault::Place,
};

/// A discrepancy as a school reports it.
#[derive(Clone, PartialEq, Eq)]
pub struct NewDiscrepancy {
    /// In which file.
    pub submission: SubmissionId,
    /// Who reports it.
    pub school: SchoolId,
    /// When.
    pub reported_at: OffsetDateTime,
    /// In the school's words; empty where the file was no text, or they were erased.
    pub text: String,
    /// The releases that the school names.
    pub releases: Vec<ReleaseId>,
}

impl fmt::Debug for NewDiscrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewDiscrepancy({}, {}, …)", self.submission, self.school)
    }
}

/// A discrepancy on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discrepancy {
    /// As it was reported.
    pub reported: NewDiscrepancy,
    /// When an analyst answered it.
    pub resolved_at: Option<OffsetDateTime>,
    /// The next release that made a file for the school.
    pub corrected_by: Option<ReleaseId>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT submission, school, reported_at, resolved_at, corrected_by, sealed FROM discrepancy ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Records a discrepancy, which is open.
    pub fn report(&self, discrepancy: &NewDiscrepancy) -> Result<(), LedgerError> {
        let mut row = Writer::new(FORM, discrepancy.text.len() + ROOM);
        row.u32(discrepancy.school.number()).text(&discrepancy.text);
        let releases = u32::try_from(discrepancy.releases.len()).unwrap_or(u32::MAX);
        row.u32(releases);
        for release in &discrepancy.releases {
            row.u64(release.number());
        }
        let sealed = self
            .vault()
            .seal(place(discrepancy.submission), row.as_slice());
        self.run(
            "INSERT INTO discrepancy (submission, school, reported_at, sealed) VALUES (?1, ?2, ?3, ?4)",
            (
                discrepancy.submission,
                discrepancy.school,
                At(discrepancy.reported_at),
                sealed,
            ),
        )?;
        Ok(())
    }

    /// An analyst answered it.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where it is unknown or answered already.
    pub fn resolve(&self, id: SubmissionId, at: OffsetDateTime) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE discrepancy SET resolved_at = ?2 WHERE submission = ?1 AND resolved_at IS NULL",
            (id, At(at)),
        )
    }

    /// This release is the first file for the school since these were reported.
    pub fn corrected(&self, school: SchoolId, by: ReleaseId) -> Result<(), LedgerError> {
        self.run(
            "UPDATE discrepancy SET corrected_by = ?2 WHERE school = ?1 AND corrected_by IS NULL",
            (school, by),
        )?;
        Ok(())
    }

    /// Erases the words of discrepancies that were answered before this instant; tells how many.
    pub fn erase_answered_discrepancies(&self, at: OffsetDateTime) -> Result<usize, LedgerError> {
        self.run(
            "UPDATE discrepancy SET sealed = x'' WHERE resolved_at < ?1 AND sealed <> x''",
            [At(at)],
        )
    }
}

impl Keyless<'_> {
    /// A school's discrepancies that no file has followed yet, oldest first.
    pub fn uncorrected(&self, school: SchoolId) -> Result<Vec<SubmissionId>, LedgerError> {
        self.all(
            "SELECT submission FROM discrepancy
             WHERE school = ?1 AND corrected_by IS NULL ORDER BY submission",
            [school],
            |row| Ok(row.get(0)?),
        )
    }

    /// How many discrepancies were answered before this instant and still have their words.
    pub fn answered_discrepancies_before(&self, at: OffsetDateTime) -> Result<u32, LedgerError> {
        let count = self.one(
            "SELECT count(*) FROM discrepancy WHERE resolved_at < ?1 AND sealed <> x''",
            [At(at)],
            |row| Ok(row.get(0)?),
        )?;
        Ok(count.unwrap_or(0))
    }
}

impl View<'_> {
    /// Discrepancies that nobody has answered, in the order in which they came.
    pub fn open_discrepancies(&self) -> Result<Vec<Discrepancy>, LedgerError> {
        self.discrepancies(select!("WHERE resolved_at IS NULL ORDER BY submission"), [])
    }

    /// The discrepancy that came in this file.
    pub fn discrepancy(&self, id: SubmissionId) -> Result<Option<Discrepancy>, LedgerError> {
        Ok(self
            .discrepancies(select!("WHERE submission = ?1"), [id])?
            .pop())
    }

    fn discrepancies(
        &self,
        sql: &str,
        params: impl Params,
    ) -> Result<Vec<Discrepancy>, LedgerError> {
        self.all(sql, params, |row| self.read_discrepancy(row))
    }

    fn read_discrepancy(&self, row: &Row<'_>) -> Result<Discrepancy, LedgerError> {
        let (submission, school) = (row.get(0)?, row.get(1)?);
        let sealed = row.get_ref(5)?.as_blob().unwrap_or_default();
        let (text, releases) = if sealed.is_empty() {
            (String::new(), Vec::new())
        } else {
            self.open_words(submission, school, sealed)?
        };
        Ok(Discrepancy {
            reported: NewDiscrepancy {
                submission,
                school,
                reported_at: row.get::<_, At>(2)?.0,
                text,
                releases,
            },
            resolved_at: row.get::<_, Option<At>>(3)?.map(|At(at)| at),
            corrected_by: row.get(4)?,
        })
    }

    fn open_words(
        &self,
        submission: SubmissionId,
        school: SchoolId,
        sealed: &[u8],
    ) -> Result<(String, Vec<ReleaseId>), LedgerError> {
        let place = place(submission);
        let opened = self.vault().open(place, sealed)?;
        let (of, words) = read(&opened).ok_or(LedgerError::unreadable(place))?;
        if of == school.number() {
            Ok(words)
        } else {
            Err(LedgerError::tampered(place))
        }
    }
}

fn read(bytes: &[u8]) -> Option<(u32, (String, Vec<ReleaseId>))> {
    let mut row = Reader::new(bytes, FORM)?;
    let (school, text) = (row.u32()?, row.text()?.to_owned());
    let count = row.u32()?;
    let mut releases = Vec::new();
    for _ in 0..count {
        releases.push(ReleaseId::new(row.u64()?));
    }
    row.end((school, (text, releases)))
}

fn place(id: SubmissionId) -> Place {
    Place {
        table: TABLE,
        row: id.number(),
    }
}

const TABLE: &str = "discrepancy";
/// The version of the sealed form.
const FORM: u8 = 1;
/// Bytes beside the text that most rows need at most.
const ROOM: usize = 64;
