//! The rules of spec 3, each as a sentence. All pupils and schools are made up.

mod cohorts;
mod noes;
mod properties;
mod refusals;
mod rows;
mod yeses;

use std::rc::Rc;

use time::{Date, macros::date};

use super::{Change, Effect, Judgement, LastList, ListRules, Situation, judge};
use crate::domain::{
    ids::{PupilId, SubmissionId},
    list::{Answer, Cell, Columns, FileKind, ListRow, PupilList, Withdrawal},
    names::Name,
    problem::{ProblemCode, Severity},
    pupil::{Consent, Remembered, Standing},
    school::{Agreement, Format, School},
};

pub(super) const TODAY: Date = date!(2026 - 11 - 21);
pub(super) const BORN: Date = date!(2011 - 01 - 15);
/// A day of birth in the year group above.
pub(super) const OLDER: Date = date!(2010 - 03 - 04);
pub(super) const UPN: &str = "P860400119001";
pub(super) const TWINS: [&str; 2] = ["L860410020101", "A860410020102"];
pub(super) const ULN: &str = "9276308686";

/// A school, and what the ledger would keep of it: judgements are applied as they come.
pub(super) struct World {
    pub(super) school: School,
    pub(super) today: Date,
    pub(super) rules: ListRules,
    pub(super) consents: Vec<Consent>,
    pub(super) lists: Vec<LastList>,
    pub(super) remembered: Vec<Remembered>,
    submissions: u64,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            school: School {
                id: "8604001".parse().unwrap(),
                name: "Cannock Vale High School".to_owned(),
                urn: Some("124001".parse().unwrap()),
                formats: vec![Format::Csv],
                agreement: Agreement {
                    signed: Some(date!(2026 - 09 - 14)),
                    ..Agreement::default()
                },
                suspended: false,
                persons: Vec::new(),
                contacts: Vec::new(),
            },
            today: TODAY,
            rules: ListRules::default(),
            consents: Vec::new(),
            lists: Vec::new(),
            remembered: Vec::new(),
            submissions: 0,
        }
    }

    /// Judges a list and applies what it changes. Behind an `Rc`, because often only that matters.
    pub(super) fn send(&mut self, kind: FileKind, list: &PupilList) -> Rc<Judgement> {
        self.submissions += 1;
        let judgement = judge(kind, list, &self.situation());
        for change in &judgement.changes {
            self.apply(change);
        }
        Rc::new(judgement)
    }

    pub(super) fn list(&mut self, rows: Vec<ListRow>) -> Rc<Judgement> {
        self.send(FileKind::ConsentList, &list(rows))
    }

    pub(super) fn add(&mut self, rows: Vec<ListRow>) -> Rc<Judgement> {
        self.send(FileKind::Addition, &list(rows))
    }

    pub(super) fn withdraw(&mut self, rows: Vec<ListRow>) -> Rc<Judgement> {
        self.send(FileKind::Withdrawal, &list(rows))
    }

    pub(super) fn situation(&self) -> Situation<'_> {
        Situation {
            school: &self.school,
            today: self.today,
            submission: SubmissionId::new(self.submissions),
            rules: &self.rules,
            consents: &self.consents,
            lists: &self.lists,
            remembered: &self.remembered,
            undoable: &[],
        }
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Consent { consent, .. } => {
                match self.consents.iter_mut().find(|one| one.id == consent.id) {
                    Some(known) => *known = (**consent).clone(),
                    None => self.consents.push((**consent).clone()),
                }
            }
            Change::Remember(one) => self.remembered.push(one.clone()),
            Change::Refused(_) => {}
            Change::Listed(last) | Change::Lengthened(last) => {
                self.lists.retain(|one| one.cohort != last.cohort);
                self.lists.push(*last);
            }
        }
    }

    /// The consent of the pupil with this forename.
    pub(super) fn of(&self, forename: &str) -> &Consent {
        let named = |one: &&Consent| one.pupil.name.forename.reveal() == forename;
        self.consents.iter().find(named).unwrap()
    }

    pub(super) fn standing(&self, forename: &str) -> Standing {
        self.of(forename).standing
    }

    pub(super) fn shares(&self, forename: &str) -> bool {
        let consent = self.of(forename);
        consent.standing == Standing::InForce && consent.held_by.is_none()
    }
}

