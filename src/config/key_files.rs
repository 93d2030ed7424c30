//! Where secret keys lie, and that nobody else can read them. What a key is good for, and what its
//! bytes mean, is for the sealing room and the vault to know.

use std::{
    fmt,
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use thiserror::Error;
use zeroize::Zeroizing;

use super::durable::{replace_secret, sync_folder};

/// A secret key that an installation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyFile {
    /// Seals the ledger and what it spools.
    Ledger,
    /// Signs receipts: an OpenSSH ed25519 private key.
    Receipts,
    /// Opens what schools encrypt to the council: an age identity.
    Intake,
    /// By which schools know the SFTP server: an OpenSSH ed25519 private key.
    Host,
    /// The host key that serves from a later day.
    NextHost,
}

/// Where a key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// systemd handed it over; only whoever keeps the credential can change it.
    Credential(PathBuf),
    /// A file in `keys/`.
    File(PathBuf),
    /// It is in neither place.
    Nowhere,
}

impl KeyFile {
    /// Its file's name in `keys/`, and its name as a systemd credential.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Ledger => "ledger.key",
            Self::Receipts => "receipts",
            Self::Intake => "intake.age",
            Self::Host => "host",
            Self::NextHost => "host.next",
        }
    }

    /// Where the key comes from.
    pub fn place(self, credentials: Option<&Path>, keys: &Path) -> KeyPlace {
        let credential = credentials.map(|folder| folder.join(self.file_name()));
        match credential.filter(|path| path.exists()) {
            Some(path) => KeyPlace::Credential(path),
            None => Some(keys.join(self.file_name()))
                .filter(|path| path.exists())
                .map_or(KeyPlace::Nowhere, KeyPlace::File),
        }
    }

    /// Puts a key into the folder `keys`, in the place of the one that was there: whole or not at all, and
    /// on the disk when this returns. Who owned the old file owns the new one.
    pub fn put(self, keys: &Path, key: &[u8]) -> Result<(), KeyFileError> {
        let path = keys.join(self.file_name());
        replace_secret(&path, key).map_err(|source| KeyFileError::NotWritten { path, source })
    }

    /// Lets a key take the place of another, which is gone then.
    pub fn take_place_of(self, other: Self, keys: &Path) -> Result<(), KeyFileError> {
        let path = keys.join(other.file_name());
        let renamed = fs::rename(keys.join(self.file_name()), &path);
        renamed
            .and_then(|()| sync_folder(&path))
            .map_err(|source| KeyFileError::NotWritten { path, source })
    }

    /// Reads the key: from systemd's credentials directory (`$CREDENTIALS_DIRECTORY`) where it is
    /// there, else from the folder `keys`, and then only if nobody but its owner can read it.
    pub fn read(
        self,
        credentials: Option<&Path>,
        keys: &Path,
    ) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
        let credential = credentials.map(|folder| folder.join(self.file_name()));
        if let Some(path) = credential
            && let Some(file) = open(&path)?
        {
            return contents(file, path);
        }
        let path = keys.join(self.file_name());
        let Some(file) = open(&path)? else {
            return Err(KeyFileError::Missing { key: self, path });
        };
        refuse_readable_by_others(&file, &path)?;
        contents(file, path)
    }
}

impl fmt::Display for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ledger => "the ledger key",
            Self::Receipts => "the key that signs receipts",
            Self::Intake => "the intake key",
            Self::Host => "the SFTP server's host key",
            Self::NextHost => "the SFTP server's next host key",
        })
    }
}

/// Why a key can't be used.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// It is in neither place.
    #[error("{key} is missing: no credential, and no file {}; {}", path.display(), remedy(*key, path))]
    Missing {
        /// The key.
        key: KeyFile,
        /// Where it was looked for last.
        path: PathBuf,
    },
    /// Somebody else can read it, so it is no secret.
    #[error("others can read {} (mode {mode:03o}); run: chmod 600 {}", path.display(), path.display())]
    ReadableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is a folder, a pipe or far too long.
    #[error("{} is no key file", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// It can't be written.
    #[error("cannot write {}", path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        #[source]
        source: io::Error,
    },
    /// The file system said no.
    #[error("cannot read {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
}

