//! The council's archive: once judged, the sealed copy of an upload is sealed anew, to a key whose secret half
//! is not on this machine (`retention.archive_recipient`). It lies in the spool as `S000123.age`, and opens
//! with stock `age`.

use rayon::prelude::*;

use crate::{
    boxes::Spool,
    flow::{FlowError, fault, house::House, sealed_copy},
    ledger::Spooled,
    seal::{Recipients, seal_file},
    vault::Vault,
};

/// Seals judged uploads to the archive, some in each pass.
pub fn seal_to_archive(house: &mut House) -> Result<(), FlowError> {
    let Some(recipient) = &house.settings.retention.archive_recipient else {
        return Ok(());
    };
    let due = house.ledger.view().spooled_not_archived(BATCH)?;
    if due.is_empty() {
        return Ok(());
    }
    let archive = Recipients::parse(recipient).ok_or(FlowError::ArchiveRecipient)?;
    let (spool, vault) = (&house.spool, &house.vault);
    let sealed = due
        .par_iter()
        .map(|upload| Ok((upload, reseal(spool, vault, upload, &archive)?)))
        .collect::<Result<Vec<_>, FlowError>>()?;
    house.spool.sync()?;
    fault::point("archive-after-copy-before-commit");
    house.ledger.write(|tx| {
        for (upload, copy) in &sealed {
            match copy {
                Copy::Made(key) => tx.respooled(upload.id, key)?,
                Copy::Lost => tx.spool_removed(&[upload.id])?,
            }
        }
        Ok::<_, FlowError>(())
    })?;
    fault::point("archive-after-commit-before-remove");
    // What stays here because of a crash belongs to nobody, and is removed at the next start.
    for upload in &due {
        house.spool.remove(&upload.spool)?;
    }
    Ok(())
}

/// What became of a copy.
enum Copy {
    /// It lies under this key as well.
    Made(String),
    /// It is gone, or damaged beyond opening: there is nothing to archive.
    Lost,
}

fn reseal(
    spool: &Spool,
    vault: &Vault,
    upload: &Spooled,
    archive: &Recipients,
) -> Result<Copy, FlowError> {
    let sealed = spool.read(&upload.spool)?;
    let opened = sealed.and_then(|sealed| sealed_copy::open(vault, &sealed));
    let Some(plain) = opened.map(|opened| opened.bytes) else {
        tracing::error!(
            submission = %upload.id,
            "the sealed copy of an upload is lost or damaged; it can't be archived"
        );
        return Ok(Copy::Lost);
    };
    let key = format!("{}.age", upload.id);
    spool.put(&key, &seal_file(&plain, archive)?)?;
    Ok(Copy::Made(key))
}

/// Uploads sealed in one pass: a moment's work.
const BATCH: u32 = 64;
