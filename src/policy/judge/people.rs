//! Which rows and which consents are one pupil, whom a withdrawing row reaches beside its own, and
//! what the list as a whole says of each pupil.

use std::{cmp::max, collections::BTreeSet};

use time::Date;

use crate::{
    domain::{
        ids::SubmissionId,
        pupil::{Consent, Description, Remembered},
    },
    policy::identity::{Crowd, Fits, Traits},
};

use super::{
    judgement::Situation,
    rows::{Claim, Row},
};

/// The pupils of a school's list and record together.
pub(super) struct People {
    /// Each pupil once: those on record first, in the record's order.
    pub(super) persons: Vec<Person>,
    /// The pupil of each row that tells names and date of birth.
    pub(super) of_row: Vec<Option<usize>>,
    /// Whom each withdrawing row reaches.
    pub(super) reaches: Vec<Reach>,
}

/// One pupil.
#[derive(Default)]
pub(super) struct Person {
    /// The rows about the pupil, good or bad.
    pub(super) rows: Vec<usize>,
    /// The pupil's consents on record: one, but where two turn out to be one pupil.
    pub(super) consents: Vec<usize>,
    /// What the list says.
    pub(super) word: Word,
    /// The latest withdrawal that was remembered, or is on another record, and is about this pupil.
    pub(super) withdrew: Option<Date>,
    /// The latest withdrawal that may be about this pupil, and is about nobody for certain.
    pub(super) suspected: Option<(Date, SubmissionId)>,
}

/// What a list says of one pupil, all rows together: "if any copy says no or withdrawn, no wins"
/// (spec 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing that counts.
    #[default]
    Silent,
    /// Consents; of several days the earliest.
    Yes(Option<Date>),
    /// Neither yes nor no.
    Unclear,
    /// A plain No.
    No,
    /// Withdraws.
    Withdrawn {
        /// The latest day that was told.
        told: Option<Date>,
        /// Whether any row withdraws as of today.
        undated: bool,
    },
}

impl Word {
    /// This word and a row's claim together; the order of the rows does not matter.
    fn and(self, claim: Claim) -> Self {
        let earliest = |a: Option<Date>, b: Option<Date>| a.into_iter().chain(b).min();
        match (self, claim) {
            (Self::Withdrawn { told, undated }, Claim::Withdrawn(day)) => Self::Withdrawn {
                told: max(told, day),
                undated: undated || day.is_none(),
            },
            (Self::Withdrawn { told, .. }, Claim::No) => Self::Withdrawn {
                told,
                undated: true,
            },
            (Self::Withdrawn { .. } | Self::No, Claim::Yes(_) | Claim::Unclear)
            | (Self::Unclear, Claim::Yes(_)) => self,
            (before, Claim::Withdrawn(day)) => Self::Withdrawn {
                told: day,
                undated: day.is_none() || before == Self::No,
            },
            (_, Claim::No) => Self::No,
            (_, Claim::Unclear) => Self::Unclear,
            (Self::Yes(before), Claim::Yes(day)) => Self::Yes(earliest(before, day)),
            (Self::Silent, Claim::Yes(day)) => Self::Yes(day),
        }
    }
}

/// Whom a withdrawing row reaches.
pub(super) struct Reach {
    /// The row.
    pub(super) row: usize,
    /// Whom it fits exactly, its own pupil among them.
    pub(super) exact: Vec<usize>,
    /// Whose identifier it tells, but for a contradiction.
    pub(super) close: Vec<usize>,
    /// Whose full name and date of birth it tells, with another identifier.
    pub(super) namesakes: Vec<usize>,
    /// Whom it may mean, misspelt.
    pub(super) near: Vec<usize>,
}

