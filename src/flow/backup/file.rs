//! The file that a backup is written to: under a hidden name first, and under its own when all of it is on the
//! disk, so that an older backup of the same name is never half gone.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::BackupError;
use crate::vault::{random_bytes, to_hex};

/// A file in the making, its owner's alone.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    waiting: PathBuf,
    path: PathBuf,
}

impl NewFile {
    /// Begins it.
    pub fn begin(path: &Path) -> Result<Self, BackupError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let random = to_hex(&random_bytes::<4>()?);
        let waiting = path.with_file_name(format!(".{name}.{random}"));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&waiting)
            .map_err(BackupError::file(path))?;
        Ok(Self {
            file,
            waiting,
            path: path.to_owned(),
        })
    }

    /// Gives it its name; it is on the disk when this returns.
    pub fn finish(self) -> Result<(), BackupError> {
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty());
        let synced = |folder: &Path| File::open(folder).and_then(|folder| folder.sync_all());
        self.file
            .sync_all()
            .and_then(|()| fs::rename(&self.waiting, &self.path))
            .and_then(|()| synced(folder.unwrap_or(Path::new("."))))
            .map_err(BackupError::file(&self.path))
    }
}

impl Write for &NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&self.file).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&self.file).flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After the end there is nothing under this name.
        let _ = fs::remove_file(&self.waiting);
    }
}
