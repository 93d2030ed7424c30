//! The self-test of a reader: it tries what it must not be able to do, and each try must be refused.

use std::{
    fs::File,
    io::{self, ErrorKind},
    net::{TcpStream, UdpSocket},
    os::unix::net::UnixStream,
    process::Command,
    thread,
};

use serde::{Deserialize, Serialize};

/// What a reader could do although it is locked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Leak {
    OpenFile,
    MakeFile,
    OpenSocket,
    Connect,
    StartProcess,
    StartThread,
}

impl Leak {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::OpenFile => "open a file",
            Self::MakeFile => "make a file",
            Self::OpenSocket => "open a socket",
            Self::Connect => "connect to a port",
            Self::StartProcess => "start a process",
            Self::StartThread => "start a thread",
        }
    }
}

/// Landlock alone, before seccomp refuses the call itself.
pub(super) fn files_are_out_of_reach() -> Result<(), Leak> {
    refused(Leak::OpenFile, || File::open("/"))?;
    refused(Leak::OpenFile, || File::open("/proc/self/status"))
}

/// Everything.
pub(super) fn nothing_is_in_reach() -> Result<(), Leak> {
    refused(Leak::OpenFile, || File::open("/"))?;
    refused(Leak::MakeFile, || File::create("/tmp/pillarbox-reader"))?;
    refused(Leak::OpenSocket, UnixStream::pair)?;
    refused(Leak::OpenSocket, || UdpSocket::bind("127.0.0.1:0"))?;
    refused(Leak::Connect, || TcpStream::connect("127.0.0.1:1"))?;
    refused(Leak::StartProcess, || {
        Command::new("/proc/self/exe").spawn()
    })?;
    refused(Leak::StartThread, || thread::Builder::new().spawn(|| ()))
}

/// Only a refusal counts: that a file is not there, or that nobody listens, proves nothing.
fn refused<T>(leak: Leak, act: impl FnOnce() -> io::Result<T>) -> Result<(), Leak> {
    match act() {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        _ => Err(leak),
    }
}
