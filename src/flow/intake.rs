//! The life of an upload, from top to bottom: found complete in an inbox, copied sealed into the spool,
//! recorded, judged, answered by a receipt, and only then taken out of the inbox. What is recorded can
//! be lost by no crash; what is not recorded still lies in the inbox.

use std::{
    collections::{HashMap, HashSet},
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

use rayon::prelude::*;
use serde_json::json;
use time::{OffsetDateTime, macros::datetime};

use super::{
    FlowError,
    arrivals::{Arrival, Patience, Seen, arrivals},
    fault,
    house::House,
    lingering::{Lingering, LingeringFiles, LingeringKey, file_stat},
    upload::{Body, Taken, Upload},
    verdicts::{self, Judge, Verdicts, judge_what_was_taken, with_facts},
};
use crate::{
    boxes::{Boxes, Entry, EntryKind, Folder, ReadOutcome, Spool, Tray},
    domain::{
        ids::{SchoolId, SubmissionId},
        problem::ProblemCode,
    },
    ledger::{Act, Actor, FileStat, NewUpload, Take, Tx, Verb},
    reading::kind_of,
    vault::{LookupKind, Place, Vault, sha256, to_hex},
};

/// Takes, judges and answers every upload that is complete.
pub fn take_all(house: &mut House, patience: Patience) -> Result<Taking, FlowError> {
    let mut taken = judge_what_was_taken(house)?;
    let Seen { complete, next } = arrivals(house, patience);
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

/// What an arrival turned out to be.
enum Turned {
    New(Upload),
    Touched(LingeringKey, FileStat),
    NotNow,
}

/// What reading an upload takes, without the ledger: many are read at once.
struct ReadingDesk<'a> {
    boxes: &'a Boxes,
    spool: &'a Spool,
    vault: &'a Vault,
    lingering: &'a LingeringFiles,
    max_bytes: u64,
}

impl<'a> ReadingDesk<'a> {
    fn of(house: &'a House) -> Self {
        Self {
            boxes: &house.boxes,
            spool: &house.spool,
            vault: &house.vault,
            lingering: &house.lingering,
            max_bytes: house.settings.intake.max_bytes,
        }
    }

    fn read(&self, arrival: Arrival) -> Result<Turned, FlowError> {
        let Arrival { school, entry } = arrival;
        let inbox = self.boxes.tray(school.id, Tray::Inbox)?;
        let Some((body, sha256)) = self.body(&inbox, &entry)? else {
            return Ok(Turned::NotNow);
        };
        let key = (school.id, entry.stat.dev, entry.stat.ino);
        let kind = kind_of(&entry.name.to_string_lossy()).kind;
        if self
            .lingering
            .get(&key)
            .is_some_and(|taken| taken.is(kind, &sha256))
        {
            return Ok(Turned::Touched(key, file_stat(&entry.stat)));
        }
        let upload = Upload {
            school,
            name: entry.name.to_string_lossy().into_owned(),
            raw_name: entry.name.clone(),
            stat: file_stat(&entry.stat),
            size: if entry.kind == EntryKind::File {
                entry.stat.size
            } else {
                0
            },
            sha256,
            body,
        };
        if let Some(bytes) = upload.body.bytes() {
            self.spool.put(
                &upload.spool_key(self.vault),
                &self.vault.seal(SPOOL, bytes),
            )?;
        }
        Ok(Turned::New(upload))
    }

    /// Reads what can be read; nothing where the file changed meanwhile and is for the next pass.
    fn body(&self, inbox: &Folder, entry: &Entry) -> Result<Option<(Body, [u8; 32])>, FlowError> {
        let unread = |code, hash| Some((Body::Unread(code), hash));
        if entry.kind != EntryKind::File {
            return Ok(unread(ProblemCode::FileTypeUnknown, sha256(&[])));
        }
        if entry.stat.size > LONGEST_HASHED {
            return Ok(unread(ProblemCode::FileTooLarge, sha256(&[])));
        }
        if entry.stat.size > self.max_bytes {
            let hash = inbox.hash_unchanged(entry)?;
            return Ok(hash.and_then(|hash| unread(ProblemCode::FileTooLarge, hash)));
        }
        Ok(match inbox.read_unchanged(entry, self.max_bytes)? {
            ReadOutcome::Whole(bytes) => {
                let hash = sha256(&bytes);
                Some((Body::Bytes(bytes), hash))
            }
            ReadOutcome::Forbidden => unread(ProblemCode::FileUnreadable, sha256(&[])),
            ReadOutcome::TooLarge
            | ReadOutcome::Changed
            | ReadOutcome::Gone
            | ReadOutcome::NotAFile => None,
        })
    }
}

impl Upload {
    /// The name of the sealed copy, which is the identity of the upload: the same file found again
    /// after a crash is the same upload.
    fn spool_key(&self, vault: &Vault) -> String {
        to_hex(&self.identity(vault))
    }

    /// Where it lies, whatever its name.
    fn key(&self) -> LingeringKey {
        (self.school.id, self.stat.dev, self.stat.ino)
    }

    fn lingering(&self, id: SubmissionId) -> Lingering {
        Lingering {
            id,
            school: self.school.id,
            kind: kind_of(&self.name).kind,
            sha256: self.sha256,
            stat: self.stat,
            since: OffsetDateTime::now_utc(),
        }
    }

    fn identity(&self, vault: &Vault) -> [u8; 16] {
        let stat = &self.stat;
        let parts: [&[u8]; 4] = [
            &stat.dev.to_le_bytes(),
            &stat.ino.to_le_bytes(),
            &stat.ctime_ns.to_le_bytes(),
            &self.sha256,
        ];
        vault
            .lookup(LookupKind::Upload, self.school.id.number(), &parts)
            .0
    }
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
            by: None,
            spool: upload.body.bytes().map(|_| upload.spool_key(&house.vault)),
            lingers: Some(upload.stat),
            taken_at: house.now(),
            taken_real: OffsetDateTime::now_utc(),
        })
        .collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let replaced: Vec<SubmissionId> = uploads
        .iter()
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
        house.lingering.insert(lingering.key(), lingering);
        if let Take::New(id) = take {
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
                key: None,
            },
            verb: Verb::UploadTaken,
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

/// What the spool's sealed copies are bound to: their names are random, so the place is the room.
pub(super) const SPOOL: Place = Place {
    table: "spool",
    row: 0,
};
/// Files taken between two commits: enough that syncing costs little, few enough to hold in memory.
const WAVE: usize = 256;
/// Bytes taken between two commits, for the same reason; a larger file has a wave to itself.
const WAVE_BYTES: u64 = 64 << 20;
/// The largest file that is hashed for its receipt alone: a sparse one can pretend to any size.
const LONGEST_HASHED: u64 = 256 << 20;
/// Later than anything was taken.
const FAR_AHEAD: OffsetDateTime = datetime!(9999-01-01 00:00 UTC);
