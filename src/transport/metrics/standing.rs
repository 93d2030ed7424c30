//! How things stood when somebody last looked: gathered by the ledger's thread, told to whoever asks.
//! The names stand in `docs/metrics.md`.

use time::OffsetDateTime;

use crate::boxes::handover::Counters;

/// Numbers by the word that tells them apart.
pub type Series = Vec<(&'static str, u64)>;

/// How things stand.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// When this was gathered.
    pub at: Option<OffsetDateTime>,
    /// Whether the ledger is a rehearsal's.
    pub rehearsal: bool,
    /// Schools, by their agreement.
    pub schools: Series,
    /// Agreements whose review is due.
    pub reviews_due: u64,
    /// Consents, by how they stand.
    pub consents: Series,
    /// What waits.
    pub waiting: Series,
    /// Since when the oldest of each waits; what does not wait is missing.
    pub oldest: Vec<(&'static str, OffsetDateTime)>,
    /// Notices that were not confirmed for so long that the school is reminded.
    pub notices_overdue: u64,
    /// Breaches of which the regulator is still to be told.
    pub breaches: u64,
    /// By when of the most pressing.
    pub breach_due: Option<OffsetDateTime>,
    /// The extract's rows and the midnight of the day that it was exported on.
    pub extract: Option<(u64, OffsetDateTime)>,
    /// Seconds after which an extract is too old to release from.
    pub extract_limit: u64,
    /// Releases whose files lie in outboxes.
    pub files_out: u64,
    /// Holds, on all schools and on single ones.
    pub holds: Series,
    /// When a file was released, the trail's head signed, a backup written: the last of each.
    pub last: Vec<(&'static str, OffsetDateTime)>,
    /// What does not work at present.
    pub troubles: u64,
    /// Each disk that matters.
    pub disks: Vec<Disk>,
    /// Bytes that shall stay free.
    pub disk_spare: u64,
    /// Bytes of the ledger's files.
    pub ledger: Series,
    /// Sealed copies of uploads and their bytes.
    pub spool: (u64, u64),
    /// What the SFTP front end counted, and how many bans are in force.
    pub sftp: Option<(Counters, u64)>,
}

/// One disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// What lies there: `state` or `boxes`.
    pub folder: &'static str,
    /// Bytes free for those who are not root.
    pub free_bytes: u64,
    /// Files that can still be made; none where the file system does not say.
    pub free_files: Option<u64>,
}

impl Disk {
    /// Why nobody should rely on it.
    pub fn reason(&self, spare: u64) -> Option<String> {
        let Self {
            folder,
            free_bytes,
            free_files,
        } = self;
        if *free_bytes < spare {
            return Some(format!(
                "{} MiB are free where {folder} lies, and {} MiB shall stay so",
                free_bytes >> 20,
                spare >> 20
            ));
        }
        free_files
            .filter(|left| *left < LEAST_FILES)
            .map(|left| format!("only {left} more files fit where {folder} lies"))
    }
}

/// With fewer files to be made than this, uploads are about to fail.
const LEAST_FILES: u64 = 1_000;
