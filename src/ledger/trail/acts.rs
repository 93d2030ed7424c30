//! The append-only trail: every act that matters, each row with the hash of all before it (spec 9).
//! Holds ids, counts and hashes; never a pupil's name, a file's name or a key.

use rusqlite::Row;
use serde_json::Value;
use time::OffsetDateTime;

use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx},
    columns::{At, Whole, words},
    encoding::Writer,
};
use crate::{
    domain::{ids::SchoolId, receipt::TrailHead},
    vault::{to_hex, trail_hash},
};

/// One act, as it is told to the trail.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// When, by the ledger's time.
    pub at: OffsetDateTime,
    /// Who.
    pub actor: Actor,
    /// Did what.
    pub verb: Verb,
    /// To what: `S000123`, `R000045`, `8604001`.
    pub subject: String,
    /// The school that it concerns, if one.
    pub school: Option<SchoolId>,
    /// What else an auditor needs: ids, counts and hashes only.
    pub detail: Value,
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The daemon by itself: schedules, recovery, expiry.
    System,
    /// An operator of the council, by the account on this machine.
    Operator {
        /// The account's name.
        name: String,
        /// Its number.
        uid: u32,
    },
    /// A person of a school.
    School {
        /// The school.
        id: SchoolId,
        /// The fingerprint of the person's key, where the transport tells.
        key: Option<String>,
    },
}

macro_rules! verbs {
    ($($name:ident $word:literal $doc:literal)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Verb {
            $(#[doc = $doc] $name,)*
        }

        impl Verb {
            /// Every verb.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The verb's word in the trail and its exports.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The sentence that says it.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $doc,)* }
            }
        }

        words! { Verb { $($name $word)* } }
    };
}

verbs! {
    UploadTaken "upload-taken" "An upload was taken: copied sealed, synced, recorded."
    UploadRefused "upload-refused" "A file arrived that is no upload: a part, or past a limit."
    SubmissionJudged "submission-judged" "A submission had its outcome."
    ConsentsChanged "consents-changed" "Consents were added, renewed, lapsed or withdrawn."
    ConsentWithdrawn "consent-withdrawn" "The council withdrew a consent for a pupil who told it."
    ReleasePlanned "release-planned" "It was settled what a release shares."
    ReleasePublished "release-published" "A destination file lies in the outbox."
    ReleaseHeld "release-held" "A release was due and was not made."
    ReleaseRecalled "release-recalled" "A destination file was taken back."
    ReleaseRemoved "release-removed" "A destination file's time in the outbox ended."
    ReleaseSuperseded "release-superseded" "A newer destination file took its place."
    FileTouched "file-touched" "Some bytes of a destination file were served."
    FileCollected "file-collected" "All bytes of a destination file were served to one person."
    BanLifted "ban-lifted" "An operator lifted the ban of an address."
    RequestAsked "request-asked" "A school asked for a release."
    RequestApproved "request-approved" "An officer said yes to a request."
    RequestGranted "request-granted" "A request was granted."
    RequestDeclined "request-declined" "A request was declined."
    RequestHeld "request-held" "A request met a hold."
    NoticeOpened "notice-opened" "A school was asked to destroy what it holds on a pupil."
    NoticeClosed "notice-closed" "The school confirmed that it did."
    ReminderSent "reminder-sent" "A school was reminded of what waits."
    HoldSet "hold-set" "All sharing was stopped, or one school's."
    HoldLifted "hold-lifted" "Sharing may go on."
    ExtractReceived "extract-received" "The council's extract arrived."
    ExtractAccepted "extract-accepted" "An analyst accepted an extract that looked incomplete."
    ExtractRefused "extract-refused" "An extract could not be used."
    ExtractRemoved "extract-removed" "An extract was superseded or too old, and is gone."
    ReviewListed "review-listed" "An analyst looked at what is in doubt."
    ReviewTied "review-tied" "An analyst tied a consent to a record."
    ReviewUntied "review-untied" "Such a tie was undone."
    ReviewUndone "review-undone" "An analyst undid what a submission withdrew."
    ReviewSettled "review-settled" "An analyst settled whom a withdrawal meant."
    DiscrepancyReported "discrepancy-reported" "A school found a discrepancy in what it received."
    DiscrepancyResolved "discrepancy-resolved" "It was resolved."
    SubjectAsked "subject-asked" "What was shared about one person was looked up."
    BreachAsked "breach-asked" "Who is affected by a lost file or key was looked up."
    UploadsErased "uploads-erased" "Uploads past their retention were erased."
    DisclosuresErased "disclosures-erased" "Disclosed values past their retention were erased."
    ReceiptsErased "receipts-erased" "Receipts past their retention were erased."
    NoticesErased "notices-erased" "Closed notices past their retention were erased."
    PupilsErased "pupils-erased" "What was kept on pupils was erased."
    SchoolChanged "school-changed" "A school's file changed: persons, keys, agreement."
    SettingsChanged "settings-changed" "The file of the council's settings changed."
    DaemonStarted "daemon-started" "The daemon began."
    DaemonStopped "daemon-stopped" "The daemon ended cleanly."
    CheckpointSigned "checkpoint-signed" "The head of the trail was signed."
    KeyRotated "key-rotated" "A key took another's place."
    KeyAnnounced "key-announced" "A key was made that serves from a later day."
    KeyDropped "key-dropped" "An earlier key opens nothing any more."
    LedgerResealed "ledger-resealed" "All that was sealed with an earlier ledger key is sealed anew."
    BackupMade "backup-made" "A backup was written."
    LedgerRestored "ledger-restored" "A backup took the ledger's place: a new segment of the trail."
    LedgerReconciled "ledger-reconciled" "An operator confirmed what a restore found."
}

