//! A release on record, as later receipts tell of it: that it was taken back, removed, or still waits.

use super::{FlowError, extract, house::House};
use crate::{
    domain::receipt::{ReceivedFile, ReleaseFacts},
    ledger::Release,
    vault::to_hex,
};

/// What receipts tell of it.
pub(super) fn told(house: &House, release: &Release) -> Result<ReleaseFacts, FlowError> {
    let extract = match release.plan.extract {
        Some(id) => house.ledger.view().extract(id)?,
        None => None,
    };
    let mut files = release.files.iter().map(|file| ReceivedFile {
        name: file.name.clone(),
        bytes: file.bytes,
        sha256: to_hex(&file.sha256),
    });
    let first = files.next();
    Ok(ReleaseFacts {
        id: release.plan.id,
        trigger: release.plan.trigger,
        supersedes: release.plan.supersedes,
        file: first.as_ref().map(|f| f.name.clone()),
        bytes: first.as_ref().map(|f| f.bytes),
        sha256: first.map(|f| f.sha256),
        also: files.collect(),
        recipients: release.recipients.clone(),
        extract: extract.as_ref().map(extract::facts),
        expiry_rule: release.plan.expiry_rule,
        until: release.plan.keep_until,
    })
}
