//! Reading the whole trail once, in one consistent snapshot: which rows are not as they were written, and
//! what stands where somebody outside vouches for a row. Needs no key; signatures are the sealing room's.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Row, Transaction};
use time::OffsetDateTime;

use super::{
    acts::Line,
    checkpoints::Checkpoint,
    suspects::{Suspect, Suspects, Truth},
};
use crate::ledger::{LedgerError, access::Keyless, columns::Whole};

/// What a look at the whole trail found.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// How many rows there are.
    pub rows: u64,
    /// The last row's number.
    pub last: u64,
    /// The hash that is written in it.
    pub hash: [u8; 32],
    /// The number of the last row by the ledger's own count.
    pub counted: u64,
    /// What is wrong, from the first row to the last.
    pub faults: Vec<RowsAtFault>,
    /// The rows that were asked for and are there.
    pub stood: BTreeMap<u64, [u8; 32]>,
    /// The hash of row 1.
    pub ledger: [u8; 32],
    /// Rows that say that a checkpoint was signed.
    pub signings: BTreeSet<u64>,
    /// Rows that say that a backup took the ledger's place, with their times.
    pub restores: Vec<(u64, OffsetDateTime)>,
    /// The checkpoints that are kept; none where a row of theirs can't be read.
    pub checkpoints: Vec<(u64, Option<Checkpoint>)>,
    /// Whether the triggers are there that keep rows from being changed and removed.
    pub guarded: bool,
}

/// Rows that are not as they were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowsAtFault {
    /// The first of them.
    pub first: u64,
    /// The last of them.
    pub last: u64,
    /// What is wrong with each.
    pub how: RowFault,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// It is not there.
    Missing,
    /// Its words and its hash don't fit each other, or not the row before.
    Changed,
    /// What stands in it was written as another row.
    Moved {
        /// Which.
        was: u64,
    },
    /// It has a number that no row can have, or one beyond the ledger's own count.
    Added,
}

impl Keyless<'_> {
    /// Reads the trail from its first row to its last, with what is kept beside it.
    pub fn walk_trail(&self, asked: &BTreeSet<u64>) -> Result<Walked, LedgerError> {
        let snapshot = self.snapshot()?;
        let checkpoints = self.kept_checkpoints()?;
        let kept = checkpoints.iter().map(|(seq, _)| *seq);
        let mut walk = Walk {
            asked: asked.iter().copied().chain(kept).collect(),
            found: Walked::default(),
            known: true,
            suspects: Suspects::default(),
        };
        self.each(
            "SELECT seq, at, actor, actor_name, actor_number, actor_key, verb, subject, school,
               detail, hash FROM trail ORDER BY seq",
            [],
            |row| walk.step(row),
        )?;
        let mut found = walk.end();
        found.counted = self.counted()?;
        found.checkpoints = checkpoints;
        found.guarded = self.guards_are_there()?;
        found.at_the_end();
        drop(snapshot);
        Ok(found)
    }

    /// Whatever a daemon writes until this is dropped is not seen.
    pub(super) fn snapshot(&self) -> Result<Option<Transaction<'_>>, LedgerError> {
        let open = self.conn.is_autocommit();
        let snapshot = open.then(|| self.conn.unchecked_transaction());
        Ok(snapshot.transpose()?)
    }

    /// How many rows the trail has had.
    fn counted(&self) -> Result<u64, LedgerError> {
        let counted = self.one("SELECT last FROM counter WHERE letter = 'T'", [], |row| {
            Ok(row.get::<_, Whole>(0)?.0)
        })?;
        Ok(counted.unwrap_or_default())
    }

    fn kept_checkpoints(&self) -> Result<Vec<(u64, Option<Checkpoint>)>, LedgerError> {
        self.all(
            "SELECT seq, hash, at, signature FROM checkpoint ORDER BY seq",
            [],
            |row| {
                let seq = row.get::<_, Whole>(0)?.0;
                Ok((seq, super::checkpoints::read(row).ok()))
            },
        )
    }

    fn guards_are_there(&self) -> Result<bool, LedgerError> {
        let guards = self.all(
            "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'trail'",
            [],
            |row| Ok(row.get::<_, String>(0)?),
        )?;
        let ours = guards.iter().filter(|sql| SCHEMA.contains(sql.as_str()));
        Ok(ours.count() == GUARDS)
    }
}

