//! All boxes: one folder a school, named by its id, with `inbox/`, `outbox/` and `receipts/` (spec 2).

use std::path::Path;

use zeroize::Zeroizing;

use super::{
    error::BoxError,
    folder::Folder,
    name::FileName,
    publish::{Access, Left, Removed, Staged},
};
use crate::domain::ids::SchoolId;

/// The folder that holds every school's box.
#[derive(Debug)]
pub struct Boxes(Folder);

/// The folders of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tray {
    /// Where schools put files.
    Inbox,
    /// Where destination files lie.
    Outbox,
    /// Where answers lie.
    Receipts,
}

/// A file in the box itself, beside the trays.
#[derive(Clone, Debug)]
pub struct RootFile<'a> {
    /// Its name, such as `README.txt`.
    pub name: FileName,
    /// What it says.
    pub bytes: &'a [u8],
}

/// A file that was staged for a school. It holds no folder open, so a batch may hold thousands.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a staged file is not seen before it is revealed"]
pub struct StagedIn {
    school: SchoolId,
    tray: Tray,
    staged: Staged,
}

impl Boxes {
    /// Opens the folder of all boxes.
    pub fn open(root: &Path) -> Result<Self, BoxError> {
        Folder::open(root).map(Self)
    }

    /// Makes what a school's box lacks, and writes those root files that differ. What is there keeps its
    /// owner and rights, so that a council may have prepared it for a server of its own. On the disk
    /// after [`Boxes::sync`]; a file that a crash leaves empty differs, and is written again.
    pub fn prepare(&self, school: SchoolId, files: &[RootFile<'_>]) -> Result<(), BoxError> {
        let school_box = self.0.ensure(&school.to_string(), BOX_MODE)?;
        for tray in [Tray::Inbox, Tray::Outbox, Tray::Receipts] {
            school_box.ensure(tray.name(), tray.mode())?;
        }
        for file in files {
            if !school_box.holds(&file.name, file.bytes)? {
                let staged = school_box.stage(&file.name, file.bytes, Access::Group)?;
                school_box.reveal(staged)?;
            }
        }
        Ok(())
    }

    /// The schools that have a box here, in order.
    pub fn schools(&self) -> Result<Vec<SchoolId>, BoxError> {
        let names = self.0.names()?;
        let mut schools = names
            .iter()
            .filter_map(|name| name.to_str()?.parse::<SchoolId>().ok())
            .collect::<Vec<_>>();
        schools.sort();
        Ok(schools)
    }

    /// Opens one tray of a school's box.
    pub fn tray(&self, school: SchoolId, tray: Tray) -> Result<Folder, BoxError> {
        self.0.beneath(&format!("{school}/{}", tray.name()))
    }

    /// Publishes one file, on the disk when this returns; see [`Folder::publish`].
    pub fn publish(
        &self,
        school: SchoolId,
        tray: Tray,
        name: &FileName,
        bytes: &[u8],
    ) -> Result<(), BoxError> {
        self.tray(school, tray)?.publish(name, bytes, Access::Group)
    }

    /// Writes a file of a batch under a hidden name by which a crash finds it; see
    /// [`Folder::stage_to_find`].
    pub fn stage(
        &self,
        school: SchoolId,
        tray: Tray,
        name: &FileName,
        bytes: &[u8],
    ) -> Result<StagedIn, BoxError> {
        let tray_folder = self.tray(school, tray)?;
        let staged = tray_folder.stage_to_find(name, bytes, Access::Group)?;
        Ok(StagedIn {
            school,
            tray,
            staged,
        })
    }

    /// Gives a staged file its name. Between staging and revealing, and after, comes one [`Boxes::sync`].
    pub fn reveal(&self, staged: StagedIn) -> Result<(), BoxError> {
        self.tray(staged.school, staged.tray)?.reveal(staged.staged)
    }

    /// Reveals what a process that died had staged; see [`Folder::reveal_left`].
    pub fn reveal_left(
        &self,
        school: SchoolId,
        tray: Tray,
        name: &FileName,
        sha256: &[u8; 32],
    ) -> Result<Left, BoxError> {
        self.tray(school, tray)?.reveal_left(name, sha256)
    }

    /// Drops a staged file that shall not be seen after all.
    pub fn discard(&self, staged: StagedIn) -> Result<(), BoxError> {
        self.tray(staged.school, staged.tray)?
            .discard(staged.staged)
    }

    /// Removes every file on a tray that only we write to; tells how many. On the disk after [`Boxes::sync`].
    pub fn empty(&self, school: SchoolId, tray: Tray) -> Result<usize, BoxError> {
        let folder = match self.tray(school, tray) {
            Err(error) if error.is_missing() => return Ok(0),
            folder => folder?,
        };
        let mut gone = folder.sweep()?;
        for name in folder.published()? {
            folder.remove(&name)?;
            gone += 1;
        }
        Ok(gone)
    }

    /// Brings all that was staged, revealed or removed to the disk.
    pub fn sync(&self) -> Result<(), BoxError> {
        self.0.sync_all()
    }

    /// Removes a published file; on the disk after [`Boxes::sync`].
    pub fn remove(
        &self,
        school: SchoolId,
        tray: Tray,
        name: &FileName,
    ) -> Result<Removed, BoxError> {
        self.tray(school, tray)?.remove(name)
    }

    /// What is published on a tray, in order.
    pub fn list(&self, school: SchoolId, tray: Tray) -> Result<Vec<FileName>, BoxError> {
        self.tray(school, tray)?.published()
    }

    /// The bytes of a published file, if it is there.
    pub fn read(
        &self,
        school: SchoolId,
        tray: Tray,
        name: &FileName,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, BoxError> {
        self.tray(school, tray)?.read(name)
    }

    /// Removes what a process that died left half written, in the folders that only we write to.
    pub fn sweep(&self, school: SchoolId) -> Result<usize, BoxError> {
        let mut swept = self.0.beneath(&school.to_string())?.sweep()?;
        for tray in [Tray::Outbox, Tray::Receipts] {
            swept += self.tray(school, tray)?.sweep()?;
        }
        Ok(swept)
    }
}

impl Tray {
    /// The folder's name in the box.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
            Self::Receipts => "receipts",
        }
    }

