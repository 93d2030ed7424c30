//! Publishing: a file is there whole, under its name, or not at all. One file at once, or a batch that
//! waits for the disk twice: stage all, sync, reveal all, sync.

use std::{
    ffi::OsStr,
    fmt,
    fs::File,
    io::{Read, Write},
    os::unix::ffi::OsStrExt,
};

use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};
use zeroize::Zeroizing;

use super::{
    error::{Act, BoxError},
    folder::Folder,
    name::{FileName, LONGEST},
};
use crate::vault::{random_bytes, sha256, to_hex};

/// Who may read a published file, whatever the process's umask says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Its owner: 0600.
    Owner,
    /// Its owner, and the group that serves the boxes: 0640.
    Group,
}

/// A file that is written and has not its name yet.
#[derive(PartialEq, Eq)]
#[must_use = "a staged file is not seen before it is revealed"]
pub struct Staged {
    /// The hidden name under which it waits.
    waiting: String,
    name: FileName,
}

/// What became of a file that a process which died had staged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Left {
    /// It has its name.
    Revealed,
    /// It is not there, or not whole.
    Lost,
}

/// Whether there was something to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// The name is gone.
    Gone,
    /// It was not there.
    WasNotThere,
}

impl Folder {
    /// Publishes one file, on the disk when this returns. A file of this name with the same bytes is left
    /// as it is; one with other bytes is replaced, whole by whole.
    pub fn publish(&self, name: &FileName, bytes: &[u8], access: Access) -> Result<(), BoxError> {
        if let Some(there) = self.open_same(name, bytes)? {
            there
                .sync_all()
                .map_err(BoxError::system(self.told(), Act::Sync))?;
            return self.sync();
        }
        let (file, staged) = self.write_hidden(name, bytes, access)?;
        file.sync_all()
            .map_err(BoxError::system(self.told(), Act::Sync))?;
        self.reveal(staged)?;
        self.sync()
    }

    /// Writes a file under a hidden name; it is on the disk after the next [`Folder::sync_all`].
    pub fn stage(&self, name: &FileName, bytes: &[u8], access: Access) -> Result<Staged, BoxError> {
        self.write_hidden(name, bytes, access)
            .map(|(_, staged)| staged)
    }

    /// The same under a hidden name made of its own, by which [`Folder::reveal_left`] finds it after a
    /// crash. Only where no other process stages.
    pub fn stage_to_find(
        &self,
        name: &FileName,
        bytes: &[u8],
        access: Access,
    ) -> Result<Staged, BoxError> {
        let waiting = hidden(name);
        let file = match self.create_exclusive(&waiting) {
            // What a process that died left under this name is written anew.
            Err(error) if error.is_there() => {
                self.remove_as(waiting.as_ref())?;
                self.create_exclusive(&waiting)?
            }
            created => created?,
        };
        self.fill(file, waiting, name, bytes, access)
            .map(|(_, staged)| staged)
    }

    /// Whether the published file of this name holds just these bytes.
    pub fn holds(&self, name: &FileName, bytes: &[u8]) -> Result<bool, BoxError> {
        Ok(self.open_same(name, bytes)?.is_some())
    }

    /// Gives a staged file its name; on the disk after the next [`Folder::sync_all`]. It has to be
    /// this folder that staged it.
    pub fn reveal(&self, staged: Staged) -> Result<(), BoxError> {
        let here = self.handle();
        rustix::fs::renameat(here, staged.waiting, here, staged.name.as_str())
            .map_err(BoxError::errno(self.told(), Act::Rename))
    }

    /// Gives a file its name that a process which died had staged, if its bytes have this SHA-256. The
    /// file that has its name already is fine too.
    pub fn reveal_left(&self, name: &FileName, expected: &[u8; 32]) -> Result<Left, BoxError> {
        if self.has_hash(name.as_str(), expected)? {
            return Ok(Left::Revealed);
        }
        let waiting = hidden(name);
        if !self.has_hash(&waiting, expected)? {
            return Ok(Left::Lost);
        }
        let staged = Staged {
            waiting,
            name: name.clone(),
        };
        self.reveal(staged).map(|()| Left::Revealed)
    }

    /// Drops a staged file that shall not be seen after all.
    pub fn discard(&self, staged: Staged) -> Result<(), BoxError> {
        let Staged { waiting, name: _ } = staged;
        self.remove_as(waiting.as_ref()).map(|_| ())
    }