/// A list with every column but a withdrawn one, its rows numbered from 2.
pub(super) fn list(rows: Vec<ListRow>) -> PupilList {
    let column = |name: &str| Some(name.to_owned());
    let number = |(row, at): (ListRow, u32)| ListRow { number: at, ..row };
    PupilList {
        columns: Columns {
            forename: column("Forename"),
            surname: column("Surname"),
            born: column("DOB"),
            upn: column("UPN"),
            uln: column("ULN"),
            consent: column("Consent"),
            consent_date: column("Signed"),
            year_group: column("Year"),
            school: column("LAESTAB"),
            ..Columns::default()
        },
        rows: rows.into_iter().zip(2..).map(number).collect(),
        ..PupilList::default()
    }
}

/// A pupil who says nothing yet, by `Forename Surname`.
pub(super) fn pupil(name: &str, born: Date) -> ListRow {
    let (forename, surname) = name.split_once(' ').unwrap();
    ListRow {
        forename: Cell::Read(Name::parse(forename).unwrap()),
        surname: Cell::Read(Name::parse(surname).unwrap()),
        born: Cell::Read(born),
        answer: Answer::Unclear,
        ..ListRow::default()
    }
}

/// A pupil of Year 11 who consented on 1 October.
pub(super) fn yes(name: &str) -> ListRow {
    yes_on(name, date!(2026 - 10 - 01))
}

pub(super) fn yes_on(name: &str, day: Date) -> ListRow {
    ListRow {
        consented_on: Cell::Read(day),
        ..undated(name)
    }
}

pub(super) fn undated(name: &str) -> ListRow {
    ListRow {
        answer: Answer::Yes,
        ..pupil(name, BORN)
    }
}

pub(super) fn no(name: &str) -> ListRow {
    ListRow {
        answer: Answer::No,
        ..pupil(name, BORN)
    }
}

pub(super) fn blank(name: &str) -> ListRow {
    pupil(name, BORN)
}

pub(super) fn withdrawn(name: &str) -> ListRow {
    ListRow {
        withdrawn: Withdrawal::Yes,
        ..yes(name)
    }
}

pub(super) fn withdrawn_on(name: &str, day: Date) -> ListRow {
    ListRow {
        withdrawn: Withdrawal::On(day),
        ..yes(name)
    }
}

impl ListRow {
    pub(super) fn born(self, born: Date) -> Self {
        Self {
            born: Cell::Read(born),
            ..self
        }
    }

    pub(super) fn upn(self, upn: &str) -> Self {
        Self {
            upn: Cell::Read(upn.parse().unwrap()),
            ..self
        }
    }

    pub(super) fn uln(self, uln: &str) -> Self {
        Self {
            uln: Cell::Read(uln.parse().unwrap()),
            ..self
        }
    }

    pub(super) fn bad_dob(self) -> Self {
        Self {
            born: Cell::Bad(ProblemCode::DobNotADate),
            ..self
        }
    }

    pub(super) fn bad_upn(self) -> Self {
        Self {
            upn: Cell::Bad(ProblemCode::UpnInvalid),
            ..self
        }
    }
}

/// So many consenting pupils of Year 11, all different.
pub(super) fn year(pupils: u8) -> Vec<ListRow> {
    let names = (0..pupils).map(nth_name);
    names.map(|name| yes(&name)).collect()
}

/// A made-up name for every number.
pub(super) fn nth_name(nth: u8) -> String {
    let letter = |n: u8| char::from(b'a' + n % 26);
    let (a, b) = (letter(nth / 26), letter(nth));
    format!("F{a}{b} S{b}{a}")
}

pub(super) fn codes(judgement: &Judgement) -> Vec<(Option<u32>, ProblemCode)> {
    let problems = judgement.problems.iter();
    problems.map(|one| (one.row, one.code)).collect()
}

pub(super) fn errors(judgement: &Judgement) -> Vec<(Option<u32>, ProblemCode)> {
    let problems = judgement.problems.iter();
    let errors = problems.filter(|one| one.severity == Severity::Error);
    errors.map(|one| (one.row, one.code)).collect()
}

pub(super) fn effects(judgement: &Judgement) -> Vec<Effect> {
    let changes = judgement.changes.iter();
    let effects = changes.filter_map(|change| match change {
        Change::Consent { effect, .. } => Some(*effect),
        _ => None,
    });
    effects.collect()
}

pub(super) fn id(submission: u64, place: u32) -> PupilId {
    PupilId::first_told(SubmissionId::new(submission), place)
}
