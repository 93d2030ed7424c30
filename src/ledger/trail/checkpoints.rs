//! Signed heads of the trail: one at every release and once a day (spec 9). Who signs, and with what, is
//! the sealing room's business.

use rusqlite::Row;
use time::OffsetDateTime;

use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx},
    columns::{At, Whole},
};
use crate::{
    domain::checkpoint::{CHECKPOINT_SCHEMA, CheckpointText},
    vault::to_hex,
};

/// A head of the trail with the council's signature on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The row's number.
    pub seq: u64,
    /// The row's hash.
    pub hash: [u8; 32],
    /// When it was signed.
    pub at: OffsetDateTime,
    /// The signature, as the sealing room writes it.
    pub signature: Vec<u8>,
}

/// What a checkpoint tells of its trail beside the head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The hash of the first row.
    pub ledger: [u8; 32],
    /// The row that opened the segment.
    pub segment: u64,
}

impl Checkpoint {
    /// The text that was signed.
    pub fn text(&self, origin: &Origin) -> CheckpointText {
        CheckpointText {
            schema: CHECKPOINT_SCHEMA.to_owned(),
            ledger: to_hex(&origin.ledger),
            segment: origin.segment,
            seq: self.seq,
            hash: to_hex(&self.hash),
            at: self.at,
        }
    }
}

impl Tx<'_> {
    /// Keeps a checkpoint. One that is there already stays: the first witness counts.
    pub fn put_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO checkpoint (seq, hash, at, signature) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
            (
                Whole(checkpoint.seq),
                checkpoint.hash,
                At(checkpoint.at),
                &checkpoint.signature,
            ),
        )?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// Whose trail it is, and the row that opened the segment in which this row lies.
    pub fn origin(&self, seq: u64) -> Result<Origin, LedgerError> {
        let ledger = self.one("SELECT hash FROM trail WHERE seq = 1", [], |row| {
            Ok(row.get(0)?)
        })?;
        let segment = self.one(
            "SELECT max(seq) FROM trail WHERE verb = 'ledger-restored' AND seq <= ?1",
            [Whole(seq)],
            |row| Ok(row.get::<_, Option<Whole>>(0)?),
        )?;
        Ok(Origin {
            ledger: ledger.unwrap_or_default(),
            segment: segment.flatten().map_or(1, |Whole(seq)| seq),
        })
    }

    /// The newest checkpoints, newest first, at most so many.
    pub fn newest_checkpoints(&self, limit: u32) -> Result<Vec<Checkpoint>, LedgerError> {
        self.all(
            "SELECT seq, hash, at, signature FROM checkpoint ORDER BY seq DESC LIMIT ?1",
            [limit],
            read,
        )
    }

    /// The newest checkpoint.
    pub fn last_checkpoint(&self) -> Result<Option<Checkpoint>, LedgerError> {
        self.one(
            "SELECT seq, hash, at, signature FROM checkpoint ORDER BY seq DESC LIMIT 1",
            [],
            read,
        )
    }

    /// Every checkpoint, oldest first.
    pub fn checkpoints(&self) -> Result<Vec<Checkpoint>, LedgerError> {
        self.all(
            "SELECT seq, hash, at, signature FROM checkpoint ORDER BY seq",
            [],
            read,
        )
    }
}

pub(super) fn read(row: &Row<'_>) -> Result<Checkpoint, LedgerError> {
    Ok(Checkpoint {
        seq: row.get::<_, Whole>(0)?.0,
        hash: row.get(1)?,
        at: row.get::<_, At>(2)?.0,
        signature: row.get(3)?,
    })
}
