//! The ledger key: from the change on, everything is sealed with the new key, and what lies there is sealed
//! anew piece by piece while the daemon goes on. The old key stays in the key's file until nothing needs it, so
//! that a crash at any step leaves everything readable; then it goes.

use std::{
    fs::OpenOptions,
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    command::{KeyName, KeysReply, record},
    credentials::by_hand,
};
use crate::{
    boxes::Spool,
    config::{KeyFile, KeyPlace},
    flow::{FlowError, command::Reply, fault, house::House, notes::NOTE, sealed_copy::SPOOL},
    ledger::{Actor, Verb},
    vault::{LedgerKey, Place, Vault},
};

/// Seals with a new key from now on.
pub(super) fn rotate(
    house: &mut House,
    keep_old: Option<&Path>,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    if let Some(reply) = by_hand(house, KeyName::Ledger) {
        return Ok(reply);
    }
    let present = read(house)?;
    if present.has_earlier() {
        return Ok(Reply::Refused {
            why: "the ledger is still being sealed anew after the last change of its key"
                .to_owned(),
            next: "«pillarbox keys list» says when that is over".to_owned(),
        });
    }
    if let Some(path) = keep_old {
        keep(path, &present)?;
    }
    let key = present.rotated()?;
    // The old key opens what was sealed before; nothing was sealed with the new one yet.
    KeyFile::Ledger.put(&house.folders.keys, key.to_text().as_bytes())?;
    fault::point("keys-after-file-before-trail");
    use_key(house, &key);
    let (now, detail) = (
        house.now(),
        json!({"old": present.mark(), "new": key.mark()}),
    );
    house
        .ledger
        .write(|tx| record(tx, (now, actor), Verb::KeyRotated, KeyName::Ledger, detail))?;
    Ok(Reply::Keys(KeysReply::Changed {
        key: KeyName::Ledger,
        old: vec![present.mark()],
        new: Some(key.mark()),
        day: None,
        next: vec![match keep_old {
            Some(path) => format!(
                "Backups made before now open only with the old key, which is in {}: keep it with them, away from this machine.",
                path.display()
            ),
            None => "Backups made before now open only with the old key. Unless you have a copy of it, make a new backup once all is sealed anew.".to_owned(),
        }],
    }))
}

/// Seals anew for a moment, and tells how far it is.
pub(super) fn go_on(house: &mut House) -> Result<Reply, FlowError> {
    seal_some_anew(house)?;
    let so_far = house.resealing.get();
    let over = !house.vault.has_earlier() || so_far.is_over();
    let of = house.ledger.view().sealed_rows()?;
    Ok(Reply::Keys(KeysReply::Resealing {
        done: if over { of } else { so_far.looked.min(of) },
        of,
        over,
    }))
}

/// Seals anew what earlier keys sealed, for a moment. When nothing is left, they go.
pub(in crate::flow) fn seal_some_anew(house: &mut House) -> Result<(), FlowError> {
    // Where the key is a credential, it is for an operator to take the old one out of it.
    if !house.vault.has_earlier() || house.resealing.get().is_over() {
        return Ok(());
    }
    let began = Instant::now();
    let mut so_far = house.resealing.get();
    while !so_far.is_over() {
        if house.is_stopping() || began.elapsed() > MOMENT {
            return Ok(());
        }
        house.ledger.write(|tx| {
            tx.seal_anew(&mut so_far, BATCH)?;
            Ok::<_, FlowError>(())
        })?;
        house.resealing.set(so_far);
        fault::point("reseal-after-commit");
    }
    let files =
        seal_files_anew(house, &house.spool, SPOOL)? + seal_files_anew(house, &house.notes, NOTE)?;
    finish(house, so_far.sealed, files, so_far.damaged)
}

/// Sealed copies of uploads, and notes for a lost ledger; what is for the archive is not ours to open.
fn seal_files_anew(house: &House, folder: &Spool, place: Place) -> Result<u64, FlowError> {
    let mut files = 0;
    for name in folder.list()? {
        if Path::new(&name).extension().is_some() {
            continue;
        }
        let Some(sealed) = folder.read(&name)? else {
            continue;
        };
        // What no key opens is damaged, and stays as it is.
        if let Ok(Some(anew)) = house.vault.seal_anew(place, &sealed) {
            folder.put(&name, &anew)?;
            files += 1;
        }
    }
    folder.sync()?;
    Ok(files)
}

fn finish(house: &mut House, rows: u64, files: u64, damaged: u64) -> Result<(), FlowError> {
    let place = KeyFile::Ledger.place(house.credentials.as_deref(), &house.folders.keys);
    let key = read(house)?;
    let detail = json!({"key": key.mark(), "rows": rows, "files": files, "damaged": damaged});
    let now = house.now();
    house.ledger.write(|tx| {
        let system = (now, &Actor::System);
        record(tx, system, Verb::LedgerResealed, KeyName::Ledger, detail)
    })?;
    // What was overwritten leaves the write-ahead log as well.
    house.ledger.settle()?;
    if let KeyPlace::Credential(_) = place {
        tracing::warn!(
            "all is sealed anew; take the earlier key out of the credential: pillarbox keys rotate ledger tells how"
        );
        return Ok(());
    }
    fault::point("reseal-before-key-file");
    let key = key.without_earlier();
    KeyFile::Ledger.put(&house.folders.keys, key.to_text().as_bytes())?;
    use_key(house, &key);
    tracing::info!(rows, files, "all is sealed anew with the new ledger key");
    Ok(())
}

fn use_key(house: &mut House, key: &LedgerKey) {
    let vault = Vault::new(key);
    house.ledger.use_vault(vault.clone());
    house.vault = vault;
    house.resealing.take();
}

fn read(house: &House) -> Result<LedgerKey, FlowError> {
    let file = KeyFile::Ledger.read(house.credentials.as_deref(), &house.folders.keys)?;
    Ok(LedgerKey::parse(&file)?)
}

/// A copy of the key for old backups: new, and its owner's alone.
fn keep(path: &Path, key: &LedgerKey) -> Result<(), FlowError> {
    let failed = |source| FlowError::File {
        path: path.to_owned(),
        source,
    };
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    file.write_all(key.to_text().as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)
}

/// Rows in one commit.
const BATCH: u32 = 500;
/// How long one piece of work takes at most, so that no school waits.
const MOMENT: Duration = Duration::from_millis(300);
