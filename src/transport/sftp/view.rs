//! What a school sees in `inbox/` (spec 8): a view by name of what was handed over and of what is still
//! unfinished. Nothing that happens here takes an upload back: a name that goes is only no longer shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::boxes::handover::{PartName, UploadId};

/// An upload that is being written, by its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Turn(u64);

/// The names in one school's inbox.
#[derive(Default)]
pub(super) struct InboxView {
    shown: BTreeMap<Vec<u8>, Shown>,
    open: BTreeMap<Turn, Open>,
    /// What was handed over and is no longer shown: it takes up room until the daemon has cleared it.
    hidden: Vec<(UploadId, u64)>,
    turns: u64,
}

/// What a listing tells of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// In bytes.
    pub size: u64,
    /// Seconds since 1970.
    pub modified: u32,
}

/// A file that was closed under a temporary name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unfinished {
    /// Where its bytes are.
    pub part: PartName,
    /// The fingerprint of the key that sent it.
    pub by: String,
    /// Size and time.
    pub seen: Seen,
}

/// What taking a name away came to.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Removed {
    /// There was no such name.
    Missing,
    /// It is no longer shown; what was handed over stays handed over.
    Hidden,
    /// It was unfinished, and its bytes may go.
    Dropped(PartName),
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A file that is being written.
    Open,
    /// A file that was closed under a temporary name.
    Unfinished(Unfinished),
    /// A file that was handed over, under this name, with so many bytes.
    HandedOver(UploadId, Vec<u8>, u64),
}

/// How an upload ends.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum End {
    /// Under this name.
    Named(Vec<u8>),
    /// Under this name, which somebody else has taken away meanwhile.
    Hidden(Vec<u8>),
    /// Nowhere: whoever sent it has removed it.
    Dropped,
}

struct Open {
    name: Vec<u8>,
    part: PartName,
    session: u64,
    removed: Option<By>,
    size: Arc<AtomicU64>,
    /// Bytes that are kept for it.
    reserved: u64,
    since: u32,
}

/// Who has removed a file that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Sender,
    Other,
}

#[derive(Clone)]
enum Shown {
    Open(Turn),
    Unfinished(Unfinished),
    HandedOver {
        upload: UploadId,
        handed_over_as: Vec<u8>,
        seen: Seen,
    },
}

impl InboxView {
    /// A session's upload begins under this name, at this second, in this part; its size is counted in what
    /// comes back. What the name stood for is no longer shown; an unfinished file comes back, for its bytes
    /// may go.
    pub(super) fn begin(
        &mut self,
        name: &[u8],
        part: PartName,
        session: u64,
        reserved: u64,
        now: u32,
    ) -> (Turn, Arc<AtomicU64>, Option<PartName>) {
        self.turns += 1;
        let turn = Turn(self.turns);
        let size = Arc::<AtomicU64>::default();
        self.open.insert(
            turn,
            Open {
                name: name.to_vec(),
                part,
                session,
                removed: None,
                size: Arc::clone(&size),
                reserved,
                since: now,
            },
        );
        let before = self.shown.insert(name.to_vec(), Shown::Open(turn));
        (turn, size, before.and_then(|shown| self.hide(shown)))
    }

    /// More bytes are kept for an upload that grows.
    pub(super) fn reserve(&mut self, turn: Turn, bytes: u64) {
        if let Some(open) = self.open.get_mut(&turn) {
            open.reserved = bytes;
        }
    }

    /// An upload ends. It is no longer shown, but takes up room until it is told to be [`Self::over`].
    pub(super) fn end(&mut self, turn: Turn) -> End {
        let Some(open) = self.open.get(&turn) else {
            return End::Dropped;
        };
        if matches!(self.shown.get(&open.name), Some(Shown::Open(shown)) if *shown == turn) {
            self.shown.remove(&open.name);
        }
        match open.removed {
            None => End::Named(open.name.clone()),
            Some(By::Other) => End::Hidden(open.name.clone()),
            Some(By::Sender) => End::Dropped,
        }
    }

