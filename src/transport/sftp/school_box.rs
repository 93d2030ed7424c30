//! A school's box as all its sessions share it: the folders that are read, the inbox that is a view, and
//! what was served of each destination file.

use std::{
    collections::{HashMap, HashSet},
    ffi::{OsStr, OsString},
    fmt,
    os::unix::ffi::{OsStrExt, OsStringExt},
    sync::{Arc, Mutex, MutexGuard},
};

use time::OffsetDateTime;

use super::{
    coverage::Coverage,
    premises::{Grounds, Limits},
    slow::hold,
    view::{InboxView, Moving, Removed, Seen, Unfinished},
    visitor::Visitor,
    wire::{Refusal, Status},
};
use crate::{
    boxes::{
        BoxError, EntryKind, Folder,
        handover::{Ending, Event, FrontBox, Served, Slip, UploadId},
    },
    domain::ids::SchoolId,
    reading::{is_unfinished, kind_of},
    transport::watch::Hint,
};

/// One school's box.
pub(super) struct SchoolBox {
    pub(super) school: SchoolId,
    /// `<boxes>/<school>`.
    pub(super) root: Folder,
    front: FrontBox,
    grounds: Arc<Grounds>,
    view: Mutex<InboxView>,
    served: Mutex<HashMap<ServedFile, ServedTo>>,
}

/// A destination file by its name and its inode: a file that is made again is another one.
pub(super) type ServedFile = (OsString, u64);

/// Who has seen how much of a file.
#[derive(Default)]
struct ServedTo {
    /// The keys of whom it is on record that they touched it.
    touched: HashSet<Arc<str>>,
    /// What each person saw to its end.
    seen: HashMap<usize, Coverage>,
    /// The persons of whom it is on record that they collected it.
    collected: HashSet<usize>,
}

impl SchoolBox {
    /// Opens the box; `boxes` is the folder of all of them.
    pub(super) fn open(
        school: SchoolId,
        boxes: &Folder,
        grounds: Arc<Grounds>,
    ) -> Result<Self, BoxError> {
        let root = boxes.beneath(&school.to_string())?;
        let front = grounds.front.school(school)?;
        let school_box = Self {
            school,
            root,
            front,
            grounds,
            view: Mutex::default(),
            served: Mutex::default(),
        };
        school_box.remember()?;
        Ok(school_box)
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.grounds.limits
    }

    pub(super) fn front(&self) -> &FrontBox {
        &self.front
    }

    pub(super) fn grounds(&self) -> &Grounds {
        &self.grounds
    }

