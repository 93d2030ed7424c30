//! Failed logins, and whom to keep out for a while. Counted by account and address together: a whole
//! school may sit behind one address, and no stranger shall lock a school out from elsewhere.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use time::{Duration, OffsetDateTime};
use tracing::warn;

use super::{super::visitor::Account, origin::Origin, people::account_of};
use crate::{
    boxes::{BoxError, handover::Ban, handover::Front},
    config::Sftp,
};

/// An account as somebody named it. Whether there is one makes no difference to a ban, so that nobody
/// learns it from being banned; what can't be one is all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Tried {
    Account(Account),
    Other,
}

/// Counts failed logins and holds bans, which are files as well: a file removed is a ban lifted.
pub(super) struct Bans {
    rules: Rules,
    front: Arc<Front>,
    kept: Mutex<Kept>,
}

#[derive(Clone, Copy, Debug)]
struct Rules {
    failures: usize,
    within: Duration,
    length: Duration,
}

#[derive(Default)]
struct Kept {
    failures: HashMap<Pair, VecDeque<OffsetDateTime>>,
    bans: HashMap<Pair, Ban>,
}

type Pair = (Origin, Tried);

impl Tried {
    pub(super) fn of(user: &str) -> Self {
        account_of(user).map_or(Self::Other, Self::Account)
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => account.fmt(f),
            Self::Other => f.write_str(OTHER),
        }
    }
}

impl Bans {
    /// The bans that are still in force from before a restart.
    pub(super) fn open(settings: &Sftp, front: Arc<Front>) -> Result<Self, BoxError> {
        let span = |wait| Duration::try_from(wait).unwrap_or(Duration::MAX);
        let bans = front.bans()?.into_iter().filter_map(|ban| {
            let origin = Origin::parse(&ban.address)?;
            let tried = Tried::of(ban.account.as_deref()?);
            Some(((origin, tried), ban))
        });
        Ok(Self {
            rules: Rules {
                failures: usize::try_from(settings.max_failed_logins).unwrap_or(usize::MAX),
                within: span(settings.failed_logins_within),
                length: span(settings.ban),
            },
            kept: Mutex::new(Kept {
                failures: HashMap::new(),
                bans: bans.take(MOST).collect(),
            }),
            front,
        })
    }

    /// Whether this account is kept out from there. A ban that somebody has lifted is forgotten.
    pub(super) fn holds(&self, origin: Origin, tried: Tried, now: OffsetDateTime) -> bool {
        let mut kept = self.kept();
        let Some(ban) = kept.bans.get(&(origin, tried)) else {
            return false;
        };
        if now >= ban.until {
            return false;
        }
        let still = self.front.is_banned_still(ban);
        if !still {
            kept.bans.remove(&(origin, tried));
        }
        still
    }

    /// A connection ended without a login after it had tried one. Tells the ban that this led to.
    pub(super) fn failed(&self, origin: Origin, tried: Tried, now: OffsetDateTime) -> Option<Ban> {
        let ban = self.kept().failed((origin, tried), now, self.rules)?;
        // One that can't be written is held by this process only, and ends with it.
        if let Err(error) = self.front.ban(&ban) {
            warn!(%error, "a ban could not be written");
        }
        Some(ban)
    }

    /// A login succeeded: what failed before does not count.
    pub(super) fn forgive(&self, origin: Origin, tried: Tried) {
        self.kept().failures.remove(&(origin, tried));
    }

    /// Now and then: forgets what no longer counts, and removes the files of bans that have ended.
    pub(super) fn sweep(&self, now: OffsetDateTime) {
        let ended: Vec<Ban> = {
            let mut kept = self.kept();
            kept.forget(now, self.rules);
            let ended = kept.bans.extract_if(|_, ban| ban.until <= now);
            ended.map(|(_, ban)| ban).collect()
        };
        for ban in ended {
            if let Err(error) = self.front.end_ban(&ban) {
                warn!(%error, "the file of a ban that has ended could not be removed");
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn failed(&mut self, pair: Pair, now: OffsetDateTime, rules: Rules) -> Option<Ban> {
        if self.failures.len() >= MOST && !self.failures.contains_key(&pair) {
            self.make_room(now, rules);
        }
        let failures = self.failures.entry(pair).or_default();
        failures.push_back(now);
        drop_old(failures, now, rules);
        if failures.len() < rules.failures {
            return None;
        }
        self.failures.remove(&pair);
        if self.bans.len() >= MOST {
            return None;
        }
        let ban = Ban {
            address: pair.0.to_string(),
            account: Some(pair.1.to_string()),
            failures: u32::try_from(rules.failures).unwrap_or(u32::MAX),
            until: now.saturating_add(rules.length),
        };
        self.bans.insert(pair, ban.clone());
        Some(ban)
    }

    fn forget(&mut self, now: OffsetDateTime, rules: Rules) {
        self.failures.retain(|_, failures| {
            drop_old(failures, now, rules);
            !failures.is_empty()
        });
    }

    /// Whoever failed longest ago makes room.
    fn make_room(&mut self, now: OffsetDateTime, rules: Rules) {
        self.forget(now, rules);
        if self.failures.len() < MOST {
            return;
        }
        let last = |failures: &VecDeque<OffsetDateTime>| failures.back().copied();
        let oldest = self.failures.iter().min_by_key(|(_, f)| last(f));
        if let Some(pair) = oldest.map(|(pair, _)| *pair) {
            self.failures.remove(&pair);
        }
    }
}

impl fmt::Debug for Bans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bans({:?})", self.rules)
    }
}

fn drop_old(failures: &mut VecDeque<OffsetDateTime>, now: OffsetDateTime, rules: Rules) {
    while failures.front().is_some_and(|at| now - *at >= rules.within) {
        failures.pop_front();
    }
}

/// What a ban says of accounts that can't be one.
const OTHER: &str = "(other)";
/// Pairs that are remembered at most; strangers choose them.
const MOST: usize = 10_000;

#[cfg(test)]
mod tests;