    /// Whatever became of an upload is known.
    pub(super) fn over(&mut self, turn: Turn) {
        self.open.remove(&turn);
    }

    /// Shows an unfinished file. Bytes that may go come back: those of another one that had the name, or
    /// its own where a newer file is being written under it.
    pub(super) fn show_unfinished(
        &mut self,
        name: Vec<u8>,
        unfinished: Unfinished,
    ) -> Option<PartName> {
        self.show(name, Shown::Unfinished(unfinished))
    }

    /// Shows a file that was handed over: the last of a name is what it stands for.
    pub(super) fn show_handed_over(
        &mut self,
        name: Vec<u8>,
        upload: UploadId,
        seen: Seen,
    ) -> Option<PartName> {
        let handed_over_as = name.clone();
        let shown = Shown::HandedOver {
            upload,
            handed_over_as,
            seen,
        };
        self.show(name, shown)
    }

    /// What was handed over and has no name to be shown under takes up room all the same.
    pub(super) fn count_hidden(&mut self, upload: UploadId, size: u64) {
        self.hidden.push((upload, size));
    }

    /// What is to be told of a name.
    pub(super) fn find(&self, name: &[u8]) -> Option<Seen> {
        self.shown.get(name).map(|shown| self.seen(shown))
    }

    /// All names.
    pub(super) fn list(&self) -> Vec<(Vec<u8>, Seen)> {
        let shown = self.shown.iter();
        shown
            .map(|(name, shown)| (name.clone(), self.seen(shown)))
            .collect()
    }

    /// The uploads that are shown: once the daemon has cleared one away, its name goes.
    pub(super) fn keep_only(&mut self, is_there: impl Fn(&UploadId) -> bool) {
        self.shown.retain(|_, shown| match shown {
            Shown::HandedOver { upload, .. } => is_there(upload),
            Shown::Open(_) | Shown::Unfinished(_) => true,
        });
        self.hidden.retain(|(upload, _)| is_there(upload));
    }

    /// Unfinished files that nobody has touched since this second, no longer shown from here on.
    pub(super) fn take_older(&mut self, than: u32) -> Vec<(Vec<u8>, Unfinished)> {
        let old = self.shown.extract_if(.., |_, shown| {
            matches!(shown, Shown::Unfinished(unfinished) if unfinished.seen.modified < than)
        });
        old.filter_map(|(name, shown)| match shown {
            Shown::Unfinished(unfinished) => Some((name, unfinished)),
            Shown::Open(_) | Shown::HandedOver { .. } => None,
        })
        .collect()
    }

    /// How many files there are, shown or not, and how many bytes they have; one that is being written
    /// counts with what is kept for it.
    pub(super) fn load(&self) -> (usize, u64) {
        let closed = self.shown.values().filter_map(|shown| match shown {
            Shown::Open(_) => None,
            closed => Some(self.seen(closed).size),
        });
        let open = self.open.values().map(|open| open.reserved);
        let hidden = self.hidden.iter().map(|(_, size)| *size);
        let bytes = closed.chain(hidden).chain(open);
        let bytes = bytes.fold(0, u64::saturating_add);
        let is_closed = |shown: &&Shown| !matches!(shown, Shown::Open(_));
        let closed = self.shown.values().filter(is_closed).count();
        (self.open.len() + closed + self.hidden.len(), bytes)
    }

    /// Takes a name away, for a session. A file that another session is writing goes on without a name.
    pub(super) fn remove(&mut self, name: &[u8], session: u64) -> Removed {
        let Some(shown) = self.shown.remove(name) else {
            return Removed::Missing;
        };
        if let Shown::Open(turn) = shown
            && let Some(open) = self.open.get_mut(&turn)
        {
            let is_own = open.session == session;
            open.removed = Some(if is_own { By::Sender } else { By::Other });
        }
        self.hide(shown).map_or(Removed::Hidden, Removed::Dropped)
    }

