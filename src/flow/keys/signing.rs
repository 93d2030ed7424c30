//! The key that signs receipts and checkpoints, and who it was before: `allowed_signers` in the state. A key
//! that was not there before is adopted at once, whoever put it there, and the trail says so.

use std::{fs, io, path::Path};

use serde_json::json;
use time::OffsetDateTime;

use crate::{
    boxes::{Access, FileName, Folder},
    config::Settings,
    flow::FlowError,
    ledger::{Act, Actor, Ledger, Verb},
    seal::{Adopted, ReceiptKey, Signers},
};

/// Every key that ever signed, with this one as the present one. One that is new is an act of the trail
/// before the file says so, and before anything is signed with it.
pub(in crate::flow) fn adopt(
    state: &Path,
    ledger: &mut Ledger,
    key: &ReceiptKey,
    at: OffsetDateTime,
    actor: &Actor,
) -> Result<Signers, FlowError> {
    let mut signers = known_signers(state)?;
    let new = key.verifier();
    if let Adopted::InPlaceOf(old) = signers.adopt(&new, at) {
        ledger.write(|tx| {
            tx.record(&Act {
                at,
                actor: actor.clone(),
                verb: Verb::KeyRotated,
                subject: "receipts".to_owned(),
                school: None,
                detail: json!({"old": old, "new": new.fingerprint()}),
            })
        })?;
    }
    Ok(signers)
}

/// Writes the file, on the disk when this returns, unless it says just this.
pub(in crate::flow) fn keep(
    state: &Path,
    signers: &Signers,
    settings: &Settings,
) -> Result<String, FlowError> {
    let text = signers.to_text(&settings.council.domain, settings.retention.receipts);
    Folder::open(state)?.publish(&FileName::parse(SIGNERS)?, text.as_bytes(), Access::Group)?;
    Ok(text)
}

/// Every key that ever signed, as the state remembers; none before the first.
pub fn known_signers(state: &Path) -> Result<Signers, FlowError> {
    let path = state.join(SIGNERS);
    match fs::read_to_string(&path) {
        Ok(text) => Signers::parse(&text).map_err(|fault| FlowError::Signers { path, fault }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Signers::default()),
        Err(source) => Err(FlowError::File { path, source }),
    }
}

/// The file's name, in the state and in every box.
pub(in crate::flow) const SIGNERS: &str = "allowed_signers";
