//! The pupils, found by number or by name, and the records that touch them. Knows each pupil in some
//! 70 bytes, and of each record only what the gate needs and whom it touches: two million records past
//! a million pupils stay well under half a gigabyte.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, Hash, RandomState},
    sync::Arc,
};

use time::Date;

use super::{
    bond::{Bond, Keys, Likeness, SchoolFit, Tie, Year11Rule, agree, differ, permanent},
    lookup::Lookup,
    outcome::Destination,
};
use crate::domain::{
    destination::DestinationRecord,
    identifiers::{Uln, Upn, Urn},
    ids::{PupilId, RecordMark, SchoolId},
    pupil::{Pupil, Standing},
};

/// A pupil for whom a record is looked for.
///
/// Of each school that is judged, *every* pupil on record must be offered, once: those who have
/// withdrawn or lapsed too, because their record must not be taken for a namesake's.
#[derive(Clone, Copy)]
pub struct Seeker<'a> {
    /// The pupil's place in the ledger.
    pub id: PupilId,
    /// The Year 11 school.
    pub school: SchoolId,
    /// Its URN, by which an extract may name it.
    pub urn: Option<Urn>,
    /// Who it is.
    pub pupil: &'a Pupil,
    /// Where the consent stands. A lapsed pupil's numbers are nobody's any more: the school has
    /// corrected its list.
    pub standing: Standing,
    /// The record that an analyst tied this consent to, as long as the consent's version is the same.
    pub tied_to: Option<&'a Tie>,
}

/// All pupils of a run. Shared between threads.
pub struct Index {
    rule: Year11Rule,
    hasher: RandomState,
    schools: Vec<(SchoolId, Option<Urn>)>,
    entries: Vec<Entry>,
    /// All names in the form in which they are compared, one behind the other.
    names: String,
    born: HashSet<Date>,
    by_upn: Lookup,
    by_uln: Lookup,
    by_name: Lookup,
    by_hand: Lookup,
    ties: HashMap<u32, Tie>,
}

/// A pupil, small.
pub(super) struct Entry {
    pub(super) id: PupilId,
    school: u32,
    born: Date,
    upn: Option<Upn>,
    uln: Option<Uln>,
    /// Where the names begin in [`Index::names`], and their lengths.
    names_at: usize,
    forename: u16,
    surname: u16,
    pub(super) lapsed: bool,
    /// Another pupil of this school, who has not lapsed, has the same UPN or ULN.
    pub(super) shares_number: bool,
}

/// An index under way: pupils are taken in one by one, so that only what the index keeps of each is in
/// memory at once.
pub struct IndexBuilder {
    index: Index,
    places: HashMap<(SchoolId, Option<Urn>), usize>,
}

impl IndexBuilder {
    /// Takes in a pupil; the order does not matter.
    pub fn add(&mut self, seeker: Seeker<'_>) {
        let at = u32::try_from(self.index.entries.len()).unwrap_or(u32::MAX);
        let school = (seeker.school, seeker.urn);
        let place = *self.places.entry(school).or_insert_with(|| {
            self.index.schools.push(school);
            self.index.schools.len() - 1
        });
        self.index.take_in(at, place, seeker);
    }

    /// The index, with all that was taken in.
    pub fn build(self) -> Index {
        let Self { mut index, .. } = self;
        index.build_lookups();
        index.mark_shared_numbers();
        index
    }
}

impl Index {
    /// An index without a pupil yet.
    pub fn builder(rule: Year11Rule) -> IndexBuilder {
        let index = Self {
            rule,
            hasher: RandomState::new(),
            schools: Vec::new(),
            entries: Vec::new(),
            names: String::new(),
            born: HashSet::new(),
            by_upn: Lookup::new(Vec::new()),
            by_uln: Lookup::new(Vec::new()),
            by_name: Lookup::new(Vec::new()),
            by_hand: Lookup::new(Vec::new()),
            ties: HashMap::new(),
        };
        IndexBuilder {
            index,
            places: HashMap::new(),
        }
    }

