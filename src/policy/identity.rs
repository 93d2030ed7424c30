//! Who is who among a school's pupils, and whom a withdrawal fits. It compares, and decides nothing.
//!
//! Spec 3: "the same permanent UPN, else the same ULN, each with equal date of birth; else equal
//! forename, surname (form k2) and date of birth with no contradicting identifier. Different valid
//! identifiers are two pupils, and then their name matches nobody."
//!
//! The forms are computed once a pupil, and looked up in sorted tables: no step compares all with all.

mod descriptions;
mod union;

use std::{cell::OnceCell, cmp::Ordering, fmt};

use time::Date;

use crate::domain::{
    identifiers::{Uln, Upn},
    names::Name,
    pupil::{Description, Pupil},
};

pub use descriptions::Descriptions;

use union::{Marks, Union, differ};

/// What is compared of a pupil or of a description: names in form k2, and no temporary UPN, which is
/// "never matched on" and never contradicts. Personal: prints as an ellipsis.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Traits {
    born: Option<Date>,
    surname: Option<String>,
    forename: Option<String>,
    upn: Option<Upn>,
    uln: Option<Uln>,
}

impl Traits {
    /// The traits of a pupil on record.
    pub fn of_pupil(pupil: &Pupil) -> Self {
        Self {
            born: Some(pupil.born),
            surname: Some(pupil.name.surname.k2()),
            forename: Some(pupil.name.forename.k2()),
            upn: pupil.permanent_upn(),
            uln: pupil.uln,
        }
    }

    /// The traits of whoever is described, as far as told.
    pub fn of_description(who: &Description) -> Self {
        Self {
            born: who.born,
            surname: who.surname.as_ref().map(Name::k2),
            forename: who.forename.as_ref().map(Name::k2),
            upn: who.upn.filter(|upn| !upn.is_temporary()),
            uln: who.uln,
        }
    }

    /// Whether both names and the date of birth are told.
    pub fn is_complete(&self) -> bool {
        self.name_key().is_some()
    }

    /// Whether a withdrawal may be told like this: "forename, surname and date of birth; or UPN or ULN
    /// with date of birth or surname" (spec 3).
    pub fn identify(&self) -> bool {
        let numbered = self.upn.is_some() || self.uln.is_some();
        self.is_complete() || numbered && (self.born.is_some() || self.surname.is_some())
    }

    fn name_key(&self) -> Option<(Date, &str, &str)> {
        Some((
            self.born?,
            self.forename.as_deref()?,
            self.surname.as_deref()?,
        ))
    }
}

impl fmt::Debug for Traits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traits(…)")
    }
}

/// How well a description fits a pupil.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[must_use]
pub enum Fit {
    /// It is this pupil.
    Exact,
    /// The same identifier, and yet the date of birth or a stronger identifier contradicts.
    Close,
    /// The same full name and date of birth, and another identifier.
    Namesake,
    /// The same date of birth and one name.
    Near,
}

/// How well `who` fits `pupil`, if at all. An identifier with an equal date of birth is exact whatever
/// the names say, because names change; with a different date of birth it never is.
pub fn fit(who: &Traits, pupil: &Traits) -> Option<Fit> {
    let upn = compare(who.upn.as_ref(), pupil.upn.as_ref());
    let uln = compare(who.uln.as_ref(), pupil.uln.as_ref());
    let born = compare(who.born.as_ref(), pupil.born.as_ref());
    let forename = compare(who.forename.as_ref(), pupil.forename.as_ref());
    let surname = compare(who.surname.as_ref(), pupil.surname.as_ref());

    // The strongest identifier that both tell decides.
    let two_pupils = upn == Told::Different || upn == Told::Nothing && uln == Told::Different;
    let same_number = upn == Told::Same || uln == Told::Same;
    let same_name = born == Told::Same && forename == Told::Same && surname == Told::Same;
    let confirmed = born == Told::Same || born == Told::Nothing && surname == Told::Same;
    let one_name = born == Told::Same && (forename == Told::Same || surname == Told::Same);
    if !two_pupils && (same_name || same_number && confirmed) {
        Some(Fit::Exact)
    } else if same_number {
        Some(Fit::Close)
    } else if same_name {
        Some(Fit::Namesake)
    } else if !two_pupils && one_name {
        Some(Fit::Near)
    } else {
        None
    }
}