    /// The bytes of a published file, or none where there is no regular file of this name.
    pub fn read(&self, name: &FileName) -> Result<Option<Zeroizing<Vec<u8>>>, BoxError> {
        let Some(mut file) = self.open_published(name)? else {
            return Ok(None);
        };
        let mut bytes = Zeroizing::new(Vec::new());
        file.read_to_end(&mut bytes)
            .map_err(BoxError::system(self.told(), Act::Read))?;
        Ok(Some(bytes))
    }

    /// Removes a published file. On the disk after [`Folder::sync`] or [`Folder::sync_all`].
    pub fn remove(&self, name: &FileName) -> Result<Removed, BoxError> {
        self.remove_as(name.as_str().as_ref())
    }

    /// The names of what is published here, in order. Hidden names, and names that are not text, are
    /// not ours.
    pub fn published(&self) -> Result<Vec<FileName>, BoxError> {
        let names = self.names()?;
        let mut ours = names
            .iter()
            .filter_map(|name| FileName::parse(name.to_str()?).ok())
            .collect::<Vec<_>>();
        ours.sort();
        Ok(ours)
    }

    /// Removes what a process that died left under hidden names. Only where nobody else writes.
    pub fn sweep(&self) -> Result<usize, BoxError> {
        let mut swept = 0;
        for name in self.names()? {
            if name.as_bytes().starts_with(HIDDEN.as_bytes()) {
                self.remove_as(&name)?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    fn write_hidden(
        &self,
        name: &FileName,
        bytes: &[u8],
        access: Access,
    ) -> Result<(File, Staged), BoxError> {
        let (file, waiting) = self.create_hidden()?;
        self.fill(file, waiting, name, bytes, access)
    }

    fn fill(
        &self,
        mut file: File,
        waiting: String,
        name: &FileName,
        bytes: &[u8],
        access: Access,
    ) -> Result<(File, Staged), BoxError> {
        let written = file
            .write_all(bytes)
            .and_then(|()| Ok(rustix::fs::fchmod(&file, access.mode())?));
        if let Err(error) = written {
            // Nobody sees the part; if it stays, the sweep at the next start finds it.
            let _ = self.remove_as(waiting.as_ref());
            return Err(BoxError::system(self.told(), Act::Write)(error));
        }
        let staged = Staged {
            waiting,
            name: name.clone(),
        };
        Ok((file, staged))
    }

    /// A new, empty file that only its owner reads, under a hidden name.
    pub(super) fn create_hidden(&self) -> Result<(File, String), BoxError> {
        let waiting = format!("{HIDDEN}{}", to_hex(&random_bytes::<8>()?));
        let file = self.create_exclusive(&waiting)?;
        Ok((file, waiting))
    }

    fn create_exclusive(&self, waiting: &str) -> Result<File, BoxError> {
        let new = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        self.create_file(waiting.as_ref(), new, Mode::RUSR | Mode::WUSR)
            .map_err(BoxError::errno(self.told(), Act::Write))
    }

    fn has_hash(&self, name: &str, expected: &[u8; 32]) -> Result<bool, BoxError> {
        let Some(mut file) = self.open_regular(name)? else {
            return Ok(false);
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(BoxError::system(self.told(), Act::Read))?;
        Ok(sha256(&bytes) == *expected)
    }

    /// The published file, if its bytes are just these.
    fn open_same(&self, name: &FileName, bytes: &[u8]) -> Result<Option<File>, BoxError> {
        let Some(mut file) = self.open_published(name)? else {
            return Ok(None);
        };
        let refused = || BoxError::system(self.told(), Act::Read);
        if file.metadata().map_err(refused())?.len() != bytes.len() as u64 {
            return Ok(None);
        }
        let mut there = Vec::with_capacity(bytes.len());
        file.read_to_end(&mut there).map_err(refused())?;
        Ok((there == bytes).then_some(file))
    }

    fn open_published(&self, name: &FileName) -> Result<Option<File>, BoxError> {
        self.open_regular(name.as_str())
    }

    fn open_regular(&self, name: &str) -> Result<Option<File>, BoxError> {
        match self.open_file(name.as_ref(), OFlags::RDONLY) {
            Ok(file) if file.metadata().is_ok_and(|metadata| metadata.is_file()) => Ok(Some(file)),
            Ok(_) | Err(Errno::NOENT | Errno::LOOP | Errno::NXIO) => Ok(None),
            Err(errno) => Err(BoxError::errno(self.told(), Act::Read)(errno)),
        }
    }

    pub(super) fn remove_as(&self, name: &OsStr) -> Result<Removed, BoxError> {
        match self.unlink(name, AtFlags::empty()) {
            Ok(()) => Ok(Removed::Gone),
            Err(Errno::NOENT) => Ok(Removed::WasNotThere),
            Err(errno) => Err(BoxError::errno(self.told(), Act::Remove)(errno)),
        }
    }
}

impl Access {
    fn mode(self) -> Mode {
        match self {
            Self::Owner => Mode::RUSR | Mode::WUSR,
            Self::Group => Mode::RUSR | Mode::WUSR | Mode::RGRP,
        }
    }
}

impl fmt::Debug for Staged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Staged(…)")
    }
}

/// The hidden name of a file to come. Ours are short; a longer one is cut, and still its own.
fn hidden(name: &FileName) -> String {
    let mut hidden = format!("{HIDDEN}{}", name.as_str());
    while hidden.len() > LONGEST {
        hidden.pop();
    }
    hidden
}

/// How the names of unfinished files begin.
const HIDDEN: &str = ".tmp-";

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    };

