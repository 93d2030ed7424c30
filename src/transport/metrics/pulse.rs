//! Whether all is well: the ledger's thread moves, the ledger writes, the disk has room.

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// The daemon's pulse.
#[derive(Debug)]
pub(super) struct Pulse {
    started: Instant,
    /// Milliseconds from the start to the last step forward.
    moved: AtomicU64,
    ledger: Mutex<Ledger>,
}

/// Whether the ledger takes what is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub enum Ledger {
    /// Nobody has tried yet.
    #[default]
    Untried,
    /// It did when it was last tried.
    Writes,
    /// It did not, in the words of its error, which name nobody.
    Fails(String),
}

/// What is asked before work is given to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Health {
    /// All is well.
    Well {
        /// How long ago the ledger's thread moved.
        moved: Duration,
        /// Bytes free where there are the fewest.
        free: u64,
    },
    /// It is not, for these reasons.
    Unwell(Vec<String>),
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            moved: AtomicU64::new(0),
            ledger: Mutex::default(),
        }
    }

    /// The ledger's thread has got something done.
    pub(super) fn beat(&self) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(now, Ordering::Relaxed);
    }

    /// How long ago that was.
    pub(super) fn since(&self) -> Duration {
        let moved = Duration::from_millis(self.moved.load(Ordering::Relaxed));
        self.started.elapsed().saturating_sub(moved)
    }

    pub(super) fn ledger(&self) -> Ledger {
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.clone()
    }

    pub(super) fn tell_ledger(&self, ledger: Ledger) {
        *self.ledger.lock().unwrap_or_else(PoisonError::into_inner) = ledger;
    }

    /// Whether the thread stands still, and the ledger takes nothing.
    pub(super) fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        if self.since() > STANDS_STILL {
            let seconds = self.since().as_secs();
            reasons.push(format!("the ledger's thread has not moved for {seconds} s"));
        }
        match self.ledger() {
            Ledger::Writes => {}
            Ledger::Untried => reasons.push("it is still starting".to_owned()),
            Ledger::Fails(why) => reasons.push(format!("the ledger can't be written: {why}")),
        }
        reasons
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well { moved, free } => writeln!(
                f,
                "ok: moved {:.1} s ago, the ledger writes, {} MiB are free",
                moved.as_secs_f64(),
                free >> 20
            ),
            Self::Unwell(reasons) => reasons
                .iter()
                .try_for_each(|reason| writeln!(f, "not well: {reason}")),
        }
    }
}

/// The longest that the ledger's thread may go without getting anything done. A national release moves on
/// every few seconds; an extract of two million records is read in half a minute on a slow disk.
const STANDS_STILL: Duration = Duration::from_mins(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_that_fails_is_told_with_its_reason() {
        let pulse = Pulse::new();
        assert_eq!(pulse.reasons(), ["it is still starting"]);
        pulse.tell_ledger(Ledger::Writes);
        assert!(pulse.reasons().is_empty());
        pulse.tell_ledger(Ledger::Fails("the disk is full".to_owned()));
        assert_eq!(
            Health::Unwell(pulse.reasons()).to_string(),
            "not well: the ledger can't be written: the disk is full\n"
        );
    }

    #[test]
    fn a_thread_that_stands_still_is_told() {
        let pulse = Pulse {
            started: Instant::now()
                .checked_sub(STANDS_STILL + Duration::from_secs(1))
                .unwrap(),
            ..Pulse::new()
        };
        pulse.tell_ledger(Ledger::Writes);
        assert_eq!(pulse.reasons().len(), 1);
        pulse.beat();
        assert!(pulse.reasons().is_empty());
    }
}
