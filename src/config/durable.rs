//! Writing a file so that whoever reads it sees the old text or the new one, even after a crash.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt, chown},
    path::{Path, PathBuf},
    process,
};

/// Makes a file that is not there yet; an error of kind `AlreadyExists` where it is.
pub(super) fn create(path: &Path, text: &str) -> io::Result<()> {
    let draft = Draft::write(path, text)?;
    fs::hard_link(&draft.path, path)?;
    drop(draft);
    sync_folder(path)
}

/// Puts a new text into a file that is there, keeping who may read it.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let old = fs::metadata(&path)?;
    let draft = Draft::write(&path, text)?;
    let new = fs::metadata(&draft.path)?;
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        chown(&draft.path, Some(old.uid()), Some(old.gid()))?;
    }
    fs::set_permissions(&draft.path, old.permissions())?;
    fs::rename(&draft.path, &path)?;
    sync_folder(&path)
}

/// Puts a secret into a file that its owner alone reads, whether it is there or not.
pub(super) fn replace_secret(path: &Path, secret: &[u8]) -> io::Result<()> {
    let draft = Draft::open(path, OWNER_ONLY, secret)?;
    if let Ok(old) = fs::metadata(path) {
        let new = fs::metadata(&draft.path)?;
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            chown(&draft.path, Some(old.uid()), Some(old.gid()))?;
        }
    }
    fs::rename(&draft.path, path)?;
    sync_folder(path)
}

/// A hidden file beside the one that is meant, gone again unless it was renamed.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn write(target: &Path, text: &str) -> io::Result<Self> {
        Self::open(target, AS_UMASK_SAYS, text.as_bytes())
    }

    fn open(target: &Path, mode: u32, text: &[u8]) -> io::Result<Self> {
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".new-{}", process::id()));
        let draft = Self {
            path: target.with_file_name(name),
        };
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&draft.path)?;
        file.write_all(text)?;
        file.sync_all()?;
        Ok(draft)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Once renamed it is not there, and if it can't be removed it harms nobody.
        let _ = fs::remove_file(&self.path);
    }
}

pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

/// Rights of a secret.
const OWNER_ONLY: u32 = 0o600;
/// Rights of what is none.
const AS_UMASK_SAYS: u32 = 0o666;

#[cfg(test)]
mod tests {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};

    use tempfile::tempdir;

    use super::*;

    #[test]
    fn a_new_file_is_never_put_over_another() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("8604001.toml");
        create(&path, "first").unwrap();
        let error = create(&path, "second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_replaced_file_keeps_who_may_read_it() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("8604001.toml");
        create(&path, "first").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        replace(&path, "second").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
