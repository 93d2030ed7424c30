//! What was served of each destination file of a school's box, and to whom: told to the daemon before the
//! first byte goes out, and when a person has had all of it.

use std::{
    collections::{HashMap, HashSet},
    ffi::OsString,
    sync::{Arc, MutexGuard},
};

use time::OffsetDateTime;

use super::{coverage::Coverage, school_box::SchoolBox, slow::hold, visitor::Visitor};
use crate::boxes::{
    BoxError, Folder,
    handover::{Event, Served},
};

/// A destination file by its name and its inode: a file that is made again is another one.
pub(super) type ServedFile = (OsString, u64);

/// Who has seen how much of which file.
pub(super) type ServedFiles = HashMap<ServedFile, ServedTo>;

/// Who has seen how much of a file.
#[derive(Default)]
pub(super) struct ServedTo {
    /// The keys of whom it is on record that they touched it.
    touched: HashSet<Arc<str>>,
    /// What each person was served.
    seen: HashMap<usize, Coverage>,
    /// The persons of whom it is on record that they collected it.
    collected: HashSet<usize>,
}

impl ServedTo {
    fn add(&mut self, visitor: &Visitor, part: &Coverage) -> &Coverage {
        let seen = self.seen.entry(visitor.person).or_default();
        for (start, end) in part.stretches() {
            if seen.pieces() < MOST_PIECES {
                seen.add(start, end);
            }
        }
        seen
    }
}

impl SchoolBox {
    /// On record before the first byte is served: this key touched the file.
    pub(super) fn touch(&self, file: &ServedFile, visitor: &Visitor) -> Result<(), BoxError> {
        let mut served = self.served();
        let to = served.entry(file.clone()).or_default();
        if !to.touched.contains(&visitor.key) {
            self.tell(file, visitor, Served::Touched)?;
            to.touched.insert(Arc::clone(&visitor.key));
        }
        Ok(())
    }

    /// A person was cut off from a file of which these bytes were served. Not all of them may have arrived,
    /// so they count when the person reads on and closes it.
    pub(super) fn was_cut_off(&self, file: &ServedFile, visitor: &Visitor, part: &Coverage) {
        let mut served = self.served();
        if let Some(to) = served.get_mut(file) {
            to.add(visitor, part);
        }
    }

    /// Whether somebody may still read on where reading was left.
    pub(super) fn is_being_collected(&self) -> bool {
        let open = |to: &ServedTo| to.seen.keys().any(|person| !to.collected.contains(person));
        self.served().values().any(open)
    }

    /// A person has closed a file of which these bytes were served: collected, if that is all of it.
    pub(super) fn saw(
        &self,
        file: &ServedFile,
        visitor: &Visitor,
        part: &Coverage,
        size: u64,
    ) -> Result<(), BoxError> {
        let mut served = self.served();
        let to = served.entry(file.clone()).or_default();
        let seen = to.add(visitor, part);
        if seen.is_whole(size) && !to.collected.contains(&visitor.person) {
            self.tell(file, visitor, Served::Collected)?;
            to.collected.insert(visitor.person);
            self.grounds.count_collected();
        }
        Ok(())
    }

    /// Forgets files that lie in the outbox no longer.
    pub(super) fn forget_gone(&self, outbox: &Folder) {
        self.served().retain(|(name, inode), _| {
            matches!(outbox.entry(name), Ok(Some(entry)) if entry.stat.ino == *inode)
        });
    }

    fn tell(&self, file: &ServedFile, visitor: &Visitor, what: Served) -> Result<(), BoxError> {
        self.grounds.front.publish_event(&Event {
            school: self.school,
            what,
            file: file.0.to_string_lossy().into_owned(),
            by: visitor.key.to_string(),
            at: OffsetDateTime::now_utc(),
        })?;
        self.hint();
        Ok(())
    }

    fn served(&self) -> MutexGuard<'_, ServedFiles> {
        hold(&self.served)
    }
}

/// Stretches of one file that are remembered: who reads in so many pieces has not collected it.
pub(super) const MOST_PIECES: usize = 16_384;
