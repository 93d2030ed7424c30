//! What can go wrong where rooms meet: every room's error with whose fault it is and what helps.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::{
    boxes::{BoxError, NotAFileName},
    config::KeyFileError,
    domain::ids::SchoolId,
    jail::JailError,
    ledger::LedgerError,
    reading::extract::ExtractFault,
    seal::{
        IntakeKeyFault, NotSigned, OpenFault, ReceiptKeyFault, SealError, SheetError, SignersFault,
    },
    transport::{
        control::ControlError,
        metrics::MetricsError,
        sftp::{FrontEndError, HostKeyFault},
        watch::WatchError,
    },
    vault::{NoRandomBytes, NotALedgerKey, VaultError},
};

/// A flow could not go on.
#[derive(Debug, Error)]
pub enum FlowError {
    /// A backup took the ledger's place, and nobody has confirmed yet.
    #[error(
        "EVERYTHING IS ON HOLD: a backup was restored. Nothing is taken or shared until «pillarbox restore --reconcile» has looked at the time since and somebody has confirmed"
    )]
    AwaitsReconciling,
    /// No restored backup waits.
    #[error("no restored backup waits to be looked at; nothing was done")]
    NothingToReconcile,
    /// The archive's key is not one.
    #[error(
        "retention.archive_recipient is no key that files can be sealed to; write an age1… recipient"
    )]
    ArchiveRecipient,
    /// A box could not be read or written.
    #[error(transparent)]
    Box(#[from] BoxError),
    /// A file could not be read or removed.
    #[error("{}: {source}; check that it is there and who owns it", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder could not be made.
    #[error("can't make the folder {}: {source}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Consents changed between a release's plan and its record: it is planned again.
    #[error("consents of {0} changed while its release was made; it is made anew at the next pass")]
    ConsentsChanged(SchoolId),
    /// The control socket can't be opened.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// An encrypted extract can't be opened.
    #[error("the extract can't be decrypted: {0}; encrypt it to the council's intake key")]
    EncryptedExtract(#[source] OpenFault),
    /// The extract can't be read.
    #[error(transparent)]
    Extract(ExtractFault),
    /// SFTP can't be served.
    #[error(transparent)]
    FrontEnd(#[from] FrontEndError),
    /// The host key is not one.
    #[error("the SFTP server's host key can't be used: {0}")]
    HostKey(#[from] HostKeyFault),
    /// The front end alone has nothing to serve.
    #[error("there is no [sftp] in the settings; add it, with in_daemon = false")]
    NoSftp,
    /// The daemon serves already.
    #[error(
        "«pillarbox run» serves SFTP; set in_daemon = false under [sftp] to serve it with «pillarbox sftp»"
    )]
    SftpInDaemon,
    /// The intake key is not one.
    #[error("the intake key can't be used: {0}")]
    IntakeKey(#[from] IntakeKeyFault),
    /// A key could not be read.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The ledger key is not one.
    #[error("the ledger key can't be used: {0}")]
    LedgerKey(#[from] NotALedgerKey),
    /// A new key needs randomness.
    #[error(transparent)]
    NoRandomBytes(#[from] NoRandomBytes),
    /// There was a ledger, and it is not there any more.
    #[error(
        "there was a ledger here and it is gone: {}; restore the last backup. To begin anew, and forget every consent and every withdrawal, remove {} first",
        ledger.display(), lock.display()
    )]
    LedgerGone {
        /// Where it was.
        ledger: PathBuf,
        /// What tells that it was there.
        lock: PathBuf,
    },
    /// The ledger could not be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Metrics can't be served.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// A name of ours is no file name: a fault of this program.
    #[error("a file can't be named: {0}")]
    Name(#[from] NotAFileName),
    /// There is no intake key to decrypt with.
    #[error("the extract is encrypted and there is no intake key; put one into the folder of keys")]
    NoIntakeKey,
    /// Uploads can't be read in a process of their own.
    #[error(transparent)]
    Jail(#[from] JailError),
    /// The thread that plans releases died: a fault of this program.
    #[error("a release could not be planned; nothing more was released")]
    PlannerDied,
    /// The thread that reads the extract died: a fault of this program.
    #[error("the extract could not be read to its end; nothing was released from it")]
    ReaderDied,
    /// The key that signs receipts is not one.
    #[error("the key that signs receipts can't be used: {0}")]
    ReceiptKey(#[from] ReceiptKeyFault),
    /// No school has this id.
    #[error("there is no school {0}; «pillarbox school list» shows those there are")]
    NoSuchSchool(SchoolId),
    /// The file of all keys that ever signed is damaged.
    #[error("{}: {fault}; put back what was there", path.display())]
    Signers {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        fault: SignersFault,
    },
    /// Something could not be sealed or signed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A workbook could not be written.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// A receipt could not be signed.
    #[error(transparent)]
    Sign(#[from] NotSigned),
    /// Signals can't be listened to.
    #[error("can't listen to signals: {0}")]
    Signals(#[source] io::Error),
    /// It is time to stop; the work goes on at the next start.
    #[error("the daemon is stopping; what is left is done at its next start")]
    Stopping,
    /// The file beside the extract can't be read.
    #[error(
        "the file that tells the Year 11 schools can't be used ({0}); send a right one beside the extract"
    )]
    Year11(#[source] ExtractFault),
    /// Folders can't be watched.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// A sealed value did not open: another key, or a damaged ledger.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Whose hands an error is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Class {
    /// Settings, keys, disk: it stays until somebody mends it.
    Operator,
    /// It may be gone the next time.
    Transient,
}

impl FlowError {
    /// Whose hands it is in.
    pub fn class(&self) -> Class {
        match self {
            Self::Box(_)
            | Self::File { .. }
            | Self::Folder { .. }
            | Self::Stopping
            | Self::Ledger(LedgerError::Locked | LedgerError::Full | LedgerError::Disk) => {
                Class::Transient
            }
            _ => Class::Operator,
        }
    }
}
