//! The answer to «who is affected?», as plain values, with what the officer has to do next.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, serde::rfc3339};

use super::{breach::Lost, keys::Holder, report::Served};
use crate::domain::{
    ids::{PupilId, ReleaseId, SchoolId, SubmissionId},
    receipt::{Kind, Trigger},
};

/// Who is affected by a loss.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachReport {
    /// What was lost.
    pub about: Lost,
    /// When it became known: the clock's beginning.
    #[serde(with = "rfc3339")]
    pub known_at: OffsetDateTime,
    /// Until when the regulator must have been told.
    #[serde(with = "rfc3339")]
    pub tell_ico_by: OffsetDateTime,
    /// Whole hours that are left; below nought where it is overdue.
    pub hours_left: i64,
    /// When it was told, or found that nobody need be.
    #[serde(with = "rfc3339::option")]
    pub reported_at: Option<OffsetDateTime>,
    /// Whose key it is, where a key was lost and a school's file has it.
    pub holder: Option<Holder>,
    /// The other keys of the same person.
    pub other_keys: Vec<String>,
    /// The schools, with whom to tell there.
    pub schools: Vec<AffectedSchool>,
    /// The releases, oldest first.
    pub releases: Vec<AffectedRelease>,
    /// What was sent with the key, oldest first.
    pub uploads: Vec<Upload>,
    /// The pupils, by school and surname.
    pub pupils: Vec<AffectedPupil>,
    /// At least so many more pupils were in these releases, of whom nothing is on record any more.
    pub erased: u32,
    /// What to do next, in words.
    pub next: Vec<String>,
}

impl fmt::Debug for BreachReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BreachReport({:?}, …)", self.about)
    }
}

/// A school that a loss concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedSchool {
    /// The school.
    pub school: SchoolId,
    /// Its name.
    pub name: String,
    /// Its key contacts, who are told as well (clause 2.8).
    pub contacts: Vec<ContactToTell>,
}

/// A key contact of the agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactToTell {
    /// Who.
    pub name: String,
    /// The post.
    pub role: Option<String>,
    /// Where to write.
    pub email: Option<String>,
    /// Where to ring.
    pub telephone: Option<String>,
}

/// A release whose file was lost, or within reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedRelease {
    /// The release.
    pub release: ReleaseId,
    /// Whose.
    pub school: SchoolId,
    /// When it was made.
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
    /// Why.
    pub trigger: Trigger,
    /// Where it stands: `published` lies in the outbox.
    pub state: String,
    /// How many pupils it told of.
    pub pupils: u32,
    /// Whether the lost key opens the file; always, where no key was lost.
    pub opens: bool,
    /// Whose keys open it.
    pub recipients: Vec<Holder>,
    /// Who was served bytes of it.
    pub served: Vec<Served>,
    /// False where the school fetches files in a way that tells nothing of who did.
    pub serving_is_known: bool,
}

/// A file that was sent with a lost key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its number.
    pub submission: SubmissionId,
    /// Into which box.
    pub school: SchoolId,
    /// What it was.
    pub kind: Kind,
    /// When.
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
}

/// A pupil whose data is affected.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedPupil {
    /// The school.
    pub school: SchoolId,
    /// The place in the ledger.
    pub pupil: PupilId,
    /// Surname.
    pub surname: String,
    /// Forename.
    pub forename: String,
    /// Date of birth.
    pub date_of_birth: Date,
    /// The releases that told of the pupil.
    pub releases: Vec<ReleaseId>,
}
