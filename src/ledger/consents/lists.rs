//! What is known of each school's last list, cohort by cohort: its length and its day (spec 3, 6).

use rusqlite::Row;
use time::Date;

use crate::domain::{
    days::Cohort,
    ids::{SchoolId, SubmissionId},
};
use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx},
    columns::Day,
};

/// A school's last list of one cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListMark {
    /// The leaving cohort.
    pub cohort: Cohort,
    /// Its rows of that cohort, with those that an `add` file brought since.
    pub rows: u32,
    /// The list.
    pub submission: SubmissionId,
    /// The local day on which it came: one before the September after leaving is a Year 11 list.
    pub on: Date,
}

impl Tx<'_> {
    /// This is now the school's last list of that cohort.
    pub fn listed(&self, school: SchoolId, mark: &ListMark) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO last_list (school, cohort, rows, submission, listed_on)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET rows = excluded.rows, submission = excluded.submission,
               listed_on = excluded.listed_on",
            (
                school,
                mark.cohort,
                mark.rows,
                mark.submission,
                Day(mark.on),
            ),
        )?;
        Ok(())
    }

    /// The school's last list of that cohort is so long from now on; it stays the list that it is. Where there
    /// was none, this is it.
    pub fn lengthened(&self, school: SchoolId, mark: &ListMark) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO last_list (school, cohort, rows, submission, listed_on)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET rows = excluded.rows",
            (
                school,
                mark.cohort,
                mark.rows,
                mark.submission,
                Day(mark.on),
            ),
        )?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// The school's last lists, by cohort, oldest pupils first.
    pub fn last_lists(&self, school: SchoolId) -> Result<Vec<ListMark>, LedgerError> {
        self.all(
            "SELECT cohort, rows, submission, listed_on FROM last_list
             WHERE school = ?1 ORDER BY cohort",
            [school],
            |row| mark(row, 0),
        )
    }

    /// Every school's last lists, by school and cohort.
    pub fn all_last_lists(&self) -> Result<Vec<(SchoolId, ListMark)>, LedgerError> {
        self.all(
            "SELECT school, cohort, rows, submission, listed_on FROM last_list
             ORDER BY school, cohort",
            [],
            |row| Ok((row.get(0)?, mark(row, 1)?)),
        )
    }
}

fn mark(row: &Row<'_>, from: usize) -> Result<ListMark, LedgerError> {
    Ok(ListMark {
        cohort: row.get(from)?,
        rows: row.get(from + 1)?,
        submission: row.get(from + 2)?,
        on: row.get::<_, Day>(from + 3)?.0,
    })
}
