//! Signed heads of the trail: at every release and once a day (spec 9). A checkpoint is one act of the trail
//! and the signature over that very row, in one commit; then a file that an auditor checks with stock
//! `ssh-keygen`, made from what the ledger holds, so that a crash leaves nothing to wonder at.

use serde_json::json;
use time::{OffsetDateTime, macros::format_description};

use crate::flow::{FlowError, fault, house::House, keys::SIGNERS, receipts::Desk};
use crate::{
    boxes::{Access, FileName, Folder},
    domain::checkpoint::CheckpointText,
    ledger::{Act, Actor, Checkpoint, Tx, Verb},
    vault::from_hex,
};

/// Why a checkpoint is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum Occasion {
    /// Destination files can be seen.
    Release,
    /// A day has passed.
    Day,
}

impl Occasion {
    fn word(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Day => "day",
        }
    }
}

/// Signs the trail as it is in this commit: its last row is the act of signing.
pub(in crate::flow) fn sign(
    tx: &Tx<'_>,
    desk: &Desk,
    at: OffsetDateTime,
    occasion: Occasion,
) -> Result<(), FlowError> {
    let head = tx.record(&Act {
        at,
        actor: Actor::System,
        verb: Verb::CheckpointSigned,
        subject: "trail".to_owned(),
        school: None,
        detail: json!({"key": desk.key.verifier().fingerprint(), "occasion": occasion.word()}),
    })?;
    let mut checkpoint = Checkpoint {
        seq: head.seq,
        hash: from_hex(&head.hash).unwrap_or_default(),
        at: at.replace_nanosecond(0).unwrap_or(at),
        signature: Vec::new(),
    };
    let text = checkpoint.text(&tx.origin(head.seq)?).text();
    checkpoint.signature = desk.key.sign_checkpoint(text.as_bytes())?.into_bytes();
    Ok(tx.put_checkpoint(&checkpoint)?)
}

/// Signs the trail once a local day, whatever happened on it.
pub(in crate::flow) fn daily(house: &mut House) -> Result<(), FlowError> {
    let (today, now, desk) = (house.today(), house.now(), house.desk());
    let view = house.ledger.view();
    if view.last_done_on(JOB)? == Some(today) || view.trail_head()?.seq == 0 {
        return Ok(());
    }
    house.ledger.write(|tx| {
        sign(tx, &desk, now, Occasion::Day)?;
        Ok::<_, FlowError>(tx.done_on(JOB, today)?)
    })
}

/// Writes what is signed and not yet a file in the council's `reports/`, and takes away what is too old.
/// What goes wrong is told, and tried again at the next pass: nobody waits for it.
pub(in crate::flow) fn publish(house: &House) {
    let doing = "writing checkpoints to reports/";
    match write(house) {
        Ok(()) => house.calm(doing),
        Err(error) => house.trouble(doing, &error),
    }
}

fn write(house: &House) -> Result<(), FlowError> {
    let view = house.ledger.view();
    let Some(last) = view.last_checkpoint()? else {
        return Ok(());
    };
    if house.witnessed.get() == last.seq {
        return Ok(());
    }
    let folder = Folder::open(&house.folders.reports)?;
    if house.witnessed.get() == 0 {
        folder.sweep()?;
    }
    let there = folder.published()?;
    let mut staged = Vec::new();
    let newest = view.newest_checkpoints(KEPT)?;
    for checkpoint in &newest {
        let text = checkpoint.text(&view.origin(checkpoint.seq)?);
        let name = file_name(&text);
        if there.iter().any(|known| known.as_str() == name) {
            continue;
        }
        // Whoever sees the text finds its signature beside it.
        for (name, bytes) in [
            (format!("{name}.sig"), checkpoint.signature.as_slice()),
            (name, text.text().as_bytes()),
        ] {
            staged.push(folder.stage(&FileName::parse(&name)?, bytes, Access::Group)?);
        }
    }
    folder.sync_all()?;
    for file in staged {
        fault::point("checkpoint-before-file");
        folder.reveal(file)?;
    }
    let signers = house.desk.signers.as_bytes();
    folder.publish(&FileName::parse(SIGNERS)?, signers, Access::Group)?;
    remove_old(&folder)?;
    folder.sync_all()?;
    house.witnessed.set(last.seq);
    Ok(())
}

/// The names begin with their time, so that they sort by age.
fn remove_old(folder: &Folder) -> Result<(), FlowError> {
    let ours: Vec<FileName> = folder
        .published()?
        .into_iter()
        .filter(|name| is_checkpoint(name.as_str()))
        .collect();
    let kept = usize::try_from(KEPT).unwrap_or(usize::MAX);
    let old = ours.len().saturating_sub(kept);
    for name in ours.iter().take(old) {
        folder.remove(name)?;
        folder.remove(&FileName::parse(&format!("{}.sig", name.as_str()))?)?;
    }
    Ok(())
}

/// Whether a file in `reports/` is the text of a checkpoint.
pub(super) fn is_checkpoint(name: &str) -> bool {
    name.strip_suffix(".json")
        .is_some_and(|stem| stem.starts_with(PREFIX))
}

/// `checkpoint-20261121T173026Z-0004711.json`; its signature has `.sig` behind.
fn file_name(text: &CheckpointText) -> String {
    let stamp = text
        .at
        .format(format_description!(
            "[year][month][day]T[hour][minute][second]Z"
        ))
        .unwrap_or_default();
    format!("{PREFIX}{stamp}-{:07}.json", text.seq)
}

const PREFIX: &str = "checkpoint-";
/// The job's name among those that are done once a day.
const JOB: &str = "checkpoint";
/// Checkpoints that stay as files: more than a year of days.
const KEPT: u32 = 400;
