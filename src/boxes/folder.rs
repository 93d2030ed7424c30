//! A folder by its handle: whatever happens to paths meanwhile, it stays this folder. Opening beneath it
//! is the kernel's work (`openat2`), never string surgery.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    fs::File,
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::Path,
    sync::Arc,
};

use rustix::{
    fs::{AtFlags, Dir, Mode, OFlags, ResolveFlags},
    io::Errno,
};

use super::{
    entry::{Entry, EntryKind, StatIdentity},
    error::{Act, BoxError},
};

/// An open folder.
pub struct Folder {
    handle: OwnedFd,
    path: Arc<str>,
}

impl Folder {
    /// Opens a folder by its path, which the council's settings tell: links in it are followed.
    pub fn open(path: &Path) -> Result<Self, BoxError> {
        let told = Arc::<str>::from(path.to_string_lossy());
        let handle = rustix::fs::open(path, FOLDER, Mode::empty())
            .map_err(BoxError::errno(&told, Act::OpenFolder))?;
        Ok(Self { handle, path: told })
    }

    /// Opens a folder beneath this one. Links, and whatever else leads out of it, are refused.
    pub fn beneath(&self, path: &str) -> Result<Self, BoxError> {
        let told = Arc::<str>::from(format!("{}/{path}", self.path));
        let handle =
            open_beneath(&self.handle, path).map_err(BoxError::errno(&told, Act::OpenFolder))?;
        Ok(Self { handle, path: told })
    }

    /// Makes a folder of this name here, unless it is there, and opens it. One that is there keeps its
    /// owner and rights: a council may have set its own.
    pub fn ensure(&self, name: &str, mode: u32) -> Result<Self, BoxError> {
        match rustix::fs::mkdirat(&self.handle, name, Mode::from_raw_mode(mode)) {
            Ok(()) => {
                let new = self.beneath(name)?;
                rustix::fs::fchmod(&new.handle, Mode::from_raw_mode(mode))
                    .map_err(BoxError::errno(&new.path, Act::MakeFolder))?;
                Ok(new)
            }
            Err(Errno::EXIST) => self.beneath(name),
            Err(errno) => Err(BoxError::errno(&self.path, Act::MakeFolder)(errno)),
        }
    }

    /// The path by which the folder was opened, for messages.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// All names here but `.` and `..`, in no order.
    pub fn names(&self) -> Result<Vec<OsString>, BoxError> {
        let refused = || BoxError::errno(&self.path, Act::List);
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.handle).map_err(refused())? {
            let entry = entry.map_err(refused())?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsStr::from_bytes(name).to_owned());
            }
        }
        Ok(names)
    }

    /// What stands under each name now, in no order. Names that go away meanwhile are left out.
    pub fn scan(&self) -> Result<Vec<Entry>, BoxError> {
        let names = self.names()?;
        let mut entries = Vec::with_capacity(names.len());
        for name in names {
            entries.extend(self.entry(&name)?);
        }
        Ok(entries)
    }

    /// What stands under this name now.
    pub fn entry(&self, name: &OsStr) -> Result<Option<Entry>, BoxError> {
        let file = match self.open_file(name, OFlags::PATH) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(BoxError::errno(&self.path, Act::List)(errno)),
        };
        let metadata = file
            .metadata()
            .map_err(BoxError::system(&self.path, Act::List))?;
        Ok(Some(Entry {
            name: name.to_owned(),
            kind: EntryKind::of(&metadata),
            stat: StatIdentity::of(&metadata),
        }))
    }

    /// Opens a regular file here for reading, never through a link and never waiting for anybody.
    pub fn open_to_read(&self, name: &OsStr) -> Result<File, BoxError> {
        let refused = || BoxError::errno(&self.path, Act::Read);
        let file = self.open_file(name, OFlags::RDONLY).map_err(refused())?;
        match file.metadata() {
            Ok(metadata) if metadata.is_file() => Ok(file),
            Ok(_) => Err(refused()(Errno::INVAL)),
            Err(source) => Err(BoxError::system(&self.path, Act::Read)(source)),
        }
    }

    /// Bytes that are free on the folder's file system, for those who are not root.
    pub fn free_space(&self) -> Result<u64, BoxError> {
        let disk = rustix::fs::fstatvfs(&self.handle)
            .map_err(BoxError::errno(&self.path, Act::OpenFolder))?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Brings the folder's names to the disk.
    pub fn sync(&self) -> Result<(), BoxError> {
        rustix::fs::fsync(&self.handle).map_err(BoxError::errno(&self.path, Act::Sync))
    }

    /// Brings everything on the folder's file system to the disk: one wait for a whole batch.
    pub fn sync_all(&self) -> Result<(), BoxError> {
        rustix::fs::syncfs(&self.handle).map_err(BoxError::errno(&self.path, Act::Sync))
    }

    /// Opens one name here, never through a link and never waiting for anybody.
    pub(super) fn open_file(&self, name: &OsStr, flags: OFlags) -> Result<File, Errno> {
        self.create_file(name, flags, Mode::empty())
    }

    pub(super) fn create_file(
        &self,
        name: &OsStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<File, Errno> {
        if !is_one_step(name) {
            return Err(Errno::INVAL);
        }
        let safe = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let safe = if flags.contains(OFlags::PATH) {
            OFlags::NOFOLLOW | OFlags::CLOEXEC
        } else {
            safe
        };
        rustix::fs::openat(&self.handle, name, flags | safe, mode).map(File::from)
    }

    pub(super) fn unlink(&self, name: &OsStr, flags: AtFlags) -> Result<(), Errno> {
        if !is_one_step(name) {
            return Err(Errno::INVAL);
        }
        rustix::fs::unlinkat(&self.handle, name, flags)
    }

    pub(super) fn handle(&self) -> &OwnedFd {
        &self.handle
    }

    pub(super) fn told(&self) -> &Arc<str> {
        &self.path
    }
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Folder({})", self.path)
    }
}

