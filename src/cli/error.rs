//! What a command tells the person at the terminal when it could not do its work, with the next step
//! and the exit code of spec 7.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use thiserror::Error;

use super::print;
use crate::{
    config::{Complaints, EditError, KeyFileError},
    domain::{identifiers::IdentifierFault, ids::SchoolId},
    flow::{FlowError, backup::BackupError, full_story, who::WhoFault},
    ledger::LedgerError,
    seal::{OpenFileFault, PublicKeyFault, ReceiptKeyFault, RecipientFault},
    transport::{
        control::CallError,
        sftp::{ClientError, FrontEndError, HostKeyFault},
    },
    vault::NoRandomBytes,
};

/// A command could not do its work.
#[derive(Debug, Error)]
pub(crate) enum CliError {
    /// The settings or a school's file are wrong.
    #[error("{0}")]
    Config(#[from] Complaints),
    /// Something that `check` found, told already.
    #[error("told already")]
    Told {
        /// The exit code.
        code: u8,
    },
    /// A backup could not be written or put back.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The daemon could not be reached, or did not answer.
    #[error(transparent)]
    Control(#[from] CallError),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Somebody in the demo could not do something over SFTP.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The folder to make is there already.
    #[error("{} is there already; choose a folder that is not", path.display())]
    FolderExists {
        /// Which.
        path: PathBuf,
    },
    /// Settings are there already.
    #[error("{} is there already, and is yours to edit; what it stands for goes on", path.display())]
    SettingsExist {
        /// Which.
        path: PathBuf,
    },
    /// There is no package whose services could be set up.
    #[error(
        "«init --system» sets up the services of the package: install that, and run this as root; or make a folder of your own: pillarbox init DIR"
    )]
    NotInstalled,
    /// A flow could not go on.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// A key could not be read.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A destination file could not be opened.
    #[error(transparent)]
    Open(#[from] OpenFileFault),
    /// Root could not become the owner of the state.
    #[error("can't act as the owner of the state folder: {0}")]
    Owner(#[source] io::Error),
    /// The terminal or pipe went away.
    #[error("can't print: {0}")]
    Print(#[from] io::Error),
    /// A public key could not be read.
    #[error("{}: {fault}", path.display())]
    PublicKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: PublicKeyFault,
    },
    /// The daemon or the ledger said no.
    #[error("{why}\nnext: {next}")]
    Refused {
        /// What stands in the way.
        why: String,
        /// The next step.
        next: String,
    },
    /// A ledger key could not be made.
    #[error(transparent)]
    LedgerKey(#[from] NoRandomBytes),
    /// No school has this id.
    #[error("there is no school {0}; «pillarbox school list» shows those there are")]
    NoSuchSchool(SchoolId),
    /// The host key could not be made or read.
    #[error("the SFTP server's host key can't be used: {0}")]
    HostKey(#[from] HostKeyFault),
    /// A signing key could not be made.
    #[error(transparent)]
    ReceiptKey(#[from] ReceiptKeyFault),
    /// A person's keys can't open files.
    #[error("{0}")]
    Recipient(RecipientFault),
    /// Not a URN.
    #[error("not a URN, six digits such as 124001 ({0})")]
    Urn(IdentifierFault),
    /// A school's file could not be written.
    #[error(transparent)]
    Write(#[from] EditError),
    /// Standard input could not be read.
    #[error("can't read what you tell: {0}")]
    NotRead(#[source] io::Error),
    /// A person was told in a way that finds nobody.
    #[error(transparent)]
    Who(#[from] WhoFault),
    /// A person's JSON is none.
    #[error(
        "line {line}, column {column}: tell one person as JSON, with some of forename, surname, date_of_birth, upn, uln"
    )]
    WhoJson {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
}

impl CliError {
    /// A file could not be read or written.
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }

    /// Tells the person at the terminal, and gives the exit code.
    pub(crate) fn tell(&self) -> ExitCode {
        if !self.is_silent() {
            print::aside(format!("pillarbox: {}", full_story(self)));
        }
        ExitCode::from(self.exit_code())
    }

    /// 1 failed, 78 configuration; wrong use is clap's 2.
    fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::Key(_)
            | Self::HostKey(_)
            | Self::Flow(
                FlowError::Key(_)
                | FlowError::LedgerKey(_)
                | FlowError::ReceiptKey(_)
                | FlowError::IntakeKey(_)
                | FlowError::HostKey(_)
                | FlowError::Jail(_)
                | FlowError::NoSftp
                | FlowError::SftpInDaemon
                | FlowError::FrontEnd(
                    FrontEndError::Rehearsal { .. }
                    | FrontEndError::HandedIn { .. }
                    | FrontEndError::NotServed { .. },
                )
                | FlowError::Ledger(LedgerError::Sealed(_)),
            ) => CONFIGURATION,
            Self::Told { code } => *code,
            _ => FAILED,
        }
    }

    /// Whether everything was said already, or nobody is there to hear it.
    pub(super) fn is_silent(&self) -> bool {
        match self {
            Self::Told { .. } => true,
            Self::Print(error) => error.kind() == io::ErrorKind::BrokenPipe,
            _ => false,
        }
    }
}

/// The exit code for a command that failed.
pub(crate) const FAILED: u8 = 1;
/// The exit code for wrong settings (`EX_CONFIG` of sysexits).
pub(crate) const CONFIGURATION: u8 = 78;
