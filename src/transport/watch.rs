//! Hints that something changed, from the kernel's folder events. A hint says where to look and nothing
//! else; a lost one costs a rescan, not a file (design, invariant 4).

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use notify::{
    Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode, ModifyKind},
};
use thiserror::Error;

use crate::domain::ids::SchoolId;

/// Where something may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hint {
    /// A school's inbox.
    Inbox(SchoolId),
    /// The council's folder of extracts.
    Extracts,
    /// What the SFTP front end served.
    Events,
    /// The schools' settings.
    Schools,
    /// Anywhere: events were lost.
    Everything,
}

/// The folders that are watched, besides the inboxes in the boxes.
#[derive(Clone, Debug)]
pub struct Places {
    /// The folder of all boxes.
    pub boxes: PathBuf,
    /// What the SFTP front end and the daemon share.
    pub front: PathBuf,
    /// The council's folder of extracts.
    pub extracts: PathBuf,
    /// The folder with one file a school.
    pub schools: PathBuf,
}

/// Watches until it is dropped.
pub struct Watch {
    watcher: RecommendedWatcher,
    boxes: PathBuf,
    front: PathBuf,
}

/// A folder can't be watched. Rescans still find what changes in it.
#[derive(Debug, Error)]
#[error("{folder} cannot be watched for changes", folder = .folder.display())]
pub struct WatchError {
    /// Which one.
    pub folder: PathBuf,
    /// Why not; mostly the kernel's limit of watches.
    #[source]
    pub source: notify::Error,
}

impl Watch {
    /// Watches the extracts and the schools' settings, and inboxes as [`Watch::inbox`] adds them. Hints
    /// that the channel has no room for are dropped: it is full of hints as good.
    pub fn start(places: Places) -> Result<(Self, Receiver<Hint>), WatchError> {
        let (sender, hints) = sync_channel(ROOM);
        let tell = tell(places.clone(), sender);
        let watcher = RecommendedWatcher::new(tell, Config::default());
        let Places {
            boxes,
            front,
            extracts,
            schools,
        } = places;
        let events = front.join(EVENTS);
        let mut watch = match watcher {
            Ok(watcher) => Self {
                watcher,
                boxes,
                front,
            },
            Err(source) => {
                return Err(WatchError {
                    folder: boxes,
                    source,
                });
            }
        };
        watch.add(extracts)?;
        watch.add(schools)?;
        watch.add(events)?;
        Ok((watch, hints))
    }

    /// Watches a school's inbox, and where the front end hands its uploads over; the same again is fine.
    pub fn inbox(&mut self, school: SchoolId) -> Result<(), WatchError> {
        let [inbox, handed_over] = self.of(school);
        self.add(inbox)?;
        self.add(handed_over)
    }

    /// Watches it no longer.
    pub fn forget(&mut self, school: SchoolId) {
        for folder in self.of(school) {
            // What isn't watched any more, or is gone, needs no forgetting.
            let _ = self.watcher.unwatch(&folder);
        }
    }

    fn of(&self, school: SchoolId) -> [PathBuf; 2] {
        let school = school.to_string();
        [
            self.boxes.join(&school).join(INBOX),
            self.front.join(HANDED_OVER).join(school),
        ]
    }

    fn add(&mut self, folder: PathBuf) -> Result<(), WatchError> {
        self.watcher
            .watch(&folder, RecursiveMode::NonRecursive)
            .map_err(|source| WatchError { folder, source })
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watch({})", self.boxes.display())
    }
}

fn tell(
    places: Places,
    hints: SyncSender<Hint>,
) -> impl FnMut(Result<Event, notify::Error>) + Send + 'static {
    move |event| {
        for hint in hints_of(&places, event) {
            // A full channel loses the hint, and a receiver that is gone needs none.
            let _ = hints.try_send(hint);
        }
    }
}

fn hints_of(places: &Places, event: Result<Event, notify::Error>) -> Vec<Hint> {
    let Ok(event) = event else {
        return vec![Hint::Everything];
    };
    if event.need_rescan() {
        return vec![Hint::Everything];
    }
    if !changes(event.kind) {
        return Vec::new();
    }
    let mut hints = event
        .paths
        .iter()
        .filter_map(|path| hint_of(places, event.kind, path))
        .collect::<Vec<_>>();
    hints.dedup();
    hints
}

