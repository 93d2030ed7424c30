//! Paths of sockets, which the kernel takes up to 107 bytes only.

use std::{
    ffi::OsStr,
    io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags};

/// A path by which the kernel takes a socket; it serves while this lives.
pub(super) struct SocketPath {
    path: PathBuf,
    /// The folder, where the path leads through its handle.
    _folder: Option<OwnedFd>,
}

impl SocketPath {
    /// The path itself, or where that is too long, the same by way of the folder's handle.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        if path.as_os_str().len() <= LONGEST {
            return Ok(Self {
                path: path.to_owned(),
                _folder: None,
            });
        }
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::InvalidFilename.into());
        };
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(parent, flags, Mode::empty())?;
        let short = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(name);
        Ok(Self {
            path: short,
            _folder: Some(folder),
        })
    }

    pub(super) fn as_path(&self) -> &Path {
        &self.path
    }
}

/// The same path with another name at its end.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let name = path.file_name().unwrap_or(OsStr::new("control"));
    let mut hidden = b".".to_vec();
    hidden.extend_from_slice(name.as_bytes());
    hidden.extend_from_slice(suffix.as_bytes());
    path.with_file_name(OsStr::from_bytes(&hidden))
}

/// What fits into a socket's address.
const LONGEST: usize = 107;
