//! Cohorts: which of them a list is about, which of its rows are slips of a birth year, and whose
//! consents lapse because the list no longer names them.

use std::collections::BTreeMap;

use crate::domain::{
    days::Cohort,
    list::{Columns, FileKind},
    problem::ProblemCode as Code,
    pupil::Standing,
};

use super::{
    account::Account,
    book::Book,
    course::Hearing,
    judgement::{Effect, LastList},
    people::{Person, Word},
    rows::{Claim, Fault, Row},
};

/// "One or two rows of a cohort that the list is otherwise not about, where the school's last list of
/// that cohort was longer than ten, are slips of a birth year: bad rows that lapse nobody else"
/// (spec 3). A list that is about nothing else is about that cohort.
pub(super) fn mark_slips<'a>(rows: &mut [Row<'a>], columns: &'a Columns, lists: &[LastList]) {
    let mut of_cohort = BTreeMap::<Cohort, usize>::new();
    for cohort in rows.iter().filter_map(cohort) {
        *of_cohort.entry(cohort).or_default() += 1;
    }
    let most = of_cohort.values().copied().max().unwrap_or_default();
    let long = |cohort| {
        let last = lists.iter().find(|last| last.cohort == cohort);
        last.is_some_and(|last| last.rows > LONG_LIST)
    };
    of_cohort.retain(|cohort, rows| *rows <= MOST_SLIPS && *rows < most && long(*cohort));
    let column = columns.born.as_deref();
    for row in rows {
        row.slip = cohort(row).is_some_and(|cohort| of_cohort.contains_key(&cohort));
        if row.slip && !matches!(row.claim, Claim::Withdrawn(_)) {
            let code = Code::CohortUnlikely;
            row.faults.push(Fault { code, column });
        }
    }
}

/// The cohort that a good row is about.
fn cohort(row: &Row<'_>) -> Option<Cohort> {
    let born = row.told.born.value().filter(|_| !row.is_bad() && !row.slip);
    born.map(|born| Cohort::of(*born))
}

/// Stops sharing for those who were on the school's last list and are not on this one. "A list is the
/// school's complete list for each leaving cohort that it mentions. A pupil whose own new row is bad is
/// not on the new list" (spec 3). An addition lapses nobody.
pub(super) fn lapse(hearing: &Hearing<'_>, book: &mut Book<'_>, account: &mut Account) {
    if hearing.kind != FileKind::ConsentList {
        return;
    }
    let mut mentioned = BTreeMap::<Cohort, Lapse>::new();
    for cohort in hearing.rows.iter().filter_map(cohort) {
        mentioned.entry(cohort).or_default();
    }
    for person in &hearing.people.persons {
        for (nth, at) in person.consents.iter().enumerate() {
            let Some(before) = book.before(*at) else {
                continue;
            };
            let Some(lapse) = mentioned.get_mut(&before.pupil.cohort()) else {
                continue;
            };
            if before.standing != Standing::InForce {
                continue;
            }
            lapse.before += 1;
            if stays(person, nth) {
                continue;
            }
            lapse.lapsed += 1;
            account.tell_lapse(person.word);
            book.change(*at, Effect::Lapsed, |consent| {
                consent.standing = Standing::Lapsed;
            });
        }
    }
    for (cohort, lapse) in mentioned {
        if lapse.lapsed * 3 > lapse.before {
            account.tell_incomplete(cohort);
        }
    }
}

/// How many of a cohort were on the last list, and how many of them are not on this one.
#[derive(Default)]
struct Lapse {
    before: usize,
    lapsed: usize,
}

/// Whether a pupil's `nth` consent stays, or is withdrawn, which is more. Of two consents that turn
/// out to be one pupil's, the first is renewed and the other is over.
fn stays(person: &Person, nth: usize) -> bool {
    match person.word {
        Word::Yes(_) => nth == 0,
        Word::No | Word::Withdrawn { .. } => true,
        Word::Silent | Word::Unclear => false,
    }
}

/// How long the school's last lists are after this one. "An `add` file lengthens the school's last
/// list by its rows" (spec 3): by the pupils whom the list did not have.
pub(super) fn lengths(hearing: &Hearing<'_>, book: &Book<'_>, lists: &[LastList]) -> Vec<LastList> {
    let mut rows = BTreeMap::<Cohort, u32>::new();
    let added = hearing.kind == FileKind::Addition;
    if !added {
        let mentioned = hearing.rows.iter().filter_map(cohort);
        rows.extend(mentioned.map(|cohort| (cohort, 0)));
    }
    for person in &hearing.people.persons {
        let mut told = person.rows.iter().map(|at| &hearing.rows[*at]);
        let Some(cohort) = told.find_map(cohort) else {
            continue;
        };
        let listed = |at: &usize| {
            let before = book.before(*at);
            before.is_some_and(|before| before.standing == Standing::InForce)
        };
        let counts = match person.word {
            Word::Yes(_) => !added || !person.consents.iter().any(listed),
            Word::No | Word::Unclear => !added,
            Word::Silent | Word::Withdrawn { .. } => false,
        };
        if counts {
            *rows.entry(cohort).or_default() += 1;
        }
    }
    let last = |cohort| {
        let last = lists.iter().find(|last| last.cohort == cohort);
        last.map_or(0, |last| last.rows)
    };
    let lists = rows.into_iter().map(|(cohort, rows)| LastList {
        cohort,
        rows: rows + if added { last(cohort) } else { 0 },
    });
    lists.collect()
}

/// Up to so many rows of a cohort may be slips.
const MOST_SLIPS: usize = 2;

/// A last list longer than this shows that the cohort is larger than a slip.
const LONG_LIST: u32 = 10;
