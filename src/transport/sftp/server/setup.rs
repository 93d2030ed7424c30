//! What a front end is started with, and why it does not start.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
};

use thiserror::Error;

use super::host_key::HostKey;
use crate::{
    boxes::BoxError,
    config::{Folders, Schools, Settings, Sftp},
};

/// What a front end is started with.
#[derive(Debug)]
pub struct Setup<'a> {
    /// The settings; those of `[sftp]` are told apart, because they may be missing.
    pub settings: &'a Settings,
    /// `[sftp]`.
    pub sftp: &'a Sftp,
    /// Where things lie.
    pub folders: &'a Folders,
    /// By which clients know it.
    pub host_key: HostKey,
    /// The schools, as their files are now.
    pub schools: Schools,
    /// Whether the ledger is a rehearsal's.
    pub rehearsal: Rehearsal,
    /// Sockets that listen already, which a service manager opened; the settings' address where there are none.
    pub listening: Vec<TcpListener>,
}

/// Whether what is served is in earnest (spec 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rehearsal {
    /// It is.
    No,
    /// It is not, and is for this machine only.
    Yes,
}

/// Why a front end does not serve.
#[derive(Debug, Error)]
pub enum FrontEndError {
    /// Folders could not be opened.
    #[error(transparent)]
    Box(#[from] BoxError),
    /// Another one serves.
    #[error(
        "another Pillarbox serves SFTP from {} already; stop it first, or set in_daemon = false under [sftp] where «pillarbox sftp» serves",
        front.display()
    )]
    ServedAlready {
        /// The folder that both would serve.
        front: PathBuf,
    },
    /// The lock file could not be opened.
    #[error("{}: {source}", path.display())]
    Lock {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The address can't be listened on.
    #[error(
        "can't listen on {address} for SFTP: {source}; set another `listen` under [sftp], or stop what listens there"
    )]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The service manager handed in something else than a TCP socket that listens.
    #[error(
        "socket {number} of those that the service manager handed in can't be served: {source}; a socket unit needs ListenStream= with a port, and Accept=no"
    )]
    HandedIn {
        /// Which, from 1.
        number: usize,
        /// What is wrong with it.
        source: io::Error,
    },
    /// Sockets were handed in, and nobody serves them.
    #[error(
        "the service manager handed in {count} sockets for SFTP, which this process does not serve; take the socket unit away, or look at in_daemon under [sftp]"
    )]
    NotServed {
        /// How many.
        count: usize,
    },
    /// A rehearsal is for this machine only.
    #[error(
        "this ledger is a rehearsal, which is served on this machine only; set listen = \"127.0.0.1:{}\" under [sftp]",
        address.port()
    )]
    Rehearsal {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// No threads for it.
    #[error("can't start the SFTP server: {0}")]
    Runtime(#[source] io::Error),
}
