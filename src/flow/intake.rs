//! The life of an upload, from top to bottom: found complete in an inbox, copied sealed into the spool,
//! recorded, judged, answered by a receipt, and only then taken out of the inbox. What is recorded can
//! be lost by no crash; what is not recorded still lies in the inbox.

use std::{sync::Arc, thread, time::Duration};

use rayon::prelude::*;
use time::OffsetDateTime;

use super::{
    FlowError,
    arrivals::{Arrival, Lingering, Patience, Seen, arrivals, file_stat, is_another_upload},
    facts::SealedFacts,
    fault,
    house::House,
    judging::{Bench, Judged},
    receipts,
    recording::{self, SealedChanges},
    upload::{Body, Taken, Upload},
};
use crate::{
    boxes::{Boxes, ClaimEnd, Entry, EntryKind, Folder, ReadOutcome, Spool, Tray},
    domain::{ids::SchoolId, problem::ProblemCode},
    ledger::{Act, Actor, FileStat, NewUpload, Take, Verb},
    reading::kind_of,
    vault::{LookupKind, Place, Vault, sha256, to_hex},
};

/// Takes, judges and answers every upload that is complete. Returns how many there were.
pub fn take_all(house: &mut House, patience: Patience) -> Result<Taking, FlowError> {
    let mut taken = judge_what_was_taken(house)?;
    let Seen {
        complete,
        still_growing,
    } = arrivals(house, patience)?;
    for wave in waves(complete) {
        taken += take_wave(house, wave)?;
    }
    receipts::publish_waiting(house)?;
    Ok(Taking {
        taken,
        still_growing,
    })
}

/// What taking came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taking {
    /// Uploads that were taken and answered.
    pub taken: usize,
    /// Whether something lies in an inbox that is not complete yet.
    pub still_growing: bool,
}

/// After a crash: names that were being removed are removed, or given back where they were not taken.
pub fn end_claims(house: &House) -> Result<(), FlowError> {
    for school in house.schools.iter() {
        let inbox = house.boxes.tray(school.id, Tray::Inbox)?;
        for claim in inbox.claims()? {
            let stat = &claim.entry.stat;
            let taken = house.lingering.get(&(school.id, stat.dev, stat.ino));
            let ours = taken.is_some_and(|taken| taken.stat.mtime_ns == stat.mtime_ns);
            inbox.end_claim(
                &claim,
                if ours {
                    ClaimEnd::Remove
                } else {
                    ClaimEnd::GiveBack
                },
            )?;
        }
    }
    Ok(())
}

/// Removes the names of uploads that were taken long enough ago: all of them at the end of `--once`.
pub fn clear_lingering(house: &mut House, linger: Duration) -> Result<(), FlowError> {
    let now = OffsetDateTime::now_utc();
    let due = |file: &Lingering| now - file.since >= linger;
    let mut schools: Vec<SchoolId> = house
        .lingering
        .values()
        .filter(|f| due(f))
        .map(|f| f.school)
        .collect();
    schools.sort_unstable();
    schools.dedup();
    if schools.is_empty() {
        return Ok(());
    }
    fault::point("clear-before-remove");
    let mut gone = Vec::new();
    for school in schools {
        let inbox = house.boxes.tray(school, Tray::Inbox)?;
        for entry in inbox.scan()? {
            let Some(file) = house
                .lingering
                .get(&(school, entry.stat.dev, entry.stat.ino))
            else {
                continue;
            };
            if due(file) && !is_another_upload(file, &entry) {
                // Bytes that changed since the look above stay, and are a new upload.
                let _ = inbox.take_away(&entry)?;
            }
        }
        let of_school = house
            .lingering
            .iter()
            .filter(|(_, file)| file.school == school && due(file));
        gone.extend(of_school.map(|(key, file)| (file.id, *key)));
    }
    fault::point("clear-after-remove-before-mark");
    let ids: Vec<_> = gone.iter().map(|(id, _)| *id).collect();
    house.ledger.write(|tx| tx.lingering_gone(&ids))?;
    for (_, key) in gone {
        house.lingering.remove(&key);
    }
    Ok(())
}

/// One file a school and at most so many files: a school's files are judged in the order in which they
/// came, those of different schools at the same time.
fn waves(arrivals: Vec<Arrival>) -> Vec<Vec<Arrival>> {
    let mut by_turn: Vec<Vec<Arrival>> = Vec::new();
    let mut turns = std::collections::HashMap::<SchoolId, usize>::new();
    for arrival in arrivals {
        let turn = turns.entry(arrival.school.id).or_default();
        if by_turn.len() == *turn {
            by_turn.push(Vec::new());
        }
        by_turn[*turn].push(arrival);
        *turn += 1;
    }
    let mut waves = Vec::new();
    for mut turn in by_turn {
        while turn.len() > WAVE {
            let rest = turn.split_off(WAVE);
            waves.push(std::mem::replace(&mut turn, rest));
        }
        waves.push(turn);
    }
    waves
}

fn take_wave(house: &mut House, wave: Vec<Arrival>) -> Result<usize, FlowError> {
    let uploads = read_wave(house, wave)?;
    let taken = record_uploads(house, uploads)?;
    let count = taken.len();
    judge_wave(house, taken)?;
    Ok(count)
}

/// Reads the files and puts a sealed copy of each into the spool. A file that changes while it is read
/// is left for the next pass.
fn read_wave(house: &House, wave: Vec<Arrival>) -> Result<Vec<Upload>, FlowError> {
    fault::point("take-before-spool");
    let desk = ReadingDesk::of(house);
    let read = wave
        .into_par_iter()
        .map(|arrival| desk.read(arrival))
        .collect::<Result<Vec<_>, _>>()?;
    let uploads: Vec<Upload> = read.into_iter().flatten().collect();
    fault::point("take-after-spool-before-sync");
    house.spool.sync()?;
    fault::point("take-after-sync-before-commit");
    Ok(uploads)
}

