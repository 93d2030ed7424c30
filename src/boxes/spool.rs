//! The spool: uploads that were taken, sealed, in a folder that only the daemon reaches. Refuses to know
//! what is sealed in them.

use std::path::Path;

use zeroize::Zeroizing;

use super::{
    error::BoxError,
    folder::Folder,
    name::{FileName, NotAFileName},
    publish::{Access, Removed},
};

/// A folder of sealed files, one a key.
#[derive(Debug)]
pub struct Spool(Folder);

impl Spool {
    /// Opens the spool and removes what a process that died left half written.
    pub fn open(folder: &Path) -> Result<Self, BoxError> {
        let folder = Folder::open(folder)?;
        folder.sweep()?;
        Ok(Self(folder))
    }

    /// Opens one that somebody else keeps, to read from it.
    pub fn read_only(folder: &Path) -> Result<Self, BoxError> {
        Folder::open(folder).map(Self)
    }

    /// Keeps these bytes under a key, such as a submission's id. They are on the disk after the next
    /// [`Spool::sync`], which comes before the ledger is told of them. The same again is fine.
    pub fn put(&self, key: &str, sealed: &[u8]) -> Result<(), BoxError> {
        let staged = self.0.stage(&self.name(key)?, sealed, Access::Owner)?;
        self.0.reveal(staged)
    }

    /// Brings all that was put or removed to the disk.
    pub fn sync(&self) -> Result<(), BoxError> {
        self.0.sync_all()
    }

    /// The bytes under a key, if there are any.
    pub fn read(&self, key: &str) -> Result<Option<Zeroizing<Vec<u8>>>, BoxError> {
        self.0.read(&self.name(key)?)
    }

    /// Removes a key's bytes.
    pub fn remove(&self, key: &str) -> Result<Removed, BoxError> {
        self.0.remove(&self.name(key)?)
    }

    /// All keys, in order.
    pub fn list(&self) -> Result<Vec<String>, BoxError> {
        let names = self.0.published()?;
        Ok(names.iter().map(|name| name.as_str().to_owned()).collect())
    }

    fn name(&self, key: &str) -> Result<FileName, BoxError> {
        FileName::parse(key).map_err(|source: NotAFileName| BoxError::Name {
            folder: self.0.path().into(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn what_is_put_is_read_listed_and_removed() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::open(dir.path()).unwrap();
        spool.put("S000002", b"two").unwrap();
        spool.put("S000001", b"one").unwrap();
        spool.put("S000001", b"one").unwrap();
        spool.sync().unwrap();
        let mode = fs::metadata(dir.path().join("S000001"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(spool.list().unwrap(), ["S000001", "S000002"]);
        assert_eq!(spool.read("S000002").unwrap().unwrap().as_slice(), b"two");
        assert_eq!(spool.remove("S000002").unwrap(), Removed::Gone);
        assert!(spool.read("S000002").unwrap().is_none());
    }

    #[test]
    fn a_key_is_no_path_and_litter_is_swept_at_the_start() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(".tmp-0011"), "x").unwrap();
        let spool = Spool::open(dir.path()).unwrap();
        assert!(!dir.path().join(".tmp-0011").exists());
        for key in ["../S000001", "", ".hidden", "a/b"] {
            assert!(spool.put(key, b"x").is_err(), "{key}");
        }
    }
}
