//! What a folder shows: names, sizes, times and rights, as a snapshot of the moment it was opened.

use std::{os::unix::ffi::OsStrExt, time::SystemTime, vec};

use time::OffsetDateTime;

use super::{
    place::Area,
    school_box::{is_temporary, seconds},
    view::Seen,
    wire::{Attributes, Name, long_name},
};
use crate::boxes::{BoxError, EntryKind, Folder};

/// A folder that is being listed.
#[derive(Debug)]
pub(super) struct Listing(vec::IntoIter<Name>);

impl Listing {
    /// A listing of these, with `.` and `..` before them.
    pub(super) fn of(names: Vec<(Vec<u8>, Attributes)>, now: OffsetDateTime) -> Self {
        let dots = [b".".to_vec(), b"..".to_vec()].map(|name| (name, of_folder(false)));
        let all: Vec<Name> = dots
            .into_iter()
            .chain(names)
            .map(|(name, attributes)| Name {
                line: long_name(&name, &attributes, now),
                name,
                attributes,
            })
            .collect();
        Self(all.into_iter())
    }

    /// The next names, at most a packet full; none at the end.
    pub(super) fn next_names(&mut self) -> Vec<Name> {
        self.0.by_ref().take(NAMES_AT_ONCE).collect()
    }
}

/// The files of a folder on the disk. Links and whatever else is no file are not there for anybody, and
/// neither are hidden names.
pub(super) fn files(folder: &Folder, mode: u32) -> Result<Vec<(Vec<u8>, Attributes)>, BoxError> {
    let mut files: Vec<_> = folder
        .scan()?
        .into_iter()
        .filter(|entry| entry.kind == EntryKind::File && !entry.name.as_bytes().starts_with(b"."))
        .map(|entry| {
            let modified = i64::try_from(entry.stat.mtime_ns / 1_000_000_000).unwrap_or_default();
            let attributes = of_file(entry.stat.size, modified, mode);
            (entry.name.as_bytes().to_vec(), attributes)
        })
        .collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(files)
}

/// The files of an inbox's real folder that came another way and wait to be taken.
pub(super) fn files_of_others(inbox: &Folder) -> Result<Vec<(Vec<u8>, Attributes)>, BoxError> {
    let mut files = files(inbox, READ_ONLY)?;
    files.retain(|(name, _)| !is_temporary(name));
    Ok(files)
}

/// What is told of a file.
pub(super) fn of_file(size: u64, modified: i64, mode: u32) -> Attributes {
    let modified = u32::try_from(modified).unwrap_or_default();
    Attributes {
        size: Some(size),
        owner: Some((0, 0)),
        mode: Some(mode),
        times: Some((modified, modified)),
    }
}

/// What is told of a file in the view of an inbox.
pub(super) fn of_seen(seen: Seen) -> Attributes {
    of_file(seen.size, i64::from(seen.modified), WRITE_ONLY)
}

/// What is told of a folder.
pub(super) fn of_folder(takes: bool) -> Attributes {
    let now = seconds(OffsetDateTime::from(SystemTime::now()));
    Attributes {
        size: Some(0),
        owner: Some((0, 0)),
        mode: Some(if takes { 0o040_770 } else { 0o040_550 }),
        times: Some((now, now)),
    }
}

/// What is told of a area.
pub(super) fn of_area(area: Area) -> Attributes {
    of_folder(area.takes())
}

/// Type and rights of a file that may only be read.
pub(super) const READ_ONLY: u32 = 0o100_440;
/// Type and rights of a file that was sent: clients that would read it first must not try.
pub(super) const WRITE_ONLY: u32 = 0o100_660;
/// Names in one answer: some hundred bytes each.
const NAMES_AT_ONCE: usize = 128;
