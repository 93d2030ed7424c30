//! A file that comes in bit by bit into a folder that is read as it is: hidden until it is complete, and
//! renamed into place then.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    fs::{File, FileTimes},
    os::unix::ffi::OsStrExt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use rustix::fs::{AtFlags, Mode, OFlags};

use super::{
    error::{Act, BoxError},
    folder::Folder,
    name::FileName,
};
use crate::vault::{random_bytes, to_hex};

/// A file on its way. Dropped before it is finished, it is gone.
pub struct Incoming {
    folder: Arc<Folder>,
    hidden: OsString,
    file: File,
    begun: SystemTime,
    finished: bool,
}

impl Folder {
    /// Begins a file here.
    pub fn receive(self: &Arc<Self>) -> Result<Incoming, BoxError> {
        let hidden = OsString::from(format!("{INCOMING}{}", to_hex(&random_bytes::<8>()?)));
        let new = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let mode = Mode::from_raw_mode(0o660);
        let file = self
            .create_file(&hidden, new, mode)
            .map_err(BoxError::errno(self.told(), Act::Write))?;
        Ok(Incoming {
            folder: Arc::clone(self),
            hidden,
            file,
            begun: SystemTime::now(),
            finished: false,
        })
    }

    /// Removes what a process that died left half received.
    pub fn clear_incoming(&self) -> Result<(), BoxError> {
        for name in self.names()? {
            if name.as_bytes().starts_with(INCOMING.as_bytes()) {
                self.unlink(&name, AtFlags::empty())
                    .map_err(BoxError::errno(self.told(), Act::Remove))?;
            }
        }
        Ok(())
    }

    /// Removes a file by its name.
    pub fn remove_named(&self, name: &FileName) -> Result<(), BoxError> {
        self.unlink(OsStr::new(name.as_str()), AtFlags::empty())
            .map_err(BoxError::errno(self.told(), Act::Remove))?;
        self.sync()
    }

    /// Renames a file here; what had the name before is gone.
    pub fn rename_named(&self, from: &FileName, to: &FileName) -> Result<(), BoxError> {
        let here = self.handle();
        rustix::fs::renameat(here, from.as_str(), here, to.as_str())
            .map_err(BoxError::errno(self.told(), Act::Rename))?;
        self.sync()
    }
}

impl Incoming {
    /// The file, to be written.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// All of it is there: on the disk, and under its name, when this returns. Its time of change is that
    /// of its beginning, by which whoever finds it knows that it was renamed into place.
    pub fn finish(mut self, name: &FileName) -> Result<(), BoxError> {
        let folder = Arc::clone(&self.folder);
        let refused = || BoxError::system(folder.told(), Act::Sync);
        let begun = self.begun.checked_sub(TICK).unwrap_or(self.begun);
        self.file
            .set_times(FileTimes::new().set_modified(begun))
            .map_err(refused())?;
        self.file.sync_all().map_err(refused())?;
        let here = folder.handle();
        rustix::fs::renameat(here, &self.hidden, here, name.as_str())
            .map_err(BoxError::errno(folder.told(), Act::Rename))?;
        self.finished = true;
        folder.sync()
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.finished {
            // What stays here all the same is removed at the next start.
            let _ = self.folder.unlink(&self.hidden, AtFlags::empty());
        }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({})", self.folder.path())
    }
}

/// The clock of file systems ticks, and lags behind: a file that came in at once must still show that it was
/// renamed after its beginning.
const TICK: Duration = Duration::from_secs(1);
/// How hidden names of such files begin.
const INCOMING: &str = ".incoming-";

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::*;

    #[test]
    fn a_file_is_seen_when_it_is_finished_and_not_before() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(dir.path()).unwrap());
        let (whole, lost) = (folder.receive().unwrap(), folder.receive().unwrap());
        whole.file().write_all(b"all").unwrap();
        lost.file().write_all(b"half").unwrap();
        assert!(
            folder
                .names()
                .unwrap()
                .iter()
                .all(|n| n.as_bytes().starts_with(b"."))
        );
        let name = FileName::parse("extract.csv").unwrap();
        whole.finish(&name).unwrap();
        drop(lost);
        assert_eq!(folder.names().unwrap(), ["extract.csv"]);
        let there = folder.entry("extract.csv".as_ref()).unwrap().unwrap();
        assert!(there.stat.mtime_ns < there.stat.ctime_ns, "renamed");
        assert_eq!(fs::read(dir.path().join("extract.csv")).unwrap(), b"all");
        let other = FileName::parse("other.csv").unwrap();
        folder.rename_named(&name, &other).unwrap();
        folder.remove_named(&other).unwrap();
        std::mem::forget(folder.receive().unwrap());
        folder.clear_incoming().unwrap();
        assert!(folder.names().unwrap().is_empty());
    }
}
