//! The command's end of the control socket.

use std::{
    io::{self, Read, Write},
    net::Shutdown,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use super::{socket::SocketPath, wire::Answer};

/// Why a command got no answer.
#[derive(Debug, Error)]
pub enum CallError {
    /// No daemon: the command may open the ledger itself.
    #[error("no daemon is running")]
    NotRunning,
    /// The socket is there, and not for this user.
    #[error("{path}: not permitted (operators are in the daemon's group)", path = .0.display())]
    NotPermitted(PathBuf),
    /// The daemon is another version of this program.
    #[error("the running daemon does not understand the command; is it another version?")]
    NotUnderstood,
    /// The daemon went away before it answered. Whether it acted is not known.
    #[error("the daemon ended before it answered")]
    CutOff,
    /// The answer made no sense.
    #[error("the daemon's answer cannot be read")]
    Answer(#[source] serde_json::Error),
    /// The system refused.
    #[error("{path}: the daemon cannot be reached", path = .path.display())]
    System {
        /// The socket's path.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// Sends a request to the daemon that listens at `path`, and waits for its answer as long as it takes.
pub fn call<Q, A>(path: &Path, request: &Q) -> Result<A, CallError>
where
    Q: Serialize,
    A: DeserializeOwned,
{
    let mut stream = connect(path)?;
    let failed = |source| CallError::System {
        path: path.to_owned(),
        source,
    };
    let mut line = serde_json::to_vec(request).map_err(CallError::Answer)?;
    line.push(b'\n');
    match stream
        .write_all(&line)
        .and_then(|()| stream.shutdown(Shutdown::Write))
    {
        Err(error) if is_cut_off(&error) => {}
        other => other.map_err(failed)?,
    }
    let mut reply = Vec::new();
    match stream.read_to_end(&mut reply) {
        Err(error) if is_cut_off(&error) => return Err(CallError::CutOff),
        other => other.map_err(failed)?,
    };
    if !reply.ends_with(b"\n") {
        return Err(CallError::CutOff);
    }
    match serde_json::from_slice(&reply).map_err(CallError::Answer)? {
        Answer::Reply(answer) => Ok(answer),
        Answer::NotUnderstood => Err(CallError::NotUnderstood),
    }
}

fn connect(path: &Path) -> Result<UnixStream, CallError> {
    let stream = SocketPath::of(path).and_then(|path| UnixStream::connect(path.as_path()));
    stream.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => CallError::NotRunning,
        io::ErrorKind::PermissionDenied => CallError::NotPermitted(path.to_owned()),
        _ => CallError::System {
            path: path.to_owned(),
            source,
        },
    })
}

fn is_cut_off(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
    )
}
