//! A school's box as all its sessions share it: the folders that are read, and the inbox that is a view.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    os::unix::ffi::{OsStrExt, OsStringExt},
    sync::{Arc, Mutex, MutexGuard},
};

use time::OffsetDateTime;
use tracing::warn;

use super::{
    place::{LONGEST_NAME, may_be_there},
    premises::{Grounds, Limits},
    served::ServedFiles,
    slow::hold,
    view::{InboxView, Removed, Seen, Standing, Unfinished},
    wire::{Limit, Refusal, Status},
};
use crate::{
    boxes::{
        BoxError, EntryKind, Folder,
        handover::{
            Ending, FrontBox, HandedOver, Part, PartName, Slip, Unfinished as Left, UploadId,
        },
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
    pub(super) grounds: Arc<Grounds>,
    view: Mutex<InboxView>,
    pub(super) served: Mutex<ServedFiles>,
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

    pub(super) fn grounds(&self) -> &Grounds {
        &self.grounds
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.grounds.limits
    }

    pub(super) fn front(&self) -> &FrontBox {
        &self.front
    }

    pub(super) fn view(&self) -> MutexGuard<'_, InboxView> {
        hold(&self.view)
    }

    /// What the last front end left here: what it handed over is shown, what was closed under a temporary
    /// name as well, and what was open when it died has not arrived.
    fn remember(&self) -> Result<(), BoxError> {
        let mut view = self.view();
        self.take_in_parts(&mut view)?;
        // Ids sort by time: the last of a name is what the name stands for.
        for HandedOver { id, slip, entry } in self.front.uploads()? {
            if slip.ending == Ending::Complete {
                let seen = seen_on_disk(entry.stat.size, entry.stat.mtime_ns);
                let over = view.show_handed_over(slip.name.into_vec(), id, seen);
                self.drop_bytes(over);
            } else {
                view.count_hidden(id, entry.stat.size);
            }
        }
        Ok(())
    }

    /// Takes in parts that no session holds and no name stands for: a process that died left them, or a
    /// disk that failed.
    fn take_in_parts(&self, view: &mut InboxView) -> Result<(), BoxError> {
        let known = view.parts();
        let mut parts = self.front.parts()?;
        parts.retain(|left| !known.contains(&left.part));
        parts.sort_by_key(|left| left.entry.stat.mtime_ns);
        for Left { part, slip, entry } in parts {
            match slip {
                Some(slip) if slip.ending == Ending::Complete => {
                    let unfinished = Unfinished {
                        part,
                        by: slip.by,
                        seen: seen_on_disk(entry.stat.size, entry.stat.mtime_ns),
                    };
                    let over = view.show_unfinished(slip.name.into_vec(), unfinished);
                    self.drop_bytes(over);
                }
                // What fails here is tried again at the next sweep, and keeps nobody out until then.
                Some(slip) => match self.give_up(view, &part, &slip, entry.stat.size) {
                    Ok(()) => {}
                    Err(error) => warn!(%error, "what did not arrive is not answered yet"),
                },
                None => self.drop_bytes(Some(part)),
            }
        }
        Ok(())
    }

    /// Hands a part over as what did not arrive.
    fn give_up(
        &self,
        view: &mut InboxView,
        part: &PartName,
        slip: &Slip,
        size: u64,
    ) -> Result<(), BoxError> {
        let id = self.front.hand_over_left(part, slip)?;
        view.count_hidden(id, size);
        self.grounds.count_incomplete();
        self.hint();
        Ok(())
    }

    /// Begins a part. If this process dies, whoever comes next can tell the school which file did not arrive.
    pub(super) fn begin(&self, known: &Slip) -> Result<Part, BoxError> {
        let part = self.front.begin()?;
        match self.front.keep(&part.name, known) {
            Ok(()) => Ok(part),
            Err(error) => {
                self.drop_bytes(Some(part.name));
                Err(error)
            }
        }
    }

    /// Bytes that nothing stands for any more; what stays of them all the same is found by the next sweep.
    pub(super) fn drop_bytes(&self, part: Option<PartName>) {
        if let Some(part) = part {
            let _ = self.front.drop_part(&part);
        }
    }

    /// Refuses where so many bytes more would be too many, or one file.
    pub(super) fn has_room(&self, view: &InboxView, more: u64) -> Result<(), Refusal> {
        let (files, _) = view.load();
        if files >= self.limits().max_files {
            let full = "There are too many files in inbox/ already. Please wait until they have been taken.";
            return Err(Status::Failure.because(full).at(Limit::Files));
        }
        self.has_room_for(view, more)
    }

    /// Refuses where so many bytes more would be too many.
    pub(super) fn has_room_for(&self, view: &InboxView, more: u64) -> Result<(), Refusal> {
        let (_, bytes) = view.load();
        if bytes.saturating_add(more) > self.limits().box_quota {
            return Err(box_full());
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

    /// Takes a name out of the inbox, for a session. What was handed over stays so.
    pub(super) fn remove(&self, name: &[u8], session: u64) -> Result<(), Refusal> {
        let mut view = self.view();
        match view.remove(name, session) {
            Removed::Missing => Err(self.missing(name)),
            Removed::Hidden => Ok(()),
            Removed::Dropped(part) => Ok(self.front.drop_part(&part)?),
        }
    }

    /// Gives a file another name. An unfinished file under a name that is no temporary one is an upload;
    /// one that was handed over is an upload once more only if its new name makes it another kind. A name
    /// that can't be given leaves everything as it was.
    pub(super) fn rename(&self, from: &[u8], to: &[u8]) -> Result<(), Refusal> {
        check_name(to)?;
        self.refresh();
        let mut view = self.view();
        let over = match view.standing(from) {
            None => return Err(self.missing(from)),
            Some(Standing::Unfinished(unfinished)) => {
                self.rename_unfinished(&mut view, from, to, &unfinished)?
            }
            Some(Standing::HandedOver(upload, before, size))
                if !is_temporary(to) && kind(&before) != kind(to) =>
            {
                let again = self.hand_over_again(&view, &upload, to, size)?;
                let over = view.rename(from, to);
                view.handed_over_again(to, again);
                over
            }
            Some(Standing::Open | Standing::HandedOver(..)) => view.rename(from, to),
        };
        self.drop_bytes(over);
        Ok(())
    }

    fn rename_unfinished(
        &self,
        view: &mut InboxView,
        from: &[u8],
        to: &[u8],
        unfinished: &Unfinished,
    ) -> Result<Option<PartName>, Refusal> {
        let slip = slip(to, &unfinished.by, Ending::Complete);
        if is_temporary(to) {
            self.front.keep(&unfinished.part, &slip)?;
            return Ok(view.rename(from, to));
        }
        let upload = self.front.hand_over_left(&unfinished.part, &slip)?;
        let over = view.finished(from, to, upload);
        self.grounds.count_upload();
        self.hint();
        Ok(over)
    }

    /// The same bytes as another kind of file, if there is room for them.
    fn hand_over_again(
        &self,
        view: &InboxView,
        upload: &UploadId,
        to: &[u8],
        size: u64,
    ) -> Result<UploadId, Refusal> {
        self.has_room(view, size)?;
        self.grounds.has_disk_space(size)?;
        // Just taken and cleared away: whoever wants it judged as something else has to send it again.
        let before = self.front.upload(upload.clone())?;
        let before = before.ok_or_else(|| self.missing(to))?;
        let again = slip(to, &before.slip.by, Ending::Complete);
        let again = self.front.hand_over_copy(upload, &again)?;
        self.grounds.count_upload();
        self.hint();
        Ok(again)
    }

    /// Files that lie unfinished for too long have not arrived (spec 8).
    pub(super) fn sweep(&self, now: OffsetDateTime) {
        let mut view = self.view();
        let limit = seconds(now.saturating_sub(self.limits().unfinished));
        for (name, unfinished) in view.take_older(limit) {
            let Unfinished { part, by, seen } = &unfinished;
            let slip = slip(&name, by, Ending::Abandoned);
            match self.give_up(&mut view, part, &slip, seen.size) {
                Ok(()) => {}
                Err(error) if error.is_missing() => {}
                Err(error) => {
                    warn!(%error, "what lies unfinished for too long is not answered yet");
                    let _ = view.show_unfinished(name, unfinished);
                }
            }
        }
        if let Err(error) = self.take_in_parts(&mut view) {
            warn!(%error, "a box could not be looked through");
        }
        drop(view);
        let _ = self.front.clear_litter(LITTER);
        if let Ok(outbox) = self.root.beneath(OUTBOX) {
            self.forget_gone(&outbox);
        }
    }

    /// What a name in the inbox is that no session of ours put there.
    pub(super) fn on_disk(&self, name: &[u8]) -> Result<Option<Seen>, BoxError> {
        if is_temporary(name) || !may_be_there(name) {
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
}

impl fmt::Debug for SchoolBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SchoolBox({})", self.school)
    }
}

pub(super) fn box_full() -> Refusal {
    let full = "Your box is full at the moment. Please wait until what you sent has been taken.";
    Status::Failure.because(full).at(Limit::Quota)
}

/// A name that a file may have here (spec 8).
pub(super) fn check_name(name: &[u8]) -> Result<(), Refusal> {
    if name.len() > LONGEST_NAME {
        return Err(Status::Failure
            .because("This name is too long: 255 bytes are the most.")
            .at(Limit::Names));
    }
    let text = String::from_utf8_lossy(name);
    if text.chars().any(char::is_control) {
        return Err(Status::Failure
            .because("This name has characters that no name can have.")
            .at(Limit::Names));
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
const OUTBOX: &str = "outbox";
/// How long what a crash left without its other half is left alone.
const LITTER: std::time::Duration = std::time::Duration::from_hours(1);
