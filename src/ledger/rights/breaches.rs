//! Since when it is known that something fell into the wrong hands: from then on there are 72 hours to
//! tell the regulator (UK GDPR, Article 33; clause 2.8).

use time::OffsetDateTime;

use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx},
    columns::At,
};

/// One breach's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreachClock {
    /// What was lost: `R000045`, a school's id, a key's fingerprint.
    pub about: String,
    /// When it became known.
    pub known_at: OffsetDateTime,
    /// When it was told, or found that it need not be; the clock has stopped.
    pub reported_at: Option<OffsetDateTime>,
}

impl Tx<'_> {
    /// Starts the clock of a breach, unless it runs already. That it was known even earlier moves it back;
    /// nothing moves it forward. Tells the clock as it is now.
    pub fn start_clock(
        &self,
        about: &str,
        known_at: OffsetDateTime,
    ) -> Result<BreachClock, LedgerError> {
        self.run(
            "INSERT INTO breach (about, known_at) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET known_at = min(known_at, excluded.known_at)",
            (about, At(known_at)),
        )?;
        self.clock(about)?.ok_or(LedgerError::NoSuchRow {
            table: "breach",
            row: 0,
        })
    }

    /// The breach was reported, or found to be none that must be. Only the first word counts.
    pub fn stop_clock(&self, about: &str, at: OffsetDateTime) -> Result<(), LedgerError> {
        self.run(
            "UPDATE breach SET reported_at = ?2 WHERE about = ?1 AND reported_at IS NULL",
            (about, At(at)),
        )?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// The clock of a breach, where one was started.
    pub fn clock(&self, about: &str) -> Result<Option<BreachClock>, LedgerError> {
        self.one(
            "SELECT about, known_at, reported_at FROM breach WHERE about = ?1",
            [about],
            read,
        )
    }

    /// The clocks that run, the most pressing first.
    pub fn running_clocks(&self) -> Result<Vec<BreachClock>, LedgerError> {
        // A ledger that no daemon of this version has opened yet.
        if !self.conn.table_exists(None, "breach")? {
            return Ok(Vec::new());
        }
        self.all(
            "SELECT about, known_at, reported_at FROM breach
             WHERE reported_at IS NULL ORDER BY known_at, about",
            [],
            read,
        )
    }
}

fn read(row: &rusqlite::Row<'_>) -> Result<BreachClock, LedgerError> {
    Ok(BreachClock {
        about: row.get(0)?,
        known_at: row.get::<_, At>(1)?.0,
        reported_at: row.get::<_, Option<At>>(2)?.map(|At(at)| at),
    })
}
