//! One place for all that can be seen of a daemon from outside: filled by those who work, emptied by none.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use prometheus_client::{encoding::text, registry::Registry};
use time::OffsetDateTime;

use super::{
    pulse::{Health, Ledger, Pulse},
    shelf::Shelf,
    standing::Standing,
    tallies::Tallies,
};

/// What can be seen of a daemon.
#[derive(Debug)]
pub struct Sight {
    registry: Registry,
    tallies: Tallies,
    shelf: Shelf,
    pulse: Arc<Pulse>,
}

impl Default for Sight {
    fn default() -> Self {
        Self::new(OffsetDateTime::now_utc())
    }
}

impl Sight {
    /// Nothing was seen yet.
    pub fn new(started: OffsetDateTime) -> Self {
        let mut registry = Registry::with_prefix("pillarbox");
        let (tallies, pulse) = (Tallies::new(&mut registry), Arc::new(Pulse::new()));
        let shelf = Shelf::new(Arc::clone(&pulse), started);
        registry.register_collector(Box::new(shelf.clone()));
        Self {
            registry,
            tallies,
            shelf,
            pulse,
        }
    }

    /// Where it is counted what happens.
    pub fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    /// How things stand now takes the place of how they stood.
    pub fn publish(&self, standing: Standing) {
        self.shelf.put(standing);
    }

    /// The ledger's thread has got something done.
    pub fn moved(&self) {
        self.pulse.beat();
    }

    /// How long ago that was.
    pub fn since_moved(&self) -> Duration {
        self.pulse.since()
    }

    /// What came of writing to the ledger.
    pub fn tell_ledger(&self, ledger: Ledger) {
        self.pulse.tell_ledger(ledger);
    }

    /// What came of it last.
    pub fn ledger(&self) -> Ledger {
        self.pulse.ledger()
    }

    /// Whether all is well.
    pub fn health(&self) -> Health {
        let mut reasons = self.pulse.reasons();
        let standing = self.shelf.latest();
        for disk in standing.iter().flat_map(|standing| &standing.disks) {
            if let Some(reason) = disk.reason(standing.as_ref().map_or(0, |s| s.disk_spare)) {
                reasons.push(reason);
            }
        }
        if !reasons.is_empty() {
            return Health::Unwell(reasons);
        }
        let disks = standing.iter().flat_map(|standing| &standing.disks);
        Health::Well {
            moved: self.pulse.since(),
            free: disks.map(|disk| disk.free_bytes).min().unwrap_or_default(),
        }
    }

    /// Everything, in the OpenMetrics text format.
    pub fn scrape(&self) -> String {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = text::encode(&mut out, &self.registry);
        out
    }
}

/// A lock whose holder died leaves whole values behind.
pub(super) fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
