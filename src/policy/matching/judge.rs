//! From all that touched to one answer for each pupil. Knows bonds; the words behind them are
//! compared no more.

use time::Date;

use super::{
    bond::{Bond, SchoolFit},
    index::{Hits, Index, Row},
    outcome::{By, Destination, Doubt, Match, Matched, Miss},
};
use crate::domain::ids::{PupilId, RecordMark, SchoolId};

/// One answer for each pupil.
#[derive(Default)]
pub struct Matches {
    /// Sorted by id.
    pupils: Vec<(PupilId, SchoolId, Outcome)>,
    destinations: Vec<Destination>,
}

/// As [`Match`], with the record by its place.
#[derive(Clone, Copy)]
enum Outcome {
    None(Miss),
    One { row: u32, by: By },
    Ambiguous(Doubt),
    Tied,
}

impl Matches {
    /// What was found for this pupil; nothing for one who was not in the index.
    pub fn of(&self, pupil: PupilId) -> Match {
        let found = self.pupils.binary_search_by_key(&pupil, |(id, ..)| *id);
        found.map_or(Match::None(Miss::Nothing), |at| self.answer(at))
    }

    /// Every pupil's answer, by id.
    pub fn iter(&self) -> impl Iterator<Item = (PupilId, Match)> {
        (0..self.pupils.len()).map(|at| (self.pupils[at].0, self.answer(at)))
    }

    fn answer(&self, at: usize) -> Match {
        let (pupil, school, outcome) = self.pupils[at];
        match outcome {
            Outcome::None(miss) => Match::None(miss),
            Outcome::Ambiguous(doubt) => Match::Ambiguous(doubt),
            Outcome::Tied => Match::Tied,
            Outcome::One { row, by } => Match::One(Matched {
                pupil,
                school,
                by,
                destination: self.destinations[row as usize].clone(),
            }),
        }
    }
}

impl Index {
    /// Answers for every pupil, once all records have been offered. The parts must be this index's.
    pub fn judge(&self, parts: Vec<Hits<'_>>) -> Matches {
        let (rows, bonds, elsewhere) = join(parts);
        let court = Court {
            index: self,
            persons: persons(&rows, elsewhere),
            rows,
            bonds,
        };
        let outcomes = court.outcomes();
        let mut pupils: Vec<_> = self
            .entries()
            .iter()
            .zip(outcomes)
            .map(|(entry, outcome)| (entry.id, self.school(entry), outcome))
            .collect();
        pupils.sort_unstable_by_key(|(id, ..)| *id);
        Matches {
            pupils,
            destinations: court.rows.into_iter().map(|row| row.destination).collect(),
        }
    }
}

/// All threads' parts as one.
fn join(parts: Vec<Hits<'_>>) -> (Vec<Row>, Vec<Bond>, Vec<Sighting>) {
    let (mut rows, mut bonds, mut elsewhere) = (Vec::new(), Vec::new(), Vec::new());
    for mut part in parts {
        let before = bonds.len();
        bonds.append(&mut part.bonds);
        rows.extend(part.rows.into_iter().map(|row| Row {
            bonds_at: row.bonds_at + before,
            ..row
        }));
        let unseen = part.elsewhere.into_iter();
        elsewhere.extend(unseen.map(|(client, confirmed)| (client, confirmed, None)));
    }
    (rows, bonds, elsewhere)
}

/// A row of a client: the client's hash, the day of confirmation, and its place if it touches a pupil.
type Sighting = (u64, Option<Date>, Option<u32>);

/// Whose a row is, and whether it speaks for that person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Person {
    /// Its only row, or the newest.
    Alone,
    /// One of several newest, of which this row is the first.
    Tied(u32),
    /// There is a newer one.
    Outdated,
}

/// Rows with the same client id are one person: the latest confirmed counts, a tie is held (spec 7).
/// A row without a client id is a person of its own.
fn persons(rows: &[Row], elsewhere: Vec<Sighting>) -> Vec<Person> {
    let mut sightings = elsewhere;
    let known = (0_u32..).zip(rows);
    sightings.extend(known.filter_map(|(at, row)| {
        let client = row.client?;
        Some((client, row.destination.confirmed, Some(at)))
    }));
    sightings.sort_unstable();
    let mut persons = vec![Person::Alone; rows.len()];
    for client in sightings
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|c| c.len() > 1)
    {
        let newest = client.last().and_then(|sighting| sighting.1);
        let newest_from = client.partition_point(|sighting| sighting.1 < newest);
        let (older, newest) = client.split_at(newest_from);
        for at in older.iter().filter_map(|sighting| sighting.2) {
            persons[at as usize] = Person::Outdated;
        }
        let mut tied = newest.iter().filter_map(|sighting| sighting.2).peekable();
        if let Some(&first) = tied.peek().filter(|_| newest.len() > 1) {
            tied.for_each(|at| persons[at as usize] = Person::Tied(first));
        }
    }
    persons
}

/// Where all bonds are weighed.
struct Court<'i> {
    index: &'i Index,
    rows: Vec<Row>,
    bonds: Vec<Bond>,
    persons: Vec<Person>,
}

/// A bond and its row.
type Claim = (Bond, u32);

