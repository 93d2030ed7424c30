//! What is in a backup: the first member of the archive, as JSON, so that whoever holds the key sees with stock
//! programs what they have.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{domain::receipt::TrailHead, ledger::Counters};

/// The manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always [`Manifest::FORMAT`].
    pub format: String,
    /// Which version wrote it.
    pub program: String,
    /// Of which moment it tells.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// The ledger's schema.
    pub schema: i64,
    /// Tells the ledger, and its key, from others; it opens nothing.
    pub ledger: String,
    /// The trail's last row.
    pub head: TrailHead,
    /// How far numbers had come.
    pub counters: Counters,
    /// Every other member, in order.
    pub members: Vec<Member>,
}

/// One member of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    /// The form and its version.
    pub const FORMAT: &str = "pillarbox/backup/v1";
}
