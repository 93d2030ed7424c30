//! What can go wrong with the ledger, each with what was met and what to do next. Nothing here ever
//! holds a value of a row: SQL errors tell of columns, not of what stood in them.

use std::{io, path::PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;
use time::OffsetDateTime;

use crate::vault::{Place, VaultError};

/// Why the ledger could not be read, or could not keep what it was given.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// Another process has the ledger's lock file.
    #[error(
        "the ledger is in use by another pillarbox ({}); let that one act, or stop it first",
        lock.display()
    )]
    AlreadyRunning {
        /// The lock file.
        lock: PathBuf,
    },
    /// The lock file can't be made or locked.
    #[error("{} can't be locked ({source}); check who owns the state folder", lock.display())]
    LockFile {
        /// The lock file.
        lock: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another program holds the database, for longer than we wait.
    #[error("another program holds the ledger's database; close it and try again")]
    Locked,
    /// The disk, or the quota on it, is full. Nothing of the transaction was kept.
    #[error("the disk that holds the ledger is full; make room, nothing was lost")]
    Full,
    /// The disk did not do what was asked of it. Nothing of the transaction was kept.
    #[error(
        "the disk that holds the ledger fails or is full; look at its space and health, nothing was lost"
    )]
    Disk,
    /// The database file may not be written.
    #[error("the ledger may not be written; check who owns the state folder and how it is mounted")]
    ReadOnly,
    /// There is no database where it was looked for, or it may not be opened.
    #[error("the ledger can't be opened; check that the state folder is right and who owns it")]
    CannotOpen,
    /// The database file is damaged.
    #[error("the ledger's database is damaged; stop, keep the file, and restore the last backup")]
    Corrupt,
    /// A database, but of another program.
    #[error("the file is a database of another program (id {application}); check the state folder")]
    NotALedger {
        /// The application id that the file has.
        application: i64,
    },
    /// A later version of Pillarbox wrote the ledger.
    #[error(
        "the ledger has schema {found}, this pillarbox knows {known}; install the newer version"
    )]
    NewerSchema {
        /// The schema's version in the file.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// A sealed value did not open: the wrong ledger key, or a changed row.
    #[error("{0}; check that the ledger key belongs to this ledger")]
    Sealed(#[from] VaultError),
    /// A row's plain columns are not those that were sealed with it.
    #[error("row {row} of {table} was changed from outside; restore a backup and look who did")]
    Tampered {
        /// The table.
        table: &'static str,
        /// The row's number.
        row: u64,
    },
    /// What was sealed opens, but is not in a form that this version knows.
    #[error(
        "row {row} of {table} is in a form that this version can't read; install the newer one"
    )]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The row's number.
        row: u64,
    },
    /// An act on a row that does not exist, or is not in the state that the act needs.
    #[error("{table} has no row {row} that this could be done to; this is a fault of the program")]
    NoSuchRow {
        /// The table.
        table: &'static str,
        /// The row's number.
        row: u64,
    },
    /// `--at` lies before what the rehearsal has already lived through.
    #[error("the rehearsal has reached {last}, so it can't act at {asked}; give a later --at")]
    TimeGoesBack {
        /// The last instant of the rehearsal.
        last: OffsetDateTime,
        /// The instant that was asked for.
        asked: OffsetDateTime,
    },
    /// `--at` on a ledger that is used in earnest.
    #[error("this ledger is live, so --at works only with --dry-run; rehearse on one of its own")]
    LiveLedger,
    /// The schema could not be brought up to date.
    #[error("the ledger's schema can't be brought up to date: {0}")]
    Migration(#[source] Box<rusqlite_migration::Error>),
    /// Anything else that the database said.
    #[error("the ledger's database refused: {0}")]
    Sql(#[source] rusqlite::Error),
}

impl LedgerError {
    /// Whether the ledger takes nothing at present, whatever it is given.
    pub fn keeps_nothing(&self) -> bool {
        matches!(
            self,
            Self::Locked
                | Self::Full
                | Self::Disk
                | Self::ReadOnly
                | Self::CannotOpen
                | Self::Corrupt
        )
    }

    /// What was sealed here has a form that nobody knows.
    pub(super) fn unreadable(at: Place) -> Self {
        Self::Unreadable {
            table: at.table,
            row: at.row,
        }
    }

    /// What was sealed here speaks of another row, or the plain columns beside it were changed.
    pub(super) fn tampered(at: Place) -> Self {
        Self::Tampered {
            table: at.table,
            row: at.row,
        }
    }
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::SystemIoFailure) => Self::Disk,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::CannotOpen) => Self::CannotOpen,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt,
            _ => Self::Sql(error),
        }
    }
}

impl From<rusqlite_migration::Error> for LedgerError {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            other => Self::Migration(Box::new(other)),
        }
    }
}