    /// Takes in the pupils, in any order.
    pub fn new<'a>(rule: Year11Rule, seekers: impl Iterator<Item = Seeker<'a>>) -> Self {
        let mut builder = Self::builder(rule);
        for seeker in seekers {
            builder.add(seeker);
        }
        builder.build()
    }

    /// An empty store for the records of one thread.
    pub fn hits(&self) -> Hits<'_> {
        Hits {
            index: self,
            rows: Vec::new(),
            bonds: Vec::new(),
            elsewhere: Vec::new(),
            providers: HashSet::new(),
            touched: Vec::new(),
        }
    }

    pub(super) fn entry(&self, seeker: u32) -> &Entry {
        &self.entries[seeker as usize]
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The record that this pupil is tied to.
    pub(super) fn tied_to(&self, seeker: u32) -> Option<RecordMark> {
        self.ties.get(&seeker).map(|tie| tie.mark)
    }

    pub(super) fn school(&self, entry: &Entry) -> SchoolId {
        self.schools[entry.school as usize].0
    }

    fn take_in(&mut self, at: u32, place: usize, seeker: Seeker<'_>) {
        let keys = Keys::of(&seeker.pupil.name.forename, &seeker.pupil.name.surname);
        self.entries.push(Entry {
            id: seeker.id,
            school: u32::try_from(place).unwrap_or(u32::MAX),
            born: seeker.pupil.born,
            upn: seeker.pupil.permanent_upn(),
            uln: seeker.pupil.uln,
            names_at: self.names.len(),
            forename: length(&keys.forename),
            surname: length(&keys.surname),
            lapsed: seeker.standing == Standing::Lapsed,
            shares_number: false,
        });
        self.names.push_str(&keys.forename);
        self.names.push_str(&keys.surname);
        self.born.insert(seeker.pupil.born);
        if let Some(tie) = seeker.tied_to {
            self.ties.insert(at, tie.clone());
        }
    }

    fn build_lookups(&mut self) {
        self.by_upn = self.lookup(|entry| entry.upn.map(|upn| self.hash(upn)));
        self.by_uln = self.lookup(|entry| entry.uln.map(|uln| self.hash(uln)));
        self.by_name = self.lookup(|entry| {
            let (forename, surname) = self.names(entry);
            Some(self.hash((entry.born, forename, surname)))
        });
        let ties = self.ties.iter();
        self.by_hand = Lookup::new(
            ties.map(|(at, tie)| (self.hash((tie.record.born, &tie.record.client)), *at))
                .collect(),
        );
    }

    fn lookup(&self, hash: impl Fn(&Entry) -> Option<u64>) -> Lookup {
        let pairs = (0_u32..).zip(&self.entries);
        Lookup::new(
            pairs
                .filter_map(|(at, entry)| Some((hash(entry)?, at)))
                .collect(),
        )
    }

    fn mark_shared_numbers(&mut self) {
        let mut shared = Vec::new();
        for run in self.by_upn.shared().chain(self.by_uln.shared()) {
            let mut run: Vec<(SchoolId, Option<Upn>, Option<Uln>, u32)> = run
                .iter()
                .map(|&(_, at)| (at, self.entry(at)))
                .filter(|(_, entry)| !entry.lapsed)
                .map(|(at, entry)| (self.school(entry), entry.upn, entry.uln, at))
                .collect();
            run.sort_unstable();
            // Hashes of numbers don't collide in practice; if they did, two pupils would go without.
            for school in run.chunk_by(|a, b| a.0 == b.0).filter(|s| s.len() > 1) {
                shared.extend(school.iter().map(|pupil| pupil.3));
            }
        }
        for at in shared {
            self.entries[at as usize].shares_number = true;
        }
    }

    fn names(&self, entry: &Entry) -> (&str, &str) {
        let forename = entry.names_at..entry.names_at + usize::from(entry.forename);
        let surname = forename.end..forename.end + usize::from(entry.surname);
        (&self.names[forename], &self.names[surname])
    }

    fn hash(&self, value: impl Hash) -> u64 {
        self.hasher.hash_one(value)
    }

    /// Whom this record may touch, each once; `touched` is scratch.
    fn find(&self, record: &DestinationRecord, keys: Option<&Keys>, touched: &mut Vec<u32>) {
        touched.clear();
        if let Some(upn) = permanent(record.upn) {
            touched.extend(self.by_upn.find(self.hash(upn)));
        }
        if let Some(uln) = record.uln {
            touched.extend(self.by_uln.find(self.hash(uln)));
        }
        if let Some(keys) = keys {
            let names = (record.born, keys.forename.as_str(), keys.surname.as_str());
            touched.extend(self.by_name.find(self.hash(names)));
        }
        if !self.by_hand.is_empty() {
            touched.extend(self.by_hand.find(self.hash((record.born, &record.client))));
        }
        touched.sort_unstable();
        touched.dedup();
    }

    fn bond(&self, seeker: u32, record: &DestinationRecord, keys: Option<&Keys>) -> Bond {
        let entry = self.entry(seeker);
        let (school, urn) = self.schools[entry.school as usize];
        let upn = permanent(record.upn);
        let number = agree(entry.upn, upn) || agree(entry.uln, record.uln);
        let (forename, surname) = self.names(entry);
        let alike = keys.filter(|keys| entry.born == record.born && keys.forename == forename);
        let likeness = match alike.map(|keys| keys.surname == surname) {
            Some(true) if number => Likeness::NumberAndNames,
            Some(false) if number => Likeness::NumberAndForename,
            Some(true) => Likeness::Names,
            None if number => Likeness::NumberAlone,
            Some(false) | None => Likeness::Nothing,
        };
        let tie = self.ties.get(&seeker);
        Bond {
            seeker,
            likeness,
            school: SchoolFit::of(record.year11_school, school, urn, self.rule),
            contradicts: differ(entry.upn, upn) || differ(entry.uln, record.uln),
            by_hand: tie.is_some_and(|tie| tie.record.is(record)),
        }
    }
}

