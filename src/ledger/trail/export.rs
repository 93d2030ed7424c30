//! The trail as an auditor takes it away: every row just as it stands, whether it makes sense or not, with
//! the hash before it, so that whoever has the lines can compute each hash again.

use rusqlite::Row;
use time::OffsetDateTime;

use super::{acts::Line, checkpoints::Checkpoint, walk::line};
use crate::domain::checkpoint::CheckpointText;
use crate::ledger::{
    LedgerError,
    access::Keyless,
    columns::{At, Whole},
};

/// One row as it stands in the ledger's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedRow<'a> {
    /// Its number.
    pub seq: u64,
    /// Microseconds since 1970.
    pub at: i64,
    /// `system`, `operator` or `school`.
    pub actor: &'a str,
    /// The operator's account.
    pub name: Option<&'a str>,
    /// The operator's number, or the school's.
    pub number: Option<i64>,
    /// The fingerprint of the person's key.
    pub key: Option<&'a str>,
    /// What was done.
    pub verb: &'a str,
    /// To what.
    pub subject: &'a str,
    /// The school that it concerns.
    pub school: Option<i64>,
    /// JSON, byte for byte as it was hashed.
    pub detail: &'a str,
    /// The hash that is written in the row before; zeros before the first.
    pub previous: [u8; 32],
    /// The hash that is written in this row.
    pub hash: Option<[u8; 32]>,
}

/// What an export is made of, in the order of the rows.
#[derive(Clone, Debug)]
pub enum Exported<'a> {
    /// A row.
    Row(ExportedRow<'a>),
    /// The checkpoint of the row just told: what was signed, and the signature.
    Checkpoint(CheckpointText, &'a str),
}

impl Keyless<'_> {
    /// Tells every row from this number on, each with its checkpoint behind it, as they are at one moment.
    pub fn export_trail<E: From<LedgerError>>(
        &self,
        from: u64,
        mut each: impl FnMut(Exported<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let snapshot = self.snapshot()?;
        let checkpoints = self.checkpoints()?;
        let mut checkpoints = checkpoints.iter().skip_while(|c| c.seq < from).peekable();
        let mut previous = self.hash_of(from.saturating_sub(1))?;
        self.each(
            "SELECT seq, at, actor, actor_name, actor_number, actor_key, verb, subject, school,
               detail, hash FROM trail WHERE seq >= ?1 ORDER BY seq",
            [Whole(from)],
            |row| {
                let exported = exported(row, previous)?;
                let seq = exported.seq;
                previous = exported.hash.unwrap_or_default();
                each(Exported::Row(exported))?;
                while let Some(checkpoint) = checkpoints.next_if(|c| c.seq <= seq) {
                    each(self.exported_checkpoint(checkpoint)?)?;
                }
                Ok::<_, E>(())
            },
        )?;
        // One whose row is gone is told all the same.
        for checkpoint in checkpoints {
            each(self.exported_checkpoint(checkpoint)?)?;
        }
        drop(snapshot);
        Ok(())
    }

    /// The first row that was recorded at this instant or later.
    pub fn first_row_since(&self, at: OffsetDateTime) -> Result<Option<u64>, LedgerError> {
        let first = self.one(
            "SELECT min(seq) FROM trail WHERE at >= ?1",
            [At(at)],
            |row| Ok(row.get::<_, Option<Whole>>(0)?),
        )?;
        Ok(first.flatten().map(|Whole(seq)| seq))
    }

    fn hash_of(&self, seq: u64) -> Result<[u8; 32], LedgerError> {
        let hash = self.one(
            "SELECT hash FROM trail WHERE seq = ?1",
            [Whole(seq)],
            |row| Ok(row.get(0).ok()),
        )?;
        Ok(hash.flatten().unwrap_or_default())
    }

    fn exported_checkpoint<'c>(
        &self,
        checkpoint: &'c Checkpoint,
    ) -> Result<Exported<'c>, LedgerError> {
        let text = checkpoint.text(&self.origin(checkpoint.seq)?);
        let signature = str::from_utf8(&checkpoint.signature).unwrap_or_default();
        Ok(Exported::Checkpoint(text, signature))
    }
}

fn exported<'r>(row: &'r Row<'_>, previous: [u8; 32]) -> Result<ExportedRow<'r>, LedgerError> {
    let Line {
        seq,
        at,
        actor,
        name,
        number,
        key,
        verb,
        subject,
        school,
        detail,
    } = line(row.get::<_, Whole>(0)?.0, row)?;
    Ok(ExportedRow {
        seq,
        at,
        actor,
        name,
        number,
        key,
        verb,
        subject,
        school,
        detail,
        previous,
        hash: row.get(10).ok(),
    })
}
