//! Matching: the rules one by one, twins, and that no order changes anything. All persons are made up.

use std::ops::Range;

use proptest::{
    prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, proptest},
    sample::select,
};
use time::macros::date;

use super::*;
use crate::domain::{
    destination::{ActivityCode, CohortStatus, DestinationRecord, SchoolMention},
    identifiers::{Uln, Upn, Urn},
    ids::{PupilId, RecordMark, SchoolId},
    names::{Name, PersonName},
    pupil::{Pupil, Standing},
};

mod clients;
mod names;
mod numbers;
mod orders;
mod schools;
mod ties;

const BORN: time::Date = date!(2010 - 03 - 01);

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn upn(number: u64) -> Upn {
    let letters = "ABCDEFGHJKLMNPQRTUVWXYZ".chars();
    let mut found = letters.filter_map(|letter| format!("{letter}{number:012}").parse().ok());
    found.next().unwrap()
}

fn temporary() -> Upn {
    "A86040012001A".parse().unwrap()
}

fn uln(number: u64) -> Uln {
    let mut found = (0..).filter_map(|check| format!("{}", number * 100 + check).parse().ok());
    found.next().unwrap()
}

fn school() -> SchoolId {
    "8604001".parse().unwrap()
}

fn other_school() -> SchoolId {
    "8604002".parse().unwrap()
}

#[derive(Clone, Debug)]
struct Asked {
    id: PupilId,
    school: SchoolId,
    urn: Option<Urn>,
    pupil: Pupil,
    standing: Standing,
    tie: Option<Tie>,
}

fn asked(id: u64, forename: &str, surname: &str) -> Asked {
    Asked {
        id: PupilId::from_number(id),
        school: school(),
        urn: None,
        pupil: Pupil {
            name: PersonName {
                forename: name(forename),
                surname: name(surname),
            },
            born: BORN,
            upn: None,
            uln: None,
        },
        standing: Standing::InForce,
        tie: None,
    }
}

impl Asked {
    fn upn(mut self, upn: Upn) -> Self {
        self.pupil.upn = Some(upn);
        self
    }

    fn uln(mut self, uln: Uln) -> Self {
        self.pupil.uln = Some(uln);
        self
    }

    fn of(mut self, school: SchoolId) -> Self {
        self.school = school;
        self
    }

    fn lapsed(mut self) -> Self {
        self.standing = Standing::Lapsed;
        self
    }
}

fn record(client: &str, forename: &str, surname: &str) -> DestinationRecord {
    DestinationRecord {
        client: Some(client.to_owned()).filter(|client| !client.is_empty()),
        forename: name(forename),
        surname: name(surname),
        born: BORN,
        upn: None,
        uln: None,
        year11_school: Some(SchoolMention::Laestab(school().laestab())),
        activity: Some(ActivityCode(210)),
        provider: Some(format!("College of {client}")),
        started: None,
        confirmed: Some(date!(2027 - 01 - 10)),
        lapsed: false,
        lapses: None,
        status: CohortStatus::Open,
        send: false,
    }
}

const MARK: RecordMark = RecordMark([7; 8]);

fn tie_to(record: &DestinationRecord) -> Tie {
    Tie {
        mark: MARK,
        record: RecordIdentity::of(record),
    }
}

fn judged(rule: Year11Rule, pupils: &[Asked], records: &[DestinationRecord]) -> Vec<Match> {
    let seekers = pupils.iter().map(|asked| Seeker {
        id: asked.id,
        school: asked.school,
        urn: asked.urn,
        pupil: &asked.pupil,
        standing: asked.standing,
        tied_to: asked.tie.as_ref(),
    });
    let index = Index::new(rule, seekers);
    // Two threads' worth.
    let (mut one, mut two) = (index.hits(), index.hits());
    for (at, record) in records.iter().enumerate() {
        if at % 2 == 0 {
            one.offer(record);
        } else {
            two.offer(record);
        }
    }
    let matches = index.judge(vec![one, two]);
    let mut ids: Vec<_> = pupils.iter().map(|asked| asked.id).collect();
    ids.sort_unstable();
    assert!(matches.iter().map(|(id, _)| id).eq(ids.iter().copied()));
    ids.into_iter().map(|id| matches.of(id)).collect()
}

fn required(pupils: &[Asked], records: &[DestinationRecord]) -> Vec<Match> {
    judged(Year11Rule::Required, pupils, records)
}

/// The one record's provider, which names its client.
fn found(matched: &Match) -> Option<&str> {
    match matched {
        Match::One(one) => one.destination.provider.as_deref(),
        _ => None,
    }
}

const fn doubt(doubt: Doubt) -> Match {
    Match::Ambiguous(doubt)
}

fn nearest(pupils: &[Asked], records: &[DestinationRecord]) -> Vec<Vec<Candidate>> {
    let sought = pupils.iter().map(|asked| Sought {
        school: asked.school,
        urn: asked.urn,
        pupil: asked.pupil.clone(),
    });
    let mut search = Search::new(Year11Rule::Required, sought.collect());
    for record in records {
        search.offer(record);
    }
    search.nearest()
}
