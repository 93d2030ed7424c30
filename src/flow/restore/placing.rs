//! Putting a backup into its place: the ledger's file comes last, under its name in one step. Killed before that,
//! the state is as empty as it was; after it, whole.

use std::{
    fs::{self, DirBuilder, File, Permissions},
    io::{self, Read},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use time::OffsetDateTime;

use super::unpacking::{Unpacked, unpack};
use crate::{
    boxes::{Boxes, Tray},
    config::Folders,
    flow::{
        FlowError,
        backup::{BackupError, CONFIG, LEDGER, Manifest, NOTES, SIGNERS, SPOOL, Scratch, sweep},
        fault,
    },
    ledger::{Instance, Ledger, LedgerError, Mode, NewRestore},
    vault::Vault,
};

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What was in the backup.
    pub manifest: Manifest,
    /// Where settings and schools of the backup lie now, to be compared with those in force.
    pub config: PathBuf,
    /// Files that were taken out of outboxes, because nothing is shared now.
    pub taken_out: usize,
}

/// Restores a backup into an empty state.
pub fn restore(
    sealed: impl Read,
    identity: &[u8],
    folders: &Folders,
    vault: &Vault,
) -> Result<Restored, BackupError> {
    let state = &folders.state;
    make_folder(state, SHARED)?;
    let _instance = Instance::claim(state)?;
    if folders.ledger.exists() {
        return Err(BackupError::NotEmpty(folders.ledger.clone()));
    }
    sweep(state);
    let scratch = Scratch::new(state)?;
    let Unpacked { manifest, sha256 } = unpack(sealed, identity, &scratch)?;
    begin_waiting(&scratch, vault, &manifest, sha256)?;
    fault::point("restore-before-spool");
    make_folder(&folders.spool, OWNER_ONLY)?;
    make_folder(&folders.notes, OWNER_ONLY)?;
    place_all(&scratch.path().join(SPOOL), &folders.spool)?;
    place_all(&scratch.path().join(NOTES), &folders.notes)?;
    let signers = scratch.path().join(SIGNERS);
    if signers.exists() {
        place(&signers, &state.join(SIGNERS))?;
    }
    let config = place_config(&scratch, state)?;
    let taken_out = empty_outboxes(&folders.boxes)?;
    fault::point("restore-before-ledger");
    place_ledger(&scratch, folders)?;
    fault::point("restore-after-ledger");
    Ok(Restored {
        manifest,
        config,
        taken_out,
    })
}

/// The ledger of the backup learns that it is a restored one, before anybody can open it in its place.
fn begin_waiting(
    scratch: &Scratch,
    vault: &Vault,
    manifest: &Manifest,
    sha256: [u8; 32],
) -> Result<(), BackupError> {
    let path = scratch.path().join(LEDGER);
    let opened = Ledger::open(&path, vault.clone());
    let mut ledger = opened.map_err(|error| match error {
        LedgerError::Sealed(_) => BackupError::OtherKey,
        error => error.into(),
    })?;
    let restored_at = match ledger.view().mode()? {
        Mode::Rehearsal { last } => last,
        Mode::Fresh | Mode::Live => OffsetDateTime::now_utc(),
    };
    ledger.write(|tx| {
        tx.restored(&NewRestore {
            restored_at,
            made_at: manifest.made_at,
            sha256,
        })
    })?;
    Ok(ledger.settle()?)
}

/// Everything that came before is on the disk, then the ledger gets its name.
fn place_ledger(scratch: &Scratch, folders: &Folders) -> Result<(), BackupError> {
    let from = scratch.path().join(LEDGER);
    let to = &folders.ledger;
    fs::set_permissions(&from, Permissions::from_mode(LEDGER_MODE))
        .and_then(|()| File::open(&from)?.sync_all())
        .map_err(BackupError::file(&from))?;
    // What the lost database left beside it would be taken for this one's.
    for ending in ["-wal", "-shm"] {
        let mut name = to.clone().into_os_string();
        name.push(ending);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(BackupError::file(name)(error));
            }
            _ => {}
        }
    }
    sync(&folders.state)?;
    fs::rename(&from, to).map_err(BackupError::file(to))?;
    sync(&folders.state)
}

fn place_all(from: &Path, to: &Path) -> Result<(), BackupError> {
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(BackupError::file(from)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(BackupError::file(from))?;
        place(&entry.path(), &to.join(entry.file_name()))?;
    }
    sync(to)
}

/// What survived stays as it is: it is the same or newer.
fn place(from: &Path, to: &Path) -> Result<(), BackupError> {
    if to.exists() {
        return Ok(());
    }
    fs::rename(from, to).map_err(BackupError::file(to))
}

/// Settings and schools of the backup lie beside those in force and replace none of them.
fn place_config(scratch: &Scratch, state: &Path) -> Result<PathBuf, BackupError> {
    let to = state.join(RESTORED_CONFIG);
    match fs::remove_dir_all(&to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(BackupError::file(&to)(error));
        }
        _ => {}
    }
    let from = scratch.path().join(CONFIG);
    if from.exists() {
        fs::rename(&from, &to).map_err(BackupError::file(&to))?;
    }
    Ok(to)
}

/// Nothing lies in an outbox while everything is on hold: what may still be shared is made again.
fn empty_outboxes(boxes: &Path) -> Result<usize, BackupError> {
    if !boxes.exists() {
        return Ok(0);
    }
    let emptied = || {
        let boxes = Boxes::open(boxes)?;
        let mut gone = 0;
        for school in boxes.schools()? {
            gone += boxes.empty(school, Tray::Outbox)?;
        }
        boxes.sync()?;
        Ok::<_, FlowError>(gone)
    };
    emptied().map_err(|error| BackupError::Boxes(Box::new(error)))
}

fn make_folder(path: &Path, mode: u32) -> Result<(), BackupError> {
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(path)
        .map_err(BackupError::file(path))
}

fn sync(folder: &Path) -> Result<(), BackupError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(BackupError::file(folder))
}

/// Where settings and schools of a backup lie within the state.
const RESTORED_CONFIG: &str = "restored-config";
/// As the house makes them.
const SHARED: u32 = 0o750;
const OWNER_ONLY: u32 = 0o700;
const LEDGER_MODE: u32 = 0o640;
