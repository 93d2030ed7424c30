//! The way through, from top to bottom.

use std::{collections::BTreeMap, path::Path, time::Duration};

use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    acts::{self, Acts, Done},
    boxes_seen::{self, BoxesSeen},
    leap::{Lost, greatest, past},
    missing,
    report::Report,
    uploads::{self, Left},
};
use crate::{
    boxes::Spool,
    domain::ids::SubmissionId,
    flow::{
        FlowError, arrivals::Patience, fault, front_end::served, house::House, intake, lingering,
        notes::Note, notices, recall, receipts, restore::stand_still, unfinished,
    },
    ledger::{Act, Actor, Counters, Restore, Verb},
    vault::to_hex,
};

/// What survived in other places than its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Elsewhere<'a> {
    /// Boxes: their receipts are read.
    pub boxes: Option<&'a Path>,
    /// A spool: what is not here is copied.
    pub spool: Option<&'a Path>,
    /// Notes: what is not here is copied.
    pub notes: Option<&'a Path>,
}

/// Looks at the lost time and does again what must not be lost. Saying it again changes nothing more.
pub fn reconcile(
    house: &mut House,
    from: &Elsewhere<'_>,
    actor: &Actor,
) -> Result<Report, FlowError> {
    let restore = house.ledger.view().unconfirmed_restore()?;
    let restore = restore.ok_or(FlowError::NothingToReconcile)?;
    stand_still(house);
    bring(from.spool, &house.spool)?;
    bring(from.notes, &house.notes)?;
    let seen = boxes_seen::look(house, &restore, from.boxes)?;
    let acts = acts::acts(house, &restore)?;
    let left = uploads::left(house)?;
    let lost = leap(house, &restore, &seen, &acts, &left, actor)?;
    fault::point("reconcile-after-leap");
    let mut report = Report {
        made_at: restore.made_at,
        backup_head: restore.head.clone(),
        seen_head: lost.seen_head,
        ids_past: lost.ids_past,
        schools: BTreeMap::new(),
        hold_all: None,
        to_look_at: Vec::new(),
    };
    for receipt in &seen.newer {
        report.school(receipt.school).receipts += 1;
    }
    for (school, count) in &seen.unproved {
        report.school(*school).unproved = *count;
    }
    served::record(house);
    recall::take_all_back(house)?;
    unfinished::finish(house)?;
    do_again(house, &seen, &acts, left, &mut report, actor)?;
    fault::point("reconcile-after-again");
    take_what_waits(house)?;
    unfinished::finish(house)?;
    recall::sweep(house)?;
    notices::open_due(house)?;
    house
        .ledger
        .write(|tx| tx.receipts_unpublished(&seen.to_put_back))?;
    receipts::publish_waiting(house)?;
    missing::look(house, &restore, &seen, &acts, &mut report)?;
    if let Some(boxes) = from.boxes {
        report.to_look_at.push(format!(
            "The receipts in {} were read and stay there. Copy them, and what lies in its inboxes, into {} before you confirm.",
            boxes.display(),
            house.folders.boxes.display()
        ));
    }
    Ok(report)
}

/// Copies what survived elsewhere and is not here.
fn bring(from: Option<&Path>, to: &Spool) -> Result<(), FlowError> {
    let Some(from) = from else { return Ok(()) };
    let from = Spool::read_only(from)?;
    let here = to.list()?;
    for key in from.list()? {
        if let (false, Some(sealed)) = (here.contains(&key), from.read(&key)?) {
            to.put(&key, &sealed)?;
        }
    }
    Ok(to.sync()?)
}

