//! The folder itself: one box a school, events, bans, counters.

use std::{path::Path, sync::Arc};

use super::{
    super::{error::BoxError, folder::Folder},
    ban::{BAN, Ban},
    counters::Counters,
    event::{Event, EventId},
    front_box::FrontBox,
    paper::{self, Paper},
    stamp::{Stamp, Stamper},
};
use crate::domain::ids::SchoolId;

/// What the front end and the daemon share.
#[derive(Debug)]
pub struct Front {
    root: Folder,
    boxes: Folder,
    events: Folder,
    bans: Folder,
    stamper: Arc<Stamper>,
}

impl Front {
    /// Opens the folder, and makes what is missing of it; its parent has to be there. Both sides belong to
    /// its group.
    pub fn open(path: &Path) -> Result<Self, BoxError> {
        let name = path.file_name().and_then(|name| name.to_str());
        let root = match (Folder::open(path), path.parent(), name) {
            // Who may use the folder need not be allowed to look into its parent.
            (Err(error), Some(parent), Some(name)) if error.is_missing() => {
                Folder::open(parent)?.ensure(name, SHARED)?
            }
            (opened, ..) => opened?,
        };
        Ok(Self {
            boxes: root.ensure(BOXES, SHARED)?,
            events: root.ensure(EVENTS, SHARED)?,
            bans: root.ensure(BANS, SHARED)?,
            root,
            stamper: Arc::default(),
        })
    }

    /// Bytes that are free where uploads arrive.
    pub fn free_space(&self) -> Result<u64, BoxError> {
        self.root.free_space()
    }

