//! A backup took the ledger's place: what was so at its moment, what was seen of the lost time, and whether an
//! operator has confirmed. Until then nothing is taken or shared, and no `resume` ends that.

use rusqlite::Row;
use time::OffsetDateTime;

use super::made::Counters;
use crate::{
    domain::{
        ids::{NoticeId, ReleaseId, RequestId, SubmissionId},
        receipt::TrailHead,
    },
    ledger::{
        LedgerError,
        access::{Keyless, Tx},
        columns::{At, Whole},
        mode::Seen,
        receipts::ReceiptId,
    },
    vault::{from_hex, to_hex},
};

/// A backup is about to take the ledger's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRestore {
    /// When that is.
    pub restored_at: OffsetDateTime,
    /// Of which moment the backup tells.
    pub made_at: OffsetDateTime,
    /// The hash of the sealed file.
    pub sha256: [u8; 32],
}

/// A backup that took the ledger's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    /// Its number.
    pub id: u64,
    /// When.
    pub restored_at: OffsetDateTime,
    /// Of which moment the backup tells.
    pub made_at: OffsetDateTime,
    /// The hash of the sealed file.
    pub sha256: [u8; 32],
    /// The trail's last row in it.
    pub head: TrailHead,
    /// How far numbers had come in it.
    pub counters: Counters,
    /// What the trail was told last of the lost time, as JSON; none before the first look at it.
    pub seen: Option<String>,
}

impl Tx<'_> {
    /// From now on this is a restored ledger, and everything waits until somebody has confirmed.
    pub fn restored(&self, restore: &NewRestore) -> Result<(), LedgerError> {
        let head = self.trail_head()?;
        let counters = serde_json::to_string(&self.counters()?).unwrap_or_default();
        let hash = from_hex::<32>(&head.hash).unwrap_or_default();
        self.run(
            "INSERT INTO restore (restored_at, made_at, sha256, head_seq, head_hash, counters)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                At(restore.restored_at),
                At(restore.made_at),
                restore.sha256,
                Whole(head.seq),
                hash,
                counters,
            ),
        )?;
        Ok(())
    }

    /// What the trail was told of the lost time.
    pub fn restore_saw(&self, id: u64, seen: &str) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id,
            "UPDATE restore SET seen = ?2 WHERE id = ?1",
            (Whole(id), seen),
        )
    }

    /// An operator has confirmed: the hold of the restore is over.
    pub fn restore_confirmed(&self, at: OffsetDateTime) -> Result<(), LedgerError> {
        self.run(
            "UPDATE restore SET confirmed_at = ?1 WHERE confirmed_at IS NULL",
            [At(at)],
        )?;
        Ok(())
    }

    /// The act of this note was done again. False where it was before.
    pub fn replay(&self, note: &str) -> Result<bool, LedgerError> {
        let new = self.run("INSERT OR IGNORE INTO replayed (note) VALUES (?1)", [note])?;
        Ok(new == 1)
    }

    /// Numbers go on after these, unless they are further already.
    pub fn counters_at_least(&self, numbers: Counters) -> Result<(), LedgerError> {
        self.counters_past(&Seen {
            submission: Some(SubmissionId::new(numbers.submissions)),
            release: Some(ReleaseId::new(numbers.releases)),
            request: Some(RequestId::new(numbers.requests)),
            notice: Some(NoticeId::new(numbers.notices)),
        })
    }

    /// These are no longer in their boxes, and are put there again.
    pub fn receipts_unpublished(&self, ids: &[ReceiptId]) -> Result<(), LedgerError> {
        for ReceiptId(id) in ids {
            self.run(
                "UPDATE receipt SET published = 0 WHERE id = ?1 AND published = 1",
                [Whole(*id)],
            )?;
        }
        Ok(())
    }
}

impl Keyless<'_> {
    /// The restore that nobody has confirmed yet.
    pub fn unconfirmed_restore(&self) -> Result<Option<Restore>, LedgerError> {
        // A ledger that no daemon of this version has opened yet.
        if !self.conn.table_exists(None, TABLE)? {
            return Ok(None);
        }
        self.one(
            "SELECT id, restored_at, made_at, sha256, head_seq, head_hash, counters, seen
             FROM restore WHERE confirmed_at IS NULL ORDER BY id DESC LIMIT 1",
            [],
            read,
        )
    }

    /// Whether a note's act was done again.
    pub fn was_replayed(&self, note: &str) -> Result<bool, LedgerError> {
        let found = self.one("SELECT 1 FROM replayed WHERE note = ?1", [note], |_| Ok(()))?;
        Ok(found.is_some())
    }
}

fn read(row: &Row<'_>) -> Result<Restore, LedgerError> {
    let id = row.get::<_, Whole>(0)?.0;
    let unreadable = LedgerError::Unreadable {
        table: TABLE,
        row: id,
    };
    let counters = serde_json::from_str(row.get_ref(6)?.as_str().unwrap_or_default());
    Ok(Restore {
        id,
        restored_at: row.get::<_, At>(1)?.0,
        made_at: row.get::<_, At>(2)?.0,
        sha256: row.get(3)?,
        head: TrailHead {
            seq: row.get::<_, Whole>(4)?.0,
            hash: to_hex(&row.get::<_, [u8; 32]>(5)?),
        },
        counters: counters.map_err(|_| unreadable)?,
        seen: row.get(7)?,
    })
}

const TABLE: &str = "restore";