/// Numbers leap, and the trail learns of the lost time before anything else happens.
fn leap(
    house: &mut House,
    restore: &Restore,
    seen: &BoxesSeen,
    acts: &Acts,
    left: &Left,
    actor: &Actor,
) -> Result<Lost, FlowError> {
    let noted = acts.ids().chain(left.archived.iter().copied());
    let noted = Counters {
        submissions: noted.map(SubmissionId::number).max().unwrap_or_default(),
        ..Counters::default()
    };
    let before: Option<Lost> = restore
        .seen
        .as_deref()
        .and_then(|seen| serde_json::from_str(seen).ok());
    let now_seen = Lost {
        seen_head: seen.head.clone(),
        ids_past: past(restore.counters, greatest(seen.ids, noted)),
    };
    let lost = before.clone().unwrap_or_default().with(now_seen);
    if before.as_ref() == Some(&lost) {
        return Ok(lost);
    }
    let now = house.now();
    house.act(|tx| {
        tx.counters_at_least(lost.ids_past)?;
        tx.record(&Act {
            at: now,
            actor: actor.clone(),
            verb: Verb::LedgerRestored,
            subject: format!("sha256:{}", to_hex(&restore.sha256)),
            school: None,
            detail: json!({
                "backup_head": restore.head,
                "seen_head": lost.seen_head,
                "ids_past": lost.ids_past,
                "made_at": told(restore.made_at),
                "restored_at": told(restore.restored_at),
            }),
        })?;
        tx.restore_saw(
            restore.id,
            &serde_json::to_string(&lost).unwrap_or_default(),
        )?;
        Ok::<_, FlowError>(())
    })?;
    Ok(lost)
}

fn told(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// Uploads and acts, in the order in which they happened: a list after a withdrawal is judged by it.
fn do_again(
    house: &mut House,
    seen: &BoxesSeen,
    acts: &Acts,
    left: Left,
    report: &mut Report,
    actor: &Actor,
) -> Result<(), FlowError> {
    let mut uploads = left.uploads.into_iter().peekable();
    let mut notes = acts.notes.iter().peekable();
    loop {
        let note_first = match (uploads.peek(), notes.peek()) {
            (None, None) => break,
            (Some(upload), Some((_, note))) => note.at < upload.place().0,
            (None, Some(_)) => true,
            (Some(_), None) => false,
        };
        if note_first && let Some((name, note)) = notes.next() {
            act_again(house, name, note, report, actor)?;
        } else if let Some(upload) = uploads.next() {
            let was = upload.answered_by(&seen.newer);
            if upload.is_owed(was) {
                uploads::take_again(house, &upload, was)?;
            }
        }
        fault::point("reconcile-between-acts");
    }
    let lifted = acts::hold_again(house, acts)?;
    report.to_look_at.extend(lifted);
    if left.unreadable + acts.unreadable > 0 {
        report.to_look_at.push(format!(
            "{} sealed copies and {} notes could not be opened.",
            left.unreadable, acts.unreadable
        ));
    }
    for id in &left.archived {
        report.to_look_at.push(format!(
            "{id} is sealed to the archive: open it with «age -d -i KEY spool/{id}.age», and put it into its school's inbox if it is missing below."
        ));
    }
    Ok(())
}

fn act_again(
    house: &mut House,
    name: &str,
    note: &Note,
    report: &mut Report,
    actor: &Actor,
) -> Result<(), FlowError> {
    match acts::again(house, name, note, actor)? {
        Done::Withdrawn(school) => report.school(school).withdrawn_again += 1,
        Done::Erased(schools) => {
            for school in schools {
                report.school(school).erased_again += 1;
            }
        }
        Done::Not(school, why) => report.school(school).hold = Some(why),
        Done::Told(what) => report.to_look_at.push(what),
        Done::Quietly => {}
    }
    Ok(())
}

/// What waited in inboxes, or was handed over, is taken now: a withdrawal among it counts before anything is shared.
fn take_what_waits(house: &mut House) -> Result<(), FlowError> {
    lingering::end_claims(house)?;
    let schools = house.all_schools();
    intake::take_all(house, &schools, Patience::UpTo(LONGEST_WAIT))?;
    Ok(())
}

/// How long files that still arrive are waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
