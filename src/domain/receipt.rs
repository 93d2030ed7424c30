//! Receipts as machines read them (spec 4). A receipt names no pupil: rows are spoken of by number.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::{
    ids::{NoticeId, ReleaseId, RequestId, SchoolId, SubmissionId},
    problem::Problem,
};

/// Problems that one receipt lists: a list in which more is wrong is mended as a whole.
pub const MOST_PROBLEMS: usize = 1_000;

/// The version of the receipt's shape.
pub const SCHEMA: &str = "pillarbox/receipt/v1";

/// What a receipt is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A school's list of pupils.
    ConsentList,
    /// A file that adds to the last list and lapses nobody.
    Addition,
    /// A file of pupils whose consent is withdrawn.
    Withdrawal,
    /// An ask for a release outside the schedule.
    Request,
    /// A discrepancy that the school found.
    Discrepancy,
    /// A confirmation that notices were acted on.
    Destruction,
    /// None of these: never read.
    Unknown,
    /// A set of destinations.
    Release,
    /// A request to destroy.
    Notice,
    /// A reminder of something that waits.
    Reminder,
    /// A file that was taken out of the outbox.
    Removed,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Taken, perhaps with warnings.
    Accepted,
    /// Taken but for some rows.
    AcceptedWithErrors,
    /// Not taken; nothing changed but what withdraws.
    Rejected,
    /// Waits for its turn.
    Queued,
    /// Not done, for a reason that lies with the council or the agreement.
    Held,
    /// A destination file lies in the outbox.
    Released,
    /// A destination file was taken back before it was collected.
    Recalled,
    /// Waits for an answer.
    Open,
    /// Answered.
    Closed,
}

impl Outcome {
    /// The word in receipts and file names.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AcceptedWithErrors => "accepted-with-errors",
            Self::Rejected => "rejected",
            Self::Queued => "queued",
            Self::Held => "held",
            Self::Released => "released",
            Self::Recalled => "recalled",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// Why a release was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// The council's schedule.
    Schedule,
    /// A school's request.
    Request,
    /// `pillarbox release`.
    Operator,
    /// An earlier file was recalled, and made again without whom it may no longer hold.
    Recall,
}

impl Trigger {
    /// The word in receipts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Request => "request",
            Self::Operator => "operator",
            Self::Recall => "recall",
        }
    }
}

/// One receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// `S000123`, `R000045` or `D000003`.
    pub id: String,
    /// What it is about.
    pub kind: Kind,
    /// The school.
    pub school: SchoolId,
    /// How it ended.
    pub outcome: Outcome,
    /// When, in UTC and whole seconds.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The fingerprint of the uploading person's key; null where the transport does not tell.
    pub by: Option<String>,
    /// The uploaded file; absent for what is no upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<ReceivedFile>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// The release that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseFacts>,
    /// The request that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestFacts>,
    /// The notice that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeFacts>,
    /// How many of the school's consents end soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiring: Option<Expiring>,
    /// What people must know first, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to mend.
    pub problems: Vec<Problem>,
    /// Problems beyond the first [`MOST_PROBLEMS`], which are not listed.
    #[serde(default, skip_serializing_if = "is_none_left_out")]
    pub problems_left_out: u32,
    /// True where the ledger is a rehearsal: nothing here happened in earnest.
    #[serde(default, skip_serializing_if = "is_false")]
    pub rehearsal: bool,
    /// The head of the trail when this was written: every school holds a witness of it.
    pub audit: TrailHead,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes what it may skip by reference"
)]
fn is_none_left_out(count: &u32) -> bool {
    *count == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes what it may skip by reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// What arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedFile {
    /// The uploaded name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes as they arrived, in hexadecimal.
    pub sha256: String,
}

/// How many of what, for submissions or for releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Counts {
    /// Of a list of pupils.
    Rows(RowCounts),
    /// Of a release.
    Release(ReleaseCounts),
}

