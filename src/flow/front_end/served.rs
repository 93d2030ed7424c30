//! Collections: what the SFTP front end served of destination files, recorded once for each person and file.
//!
//! The front end writes an event before the first byte leaves, and looks then whether the file is still in
//! the outbox. So whoever removes a file and reads the events afterwards knows everybody who may have read it.

use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::flow::{FlowError, fault, house::House};
use crate::{
    boxes::handover::{Event, Served},
    ledger::{Act, Actor, Noted, Tx, Verb},
    vault::to_hex,
};

/// Records what was served since the last look. What fails is told, and tried again at the next.
pub fn record(house: &mut House) {
    match record_all(house) {
        Ok(()) => house.calm(DOING),
        Err(error) => house.trouble(DOING, &error),
    }
}

fn record_all(house: &mut House) -> Result<(), FlowError> {
    let events = house.front.events()?;
    if events.is_empty() {
        return Ok(());
    }
    let (now, rehearsal) = (house.now(), house.is_rehearsal());
    house.ledger.write(|tx| {
        events.iter().try_for_each(|(_, event)| {
            // The front end knows the real time only; a rehearsal has a time of its own.
            let at = if rehearsal { now } else { event.at };
            record_one(tx, event, at, now)
        })
    })?;
    fault::point("served-after-commit-before-remove");
    for (id, _) in &events {
        house.front.remove_event(id)?;
    }
    Ok(())
}

fn record_one(
    tx: &Tx<'_>,
    event: &Event,
    at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), FlowError> {
    let Some((release, file)) = tx.file_named(event.school, &event.file)? else {
        tracing::warn!(
            school = %event.school,
            "the front end told of a destination file that was never made; nothing is recorded"
        );
        return Ok(());
    };
    let (noted, verb) = match event.what {
        Served::Touched => (
            tx.touched(release, file.format, &event.by, at)?,
            Verb::FileTouched,
        ),
        Served::Collected => (
            tx.collected(release, file.format, &event.by, at)?,
            Verb::FileCollected,
        ),
    };
    if noted == Noted::Known {
        return Ok(());
    }
    tx.record(&Act {
        at: now,
        actor: Actor::School {
            id: event.school,
            key: Some(event.by.clone()),
        },
        verb,
        subject: release.to_string(),
        school: Some(event.school),
        detail: json!({
            "format": file.format.extension(),
            "sha256": to_hex(&file.sha256),
            "at": at.format(&Rfc3339).unwrap_or_default(),
        }),
    })?;
    Ok(())
}

const DOING: &str = "recording what was collected";
