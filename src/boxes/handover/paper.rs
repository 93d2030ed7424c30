//! Small JSON files: written whole and synced, read with a bound. What can't be read is told as such and
//! never half believed.

use std::{ffi::OsStr, io::Read, io::Write};

use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
};
use serde::{Serialize, de::DeserializeOwned};

use super::super::{
    error::{Act, BoxError},
    folder::Folder,
    name::FileName,
    publish::Access,
};

/// What a small file held.
#[must_use]
pub(super) enum Paper<T> {
    /// What it should.
    Said(T),
    /// Something else: too long, no JSON, no regular file.
    Unreadable,
    /// It is gone.
    Gone,
}

impl<T> Paper<T> {
    pub(super) fn said(self) -> Option<T> {
        match self {
            Self::Said(said) => Some(said),
            Self::Unreadable | Self::Gone => None,
        }
    }
}

/// Reads a small file.
pub(super) fn read<T: DeserializeOwned>(
    folder: &Folder,
    name: &OsStr,
) -> Result<Paper<T>, BoxError> {
    let file = match folder.open_file(name, OFlags::RDONLY) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(Paper::Gone),
        Err(Errno::LOOP | Errno::NXIO | Errno::ACCESS | Errno::PERM) => {
            return Ok(Paper::Unreadable);
        }
        Err(errno) => return Err(BoxError::errno(folder.told(), Act::Read)(errno)),
    };
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Ok(Paper::Unreadable);
    }
    let mut bytes = Vec::new();
    file.take(LONGEST_PAPER + 1)
        .read_to_end(&mut bytes)
        .map_err(BoxError::system(folder.told(), Act::Read))?;
    if bytes.len() as u64 > LONGEST_PAPER {
        return Ok(Paper::Unreadable);
    }
    Ok(serde_json::from_slice(&bytes).map_or(Paper::Unreadable, Paper::Said))
}

/// Writes a small file under a new name. Its bytes are on the disk when this returns; its name is after the
/// next sync of the folder.
pub(super) fn write_new(
    folder: &Folder,
    name: &str,
    said: &impl Serialize,
) -> Result<(), BoxError> {
    let new = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    let mut file = folder
        .create_file(name.as_ref(), new, Mode::RUSR | Mode::WUSR)
        .map_err(BoxError::errno(folder.told(), Act::Write))?;
    rustix::fs::fchmod(&file, shared()).map_err(BoxError::errno(folder.told(), Act::Write))?;
    file.write_all(&to_json(said))
        .and_then(|()| file.sync_all())
        .map_err(BoxError::system(folder.told(), Act::Write))
}

/// Writes a small file, or one in the place of another, whole or not at all, and waits for no disk.
pub(super) fn jot(folder: &Folder, name: &str, said: &impl Serialize) -> Result<(), BoxError> {
    let waiting = format!(".{name}");
    let new = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC;
    let mut file = folder
        .create_file(waiting.as_ref(), new, shared())
        .map_err(BoxError::errno(folder.told(), Act::Write))?;
    file.write_all(&to_json(said))
        .map_err(BoxError::system(folder.told(), Act::Write))?;
    rustix::fs::renameat(folder.handle(), waiting.as_str(), folder.handle(), name)
        .map_err(BoxError::errno(folder.told(), Act::Rename))
}

/// Writes a small file, or one in the place of another; on the disk when this returns.
pub(super) fn publish(folder: &Folder, name: &str, said: &impl Serialize) -> Result<(), BoxError> {
    let name = FileName::parse(name).map_err(|source| BoxError::Name {
        folder: folder.told().clone(),
        source,
    })?;
    folder.publish(&name, &to_json(said), Access::Group)
}

/// Rights of files that the front end and the daemon share by their group: 0640.
pub(super) fn shared() -> Mode {
    Mode::RUSR | Mode::WUSR | Mode::RGRP
}

/// What is written here always has a JSON form.
fn to_json(said: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(said).unwrap_or_default()
}

/// The most bytes that any of them needs, and some.
const LONGEST_PAPER: u64 = 16 << 10;
