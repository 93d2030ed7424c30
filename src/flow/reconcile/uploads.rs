//! Sealed uploads that the restored ledger does not know, or has not judged: each is taken again under a new
//! number and judged as of the day on which it came. The file is the same upload wherever it still lies, so that
//! none is taken twice.

use serde_json::json;
use time::OffsetDateTime;

use crate::{
    calendar::local_day,
    domain::{
        ids::{SchoolId, SubmissionId},
        list::FileKind,
        receipt::{Outcome, Receipt},
    },
    flow::{
        FlowError,
        house::House,
        sealed_copy::{self, Label},
        verdicts::judge_again,
        words::long_day,
    },
    ledger::{Act, Actor, NewUpload, Take, Verb},
    reading::kind_of,
    vault::{from_hex, sha256, to_hex},
};

/// A sealed upload to be taken again.
pub(super) struct LeftUpload {
    key: String,
    identity: [u8; 16],
    pub(super) label: Label,
    pub(super) sha256: [u8; 32],
    bytes: u64,
    /// Its number, where the ledger knows it and has not judged it.
    id: Option<SubmissionId>,
}

/// All that the spool holds beyond what the ledger judged.
#[derive(Default)]
pub(super) struct Left {
    pub(super) uploads: Vec<LeftUpload>,
    /// Sealed to the archive, whose key is not here.
    pub(super) archived: Vec<SubmissionId>,
    /// Copies that don't open, or tell nothing of where they came from.
    pub(super) unreadable: u32,
}

/// Looks through the spool.
pub(super) fn left(house: &House) -> Result<Left, FlowError> {
    let mut left = Left::default();
    let view = house.ledger.view();
    for key in house.spool.list()? {
        let archived: Option<SubmissionId> =
            key.strip_suffix(".age").and_then(|id| id.parse().ok());
        if let Some(id) = archived {
            if view.submission(id)?.is_none() {
                left.archived.push(id);
            }
            continue;
        }
        let Some(identity) = from_hex::<16>(&key) else {
            left.unreadable += 1;
            continue;
        };
        let known = match view.taken_as(identity)? {
            Some((id, _)) => view.submission(id)?.map(|one| (id, one)),
            None => None,
        };
        if known.as_ref().is_some_and(|(_, one)| one.outcome.is_some()) {
            continue;
        }
        let sealed = house.spool.read(&key)?;
        let opened = sealed.and_then(|sealed| sealed_copy::open(&house.vault, &sealed));
        match opened.and_then(|opened| Some((opened.label?, opened.bytes))) {
            Some((label, bytes)) => left.uploads.push(LeftUpload {
                identity,
                sha256: sha256(&bytes),
                bytes: bytes.len() as u64,
                id: known.map(|(id, _)| id),
                label,
                key,
            }),
            // What the ledger took before is judged as it stands.
            None if known.is_some() => {}
            None => left.unreadable += 1,
        }
    }
    left.uploads.sort_by(|a, b| a.place().cmp(&b.place()));
    Ok(left)
}

impl LeftUpload {
    /// Its place among all that happened.
    pub(super) fn place(&self) -> (OffsetDateTime, &str) {
        (self.label.taken_at, &self.key)
    }

    pub(super) fn kind(&self) -> FileKind {
        kind_of(&self.label.name().to_string_lossy()).kind
    }

    /// The receipt that answered it in the lost time.
    pub(super) fn answered_by<'a>(&self, newer: &'a [Receipt]) -> Option<&'a Receipt> {
        let (name, hash) = (self.label.name(), to_hex(&self.sha256));
        newer.iter().find(|receipt| {
            receipt.school == self.label.school
                && receipt.id.starts_with('S')
                && receipt.file.as_ref().is_some_and(|file| {
                    file.sha256 == hash && name.to_string_lossy() == file.name.as_str()
                })
        })
    }

    /// Whether it is taken again: a request that was answered would be granted twice.
    pub(super) fn is_owed(&self, answer: Option<&Receipt>) -> bool {
        self.kind() != FileKind::Request
            || answer.is_none_or(|answer| answer.outcome == Outcome::Queued)
    }
}

/// Takes it, unless that was done, and judges it as of its day. It stays taken and unjudged where its school's file
/// can't be read.
pub(super) fn take_again(
    house: &mut House,
    left: &LeftUpload,
    was: Option<&Receipt>,
) -> Result<(), FlowError> {
    let was = was.map(|receipt| receipt.id.clone());
    let id = match left.id {
        Some(id) => id,
        None => take(house, left, was.as_deref())?,
    };
    let day = local_day(left.label.taken_at);
    let proof = was.map_or_else(String::new, |was| {
        format!(" Your receipt {was} stays a proof that it arrived.")
    });
    let note = format!(
        "The council lost its record of this file with a disk and took its sealed copy again, under this number and as of {}. You need not send it again.{proof}",
        long_day(day)
    );
    judge_again(house, id, day, &note)
}

fn take(
    house: &mut House,
    left: &LeftUpload,
    was: Option<&str>,
) -> Result<SubmissionId, FlowError> {
    let upload = NewUpload {
        school: left.label.school,
        kind: left.kind(),
        taken_at: left.label.taken_at,
        taken_real: OffsetDateTime::now_utc(),
        name: left.label.name(),
        bytes: left.bytes,
        sha256: left.sha256,
        by: left.label.by.clone(),
        spool: Some(left.key.clone()),
        unread: None,
        identity: left.identity,
        lingers: None,
    };
    let now = house.now();
    house.act(|tx| {
        let take = tx.take(&upload)?;
        if let Take::New(id) = take {
            tx.record(&Act {
                at: now,
                actor: school_actor(left.label.school, left.label.by.clone()),
                verb: Verb::UploadTaken,
                subject: id.to_string(),
                school: Some(left.label.school),
                detail: json!({
                    "bytes": upload.bytes, "sha256": to_hex(&upload.sha256),
                    "after_restore": true, "was": was,
                }),
            })?;
        }
        Ok::<_, FlowError>(take.id())
    })
}

fn school_actor(id: SchoolId, key: Option<String>) -> Actor {
    Actor::School { id, key }
}
