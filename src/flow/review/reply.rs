//! What is in doubt, as it is told to an analyst. All of it personal: it goes to who asked and nowhere else.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::domain::{
    ids::{PupilId, RecordMark, SchoolId, SubmissionId},
    receipt::ExtractFacts,
};

/// What is in doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewReply {
    /// The extract that was looked at.
    pub extract: Option<ExtractFacts>,
    /// Why none was: then only withdrawals are told of.
    pub without_extract: Option<String>,
    /// School by school, pupil by pupil.
    pub entries: Vec<ReviewEntry>,
    /// So many more are in doubt than are told of.
    pub left_out: usize,
}

/// What is asked of the analyst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewKind {
    /// Which record is the pupil's.
    Match,
    /// What the record says: the council has to mend it, or to leave it.
    Record,
    /// Whom a withdrawal meant.
    Withdrawal,
}

/// One thing in doubt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewEntry {
    /// What is asked.
    pub kind: ReviewKind,
    /// Why, in one word.
    pub reason: String,
    /// The school that collected the consent.
    pub school: SchoolId,
    /// Whose consent; none for a large file of withdrawals as a whole.
    pub pupil: Option<PupilId>,
    /// The pupil's forename, as the school gave it.
    pub forename: Option<String>,
    /// The pupil's surname, as the school gave it.
    pub surname: Option<String>,
    /// The pupil's date of birth.
    pub date_of_birth: Option<Date>,
    /// The file of withdrawals.
    pub submission: Option<SubmissionId>,
    /// How many pupils that file withdrew.
    pub pupils: Option<usize>,
    /// The record that the pupil is tied to by hand.
    pub tied_to: Option<RecordMark>,
    /// The records that come nearest, the best first.
    pub nearest: Vec<NearRecord>,
}

/// A record that comes near to a pupil.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearRecord {
    /// By which it is named.
    pub record: RecordMark,
    /// How near it comes, in one word.
    pub near: String,
    /// The caseload system's id.
    pub client: Option<String>,
    /// Forename.
    pub forename: String,
    /// Surname.
    pub surname: String,
    /// Date of birth.
    pub date_of_birth: Date,
    /// The Year 11 school, as the extract tells it.
    pub year_11_school: Option<String>,
    /// Whether the pupil may be tied to it: no tie stands in for the Year 11 school.
    pub may_be_tied: bool,
}

/// Ids and words without the persons.
impl fmt::Debug for ReviewEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (school, reason) = (self.school, &self.reason);
        write!(f, "ReviewEntry({school}, {:?}, {reason}, …)", self.pupil)
    }
}

impl fmt::Debug for NearRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NearRecord(…)")
    }
}
