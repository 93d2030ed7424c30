//! Every refusal is told once in the log, with the peer; the same again from the same place is counted and
//! told at most once a minute, so that nobody fills a disk with it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tracing::{info, warn};

use super::{bans::Tried, cut::Cut, origin::Origin};

/// What was told, and when.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<HashMap<(Origin, Option<Cut>), Told>>);

#[derive(Clone, Copy, Debug)]
struct Told {
    at: Instant,
    untold: u64,
}

impl Refusals {
    /// Tells of a refusal, unless the same was told a moment ago.
    pub(super) fn tell(&self, peer: SocketAddr, cut: Cut) {
        if let Some(untold) = self.note(Origin::of(peer.ip()), Some(cut), Instant::now()) {
            let (peer, why) = (peer.to_string(), cut.code());
            if cut == Cut::Trouble {
                warn!(peer, why, untold, "a client was cut off");
            } else {
                info!(peer, why, untold, "a client was turned away or cut off");
            }
        }
    }

    /// Tells of a login that failed, unless one from there was told a moment ago.
    pub(super) fn tell_failed_login(&self, peer: SocketAddr, tried: Tried, times: usize) {
        if let Some(untold) = self.note(Origin::of(peer.ip()), None, Instant::now()) {
            let (peer, school) = (peer.to_string(), tried.to_string());
            info!(school, peer, times, untold, "a login failed");
        }
    }

    /// Whether to tell it now: with how many were not told meanwhile.
    fn note(&self, origin: Origin, cut: Option<Cut>, now: Instant) -> Option<u64> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST && !told.contains_key(&(origin, cut)) {
            told.retain(|_, told| now.duration_since(told.at) < PAUSE);
            if told.len() >= MOST {
                return None;
            }
        }
        let fresh = Told { at: now, untold: 0 };
        match told.get_mut(&(origin, cut)) {
            Some(told) if now.duration_since(told.at) < PAUSE => {
                told.untold += 1;
                None
            }
            Some(told) => {
                let untold = told.untold;
                *told = fresh;
                Some(untold)
            }
            None => {
                told.insert((origin, cut), fresh);
                Some(0)
            }
        }
    }
}

/// The same refusal is told again after this.
const PAUSE: Duration = Duration::from_mins(1);
/// Pairs of place and reason that are remembered at most; beyond these only counters tell.
const MOST: usize = 4096;

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn from(number: u32) -> Origin {
        Origin::of(Ipv4Addr::from(number).into())
    }

    #[test]
    fn the_same_is_told_once_a_minute_with_how_often_it_was() {
        let refusals = Refusals::default();
        let start = Instant::now();
        assert_eq!(refusals.note(from(1), Some(Cut::Banned), start), Some(0));
        assert_eq!(refusals.note(from(1), Some(Cut::Banned), start), None);
        assert_eq!(refusals.note(from(1), Some(Cut::Grace), start), Some(0));
        assert_eq!(refusals.note(from(2), Some(Cut::Banned), start), Some(0));
        assert_eq!(
            refusals.note(from(1), Some(Cut::Banned), start + PAUSE),
            Some(1)
        );
    }

    #[test]
    fn many_places_fill_neither_memory_nor_log() {
        let refusals = Refusals::default();
        let start = Instant::now();
        for number in 0..10_000 {
            refusals.note(from(number), Some(Cut::Strangers), start);
        }
        assert!(refusals.0.lock().unwrap().len() <= MOST);
        assert_eq!(
            refusals.note(from(20_000), Some(Cut::Strangers), start),
            None
        );
        assert_eq!(
            refusals.note(from(20_000), Some(Cut::Strangers), start + PAUSE),
            Some(0)
        );
    }
}
