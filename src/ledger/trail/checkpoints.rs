//! Signed heads of the trail: one at every release and once a day (spec 9). Who signs, and with what, is
//! the sealing room's business.

use rusqlite::Row;
use time::OffsetDateTime;

use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx},
    columns::{At, Whole},
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

fn read(row: &Row<'_>) -> Result<Checkpoint, LedgerError> {
    Ok(Checkpoint {
        seq: row.get::<_, Whole>(0)?.0,
        hash: row.get(1)?,
        at: row.get::<_, At>(2)?.0,
        signature: row.get(3)?,
    })
}
