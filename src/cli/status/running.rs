//! Whether the daemon runs, as far as its control socket tells.

use std::{fs, io::ErrorKind, os::unix::net::UnixStream, path::Path};

use serde::Serialize;
use time::{OffsetDateTime, serde::rfc3339};

/// The daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Running {
    /// Null where whoever asks may not know.
    pub(super) running: Option<bool>,
    /// Since when; null where it does not run, or nobody knows.
    #[serde(with = "rfc3339::option")]
    pub(super) since: Option<OffsetDateTime>,
}

impl Running {
    /// A daemon listens on its socket, whose file is as old as it. One that died leaves the file behind.
    pub(super) fn look(socket: &Path) -> Self {
        let running = match UnixStream::connect(socket) {
            Ok(_) => Some(true),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => None,
            Err(_) => Some(false),
        };
        let born = || fs::metadata(socket).and_then(|file| file.modified()).ok();
        let since = (running == Some(true)).then(born).flatten();
        Self {
            running,
            since: since.map(OffsetDateTime::from),
        }
    }
}
