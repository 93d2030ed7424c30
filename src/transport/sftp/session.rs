//! One visitor's session: requests in, replies out, one after the other. Plain code that waits for
//! nothing but the disk; how bytes travel is the connection's affair.

use std::{
    collections::BTreeSet,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use tracing::info;

use super::{
    council_box::{CouncilBox, ExtractUpload},
    download::Download,
    handles::Handles,
    listing::Listing,
    school_box::SchoolBox,
    upload::Upload,
    verbs::{self, EXTENSIONS},
    visitor::Visitor,
    wire::{Broken, Fields, Frames, Limit, Replies, number},
};

/// A session.
pub struct Session {
    pub(super) house: House,
    pub(super) visitor: Visitor,
    /// Among all sessions.
    pub(super) number: u64,
    pub(super) handles: Handles<Open>,
    frames: Frames,
    greeted: bool,
    served: u64,
    /// The limits that were met, each told once.
    met: BTreeSet<Limit>,
}

/// Whose box it is in.
pub(super) enum House {
    School(Arc<SchoolBox>),
    Council(CouncilBox),
}

/// What a handle stands for.
#[derive(Debug)]
pub(super) enum Open {
    Upload(Upload),
    Extract(ExtractUpload),
    Download(Download),
    Listing(Listing),
}

/// Why a session stopped answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Progress {
    /// All that came in is answered.
    Waiting,
    /// There are as many replies as may wait at once, or it is the turn of others; some requests may not
    /// be answered yet.
    Full,
}

impl Session {
    pub(super) fn new(house: House, visitor: Visitor, number: u64, max_handles: usize) -> Self {
        Self {
            house,
            visitor,
            number,
            handles: Handles::with_room(max_handles),
            frames: Frames::default(),
            greeted: false,
            served: 0,
            met: BTreeSet::new(),
        }
    }

    /// Takes in what the client sent, whole requests or not.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.frames.push(bytes);
    }

    /// How many requests were answered so far.
    pub fn served(&self) -> u64 {
        self.served
    }

    /// Whether a file is being written or read: a moment to wait for before a session is cut.
    pub fn is_busy(&self) -> bool {
        self.handles.is_busy()
    }

    /// Answers requests in their order, as long as the replies that wait are fewer than `bound` bytes, and
    /// not for long: others wait for the thread.
    pub fn answer(&mut self, replies: &mut BytesMut, bound: usize) -> Result<Progress, Broken> {
        let began = Instant::now();
        while replies.len() < bound && began.elapsed() < TURN {
            let Some(packet) = self.frames.next_packet()? else {
                return Ok(Progress::Waiting);
            };
            self.answer_one(&packet, &mut Replies::to(replies))?;
            self.served += 1;
        }
        Ok(Progress::Full)
    }

    /// The client is gone. A file that it had open for writing has not arrived.
    pub fn end(self) {}

    fn answer_one(&mut self, packet: &Bytes, replies: &mut Replies<'_>) -> Result<(), Broken> {
        let mut fields = Fields::of(packet);
        let kind = fields.byte().map_err(|_| Broken::Empty)?;
        if (kind == number::INIT) == self.greeted {
            return Err(Broken::NoGreeting);
        }
        let id = fields.number().map_err(|_| Broken::Empty)?;
        if kind == number::INIT {
            self.greeted = true;
            replies.version(&EXTENSIONS);
            return Ok(());
        }
        if let Err(refusal) = verbs::perform(self, kind, id, fields, replies) {
            replies.refusal(id, &refusal);
            if let Some(limit) = refusal.limit {
                self.note(limit);
            }
        }
        Ok(())
    }

    /// Every limit that is met is counted, and told once a session.
    fn note(&mut self, limit: Limit) {
        match &self.house {
            House::School(school) => school.grounds().count_limited(limit),
            House::Council(council) => council.grounds().count_limited(limit),
        }
        if self.met.insert(limit) {
            let account = self.visitor.account.to_string();
            info!(school = account, why = limit.code(), "a limit was met");
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({:?})", self.visitor)
    }
}

/// How long one session is served before others have their turn.
const TURN: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests;
