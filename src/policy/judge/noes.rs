//! What withdraws: who is withdrawn, who is held, what is remembered, and which older hold a clearer
//! file settles. "Withdrawals and plain Noes always take effect" (spec 3), also in a refused list.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use time::Date;

use crate::{
    domain::{
        ids::SubmissionId,
        problem::ProblemCode as Code,
        pupil::{Consent, Remembered, Standing},
    },
    policy::identity::{Descriptions, Traits},
};

use super::{
    account::Account,
    book::Book,
    course::Hearing,
    judgement::{Effect, Situation},
    people::{Reach, Word},
    rows::{Claim, Row},
};

/// Lets all that withdraws take effect.
pub(super) fn take(
    hearing: &Hearing<'_>,
    situation: &Situation<'_>,
    book: &mut Book<'_>,
    account: &mut Account,
) {
    withdraw(hearing, situation, book, account);
    // What may yet be undone is told again by whoever else tells it.
    let memory = situation.remembered.iter();
    let memory = memory
        .filter(|one| !situation.undoable.contains(&one.source))
        .map(|one| (Traits::of_description(&one.who), one.on));
    let mut memory = latest(memory);
    let mut suspected = BTreeSet::new();
    for reach in &hearing.people.reaches {
        let row = &hearing.rows[reach.row];
        let on_record = is_on_record(reach, hearing);
        let held = hold(reach, on_record, hearing, book, &mut suspected);
        let mut stops = held;
        match row.claim {
            Claim::Withdrawn(day) => {
                let new = !on_record && hearing.taking.remembers() && !row.is_bad();
                if new {
                    remember(row, day, situation, &mut memory, account);
                }
                if new && !held {
                    account.tell_unlisted(row, hearing);
                }
                stops |= on_record || new;
            }
            _ => stops |= reach.exact.iter().any(|one| account.stopped(*one)),
        }
        if held {
            account.tell(Code::WithdrawalNear, row, None);
        }
        if stops {
            account.count_stop(reach.row);
        }
    }
    // Whatever lets sharing begin again is left to lists that are taken.
    if hearing.taking.takes_all() {
        settle(hearing, situation, book, &suspected);
    }
}

/// Withdraws everybody whom the list withdraws exactly. "A plain No after a yes is a withdrawal, and
/// counts as one" (spec 3). Who has withdrawn already stays so: a mark without a day is the same
/// withdrawal told again, and a later day is a new one; but where an analyst may yet undo it, whoever a later
/// file speaks of stays as that file says.
fn withdraw(
    hearing: &Hearing<'_>,
    situation: &Situation<'_>,
    book: &mut Book<'_>,
    account: &mut Account,
) {
    for (one, person) in hearing.people.persons.iter().enumerate() {
        let (told, as_of) = match person.word {
            Word::No => (None, hearing.today),
            Word::Withdrawn { told, undated } => {
                let told_day = told.filter(|_| !undated);
                (told, told_day.unwrap_or(hearing.today))
            }
            Word::Silent | Word::Yes(_) | Word::Unclear => continue,
        };
        for at in &person.consents {
            let Some(before) = book.before(*at) else {
                continue;
            };
            let (on, first) = match (before.standing, told) {
                (Standing::InForce | Standing::Lapsed, _) => (as_of, true),
                (Standing::Withdrawn(earlier), Some(told)) if told > earlier => (told, false),
                (Standing::Withdrawn(on), _) if situation.undoable.contains(&before.source) => {
                    (on, false)
                }
                (Standing::Withdrawn(_), _) => continue,
            };
            if first {
                account.count_withdrawal(one, before.pupil.cohort());
            }
            book.change(*at, Effect::Withdrawn, |consent| {
                consent.standing = Standing::Withdrawn(on);
                consent.held_by = None;
            });
        }
    }
}

fn is_on_record(reach: &Reach, hearing: &Hearing<'_>) -> bool {
    let persons = &hearing.people.persons;
    let mut exact = reach.exact.iter();
    exact.any(|one| !persons[*one].consents.is_empty())
}

/// "One that fits nobody exactly but nearly (same identifier; or same date of birth and one name) holds
/// those pupils for review" (spec 3). Who has a row of their own in this file is not the one whom
/// another row misspells, twins least of all. Where a row tells one pupil's number and another one's
/// name, whoever it does not withdraw is held.
fn hold(
    reach: &Reach,
    on_record: bool,
    hearing: &Hearing<'_>,
    book: &mut Book<'_>,
    suspected: &mut BTreeSet<usize>,
) -> bool {
    let persons = &hearing.people.persons;
    let unnamed = |one: &&usize| persons[**one].rows.is_empty();
    let near = reach.near.iter().filter(|_| !on_record).filter(unnamed);
    let namesakes = reach.namesakes.iter().filter(unnamed);
    let mut held = false;
    for one in reach.close.iter().chain(namesakes).chain(near) {
        let consents = persons[*one].consents.iter().copied();
        for at in consents.chain(book.new_of(*one)).collect::<Vec<_>>() {
            held |= hold_one(at, hearing, book, suspected);
        }
    }
    held
}

