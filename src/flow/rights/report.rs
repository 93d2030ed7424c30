//! The answer to «what was shared about me?», as plain values: what is on record, what was told, to whom.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, serde::rfc3339};

use super::keys::Holder;
use crate::domain::{
    ids::{NoticeId, PupilId, ReleaseId, SchoolId, SubmissionId},
    receipt::Trigger,
};

/// What is on record and was shared about one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectReport {
    /// Whose record it is.
    pub council: String,
    /// Whom to ask.
    pub contact: String,
    /// As of when.
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
    /// The schools that have anything of the person; empty where nothing is on record.
    pub schools: Vec<SubjectAtSchool>,
    /// How many other pupils fit nearly: nothing of them is told.
    pub nearly: u32,
}

impl fmt::Debug for SubjectReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectReport(…)")
    }
}

/// What one school has to do with a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectAtSchool {
    /// The school.
    pub school: SchoolId,
    /// Its name.
    pub name: String,
    /// As the school listed the person.
    pub pupils: Vec<SubjectPupil>,
    /// Withdrawals that fitted nobody on record when they came.
    pub withdrawals: Vec<RememberedWithdrawal>,
    /// The submission that last said that the person did not consent.
    pub refused_in: Option<SubmissionId>,
    /// The day on which a person of this name or number was erased there: no consent of that day or before
    /// counts.
    pub barred_on: Option<Date>,
}

/// A person as one school listed them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectPupil {
    /// The place in the ledger.
    pub pupil: PupilId,
    /// Who it is.
    pub identity: Identity,
    /// The consent.
    pub consent: ConsentOnRecord,
    /// Everything that was shared, oldest first.
    pub disclosures: Vec<Disclosure>,
    /// The notices to destroy that named the person, oldest first.
    pub notices: Vec<NoticeOnRecord>,
}

/// Who a pupil is, as the school gave it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Forename.
    pub forename: String,
    /// Surname.
    pub surname: String,
    /// Date of birth.
    pub date_of_birth: Date,
    /// Unique Pupil Number.
    pub upn: Option<String>,
    /// Unique Learner Number.
    pub uln: Option<String>,
}

/// A consent and where it stands.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentOnRecord {
    /// `in-force`, `held`, `expired`, `lapsed` or `withdrawn`.
    pub standing: String,
    /// The day on which it was given.
    pub given_on: Date,
    /// True where the school told no day.
    pub assumed: bool,
    /// The last day on which anything may be shared.
    pub lasts_until: Date,
    /// The day of the withdrawal.
    pub withdrawn_on: Option<Date>,
    /// A withdrawal that nearly fits, and holds it.
    pub held_by: Option<SubmissionId>,
    /// The submission that last changed it.
    pub source: SubmissionId,
    /// Whether the school says that there is an Education, Health and Care plan.
    pub ehcp: bool,
}

/// One release that told of the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// The release.
    pub release: ReleaseId,
    /// When.
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
    /// Why.
    pub trigger: Trigger,
    /// Where the release stands.
    pub state: String,
    /// When it ended.
    #[serde(with = "rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// What was told.
    pub told: Told,
    /// The consent that it rested on.
    pub consent: ConsentThen,
    /// The day of the council's records that it came from.
    pub records_of: Option<Date>,
    /// Whose keys open the file.
    pub recipients: Vec<Holder>,
    /// Who was served bytes of it; empty where nobody was, or where nobody can tell.
    pub served: Vec<Served>,
    /// False where the school fetches files in a way that tells nothing of who did.
    pub serving_is_known: bool,
}

/// The consent that a disclosure rested on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentThen {
    /// The day on which it was given, where the release remembers.
    pub given_on: Option<Date>,
    /// The submission that told of it.
    pub source: Option<SubmissionId>,
    /// Whether an analyst had tied the consent to the record by hand.
    pub tied_by_hand: bool,
}

/// The values themselves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Forename.
    pub forename: String,
    /// Surname.
    pub surname: String,
    /// Date of birth.
    pub date_of_birth: Date,
    /// The type of destination.
    pub destination_type: String,
    /// Provider or employer.
    pub provider_or_employer: Option<String>,
    /// Start date.
    pub start_date: Option<Date>,
    /// Confirmation date.
    pub confirmed_on: Option<Date>,
}

/// What one person was served of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// Who.
    #[serde(flatten)]
    pub by: Holder,
    /// The file's form.
    pub format: String,
    /// When the first bytes were served.
    #[serde(with = "rfc3339")]
    pub touched_at: OffsetDateTime,
    /// When all had been.
    #[serde(with = "rfc3339::option")]
    pub collected_at: Option<OffsetDateTime>,
}

/// A notice to destroy.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeOnRecord {
    /// Its number.
    pub id: NoticeId,
    /// `open` or `closed`.
    pub state: String,
    /// The submission that withdrew.
    pub submission: SubmissionId,
    /// When it was sent.
    #[serde(with = "rfc3339")]
    pub opened_at: OffsetDateTime,
    /// When the school confirmed.
    #[serde(with = "rfc3339::option")]
    pub closed_at: Option<OffsetDateTime>,
}

/// A withdrawal that fitted nobody on record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedWithdrawal {
    /// The day of the withdrawal.
    pub on: Date,
    /// The submission that told of it.
    pub source: SubmissionId,
}
