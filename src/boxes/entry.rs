//! What lies in a folder that others write to: kinds of entries, and what tells one from another.

use std::{
    ffi::OsString,
    fmt,
    fs::Metadata,
    os::unix::fs::{FileTypeExt, MetadataExt},
};

/// One name in a folder, as it was at one moment.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name, as the client gave it; personal, so it doesn't print.
    pub name: OsString,
    /// What it is.
    pub kind: EntryKind,
    /// Which one it is.
    pub stat: StatIdentity,
}

/// What a name stands for. Links are never followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum EntryKind {
    /// A regular file with this one name.
    File,
    /// A regular file with further names elsewhere: it may be anybody's.
    HardLinked,
    /// A symbolic link.
    Symlink,
    /// A folder.
    Folder,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A device.
    Device,
}

/// What tells one file from another, and from itself before it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StatIdentity {
    /// The file system.
    pub dev: u64,
    /// The file on it.
    pub ino: u64,
    /// The last change of bytes, name or rights, in nanoseconds since 1970. Nobody can set it.
    pub ctime_ns: i128,
    /// The last change of bytes, in nanoseconds since 1970. Clients set it as they like.
    pub mtime_ns: i128,
    /// Bytes.
    pub size: u64,
    /// Names that the file has.
    pub nlink: u64,
}

impl StatIdentity {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            dev: metadata.dev(),
            ino: metadata.ino(),
            ctime_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            mtime_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            size: metadata.size(),
            nlink: metadata.nlink(),
        }
    }

    /// Whether the other is the same file with the same bytes, where a rename in between is no change.
    pub fn but_for_its_name(&self, other: &Self) -> bool {
        let Self {
            dev,
            ino,
            ctime_ns: _,
            mtime_ns,
            size,
            nlink,
        } = *self;
        (dev, ino, mtime_ns, size, nlink)
            == (
                other.dev,
                other.ino,
                other.mtime_ns,
                other.size,
                other.nlink,
            )
    }
}

impl EntryKind {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let kind = metadata.file_type();
        match () {
            () if kind.is_file() && metadata.nlink() > 1 => Self::HardLinked,
            () if kind.is_file() => Self::File,
            () if kind.is_symlink() => Self::Symlink,
            () if kind.is_dir() => Self::Folder,
            () if kind.is_fifo() => Self::Fifo,
            () if kind.is_socket() => Self::Socket,
            () => Self::Device,
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry(…, {:?}, {:?})", self.kind, self.stat)
    }
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)
}