    pub(super) fn view(&self) -> MutexGuard<'_, InboxView> {
        hold(&self.view)
    }

    /// What the last front end left here: what it handed over is shown, what was closed under a temporary
    /// name as well, and what was open when it died has not arrived.
    fn remember(&self) -> Result<(), BoxError> {
        for left in self.front.parts()? {
            match left.slip {
                Some(slip) if slip.ending == Ending::Complete => {
                    let unfinished = Unfinished {
                        part: left.part,
                        by: slip.by,
                        seen: seen_on_disk(left.entry.stat.size, left.entry.stat.mtime_ns),
                    };
                    self.view()
                        .show_unfinished(slip.name.into_vec(), unfinished);
                }
                Some(slip) => {
                    self.front.hand_over_left(&left.part, &slip)?;
                    self.hint();
                }
                None => self.front.drop_part(&left.part)?,
            }
        }
        for left in self.front.uploads()? {
            if left.slip.ending == Ending::Complete {
                let seen = seen_on_disk(left.entry.stat.size, left.entry.stat.mtime_ns);
                let name = left.slip.name.into_vec();
                // Ids sort by time: the later of two of one name is what the name stands for.
                let mut view = self.view();
                let _ = view.remove(&name);
                view.show_handed_over(name, left.id, seen);
            }
        }
        Ok(())
    }

    /// Tells the daemon that something was handed over.
    pub(super) fn hint(&self) {
        self.grounds.hint(Hint::Inbox(self.school));
    }

    /// Hides what the daemon has cleared away by now.
    pub(super) fn refresh(&self) {
        self.view()
            .keep_only(|upload| self.front.upload_is_there(upload));
    }

    /// Takes a name out of the inbox. What was handed over stays so.
    pub(super) fn remove(&self, name: &[u8]) -> Result<(), Refusal> {
        match self.view().remove(name) {
            Removed::Missing => Err(self.missing(name)),
            Removed::Hidden => Ok(()),
            Removed::Dropped(part) => Ok(self.front.drop_part(&part)?),
        }
    }

    /// Gives a file another name. An unfinished file under a name that is no temporary one is an upload.
    pub(super) fn rename(&self, from: &[u8], to: &[u8]) -> Result<(), Refusal> {
        check_name(to)?;
        self.refresh();
        if self.view().find(from).is_none() {
            return Err(self.missing(from));
        }
        let mut view = self.view();
        let (moving, over) = view.rename(from, to);
        if let Some(part) = over {
            self.front.drop_part(&part)?;
        }
        match moving {
            Moving::Missing => Err(self.missing(from)),
            Moving::Open => Ok(()),
            Moving::Unfinished(unfinished) => {
                let ended = self.close(&mut view, to, unfinished.clone());
                if ended.is_err() {
                    // It is where it was, and can be tried again.
                    view.show_unfinished(from.to_vec(), unfinished);
                }
                ended
            }
            Moving::HandedOver(upload, handed_over_as) => {
                self.hand_over_again(&mut view, &upload, &handed_over_as, to)
            }
        }
    }

    /// A file whose bytes are all there gets its name: a temporary one keeps it unfinished, any other
    /// hands it over.
    fn close(
        &self,
        view: &mut InboxView,
        name: &[u8],
        unfinished: Unfinished,
    ) -> Result<(), Refusal> {
        let slip = slip(name, &unfinished.by, Ending::Complete);
        if is_temporary(name) {
            self.front.keep(&unfinished.part, &slip)?;
            view.show_unfinished(name.to_vec(), unfinished);
            return Ok(());
        }
        let upload = self.front.hand_over_left(&unfinished.part, &slip)?;
        view.show_handed_over(name.to_vec(), upload, unfinished.seen);
        self.grounds.count_upload();
        self.hint();
        Ok(())
    }

    /// A file that was handed over is an upload once more only if its new name makes it another kind.
    fn hand_over_again(
        &self,
        view: &mut InboxView,
        upload: &UploadId,
        handed_over_as: &[u8],
        to: &[u8],
    ) -> Result<(), Refusal> {
        if is_temporary(to) || kind(handed_over_as) == kind(to) {
            return Ok(());
        }
        let Some(before) = self.front.upload(upload.clone())? else {
            return Ok(());
        };
        let again = slip(to, &before.slip.by, Ending::Complete);
        let again = self.front.hand_over_copy(upload, &again)?;
        view.handed_over_again(to, again);
        self.grounds.count_upload();
        self.hint();
        Ok(())
    }

    /// Files that lie unfinished for too long have not arrived (spec 8).
    pub(super) fn sweep(&self, now: OffsetDateTime) {
        let limit = seconds(now - self.limits().unfinished);
        let abandoned = self.view().take_older(limit);
        for (name, unfinished) in abandoned {
            let slip = slip(&name, &unfinished.by, Ending::Abandoned);
            match self.front.hand_over_left(&unfinished.part, &slip) {
                Ok(_) => self.hint(),
                // Tried again at the next sweep.
                Err(_) => self.view().show_unfinished(name, unfinished),
            }
        }
        let _ = self.front.clear_litter(LITTER);
    }

    /// What a name in the inbox is that no session of ours put there.
    pub(super) fn on_disk(&self, name: &[u8]) -> Result<Option<Seen>, BoxError> {
        if is_temporary(name) {
            return Ok(None);
        }
        let entry = self.root.beneath(INBOX)?.entry(OsStr::from_bytes(name))?;
        let file = entry.filter(|entry| entry.kind == EntryKind::File);
        Ok(file.map(|entry| seen_on_disk(entry.stat.size, entry.stat.mtime_ns)))
    }

    fn missing(&self, name: &[u8]) -> Refusal {
        match self.on_disk(name) {
            Ok(Some(_)) => Status::PermissionDenied
                .because("This file came another way, and is being taken as it is."),
            _ => Status::NoSuchFile.because("There is no such file in inbox/."),
        }
    }

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

    fn served(&self) -> MutexGuard<'_, HashMap<ServedFile, ServedTo>> {
        hold(&self.served)
    }
}

impl fmt::Debug for SchoolBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SchoolBox({})", self.school)
    }
}

/// A name that a file may have here (spec 8).
pub(super) fn check_name(name: &[u8]) -> Result<(), Refusal> {
    if name.len() > LONGEST_NAME {
        return Err(Status::Failure.because("This name is too long: 255 bytes are the most."));
    }
    let text = String::from_utf8_lossy(name);
    if text.chars().any(char::is_control) {
        return Err(Status::Failure.because("This name has characters that no name can have."));
    }
    Ok(())
}

/// Whether a client uses such a name while it is still writing (spec 2).
pub(super) fn is_temporary(name: &[u8]) -> bool {
    is_unfinished(&String::from_utf8_lossy(name))
}

pub(super) fn slip(name: &[u8], by: &str, ending: Ending) -> Slip {
    Slip {
        name: OsString::from_vec(name.to_vec()),
        by: by.to_owned(),
        ending,
    }
}

/// Seconds since 1970, as the protocol has them.
pub(super) fn seconds(at: OffsetDateTime) -> u32 {
    u32::try_from(at.unix_timestamp()).unwrap_or_default()
}

fn kind(name: &[u8]) -> crate::domain::list::FileKind {
    kind_of(&String::from_utf8_lossy(name)).kind
}

fn seen_on_disk(size: u64, mtime_ns: i128) -> Seen {
    Seen {
        size,
        modified: u32::try_from(mtime_ns / 1_000_000_000).unwrap_or_default(),
    }
}

const INBOX: &str = "inbox";
/// In bytes (spec 8).
const LONGEST_NAME: usize = 255;
/// How long what a crash left without its other half is left alone.
const LITTER: std::time::Duration = std::time::Duration::from_hours(1);
