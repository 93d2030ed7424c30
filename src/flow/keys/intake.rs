//! The intake key: schools read the new recipient in their boxes at once, and what they encrypted to the old
//! one still opens, because a template or a script of theirs may use it for months.

use std::sync::Arc;

use serde_json::json;
use time::Duration;

use super::{
    command::{KeyName, KeysReply, record},
    credentials::by_hand,
};
use crate::{
    config::{KeyFile, KeyFileError},
    flow::{FlowError, command::Reply, fault, house::House},
    ledger::{Actor, Verb},
    seal::IntakeKey,
    vault::{sha256, to_hex},
};

/// A new key is published; the old one opens for so many days more, and until it is dropped.
pub(super) fn rotate(house: &mut House, overlap: u16, actor: &Actor) -> Result<Reply, FlowError> {
    if let Some(reply) = by_hand(house, KeyName::Intake) {
        return Ok(reply);
    }
    let until = house.today() + Duration::days(i64::from(overlap));
    let (key, old) = match read(house)? {
        Some(present) => {
            let old = present.recipient();
            (present.rotated(until), Some(old))
        }
        None => (IntakeKey::generate(), None),
    };
    let new = key.recipient();
    let detail = json!({
        "old": old.as_deref().map(fingerprint),
        "new": fingerprint(&new),
        "old_opens_until": old.as_ref().map(|_| until.to_string()),
    });
    change(house, key, Verb::KeyRotated, actor, detail)?;
    Ok(Reply::Keys(KeysReply::Changed {
        key: KeyName::Intake,
        day: old.as_ref().map(|_| until),
        old: old.into_iter().collect(),
        new: Some(new),
        next: vec![format!(
            "The new recipient stands in README.txt of every box. The old key opens on; after {until}: pillarbox keys drop intake"
        )],
    }))
}

/// Takes away the earlier keys whose days are over, or all of them.
pub(super) fn drop_earlier(
    house: &mut House,
    all: bool,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    if let Some(reply) = by_hand(house, KeyName::Intake) {
        return Ok(reply);
    }
    let Some(present) = read(house)? else {
        return Err(FlowError::NoIntakeKey);
    };
    let today = (!all).then(|| house.today());
    let (key, dropped) = present.without_earlier(today);
    let old: Vec<String> = dropped
        .into_iter()
        .map(|earlier| earlier.recipient)
        .collect();
    if old.is_empty() {
        return Ok(Reply::Refused {
            why: "no earlier intake key's days are over".to_owned(),
            next: "«pillarbox keys list» shows them; --all drops them all the same".to_owned(),
        });
    }
    let marks: Vec<String> = old.iter().map(|old| fingerprint(old)).collect();
    change(house, key, Verb::KeyDropped, actor, json!({"old": marks}))?;
    Ok(Reply::Keys(KeysReply::Changed {
        key: KeyName::Intake,
        old,
        new: None,
        day: None,
        next: vec!["What is encrypted to them is refused from now on, with a receipt.".to_owned()],
    }))
}

fn change(
    house: &mut House,
    key: IntakeKey,
    verb: Verb,
    actor: &Actor,
    detail: serde_json::Value,
) -> Result<(), FlowError> {
    KeyFile::Intake.put(&house.folders.keys, key.to_text().as_bytes())?;
    fault::point("keys-after-file-before-trail");
    let now = house.now();
    house
        .ledger
        .write(|tx| record(tx, (now, actor), verb, KeyName::Intake, detail))?;
    house.intake_key = Some(Arc::new(key));
    house.prepare_boxes()
}

fn read(house: &House) -> Result<Option<IntakeKey>, FlowError> {
    match KeyFile::Intake.read(house.credentials.as_deref(), &house.folders.keys) {
        Ok(bytes) => Ok(Some(IntakeKey::parse(&bytes)?)),
        Err(KeyFileError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A recipient is public; the trail has a fingerprint of it all the same, as of every key.
fn fingerprint(recipient: &str) -> String {
    let hash = sha256(recipient.as_bytes());
    format!("SHA256:{}", to_hex(hash.get(..16).unwrap_or_default()))
}
