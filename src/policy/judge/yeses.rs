//! What a yes changes: a new consent, a renewed or a restored one, or nothing, because the pupil
//! withdrew and has not consented since.

use std::cmp::max;

use time::Date;

use crate::domain::{
    days::school_year_start,
    names::PersonName,
    problem::ProblemCode as Code,
    pupil::{Consent, Pupil, Standing},
};

use super::{
    account::Account,
    book::Book,
    course::Hearing,
    judgement::Effect,
    people::{Person, Word},
    rows::Row,
};

/// Takes the yes of everybody whom the list says yes for.
pub(super) fn take(hearing: &Hearing<'_>, book: &mut Book<'_>, account: &mut Account) {
    for (at, person) in hearing.people.persons.iter().enumerate() {
        if let Word::Yes(day) = person.word {
            let taken = match person.consents.first() {
                Some(first) => renew(*first, person, day, hearing, book),
                None => introduce(at, person, day, hearing, book),
            };
            account.tell_yes(&taken, person, hearing);
        }
    }
}

/// What became of one pupil's yes.
#[derive(Default)]
pub(super) struct Taken {
    /// The pupil was not on record.
    pub(super) new: bool,
    /// The day of consent is assumed.
    pub(super) assumed: bool,
    /// What the school should know: it withdrew earlier, or a withdrawal may mean this pupil.
    pub(super) warning: Option<Code>,
}

/// Writes a pupil who was not on record. A withdrawal that was remembered counts as if it came now.
fn introduce(
    at: usize,
    person: &Person,
    day: Option<Date>,
    hearing: &Hearing<'_>,
    book: &mut Book<'_>,
) -> Taken {
    let rows = good_rows(person, &hearing.rows).collect::<Vec<_>>();
    let Some(pupil) = pupil(&rows, None) else {
        return Taken::default();
    };
    let outlives = |withdrew: Date| day.is_some_and(|day| day > withdrew);
    let withdrew = person.withdrew.filter(|withdrew| !outlives(*withdrew));
    let suspected = person.suspected.filter(|(on, _)| !outlives(*on));
    let held_by = suspected.filter(|_| withdrew.is_none());
    book.add(at, |id, source| Consent {
        id,
        pupil,
        given_on: day.unwrap_or_else(|| school_year_start(hearing.today)),
        assumed: day.is_none(),
        ehcp: rows.iter().all(|row| row.told.ehcp),
        standing: withdrew.map_or(Standing::InForce, Standing::Withdrawn),
        held_by: held_by.map(|(_, source)| source),
        source,
        version: 1,
    });
    Taken {
        new: true,
        assumed: day.is_none() && withdrew.is_none(),
        warning: withdrew
            .map(|_| Code::WithdrawnEarlier)
            .or(held_by.map(|_| Code::WithdrawalNear)),
    }
}

/// Renews or restores a consent. "Only a consent dated after the day of the withdrawal restores
/// sharing; an older or undated yes leaves the pupil withdrawn" (spec 3). What stays as it was is not
/// written: a tie by hand holds as long as the consent stays the same.
fn renew(
    at: usize,
    person: &Person,
    day: Option<Date>,
    hearing: &Hearing<'_>,
    book: &mut Book<'_>,
) -> Taken {
    let Some(before) = book.before(at) else {
        return Taken::default();
    };
    let rows = good_rows(person, &hearing.rows).collect::<Vec<_>>();
    // "An undated yes never moves a date already known or assumed to a later one" (spec 3); a dated
    // one tells the day, and where it is the earlier one, the consent ends the sooner.
    let (given_on, assumed) = day.map_or((before.given_on, before.assumed), |day| (day, false));
    let withdrew = withdrawn_by_record(person, book).filter(|on| day.is_none_or(|day| day <= *on));
    let recalled = person.withdrew.filter(|on| assumed || given_on <= *on);
    if let Some(on) = max(withdrew, recalled) {
        if !matches!(before.standing, Standing::Withdrawn(_)) {
            book.change(at, Effect::Withdrawn, |consent| {
                consent.standing = Standing::Withdrawn(on);
            });
        }
        return Taken {
            warning: Some(Code::WithdrawnEarlier),
            ..Taken::default()
        };
    }
    let told = hearing.columns.ehcp.is_some();
    let ehcp = if told {
        rows.iter().all(|row| row.told.ehcp)
    } else {
        before.ehcp
    };
    let pupil = pupil(&rows, Some(&before.pupil)).unwrap_or_else(|| before.pupil.clone());
    let same = (given_on, assumed, ehcp) == (before.given_on, before.assumed, before.ehcp)
        && before.standing == Standing::InForce
        && pupil == before.pupil;
    if !same {
        let effect = match before.standing {
            Standing::InForce => Effect::Renewed,
            Standing::Lapsed | Standing::Withdrawn(_) => Effect::Restored,
        };
        book.change(at, effect, |consent| {
            consent.pupil = pupil;
            consent.given_on = given_on;
            consent.assumed = assumed;
            consent.ehcp = ehcp;
            consent.standing = Standing::InForce;
        });
    }
    Taken {
        assumed,
        ..Taken::default()
    }
}

/// The latest withdrawal on record. Where two consents turn out to be one pupil's, that of either.
fn withdrawn_by_record(person: &Person, book: &Book<'_>) -> Option<Date> {
    let consents = person.consents.iter();
    let days = consents.filter_map(|at| book.before(*at)?.standing.withdrawn());
    days.max()
}

fn good_rows<'p, 'a>(person: &'p Person, rows: &'p [Row<'a>]) -> impl Iterator<Item = &'p Row<'a>> {
    let rows = person.rows.iter().map(|at| &rows[*at]);
    rows.filter(|row| !row.is_bad())
}

/// The pupil as the rows tell, by the first of them; an identifier that they leave out is kept.
fn pupil(rows: &[&Row<'_>], before: Option<&Pupil>) -> Option<Pupil> {
    let first = rows.first()?.told;
    let told = |temporary: bool| {
        let upns = rows.iter().filter_map(|row| row.told.upn.value().copied());
        upns.filter(move |upn| upn.is_temporary() == temporary)
            .min()
    };
    let known = before.and_then(|pupil| pupil.upn);
    let permanent = told(false).or(known.filter(|upn| !upn.is_temporary()));
    let ulns = rows.iter().filter_map(|row| row.told.uln.value().copied());
    let known_uln = before.and_then(|pupil| pupil.uln);
    let confirmed = known_uln.filter(|known| ulns.clone().any(|uln| uln == *known));
    Some(Pupil {
        name: PersonName {
            forename: first.forename.value()?.clone(),
            surname: first.surname.value()?.clone(),
        },
        born: *first.born.value()?,
        upn: permanent.or(told(true)).or(known),
        uln: confirmed.or(ulns.min()).or(known_uln),
    })
}
