//! What lies in the inboxes: what is new, what still grows, what was taken already and only lingers.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use time::OffsetDateTime;

use super::{FlowError, house::House};
use crate::{
    boxes::{Entry, EntryKind, StatIdentity, Tray},
    domain::{
        ids::{SchoolId, SubmissionId},
        school::School,
    },
    ledger::FileStat,
    reading::is_unfinished,
    transport::inbox::{Settled, Writers, settled},
};

/// How long to wait for files that are not complete yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Not at all: the daemon comes back by itself.
    None,
    /// Until all have settled, or this long: `run --once` has no second look.
    UpTo(Duration),
}

/// An upload that is complete and was not taken yet.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) school: Arc<School>,
    pub(super) entry: Entry,
}

/// A file that was taken and still shows its name, because clients set times and check sizes after
/// they close.
#[derive(Clone, Debug)]
pub struct Lingering {
    /// What it was taken as.
    pub id: SubmissionId,
    /// The box.
    pub school: SchoolId,
    /// What the file was like when it was taken.
    pub stat: FileStat,
    /// When, by the real clock.
    pub since: OffsetDateTime,
}

/// The lingering files by what no rename changes: school, device and inode.
pub type LingeringFiles = HashMap<(SchoolId, u64, u64), Lingering>;

/// What a look at all inboxes found.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// All uploads that are complete, in the order in which they were completed.
    pub(super) complete: Vec<Arrival>,
    /// Whether something is there that is not complete yet.
    pub(super) still_growing: bool,
}

/// Looks at all inboxes.
pub(super) fn arrivals(house: &House, patience: Patience) -> Result<Seen, FlowError> {
    let began = Instant::now();
    loop {
        let seen = look(house)?;
        let Patience::UpTo(longest) = patience else {
            return Ok(seen);
        };
        if !seen.still_growing || began.elapsed() >= longest {
            return Ok(seen);
        }
        thread::sleep(LOOK_AGAIN);
    }
}

fn look(house: &House) -> Result<Seen, FlowError> {
    let mut found = BTreeMap::new();
    for school in house.schools.iter() {
        let new = new_entries(house, school)?;
        if !new.is_empty() {
            found.insert(school.id, (Arc::clone(school), new));
        }
    }
    if found.is_empty() {
        return Ok(Seen::default());
    }
    // One look at who writes for all of them: it walks every process.
    let writers = Writers::among(
        found
            .values()
            .flat_map(|(_, entries)| entries)
            .map(|entry| &entry.stat),
    );
    let mut seen = Seen::default();
    for (school, entries) in found.into_values() {
        for entry in entries {
            if is_complete(&entry, &writers, house.settings.intake.settle) {
                seen.complete.push(Arrival {
                    school: Arc::clone(&school),
                    entry,
                });
            } else {
                seen.still_growing = true;
            }
        }
    }
    seen.complete.sort_by(|a, b| {
        let place = |arrival: &Arrival| (arrival.entry.stat.ctime_ns, arrival.entry.name.clone());
        place(a).cmp(&place(b))
    });
    Ok(seen)
}

/// What lies in one inbox and was neither taken nor is still being written under a temporary name.
fn new_entries(house: &House, school: &School) -> Result<Vec<Entry>, FlowError> {
    let entries = house.boxes.tray(school.id, Tray::Inbox)?.scan()?;
    let new = |entry: &Entry| {
        let temporary = is_unfinished(&entry.name.to_string_lossy());
        let known = house
            .lingering
            .get(&(school.id, entry.stat.dev, entry.stat.ino));
        !temporary && known.is_none_or(|taken| is_another_upload(taken, entry))
    };
    Ok(entries.into_iter().filter(new).collect())
}

/// Whether a lingering name holds other bytes than those that were taken. Clients set times and modes
/// and rename after they close, which changes the change time and nothing else; bytes that are
/// written anew change the modification time, and the kernel sets both times together.
pub(super) fn is_another_upload(taken: &Lingering, entry: &Entry) -> bool {
    let (before, now) = (taken.stat, file_stat(&entry.stat));
    if !matches!(entry.kind, EntryKind::File) {
        return false;
    }
    now.mtime_ns != before.mtime_ns && now.ctime_ns.abs_diff(now.mtime_ns) < SET_BY_WRITING
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

fn is_complete(entry: &Entry, writers: &Writers, settle: Duration) -> bool {
    match entry.kind {
        EntryKind::File => {
            matches!(
                settled(&entry.stat, writers, OffsetDateTime::now_utc(), settle),
                Settled::Yes
            )
        }
        // What can never be read needs no waiting for its bytes.
        _ => true,
    }
}

/// Between two looks at files that still grow.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// A write sets modification and change time in one go; `utimes` sets the first to what it likes, in
/// nanoseconds.
const SET_BY_WRITING: u128 = 5_000_000;
