//! Holds: the council's stop for all sharing, or for one school's (spec 6). An operator's reason may name
//! someone, so it is sealed.

use std::fmt;

use rusqlite::{
    Row,
    types::{ToSql, ToSqlOutput},
};
use time::OffsetDateTime;

use super::{
    LedgerError,
    access::{Keyless, Tx, View},
    columns::At,
};
use crate::{domain::ids::SchoolId, vault::Place};

/// Whom a hold stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everyone.
    All,
    /// One school.
    School(SchoolId),
}

/// A hold in force.
#[derive(Clone, PartialEq, Eq)]
pub struct Hold {
    /// Whom it stops.
    pub scope: Scope,
    /// Since when.
    pub since: OffsetDateTime,
    /// True where the outboxes were emptied as well.
    pub recall: bool,
    /// Why, in the operator's words.
    pub reason: String,
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hold({:?}, {}, …)", self.scope, self.since)
    }
}

impl Tx<'_> {
    /// Sets a hold, or changes the one that is there.
    pub fn hold(&self, hold: &Hold) -> Result<(), LedgerError> {
        let sealed = self
            .vault()
            .seal(hold.scope.place(), hold.reason.as_bytes());
        self.run(
            "INSERT INTO hold (school, since, recall, sealed) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET since = excluded.since, recall = excluded.recall,
               sealed = excluded.sealed",
            (hold.scope, At(hold.since), hold.recall, sealed),
        )?;
        Ok(())
    }

    /// Ends a hold. A hold on all does not end those on single schools.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where there is none.
    pub fn resume(&self, scope: Scope) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            scope.number(),
            "DELETE FROM hold WHERE school = ?1",
            [scope],
        )
    }
}

impl View<'_> {
    /// Every hold in force; the one on all comes first.
    pub fn holds(&self) -> Result<Vec<Hold>, LedgerError> {
        self.all(
            "SELECT school, since, recall, sealed FROM hold ORDER BY school",
            [],
            |row| self.read_hold(row),
        )
    }

    /// What stops sharing with this school: the hold on all, else its own.
    pub fn hold_on(&self, school: SchoolId) -> Result<Option<Hold>, LedgerError> {
        self.one(
            "SELECT school, since, recall, sealed FROM hold WHERE school IN (0, ?1)
             ORDER BY school LIMIT 1",
            [school],
            |row| self.read_hold(row),
        )
    }

    fn read_hold(&self, row: &Row<'_>) -> Result<Hold, LedgerError> {
        let scope = match row.get::<_, u32>(0)? {
            0 => Scope::All,
            _ => Scope::School(row.get(0)?),
        };
        let sealed = row.get_ref(3)?.as_blob().unwrap_or_default();
        let reason = self.vault().open(scope.place(), sealed)?;
        Ok(Hold {
            scope,
            since: row.get::<_, At>(1)?.0,
            recall: row.get(2)?,
            reason: String::from_utf8_lossy(&reason).into_owned(),
        })
    }
}

impl Keyless<'_> {
    /// Since when sharing with this school is stopped, if it is.
    pub fn held_since(&self, school: SchoolId) -> Result<Option<OffsetDateTime>, LedgerError> {
        let since = self.one(
            "SELECT min(since) FROM hold WHERE school IN (0, ?1)",
            [school],
            |row| Ok(row.get::<_, Option<At>>(0)?),
        )?;
        let restored = self.unconfirmed_restore()?;
        let since = since.flatten().map(|At(at)| at);
        Ok(since.or(restored.map(|restore| restore.restored_at)))
    }
}

impl Scope {
    fn number(self) -> u64 {
        match self {
            Self::All => 0,
            Self::School(school) => u64::from(school.number()),
        }
    }

    fn place(self) -> Place {
        Place {
            table: TABLE,
            row: self.number(),
        }
    }
}

impl ToSql for Scope {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.number().cast_signed()))
    }
}

const TABLE: &str = "hold";
