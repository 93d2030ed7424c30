//! How one record and one pupil compare: the words of spec 6, each as one field. Knows nothing of
//! other records or pupils.

use std::fmt;

use time::Date;

use super::key::key;
use crate::domain::{
    destination::{DestinationRecord, SchoolMention},
    identifiers::{Uln, Upn, Urn},
    ids::{RecordMark, SchoolId},
    names::Name,
};

/// Whether a record must tell the Year 11 school (`destinations.year11_school`). One that tells of
/// another school never matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Year11Rule {
    /// It must.
    #[default]
    Required,
    /// It may say nothing: for councils that accept that a school could ask for another's pupil.
    WhenPresent,
}

/// How a record and a pupil compare.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bond {
    /// The pupil's place in the index.
    pub(super) seeker: u32,
    pub(super) likeness: Likeness,
    pub(super) school: SchoolFit,
    /// Both have a UPN, or both a ULN, and they differ.
    pub(super) contradicts: bool,
    /// An analyst tied the two.
    pub(super) by_hand: bool,
}

impl Bond {
    /// The record could be the pupil's: everything but uniqueness.
    pub(super) fn fits(self) -> bool {
        self.is_open() && !self.contradicts && self.likeness.is_enough()
    }

    /// The record may be looked at for this pupil's school.
    pub(super) fn is_open(self) -> bool {
        self.school == SchoolFit::Fits
    }
}

/// What is alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// Nothing that counts.
    Nothing,
    /// A UPN or ULN, but not date of birth and forename with it: a twin's number, or a slip.
    NumberAlone,
    /// Forename, surname and date of birth.
    Names,
    /// A UPN or ULN, date of birth and forename; the surname differs.
    NumberAndForename,
    /// All of these.
    NumberAndNames,
}

impl Likeness {
    /// Enough to be the same person, if nothing speaks against it.
    pub(super) fn is_enough(self) -> bool {
        self >= Self::Names
    }

    pub(super) fn has_number(self) -> bool {
        !matches!(self, Self::Nothing | Self::Names)
    }

    pub(super) fn has_names(self) -> bool {
        matches!(self, Self::Names | Self::NumberAndNames)
    }
}

/// How the record's Year 11 school fits the pupil's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SchoolFit {
    /// It is this school, or none is told where none need be.
    Fits,
    /// Another school, or one named by a number that this school has not got.
    Another,
    /// None is told, and one must be.
    Unknown,
}

impl SchoolFit {
    pub(super) fn of(
        told: Option<SchoolMention>,
        school: SchoolId,
        urn: Option<Urn>,
        rule: Year11Rule,
    ) -> Self {
        let this = match told {
            None if rule == Year11Rule::WhenPresent => true,
            None => return Self::Unknown,
            Some(SchoolMention::Laestab(laestab)) => school.laestab() == laestab,
            Some(SchoolMention::Urn(told)) => urn == Some(told),
        };
        if this { Self::Fits } else { Self::Another }
    }
}

/// A record's or a pupil's names in the form in which they are compared.
pub(super) struct Keys {
    pub(super) forename: String,
    pub(super) surname: String,
}

impl Keys {
    pub(super) fn of(forename: &Name, surname: &Name) -> Self {
        Self {
            forename: key(forename.reveal()),
            surname: key(surname.reveal()),
        }
    }
}

/// True if both have a value and the values differ.
pub(super) fn differ<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}

/// True if both have a value and the values are equal.
pub(super) fn agree<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one == other)
}

/// The UPN that counts: temporary ones never match and never contradict.
pub(super) fn permanent(upn: Option<Upn>) -> Option<Upn> {
    upn.filter(|upn| !upn.is_temporary())
}

/// Who a record is about, exactly as the extract writes it: what an analyst ties a consent to. The tie
/// holds until any of this changes. All of it personal.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordIdentity {
    /// The caseload system's id.
    pub client: Option<String>,
    /// Forename.
    pub forename: Name,
    /// Surname.
    pub surname: Name,
    /// Date of birth.
    pub born: Date,
    /// Unique Pupil Number.
    pub upn: Option<Upn>,
    /// Unique Learner Number.
    pub uln: Option<Uln>,
    /// The Year 11 school.
    pub year11_school: Option<SchoolMention>,
}

impl RecordIdentity {
    /// Who this record is about.
    pub fn of(record: &DestinationRecord) -> Self {
        Self {
            client: record.client.clone(),
            forename: record.forename.clone(),
            surname: record.surname.clone(),
            born: record.born,
            upn: record.upn,
            uln: record.uln,
            year11_school: record.year11_school,
        }
    }

    /// Whether this record is still exactly that one.
    pub fn is(&self, record: &DestinationRecord) -> bool {
        self.born == record.born
            && self.client == record.client
            && self.forename == record.forename
            && self.surname == record.surname
            && self.upn == record.upn
            && self.uln == record.uln
            && self.year11_school == record.year11_school
    }
}

/// Whether a pupil of this school may be tied to the record at all: no tie stands in for the Year 11 school.
pub fn may_be_tied(
    record: &RecordIdentity,
    school: SchoolId,
    urn: Option<Urn>,
    rule: Year11Rule,
) -> bool {
    SchoolFit::of(record.year11_school, school, urn, rule) == SchoolFit::Fits
}

/// What an analyst tied a consent to: it settles whose record it is as long as neither side changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// By which the record is named.
    pub mark: RecordMark,
    /// Who the record is about.
    pub record: RecordIdentity,
}

impl fmt::Debug for RecordIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordIdentity(…)")
    }
}
