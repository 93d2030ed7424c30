//! What matching says of one pupil. Only this room makes a [`Matched`]: outside, nobody can hand the
//! gate a destination that the matcher did not find.

use std::{fmt, sync::Arc};

use time::Date;

use crate::domain::{
    destination::{ActivityCode, CohortStatus},
    ids::{PupilId, RecordMark, SchoolId},
};

/// What the extract knows of one pupil.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Match {
    /// Nothing that may be used.
    None(Miss),
    /// Exactly one record.
    One(Matched),
    /// Something fits, and it can't be told for certain that it is this pupil.
    Ambiguous(Doubt),
    /// One person fits, whose newest rows are confirmed on the same day: held for the council to mend.
    Tied,
}

/// Why there is no record. To the school all three are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// Nothing fits.
    Nothing,
    /// What fits tells of another Year 11 school.
    AnotherYear11School,
    /// What fits tells of no Year 11 school, and the council requires one.
    Year11SchoolUnknown,
}

/// Why it can't be told for certain. Of several reasons, the first in this order is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// More than one person of the extract fits the pupil.
    SeveralRecords,
    /// The record fits more than one pupil of the school.
    SeveralPupils,
    /// The record tells of no school, and more than one school asks for it.
    SeveralSchools,
    /// A number of the pupil or of the record is somebody else's as well.
    IdentifierShared,
    /// What fits has another UPN or ULN than the pupil.
    IdentifiersContradict,
}

/// What the match rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// UPN or ULN, date of birth and forename.
    Number,
    /// Forename, surname and date of birth.
    Name,
    /// An analyst's tie to the record with this mark.
    Hand(RecordMark),
}

/// The one record of one pupil of one school.
#[derive(Clone, PartialEq, Eq)]
pub struct Matched {
    pub(in crate::policy) pupil: PupilId,
    pub(in crate::policy) school: SchoolId,
    pub(in crate::policy) by: By,
    pub(in crate::policy) destination: Destination,
}

impl Matched {
    /// Whose record it is.
    pub fn pupil(&self) -> PupilId {
        self.pupil
    }

    /// The record, where the match rests on an analyst's tie.
    pub(in crate::policy) fn by_hand(&self) -> Option<RecordMark> {
        match self.by {
            By::Hand(mark) => Some(mark),
            By::Number | By::Name => None,
        }
    }

    /// What the match rests on.
    pub fn by(&self) -> By {
        self.by
    }
}

impl fmt::Debug for Matched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Matched({:?}, {:?}, …)", self.pupil, self.by)
    }
}

/// What a record says beside who it is about: all that is kept of it after matching.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::policy) struct Destination {
    pub(in crate::policy) activity: Option<ActivityCode>,
    /// Shared, because many pupils go to few colleges.
    pub(in crate::policy) provider: Option<Arc<str>>,
    pub(in crate::policy) started: Option<Date>,
    pub(in crate::policy) confirmed: Option<Date>,
    pub(in crate::policy) lapsed: bool,
    pub(in crate::policy) lapses: Option<Date>,
    pub(in crate::policy) status: CohortStatus,
    pub(in crate::policy) send: bool,
}