    /// Opens the folder to look at it; none where it was never made.
    pub fn open_if_there(path: &Path) -> Result<Option<Self>, BoxError> {
        let open = || {
            let root = Folder::open(path)?;
            Ok(Self {
                boxes: root.beneath(BOXES)?,
                events: root.beneath(EVENTS)?,
                bans: root.beneath(BANS)?,
                root,
                stamper: Arc::default(),
            })
        };
        match open() {
            Ok(front) => Ok(Some(front)),
            Err(error) if BoxError::is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A school's box, made where it is missing.
    pub fn school(&self, id: SchoolId) -> Result<FrontBox, BoxError> {
        let folder = self.boxes.ensure(&id.to_string(), SHARED)?;
        Ok(FrontBox::of(folder, Arc::clone(&self.stamper)))
    }

    /// A school's box, where there is one.
    pub fn school_if_there(&self, id: SchoolId) -> Result<Option<FrontBox>, BoxError> {
        match self.boxes.beneath(&id.to_string()) {
            Ok(folder) => Ok(Some(FrontBox::of(folder, Arc::clone(&self.stamper)))),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The schools that have a box here, in order.
    pub fn schools(&self) -> Result<Vec<SchoolId>, BoxError> {
        let names = self.boxes.names()?;
        let mut schools: Vec<SchoolId> = names
            .iter()
            .filter_map(|name| name.to_str()?.parse().ok())
            .collect();
        schools.sort();
        Ok(schools)
    }

    /// Tells of an event; it is on the disk when this returns.
    pub fn publish_event(&self, event: &Event) -> Result<(), BoxError> {
        let name = self.stamper.stamp()?.file(EVENT);
        paper::publish(&self.events, &name, event)
    }

    /// The events that nobody has recorded yet, oldest first. A file that is no event goes away.
    pub fn events(&self) -> Result<Vec<(EventId, Event)>, BoxError> {
        let names = self.events.names()?;
        let mut ids: Vec<Stamp> = names
            .iter()
            .filter_map(|name| Stamp::of(name, EVENT))
            .collect();
        ids.sort();
        let mut events = Vec::with_capacity(ids.len());
        for id in ids {
            match paper::read::<Event>(&self.events, id.file(EVENT).as_ref())? {
                Paper::Said(event) if event.is_sound() => events.push((EventId(id), event)),
                Paper::Said(_) | Paper::Unreadable => self.drop_event(&id)?,
                Paper::Gone => {}
            }
        }
        Ok(events)
    }

    /// Removes an event that was recorded.
    pub fn remove_event(&self, id: &EventId) -> Result<(), BoxError> {
        self.drop_event(&id.0)
    }

    /// Sets a ban, or another end for it; it survives a restart.
    pub fn ban(&self, ban: &Ban) -> Result<(), BoxError> {
        paper::publish(&self.bans, &ban.file(), ban)
    }

    /// All bans, also those that have ended, by address and account.
    pub fn bans(&self) -> Result<Vec<Ban>, BoxError> {
        let mut bans = Vec::new();
        for name in self.bans.names()? {
            if name.to_str().is_some_and(|name| name.ends_with(BAN)) {
                let ban = paper::read::<Ban>(&self.bans, &name)?.said();
                // A file under another ban's name would never be lifted.
                bans.extend(ban.filter(|ban| ban.file().as_str() == name));
            }
        }
        bans.sort_by(|a, b| (&a.address, &a.account).cmp(&(&b.address, &b.account)));
        Ok(bans)
    }

    /// Whether nobody has lifted this ban. When it ends is for its holder to know.
    pub fn is_banned_still(&self, ban: &Ban) -> bool {
        !matches!(self.bans.entry(ban.file().as_ref()), Ok(None))
    }

    /// Lifts one ban, such as one that has ended.
    pub fn end_ban(&self, ban: &Ban) -> Result<(), BoxError> {
        self.bans.remove_as(ban.file().as_ref()).map(|_| ())
    }

    /// Lifts every ban of an address, written as [`Ban::address_of`] does; tells how many there were.
    pub fn lift(&self, address: &str) -> Result<usize, BoxError> {
        let bans = self.bans()?;
        let found: Vec<&Ban> = bans.iter().filter(|ban| ban.address == address).collect();
        for ban in &found {
            self.end_ban(ban)?;
        }
        self.bans.sync()?;
        Ok(found.len())
    }

    /// Writes the front end's counters.
    pub fn write_counters(&self, counters: &Counters) -> Result<(), BoxError> {
        paper::publish(&self.root, COUNTERS, counters)
    }

    /// The front end's counters, if it has written any.
    pub fn counters(&self) -> Result<Option<Counters>, BoxError> {
        Ok(paper::read(&self.root, COUNTERS.as_ref())?.said())
    }

    /// Says whether the ledger behind it is a rehearsal's, which is served on this machine only.
    pub fn set_rehearsal(&self, is_one: bool) -> Result<(), BoxError> {
        if is_one {
            paper::publish(&self.root, REHEARSAL, &true)
        } else {
            self.root.remove_as(REHEARSAL.as_ref()).map(|_| ())
        }
    }

    /// Whether the ledger behind it is a rehearsal's.
    pub fn is_rehearsal(&self) -> Result<bool, BoxError> {
        Ok(self.root.entry(REHEARSAL.as_ref())?.is_some())
    }

    fn drop_event(&self, id: &Stamp) -> Result<(), BoxError> {
        let name = id.file(EVENT);
        self.events.remove_as(name.as_ref()).map(|_| ())
    }
}

/// Rights of the shared folders: the group is the one that both sides belong to.
const SHARED: u32 = 0o2770;
const BOXES: &str = "boxes";
const EVENTS: &str = "events";
const BANS: &str = "bans";
const EVENT: &str = ".event";
const COUNTERS: &str = "counters.json";
const REHEARSAL: &str = "rehearsal.json";

#[cfg(test)]
mod tests {
    use std::fs;

    use time::macros::datetime;

    use super::{super::Served, *};

    fn front() -> (tempfile::TempDir, Front) {
        let dir = tempfile::tempdir().unwrap();
        let front = Front::open(&dir.path().join("front")).unwrap();
        (dir, front)
    }

    fn event(what: Served) -> Event {
        Event {
            school: "8604001".parse().unwrap(),
            what,
            file: "8604001_destinations_2026-11-21_R000001.csv.age".to_owned(),
            by: format!("SHA256:{}", "b".repeat(43)),
            at: datetime!(2026-11-21 17:30 UTC),
        }
    }

    fn ban(address: &str, account: Option<&str>) -> Ban {
        Ban {
            address: address.to_owned(),
            account: account.map(str::to_owned),
            failures: 6,
            until: datetime!(2026-11-21 18:30 UTC),
        }
    }

    #[test]
    fn events_come_in_order_and_only_once() {
        let (_dir, front) = front();
        front.publish_event(&event(Served::Touched)).unwrap();
        front.publish_event(&event(Served::Collected)).unwrap();
        let events = front.events().unwrap();
        let told: Vec<_> = events.iter().map(|(_, event)| event.what).collect();
        assert_eq!(told, [Served::Touched, Served::Collected]);
        front.remove_event(&events[0].0).unwrap();
        front.remove_event(&events[0].0).unwrap();
        assert_eq!(front.events().unwrap(), events[1..]);
    }

    #[test]
    fn a_file_that_is_no_event_goes_away_and_what_is_not_ours_stays() {
        let (dir, front) = front();
        let at = |name: &str| dir.path().join("front/events").join(name);
        fs::write(at("01795302000000000000-00ff12ab.event"), "{\"school\":").unwrap();
        fs::write(
            at("01795302000000000001-00ff12ab.event"),
            vec![b' '; 1 << 20],
        )
        .unwrap();
        let mut forged = event(Served::Collected);
        forged.by = "alex".to_owned();
        front.publish_event(&forged).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", at("01795302000000000002-00ff12ab.event"))
            .unwrap();
        fs::write(at("notes.txt"), "x").unwrap();
        assert_eq!(front.events().unwrap(), []);
        let left: Vec<_> = fs::read_dir(dir.path().join("front/events"))
            .unwrap()
            .collect();
        assert_eq!(left.len(), 1);
    }

    #[test]
    fn a_ban_holds_until_it_is_lifted_by_its_address() {
        let (_dir, front) = front();
        let (whole, one) = (ban("192.0.2.7", None), ban("192.0.2.7", Some("8604001")));
        let other = ban("2001:db8::/64", Some("8604001"));
        for ban in [&whole, &one, &other, &one] {
            front.ban(ban).unwrap();
        }
        assert_eq!(front.bans().unwrap(), [whole, one.clone(), other.clone()]);
        assert!(front.is_banned_still(&one));
        assert_eq!(front.lift("192.0.2.7").unwrap(), 2);
        assert_eq!(front.lift("192.0.2.7").unwrap(), 0);
        assert!(!front.is_banned_still(&one));
        assert_eq!(front.bans().unwrap(), [other]);
    }

    #[test]
    fn counters_are_written_and_read_and_a_look_makes_nothing() {
        let (dir, front) = front();
        assert_eq!(front.counters().unwrap(), None);
        let mut counters = Counters {
            logins: 3,
            ..Counters::default()
        };
        counters.refused.insert("sessions-per-school".to_owned(), 2);
        front.write_counters(&counters).unwrap();
        let look = Front::open_if_there(&dir.path().join("front")).unwrap();
        assert_eq!(look.unwrap().counters().unwrap(), Some(counters));
        let none = dir.path().join("none");
        assert!(Front::open_if_there(&none).unwrap().is_none());
        assert!(!none.exists());
    }

    #[test]
    fn a_rehearsal_is_told_until_it_is_none() {
        let (_dir, front) = front();
        assert!(!front.is_rehearsal().unwrap());
        front.set_rehearsal(true).unwrap();
        assert!(front.is_rehearsal().unwrap());
        front.set_rehearsal(false).unwrap();
        front.set_rehearsal(false).unwrap();
        assert!(!front.is_rehearsal().unwrap());
    }

    #[test]
    fn both_sides_share_the_folders_by_their_group() {
        use std::os::unix::fs::PermissionsExt;
        let (dir, front) = front();
        let school = "8604001".parse().unwrap();
        front.school(school).unwrap();
        for folder in ["front", "front/boxes/8604001", "front/events", "front/bans"] {
            let mode = fs::metadata(dir.path().join(folder))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o7777, 0o2770, "{folder}");
        }
        assert_eq!(front.schools().unwrap(), [school]);
    }
}
