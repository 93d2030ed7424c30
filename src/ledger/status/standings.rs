//! Numbers for a monitoring system, gathered often: each question is one look-up or a small table, and
//! none reads what did not change. Needs no key, and names nobody.

use time::OffsetDateTime;

use crate::domain::ids::SchoolId;
use crate::ledger::{
    LedgerError,
    access::Keyless,
    columns::{At, Whole},
    trail::Verb,
};

/// How many consents of a school stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    /// In force, and nothing holds them.
    pub in_force: u64,
    /// Not named by a later list.
    pub lapsed: u64,
    /// Withdrawn.
    pub withdrawn: u64,
    /// In force, and held by a near withdrawal.
    pub held: u64,
}

/// Since when the oldest of each kind waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oldest {
    /// An upload that was taken and not judged.
    pub upload: Option<OffsetDateTime>,
    /// A request that was not answered.
    pub request: Option<OffsetDateTime>,
    /// A notice that the school did not confirm.
    pub notice: Option<OffsetDateTime>,
    /// A discrepancy that nobody resolved.
    pub discrepancy: Option<OffsetDateTime>,
}

impl Keyless<'_> {
    /// How often each school's consents have changed.
    pub fn revisions(&self) -> Result<Vec<(SchoolId, u64)>, LedgerError> {
        self.all("SELECT id, revision FROM school", [], |row| {
            Ok((row.get(0)?, row.get::<_, Whole>(1)?.0))
        })
    }

    /// How one school's consents stand.
    pub fn standings(&self, school: SchoolId) -> Result<Standings, LedgerError> {
        let found = self.one(
            "SELECT coalesce(sum(standing = 0 AND held_by IS NULL), 0), coalesce(sum(standing = 1), 0),
               coalesce(sum(standing = 2), 0), coalesce(sum(standing = 0 AND held_by IS NOT NULL), 0)
             FROM consent WHERE school = ?1",
            [school],
            |row| {
                Ok(Standings {
                    in_force: row.get::<_, Whole>(0)?.0,
                    lapsed: row.get::<_, Whole>(1)?.0,
                    withdrawn: row.get::<_, Whole>(2)?.0,
                    held: row.get::<_, Whole>(3)?.0,
                })
            },
        )?;
        Ok(found.unwrap_or_default())
    }

    /// Since when the oldest of each kind waits.
    pub fn oldest(&self) -> Result<Oldest, LedgerError> {
        let first = |sql| {
            let found = self.one(sql, [], |row| Ok(row.get::<_, Option<At>>(0)?))?;
            Ok::<_, LedgerError>(found.flatten().map(|At(at)| at))
        };
        Ok(Oldest {
            upload: first("SELECT min(taken_at) FROM submission WHERE judged = 0")?,
            request: first("SELECT min(asked_at) FROM request WHERE state = 'waiting'")?,
            notice: first("SELECT min(opened_at) FROM notice WHERE closed_at IS NULL")?,
            discrepancy: first(
                "SELECT min(reported_at) FROM discrepancy WHERE resolved_at IS NULL",
            )?,
        })
    }

    /// Open notices, and how many of them were sent at this moment or before.
    pub fn notices_open(&self, sent_by: OffsetDateTime) -> Result<(u64, u64), LedgerError> {
        let found = self.one(
            "SELECT count(*), coalesce(sum(opened_at <= ?1), 0) FROM notice WHERE closed_at IS NULL",
            [At(sent_by)],
            two,
        )?;
        Ok(found.unwrap_or_default())
    }

    /// Withdrawals of large files, whose notices wait for an analyst.
    pub fn braked_withdrawals(&self) -> Result<u64, LedgerError> {
        self.count("SELECT count(*) FROM withdrawal WHERE braked = 1")
    }

    /// Releases whose files lie in an outbox.
    pub fn files_out(&self) -> Result<u64, LedgerError> {
        self.count("SELECT count(*) FROM release WHERE state = 'published'")
    }

    /// Holds on all schools (none or one), and on single ones.
    pub fn holds_in_force(&self) -> Result<(u64, u64), LedgerError> {
        let found = self.one(
            "SELECT coalesce(sum(school = 0), 0), coalesce(sum(school <> 0), 0) FROM hold",
            [],
            two,
        )?;
        Ok(found.unwrap_or_default())
    }

    /// Since when a hold stops all sharing.
    pub fn all_held_since(&self) -> Result<Option<OffsetDateTime>, LedgerError> {
        self.one("SELECT since FROM hold WHERE school = 0", [], |row| {
            Ok(row.get::<_, At>(0)?.0)
        })
    }

    /// When a destination file was made last.
    pub fn last_release(&self) -> Result<Option<OffsetDateTime>, LedgerError> {
        self.one(
            "SELECT at FROM release WHERE state <> 'held' ORDER BY id DESC LIMIT 1",
            [],
            |row| Ok(row.get::<_, At>(0)?.0),
        )
    }

    /// Sealed copies of uploads, and the bytes that were uploaded.
    pub fn spooled(&self) -> Result<(u64, u64), LedgerError> {
        let found = self.one(
            "SELECT count(*), coalesce(sum(bytes), 0) FROM submission WHERE spool IS NOT NULL",
            [],
            two,
        )?;
        Ok(found.unwrap_or_default())
    }

    /// When the last act was recorded, by the clock of that time.
    pub fn last_act_at(&self) -> Result<Option<OffsetDateTime>, LedgerError> {
        self.one(
            "SELECT at FROM trail ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok(row.get::<_, At>(0)?.0),
        )
    }

    /// When an act of this kind was recorded last, among the rows of the trail behind this number.
    pub fn last_act(&self, verb: Verb, behind: u64) -> Result<Option<OffsetDateTime>, LedgerError> {
        let found = self.one(
            "SELECT max(at) FROM trail WHERE seq > ?1 AND verb = ?2",
            (Whole(behind), verb),
            |row| Ok(row.get::<_, Option<At>>(0)?),
        )?;
        Ok(found.flatten().map(|At(at)| at))
    }

    fn count(&self, sql: &str) -> Result<u64, LedgerError> {
        let found = self.one(sql, [], |row| Ok(row.get::<_, Whole>(0)?.0))?;
        Ok(found.unwrap_or_default())
    }
}

fn two(row: &rusqlite::Row<'_>) -> Result<(u64, u64), LedgerError> {
    Ok((row.get::<_, Whole>(0)?.0, row.get::<_, Whole>(1)?.0))
}
