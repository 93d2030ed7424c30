//! The records that come nearest to the pupils in doubt, found in one pass over the extract. Of each pupil
//! only the few nearest are kept, so that memory does not grow with the extract; neither the order of the
//! records nor how often a client has a row changes the answer.

use std::{
    cmp::Ordering,
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
};

use super::{
    bond::{Keys, RecordIdentity, SchoolFit, Year11Rule, permanent},
    near::{Nearness, nearness_of},
};
use crate::domain::{
    destination::{DestinationRecord, SchoolMention},
    identifiers::Urn,
    ids::SchoolId,
    pupil::Pupil,
};

/// A pupil for whom the nearest records are looked for.
#[derive(Clone)]
pub struct Sought {
    /// The Year 11 school.
    pub school: SchoolId,
    /// Its URN, by which an extract may name it.
    pub urn: Option<Urn>,
    /// Who it is.
    pub pupil: Pupil,
}

/// A record that comes near to a pupil.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// How near.
    pub near: Nearness,
    /// Whether it tells of the pupil's school, or of none where none need be told: only then may the two be
    /// tied.
    pub open: bool,
    /// Who the record is about.
    pub record: RecordIdentity,
}

/// A search under way.
pub struct Search {
    rule: Year11Rule,
    hasher: RandomState,
    sought: Vec<(Sought, Keys)>,
    /// By the hash of a number, of a name with a date of birth, or of both names.
    by_trait: HashMap<u64, Vec<usize>>,
    found: Vec<Vec<Candidate>>,
}

/// By what a pupil and a record may meet. Anything near agrees in one of these.
#[derive(Hash)]
enum Trait<'a> {
    Number(&'a str),
    NameAndBirth(&'a str, time::Date),
    Names(&'a str, &'a str),
}

impl Search {
    /// A search for these pupils.
    pub fn new(rule: Year11Rule, sought: Vec<Sought>) -> Self {
        let with_keys = sought.into_iter().map(|one| {
            let keys = Keys::of(&one.pupil.name.forename, &one.pupil.name.surname);
            (one, keys)
        });
        let sought: Vec<_> = with_keys.collect();
        let hasher = RandomState::new();
        let mut by_trait: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, (one, keys)) in sought.iter().enumerate() {
            let (forename, surname) = (keys.forename.as_str(), keys.surname.as_str());
            let mut known = |known: &Trait<'_>| {
                let places = by_trait.entry(hasher.hash_one(known)).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            };
            if let Some(upn) = one.pupil.permanent_upn() {
                known(&Trait::Number(upn.reveal()));
            }
            if let Some(uln) = one.pupil.uln {
                known(&Trait::Number(uln.reveal()));
            }
            known(&Trait::NameAndBirth(forename, one.pupil.born));
            known(&Trait::NameAndBirth(surname, one.pupil.born));
            known(&Trait::Names(forename, surname));
        }
        Self {
            found: vec![Vec::new(); sought.len()],
            rule,
            hasher,
            sought,
            by_trait,
        }
    }

    /// Looks at one record.
    pub fn offer(&mut self, record: &DestinationRecord) {
        let keys = Keys::of(&record.forename, &record.surname);
        let mut met = self.met(record, &keys);
        met.sort_unstable();
        met.dedup();
        for at in met {
            let (one, own) = &self.sought[at];
            let Some(near) = nearness_of((&one.pupil, own), (record, &keys)) else {
                continue;
            };
            let fit = SchoolFit::of(record.year11_school, one.school, one.urn, self.rule);
            let open = fit == SchoolFit::Fits;
            keep(&mut self.found[at], (near, open), &one.pupil, record);
        }
    }

    /// For each pupil, in the order in which they were asked for, the nearest records, the best first.
    pub fn nearest(self) -> Vec<Vec<Candidate>> {
        self.found
    }

    fn met(&self, record: &DestinationRecord, keys: &Keys) -> Vec<usize> {
        let (forename, surname) = (keys.forename.as_str(), keys.surname.as_str());
        let upn = permanent(record.upn);
        let traits = [
            upn.as_ref().map(|upn| Trait::Number(upn.reveal())),
            record.uln.as_ref().map(|uln| Trait::Number(uln.reveal())),
            Some(Trait::NameAndBirth(forename, record.born)),
            Some(Trait::NameAndBirth(surname, record.born)),
            Some(Trait::Names(forename, surname)),
        ];
        let met = traits.iter().flatten();
        met.filter_map(|told| self.by_trait.get(&self.hasher.hash_one(told)))
            .flatten()
            .copied()
            .collect()
    }
}

/// Keeps the candidate among the nearest few, in its place; a person with several rows is there once.
fn keep(
    kept: &mut Vec<Candidate>,
    (near, open): (Nearness, bool),
    pupil: &Pupil,
    record: &DestinationRecord,
) {
    if kept.iter().any(|known| known.record.is(record)) {
        return;
    }
    let one = Candidate {
        near,
        open,
        record: RecordIdentity::of(record),
    };
    let place = kept.partition_point(|known| order(known, &one, pupil) == Ordering::Less);
    if place < MOST {
        kept.insert(place, one);
        kept.truncate(MOST);
    }
}

/// Nearer ones first, of these the school's own, of these the closest date of birth; then any order that
/// is always the same.
fn order(a: &Candidate, b: &Candidate, pupil: &Pupil) -> Ordering {
    let rank = |one: &Candidate| {
        let days = (one.record.born - pupil.born).whole_days().unsigned_abs();
        (one.near, !one.open, days)
    };
    rank(a)
        .cmp(&rank(b))
        .then_with(|| written(&a.record).cmp(&written(&b.record)))
}

/// Everything that tells one record from another.
fn written(record: &RecordIdentity) -> impl Ord + use<'_> {
    let school = record.year11_school.map(|school| match school {
        SchoolMention::Laestab(laestab) => (0, laestab.number()),
        SchoolMention::Urn(urn) => (1, urn.number()),
    });
    let names = (record.forename.reveal(), record.surname.reveal());
    let upn = record.upn.as_ref().map(|upn| upn.reveal().to_owned());
    let uln = record.uln.as_ref().map(|uln| uln.reveal().to_owned());
    (
        record.client.as_deref(),
        names,
        record.born,
        upn,
        uln,
        school,
    )
}

/// Records that are shown of each pupil.
const MOST: usize = 5;
