//! Numbers after a restore: past every one that was seen, and further, because schools may hold receipts that
//! nobody here has.

use serde::{Deserialize, Serialize};

use crate::{domain::receipt::TrailHead, ledger::Counters};

/// What is known of the lost time: it only grows, however often somebody looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lost {
    /// The highest head of the trail on any receipt.
    pub(super) seen_head: Option<TrailHead>,
    /// Numbers go on after these.
    pub(super) ids_past: Counters,
}

impl Lost {
    /// What two looks know together.
    pub(super) fn with(self, other: Self) -> Self {
        let seq = |head: &Option<TrailHead>| head.as_ref().map(|head| head.seq);
        let seen_head = if seq(&other.seen_head) > seq(&self.seen_head) {
            other.seen_head
        } else {
            self.seen_head
        };
        Self {
            seen_head,
            ids_past: each(self.ids_past, other.ids_past, u64::max),
        }
    }
}

/// Beyond what the backup had and what was seen.
pub(super) fn past(backup: Counters, seen: Counters) -> Counters {
    each(backup, seen, |backup, seen| {
        backup.max(seen).saturating_add(LEAP)
    })
}

/// The greater of each.
pub(super) fn greatest(a: Counters, b: Counters) -> Counters {
    each(a, b, u64::max)
}

fn each(a: Counters, b: Counters, of: impl Fn(u64, u64) -> u64) -> Counters {
    Counters {
        submissions: of(a.submissions, b.submissions),
        releases: of(a.releases, b.releases),
        requests: of(a.requests, b.requests),
        notices: of(a.notices, b.notices),
    }
}

/// How far numbers leap: more than a council gives in the days between a backup and a lost disk.
const LEAP: u64 = 1_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counters() -> impl Strategy<Value = Counters> {
        (0..9_000_u64, 0..9_000_u64, 0..9_000_u64, 0..9_000_u64).prop_map(|(s, r, q, d)| Counters {
            submissions: s,
            releases: r,
            requests: q,
            notices: d,
        })
    }

    fn lost() -> impl Strategy<Value = Lost> {
        (proptest::option::of(0..99_u64), counters()).prop_map(|(seq, ids_past)| Lost {
            seen_head: seq.map(|seq| TrailHead {
                seq,
                hash: format!("{seq:064}"),
            }),
            ids_past,
        })
    }

    proptest! {
        #[test]
        fn every_number_is_past_all_that_were_seen_and_a_thousand_more(
            backup in counters(), seen in counters(),
        ) {
            let past = past(backup, seen);
            for (past, backup, seen) in [
                (past.submissions, backup.submissions, seen.submissions),
                (past.releases, backup.releases, seen.releases),
                (past.requests, backup.requests, seen.requests),
                (past.notices, backup.notices, seen.notices),
            ] {
                prop_assert!(past == backup + 1_000 || past == seen + 1_000);
                prop_assert!(past >= backup + 1_000 && past >= seen + 1_000);
            }
        }

        #[test]
        fn what_is_known_only_grows_in_whatever_order_it_is_seen(a in lost(), b in lost()) {
            let both = a.clone().with(b.clone());
            prop_assert_eq!(&both, &b.with(a.clone()));
            prop_assert_eq!(&both, &both.clone().with(a));
        }
    }
}
