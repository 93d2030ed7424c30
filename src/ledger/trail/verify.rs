//! Proving that nobody changed the trail: every row's hash, every number, every signed checkpoint.
//! Needs no key; the checkpoints' signatures are the sealing room's to verify.

use std::collections::BTreeMap;

use rusqlite::Row;

use crate::ledger::{LedgerError, access::Keyless, columns::Whole, trail::acts::Line};
use crate::{domain::receipt::TrailHead, vault::to_hex};

/// What a look at the whole trail found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum TrailProof {
    /// Every row is as it was written, and none is missing before this head.
    Verified(TrailHead),
    /// The first row that is not as it was written.
    Broken {
        /// Its number.
        at: u64,
        /// What is wrong with it.
        how: Fault,
    },
}

/// What is wrong with a row of the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The row is not there, though later ones are, or a checkpoint speaks of it.
    Missing,
    /// Its words and its hash don't fit each other, or the row before.
    Changed,
    /// It fits the row before, but a checkpoint was made of another row: the trail was written anew.
    NotAsSigned,
}

impl Keyless<'_> {
    /// Reads the trail from its first row to its last, and proves each.
    pub fn verify_trail(&self) -> Result<TrailProof, LedgerError> {
        let mut walk = Walk {
            last: 0,
            hash: [0; 32],
            signed: self.checkpoint_hashes()?,
            counted: self.counted()?,
            broken: None,
        };
        let walked = self.each(
            "SELECT seq, at, actor, actor_name, actor_number, actor_key, verb, subject, school,
               detail, hash FROM trail ORDER BY seq",
            [],
            |row| walk.step(row),
        );
        match walked {
            Ok(()) | Err(Stop::Broken) => Ok(walk.proof()),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    /// How many rows the trail has had.
    fn counted(&self) -> Result<u64, LedgerError> {
        let counted = self.one("SELECT last FROM counter WHERE letter = 'T'", [], |row| {
            Ok(row.get::<_, Whole>(0)?.0)
        })?;
        Ok(counted.unwrap_or_default())
    }

    fn checkpoint_hashes(&self) -> Result<BTreeMap<u64, Vec<u8>>, LedgerError> {
        let hashes = self.all("SELECT seq, hash FROM checkpoint", [], |row| {
            Ok((row.get::<_, Whole>(0)?.0, row.get(1)?))
        })?;
        Ok(hashes.into_iter().collect())
    }
}

struct Walk {
    last: u64,
    hash: [u8; 32],
    signed: BTreeMap<u64, Vec<u8>>,
    counted: u64,
    broken: Option<(u64, Fault)>,
}

enum Stop {
    Broken,
    Failed(LedgerError),
}

impl From<LedgerError> for Stop {
    fn from(error: LedgerError) -> Self {
        Self::Failed(error)
    }
}

impl Walk {
    fn step(&mut self, row: &Row<'_>) -> Result<(), Stop> {
        let seq = row.get::<_, Whole>(0).map_err(LedgerError::from)?.0;
        let next = self.last + 1;
        if seq != next {
            return self.stop(next, Fault::Missing);
        }
        // A column of a type that we never wrote was changed as well.
        match line(seq, row).map(|(line, hash)| (line.hash(&self.hash), hash)) {
            Ok((computed, written)) if computed == written => self.hash = computed,
            _ => return self.stop(seq, Fault::Changed),
        }
        if self
            .signed
            .get(&seq)
            .is_some_and(|signed| *signed != self.hash)
        {
            return self.stop(seq, Fault::NotAsSigned);
        }
        self.last = seq;
        Ok(())
    }

    fn stop(&mut self, at: u64, how: Fault) -> Result<(), Stop> {
        self.broken = Some((at, how));
        Err(Stop::Broken)
    }

    fn proof(self) -> TrailProof {
        let beyond = self.last + 1;
        let cut_off = self.signed.range(beyond..).next().is_some() || self.counted > self.last;
        let cut_off = cut_off.then_some((beyond, Fault::Missing));
        match self.broken.or(cut_off) {
            Some((at, how)) => TrailProof::Broken { at, how },
            None => TrailProof::Verified(TrailHead {
                seq: self.last,
                hash: to_hex(&self.hash),
            }),
        }
    }
}

fn line<'a>(seq: u64, row: &'a Row<'_>) -> Result<(Line<'a>, [u8; 32]), LedgerError> {
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
    let line = Line {
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
    };
    Ok((line, row.get(10)?))
}
