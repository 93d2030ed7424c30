//! What the front end served: the daemon records it, and then removes the file.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{slip::is_fingerprint, stamp::Stamp};
use crate::domain::ids::SchoolId;

/// Bytes of a destination file were served. It is on the disk before the first of them leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Whose outbox.
    pub school: SchoolId,
    /// How much of the file.
    pub what: Served,
    /// The file's name in the outbox.
    pub file: String,
    /// The fingerprint of the person's key: `SHA256:…`.
    pub by: String,
    /// When, by the real clock.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// How much of a file was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Served {
    /// The first bytes are about to leave.
    Touched,
    /// Every byte of it has been served to one person.
    Collected,
}

/// The id of an event; ids sort by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub(super) Stamp);

impl Event {
    /// Whether all of it may be believed.
    pub(super) fn is_sound(&self) -> bool {
        is_fingerprint(&self.by) && !self.file.is_empty() && self.file.len() <= 255
    }
}