/// A host key that never was can be made: no school knows another one yet.
fn remedy(key: KeyFile, path: &Path) -> String {
    match key {
        KeyFile::Host => format!(
            "put it back, or make one: ssh-keygen -t ed25519 -N '' -f {}",
            path.display()
        ),
        _ => "put it back from where you keep your keys".to_owned(),
    }
}

fn open(path: &Path) -> Result<Option<File>, KeyFileError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed(path, source)),
    }
}

fn refuse_readable_by_others(file: &File, path: &Path) -> Result<(), KeyFileError> {
    let mode = file
        .metadata()
        .map_err(|source| failed(path, source))?
        .permissions()
        .mode()
        & 0o777;
    let of_others = mode & 0o077;
    if of_others == 0 {
        return Ok(());
    }
    Err(KeyFileError::ReadableByOthers {
        path: path.to_owned(),
        mode,
    })
}

/// Reads into memory of its final size, because growing would leave copies behind.
fn contents(file: File, path: PathBuf) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let metadata = file.metadata().map_err(|source| failed(&path, source))?;
    if !metadata.is_file() || metadata.len() > LONGEST {
        return Err(KeyFileError::NotAKey { path });
    }
    let size = usize::try_from(LONGEST).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(size + 1));
    file.take(LONGEST)
        .read_to_end(&mut bytes)
        .map_err(|source| failed(&path, source))?;
    Ok(bytes)
}

fn failed(path: &Path, source: io::Error) -> KeyFileError {
    KeyFileError::Io {
        path: path.to_owned(),
        source,
    }
}

/// In bytes; every key is shorter.
const LONGEST: u64 = 16 * 1024;

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, create_dir, set_permissions, write};

    use tempfile::{TempDir, tempdir};

    use super::*;

    fn key(folder: &Path, bytes: &[u8], mode: u32) {
        let path = folder.join(KeyFile::Ledger.file_name());
        write(&path, bytes).unwrap();
        set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }

    fn folders() -> (TempDir, TempDir) {
        (tempdir().unwrap(), tempdir().unwrap())
    }

    #[test]
    fn the_credential_comes_first_whatever_its_mode() {
        let (credentials, keys) = folders();
        key(keys.path(), b"from keys", 0o600);
        let read = || KeyFile::Ledger.read(Some(credentials.path()), keys.path());
        assert_eq!(**read().unwrap(), *b"from keys");
        key(credentials.path(), b"from systemd", 0o440);
        assert_eq!(**read().unwrap(), *b"from systemd");
    }

    #[test]
    fn a_key_that_others_can_read_is_refused_with_the_command_that_mends_it() {
        let (_, keys) = folders();
        key(keys.path(), b"secret", 0o640);
        let error = KeyFile::Ledger.read(None, keys.path()).unwrap_err();
        let path = keys.path().join("ledger.key");
        assert!(error.to_string().contains("mode 640"));
        assert!(
            error
                .to_string()
                .ends_with(&format!("chmod 600 {}", path.display()))
        );
        key(keys.path(), b"secret", 0o400);
        assert!(KeyFile::Ledger.read(None, keys.path()).is_ok());
    }

    #[test]
    fn what_is_missing_or_no_file_is_named() {
        let (_, keys) = folders();
        let error = KeyFile::Intake.read(None, keys.path()).unwrap_err();
        assert!(matches!(
            error,
            KeyFileError::Missing {
                key: KeyFile::Intake,
                ..
            }
        ));
        create_dir(keys.path().join("receipts")).unwrap();
        set_permissions(keys.path().join("receipts"), Permissions::from_mode(0o700)).unwrap();
        let error = KeyFile::Receipts.read(None, keys.path()).unwrap_err();
        assert!(matches!(error, KeyFileError::NotAKey { .. }));
    }
}
