//! What all sessions share: the folders, the limits, each school's box, and a word to the daemon.

use std::{
    collections::HashMap,
    fmt,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use time::{Duration, OffsetDateTime};
use tracing::warn;

use super::{
    council_box::CouncilBox,
    place::Area,
    school_box::SchoolBox,
    session::{House, Session},
    slow::hold,
    visitor::{Account, Visitor},
    wire::{Limit, Refusal, Status},
};
use crate::{
    boxes::{BoxError, Folder, handover::Front},
    domain::ids::SchoolId,
    transport::watch::Hint,
};

/// Where the folders are.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// One folder a school.
    pub boxes: &'a Path,
    /// What front end and daemon share.
    pub front: &'a Path,
    /// The council's own box, with `extracts/` and `reports/`.
    pub council: &'a Path,
}

/// What is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest upload, in bytes.
    pub max_bytes: u64,
    /// The largest extract, in bytes.
    pub max_extract: u64,
    /// All uploads that lie in one inbox, in bytes.
    pub box_quota: u64,
    /// The names in one inbox.
    pub max_files: usize,
    /// Open files and folders of one session.
    pub max_handles: usize,
    /// How long a file may lie under a temporary name.
    pub unfinished: Duration,
    /// Bytes of the disk that uploads leave free: receipts and the ledger need room.
    pub spare_disk: u64,
}

/// Counts what sessions do.
pub trait Tally: Send + Sync {
    /// An upload was handed over.
    fn upload(&self);
    /// An upload came to nothing.
    fn incomplete(&self);
    /// A person has been served all of a destination file.
    fn collected(&self);
    /// A limit was met.
    fn limited(&self, limit: Limit);
}

/// What all boxes share.
pub(super) struct Grounds {
    pub(super) front: Front,
    pub(super) limits: Limits,
    hint: Box<dyn Fn(Hint) + Send + Sync>,
    tally: Arc<dyn Tally>,
}

/// What all sessions share.
pub struct Premises {
    boxes: Folder,
    pub(super) council: Folder,
    pub(super) grounds: Arc<Grounds>,
    schools: Mutex<HashMap<SchoolId, Arc<SchoolBox>>>,
    sessions: AtomicU64,
}

impl Premises {
    /// Opens the folders. `hint` is told where something was handed over.
    pub fn open(
        places: Places<'_>,
        limits: Limits,
        tally: Arc<dyn Tally>,
        hint: impl Fn(Hint) + Send + Sync + 'static,
    ) -> Result<Self, BoxError> {
        Ok(Self {
            boxes: Folder::open(places.boxes)?,
            council: Folder::open(places.council)?,
            grounds: Arc::new(Grounds {
                front: Front::open(places.front)?,
                limits,
                hint: Box::new(hint),
                tally,
            }),
            schools: Mutex::default(),
            sessions: AtomicU64::default(),
        })
    }

    /// At start, once: what the last front end left open has not arrived; what it left unfinished or
    /// handed over is shown again.
    pub fn recover(&self) -> Result<(), BoxError> {
        for school in self.grounds.front.schools()? {
            match self.school(school) {
                // Its folders are let go of at once where nothing lies in it: there are thousands.
                Ok(school_box) => {
                    drop(school_box);
                    self.forget_idle();
                }
                // A box that is gone, or damaged, keeps no other from being served.
                Err(error) if error.is_missing() => {}
                Err(error) => {
                    warn!(school = school.to_string(), %error, "a box could not be looked through");
                }
            }
        }
        self.council
            .beneath(Area::Extracts.name())?
            .clear_incoming()
    }

    /// Every minute: gives up what lies unfinished for too long, and forgets boxes that nobody is in.
    pub fn sweep(&self, now: OffsetDateTime) {
        let all: Vec<_> = self.schools().values().cloned().collect();
        for school_box in &all {
            school_box.refresh();
            school_box.sweep(now);
        }
        drop(all);
        self.forget_idle();
    }

    /// Forgets boxes that nobody is in, and of which the disk tells all that is known.
    fn forget_idle(&self) {
        self.schools().retain(|_, school_box| {
            Arc::strong_count(school_box) > 1
                || school_box.is_being_collected()
                || !school_box.view().is_forgettable()
        });
    }

    /// A visitor comes in.
    pub fn welcome(&self, visitor: Visitor) -> Result<Session, BoxError> {
        let house = match visitor.account {
            Account::School(id) => House::School(self.school(id)?),
            Account::Council => House::Council(CouncilBox::open(&self.council, &self.grounds)?),
        };
        Ok(Session::new(
            house,
            visitor,
            self.sessions.fetch_add(1, Ordering::Relaxed),
            self.grounds.limits.max_handles,
        ))
    }

    fn school(&self, id: SchoolId) -> Result<Arc<SchoolBox>, BoxError> {
        let mut schools = self.schools();
        if let Some(school_box) = schools.get(&id) {
            return Ok(Arc::clone(school_box));
        }
        let grounds = Arc::clone(&self.grounds);
        let school_box = Arc::new(SchoolBox::open(id, &self.boxes, grounds)?);
        schools.insert(id, Arc::clone(&school_box));
        Ok(school_box)
    }

    fn schools(&self) -> MutexGuard<'_, HashMap<SchoolId, Arc<SchoolBox>>> {
        hold(&self.schools)
    }
}

impl Grounds {
    /// Refuses where a file of this size would take the room that receipts need.
    pub(super) fn has_disk_space(&self, size: u64) -> Result<(), Refusal> {
        if self.front.free_space()? < self.limits.spare_disk.saturating_add(size) {
            let full =
                "There is no room on the council's server at the moment. Please try again later.";
            return Err(Status::Failure.because(full).at(Limit::Disk));
        }
        Ok(())
    }

    pub(super) fn hint(&self, hint: Hint) {
        (self.hint)(hint);
    }

    pub(super) fn count_upload(&self) {
        self.tally.upload();
    }

    pub(super) fn count_incomplete(&self) {
        self.tally.incomplete();
    }

    pub(super) fn count_limited(&self, limit: Limit) {
        self.tally.limited(limit);
    }

    pub(super) fn count_collected(&self) {
        self.tally.collected();
    }
}

impl fmt::Debug for Grounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grounds({:?})", self.limits)
    }
}

impl fmt::Debug for Premises {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Premises({:?})", self.boxes)
    }
}
