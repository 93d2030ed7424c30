//! The life of an upload, from top to bottom: found complete in an inbox, copied sealed into the spool,
//! recorded, judged, answered by a receipt, and only then taken out of the inbox. What is recorded can
//! be lost by no crash; what is not recorded still lies in the inbox.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

use rayon::prelude::*;
use serde_json::json;
use time::{OffsetDateTime, macros::datetime};

use super::{
    FlowError,
    arrivals::{Arrival, Patience, Seen, arrivals},
    copying::{ReadingDesk, Turned},
    fault,
    house::House,
    lingering::LingeringKey,
    upload::{Taken, Upload},
    verdicts::{self, Judge, Verdicts, judge_what_was_taken, with_facts},
};
use crate::{
    domain::{
        ids::{SchoolId, SubmissionId},
        problem::ProblemCode,
        school::School,
    },
    ledger::{Act, Actor, FileStat, NewUpload, Take, Tx, Verb},
    reading::kind_of,
    vault::to_hex,
};

/// Takes, judges and answers every upload of these schools that is complete.
pub fn take_all(
    house: &mut House,
    schools: &[Arc<School>],
    patience: Patience,
) -> Result<Taking, FlowError> {
    let mut taken = judge_what_was_taken(house)?;
    let Seen { complete, next } = arrivals(house, schools, patience);
    let judge = Judge::of(house);
    thread::scope(|scope| {
        let mut ahead: Option<Ahead<'_>> = None;
        for wave in waves(complete) {
            if house.is_stopping() {
                break;
            }
            let schools: HashSet<SchoolId> = wave.iter().map(|arrival| arrival.school.id).collect();
            // A school's next file is judged by what its last one changed.
            if ahead
                .as_ref()
                .is_some_and(|ahead| !ahead.schools.is_disjoint(&schools))
            {
                taken += finish(house, ahead.take())?;
            }
            let uploads = take_wave(house, wave)?;
            let known = with_facts(house, uploads);
            let verdicts = scope.spawn(|| judge.judge(known));
            taken += finish(house, ahead.replace(Ahead { schools, verdicts }))?;
        }
        taken += finish(house, ahead)?;
        Ok(Taking { taken, next })
    })
}

/// A wave that is being judged while the one before it is recorded.
struct Ahead<'scope> {
    schools: HashSet<SchoolId>,
    verdicts: ScopedJoinHandle<'scope, Verdicts>,
}

/// Records a wave that was judged. If judging it broke down, its uploads stay taken and are judged one by
/// one at the next pass.
fn finish(house: &mut House, ahead: Option<Ahead<'_>>) -> Result<usize, FlowError> {
    match ahead.map(|ahead| ahead.verdicts.join()) {
        Some(Ok(verdicts)) => verdicts::record(house, verdicts),
        Some(Err(_)) | None => Ok(0),
    }
}

/// What taking came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taking {
    /// Uploads that were judged.
    pub taken: usize,
    /// After how long another look is worth while, because something is on its way.
    pub next: Option<Duration>,
}

/// One file a school, and at most so many files and bytes: a school's files are judged in the order in
/// which they came, those of different schools at the same time.
fn waves(arrivals: Vec<Arrival>) -> Vec<Vec<Arrival>> {
    let mut by_turn: Vec<Vec<Arrival>> = Vec::new();
    let mut turns = HashMap::<SchoolId, usize>::new();
    for arrival in arrivals {
        let turn = turns.entry(arrival.school.id).or_default();
        if by_turn.len() == *turn {
            by_turn.push(Vec::new());
        }
        by_turn[*turn].push(arrival);
        *turn += 1;
    }
    let mut waves = Vec::new();
    for turn in by_turn {
        let (mut wave, mut bytes) = (Vec::new(), 0_u64);
        for arrival in turn {
            bytes = bytes.saturating_add(arrival.entry.stat.size);
            if wave.len() == WAVE || (bytes > WAVE_BYTES && !wave.is_empty()) {
                waves.push(std::mem::take(&mut wave));
                bytes = arrival.entry.stat.size;
            }
            wave.push(arrival);
        }
        waves.push(wave);
    }
    waves
}

fn take_wave(house: &mut House, wave: Vec<Arrival>) -> Result<Vec<Taken>, FlowError> {
    let Read { uploads, touched } = read_wave(house, wave)?;
    remember_touched(house, touched)?;
    record_uploads(house, uploads)
}

/// What was read of a wave.
#[derive(Default)]
struct Read {
    /// New uploads, with a sealed copy of each in the spool.
    uploads: Vec<Upload>,
    /// Lingering files whose times, rights or names changed and nothing else.
    touched: Vec<(LingeringKey, FileStat)>,
}

