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
    school_box::{SchoolBox, check_name, is_temporary, seconds, slip},
    slow::slow,
    view::{Seen, Turn, Unfinished},
    visitor::Visitor,
    wire::{Refusal, Status},
};
use crate::boxes::{
    BoxError,
    handover::{Ending, Part},
};

/// A file that a session is writing.
pub(super) struct Upload {
    school_box: Arc<SchoolBox>,
    by: Arc<str>,
    part: Part,
    turn: Turn,
    size: Arc<AtomicU64>,
    written: Coverage,
    /// What went wrong; nothing more is taken then.
    fault: Option<Fault>,
    ended: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    TooLarge,
    Holes,
    Disk,
}

impl Upload {
    /// Begins an upload under this name, if there is room for it. `announced` is the size that the client
    /// tells, where it does.
    pub(super) fn begin(
        school_box: &Arc<SchoolBox>,
        visitor: &Visitor,
        name: &[u8],
        announced: Option<u64>,
    ) -> Result<Self, Refusal> {
        check_name(name)?;
        let limits = school_box.limits();
        if announced.is_some_and(|size| size > limits.max_bytes) {
            return Err(too_large(limits.max_bytes));
        }
        school_box.refresh();
        slow(|| school_box.grounds().has_disk_space())?;
        let mut view = school_box.view();
        let (files, bytes) = view.load(limits.max_bytes);
        if files >= limits.max_files {
            return Err(Status::Failure.because(
                "There are too many files in inbox/ already. Please wait until they have been taken.",
            ));
        }
        if bytes.saturating_add(limits.max_bytes) > limits.box_quota {
            return Err(Status::Failure.because(
                "Your box is full at the moment. Please wait until what you sent has been taken.",
            ));
        }
        let part = slow(|| {
            let part = school_box.front().begin()?;
            // If this process dies, whoever comes next can tell the school which file did not arrive.
            let known = slip(name, &visitor.key, Ending::CutShort);
            school_box.front().keep(&part.name, &known)?;
            Ok::<_, BoxError>(part)
        })?;
        let (turn, size, over) = view.begin(name, seconds(OffsetDateTime::now_utc()));
        drop(view);
        if let Some(part) = over {
            slow(|| school_box.front().drop_part(&part))?;
        }
        Ok(Self {
            school_box: Arc::clone(school_box),
            by: Arc::clone(&visitor.key),
            part,
            turn,
            size,
            written: Coverage::default(),
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
        if let Err(error) = self.part.file.write_all_at(bytes, offset) {
            self.fault = Some(Fault::Disk);
            return Err(error.into());
        }
        self.written.add(offset, end);
        self.size.fetch_max(end, Ordering::Relaxed);
        Ok(())
    }

    /// Cuts the file, where a client asks for a size (FSETSTAT). A size beyond the end is only a promise
    /// of more, and is passed over.
    pub(super) fn cut(&mut self, size: u64) -> Result<(), Refusal> {
        if size < self.written.end() {
            self.part.file.set_len(size)?;
            self.written.cut(size);
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
        if self.fault.is_none() && !self.written.is_whole(self.written.end()) {
            self.fault = Some(Fault::Holes);
        }
        let (ending, refusal) = match self.fault {
            None => (Ending::Complete, None),
            Some(Fault::TooLarge) => {
                let largest = self.school_box.limits().max_bytes;
                (Ending::TooLarge, Some(too_large(largest)))
            }
            Some(Fault::Holes) => (Ending::CutShort, Some(holes())),
            Some(Fault::Disk) => (Ending::CutShort, Some(disk())),
        };
        slow(|| self.end(ending))?;
        refusal.map_or(Ok(()), Err)
    }

    fn end(&mut self, ending: Ending) -> Result<(), Refusal> {
        self.ended = true;
        let school_box = Arc::clone(&self.school_box);
        let Some(name) = school_box.view().end(self.turn) else {
            return Ok(school_box.front().drop_part(&self.part.name)?);
        };
        let slip = slip(&name, &self.by, ending);
        if ending == Ending::Complete && is_temporary(&name) {
            school_box.front().keep(&self.part.name, &slip)?;
            let unfinished = Unfinished {
                part: self.part.name.clone(),
                by: self.by.to_string(),
                seen: self.seen(),
            };
            school_box.view().show_unfinished(name, unfinished);
            return Ok(());
        }
        let upload = school_box
            .front()
            .hand_over(&self.part.name, &self.part.file, &slip)?;
        if ending == Ending::Complete {
            let seen = self.seen();
            school_box.view().show_handed_over(name, upload, seen);
            school_box.grounds().count_upload();
        } else {
            school_box.grounds().count_incomplete();
        }
        school_box.hint();
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
            // What fails here is found by the next start, by the slip that was kept at the beginning.
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
    Status::Failure.because(format!(
        "This file is larger than the {} MiB that are taken.",
        largest >> 20
    ))
}

fn holes() -> Refusal {
    Status::Failure
        .because("Parts of this file are missing. Please send it again, from its beginning.")
}

fn disk() -> Refusal {
    Status::Failure
        .because("This file could not be written on the council's server. Please send it again.")
}

/// How far behind what has arrived a write may begin: more than any client has under way.
const FARTHEST_AHEAD: u64 = 32 << 20;
/// Gaps that are remembered of one file.
const MOST_PIECES: usize = 4096;
