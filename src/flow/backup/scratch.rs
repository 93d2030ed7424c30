//! Folders of our own inside the state, for copies in the making. Each is locked by whoever made it, so that the
//! next start removes what a process that died left, and nothing that is still in use.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use super::BackupError;
use crate::vault::{random_bytes, to_hex};

/// A hidden folder inside the state that goes when it is dropped.
#[derive(Debug)]
pub(in crate::flow) struct Scratch {
    path: PathBuf,
    /// Held as long as the folder is in use.
    lock: File,
}

impl Scratch {
    /// Makes one.
    pub(in crate::flow) fn new(state: &Path) -> Result<Self, BackupError> {
        let path = state.join(format!("{HIDDEN}{}", to_hex(&random_bytes::<6>()?)));
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(BackupError::file(&path))?;
        let lock = File::create_new(path.join(LOCK))
            .and_then(|file| file.lock().map(|()| file))
            .map_err(BackupError::file(&path))?;
        Ok(Self { path, lock })
    }

    /// Where it is.
    pub(in crate::flow) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is hidden, and swept at the next start.
        let _ = fs::remove_dir_all(&self.path);
        let _ = self.lock.unlock();
    }
}

/// Removes what processes that died left in the state. What can't be removed now is tried again next time.
pub(in crate::flow) fn sweep(state: &Path) {
    let Ok(entries) = fs::read_dir(state) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(HIDDEN) && is_left(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether nobody has it locked any more.
fn is_left(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)) {
        Ok(lock) => !matches!(lock.try_lock(), Err(TryLockError::WouldBlock)),
        // It died before it was locked, or is being made at this moment: young ones are let be.
        Err(_) => fs::metadata(folder)
            .and_then(|found| found.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age.as_secs() > 60)),
    }
}

const HIDDEN: &str = ".backup-";
const LOCK: &str = "lock";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_process_left_goes_and_what_is_in_use_stays() {
        let state = tempfile::tempdir().unwrap();
        let in_use = Scratch::new(state.path()).unwrap();
        let left = Scratch::new(state.path()).unwrap();
        let left_path = left.path().to_owned();
        fs::write(left_path.join("ledger.db"), "x").unwrap();
        left.lock.unlock().unwrap();
        std::mem::forget(left);
        sweep(state.path());
        assert!(!left_path.exists());
        assert!(in_use.path().exists());
        let path = in_use.path().to_owned();
        drop(in_use);
        assert!(!path.exists());
    }
}