/// The records of one thread that touch a pupil.
pub struct Hits<'i> {
    index: &'i Index,
    pub(super) rows: Vec<Row>,
    pub(super) bonds: Vec<Bond>,
    /// Rows that touch nobody: they may still be the newest of a person who has rows that do.
    pub(super) elsewhere: Vec<(u64, Option<Date>)>,
    providers: HashSet<Arc<str>>,
    touched: Vec<u32>,
}

/// A record that touches a pupil.
pub(super) struct Row {
    /// The hash of the client id.
    pub(super) client: Option<u64>,
    /// Where its bonds begin, and how many there are.
    pub(super) bonds_at: usize,
    pub(super) bonds: u32,
    pub(super) destination: Destination,
}

impl Hits<'_> {
    /// Looks at one record, and keeps what is needed of it if it touches a pupil.
    pub fn offer(&mut self, record: &DestinationRecord) {
        let index = self.index;
        // Without a pupil born on that day nothing depends on the names.
        let day_known = index.born.contains(&record.born);
        let keys = day_known.then(|| Keys::of(&record.forename, &record.surname));
        let keys = keys.as_ref();
        index.find(record, keys, &mut self.touched);

        let bonds_at = self.bonds.len();
        let bonds = self.touched.iter().map(|at| index.bond(*at, record, keys));
        self.bonds
            .extend(bonds.filter(|bond| bond.by_hand || bond.likeness != Likeness::Nothing));
        let client = record.client.as_ref().map(|client| index.hash(client));
        if self.bonds.len() == bonds_at {
            self.elsewhere
                .extend(client.map(|client| (client, record.confirmed)));
            return;
        }
        let row = Row {
            client,
            bonds_at,
            bonds: u32::try_from(self.bonds.len() - bonds_at).unwrap_or(u32::MAX),
            destination: self.destination(record),
        };
        self.rows.push(row);
    }

    fn destination(&mut self, record: &DestinationRecord) -> Destination {
        Destination {
            activity: record.activity,
            provider: record.provider.as_deref().map(|name| self.provider(name)),
            started: record.started,
            confirmed: record.confirmed,
            lapsed: record.lapsed,
            lapses: record.lapses,
            status: record.status,
            send: record.send,
        }
    }

    fn provider(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.providers.get(name) {
            return Arc::clone(known);
        }
        let provider: Arc<str> = Arc::from(name);
        self.providers.insert(Arc::clone(&provider));
        provider
    }
}

/// A key's length in bytes. A name has at most 100 characters, of which even the longest folding makes
/// less than two thousand bytes.
fn length(key: &str) -> u16 {
    u16::try_from(key.len()).unwrap_or(u16::MAX)
}
