//! What the front end counts. Numbers only: no name, no address.

use std::sync::atomic::{AtomicU64, Ordering};

use time::OffsetDateTime;

use super::{
    super::{premises::Tally, wire::Limit},
    cut::Cut,
};
use crate::boxes::handover::Counters;

/// The counters of this process, since its start.
#[derive(Debug)]
pub(super) struct Tallies {
    since: OffsetDateTime,
    pub(super) connections: Tick,
    pub(super) logins: Tick,
    pub(super) logins_failed: Tick,
    pub(super) bans: Tick,
    pub(super) bytes_received: Tick,
    pub(super) bytes_served: Tick,
    uploads: Tick,
    uploads_incomplete: Tick,
    files_collected: Tick,
    refused: [Tick; Cut::ALL.len()],
    limited: [Tick; Limit::ALL.len()],
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(super) struct Tick(AtomicU64);

impl Tick {
    pub(super) fn one(&self) {
        self.more(1);
    }

    pub(super) fn more(&self, number: usize) {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    fn number(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Tallies {
    pub(super) fn new(since: OffsetDateTime) -> Self {
        Self {
            since,
            connections: Tick::default(),
            logins: Tick::default(),
            logins_failed: Tick::default(),
            bans: Tick::default(),
            bytes_received: Tick::default(),
            bytes_served: Tick::default(),
            uploads: Tick::default(),
            uploads_incomplete: Tick::default(),
            files_collected: Tick::default(),
            refused: Default::default(),
            limited: Default::default(),
        }
    }

    /// Somebody was turned away or cut off.
    pub(super) fn refused(&self, cut: Cut) {
        if let Some(tick) = self.refused.get(cut as usize) {
            tick.one();
        }
    }

    /// All numbers as they are now; when they were written is for the writer to say.
    pub(super) fn snapshot(&self, sessions: usize) -> Counters {
        let refused = Cut::ALL.iter().map(|cut| cut.code()).zip(&self.refused);
        let limited = Limit::ALL.iter().map(|limit| limit.code());
        let refused = refused.chain(limited.zip(&self.limited));
        Counters {
            since: Some(self.since),
            at: None,
            sessions_open: u64::try_from(sessions).unwrap_or(u64::MAX),
            connections: self.connections.number(),
            logins: self.logins.number(),
            logins_failed: self.logins_failed.number(),
            bans: self.bans.number(),
            refused: refused
                .filter(|(_, tick)| tick.number() > 0)
                .map(|(code, tick)| (code.to_owned(), tick.number()))
                .collect(),
            uploads: self.uploads.number(),
            uploads_incomplete: self.uploads_incomplete.number(),
            bytes_received: self.bytes_received.number(),
            files_collected: self.files_collected.number(),
            bytes_served: self.bytes_served.number(),
        }
    }
}

impl Tally for Tallies {
    fn upload(&self) {
        self.uploads.one();
    }

    fn incomplete(&self) {
        self.uploads_incomplete.one();
    }

    fn limited(&self, limit: Limit) {
        if let Some(tick) = self.limited.get(limit as usize) {
            tick.one();
        }
    }

    fn collected(&self) {
        self.files_collected.one();
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_is_counted_is_told_under_its_name() {
        let tallies = Tallies::new(datetime!(2026-11-21 10:00 UTC));
        tallies.connections.one();
        tallies.bytes_received.more(300);
        tallies.upload();
        tallies.refused(Cut::Banned);
        tallies.refused(Cut::Banned);
        let told = tallies.snapshot(2);
        assert_eq!((told.connections, told.bytes_received), (1, 300));
        assert_eq!((told.uploads, told.sessions_open), (1, 2));
        assert_eq!(told.refused.get("banned"), Some(&2));
        assert_eq!(told.refused.len(), 1);
    }
}
