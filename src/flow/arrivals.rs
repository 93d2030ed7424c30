//! What lies in the inboxes: what is new, what still grows, what was taken already and only lingers.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use time::OffsetDateTime;

use super::{
    FlowError,
    front_end::handed_over,
    house::House,
    lingering::{Standing, standing},
};
use crate::{
    boxes::{
        Entry, EntryKind, Tray,
        handover::{HandedOver, Slip, UploadId},
    },
    domain::{ids::SchoolId, school::School},
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

/// An upload that is complete and was not taken yet, as far as names and times tell.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) school: Arc<School>,
    pub(super) entry: Entry,
    pub(super) origin: Origin,
}

/// How an upload came.
#[derive(Debug)]
pub(super) enum Origin {
    /// It lies in the inbox; nobody handed it over (folder mode).
    Inbox,
    /// Our own server handed it over.
    HandedOver(UploadId, Slip),
}

/// What a look at all inboxes found.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// All uploads that are complete, in the order in which they were completed.
    pub(super) complete: Vec<Arrival>,
    /// After how long the next one will be; none where nothing is on its way.
    pub(super) next: Option<Duration>,
}

/// Looks for uploads of these schools.
pub(super) fn arrivals(house: &House, schools: &[Arc<School>], patience: Patience) -> Seen {
    let began = Instant::now();
    loop {
        let seen = look(house, schools);
        let (Some(next), Patience::UpTo(longest)) = (seen.next, patience) else {
            return seen;
        };
        if began.elapsed() >= longest || house.is_stopping() {
            return seen;
        }
        thread::sleep(next.min(LOOK_AGAIN));
    }
}

fn look(house: &House, schools: &[Arc<School>]) -> Seen {
    let (mut seen, mut found) = (Seen::default(), BTreeMap::new());
    for school in schools {
        seen.complete.extend(handed_over_to(house, school));
        match new_entries(house, school.id) {
            Ok(new) => {
                house.calm(&place(school.id));
                if !new.is_empty() {
                    found.insert(school.id, (Arc::clone(school), new));
                }
            }
            // One school's box keeps no other's from being looked at.
            Err(error) => house.trouble(&place(school.id), &error),
        }
    }
    look_for_settled(house, found, &mut seen);
    seen.complete.sort_by_cached_key(Arrival::place);
    seen
}

/// Of what lies in inboxes, what is complete and what is on its way.
fn look_for_settled(
    house: &House,
    found: BTreeMap<SchoolId, (Arc<School>, Vec<Entry>)>,
    seen: &mut Seen,
) {
    if found.is_empty() {
        return;
    }
    // One look at who writes for all of them: it walks every process.
    let writers = Writers::among(
        found
            .values()
            .flat_map(|(_, entries)| entries)
            .filter(|entry| entry.kind == EntryKind::File)
            .map(|entry| &entry.stat),
    );
    let (now, settle) = (OffsetDateTime::now_utc(), house.settings.intake.settle);
    for (school, entries) in found.into_values() {
        for entry in entries {
            // What is no file rests as well: a rename by `link` shows two names of one file for a moment.
            match settled(&entry.stat, &writers, now, settle) {
                Settled::Yes => seen.complete.push(Arrival {
                    school: Arc::clone(&school),
                    entry,
                    origin: Origin::Inbox,
                }),
                Settled::Fresh(left) => seen.wait(left),
                Settled::BeingWritten => seen.wait(WRITTEN),
            }
        }
    }
}

/// What was handed over for a school: complete, whoever has it open.
fn handed_over_to(house: &House, school: &Arc<School>) -> Vec<Arrival> {
    let doing = format!("looking at what was handed over for {}", school.id);
    let new = match handed_over::new_uploads(house, school.id) {
        Ok(new) => new,
        Err(error) => {
            house.trouble(&doing, &error);
            return Vec::new();
        }
    };
    house.calm(&doing);
    let arrival = |HandedOver { id, slip, entry }| Arrival {
        school: Arc::clone(school),
        entry,
        origin: Origin::HandedOver(id, slip),
    };
    new.into_iter().map(arrival).collect()
}

impl Arrival {
    /// Its place among all arrivals: when it was completed.
    fn place(&self) -> (i128, OsString) {
        let at = match &self.origin {
            Origin::Inbox => self.entry.stat.ctime_ns,
            Origin::HandedOver(id, _) => id.nanoseconds(),
        };
        (at, self.entry.name.clone())
    }
}

impl Seen {
    fn wait(&mut self, left: Duration) {
        self.next = Some(self.next.map_or(left, |next| next.min(left)));
    }
}

/// What lies in one inbox and is neither what was taken already nor under a temporary name.
fn new_entries(house: &House, school: SchoolId) -> Result<Vec<Entry>, FlowError> {
    let mut entries = house.boxes.tray(school, Tray::Inbox)?.scan()?;
    entries.retain(|entry| {
        !is_unfinished(&entry.name.to_string_lossy())
            && standing(&house.lingering, school, entry) != Standing::Taken
    });
    Ok(entries)
}

fn place(school: SchoolId) -> String {
    format!("looking into the inbox of {school}")
}

/// Between two looks at files that still grow.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Before another look at a file that somebody has open for writing: when it is closed, a hint comes.
const WRITTEN: Duration = Duration::from_secs(1);
