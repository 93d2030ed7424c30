//! The folder in which the story happens: a new one that goes away again whatever happens, or one that
//! is kept. Knows nothing of what is in it.

use std::{
    env, fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf, absolute},
};

use crate::{
    cli::{error::CliError, print},
    vault::{random_bytes, to_hex},
};

/// A folder of which only its owner sees the inside, since secret keys will lie in it.
pub(super) struct Folder {
    path: PathBuf,
    end: End,
}

/// What becomes of the folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Kept,
    Removed,
}

impl Folder {
    /// A folder with a name that nobody could foretell; it is gone when this value is.
    pub(super) fn temporary() -> Result<Self, CliError> {
        let name = to_hex(&random_bytes::<RANDOM_BYTES>()?);
        let path = env::temp_dir().join(format!("pillarbox-demo-{name}"));
        let path = absolute(&path).map_err(|source| CliError::file(&path, source))?;
        make(&path, Parents::MustExist)?;
        Ok(Self {
            path,
            end: End::Removed,
        })
    }

    /// A folder that stays. One that is there already must be empty.
    pub(super) fn kept(path: &Path) -> Result<Self, CliError> {
        let path = absolute(path).map_err(|source| CliError::file(path, source))?;
        match fs::read_dir(&path).map(Iterator::count) {
            Ok(0) => {}
            Ok(_) => return Err(CliError::FolderExists { path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make(&path, Parents::MakeToo)?;
            }
            Err(source) => return Err(CliError::file(&path, source)),
        }
        Ok(Self {
            path,
            end: End::Kept,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes a temporary folder now, so that nobody says it is gone while it is not.
    pub(super) fn remove(mut self) -> Result<(), CliError> {
        self.end = End::Kept;
        fs::remove_dir_all(&self.path).map_err(|source| CliError::file(&self.path, source))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.end == End::Kept {
            return;
        }
        if let Err(error) = fs::remove_dir_all(&self.path) {
            print::aside(format!("could not remove {}: {error}", self.path.display()));
        }
    }
}

/// Whether the folders above are made where they are missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parents {
    MustExist,
    MakeToo,
}

fn make(path: &Path, parents: Parents) -> Result<(), CliError> {
    fs::DirBuilder::new()
        .recursive(parents == Parents::MakeToo)
        .mode(0o700)
        .create(path)
        .map_err(|source| CliError::file(path, source))
}

/// Enough that a name is never guessed, and short enough to read.
const RANDOM_BYTES: usize = 6;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_temporary_folder_is_private_and_goes_with_its_value() {
        let folder = Folder::temporary().unwrap();
        let path = folder.path().to_owned();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        fs::write(path.join("file"), "x").unwrap();
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_kept_folder_stays_and_is_never_one_with_something_in_it() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("a/b");
        drop(Folder::kept(&path).unwrap());
        assert!(path.is_dir());
        drop(Folder::kept(&path).unwrap());
        fs::write(path.join("file"), "x").unwrap();
        let refused = Folder::kept(&path).err();
        assert!(matches!(refused, Some(CliError::FolderExists { .. })));
        assert!(Folder::kept(&path.join("file")).is_err());
    }
}
