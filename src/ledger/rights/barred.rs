//! Who was erased, by keyed hash only, so that a list that comes later shares nothing of them: a mark
//! that names nobody, with the day on which it was made.

use std::{collections::HashMap, fmt};

use time::Date;

use crate::{
    domain::ids::SchoolId,
    ledger::{
        LedgerError,
        access::{Keyless, Tx},
        columns::Day,
        consents::Lookups,
    },
};

/// The marks of one school. Most have none, and then nothing is looked up.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Marks(HashMap<[u8; 16], Date>);

impl Marks {
    /// Whether the school has no mark at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The day of the latest mark that fits this person, if one does.
    pub fn since(&self, person: &Lookups) -> Option<Date> {
        let fitting = person.marks().filter_map(|mark| self.0.get(&mark));
        fitting.copied().max()
    }
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Marks({})", self.0.len())
    }
}

impl Tx<'_> {
    /// Marks a person: what a school says of them counts only if it is dated after this day. An older
    /// mark moves to the later day.
    pub fn bar(&self, school: SchoolId, person: &Lookups, since: Date) -> Result<(), LedgerError> {
        self.bar_marks(school, &person.marks().collect::<Vec<_>>(), since)
    }

    /// Marks a person of whom nothing but the marks is known.
    pub fn bar_marks(
        &self,
        school: SchoolId,
        marks: &[[u8; 16]],
        since: Date,
    ) -> Result<(), LedgerError> {
        for mark in marks {
            self.run(
                "INSERT INTO barred (school, person, since) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET since = max(since, excluded.since)",
                (school, mark, Day(since)),
            )?;
        }
        Ok(())
    }

    /// The person has consented since: the marks that fit are gone.
    pub fn no_longer_barred(&self, school: SchoolId, person: &Lookups) -> Result<(), LedgerError> {
        for mark in person.marks() {
            self.run(
                "DELETE FROM barred WHERE school = ?1 AND person = ?2",
                (school, mark),
            )?;
        }
        Ok(())
    }
}

impl Keyless<'_> {
    /// The marks of a school.
    pub fn marks(&self, school: SchoolId) -> Result<Marks, LedgerError> {
        let marks = self.all(
            "SELECT person, since FROM barred WHERE school = ?1",
            [school],
            |row| Ok((row.get(0)?, row.get::<_, Day>(1)?.0)),
        )?;
        Ok(Marks(marks.into_iter().collect()))
    }
}
