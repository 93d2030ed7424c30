//! Opening the database file, and the lock that lets one process at a time act. Knows SQLite's
//! settings and their reasons; refuses to know the tables.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};
use rustix::fs::{StatVfsMountFlags, statvfs};

use super::LedgerError;

/// The right to act on the ledger of one state folder, held until dropped: by the daemon, or by a
/// command where none runs (spec 7).
#[derive(Debug)]
pub struct Instance {
    _lock: File,
    path: PathBuf,
}

impl Instance {
    /// Claims the ledger of this state folder.
    ///
    /// # Errors
    /// [`LedgerError::AlreadyRunning`] where another process has it; [`LedgerError::LockFile`].
    pub fn claim(dir: &Path) -> Result<Self, LedgerError> {
        let path = Self::lock_file(dir);
        let opened = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        let locked = opened.and_then(|file| match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(source),
        });
        match locked {
            Ok(Some(file)) => Ok(Self { _lock: file, path }),
            Ok(None) => Err(LedgerError::AlreadyRunning { lock: path }),
            Err(source) => Err(LedgerError::LockFile { lock: path, source }),
        }
    }

    /// Where the lock file of this state folder lies; it is there once a ledger was.
    pub fn lock_file(dir: &Path) -> PathBuf {
        dir.join(LOCK)
    }

    /// The lock file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Opens for writing: makes the file, settles its form, brings the schema up to date.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(PATIENCE)?;
    let fresh = is_ours(&conn)? == Ours::Empty;
    if fresh {
        conn.pragma_update(None, "page_size", PAGE)?;
    }
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    conn.pragma_update(None, "journal_size_limit", WAL_KEPT)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // What is erased is overwritten, not only unlinked.
    conn.pragma_update(None, "secure_delete", true)?;
    // Without these, REPLACE would delete from the trail past its triggers.
    conn.pragma_update(None, "recursive_triggers", true)?;
    tune(&conn)?;
    migrate(&mut conn)?;
    if fresh {
        conn.pragma_update(None, "application_id", APPLICATION)?;
    }
    Ok(conn)
}

/// Opens for reading beside a writer, or where none runs.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(PATIENCE)?;
    if let Err(error) = is_ours(&conn) {
        if !(matches!(error, LedgerError::CannotOpen) && is_at_rest(path)) {
            return Err(error);
        }
        conn = open_at_rest(path, flags)?;
        is_ours(&conn)?;
    }
    refuse_newer(&conn)?;
    tune(&conn)?;
    Ok(conn)
}

/// Whether nobody can be writing: nothing waits to be moved into the main file, and the file system takes none.
fn is_at_rest(path: &Path) -> bool {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let waits = fs::metadata(wal).is_ok_and(|wal| wal.len() > 0);
    let mount = statvfs(path).map(|disk| disk.f_flag);
    !waits && mount.is_ok_and(|flags| flags.contains(StatVfsMountFlags::RDONLY))
}

/// Opens a database beside which nothing can be written, not even what readers tell each other by.
fn open_at_rest(path: &Path, flags: OpenFlags) -> Result<Connection, LedgerError> {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(*byte));
            }
            other => uri.extend(format!("%{other:02x}").chars()),
        }
    }
    uri.push_str("?immutable=1");
    let flags = flags | OpenFlags::SQLITE_OPEN_URI;
    Ok(Connection::open_with_flags(uri, flags)?)
}

/// A consistent copy of the whole database.
pub(super) fn copy(conn: &Connection, path: &Path) -> Result<(), LedgerError> {
    conn.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
    Ok(())
}

/// The write-ahead log goes into the main file.
pub(super) fn settle(conn: &Connection) -> Result<(), LedgerError> {
    conn.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

fn tune(conn: &Connection) -> Result<(), LedgerError> {
    conn.pragma_update(None, "cache_size", CACHE_KIB)?;
    conn.pragma_update(None, "mmap_size", MAPPED)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// The schema's version in the file.
pub(super) fn schema(conn: &Connection) -> Result<i64, LedgerError> {
    pragma(conn, "user_version")
}

/// The newest schema that this program knows.
pub(super) fn newest_schema() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

fn migrate(conn: &mut Connection) -> Result<(), LedgerError> {
    refuse_newer(conn)?;
    Ok(Migrations::from_slice(STEPS).to_latest(conn)?)
}

fn refuse_newer(conn: &Connection) -> Result<(), LedgerError> {
    let found = pragma(conn, "user_version")?;
    let known = newest_schema();
    if found > known {
        return Err(LedgerError::NewerSchema { found, known });
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Ours {
    Empty,
    Yes,
}

/// Refuses the database of another program. One that was cut off while it was first made counts as empty.
fn is_ours(conn: &Connection) -> Result<Ours, LedgerError> {
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match pragma(conn, "application_id")? {
        APPLICATION => Ok(Ours::Yes),
        0 if tables == 0 => Ok(Ours::Empty),
        0 if conn.table_exists(None, "trail")? => Ok(Ours::Empty),
        application => Err(LedgerError::NotALedger { application }),
    }
}

fn pragma(conn: &Connection, name: &str) -> Result<i64, LedgerError> {
    Ok(conn.pragma_query_value(None, name, |row| row.get(0))?)
}

/// The schema's steps, in order. A step that was ever released is never changed.
const STEPS: &[M<'static>] = &[
    M::up(include_str!("schema.sql")),
    M::up(include_str!("schema_2.sql")),
    M::up(include_str!("schema_3.sql")),
    M::up(include_str!("schema_4.sql")),
    M::up(include_str!("schema_5.sql")),
    M::up(include_str!("schema_6.sql")),
];

/// The lock file's name, beside the database.
const LOCK: &str = "ledger.lock";
/// `PLBX`: tells `file` and us whose database this is.
const APPLICATION: i64 = 0x504c_4258;
/// How long to wait for a program that only reads or backs up.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes a page: a school's list is a dozen pages, an act touches a handful.
const PAGE: i64 = 8192;
/// Pages of write-ahead log (128 MiB) before they move into the main file: a national year is written
/// in long transactions, and moving pages twice is what makes them slow.
const CHECKPOINT_PAGES: i64 = 16_384;
/// Bytes of write-ahead log that stay on the disk after it was moved.
const WAL_KEPT: i64 = 64 << 20;
/// Memory for pages, in KiB, negative as SQLite wants it: 64 MiB.
const CACHE_KIB: i64 = -65_536;
/// Bytes of the file that reads may map: addresses, not memory.
const MAPPED: i64 = 4 << 30;
/// Prepared statements kept: more than there are in this room.
const STATEMENTS: usize = 160;
