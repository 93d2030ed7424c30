//! Why a backup could not be written or put back, each with the next step.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::{
    flow::FlowError,
    ledger::LedgerError,
    seal::{ArchiveFault, SealError},
    vault::NoRandomBytes,
};

/// A backup could not be written, or not be put back.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Nobody to seal to.
    #[error(
        "there is no key to seal the backup to; make one on another machine with «age-keygen -o backup-key.txt», and tell its public half (age1…) as `recipient` under [backup], or with --to"
    )]
    NoRecipient,
    /// What was told is no key.
    #[error("{0} is no key that a backup can be sealed to; write an age1… recipient")]
    Recipient(String),
    /// There is nothing to back up.
    #[error("{}: there is no ledger yet, so there is nothing to back up", .0.display())]
    NoLedger(PathBuf),
    /// A restored ledger that nobody has confirmed is no good copy.
    #[error(
        "everything is on hold after a restore; look at it with «pillarbox restore --reconcile» first"
    )]
    Waiting,
    /// There is a ledger already.
    #[error(
        "{}: there is a ledger already; a backup is put into an empty state only. Stop the daemon and move that file away, if you are sure", .0.display()
    )]
    NotEmpty(PathBuf),
    /// A file or folder could not be read or written.
    #[error("{}: {source}; check that it is there and who owns it", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The output went away.
    #[error("the backup could not be written: {0}")]
    Output(#[source] io::Error),
    /// The ledger could not be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The archive could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The archive could not be opened or read.
    #[error(transparent)]
    Archive(#[from] ArchiveFault),
    /// A name could not be made up.
    #[error(transparent)]
    NoRandomBytes(#[from] NoRandomBytes),
    /// The ledger in it was made under another key.
    #[error(
        "the ledger key here is not the one of this backup; nothing was restored, put the right key into the folder of keys"
    )]
    OtherKey,
    /// Outboxes could not be emptied.
    #[error("the outboxes can't be emptied, so nothing was restored")]
    Boxes(#[source] Box<FlowError>),
    /// It is not one of ours.
    #[error("the archive does not begin with a manifest of Pillarbox")]
    NoManifest,
    /// A later version wrote it.
    #[error(
        "a newer Pillarbox wrote this backup (schema {found}, this one knows {known}; {program}); install that version"
    )]
    Newer {
        /// The ledger's schema in it.
        found: i64,
        /// What this program knows.
        known: i64,
        /// What wrote it.
        program: String,
    },
    /// A member is not what the manifest says.
    #[error(
        "{0} in the archive is not what its manifest says; nothing was restored, take an older backup"
    )]
    NotAsListed(String),
    /// A member is missing.
    #[error("{0} is missing in the archive; nothing was restored, take an older backup")]
    Missing(String),
}

impl BackupError {
    /// A file or folder could not be read or written.
    pub(in crate::flow) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::File { path, source }
    }
}
