//! Keeping notes: written durably, read back in order, removed when their time is over or when they name somebody
//! who was erased.

use std::collections::BTreeSet;

use time::{Date, OffsetDateTime};
use zeroize::Zeroizing;

use super::deed::{Deed, ErasedAt, Note, ids_of};
use crate::{
    domain::{
        ids::{SchoolId, SubmissionId},
        pupil::Description,
    },
    flow::{FlowError, command::Reply, house::House},
    ledger::Lookups,
    vault::{Place, random_bytes, to_hex},
};

/// Keeps the note of an act that was done. When this returns, it is on the disk.
pub(in crate::flow) fn keep(
    house: &House,
    deed: Option<Deed>,
    reply: &Reply,
) -> Result<(), FlowError> {
    match deed {
        Some(deed) if !matches!(reply, Reply::Refused { .. }) => {
            write(house, deed, ids_of(reply), 0)
        }
        _ => Ok(()),
    }
}

/// Keeps the note of an erasure that is about to forget: one row of the trail for each school is still to come.
pub(in crate::flow) fn keep_erasure(
    house: &House,
    schools: Vec<ErasedAt>,
    on: Date,
    ids: Vec<SubmissionId>,
) -> Result<(), FlowError> {
    let rows = schools.len() as u64;
    write(house, Deed::Erased { schools, on }, ids, rows)
}

/// Takes whom they name out of the notes of withdrawals of somebody who was erased: from now on the erasure's own
/// note speaks, and of these only their numbers are left.
pub(in crate::flow) fn forget_person(
    house: &House,
    persons: &[(SchoolId, Description)],
) -> Result<(), FlowError> {
    let marks: BTreeSet<[u8; 16]> = persons
        .iter()
        .flat_map(|(school, who)| Lookups::of_description(&house.vault, *school, who).marks())
        .collect();
    let mut gone = false;
    for (name, note) in all(house)? {
        let Some(note) = note else { continue };
        let Deed::Withdrawn { school, who } = &note.deed else {
            continue;
        };
        let Ok(who) = who.described() else { continue };
        let own = Lookups::of_description(&house.vault, *school, &who);
        if own.marks().any(|mark| marks.contains(&mark)) {
            let deed = Deed::Forgotten { school: *school };
            put(house, &name, &Note { deed, ..note })?;
            gone = true;
        }
    }
    if gone {
        house.notes.sync()?;
    }
    Ok(())
}

/// All notes, oldest first; none for one that does not open.
pub(in crate::flow) fn all(house: &House) -> Result<Vec<(String, Option<Note>)>, FlowError> {
    let mut notes = Vec::new();
    for name in house.notes.list()? {
        let note = house.notes.read(&name)?.and_then(|sealed| {
            let plain = house.vault.open(PLACE, &sealed).ok()?;
            serde_json::from_slice(&plain).ok()
        });
        notes.push((name, note));
    }
    Ok(notes)
}

/// Removes notes that are older than any backup that would still be restored.
pub(in crate::flow) fn remove_old(house: &mut House) -> Result<(), FlowError> {
    let today = house.today();
    if house.ledger.view().last_done_on(JOB)? == Some(today) {
        return Ok(());
    }
    let end = house.now() - house.settings.backup.keep_notes;
    let backed_up = house.ledger.view().last_backup()?;
    for (name, note) in all(house)? {
        let known = |note: &Note| backed_up.is_none_or(|backup| backup.head >= note.head);
        if note.is_some_and(|note| note.at < end && known(&note)) {
            house.notes.remove(&name)?;
        }
    }
    Ok(house.ledger.write(|tx| tx.done_on(JOB, today))?)
}

fn write(
    house: &House,
    deed: Deed,
    ids: Vec<SubmissionId>,
    rows_to_come: u64,
) -> Result<(), FlowError> {
    let head = house.ledger.view().trail_head()?.seq + rows_to_come;
    let random = to_hex(&random_bytes::<4>().map_err(FlowError::NoRandomBytes)?);
    let name = format!("{head:010}-{}-{random}", deed.word());
    let note = Note {
        at: house.now(),
        order: OffsetDateTime::now_utc().unix_timestamp_nanos(),
        head,
        ids,
        deed,
    };
    put(house, &name, &note)?;
    Ok(house.notes.sync()?)
}

fn put(house: &House, name: &str, note: &Note) -> Result<(), FlowError> {
    let plain = Zeroizing::new(serde_json::to_vec(note).unwrap_or_default());
    Ok(house.notes.put(name, &house.vault.seal(PLACE, &plain))?)
}

/// The job's name among those that are done once a day.
const JOB: &str = "notes";
/// What notes are bound to: their names are their own, so the place is the room.
pub(in crate::flow) const PLACE: Place = Place {
    table: "note",
    row: 0,
};