/// What two descriptions tell of one trait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Same,
    Different,
    Nothing,
}

fn compare<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> Told {
    match (a, b) {
        (Some(a), Some(b)) if a == b => Told::Same,
        (Some(_), Some(_)) => Told::Different,
        _ => Told::Nothing,
    }
}

/// Those of a crowd whom a description fits, each by its place in the crowd.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fits {
    /// Those it is.
    pub exact: Vec<usize>,
    /// Those whose identifier it tells, but for a contradiction.
    pub close: Vec<usize>,
    /// Those whose full name and date of birth it tells, with another identifier.
    pub namesakes: Vec<usize>,
    /// Those it may be, misspelt.
    pub near: Vec<usize>,
}

type NameEntry<'a> = (Date, &'a str, &'a str, Option<Upn>, Option<Uln>, usize);

/// A crowd of pupils that can be asked who is who.
pub struct Crowd<'a> {
    all: Vec<&'a Traits>,
    by_upn: Vec<(Upn, Option<Date>, usize)>,
    by_uln: Vec<(Uln, Option<Date>, usize)>,
    by_name: Vec<NameEntry<'a>>,
    by_surname: OnceCell<Vec<(Date, &'a str, usize)>>,
}

impl<'a> Crowd<'a> {
    /// The crowd of these, whose places are their order here.
    pub fn new(all: Vec<&'a Traits>) -> Self {
        let each = || all.iter().enumerate();
        let named = each().filter_map(|(at, one)| {
            let (born, forename, surname) = one.name_key()?;
            Some((born, forename, surname, one.upn, one.uln, at))
        });
        Self {
            by_upn: sorted(each().filter_map(|(at, one)| Some((one.upn?, one.born, at)))),
            by_uln: sorted(each().filter_map(|(at, one)| Some((one.uln?, one.born, at)))),
            by_name: sorted(named),
            by_surname: OnceCell::new(),
            all,
        }
    }

    /// For each of the crowd, the first place of the same pupil. The crowd is the record, and from place
    /// `listed` on a list: two rows are one pupil only where they are so among themselves, and never
    /// because of what the record has. The answer does not depend on the order of record or list:
    /// tables are walked in the order of what they hold.
    pub fn people(&self, listed: usize) -> Vec<usize> {
        let mut same = Union::of(&self.all);
        self.unite(&mut same, listed);
        same.keep_apart(listed);
        self.unite(&mut same, 0);
        (0..self.all.len()).map(|at| same.first(at)).collect()
    }

    /// Unites those from place `from` on, by the strongest ties first.
    fn unite(&self, same: &mut Union, from: usize) {
        let late = |at: &usize| *at >= from;
        // The same told twice is the same pupil, even where the name alone would match nobody.
        for copies in self.by_name.chunk_by(|a, b| told(a) == told(b)) {
            let places = copies.iter().map(|entry| entry.5);
            same.join(places.filter(late), |_, _| false);
        }
        for group in same_number(&self.by_upn) {
            let places = group.iter().map(|entry| entry.2);
            same.join(places.filter(late), |_, _| false);
        }
        for group in same_number(&self.by_uln) {
            let places = group.iter().map(|entry| entry.2);
            same.join(places.filter(late), |a, b| differ(a.upn, b.upn));
        }
        let names = |entry: &NameEntry<'a>| (entry.0, entry.1, entry.2);
        for group in self.by_name.chunk_by(|a, b| names(a) == names(b)) {
            let places = group.iter().map(|entry| entry.5);
            let contradict = |a: Marks, b: Marks| differ(a.upn, b.upn) || differ(a.uln, b.uln);
            same.join(places.filter(late), contradict);
        }
    }

