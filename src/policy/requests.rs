//! Which requests for a release may go today (spec 6): approval, an interval for each school, a daily
//! capacity for the council, first come first served. Knows requests by id and school; refuses to know
//! what a request says, because nothing in it chooses anything.

use std::collections::HashMap;

use time::{Date, Duration};

use crate::domain::{
    ids::{RequestId, SchoolId},
    school::AgreementStanding,
};

/// The council's rules on requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRules {
    /// Whether somebody must say yes first (`requests.approval`).
    pub approval: ApprovalRule,
    /// Days from a school's last granted request to its next (`requests.min_interval`).
    pub min_interval_days: u16,
    /// Requests granted on one local day, of all schools together (`requests.max_per_day`).
    pub max_per_day: u16,
}

impl Default for RequestRules {
    fn default() -> Self {
        Self {
            approval: ApprovalRule::Automatic,
            min_interval_days: 28,
            max_per_day: 5,
        }
    }
}

/// Whether requests wait for somebody's yes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApprovalRule {
    /// They don't.
    #[default]
    Automatic,
    /// They wait for `pillarbox request approve`.
    Manual,
}

/// Whether somebody has said yes to a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// Nobody yet.
    #[default]
    NotGiven,
    /// An operator.
    Given,
}

/// A request that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its id; ids are counted, so the lower one came first.
    pub id: RequestId,
    /// Who asks.
    pub school: SchoolId,
    /// Whether it was approved.
    pub approval: Approval,
}

/// A request that was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Who asked.
    pub school: SchoolId,
    /// The local day on which it was granted.
    pub on: Date,
}

/// What becomes of a request today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// It goes now.
    Granted,
    /// It waits.
    Queued {
        /// Its place among all that wait, from 1.
        position: u32,
        /// The first day on which it can go as things stand; absent where that is for people to say.
        not_before: Option<Date>,
        /// What it waits for.
        why: Wait,
    },
    /// Nothing is shared with this school at all.
    Held(AgreementStanding),
}

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Somebody's yes.
    Approval,
    /// The school's last request is not long enough ago.
    Interval,
    /// The council's capacity.
    Capacity,
}

/// Decides on one request among all that wait; it need not be in `waiting` yet.
pub fn decide(
    ask: &Waiting,
    standing: AgreementStanding,
    (waiting, granted): (&[Waiting], &[Granted]),
    rules: RequestRules,
    today: Date,
) -> Decision {
    if standing != AgreementStanding::InForce {
        return Decision::Held(standing);
    }
    let mut diary = Diary::of(granted, rules, today);
    let mut before: Vec<Waiting> = waiting.iter().filter(|w| w.id < ask.id).copied().collect();
    before.sort_unstable_by_key(|request| request.id);
    for earlier in &before {
        diary.place(earlier);
    }
    match diary.place(ask) {
        (Some(day), _) if day == today => Decision::Granted,
        (not_before, why) => Decision::Queued {
            position: u32::try_from(before.len()).map_or(u32::MAX, |ahead| ahead + 1),
            not_before,
            why,
        },
    }
}

/// Who of those that wait may go today, in the order in which they came.
pub fn due(
    waiting: &[Waiting],
    granted: &[Granted],
    rules: RequestRules,
    today: Date,
) -> Vec<RequestId> {
    let mut queue = waiting.to_vec();
    queue.sort_unstable_by_key(|request| request.id);
    let mut diary = Diary::of(granted, rules, today);
    queue.retain(|request| diary.place(request).0 == Some(today));
    queue.into_iter().map(|request| request.id).collect()
}

/// What was granted and what is planned.
struct Diary {
    rules: RequestRules,
    today: Date,
    last: HashMap<SchoolId, Date>,
    taken: HashMap<Date, u16>,
}

impl Diary {
    fn of(granted: &[Granted], rules: RequestRules, today: Date) -> Self {
        let mut diary = Self {
            rules,
            today,
            last: HashMap::new(),
            taken: HashMap::new(),
        };
        for grant in granted {
            diary.note(grant.school, grant.on);
        }
        diary
    }

    /// Gives a request the first day that its school's interval and the capacity leave. Those who came
    /// first must be placed first.
    fn place(&mut self, request: &Waiting) -> (Option<Date>, Wait) {
        if self.rules.approval == ApprovalRule::Manual && request.approval == Approval::NotGiven {
            return (None, Wait::Approval);
        }
        let interval = Duration::days(i64::from(self.rules.min_interval_days));
        let rested = self
            .last
            .get(&request.school)
            .map_or(self.today, |last| (*last + interval).max(self.today));
        let Some(day) = self.first_free(rested) else {
            return (None, Wait::Capacity);
        };
        self.note(request.school, day);
        let why = if day > rested {
            Wait::Capacity
        } else {
            Wait::Interval
        };
        (Some(day), why)
    }

    /// The first day from this one on with room left; none where the capacity is 0.
    fn first_free(&self, from: Date) -> Option<Date> {
        let full = |day: &Date| {
            let taken = self.taken.get(day).copied().unwrap_or(0);
            taken >= self.rules.max_per_day
        };
        if self.rules.max_per_day == 0 {
            return None;
        }
        std::iter::successors(Some(from), |day| day.next_day()).find(|day| !full(day))
    }

    fn note(&mut self, school: SchoolId, day: Date) {
        let last = self.last.entry(school).or_insert(day);
        *last = day.max(*last);
        let taken = self.taken.entry(day).or_default();
        *taken = taken.saturating_add(1);
    }
}

#[cfg(test)]
mod tests;