/// One row of the trail.
#[derive(Clone, Debug, PartialEq)]
pub struct TrailRow {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// What was done.
    pub act: Act,
    /// BLAKE3 of the earlier row's hash and this row.
    pub hash: [u8; 32],
}

impl Tx<'_> {
    /// Adds an act to the trail; tells the trail's new head.
    pub fn record(&self, act: &Act) -> Result<TrailHead, LedgerError> {
        let (last, previous) = self.head()?;
        let detail = act.detail.to_string();
        let (actor, name, number, key) = act.actor.columns();
        let line = Line {
            seq: last + 1,
            at: At(act.at).micros(),
            actor,
            name,
            number: number.map(i64::from),
            key,
            verb: act.verb.word(),
            subject: &act.subject,
            school: act.school.map(|school| i64::from(school.number())),
            detail: &detail,
        };
        let hash = line.hash(&previous);
        self.run(
            "INSERT INTO trail (seq, at, actor, actor_name, actor_number, actor_key, verb, subject,
               school, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            (
                Whole(line.seq),
                line.at,
                line.actor,
                line.name,
                line.number,
                line.key,
                line.verb,
                line.subject,
                line.school,
                line.detail,
                hash,
            ),
        )?;
        self.acts.borrow_mut().push(act.clone());
        // Told apart from the rows, so that rows cut off at the end are missed.
        self.run(
            "UPDATE counter SET last = ?1 WHERE letter = 'T'",
            [Whole(line.seq)],
        )?;
        Ok(head(line.seq, &hash))
    }
}

impl Keyless<'_> {
    /// The last row's number and hash; number 0 where nothing was recorded yet.
    pub fn trail_head(&self) -> Result<TrailHead, LedgerError> {
        let (seq, hash) = self.head()?;
        Ok(head(seq, &hash))
    }

    /// The rows from this number on, at most so many.
    pub fn trail(&self, from: u64, limit: u32) -> Result<Vec<TrailRow>, LedgerError> {
        self.all(
            "SELECT seq, at, actor, actor_name, actor_number, actor_key, verb, subject, school, detail,
               hash FROM trail WHERE seq >= ?1 ORDER BY seq LIMIT ?2",
            (Whole(from), limit),
            read,
        )
    }

    fn head(&self) -> Result<(u64, [u8; 32]), LedgerError> {
        let last = self.one(
            "SELECT seq, hash FROM trail ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok((row.get::<_, Whole>(0)?.0, row.get(1)?)),
        )?;
        Ok(last.unwrap_or((0, [0; 32])))
    }
}

impl Actor {
    /// The columns `actor`, `actor_name`, `actor_number`, `actor_key`.
    fn columns(&self) -> (&'static str, Option<&str>, Option<u32>, Option<&str>) {
        match self {
            Self::System => ("system", None, None, None),
            Self::Operator { name, uid } => ("operator", Some(name), Some(*uid), None),
            Self::School { id, key } => ("school", None, Some(id.number()), key.as_deref()),
        }
    }
}

/// A row as its hash sees it: just what stands in the columns, whether it makes sense or not.
pub(in crate::ledger) struct Line<'a> {
    pub(in crate::ledger) seq: u64,
    pub(in crate::ledger) at: i64,
    pub(in crate::ledger) actor: &'a str,
    pub(in crate::ledger) name: Option<&'a str>,
    pub(in crate::ledger) number: Option<i64>,
    pub(in crate::ledger) key: Option<&'a str>,
    pub(in crate::ledger) verb: &'a str,
    pub(in crate::ledger) subject: &'a str,
    pub(in crate::ledger) school: Option<i64>,
    pub(in crate::ledger) detail: &'a str,
}

impl Line<'_> {
    /// The hash of this row behind one with that hash.
    pub(in crate::ledger) fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut row = Writer::new(FORM, 128 + self.detail.len());
        row.u64(self.seq).i64(self.at).text(self.actor);
        row.maybe(self.name, Writer::text);
        row.maybe(self.number, Writer::i64);
        row.maybe(self.key, Writer::text);
        row.text(self.verb).text(self.subject);
        row.maybe(self.school, Writer::i64);
        row.text(self.detail);
        trail_hash(previous, row.as_slice())
    }
}

fn head(seq: u64, hash: &[u8; 32]) -> TrailHead {
    TrailHead {
        seq,
        hash: to_hex(hash),
    }
}

fn read(row: &Row<'_>) -> Result<TrailRow, LedgerError> {
    let seq = row.get::<_, Whole>(0)?.0;
    let unreadable = LedgerError::Unreadable {
        table: "trail",
        row: seq,
    };
    let actor = match row.get_ref(2)?.as_str().unwrap_or_default() {
        "system" => Actor::System,
        "operator" => Actor::Operator {
            name: row.get(3)?,
            uid: row.get(4)?,
        },
        "school" => Actor::School {
            id: row.get(4)?,
            key: row.get(5)?,
        },
        _ => return Err(unreadable),
    };
    let Ok(detail) = serde_json::from_str(&row.get::<_, String>(9)?) else {
        return Err(unreadable);
    };
    let act = Act {
        at: row.get::<_, At>(1)?.0,
        actor,
        verb: row.get(6)?,
        subject: row.get(7)?,
        school: row.get(8)?,
        detail,
    };
    Ok(TrailRow {
        seq,
        act,
        hash: row.get(10)?,
    })
}

/// The version of the bytes that are hashed: fixed for ever for the rows that have it.
const FORM: u8 = 1;
