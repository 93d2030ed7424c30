//! Hints that something changed, from the kernel's folder events. A hint says where to look and nothing
//! else; a lost one costs a rescan, not a file (design, invariant 4).

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use notify::{
    Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
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
    /// The council's folder of extracts.
    pub extracts: PathBuf,
    /// The folder with one file a school.
    pub schools: PathBuf,
}

/// Watches until it is dropped.
pub struct Watch {
    watcher: RecommendedWatcher,
    boxes: PathBuf,
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
            extracts,
            schools,
        } = places;
        let mut watch = match watcher {
            Ok(watcher) => Self { watcher, boxes },
            Err(source) => {
                return Err(WatchError {
                    folder: boxes,
                    source,
                });
            }
        };
        watch.add(extracts)?;
        watch.add(schools)?;
        Ok((watch, hints))
    }

    /// Watches a school's inbox; the same again is fine.
    pub fn inbox(&mut self, school: SchoolId) -> Result<(), WatchError> {
        self.add(self.boxes.join(school.to_string()).join(INBOX))
    }

    /// Watches it no longer.
    pub fn forget(&mut self, school: SchoolId) {
        let inbox = self.boxes.join(school.to_string()).join(INBOX);
        // What isn't watched any more, or is gone, needs no forgetting.
        let _ = self.watcher.unwatch(&inbox);
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
        .filter_map(|path| hint_of(places, path))
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

fn hint_of(places: &Places, path: &Path) -> Option<Hint> {
    if path.starts_with(&places.extracts) {
        return Some(Hint::Extracts);
    }
    if path.starts_with(&places.schools) {
        return Some(Hint::Schools);
    }
    let school = path.strip_prefix(&places.boxes).ok()?.iter().next()?;
    school.to_str()?.parse().ok().map(Hint::Inbox)
}

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
        let [boxes, extracts, schools] =
            ["boxes", "extracts", "schools.d"].map(|name| root.join(name));
        fs::create_dir_all(boxes.join("8604001/inbox")).unwrap();
        fs::create_dir_all(&extracts).unwrap();
        fs::create_dir_all(&schools).unwrap();
        Places {
            boxes,
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
        let (mut watch, hints) = Watch::start(places(dir.path())).unwrap();
        let school = "8604001".parse().unwrap();
        let file = dir.path().join("boxes/8604001/inbox/a.csv");
        fs::write(&file, "x").unwrap();
        watch.inbox(school).unwrap();
        fs::read(&file).unwrap();
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