fn open_beneath(root: &OwnedFd, path: &str) -> Result<OwnedFd, Errno> {
    let stay = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    for _ in 0..TRIES {
        match rustix::fs::openat2(root, path, FOLDER, Mode::empty(), stay) {
            // A rename somewhere on the way: the kernel can't tell, and asks us to try again.
            Err(Errno::AGAIN) => {}
            // An old kernel, or a sandbox that doesn't know the call.
            Err(Errno::NOSYS) => return open_stepwise(root, path),
            other => return other,
        }
    }
    Err(Errno::AGAIN)
}

/// What `openat2` does, one step at a time.
fn open_stepwise(root: &OwnedFd, path: &str) -> Result<OwnedFd, Errno> {
    let mut handle = rustix::fs::openat(root, ".", FOLDER, Mode::empty())?;
    for step in path.split('/') {
        if !is_one_step(OsStr::new(step)) {
            return Err(Errno::XDEV);
        }
        handle = rustix::fs::openat(&handle, step, FOLDER | OFlags::NOFOLLOW, Mode::empty())?;
    }
    Ok(handle)
}

/// One name, which leads nowhere else.
fn is_one_step(name: &OsStr) -> bool {
    let bytes = name.as_bytes();
    !bytes.is_empty() && bytes != b"." && bytes != b".." && !bytes.contains(&b'/')
}

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

/// Tries of `openat2` before a tree that never rests is given up.
const TRIES: usize = 16;

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn nothing_leads_out_of_a_folder() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("box/inbox")).unwrap();
        fs::create_dir(dir.path().join("secret")).unwrap();
        symlink("../secret", dir.path().join("box/link")).unwrap();
        symlink("inbox", dir.path().join("box/inner")).unwrap();
        let root = Folder::open(&dir.path().join("box")).unwrap();
        assert!(root.beneath("inbox").is_ok());
        for path in [
            "link",
            "inner",
            "..",
            "../secret",
            "inbox/../../secret",
            "/etc",
            "",
        ] {
            assert!(root.beneath(path).is_err(), "{path}");
            assert!(
                open_stepwise(root.handle(), path).is_err(),
                "{path}, stepwise"
            );
        }
        assert!(open_stepwise(root.handle(), "inbox").is_ok());
    }

    #[test]
    fn a_folder_that_is_there_keeps_its_rights() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let root = Folder::open(dir.path()).unwrap();
        let mode = |name: &str| {
            let metadata = fs::metadata(dir.path().join(name)).unwrap();
            metadata.permissions().mode() & 0o7777
        };
        root.ensure("a", 0o2770).unwrap();
        assert_eq!(mode("a"), 0o2770);
        root.ensure("a", 0o700).unwrap();
        assert_eq!(mode("a"), 0o2770);
        fs::write(dir.path().join("file"), "x").unwrap();
        assert!(root.ensure("file", 0o700).is_err());
    }

    #[test]
    fn a_scan_tells_kinds_and_follows_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("file"), "12345").unwrap();
        fs::write(at("one"), "x").unwrap();
        fs::hard_link(at("one"), at("two")).unwrap();
        symlink("/etc/passwd", at("link")).unwrap();
        fs::create_dir(at("folder")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("fifo"), Mode::RUSR).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        let mut kinds = Folder::open(dir.path())
            .unwrap()
            .scan()
            .unwrap()
            .into_iter()
            .map(|entry| (entry.name.into_string().unwrap(), entry.kind))
            .collect::<Vec<_>>();
        kinds.sort_by(|(one, _), (other, _)| one.cmp(other));
        let expected = [
            ("fifo", EntryKind::Fifo),
            ("file", EntryKind::File),
            ("folder", EntryKind::Folder),
            ("link", EntryKind::Symlink),
            ("one", EntryKind::HardLinked),
            ("socket", EntryKind::Socket),
            ("two", EntryKind::HardLinked),
        ];
        assert_eq!(kinds, expected.map(|(name, kind)| (name.to_owned(), kind)));
    }
}