    /// What a name stands for.
    pub(super) fn standing(&self, name: &[u8]) -> Option<Standing> {
        Some(match self.shown.get(name)? {
            Shown::Open(_) => Standing::Open,
            Shown::Unfinished(unfinished) => Standing::Unfinished(unfinished.clone()),
            Shown::HandedOver {
                upload,
                handed_over_as,
                seen,
            } => Standing::HandedOver(upload.clone(), handed_over_as.clone(), seen.size),
        })
    }

    /// Gives a file another name. What that name stood for is no longer shown; an unfinished file comes
    /// back, for its bytes may go.
    pub(super) fn rename(&mut self, from: &[u8], to: &[u8]) -> Option<PartName> {
        let shown = self.shown.remove(from)?;
        if let Shown::Open(turn) = &shown
            && let Some(open) = self.open.get_mut(turn)
        {
            open.name = to.to_vec();
        }
        let over = self.shown.insert(to.to_vec(), shown);
        over.and_then(|over| self.hide(over))
    }

    /// An unfinished file was handed over, under another name; what that name stood for is no longer
    /// shown, as with [`Self::rename`].
    pub(super) fn finished(
        &mut self,
        from: &[u8],
        to: &[u8],
        upload: UploadId,
    ) -> Option<PartName> {
        let Some(Shown::Unfinished(unfinished)) = self.shown.remove(from) else {
            return None;
        };
        let over = self.shown.remove(to).and_then(|over| self.hide(over));
        self.show_handed_over(to.to_vec(), upload, unfinished.seen)
            .or(over)
    }

    /// Parts that are no litter: of what is being written, and of what is unfinished.
    pub(super) fn parts(&self) -> BTreeSet<PartName> {
        let open = self.open.values().map(|open| &open.part);
        let shown = self.shown.values().filter_map(|shown| match shown {
            Shown::Unfinished(unfinished) => Some(&unfinished.part),
            Shown::Open(_) | Shown::HandedOver { .. } => None,
        });
        open.chain(shown).cloned().collect()
    }

    /// Whether nothing is known that a look at the disk would not tell as well.
    pub(super) fn is_forgettable(&self) -> bool {
        self.shown.is_empty() && self.open.is_empty() && self.hidden.is_empty()
    }

    /// The bytes behind a name were handed over once more, under another kind of name.
    pub(super) fn handed_over_again(&mut self, name: &[u8], again: UploadId) {
        if let Some(Shown::HandedOver {
            upload,
            handed_over_as,
            seen,
        }) = self.shown.get_mut(name)
        {
            let before = std::mem::replace(upload, again);
            self.hidden.push((before, seen.size));
            *handed_over_as = name.to_vec();
        }
    }

    fn show(&mut self, name: Vec<u8>, new: Shown) -> Option<PartName> {
        if matches!(self.shown.get(&name), Some(Shown::Open(_))) {
            return self.hide(new);
        }
        let before = self.shown.insert(name, new);
        before.and_then(|before| self.hide(before))
    }

    /// Something is no longer shown; the bytes of what was unfinished may go.
    fn hide(&mut self, shown: Shown) -> Option<PartName> {
        match shown {
            Shown::Unfinished(unfinished) => Some(unfinished.part),
            Shown::Open(_) => None,
            Shown::HandedOver { upload, seen, .. } => {
                self.hidden.push((upload, seen.size));
                None
            }
        }
    }

    fn seen(&self, shown: &Shown) -> Seen {
        match shown {
            Shown::Unfinished(unfinished) => unfinished.seen,
            Shown::HandedOver { seen, .. } => *seen,
            Shown::Open(turn) => self.open.get(turn).map_or(
                Seen {
                    size: 0,
                    modified: 0,
                },
                |open| Seen {
                    size: open.size.load(Ordering::Relaxed),
                    modified: open.since,
                },
            ),
        }
    }
}

impl fmt::Debug for InboxView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InboxView({} names)", self.shown.len())
    }
}
