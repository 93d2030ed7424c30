//! Rows that look changed, told apart: some only changed places, and some only follow such a row. Looks at
//! few rows only; a trail with hundreds of such rows is beyond telling.

use std::collections::BTreeMap;

use super::acts::Line;

/// The first rows whose hash does not fit.
#[derive(Default)]
pub(super) struct Suspects(Vec<Suspect>);

/// What is true of a suspect.
#[derive(Clone, Copy)]
pub(super) enum Truth {
    /// It is as it was written, behind a row that is not.
    Sound,
    /// It was written as another row.
    Moved {
        /// Which.
        was: u64,
    },
}

/// A row whose hash does not fit, with what stood before it.
pub(super) struct Suspect {
    seq: u64,
    at: i64,
    actor: String,
    name: Option<String>,
    number: Option<i64>,
    key: Option<String>,
    verb: String,
    subject: String,
    school: Option<i64>,
    detail: String,
    before: [u8; 32],
    written: [u8; 32],
}

impl Suspects {
    pub(super) fn add(&mut self, suspect: Suspect) {
        if self.0.len() <= MOST {
            self.0.push(suspect);
        }
    }

    /// By row: what is wrong with it after all, or nothing.
    pub(super) fn told_apart(&self) -> BTreeMap<u64, Truth> {
        if self.0.len() > MOST {
            return BTreeMap::new();
        }
        self.0
            .iter()
            .filter_map(|suspect| Some((suspect.seq, self.tell(suspect)?)))
            .collect()
    }

    fn tell(&self, suspect: &Suspect) -> Option<Truth> {
        // As written, or as they would be if only the hash was changed.
        let written = self.0.iter().map(|other| other.written);
        let fitting = self
            .0
            .iter()
            .map(|other| other.line(other.seq).hash(&other.before));
        let hashes: Vec<[u8; 32]> = written.chain(fitting).collect();
        // It is as it was written, behind a row that stands elsewhere now.
        let follows = |before| suspect.line(suspect.seq).hash(before) == suspect.written;
        if hashes.iter().any(follows) {
            return Some(Truth::Sound);
        }
        let others = self.0.iter().filter(|other| other.seq != suspect.seq);
        others.into_iter().find_map(|other| {
            let line = suspect.line(other.seq);
            let was = |before: &[u8; 32]| {
                let hash = line.hash(before);
                hash == suspect.written || hash == other.written
            };
            let moved = was(&other.before) || hashes.iter().any(was);
            moved.then_some(Truth::Moved { was: other.seq })
        })
    }
}

impl Suspect {
    pub(super) fn of(line: &Line<'_>, before: [u8; 32], written: [u8; 32]) -> Self {
        Self {
            seq: line.seq,
            at: line.at,
            actor: line.actor.to_owned(),
            name: line.name.map(str::to_owned),
            number: line.number,
            key: line.key.map(str::to_owned),
            verb: line.verb.to_owned(),
            subject: line.subject.to_owned(),
            school: line.school,
            detail: line.detail.to_owned(),
            before,
            written,
        }
    }

    /// The row, as if it had this number.
    fn line(&self, seq: u64) -> Line<'_> {
        Line {
            seq,
            at: self.at,
            actor: &self.actor,
            name: self.name.as_deref(),
            number: self.number,
            key: self.key.as_deref(),
            verb: &self.verb,
            subject: &self.subject,
            school: self.school,
            detail: &self.detail,
        }
    }
}

/// Rows that are told apart.
const MOST: usize = 16;
