//! The key that signs receipts and checkpoints, and who it was before: `allowed_signers` in the state. A key
//! that was not there before is adopted at once, whoever put it there, and the trail says so.

use std::{fs, io, path::Path, sync::Arc};

use serde_json::json;
use time::OffsetDateTime;

use super::{
    command::{KeyName, KeysReply},
    credentials::by_hand,
};
use crate::{
    boxes::{Access, FileName, Folder},
    config::{KeyFile, Settings},
    flow::{
        FlowError,
        command::Reply,
        fault,
        house::House,
        receipts::Desk,
        trail::checkpoints::{self, Occasion},
        words::Letterhead,
    },
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

/// Signs with a new key from now on. What the old one signed is proved on by the plain command, unless others
/// may have it.
pub(super) fn rotate(house: &mut House, stolen: bool, actor: &Actor) -> Result<Reply, FlowError> {
    if let Some(reply) = by_hand(house, KeyName::Receipts) {
        return Ok(reply);
    }
    let old = house.desk.key.verifier().fingerprint();
    if stolen {
        // Said before the change: a crash between them must not forget it.
        let mut signers = known_signers(&house.folders.state)?;
        signers.mark_stolen(&old);
        keep(&house.folders.state, &signers, &house.settings)?;
    }
    let key = ReceiptKey::generate()?;
    let new = key.verifier().fingerprint();
    KeyFile::Receipts.put(&house.folders.keys, key.to_openssh()?.as_bytes())?;
    fault::point("keys-after-file-before-trail");
    let (state, now) = (house.folders.state.clone(), house.now());
    let signers = adopt(&state, &mut house.ledger, &key, now, actor)?;
    house.desk = Arc::new(Desk {
        letterhead: Letterhead::of(&house.settings.council),
        signers: keep(&state, &signers, &house.settings)?,
        key,
        rehearsal: house.is_rehearsal(),
    });
    house.prepare_boxes()?;
    let desk = house.desk();
    house
        .ledger
        .write(|tx| checkpoints::sign(tx, &desk, now, Occasion::Key))?;
    checkpoints::publish(house);
    let next = if stolen {
        "What the old key signed is refused from now on. To check a receipt of before, see docs/audit.md."
    } else {
        "allowed_signers in every box has both keys: receipts of before and after are proved by it."
    };
    Ok(Reply::Keys(KeysReply::Changed {
        key: KeyName::Receipts,
        old: vec![old],
        new: Some(new),
        day: None,
        next: vec![next.to_owned()],
    }))
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