/// A list's rows; `rows` is the sum of the next four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Data rows that are not blank.
    pub rows: u32,
    /// Rows that consent.
    pub consented: u32,
    /// Rows without consent.
    pub not_consented: u32,
    /// Rows that withdraw.
    pub withdrawn: u32,
    /// Rows that were refused.
    pub rejected: u32,
    /// Pupils whose consent is new.
    pub new: u32,
    /// Pupils whose consent was on record already.
    pub renewed: u32,
    /// Pupils for whom sharing stopped because the list no longer names them.
    pub lapsed: u32,
}

/// A release's pupils; `consented` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseCounts {
    /// Pupils with a consent on record that was neither withdrawn nor lapsed.
    pub consented: u32,
    /// Rows in the file.
    pub shared: u32,
    /// Pupils of whom the extract knows nothing that fits.
    pub no_record: u32,
    /// Pupils who fit more than one record, or a record that fits more than one pupil.
    pub ambiguous: u32,
    /// Pupils whose consent has expired.
    pub expired: u32,
    /// Pupils whose record may not be shared, or who are under age or over it.
    pub not_eligible: u32,
    /// Pupils held for an officer or an analyst.
    pub held: u32,
}

/// A release as its receipt tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseFacts {
    /// Its id.
    pub id: ReleaseId,
    /// Why it was made.
    pub trigger: Trigger,
    /// The release that it takes the place of.
    pub supersedes: Option<ReleaseId>,
    /// The file's name in `outbox/`; null where nothing was released. With two formats, the first.
    pub file: Option<String>,
    /// The file's size in bytes.
    pub bytes: Option<u64>,
    /// SHA-256 of the encrypted file, in hexadecimal.
    pub sha256: Option<String>,
    /// The other formats of the same release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<ReceivedFile>,
    /// Fingerprints of the keys that open it.
    pub recipients: Vec<String>,
    /// The extract that it was made from.
    pub extract: Option<ExtractFacts>,
    /// The rule by which consents expired.
    pub expiry_rule: ExpiryRule,
    /// The day from which the file is no longer in the outbox.
    pub until: Option<Date>,
}

/// An extract as a receipt tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtractFacts {
    /// The file's name.
    pub name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The day on which the caseload system was read.
    pub exported_on: Date,
}

/// A request as its receipt tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFacts {
    /// Its id.
    pub id: RequestId,
    /// Its place among those that wait, from 1; absent once it is granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// The first day on which it can be granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Date>,
}

/// A notice as its receipt tells of it: the pupils are in the encrypted file beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeFacts {
    /// Its id.
    pub id: NoticeId,
    /// What withdrew.
    pub submission: SubmissionId,
    /// How many pupils it is about.
    pub pupils: u32,
    /// The releases that told of them.
    pub releases: Vec<ReleaseId>,
    /// The encrypted list beside this receipt; null where nobody could open one, or none is enclosed.
    pub file: Option<ReceivedFile>,
    /// Fingerprints of the keys that open it.
    pub recipients: Vec<String>,
}

/// How many consents end soon, as counted on the day of the receipt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiring {
    /// Within 30 days.
    pub in_30_days: u32,
    /// Within 90 days, those within 30 among them.
    pub in_90_days: u32,
}

/// What the signed form says on how long a consent lasts (`consent.expires`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpiryRule {
    /// The earliest of the 18th birthday, two years from consent, and two years after leaving.
    #[default]
    Earliest,
    /// Two years after the school leaving date.
    TwoYearsAfterLeaving,
}

/// A place in the trail, and the hash of all up to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailHead {
    /// The row's number, from 1.
    pub seq: u64,
    /// BLAKE3 of the row and the one before, in hexadecimal.
    pub hash: String,
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_day_is_written_as_people_and_programs_know_it() {
        let extract = ExtractFacts {
            name: "made-up.csv".to_owned(),
            sha256: String::new(),
            exported_on: date!(2026 - 11 - 15),
        };
        let json = serde_json::to_value(&extract).unwrap();
        assert_eq!(json["exported_on"], "2026-11-15");
        assert_eq!(
            serde_json::from_value::<ExtractFacts>(json).unwrap(),
            extract
        );
    }
}
