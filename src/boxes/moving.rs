//! Moving a file that others wrote out of their reach, under a name of ours.

use std::{fs::File, io};

use rustix::{
    fs::{OFlags, RenameFlags},
    io::Errno,
};

use super::{
    entry::{Entry, EntryKind, StatIdentity},
    error::{Act, BoxError},
    folder::Folder,
    inbox::TakenAway,
    name::FileName,
};

/// What moving a file came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Moved {
    /// It is in the other folder, on the disk, and gone from this one.
    Moved,
    /// It is not, or not any more, the file that the entry told of; it stays.
    Changed,
    /// The name is gone.
    Gone,
}

impl Folder {
    /// Moves a regular file to another folder, unchanged, replacing what has the name there. Across file
    /// systems it is copied and then removed.
    pub fn move_to(&self, entry: &Entry, to: &Self, name: &FileName) -> Result<Moved, BoxError> {
        match self.entry(&entry.name)? {
            None => return Ok(Moved::Gone),
            Some(now) if now.stat != entry.stat || now.kind != EntryKind::File => {
                return Ok(Moved::Changed);
            }
            Some(_) => {}
        }
        let moved =
            match rustix::fs::renameat(self.handle(), &entry.name, to.handle(), name.as_str()) {
                Ok(()) => self.settle_move(entry, to, name)?,
                Err(Errno::XDEV) => self.copy_to(entry, to, name)?,
                Err(Errno::NOENT) => return Ok(Moved::Gone),
                Err(errno) => return Err(BoxError::errno(self.told(), Act::Rename)(errno)),
            };
        to.sync()?;
        self.sync()?;
        Ok(moved)
    }

    /// Looks again at what was moved; what changed in between goes back.
    fn settle_move(&self, entry: &Entry, to: &Self, name: &FileName) -> Result<Moved, BoxError> {
        let now = to.entry(name.as_str().as_ref())?;
        if now.is_some_and(|now| now.kind == entry.kind && now.stat.but_for_its_name(&entry.stat)) {
            return Ok(Moved::Moved);
        }
        let (here, there) = (self.handle(), to.handle());
        let back = rustix::fs::renameat_with(
            there,
            name.as_str(),
            here,
            &entry.name,
            RenameFlags::NOREPLACE,
        );
        back.map_err(BoxError::errno(self.told(), Act::Rename))?;
        Ok(Moved::Changed)
    }

    fn copy_to(&self, entry: &Entry, to: &Self, name: &FileName) -> Result<Moved, BoxError> {
        let (mut copy, waiting) = to.create_hidden()?;
        let copied = self.copy_unchanged(entry, &mut copy);
        if !matches!(copied, Ok(true)) {
            to.remove_as(waiting.as_ref())?;
            return copied.map(|_| Moved::Changed);
        }
        rustix::fs::renameat(to.handle(), &waiting, to.handle(), name.as_str())
            .map_err(BoxError::errno(to.told(), Act::Rename))?;
        to.sync()?;
        match self.take_away(entry)? {
            TakenAway::Removed | TakenAway::Gone => Ok(Moved::Moved),
            TakenAway::Changed | TakenAway::NotEmpty => {
                to.remove(name)?;
                Ok(Moved::Changed)
            }
        }
    }

    /// Copies all bytes to the disk, and tells whether the file stayed the same meanwhile.
    fn copy_unchanged(&self, entry: &Entry, copy: &mut File) -> Result<bool, BoxError> {
        let mut file = self
            .open_file(&entry.name, OFlags::RDONLY)
            .map_err(BoxError::errno(self.told(), Act::Read))?;
        let copied = io::copy(&mut file, copy)
            .and_then(|_| copy.sync_all())
            .map_err(BoxError::system(self.told(), Act::Write));
        copied?;
        let after = file
            .metadata()
            .map_err(BoxError::system(self.told(), Act::Read))?;
        Ok(StatIdentity::of(&after) == entry.stat)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink, path::Path};

    use super::*;

    fn folders(root: &Path) -> [Folder; 2] {
        ["from", "to"].map(|name| {
            fs::create_dir(root.join(name)).unwrap();
            Folder::open(&root.join(name)).unwrap()
        })
    }

    fn name() -> FileName {
        FileName::parse("extract.csv").unwrap()
    }

    #[test]
    fn a_file_moves_by_rename_or_by_copy() {
        let dir = tempfile::tempdir().unwrap();
        let [from, to] = folders(dir.path());
        for copy in [false, true] {
            fs::write(dir.path().join("from/x.csv"), "a,b").unwrap();
            let entry = from.entry("x.csv".as_ref()).unwrap().unwrap();
            let moved = if copy {
                from.copy_to(&entry, &to, &name()).unwrap()
            } else {
                from.move_to(&entry, &to, &name()).unwrap()
            };
            assert_eq!(moved, Moved::Moved);
            assert_eq!(to.read(&name()).unwrap().unwrap().as_slice(), b"a,b");
            assert!(from.names().unwrap().is_empty());
            assert_eq!(to.names().unwrap(), ["extract.csv"]);
            assert_eq!(from.move_to(&entry, &to, &name()).unwrap(), Moved::Gone);
        }
    }

    #[test]
    fn what_changed_or_is_no_file_stays() {
        let dir = tempfile::tempdir().unwrap();
        let [from, to] = folders(dir.path());
        fs::write(dir.path().join("from/x.csv"), "a,b").unwrap();
        let entry = from.entry("x.csv".as_ref()).unwrap().unwrap();
        fs::write(dir.path().join("from/x.csv"), "c,d").unwrap();
        assert_eq!(from.move_to(&entry, &to, &name()).unwrap(), Moved::Changed);
        assert_eq!(from.copy_to(&entry, &to, &name()).unwrap(), Moved::Changed);
        symlink("x.csv", dir.path().join("from/link")).unwrap();
        let link = from.entry("link".as_ref()).unwrap().unwrap();
        assert_eq!(from.move_to(&link, &to, &name()).unwrap(), Moved::Changed);
        assert!(to.names().unwrap().is_empty());
        assert_eq!(from.names().unwrap().len(), 2);
    }
}