/// Looking at a file is no change, or our own scans would hint at themselves for ever.
fn changes(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

fn hint_of(places: &Places, kind: EventKind, path: &Path) -> Option<Hint> {
    if let Ok(shared) = path.strip_prefix(&places.front) {
        return if gets_its_name(kind) {
            hint_of_front(shared)
        } else {
            None
        };
    }
    if path.starts_with(&places.extracts) {
        return Some(Hint::Extracts);
    }
    if path.starts_with(&places.schools) {
        return Some(Hint::Schools);
    }
    let school = path.strip_prefix(&places.boxes).ok()?.iter().next()?;
    school.to_str()?.parse().ok().map(Hint::Inbox)
}

/// In the shared folder files are written under other names first: only the rename counts.
fn gets_its_name(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_)) | EventKind::Any
    )
}

fn hint_of_front(path: &Path) -> Option<Hint> {
    let mut steps = path.iter().map(|step| step.to_str());
    let (folder, next) = (steps.next()??, steps.next()??);
    match folder {
        EVENTS => next.ends_with(EVENT).then_some(Hint::Events),
        HANDED_OVER => {
            let file = steps.next()??;
            let school = next.parse().ok()?;
            file.ends_with(UPLOAD).then_some(Hint::Inbox(school))
        }
        _ => None,
    }
}

/// The folders in what is shared with the front end that are watched, and how the files in them end.
const EVENTS: &str = "events";
const EVENT: &str = ".event";
const HANDED_OVER: &str = "boxes";
const UPLOAD: &str = ".upload";
/// The folder in a box that is watched.
const INBOX: &str = "inbox";
/// Hints that wait at most: one for each school of a large council, and some.
const ROOM: usize = 8192;

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use super::*;

    const SOON: Duration = Duration::from_secs(5);
    const QUIET: Duration = Duration::from_millis(200);

    fn places(root: &Path) -> Places {
        let [boxes, front, extracts, schools] =
            ["boxes", "front", "extracts", "schools.d"].map(|name| root.join(name));
        fs::create_dir_all(front.join("boxes/8604001")).unwrap();
        fs::create_dir_all(front.join("events")).unwrap();
        fs::create_dir_all(boxes.join("8604001/inbox")).unwrap();
        fs::create_dir_all(&extracts).unwrap();
        fs::create_dir_all(&schools).unwrap();
        Places {
            boxes,
            front,
            extracts,
            schools,
        }
    }

    fn drain(hints: &Receiver<Hint>) {
        while hints.recv_timeout(QUIET).is_ok() {}
    }

    #[test]
    fn a_change_anywhere_hints_at_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let (mut watch, hints) = Watch::start(places(dir.path())).unwrap();
        let school = "8604001".parse().unwrap();
        watch.inbox(school).unwrap();
        watch.inbox(school).unwrap();
        let places = [
            ("boxes/8604001/inbox/a.csv", Hint::Inbox(school)),
            ("extracts/x.csv", Hint::Extracts),
            ("front/boxes/8604001/1.upload", Hint::Inbox(school)),
            ("front/events/1.event", Hint::Events),
            ("schools.d/8604001.toml", Hint::Schools),
        ];
        for (path, hint) in places {
            fs::write(dir.path().join(path), "x").unwrap();
            assert_eq!(hints.recv_timeout(SOON), Ok(hint));
            drain(&hints);
        }
    }

    #[test]
    fn reading_is_no_change_and_a_forgotten_inbox_is_quiet() {
        let dir = tempfile::tempdir().unwrap();
        let places = places(dir.path());
        fs::write(dir.path().join("front/events/0.event"), "x").unwrap();
        let (mut watch, hints) = Watch::start(places).unwrap();
        let school = "8604001".parse().unwrap();
        let file = dir.path().join("boxes/8604001/inbox/a.csv");
        fs::write(&file, "x").unwrap();
        watch.inbox(school).unwrap();
        fs::read(&file).unwrap();
        // A part grows, and an event that was recorded goes.
        fs::write(dir.path().join("front/boxes/8604001/1.part"), "x").unwrap();
        fs::remove_file(dir.path().join("front/events/0.event")).unwrap();
        assert!(hints.recv_timeout(QUIET).is_err());
        watch.forget(school);
        watch.forget(school);
        fs::write(&file, "y").unwrap();
        assert!(hints.recv_timeout(QUIET).is_err());
    }

    #[test]
    fn lost_events_hint_at_everything() {
        let dir = tempfile::tempdir().unwrap();
        let places = places(dir.path());
        let overflow = Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
        assert_eq!(hints_of(&places, Ok(overflow)), [Hint::Everything]);
        let error = notify::Error::generic("x");
        assert_eq!(hints_of(&places, Err(error)), [Hint::Everything]);
    }

    #[test]
    fn an_inbox_that_is_missing_is_an_error_and_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let (mut watch, _hints) = Watch::start(places(dir.path())).unwrap();
        assert!(watch.inbox("8604002".parse().unwrap()).is_err());
    }
}
