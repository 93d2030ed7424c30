//! What a backup takes of the ledger, read beside the daemon and without a key, and which backups were made.
//! Where they lie, nobody here knows.

use std::path::Path;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::ledger::{
    LedgerError,
    access::{Glance, Keyless, Ledger, Tx},
    columns::{At, Whole},
    open,
};

/// How far each kind of number has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Submissions.
    #[serde(rename = "S")]
    pub submissions: u64,
    /// Releases.
    #[serde(rename = "R")]
    pub releases: u64,
    /// Requests.
    #[serde(rename = "Q")]
    pub requests: u64,
    /// Notices.
    #[serde(rename = "D")]
    pub notices: u64,
}

/// A backup that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupMade {
    /// Of which moment it tells.
    pub at: OffsetDateTime,
    /// The trail's last row in it.
    pub head: u64,
    /// The sealed file's length.
    pub bytes: u64,
    /// The sealed file's hash.
    pub sha256: [u8; 32],
}

impl Ledger {
    /// The newest schema that this program knows.
    pub fn newest_schema() -> i64 {
        open::newest_schema()
    }
}

impl Glance {
    /// Writes a whole, consistent copy of this moment into a file that must not exist yet, beside whoever
    /// writes meanwhile. Pages that were freed are not in it.
    pub fn copy_to(&self, path: &Path) -> Result<(), LedgerError> {
        open::copy(self.keyless().conn, path)
    }
}

impl Keyless<'_> {
    /// The schema's version.
    pub fn schema(&self) -> Result<i64, LedgerError> {
        open::schema(self.conn)
    }

    /// What was sealed to tell the ledger's key from others; none before a daemon has opened it.
    pub fn key_proof(&self) -> Result<Option<Vec<u8>>, LedgerError> {
        let proof = self.one("SELECT sealed FROM meta", [], |row| Ok(row.get(0)?))?;
        Ok(proof.flatten())
    }

    /// The keys of all sealed copies that the ledger knows.
    pub fn spool_keys(&self) -> Result<Vec<String>, LedgerError> {
        self.all(
            "SELECT spool FROM submission WHERE spool IS NOT NULL ORDER BY id",
            [],
            |row| Ok(row.get(0)?),
        )
    }

    /// How far each kind of number has come.
    pub fn counters(&self) -> Result<Counters, LedgerError> {
        let mut counters = Counters::default();
        self.each("SELECT letter, last FROM counter", [], |row| {
            let last = row.get::<_, Whole>(1)?.0;
            match row.get_ref(0)?.as_str().unwrap_or_default() {
                "S" => counters.submissions = last,
                "R" => counters.releases = last,
                "Q" => counters.requests = last,
                "D" => counters.notices = last,
                _ => {}
            }
            Ok::<_, LedgerError>(())
        })?;
        Ok(counters)
    }

    /// The last backup that was written.
    pub fn last_backup(&self) -> Result<Option<BackupMade>, LedgerError> {
        // A ledger that no daemon of this version has opened yet.
        if !self.conn.table_exists(None, "backup")? {
            return Ok(None);
        }
        self.one(
            "SELECT at, head, bytes, sha256 FROM backup ORDER BY at DESC, id DESC LIMIT 1",
            [],
            |row| {
                Ok(BackupMade {
                    at: row.get::<_, At>(0)?.0,
                    head: row.get::<_, Whole>(1)?.0,
                    bytes: row.get::<_, Whole>(2)?.0,
                    sha256: row.get(3)?,
                })
            },
        )
    }
}

impl Tx<'_> {
    /// Remembers that a backup was written.
    pub fn backup_made(&self, made: &BackupMade) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO backup (at, head, bytes, sha256) VALUES (?1, ?2, ?3, ?4)",
            (
                At(made.at),
                Whole(made.head),
                Whole(made.bytes),
                made.sha256,
            ),
        )?;
        Ok(())
    }
}