impl Walked {
    /// Rows cut off at the end are missed by the ledger's own count, and rows put there exceed it.
    fn at_the_end(&mut self) {
        if self.counted > self.last {
            self.fault(self.last + 1, self.counted, RowFault::Missing);
        } else if self.counted < self.last {
            self.fault(self.counted + 1, self.last, RowFault::Added);
        }
    }

    fn fault(&mut self, first: u64, last: u64, how: RowFault) {
        match self.faults.last_mut() {
            Some(run) if run.how == how && run.last + 1 == first => run.last = last,
            _ => self.faults.push(RowsAtFault { first, last, how }),
        }
    }
}

struct Walk {
    asked: BTreeSet<u64>,
    found: Walked,
    /// Whether it is known what the last row's hash was.
    known: bool,
    suspects: Suspects,
}

impl Walk {
    fn step(&mut self, row: &Row<'_>) -> Result<(), LedgerError> {
        let number: i64 = row.get(0)?;
        let found = &mut self.found;
        found.rows += 1;
        let Some(seq) = u64::try_from(number).ok().filter(|seq| *seq > 0) else {
            found.fault(0, 0, RowFault::Added);
            return Ok(());
        };
        let follows = seq == found.last + 1;
        if !follows {
            found.fault(found.last + 1, seq - 1, RowFault::Missing);
        }
        let before = found.hash;
        let written: Option<[u8; 32]> = row.get(10).ok();
        match (line(seq, row), written) {
            (Ok(line), Some(written)) => {
                found.notice(&line);
                // What stands behind a gap follows a row that nobody knows.
                if follows && self.known && line.hash(&before) != written {
                    self.suspects.add(Suspect::of(&line, before, written));
                    found.fault(seq, seq, RowFault::Changed);
                }
            }
            _ => found.fault(seq, seq, RowFault::Changed),
        }
        self.known = written.is_some();
        found.last = seq;
        found.hash = written.unwrap_or_default();
        if seq == 1 {
            found.ledger = found.hash;
        }
        if self.asked.contains(&seq) {
            found.stood.insert(seq, found.hash);
        }
        Ok(())
    }

    /// What looks changed may have changed places, or may only follow such a row.
    fn end(self) -> Walked {
        let Self {
            mut found,
            suspects,
            ..
        } = self;
        let told = suspects.told_apart();
        if told.is_empty() {
            return found;
        }
        let runs = std::mem::take(&mut found.faults);
        for run in runs {
            if run.how != RowFault::Changed {
                found.fault(run.first, run.last, run.how);
                continue;
            }
            for seq in run.first..=run.last {
                match told.get(&seq) {
                    Some(Truth::Moved { was }) => {
                        found.fault(seq, seq, RowFault::Moved { was: *was });
                    }
                    Some(Truth::Sound) => {}
                    None => found.fault(seq, seq, RowFault::Changed),
                }
            }
        }
        found
    }
}

impl Walked {
    fn notice(&mut self, line: &Line<'_>) {
        match line.verb {
            "checkpoint-signed" => {
                self.signings.insert(line.seq);
            }
            "ledger-restored" => {
                let micros = i128::from(line.at) * 1000;
                if let Ok(at) = OffsetDateTime::from_unix_timestamp_nanos(micros) {
                    self.restores.push((line.seq, at));
                }
            }
            _ => {}
        }
    }
}

pub(super) fn line<'a>(seq: u64, row: &'a Row<'_>) -> Result<Line<'a>, LedgerError> {
    let text = |column| {
        Ok::<_, LedgerError>(
            row.get_ref(column)?
                .as_str()
                .map_err(rusqlite::Error::from)?,
        )
    };
    let maybe = |column| {
        let value = row.get_ref(column)?;
        Ok::<_, LedgerError>(value.as_str_or_null().map_err(rusqlite::Error::from)?)
    };
    Ok(Line {
        seq,
        at: row.get(1)?,
        actor: text(2)?,
        name: maybe(3)?,
        number: row.get(4)?,
        key: maybe(5)?,
        verb: text(6)?,
        subject: text(7)?,
        school: row.get(8)?,
        detail: text(9)?,
    })
}

/// Where the triggers stand, word for word as SQLite remembers them.
const SCHEMA: &str = include_str!("../schema.sql");
/// How many there are.
const GUARDS: usize = 2;