    /// How many are looked at, at most, to tell whom a description [fits](Self::fits).
    pub fn candidates(&self, who: &Traits) -> usize {
        let upn = who
            .upn
            .map_or(0, |upn| run(&self.by_upn, |entry| entry.0.cmp(&upn)).len());
        let uln = who
            .uln
            .map_or(0, |uln| run(&self.by_uln, |entry| entry.0.cmp(&uln)).len());
        let forename = who.born.zip(who.forename.as_deref()).map_or(0, |named| {
            run(&self.by_name, |entry| (entry.0, entry.1).cmp(&named)).len()
        });
        let surname = who.born.zip(who.surname.as_deref()).map_or(0, |named| {
            run(self.surnames(), |entry| (entry.0, entry.1).cmp(&named)).len()
        });
        upn + uln + forename + surname
    }

    /// Whom a description fits.
    pub fn fits(&self, who: &Traits) -> Fits {
        let mut candidates = Vec::new();
        if let Some(upn) = who.upn {
            let numbered = run(&self.by_upn, |entry| entry.0.cmp(&upn));
            candidates.extend(numbered.iter().map(|entry| entry.2));
        }
        if let Some(uln) = who.uln {
            let numbered = run(&self.by_uln, |entry| entry.0.cmp(&uln));
            candidates.extend(numbered.iter().map(|entry| entry.2));
        }
        if let (Some(born), Some(forename)) = (who.born, who.forename.as_deref()) {
            let named = run(&self.by_name, |entry| {
                (entry.0, entry.1).cmp(&(born, forename))
            });
            candidates.extend(named.iter().map(|entry| entry.5));
        }
        if let (Some(born), Some(surname)) = (who.born, who.surname.as_deref()) {
            let named = run(self.surnames(), |entry| {
                (entry.0, entry.1).cmp(&(born, surname))
            });
            candidates.extend(named.iter().map(|entry| entry.2));
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut fits = Fits::default();
        for at in candidates {
            match fit(who, self.all[at]) {
                Some(Fit::Exact) => fits.exact.push(at),
                Some(Fit::Close) => fits.close.push(at),
                Some(Fit::Namesake) => fits.namesakes.push(at),
                Some(Fit::Near) => fits.near.push(at),
                None => {}
            }
        }
        fits
    }

    fn surnames(&self) -> &[(Date, &'a str, usize)] {
        self.by_surname.get_or_init(|| {
            let named = self.by_name.iter();
            sorted(named.map(|entry| (entry.0, entry.2, entry.5)))
        })
    }
}

fn sorted<T: Ord>(entries: impl Iterator<Item = T>) -> Vec<T> {
    let mut entries = entries.collect::<Vec<_>>();
    entries.sort_unstable();
    entries
}

/// The runs of a table with the same number and date of birth.
fn same_number<N: Eq>(
    table: &[(N, Option<Date>, usize)],
) -> impl Iterator<Item = &[(N, Option<Date>, usize)]> {
    let runs = table.chunk_by(|a, b| (&a.0, a.1) == (&b.0, b.1));
    runs.filter(|run| run[0].1.is_some())
}

/// The entries of a sorted table that compare as equal.
fn run<T>(table: &[T], order: impl Fn(&T) -> Ordering) -> &[T] {
    let from = table.partition_point(|entry| order(entry).is_lt());
    let rest = &table[from..];
    &rest[..rest.partition_point(|entry| order(entry).is_eq())]
}

fn told<'a>(entry: &NameEntry<'a>) -> (Date, &'a str, &'a str, Option<Upn>, Option<Uln>) {
    (entry.0, entry.1, entry.2, entry.3, entry.4)
}

#[cfg(test)]
mod tests;