    use super::*;

    fn name(text: &str) -> FileName {
        FileName::parse(text).unwrap()
    }

    #[test]
    fn a_published_file_is_there_whole_with_its_rights_and_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        folder
            .publish(&name("a.txt"), b"hello", Access::Group)
            .unwrap();
        let metadata = fs::metadata(dir.path().join("a.txt")).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o7777, 0o640);
        assert_eq!(
            folder.read(&name("a.txt")).unwrap().unwrap().as_slice(),
            b"hello"
        );
        assert_eq!(folder.names().unwrap(), ["a.txt"]);
    }

    #[test]
    fn publishing_the_same_again_changes_nothing_and_other_bytes_replace() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let inode = || fs::metadata(dir.path().join("a")).unwrap().ino();
        folder.publish(&name("a"), b"one", Access::Owner).unwrap();
        let first = inode();
        folder.publish(&name("a"), b"one", Access::Owner).unwrap();
        assert_eq!(inode(), first);
        folder.publish(&name("a"), b"two", Access::Owner).unwrap();
        assert_eq!(folder.read(&name("a")).unwrap().unwrap().as_slice(), b"two");
    }

    #[test]
    fn a_link_under_the_name_is_replaced_and_never_written_through() {
        let dir = tempfile::tempdir().unwrap();
        let victim = dir.path().join("victim");
        fs::write(&victim, "mine").unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        symlink(&victim, dir.path().join("a")).unwrap();
        assert!(folder.read(&name("a")).unwrap().is_none());
        folder.publish(&name("a"), b"one", Access::Owner).unwrap();
        assert_eq!(fs::read(victim).unwrap(), b"mine");
        assert_eq!(folder.read(&name("a")).unwrap().unwrap().as_slice(), b"one");
    }

    #[test]
    fn a_batch_is_seen_only_when_revealed() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        folder.publish(&name("c"), b"3", Access::Owner).unwrap();
        let staged = ["a", "b", "c"].map(|text| {
            let bytes = if text == "c" { b"3" } else { b"1" };
            folder.stage(&name(text), bytes, Access::Group).unwrap()
        });
        folder.sync_all().unwrap();
        assert_eq!(folder.published().unwrap(), [name("c")]);
        let [a, b, c] = staged;
        folder.reveal(a).unwrap();
        folder.discard(b).unwrap();
        folder.reveal(c).unwrap();
        folder.sync_all().unwrap();
        assert_eq!(folder.published().unwrap(), [name("a"), name("c")]);
        assert_eq!(folder.names().unwrap().len(), 2);
    }

    #[test]
    fn what_a_crash_left_is_swept_and_what_is_published_stays() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        folder.publish(&name("a"), b"1", Access::Owner).unwrap();
        let _ = folder.stage(&name("b"), b"1", Access::Owner).unwrap();
        fs::write(dir.path().join(".other"), "x").unwrap();
        assert_eq!(folder.sweep().unwrap(), 1);
        let mut left = folder.names().unwrap();
        left.sort();
        assert_eq!(left, [".other", "a"]);
    }

    #[test]
    fn removing_is_idempotent() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        folder.publish(&name("a"), b"1", Access::Owner).unwrap();
        assert_eq!(folder.remove(&name("a")).unwrap(), Removed::Gone);
        assert_eq!(folder.remove(&name("a")).unwrap(), Removed::WasNotThere);
        assert!(folder.read(&name("a")).unwrap().is_none());
    }
}
