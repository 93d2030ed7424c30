//! Names that stay in the inbox for a while after their file was taken, because clients set times and
//! check sizes after they close. A lingering name whose bytes or kind change is a new upload; one whose
//! times, rights or name change is not.

use std::{collections::HashMap, time::Duration};

use time::OffsetDateTime;

use super::{FlowError, fault, house::House};
use crate::{
    boxes::{ClaimEnd, Entry, EntryKind, StatIdentity, TakenAway, Tray},
    domain::{
        ids::{SchoolId, SubmissionId},
        list::FileKind,
    },
    ledger::{FileStat, View},
    reading::{is_unfinished, kind_of},
};

/// A file that was taken and still shows its name.
#[derive(Clone, Debug)]
pub struct Lingering {
    /// What it was taken as.
    pub id: SubmissionId,
    /// The box.
    pub school: SchoolId,
    /// What its name said that it is.
    pub kind: FileKind,
    /// The hash of its bytes.
    pub sha256: [u8; 32],
    /// What the file was like when it was looked at last.
    pub stat: FileStat,
    /// When it was taken, by the real clock.
    pub since: OffsetDateTime,
}

/// The lingering files by what no rename changes: school, device and inode.
pub type LingeringFiles = HashMap<LingeringKey, Lingering>;

/// Where a file lies, whatever its name.
pub type LingeringKey = (SchoolId, u64, u64);

/// What a name in an inbox is to what was taken there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Standing {
    /// Nothing of the kind was taken.
    New,
    /// It is what was taken, untouched.
    Taken,
    /// Something about it changed; only its bytes and its name tell whether it is a new upload.
    Touched,
}

impl Lingering {
    /// Under which key it is found.
    pub(super) fn key(&self) -> LingeringKey {
        (self.school, self.stat.dev, self.stat.ino)
    }

    /// Whether an upload of this kind and with these bytes is the one that was taken.
    pub(super) fn is(&self, kind: FileKind, sha256: &[u8; 32]) -> bool {
        self.kind == kind && self.sha256 == *sha256
    }
}

/// What an entry is to what was taken before.
pub(super) fn standing(files: &LingeringFiles, school: SchoolId, entry: &Entry) -> Standing {
    match files.get(&(school, entry.stat.dev, entry.stat.ino)) {
        None => Standing::New,
        Some(taken) if taken.stat == file_stat(&entry.stat) => Standing::Taken,
        // A folder is answered once, however often something in it changes.
        Some(_) if entry.kind == EntryKind::Folder => Standing::Taken,
        Some(_) => Standing::Touched,
    }
}

/// What the ledger keeps of a file, to know it again.
pub(super) fn file_stat(stat: &StatIdentity) -> FileStat {
    let StatIdentity {
        dev,
        ino,
        ctime_ns,
        mtime_ns,
        size,
        nlink,
    } = *stat;
    FileStat {
        dev,
        ino,
        ctime_ns,
        mtime_ns,
        size,
        nlink,
    }
}

/// What lingered when the last process ended.
pub(super) fn remembered(view: &View<'_>) -> Result<LingeringFiles, FlowError> {
    let mut files = LingeringFiles::new();
    for one in view.lingering()? {
        let Some(submission) = view.submission(one.id)? else {
            continue;
        };
        let lingering = Lingering {
            id: one.id,
            school: one.school,
            kind: kind_of(&one.name.to_string_lossy()).kind,
            sha256: submission.taken.sha256,
            stat: one.stat,
            since: one.taken_real,
        };
        files.insert(lingering.key(), lingering);
    }
    Ok(files)
}

/// After a crash: names that were being removed are removed, or given back where they were not taken.
pub fn end_claims(house: &House) -> Result<(), FlowError> {
    for school in house.schools.iter() {
        let inbox = house.boxes.tray(school.id, Tray::Inbox)?;
        for claim in inbox.claims()? {
            let stat = &claim.entry.stat;
            let taken = house.lingering.get(&(school.id, stat.dev, stat.ino));
            let ours = taken.is_some_and(|taken| {
                (taken.stat.mtime_ns, taken.stat.size) == (stat.mtime_ns, stat.size)
            });
            // What was touched before it was claimed is looked at again under its own name.
            let end = if ours {
                ClaimEnd::Remove
            } else {
                ClaimEnd::GiveBack
            };
            inbox.end_claim(&claim, end)?;
        }
    }
    Ok(())
}

/// Removes the names of uploads that were taken long enough ago: all of them at the end of `--once`.
pub fn clear(house: &mut House, linger: Duration) -> Result<(), FlowError> {
    let now = OffsetDateTime::now_utc();
    let mut due = HashMap::<SchoolId, Vec<LingeringKey>>::new();
    for (key, file) in &house.lingering {
        if now - file.since >= linger {
            due.entry(file.school).or_default().push(*key);
        }
    }
    if due.is_empty() {
        return Ok(());
    }
    fault::point("clear-before-remove");
    let mut gone = Vec::new();
    for (school, mut keys) in due {
        match still_there(house, school, &keys) {
            Ok(stay) => {
                house.calm(&place(school));
                keys.retain(|key| !stay.contains(key));
                gone.append(&mut keys);
            }
            Err(error) => house.trouble(&place(school), &error),
        }
    }
    fault::point("clear-after-remove-before-mark");
    if gone.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = gone
        .iter()
        .filter_map(|key| house.lingering.get(key))
        .map(|file| file.id)
        .collect();
    house.ledger.write(|tx| tx.lingering_gone(&ids))?;
    for key in gone {
        house.lingering.remove(&key);
    }
    Ok(())
}

/// Takes the names of these files away; tells which of them stay all the same.
fn still_there(
    house: &House,
    school: SchoolId,
    keys: &[LingeringKey],
) -> Result<Vec<LingeringKey>, FlowError> {
    let inbox = house.boxes.tray(school, Tray::Inbox)?;
    let mut stay = Vec::new();
    for entry in inbox.scan()? {
        let key = (school, entry.stat.dev, entry.stat.ino);
        if !keys.contains(&key) {
            continue;
        }
        let left = match standing(&house.lingering, school, &entry) {
            // It is some other upload's temporary name by now, and none of ours.
            Standing::Touched if is_unfinished(&entry.name.to_string_lossy()) => continue,
            // The next look tells whether it is a new upload.
            Standing::Touched | Standing::New => TakenAway::Changed,
            Standing::Taken => inbox.take_away(&entry)?,
        };
        if matches!(left, TakenAway::Changed | TakenAway::NotEmpty) {
            stay.push(key);
        }
    }
    Ok(stay)
}

fn place(school: SchoolId) -> String {
    format!("clearing the inbox of {school}")
}