impl People {
    /// Gathers the pupils of the record (`known`) and of the list.
    ///
    /// `None` where so many rows tell alike that to compare them would take the daemon's time from everybody.
    pub(super) fn gather(
        known: &[Traits],
        rows: &[Row<'_>],
        situation: &Situation<'_>,
    ) -> Option<Self> {
        let told = (0..rows.len()).filter(|at| rows[*at].traits.is_complete());
        let told = told.collect::<Vec<_>>();
        let of_rows = told.iter().map(|at| &rows[*at].traits);
        let crowd = Crowd::new(known.iter().chain(of_rows).collect());
        let remembered = situation.remembered.iter();
        let remembered: Vec<Traits> = remembered
            .map(|one| Traits::of_description(&one.who))
            .collect();
        if is_too_alike(&crowd, rows, &remembered, situation) {
            return None;
        }
        let (mut persons, person_of) = persons(&crowd.people(known.len()));

        let mut of_row = vec![None; rows.len()];
        for (place, person) in person_of.iter().enumerate() {
            match place.checked_sub(known.len()) {
                None => persons[*person].consents.push(place),
                Some(nth) => {
                    persons[*person].rows.push(told[nth]);
                    of_row[told[nth]] = Some(*person);
                }
            }
        }
        let mut people = Self {
            persons,
            of_row,
            reaches: Vec::new(),
        };
        people.hear(rows, &crowd, &person_of);
        people.recall(situation.remembered, &remembered, &crowd, &person_of);
        people.beware(rows, &crowd, situation);
        Some(people)
    }

    /// Tells each pupil what the rows say, and each withdrawing row whom it reaches.
    fn hear(&mut self, rows: &[Row<'_>], crowd: &Crowd<'_>, person_of: &[usize]) {
        // Rows that tell the same stand side by side, and are looked up once.
        let mut last: Option<(&Traits, Fits)> = None;
        for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.speaks()) {
            let own = self.of_row[at];
            if let Some(own) = own {
                self.say(own, row.claim);
            }
            if row.withdraws() {
                let (_, fits) = last
                    .take_if(|(who, _)| **who == row.traits)
                    .unwrap_or_else(|| (&row.traits, crowd.fits(&row.traits)));
                let reach = Reach::of(at, &fits, person_of, own);
                for other in reach.exact.iter().filter(|one| own != Some(**one)) {
                    self.say(*other, row.claim);
                }
                self.reaches.push(reach);
                last = Some((&row.traits, fits));
            }
        }
    }

    fn say(&mut self, person: usize, claim: Claim) {
        let word = &mut self.persons[person].word;
        *word = word.and(claim);
    }

    /// Tells each pupil of the withdrawals that were remembered.
    fn recall(
        &mut self,
        remembered: &[Remembered],
        described: &[Traits],
        crowd: &Crowd<'_>,
        person_of: &[usize],
    ) {
        for (one, who) in remembered.iter().zip(described) {
            let fits = crowd.fits(who);
            for place in &fits.exact {
                let person = &mut self.persons[person_of[*place]];
                person.withdrew = max(person.withdrew, Some(one.on));
            }
            if fits.exact.is_empty() {
                for place in fits.close.iter().chain(&fits.namesakes).chain(&fits.near) {
                    let person = &mut self.persons[person_of[*place]];
                    person.suspected = max(person.suspected, Some((one.on, one.source)));
                }
            }
        }
    }

    /// Tells each pupil who seems new of withdrawals and holds on record that fit exactly all the same:
    /// a name that two pupils share "matches nobody", and yet it may be the one who withdrew.
    fn beware(&mut self, rows: &[Row<'_>], crowd: &Crowd<'_>, situation: &Situation<'_>) {
        if !has_stopped(situation.consents) {
            return;
        }
        for person in &mut self.persons {
            let first = person.rows.first().filter(|_| person.consents.is_empty());
            let fits = first.map(|at| crowd.fits(&rows[*at].traits));
            for at in fits.map(|fits| fits.exact).unwrap_or_default() {
                let Some(known) = situation.consents.get(at) else {
                    continue;
                };
                let held = known.held_by.map(|source| (situation.today, source));
                person.withdrew = max(person.withdrew, known.standing.withdrawn());
                person.suspected = max(person.suspected, held);
            }
        }
    }
}

/// Whether sharing has stopped for anybody on record.
fn has_stopped(consents: &[Consent]) -> bool {
    let stopped = |one: &Consent| one.held_by.is_some() || one.standing.withdrawn().is_some();
    consents.iter().any(stopped)
}

/// Whether so many tell alike, one number in thousands of rows for instance, that to look for whom each of them
/// means would take more than [`MOST_CANDIDATES`] looks. Counts what [`People`] will ask, no more.
fn is_too_alike(
    crowd: &Crowd<'_>,
    rows: &[Row<'_>],
    remembered: &[Traits],
    situation: &Situation<'_>,
) -> bool {
    let mut withdrawing: Vec<&Traits> = rows
        .iter()
        .filter(|row| row.speaks() && row.withdraws())
        .map(|row| &row.traits)
        .collect();
    // Rows that tell the same stand side by side, and are looked up once.
    withdrawing.dedup();
    let wary = if has_stopped(situation.consents) {
        rows
    } else {
        &[]
    };
    let wary = wary.iter().map(|row| &row.traits);
    let mut candidates = 0;
    let mut asked = withdrawing.into_iter().chain(remembered).chain(wary);
    asked.any(|who| {
        candidates += crowd.candidates(who);
        candidates > MOST_CANDIDATES
    })
}

/// The pupils, still without rows and consents, and who each place of the crowd is.
fn persons(first_places: &[usize]) -> (Vec<Person>, Vec<usize>) {
    let mut persons = Vec::new();
    let mut person_of = Vec::with_capacity(first_places.len());
    for (place, first) in first_places.iter().enumerate() {
        if *first == place {
            person_of.push(persons.len());
            persons.push(Person::default());
        } else {
            person_of.push(person_of[*first]);
        }
    }
    (persons, person_of)
}

impl Reach {
    fn of(row: usize, fits: &Fits, person_of: &[usize], own: Option<usize>) -> Self {
        let mut seen = BTreeSet::new();
        let mut persons = |places: &[usize]| {
            let persons = places.iter().map(|at| person_of[*at]);
            persons.filter(|one| seen.insert(*one)).collect::<Vec<_>>()
        };
        // Whom a row tells of is one of those it fits: it fits itself.
        let exact = persons(&fits.exact);
        debug_assert!(own.is_none_or(|own| exact.contains(&own)));
        Self {
            row,
            exact,
            close: persons(&fits.close),
            namesakes: persons(&fits.namesakes),
            near: persons(&fits.near),
        }
    }
}

impl Person {
    /// The description by which someone without consent is kept.
    pub(super) fn described(&self, rows: &[Row<'_>]) -> Option<Description> {
        let good = self.rows.iter().find(|at| !rows[**at].is_bad())?;
        Some(rows[*good].told.description())
    }
}

/// Looks at one another that a list is worth, all its rows together: a school's 450 pupils under one number are a
/// tenth of it. More is no list of pupils, and the daemon serves other schools too.
pub const MOST_CANDIDATES: usize = 2_000_000;
