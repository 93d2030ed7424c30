//! What can go wrong with folders. Errors name folders, never files: a file's name may be a pupil's.

use std::{fmt, io, sync::Arc};

use rustix::io::Errno;
use thiserror::Error;

use super::name::NotAFileName;
use crate::vault::NoRandomBytes;

/// A folder did not do what was asked of it.
#[derive(Debug, Error)]
pub enum BoxError {
    /// The system refused.
    #[error("{folder} could not {act}")]
    System {
        /// The folder's path.
        folder: Arc<str>,
        /// What was tried.
        act: Act,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The name may not be used.
    #[error("{folder}: {source}")]
    Name {
        /// The folder's path.
        folder: Arc<str>,
        /// What is wrong with it.
        source: NotAFileName,
    },
    /// A temporary name needs randomness.
    #[error(transparent)]
    NoRandomBytes(#[from] NoRandomBytes),
}

/// What was tried on a folder or on a file in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Open the folder itself.
    OpenFolder,
    /// Make the folder.
    MakeFolder,
    /// List what is in it.
    List,
    /// Read a file.
    Read,
    /// Write a file.
    Write,
    /// Give a file its name.
    Rename,
    /// Remove a file.
    Remove,
    /// Bring what was written to the disk.
    Sync,
}

impl BoxError {
    /// The folder or file is not there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::System { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// It is closed to this user.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::System { source, .. } if source.kind() == io::ErrorKind::PermissionDenied)
    }

    /// What the system said, as its number: `ENOSPC`, `EDQUOT` and the like.
    pub fn raw_os_error(&self) -> Option<i32> {
        match self {
            Self::System { source, .. } => source.raw_os_error(),
            Self::Name { .. } | Self::NoRandomBytes(_) => None,
        }
    }

    /// Something has the name already.
    pub(super) fn is_there(&self) -> bool {
        matches!(self, Self::System { source, .. } if source.kind() == io::ErrorKind::AlreadyExists)
    }

    pub(super) fn system(folder: &Arc<str>, act: Act) -> impl FnOnce(io::Error) -> Self {
        let folder = folder.clone();
        move |source| Self::System {
            folder,
            act,
            source,
        }
    }

    pub(super) fn errno(folder: &Arc<str>, act: Act) -> impl FnOnce(Errno) -> Self {
        let system = Self::system(folder, act);
        move |errno| system(errno.into())
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OpenFolder => "be opened",
            Self::MakeFolder => "be made",
            Self::List => "be listed",
            Self::Read => "read a file",
            Self::Write => "write a file",
            Self::Rename => "rename a file",
            Self::Remove => "remove a file",
            Self::Sync => "bring files to the disk",
        })
    }
}
