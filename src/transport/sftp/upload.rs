//! An upload from OPEN to CLOSE. It begins fresh, empty and hidden; a clean close brings it to the disk
//! and hands it over before the client is told so; anything else is no upload, and a receipt says so.

use std::{
    fmt,
    os::unix::fs::FileExt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use time::OffsetDateTime;

use super::{
    coverage::Coverage,
    school_box::{SchoolBox, box_full, check_name, is_temporary, seconds, slip},
    slow::slow,
    view::{End, Seen, Turn, Unfinished},
    visitor::Visitor,
    wire::{Limit, Refusal, Status},
};
use crate::boxes::handover::{Ending, Part, Slip};

/// A file that a session is writing.
pub(super) struct Upload {
    school_box: Arc<SchoolBox>,
    by: Arc<str>,
    part: Part,
    turn: Turn,
    size: Arc<AtomicU64>,
    /// Bytes that are kept for it in the box's quota.
    reserved: u64,
    written: Coverage,
    /// The size that the client said the file will have: less has not arrived.
    promised: u64,
    /// What went wrong; nothing more is taken then.
    fault: Option<Fault>,
    ended: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    TooLarge,
    Holes,
    Quota,
    Disk,
}

impl Upload {
    /// Begins an upload of this session's under this name, if there is room for it. `announced` is the size
    /// that the client tells, where it does.
    pub(super) fn begin(
        school_box: &Arc<SchoolBox>,
        visitor: &Visitor,
        session: u64,
        name: &[u8],
        announced: Option<u64>,
    ) -> Result<Self, Refusal> {
        check_name(name)?;
        let largest = school_box.limits().max_bytes;
        if announced.is_some_and(|size| size > largest) {
            return Err(too_large(largest));
        }
        school_box.refresh();
        slow(|| school_box.grounds.has_disk_space(largest))?;
        let known = slip(name, &visitor.key, Ending::CutShort);
        let mut view = school_box.view();
        let reserved = announced.unwrap_or_default().max(STEP).min(largest);
        school_box.has_room(&view, reserved)?;
        let part = slow(|| school_box.begin(&known))?;
        let now = seconds(OffsetDateTime::now_utc());
        let (turn, size, over) = view.begin(name, part.name.clone(), session, reserved, now);
        drop(view);
        slow(|| school_box.drop_bytes(over));
        Ok(Self {
            school_box: Arc::clone(school_box),
            by: Arc::clone(&visitor.key),
            part,
            turn,
            size,
            reserved,
            written: Coverage::default(),
            promised: announced.unwrap_or_default(),
            fault: None,
            ended: false,
        })
    }

    /// Writes bytes. Clients that send ahead may do so in any order, but not far ahead of a gap: a file
    /// is sent from its beginning.
    pub(super) fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Refusal> {
        let largest = self.school_box.limits().max_bytes;
        match self.fault {
            Some(Fault::TooLarge) => return Err(too_large(largest)),
            Some(Fault::Holes) => return Err(holes()),
            Some(Fault::Quota) => return Err(box_full()),
            Some(Fault::Disk) => return Err(disk()),
            None => {}
        }
        let end = offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if end > largest {
            self.fault = Some(Fault::TooLarge);
            return Err(too_large(largest));
        }
        if offset > self.written.end().saturating_add(FARTHEST_AHEAD)
            || self.written.pieces() > MOST_PIECES
        {
            self.fault = Some(Fault::Holes);
            return Err(holes());
        }
        self.reserve(end)?;
        if let Err(error) = self.part.file.write_all_at(bytes, offset) {
            self.fault = Some(Fault::Disk);
            return Err(error.into());
        }
        self.written.add(offset, end);
        self.size.fetch_max(end, Ordering::Relaxed);
        Ok(())
    }

    /// Keeps room for a file that grows past what was kept for it so far: a list never does.
    fn reserve(&mut self, end: u64) -> Result<(), Refusal> {
        if end <= self.reserved {
            return Ok(());
        }
        let reserved = end
            .next_multiple_of(STEP)
            .min(self.school_box.limits().max_bytes);
        let mut view = self.school_box.view();
        if let Err(full) = self
            .school_box
            .has_room_for(&view, reserved - self.reserved)
        {
            self.fault = Some(Fault::Quota);
            return Err(full);
        }
        view.reserve(self.turn, reserved);
        self.reserved = reserved;
        Ok(())
    }

    /// Cuts the file, where a client asks for a size (FSETSTAT). A size beyond what is there is a promise
    /// of more.
    pub(super) fn cut(&mut self, size: u64) -> Result<(), Refusal> {
        self.promised = size;
        if size < self.written.end() {
            self.written.cut(size);
            self.part.file.set_len(self.written.end())?;
            self.size.store(self.written.end(), Ordering::Relaxed);
        }
        Ok(())
    }

    /// What is to be told of it while it is open.
    pub(super) fn seen(&self) -> Seen {
        Seen {
            size: self.size.load(Ordering::Relaxed),
            modified: seconds(OffsetDateTime::now_utc()),
        }
    }

    /// Brings what was written so far to the disk (`fsync@openssh.com`).
    pub(super) fn sync(&self) -> Result<(), Refusal> {
        Ok(slow(|| self.part.file.sync_data())?)
    }

    /// The client closes the file: it is an upload, unless something is missing.
    pub(super) fn close(mut self) -> Result<(), Refusal> {
        let is_whole = self.written.is_whole(self.written.end());
        if self.fault.is_none() && !(is_whole && self.promised <= self.written.end()) {
            self.fault = Some(Fault::Holes);
        }
        let (ending, refusal) = match self.fault {
            None => (Ending::Complete, None),
            Some(Fault::TooLarge) => {
                let largest = self.school_box.limits().max_bytes;
                (Ending::TooLarge, Some(too_large(largest)))
            }
            Some(Fault::Holes) => (Ending::CutShort, Some(holes())),
            Some(Fault::Quota) => (Ending::CutShort, Some(box_full())),
            Some(Fault::Disk) => (Ending::CutShort, Some(disk())),
        };
        slow(|| self.end(ending))?;
        refusal.map_or(Ok(()), Err)
    }

    fn end(&mut self, ending: Ending) -> Result<(), Refusal> {
        self.ended = true;
        let end = self.school_box.view().end(self.turn);
        let ended = self.hand_over(end, ending);
        // A part that is left where this failed is found by the next sweep, and the school is told.
        self.school_box.view().over(self.turn);
        ended
    }

    fn hand_over(&self, end: End, ending: Ending) -> Result<(), Refusal> {
        let school_box = &self.school_box;
        let (name, is_hidden) = match end {
            End::Named(name) => (name, false),
            End::Hidden(name) => (name, true),
            End::Dropped => return Ok(school_box.front().drop_part(&self.part.name)?),
        };
        let slip = slip(&name, &self.by, ending);
        if ending == Ending::Complete && is_temporary(&name) {
            return self.keep(name, is_hidden, &slip);
        }
        let (part, file) = (&self.part.name, &self.part.file);
        let upload = school_box.front().hand_over(part, file, &slip)?;
        let mut view = school_box.view();
        if ending == Ending::Complete && !is_hidden {
            let over = view.show_handed_over(name, upload, self.seen());
            school_box.drop_bytes(over);
        } else {
            view.count_hidden(upload, self.seen().size);
        }
        drop(view);
        match ending {
            Ending::Complete => school_box.grounds.count_upload(),
            _ => school_box.grounds.count_incomplete(),
        }
        school_box.hint();
        Ok(())
    }

    /// Keeps the file as unfinished, for its name is a temporary one; without a name nobody could finish it.
    fn keep(&self, name: Vec<u8>, is_hidden: bool, slip: &Slip) -> Result<(), Refusal> {
        let front = self.school_box.front();
        if is_hidden {
            return Ok(front.drop_part(&self.part.name)?);
        }
        front.keep(&self.part.name, slip)?;
        let unfinished = Unfinished {
            part: self.part.name.clone(),
            by: self.by.to_string(),
            seen: self.seen(),
        };
        let over = self.school_box.view().show_unfinished(name, unfinished);
        self.school_box.drop_bytes(over);
        Ok(())
    }
}

impl Drop for Upload {
    /// The session ends with the file open: it has not arrived (spec 8).
    fn drop(&mut self) {
        if !self.ended {
            let ending = match self.fault {
                Some(Fault::TooLarge) => Ending::TooLarge,
                _ => Ending::CutShort,
            };
            // What fails here is found by the next sweep, by the slip that was kept at the beginning.
            let _ = slow(|| self.end(ending));
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({:?})", self.turn)
    }
}

pub(super) fn too_large(largest: u64) -> Refusal {
    Status::Failure
        .because(format!(
            "This file is larger than the {} MiB that are taken.",
            largest >> 20
        ))
        .at(Limit::Size)
}

pub(super) fn holes() -> Refusal {
    Status::Failure
        .because("Parts of this file are missing. Please send it again, from its beginning.")
}

fn disk() -> Refusal {
    Status::Failure
        .because("This file could not be written on the council's server. Please send it again.")
}

/// How far behind what has arrived a write may begin: more than any client has under way.
const FARTHEST_AHEAD: u64 = 32 << 20;
/// Room is kept for a file in such steps, in bytes: the first is more than any list has.
const STEP: u64 = 1 << 20;
/// Gaps that are remembered of one file.
pub(super) const MOST_PIECES: usize = 4096;
