//! How many may be in at once: connections that have not logged in, and sessions. A place is given back
//! when it is dropped, however its connection ends.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{super::visitor::Account, cut::Cut, origin::Origin};
use crate::config::Sftp;

/// Counts who is in.
#[derive(Debug)]
pub(super) struct Doors {
    limits: Limits,
    inside: Mutex<Inside>,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    strangers: usize,
    strangers_of_address: usize,
    sessions: usize,
    sessions_of_school: usize,
    sessions_of_address: usize,
}

/// Only what is more than none has an entry, so this is as large as the number of places given out.
#[derive(Debug, Default)]
struct Inside {
    strangers: usize,
    strangers_of: HashMap<Origin, usize>,
    sessions: usize,
    sessions_of: HashMap<Account, usize>,
    sessions_from: HashMap<Origin, usize>,
}

/// The place of a connection that has not logged in.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub(super) struct Stranger {
    doors: Arc<Doors>,
    origin: Origin,
}

/// The place of a session.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub(super) struct Seat {
    doors: Arc<Doors>,
    origin: Origin,
    account: Account,
}

impl Doors {
    pub(super) fn new(settings: &Sftp) -> Arc<Self> {
        Arc::new(Self {
            limits: Limits {
                strangers: settings.max_unauthenticated,
                strangers_of_address: settings.max_unauthenticated_per_address,
                sessions: settings.max_sessions,
                sessions_of_school: settings.max_sessions_per_school,
                sessions_of_address: settings.max_sessions_per_address,
            },
            inside: Mutex::default(),
        })
    }

    /// Somebody connects.
    pub(super) fn knock(self: &Arc<Self>, origin: Origin) -> Result<Stranger, Cut> {
        let mut inside = self.inside();
        if number(&inside.strangers_of, &origin) >= self.limits.strangers_of_address {
            return Err(Cut::StrangersOfAddress);
        }
        if inside.strangers >= self.limits.strangers {
            return Err(Cut::Strangers);
        }
        inside.strangers += 1;
        *inside.strangers_of.entry(origin).or_default() += 1;
        Ok(Stranger {
            doors: Arc::clone(self),
            origin,
        })
    }

    /// Somebody has logged in.
    pub(super) fn enter(self: &Arc<Self>, origin: Origin, account: Account) -> Result<Seat, Cut> {
        let mut inside = self.inside();
        if number(&inside.sessions_of, &account) >= self.limits.sessions_of_school {
            return Err(Cut::SessionsOfSchool);
        }
        if number(&inside.sessions_from, &origin) >= self.limits.sessions_of_address {
            return Err(Cut::SessionsOfAddress);
        }
        if inside.sessions >= self.limits.sessions {
            return Err(Cut::Sessions);
        }
        inside.sessions += 1;
        *inside.sessions_of.entry(account).or_default() += 1;
        *inside.sessions_from.entry(origin).or_default() += 1;
        Ok(Seat {
            doors: Arc::clone(self),
            origin,
            account,
        })
    }

    /// Sessions that are open.
    pub(super) fn sessions(&self) -> usize {
        self.inside().sessions
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let mut inside = self.doors.inside();
        inside.strangers = inside.strangers.saturating_sub(1);
        one_less(&mut inside.strangers_of, self.origin);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inside = self.doors.inside();
        inside.sessions = inside.sessions.saturating_sub(1);
        one_less(&mut inside.sessions_of, self.account);
        one_less(&mut inside.sessions_from, self.origin);
    }
}

fn number<K: Eq + Hash>(counts: &HashMap<K, usize>, key: &K) -> usize {
    counts.get(key).copied().unwrap_or_default()
}

fn one_less<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K) {
    if let Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() -= 1;
        if *count.get() == 0 {
            count.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors() -> Arc<Doors> {
        Doors::new(&Sftp {
            max_unauthenticated: 3,
            max_unauthenticated_per_address: 2,
            max_sessions: 3,
            max_sessions_per_school: 2,
            max_sessions_per_address: 2,
            ..Sftp::default()
        })
    }

    fn from(last: u8) -> Origin {
        Origin::of([192, 0, 2, last].into())
    }

    fn school(id: &str) -> Account {
        Account::School(id.parse().unwrap())
    }

    #[test]
    fn strangers_are_counted_in_all_and_by_address() {
        let doors = doors();
        let first = doors.knock(from(1)).unwrap();
        let _second = doors.knock(from(1)).unwrap();
        assert_eq!(doors.knock(from(1)).unwrap_err(), Cut::StrangersOfAddress);
        let _third = doors.knock(from(2)).unwrap();
        assert_eq!(doors.knock(from(3)).unwrap_err(), Cut::Strangers);
        drop(first);
        let _fourth = doors.knock(from(1)).unwrap();
    }

    #[test]
    fn sessions_are_counted_in_all_by_school_and_by_address() {
        let doors = doors();
        let (one, two) = (school("8604001"), school("8604002"));
        let seat = doors.enter(from(1), one).unwrap();
        let _second = doors.enter(from(2), one).unwrap();
        assert_eq!(
            doors.enter(from(3), one).unwrap_err(),
            Cut::SessionsOfSchool
        );
        let third = doors.enter(from(1), two).unwrap();
        assert_eq!(
            doors.enter(from(1), Account::Council).unwrap_err(),
            Cut::SessionsOfAddress
        );
        assert_eq!(doors.enter(from(4), two).unwrap_err(), Cut::Sessions);
        assert_eq!(doors.sessions(), 3);
        drop((seat, third));
        assert_eq!(doors.sessions(), 1);
    }

    #[test]
    fn places_given_back_leave_nothing_behind() {
        let doors = doors();
        for last in 0..200 {
            drop(doors.knock(from(last)).unwrap());
            drop(doors.enter(from(last), school("8604001")).unwrap());
        }
        let inside = doors.inside();
        assert!(inside.strangers_of.is_empty() && inside.sessions_of.is_empty());
        assert!(inside.sessions_from.is_empty() && inside.strangers == 0);
    }
}
