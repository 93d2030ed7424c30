//! Descriptions of whom somebody meant, asked the other way round: which of them fit a pupil.

use std::{collections::HashMap, hash::Hash};

use time::Date;

use super::{Traits, fit};
use crate::domain::identifiers::{Uln, Upn};

/// Descriptions that can be looked up. What fits a pupil shares a number with it, or the date of birth and
/// a name ([`fit`]), so that nobody compares each with each.
pub struct Descriptions<'a> {
    all: &'a [Traits],
    by_upn: HashMap<Upn, Vec<usize>>,
    by_uln: HashMap<Uln, Vec<usize>>,
    by_forename: HashMap<(Date, &'a str), Vec<usize>>,
    by_surname: HashMap<(Date, &'a str), Vec<usize>>,
}

impl<'a> Descriptions<'a> {
    /// Of these, whose places are their order here.
    pub fn of(all: &'a [Traits]) -> Self {
        Self {
            by_upn: places(all, |one| one.upn),
            by_uln: places(all, |one| one.uln),
            by_forename: places(all, |one| one.born.zip(one.forename.as_deref())),
            by_surname: places(all, |one| one.born.zip(one.surname.as_deref())),
            all,
        }
    }

    /// Those that fit a pupil in any way, in order.
    pub fn fitting(&self, pupil: &Traits) -> Vec<usize> {
        let forename = pupil.born.zip(pupil.forename.as_deref());
        let surname = pupil.born.zip(pupil.surname.as_deref());
        let found = [
            pupil.upn.and_then(|upn| self.by_upn.get(&upn)),
            pupil.uln.and_then(|uln| self.by_uln.get(&uln)),
            forename.and_then(|key| self.by_forename.get(&key)),
            surname.and_then(|key| self.by_surname.get(&key)),
        ];
        let mut places: Vec<usize> = found.into_iter().flatten().flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places.retain(|at| fit(&self.all[*at], pupil).is_some());
        places
    }
}

fn places<'a, K: Eq + Hash>(
    all: &'a [Traits],
    key: impl Fn(&'a Traits) -> Option<K>,
) -> HashMap<K, Vec<usize>> {
    let mut places: HashMap<K, Vec<usize>> = HashMap::new();
    for (at, one) in all.iter().enumerate() {
        if let Some(key) = key(one) {
            places.entry(key).or_default().push(at);
        }
    }
    places
}