/// Reads the files and puts a sealed copy of each into the spool. A file that changes while it is read
/// is left for the next pass, and so is one that can't be read or copied.
fn read_wave(house: &House, wave: Vec<Arrival>) -> Result<Read, FlowError> {
    fault::point("take-before-spool");
    let desk = ReadingDesk::of(house);
    let results: Vec<_> = wave
        .into_par_iter()
        .map(|arrival| (arrival.school.id, desk.read(arrival)))
        .collect();
    let mut read = Read::default();
    for (school, result) in results {
        match result {
            Ok(seen) => {
                house.calm(&taking(school));
                match seen {
                    Turned::New(upload) => read.uploads.push(upload),
                    Turned::Touched(key, stat) => read.touched.push((key, stat)),
                    Turned::NotNow => {}
                }
            }
            Err(error) => house.trouble(&taking(school), &error),
        }
    }
    fault::point("take-after-spool-before-sync");
    if !read.uploads.is_empty() {
        house.spool.sync()?;
    }
    fault::point("take-after-sync-before-commit");
    Ok(read)
}

/// Records the uploads in one commit: from here on each is one submission, whatever crashes.
fn record_uploads(house: &mut House, uploads: Vec<Upload>) -> Result<Vec<Taken>, FlowError> {
    let new: Vec<NewUpload> = uploads
        .iter()
        .map(|upload| NewUpload {
            school: upload.school.id,
            kind: kind_of(&upload.name).kind,
            identity: upload.identity(&house.vault),
            name: upload.raw_name.clone(),
            bytes: upload.size,
            sha256: upload.sha256,
            by: upload.by.clone(),
            spool: upload.body.bytes().map(|_| upload.spool_key(&house.vault)),
            unread: upload.body.unread(),
            lingers: upload.handed_over.is_none().then_some(upload.stat),
            taken_at: house.now(),
            taken_real: OffsetDateTime::now_utc(),
        })
        .collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let replaced: Vec<SubmissionId> = uploads
        .iter()
        .filter(|upload| upload.handed_over.is_none())
        .filter_map(|upload| house.lingering.get(&upload.key()))
        .map(|file| file.id)
        .collect();
    let recorded = house.act(|tx| {
        tx.lingering_gone(&replaced)?;
        new.iter()
            .map(|upload| record_upload(tx, upload))
            .collect::<Result<Vec<_>, FlowError>>()
    })?;
    fault::point("take-after-commit");
    let mut taken = Vec::with_capacity(recorded.len());
    for (take, upload) in recorded.into_iter().zip(uploads) {
        let lingering = upload.lingering(take.id());
        match upload.handed_over.clone() {
            Some(id) => house.handed.taken(upload.school.id, id, lingering.since),
            None => drop(house.lingering.insert(lingering.key(), lingering)),
        }
        if let Take::New(id) = take {
            house.sight.took(id, upload.arrived());
            let spool = upload.body.bytes().map(|_| upload.spool_key(&house.vault));
            taken.push(Taken { id, spool, upload });
        }
    }
    Ok(taken)
}

fn record_upload(tx: &Tx<'_>, upload: &NewUpload) -> Result<Take, FlowError> {
    let take = tx.take(upload)?;
    if let Take::New(id) = take {
        tx.record(&Act {
            at: upload.taken_at,
            actor: Actor::School {
                id: upload.school,
                key: upload.by.clone(),
            },
            verb: match upload.unread {
                Some(ProblemCode::FileIncomplete | ProblemCode::FileTooLarge) => {
                    Verb::UploadRefused
                }
                _ => Verb::UploadTaken,
            },
            subject: id.to_string(),
            school: Some(upload.school),
            detail: json!({"bytes": upload.bytes, "sha256": to_hex(&upload.sha256)}),
        })?;
    }
    Ok(take)
}

/// Lingering files that were touched are known by what they are like now.
fn remember_touched(
    house: &mut House,
    touched: Vec<(LingeringKey, FileStat)>,
) -> Result<(), FlowError> {
    let known: Vec<_> = touched
        .iter()
        .filter_map(|(key, stat)| Some((house.lingering.get(key)?.id, *stat)))
        .collect();
    if known.is_empty() {
        return Ok(());
    }
    house.ledger.write(|tx| {
        known
            .iter()
            .try_for_each(|(id, stat)| tx.restat(*id, *stat))
    })?;
    for (key, stat) in touched {
        if let Some(file) = house.lingering.get_mut(&key) {
            file.stat = stat;
        }
    }
    Ok(())
}

/// Removes sealed copies that the ledger knows nothing of: a crash left them between copy and record, and
/// their uploads still lie in the inbox.
pub fn remove_orphans(house: &House) -> Result<(), FlowError> {
    let view = house.ledger.view();
    let judged = view.spooled_before(FAR_AHEAD)?;
    let waiting = view.taken_unjudged(u32::MAX)?;
    let known: HashSet<String> = judged
        .into_iter()
        .map(|upload| upload.spool)
        .chain(waiting.into_iter().filter_map(|upload| upload.spool))
        .collect();
    for key in house.spool.list()? {
        if !known.contains(&key) {
            house.spool.remove(&key)?;
        }
    }
    Ok(())
}

fn taking(school: SchoolId) -> String {
    format!("taking uploads of {school}")
}

/// Files taken between two commits: enough that syncing costs little, few enough to hold in memory.
const WAVE: usize = 256;
/// Bytes taken between two commits, for the same reason; a larger file has a wave to itself.
const WAVE_BYTES: u64 = 64 << 20;
/// Later than anything was taken.
const FAR_AHEAD: OffsetDateTime = datetime!(9999-01-01 00:00 UTC);
