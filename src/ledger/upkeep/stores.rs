//! What is kept only so long (clause 2.5): what each store holds that may go, and its going. What is still
//! needed is no part of it: a live file, an open notice, a request or a discrepancy without an answer.

use time::OffsetDateTime;

use crate::{
    domain::ids::{NoticeId, ReleaseId},
    ledger::{
        LedgerError,
        access::{Keyless, Tx, View},
        columns::{At, Whole},
        receipts::{ReceiptId, StoredReceipt},
        submissions::Spooled,
    },
};

/// A store with a time after which what it holds goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Store {
    /// Sealed copies of uploads, in the spool.
    Uploads,
    /// What releases told of their pupils.
    Disclosures,
    /// Receipts, in the boxes and in the ledger.
    Receipts,
    /// Who closed notices were about.
    Notices,
}

impl Store {
    /// Every store, in the order of the settings.
    pub const ALL: [Self; 4] = [
        Self::Uploads,
        Self::Disclosures,
        Self::Receipts,
        Self::Notices,
    ];

    /// The name in the settings and in `status`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Uploads => "uploads",
            Self::Disclosures => "disclosures",
            Self::Receipts => "receipts",
            Self::Notices => "notices",
        }
    }
}

/// Judged uploads whose copy is in the spool.
macro_rules! uploads {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM submission
             WHERE spool IS NOT NULL AND judged = 1 AND taken_at < ?1 ",
            $rest
        )
    };
}

/// Releases that ended and whose disclosures are there. While a withdrawal's notice is still to be made,
/// what its school was told is needed.
macro_rules! disclosures {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ", $select, " FROM release
             WHERE state NOT IN ('planned', 'sealed', 'published') AND owed = 0 AND at < ?1
               AND EXISTS (SELECT 1 FROM disclosure WHERE disclosure.release = release.id)
               AND NOT EXISTS (SELECT 1 FROM withdrawal WHERE withdrawal.school = release.school) ",
            $rest
        )
    };
}

/// Published receipts of what is over.
macro_rules! receipts {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ", $select, " FROM receipt
             WHERE published = 1 AND at < ?1 AND NOT CASE substr(subject, 1, 1)
               WHEN 'R' THEN EXISTS (SELECT 1 FROM release
                 WHERE id = CAST(substr(subject, 2) AS INTEGER)
                   AND (state IN ('planned', 'sealed', 'published') OR owed = 1))
               WHEN 'D' THEN EXISTS (SELECT 1 FROM notice
                 WHERE id = CAST(substr(subject, 2) AS INTEGER) AND closed_at IS NULL)
               WHEN 'Q' THEN EXISTS (SELECT 1 FROM request
                 WHERE id = CAST(substr(subject, 2) AS INTEGER)
                   AND (state = 'waiting' OR state = 'granted' AND release IS NULL))
               ELSE EXISTS (SELECT 1 FROM discrepancy
                   WHERE submission = CAST(substr(subject, 2) AS INTEGER) AND resolved_at IS NULL)
                 OR EXISTS (SELECT 1 FROM request
                   WHERE submission = CAST(substr(subject, 2) AS INTEGER) AND state = 'waiting')
                 OR EXISTS (SELECT 1 FROM notice
                   WHERE submission = CAST(substr(subject, 2) AS INTEGER) AND closed_at IS NULL)
               END ",
            $rest
        )
    };
}

/// Closed notices that still tell whom they were about.
macro_rules! notices {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM notice
             WHERE closed_at < ?1 AND EXISTS (SELECT 1 FROM notice_pupil
               WHERE notice_pupil.notice = notice.id AND sealed IS NOT NULL) ",
            $rest
        )
    };
}

impl Keyless<'_> {
    /// Judged uploads whose copy in the spool is not the archive's (`S000123.age`) yet, oldest first, at
    /// most so many.
    pub fn spooled_not_archived(&self, limit: u32) -> Result<Vec<Spooled>, LedgerError> {
        let sql = uploads!(
            "id, spool",
            "AND spool NOT GLOB 'S*.age' ORDER BY taken_at LIMIT ?2"
        );
        self.all(sql, (i64::MAX, limit), |row| {
            Ok(Spooled {
                id: row.get(0)?,
                spool: row.get(1)?,
            })
        })
    }

    /// Since when the oldest of what may go from a store is there.
    pub fn oldest_in(&self, store: Store) -> Result<Option<OffsetDateTime>, LedgerError> {
        let sql = match store {
            Store::Uploads => uploads!("min(taken_at)", ""),
            Store::Disclosures => disclosures!("min(at)", ""),
            Store::Receipts => receipts!("min(at)", ""),
            Store::Notices => notices!("min(closed_at)", ""),
        };
        let oldest = self.one(sql, [i64::MAX], |row| Ok(row.get::<_, Option<At>>(0)?))?;
        Ok(oldest.flatten().map(|At(at)| at))
    }

    /// How much of what may go from a store is older than this instant: uploads, releases, receipts or
    /// notices.
    pub fn count_in(&self, store: Store, before: OffsetDateTime) -> Result<u32, LedgerError> {
        let sql = match store {
            Store::Uploads => uploads!("count(*)", ""),
            Store::Disclosures => disclosures!("count(*)", ""),
            Store::Receipts => receipts!("count(*)", ""),
            Store::Notices => notices!("count(*)", ""),
        };
        let count = self.one(sql, [At(before)], |row| Ok(row.get(0)?))?;
        Ok(count.unwrap_or(0))
    }

    /// Releases made before this instant whose disclosures may go, oldest first, at most so many.
    pub fn disclosures_before(
        &self,
        at: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<ReleaseId>, LedgerError> {
        let sql = disclosures!("id", "ORDER BY id LIMIT ?2");
        self.all(sql, (At(at), limit), |row| Ok(row.get(0)?))
    }

    /// Notices closed before this instant whose pupils may go, oldest first, at most so many.
    pub fn notices_closed_before(
        &self,
        at: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<NoticeId>, LedgerError> {
        let sql = notices!("id", "ORDER BY id LIMIT ?2");
        self.all(sql, (At(at), limit), |row| Ok(row.get(0)?))
    }
}

impl View<'_> {
    /// Receipts written before this instant that may go, oldest first, at most so many.
    pub fn receipts_before(
        &self,
        at: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<(ReceiptId, StoredReceipt)>, LedgerError> {
        let sql = receipts!(
            "id, subject, suffix, school, sealed, at",
            "ORDER BY at LIMIT ?2"
        );
        self.all(sql, (At(at), limit), |row| self.read_receipt(row))
    }
}

impl Tx<'_> {
    /// What these receipts said is erased; that there were such receipts stays, so that none of them is
    /// written twice.
    pub fn erase_receipts(&self, ids: &[ReceiptId]) -> Result<(), LedgerError> {
        for ReceiptId(id) in ids {
            self.run(
                "UPDATE receipt SET published = 2, sealed = x'' WHERE id = ?1 AND published = 1",
                [Whole(*id)],
            )?;
        }
        Ok(())
    }

    /// Who this notice was about is erased; that there was one stays.
    pub fn erase_notice_pupils(&self, id: NoticeId) -> Result<(), LedgerError> {
        self.run(
            "UPDATE notice_pupil SET sealed = NULL WHERE notice = ?1",
            [id],
        )?;
        Ok(())
    }
}