/// What reading an upload takes, without the ledger: many are read at once.
struct ReadingDesk<'a> {
    boxes: &'a Boxes,
    spool: &'a Spool,
    vault: &'a Vault,
    max_bytes: u64,
}

impl<'a> ReadingDesk<'a> {
    fn of(house: &'a House) -> Self {
        Self {
            boxes: &house.boxes,
            spool: &house.spool,
            vault: &house.vault,
            max_bytes: house.settings.intake.max_bytes,
        }
    }

    fn read(&self, arrival: Arrival) -> Result<Option<Upload>, FlowError> {
        let Arrival { school, entry } = arrival;
        let inbox = self.boxes.tray(school.id, Tray::Inbox)?;
        let Some((body, sha256)) = self.body(&inbox, &entry)? else {
            return Ok(None);
        };
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
        Ok(Some(upload))
    }

    /// Reads what can be read; nothing where the file changed meanwhile and is for the next pass.
    fn body(&self, inbox: &Folder, entry: &Entry) -> Result<Option<(Body, [u8; 32])>, FlowError> {
        let unread = |code, hash| Some((Body::Unread(code), hash));
        if entry.kind != EntryKind::File {
            return Ok(unread(ProblemCode::FileTypeUnknown, sha256(&[])));
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
    let ids = house.act(|tx| {
        new.iter()
            .map(|upload| {
                let id = match tx.take(upload)? {
                    Take::New(id) => id,
                    Take::Earlier(_) => return Ok(None),
                };
                tx.record(&Act {
                    at: upload.taken_at,
                    actor: Actor::School { id: upload.school, key: None },
                    verb: Verb::UploadTaken,
                    subject: id.to_string(),
                    school: Some(upload.school),
                    detail: serde_json::json!({"bytes": upload.bytes, "sha256": to_hex(&upload.sha256)}),
                })?;
                Ok(Some(id))
            })
            .collect::<Result<Vec<_>, FlowError>>()
    })?;
    fault::point("take-after-commit");
    let new = ids.into_iter().zip(uploads);
    let taken: Vec<Taken> = new
        .filter_map(|(id, upload)| id.map(|id| Taken { id, upload }))
        .collect();
    for one in &taken {
        let (school, stat) = (one.upload.school.id, one.upload.stat);
        let lingering = Lingering {
            id: one.id,
            school,
            stat,
            since: OffsetDateTime::now_utc(),
        };
        house
            .lingering
            .insert((school, stat.dev, stat.ino), lingering);
    }
    Ok(taken)
}

/// Judges what was taken, each on its own, and records all of it in one commit.
fn judge_wave(house: &mut House, wave: Vec<Taken>) -> Result<(), FlowError> {
    let view = house.ledger.view();
    let with_facts = wave
        .into_iter()
        .map(|taken| Ok((SealedFacts::read(&view, taken.upload.school.id)?, taken)))
        .collect::<Result<Vec<_>, FlowError>>()?;
    let bench = Bench {
        today: house.today(),
        rules: &house.list_rules(),
        limits: &house.limits(),
        max_bytes: house.settings.intake.max_bytes,
        intake_key: house.intake_key.as_ref(),
        any_school: false,
    };
    let vault = &house.vault;
    let judged = with_facts
        .into_par_iter()
        .map(|(facts, taken)| {
            let mut judged = bench.judge(&taken, &facts.open(vault)?);
            let changes = SealedChanges::seal(
                vault,
                taken.upload.school.id,
                std::mem::take(&mut judged.changes),
            );
            Ok((taken, judged, changes))
        })
        .collect::<Result<Vec<(Taken, Judged, SealedChanges)>, FlowError>>()?;
    fault::point("judge-before-commit");
    recording::record(house, judged)?;
    fault::point("judge-after-commit-before-receipt");
    Ok(())
}

/// After a crash: what was taken and not judged is judged from its sealed copy.
fn judge_what_was_taken(house: &mut House) -> Result<usize, FlowError> {
    let mut count = 0;
    loop {
        let waiting = house.ledger.view().taken_unjudged(1)?;
        let Some(one) = waiting.into_iter().next() else {
            return Ok(count);
        };
        let school = house.school_of(one.school)?;
        let body = match &one.spool {
            Some(key) => match house.spool.read(key)? {
                Some(sealed) => Body::Bytes(house.vault.open(SPOOL, &sealed)?),
                None => Body::Unread(ProblemCode::FileIncomplete),
            },
            None if one.bytes > house.settings.intake.max_bytes => {
                Body::Unread(ProblemCode::FileTooLarge)
            }
            None => Body::Unread(ProblemCode::FileTypeUnknown),
        };
        let upload = Upload {
            school: Arc::clone(&school),
            name: one.name.to_string_lossy().into_owned(),
            raw_name: one.name,
            stat: NO_STAT,
            size: one.bytes,
            sha256: one.sha256,
            body,
        };
        judge_wave(house, vec![Taken { id: one.id, upload }])?;
        count += 1;
        thread::yield_now();
    }
}

/// What the spool's sealed copies are bound to: their names are random, so the place is the room.
const SPOOL: Place = Place {
    table: "spool",
    row: 0,
};
/// Files taken between two commits: enough that syncing costs little, few enough to hold in memory.
const WAVE: usize = 256;
/// What a recovered upload was like in its inbox no longer matters: the ledger knows where it lingers.
const NO_STAT: FileStat = FileStat {
    dev: 0,
    ino: 0,
    ctime_ns: 0,
    mtime_ns: 0,
    size: 0,
    nlink: 0,
};
