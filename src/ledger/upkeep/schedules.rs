//! Schedules: since when each is known and up to which moment it is done, so that a moment missed while
//! the daemon was down is caught up once, and never for a schedule that did not exist then (spec 7).

use rusqlite::Row;
use time::OffsetDateTime;

use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx},
    columns::At,
};

/// What the ledger knows of one schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleMark {
    /// Its name in the settings.
    pub name: String,
    /// Since when it is known.
    pub known_since: OffsetDateTime,
    /// The moment that was done last.
    pub last_done: Option<OffsetDateTime>,
}

impl Tx<'_> {
    /// A schedule is in the settings; if it was there before, nothing changes.
    pub fn know_schedule(&self, name: &str, at: OffsetDateTime) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO schedule (name, known_since) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            (name, At(at)),
        )?;
        Ok(())
    }

    /// Everything up to this moment of the schedule is done. It never goes back.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where the schedule is not known.
    pub fn schedule_done(&self, name: &str, moment: OffsetDateTime) -> Result<(), LedgerError> {
        self.must(
            "schedule",
            0,
            "UPDATE schedule SET last_done = max(coalesce(last_done, ?2), ?2) WHERE name = ?1",
            (name, At(moment)),
        )
    }

    /// A schedule is no longer in the settings: should it come back, it begins anew.
    pub fn forget_schedule(&self, name: &str) -> Result<(), LedgerError> {
        self.run("DELETE FROM schedule WHERE name = ?1", [name])?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// Every schedule that is known, by name.
    pub fn schedules(&self) -> Result<Vec<ScheduleMark>, LedgerError> {
        self.all(
            "SELECT name, known_since, last_done FROM schedule ORDER BY name",
            [],
            read,
        )
    }

    /// One schedule.
    pub fn schedule(&self, name: &str) -> Result<Option<ScheduleMark>, LedgerError> {
        self.one(
            "SELECT name, known_since, last_done FROM schedule WHERE name = ?1",
            [name],
            read,
        )
    }
}

fn read(row: &Row<'_>) -> Result<ScheduleMark, LedgerError> {
    Ok(ScheduleMark {
        name: row.get(0)?,
        known_since: row.get::<_, At>(1)?.0,
        last_done: row.get::<_, Option<At>>(2)?.map(|At(at)| at),
    })
}
