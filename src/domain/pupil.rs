//! A pupil as a school tells of one, and what the ledger keeps on the pupil's consent.

use std::fmt;

use time::Date;

use super::{
    days::Cohort,
    identifiers::{Uln, Upn},
    ids::{PupilId, SubmissionId},
    names::PersonName,
};

/// Who a pupil is: all of it personal, none of it printable.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pupil {
    /// As the school gave it, which is how the school gets it back.
    pub name: PersonName,
    /// Date of birth.
    pub born: Date,
    /// Unique Pupil Number, permanent or temporary.
    pub upn: Option<Upn>,
    /// Unique Learner Number.
    pub uln: Option<Uln>,
}

impl Pupil {
    /// The year group the pupil belongs to.
    pub fn cohort(&self) -> Cohort {
        Cohort::of(self.born)
    }

    /// The UPN where it can be matched on: temporary ones never are.
    pub fn permanent_upn(&self) -> Option<Upn> {
        self.upn.filter(|upn| !upn.is_temporary())
    }
}

impl fmt::Debug for Pupil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pupil(…)")
    }
}

/// What the ledger keeps on one pupil of one school: the consent and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The pupil's place in the ledger.
    pub id: PupilId,
    /// Who it is.
    pub pupil: Pupil,
    /// The day on which the pupil consented.
    pub given_on: Date,
    /// True where the list told no day, and 1 September of its school year was taken for it.
    pub assumed: bool,
    /// The school says that the pupil has an Education, Health and Care plan.
    pub ehcp: bool,
    /// Where the consent stands.
    pub standing: Standing,
    /// A withdrawal that nearly fits this pupil holds the consent until it is settled.
    pub held_by: Option<SubmissionId>,
    /// The submission that last changed anything here.
    pub source: SubmissionId,
    /// Counts the changes: a tie by hand holds only while it stays the same.
    pub version: u32,
}

/// Where a consent stands, before days and agreements are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On the school's last list, with a yes.
    InForce,
    /// Missing from the school's last list of the cohort, or there without a yes.
    Lapsed,
    /// Withdrawn on this day. Only a consent dated after it restores sharing.
    Withdrawn(Date),
}

impl Standing {
    /// The day of the withdrawal.
    pub fn withdrawn(self) -> Option<Date> {
        match self {
            Self::Withdrawn(on) => Some(on),
            Self::InForce | Self::Lapsed => None,
        }
    }
}

/// A withdrawal that fitted no pupil on record, remembered for a list that comes later.
/// It holds what the school wrote: full name and date of birth, or an identifier with one of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The day of the withdrawal.
    pub on: Date,
    /// The file that told of it.
    pub source: SubmissionId,
    /// Whom it is about.
    pub who: Description,
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remembered({}, {}, …)", self.on, self.source)
    }
}

/// What a withdrawal says of its pupil; any part may be missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// Forename, if told and readable.
    pub forename: Option<super::names::Name>,
    /// Surname, if told and readable.
    pub surname: Option<super::names::Name>,
    /// Date of birth, if told and readable.
    pub born: Option<Date>,
    /// Unique Pupil Number, if told and valid.
    pub upn: Option<Upn>,
    /// Unique Learner Number, if told and valid.
    pub uln: Option<Uln>,
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Description(…)")
    }
}