/// Holds a consent that could be shared, now or after a later list. An older hold stays.
fn hold_one(
    at: usize,
    hearing: &Hearing<'_>,
    book: &mut Book<'_>,
    suspected: &mut BTreeSet<usize>,
) -> bool {
    let Some(now) = book.now(at) else {
        return false;
    };
    if matches!(now.standing, Standing::Withdrawn(_)) {
        return false;
    }
    suspected.insert(at);
    if now.held_by.is_none() {
        book.change(at, Effect::Held, |consent| {
            consent.held_by = Some(hearing.submission);
        });
    }
    true
}

/// "One that fits nobody is remembered" (spec 3); so is one that fits nearly, because the pupil whom it
/// means may be none of those it holds. What is remembered already is not told again.
fn remember(
    row: &Row<'_>,
    day: Option<Date>,
    situation: &Situation<'_>,
    memory: &mut BTreeMap<Traits, Date>,
    account: &mut Account,
) {
    let known = memory.get(&row.traits);
    if known.is_none_or(|on| day.is_some_and(|day| day > *on)) {
        let on = day.unwrap_or(situation.today);
        memory.insert(row.traits.clone(), on);
        account.remember(Remembered {
            on,
            source: situation.submission,
            who: row.told.description(),
        });
    }
}

/// Ends the holds of an earlier file that this one settles: it withdraws one of those whom the earlier
/// withdrawal nearly fitted, so that it did not mean the others. Who is held for another withdrawal as
/// well stays held.
fn settle(
    hearing: &Hearing<'_>,
    situation: &Situation<'_>,
    book: &mut Book<'_>,
    suspected: &BTreeSet<usize>,
) {
    let withdrawn = hearing.people.persons.iter();
    let withdrawn = withdrawn.filter(|person| matches!(person.word, Word::Withdrawn { .. }));
    let mut settling: BTreeMap<SubmissionId, Vec<usize>> = BTreeMap::new();
    for at in withdrawn.flat_map(|person| person.consents.iter().copied()) {
        if let Some(source) = book.before(at).and_then(|before| before.held_by) {
            settling.entry(source).or_default().push(at);
        }
    }
    for (source, withdrawn) in settling {
        let told = situation.remembered.iter();
        let told: Vec<Traits> = told
            .filter(|one| one.source == source)
            .map(|one| Traits::of_description(&one.who))
            .collect();
        let told = Descriptions::of(&told);
        let fitting = |at: usize| told.fitting(&hearing.known[at]);
        let settled = Settled::by(withdrawn.into_iter().map(fitting));
        for other in book.known() {
            let held = |now: &Consent| now.held_by == Some(source);
            let held = book.now(other).is_some_and(held) && !suspected.contains(&other);
            if held && settled.covers(&fitting(other)) {
                book.change(other, Effect::Cleared, |consent| consent.held_by = None);
            }
        }
    }
}

/// The descriptions that each of the withdrawn settles.
struct Settled {
    each: Vec<Vec<usize>>,
    /// Who settles a description.
    by: HashMap<usize, Vec<usize>>,
}

impl Settled {
    fn by(each: impl Iterator<Item = Vec<usize>>) -> Self {
        let each: Vec<_> = each.collect();
        let mut by: HashMap<usize, Vec<usize>> = HashMap::new();
        for (one, told) in each.iter().enumerate() {
            for description in told {
                by.entry(*description).or_default().push(one);
            }
        }
        Self { each, by }
    }

    /// Whether one of the withdrawn settles all of these, of which there is one at least.
    fn covers(&self, told: &[usize]) -> bool {
        let settles_all = |one: &usize| {
            let settled = &self.each[*one];
            told.iter().all(|told| settled.binary_search(told).is_ok())
        };
        let first = told.first().and_then(|first| self.by.get(first));
        first.is_some_and(|withdrawn| withdrawn.iter().any(settles_all))
    }
}

/// The latest day on which each was told.
fn latest(told: impl Iterator<Item = (Traits, Date)>) -> BTreeMap<Traits, Date> {
    let mut latest = BTreeMap::new();
    for (who, on) in told {
        let known = latest.entry(who).or_insert(on);
        *known = on.max(*known);
    }
    latest
}
