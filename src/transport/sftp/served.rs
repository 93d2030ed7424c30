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
    /// What each person saw to its end.
    seen: HashMap<usize, Coverage>,
    /// The persons of whom it is on record that they collected it.
    collected: HashSet<usize>,
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
        let seen = to.seen.entry(visitor.person).or_default();
        part.stretches()
            .for_each(|(start, end)| seen.add(start, end));
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