    /// Rights of a tray that is made here: the group is the one that serves the boxes, and files in
    /// them belong to it whoever makes them.
    fn mode(self) -> u32 {
        match self {
            Self::Inbox => 0o2770,
            Self::Outbox | Self::Receipts => 0o2750,
        }
    }
}

/// Rights of a box that is made here.
const BOX_MODE: u32 = 0o2750;

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::MetadataExt};

    use super::*;

    fn school() -> SchoolId {
        "8604001".parse().unwrap()
    }

    fn name(text: &str) -> FileName {
        FileName::parse(text).unwrap()
    }

    #[test]
    fn a_box_is_prepared_once_and_only_what_changed_is_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let boxes = Boxes::open(dir.path()).unwrap();
        let readme = |bytes| RootFile {
            name: name("README.txt"),
            bytes,
        };
        let inode = || {
            fs::metadata(dir.path().join("8604001/README.txt"))
                .unwrap()
                .ino()
        };
        boxes.prepare(school(), &[readme(b"one")]).unwrap();
        let first = inode();
        boxes.prepare(school(), &[readme(b"one")]).unwrap();
        assert_eq!(inode(), first);
        boxes.prepare(school(), &[readme(b"two")]).unwrap();
        assert_eq!(
            fs::read(dir.path().join("8604001/README.txt")).unwrap(),
            b"two"
        );
        for tray in ["inbox", "outbox", "receipts"] {
            assert!(dir.path().join("8604001").join(tray).is_dir());
        }
        fs::create_dir(dir.path().join("lost+found")).unwrap();
        assert_eq!(boxes.schools().unwrap(), [school()]);
    }

    #[test]
    fn a_batch_for_a_box_is_staged_synced_and_revealed() {
        let dir = tempfile::tempdir().unwrap();
        let boxes = Boxes::open(dir.path()).unwrap();
        boxes.prepare(school(), &[]).unwrap();
        let (tray, a, b) = (Tray::Receipts, name("a.json"), name("b.json"));
        let staged = [&a, &b].map(|name| boxes.stage(school(), tray, name, b"x").unwrap());
        boxes.sync().unwrap();
        assert!(boxes.list(school(), tray).unwrap().is_empty());
        let [first, second] = staged;
        boxes.reveal(first).unwrap();
        boxes.discard(second).unwrap();
        boxes.sync().unwrap();
        assert_eq!(
            boxes.list(school(), tray).unwrap(),
            std::slice::from_ref(&a)
        );
        assert_eq!(
            boxes.read(school(), tray, &a).unwrap().unwrap().as_slice(),
            b"x"
        );
        assert_eq!(boxes.remove(school(), tray, &a).unwrap(), Removed::Gone);
    }

    #[test]
    fn the_sweep_never_touches_an_inbox() {
        let dir = tempfile::tempdir().unwrap();
        let boxes = Boxes::open(dir.path()).unwrap();
        boxes.prepare(school(), &[]).unwrap();
        for place in ["inbox/.tmp-1", "outbox/.tmp-2", "receipts/.tmp-3", ".tmp-4"] {
            fs::write(dir.path().join("8604001").join(place), "x").unwrap();
        }
        assert_eq!(boxes.sweep(school()).unwrap(), 3);
        assert!(dir.path().join("8604001/inbox/.tmp-1").exists());
    }

    #[test]
    fn a_tray_that_is_a_link_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let boxes = Boxes::open(dir.path()).unwrap();
        boxes.prepare(school(), &[]).unwrap();
        let outbox = dir.path().join("8604001/outbox");
        fs::remove_dir(&outbox).unwrap();
        std::os::unix::fs::symlink("/tmp", &outbox).unwrap();
        assert!(
            boxes
                .publish(school(), Tray::Outbox, &name("a"), b"x")
                .is_err()
        );
        let missing = boxes.tray("8604002".parse().unwrap(), Tray::Inbox);
        assert!(missing.unwrap_err().is_missing());
    }
}
