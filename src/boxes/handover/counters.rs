//! What the front end counts, for `status` and for metrics. Counts only: no name, no address.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Since the front end's start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counters {
    /// When it started.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// When this was written.
    #[serde(with = "time::serde::rfc3339::option")]
    pub at: Option<OffsetDateTime>,
    /// Sessions that are open.
    pub sessions_open: u64,
    /// Connections that were accepted.
    pub connections: u64,
    /// Logins that succeeded.
    pub logins: u64,
    /// Logins that failed.
    pub logins_failed: u64,
    /// Bans that were set.
    pub bans: u64,
    /// What was refused, by reason.
    pub refused: BTreeMap<String, u64>,
    /// Uploads that were handed over whole.
    pub uploads: u64,
    /// Uploads that did not arrive whole.
    pub uploads_incomplete: u64,
    /// Bytes of SFTP that came in.
    pub bytes_received: u64,
    /// Destination files of which every byte was served.
    pub files_collected: u64,
    /// Bytes of SFTP that went out.
    pub bytes_served: u64,
}