impl Court<'_> {
    fn outcomes(&self) -> Vec<Outcome> {
        let mut outcomes = vec![Outcome::None(Miss::Nothing); self.index.entries().len()];
        let mut claims: Vec<Claim> = (0_u32..)
            .zip(&self.persons)
            .filter(|(_, person)| **person != Person::Outdated)
            .flat_map(|(row, _)| self.bonds_of(row).iter().map(move |bond| (*bond, row)))
            .collect();
        claims.sort_unstable_by_key(|(bond, row)| (bond.seeker, *row));
        for claims in claims.chunk_by(|a, b| a.0.seeker == b.0.seeker) {
            let seeker = claims[0].0.seeker;
            outcomes[seeker as usize] = self.judge(seeker, claims);
        }
        outcomes
    }

    fn judge(&self, seeker: u32, claims: &[Claim]) -> Outcome {
        let by_hand = |(bond, _): &&Claim| bond.by_hand && bond.is_open();
        let tie = claims.iter().find(by_hand);
        if let Some((tie, mark)) = tie.zip(self.index.tied_to(seeker)) {
            let ties = claims.iter().filter(by_hand);
            return self.judge_tie(*tie, mark, ties);
        }
        let Some(&(bond, row)) = claims.iter().find(|(bond, _)| bond.fits()) else {
            return miss(claims);
        };
        let others = || {
            let person = self.person(row);
            let other = move |claim: &&Claim| self.person(claim.1) != person;
            claims.iter().filter(other).map(|claim| claim.0)
        };
        let number_is_shared = self.index.entry(seeker).shares_number
            || others().any(|other| other.likeness.has_number());
        // A number tells namesakes apart; without one, their name matches nobody.
        let namesake = |other: Bond| {
            !bond.likeness.has_number() && other.is_open() && other.likeness.has_names()
        };
        if others().any(Bond::fits) {
            Outcome::Ambiguous(Doubt::SeveralRecords)
        } else if number_is_shared {
            Outcome::Ambiguous(Doubt::IdentifierShared)
        } else if self.persons[row as usize] != Person::Alone {
            Outcome::Tied
        } else if others().any(namesake) {
            Outcome::Ambiguous(Doubt::SeveralRecords)
        } else if let Some(doubt) = self.rival(bond, row) {
            Outcome::Ambiguous(doubt)
        } else {
            let by = if bond.likeness.has_number() {
                By::Number
            } else {
                By::Name
            };
            Outcome::One { row, by }
        }
    }

    /// A tie by hand settles whose record it is, unless two consents are tied to one record, or one to
    /// two records that are written alike.
    fn judge_tie<'c>(
        &self,
        (bond, row): Claim,
        mark: RecordMark,
        mut ties: impl Iterator<Item = &'c Claim>,
    ) -> Outcome {
        let tied_twice =
            |other: &Bond| other.seeker != bond.seeker && other.by_hand && other.is_open();
        if ties.any(|(_, other)| self.person(*other) != self.person(row)) {
            Outcome::Ambiguous(Doubt::SeveralRecords)
        } else if self.persons[row as usize] != Person::Alone {
            Outcome::Tied
        } else if self.bonds_of(row).iter().any(tied_twice) {
            Outcome::Ambiguous(Doubt::SeveralPupils)
        } else {
            let by = By::Hand(mark);
            Outcome::One { row, by }
        }
    }

    /// Why another pupil spoils this bond.
    fn rival(&self, bond: Bond, row: u32) -> Option<Doubt> {
        let own_school = self.index.school(self.index.entry(bond.seeker));
        let bonds = self.bonds_of(row).iter();
        let rivals = bonds.filter(|other| other.seeker != bond.seeker && other.is_open());
        let doubts = rivals.filter_map(|other| {
            let entry = self.index.entry(other.seeker);
            let namesake = !bond.likeness.has_number() && other.likeness.has_names();
            if other.fits() || other.by_hand || namesake {
                let elsewhere = self.index.school(entry) != own_school;
                return Some(if elsewhere {
                    Doubt::SeveralSchools
                } else {
                    Doubt::SeveralPupils
                });
            }
            let shared = other.likeness.has_number() && !entry.lapsed;
            shared.then_some(Doubt::IdentifierShared)
        });
        // The order of the pupils must not decide which reason is told.
        doubts.min()
    }

    fn bonds_of(&self, row: u32) -> &[Bond] {
        let row = &self.rows[row as usize];
        &self.bonds[row.bonds_at..row.bonds_at + row.bonds as usize]
    }

    /// The row by which a person is known.
    fn person(&self, row: u32) -> u32 {
        match self.persons[row as usize] {
            Person::Tied(first) => first,
            Person::Alone | Person::Outdated => row,
        }
    }
}

/// Why nothing fits.
fn miss(claims: &[Claim]) -> Outcome {
    let alike = || {
        claims
            .iter()
            .map(|claim| claim.0)
            .filter(|bond| bond.likeness.is_enough())
    };
    let at = |school| alike().any(|bond| bond.school == school);
    if at(SchoolFit::Fits) {
        // It would fit but for the numbers.
        Outcome::Ambiguous(Doubt::IdentifiersContradict)
    } else if at(SchoolFit::Another) {
        Outcome::None(Miss::AnotherYear11School)
    } else if at(SchoolFit::Unknown) {
        Outcome::None(Miss::Year11SchoolUnknown)
    } else {
        Outcome::None(Miss::Nothing)
    }
}
