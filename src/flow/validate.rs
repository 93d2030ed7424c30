//! Judging a list on any machine, without settings, ledger or box: what the daemon would say of it, were
//! it the school's first.

use std::sync::Arc;

use serde::Serialize;
use time::Date;
use zeroize::Zeroizing;

use super::{
    facts::SchoolFacts,
    judging::Bench,
    upload::{Body, Taken, Upload},
};
use crate::{
    domain::{
        ids::{SchoolId, SubmissionId},
        problem::{Problem, ProblemCode},
        receipt::{Kind, Outcome, RowCounts},
        school::{Agreement, School},
    },
    jail::{JailError, Readers},
    ledger::FileStat,
    policy::judge::ListRules,
    reading::Limits,
    vault::sha256,
};

pub use super::judging::{OLDEST_PUPIL, YOUNGEST_PUPIL};

/// What the daemon would say of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Validation {
    /// What its name says that it is.
    pub kind: Kind,
    /// What would become of it.
    pub outcome: Outcome,
    /// How many rows of which kind.
    pub counts: Option<RowCounts>,
    /// What people would be told first.
    pub notes: Vec<String>,
    /// What to mend.
    pub problems: Vec<Problem>,
}

/// Judges a file by its name and bytes on this day. The school's numbers in it are not compared with
/// any, because nobody says whose list it is.
pub fn validate(
    name: &str,
    bytes: Vec<u8>,
    today: Date,
    max_bytes: u64,
    readers: &Readers,
) -> Result<Validation, JailError> {
    let (rules, limits) = (ListRules::default(), Limits::default());
    let bench = Bench {
        today,
        rules: &rules,
        limits: &limits,
        max_bytes,
        readers,
        intake_key: None,
        any_school: true,
        reader_failed: &|_, _| {},
    };
    let size = bytes.len() as u64;
    let body = if size > max_bytes {
        Body::Unread(ProblemCode::FileTooLarge)
    } else {
        Body::Bytes(Zeroizing::new(bytes))
    };
    let taken = Taken {
        id: SubmissionId::new(1),
        spool: None,
        upload: Upload {
            school: Arc::new(nobodys(today)),
            name: name.to_owned(),
            raw_name: name.into(),
            stat: FileStat {
                dev: 0,
                ino: 0,
                ctime_ns: 0,
                mtime_ns: 0,
                size: 0,
                nlink: 0,
            },
            size,
            sha256: body.bytes().map_or_else(|| sha256(&[]), sha256),
            body,
            by: None,
            handed_over: None,
        },
    };
    let judged = bench.judge(&taken, &SchoolFacts::default())?;
    Ok(Validation {
        kind: judged.kind,
        outcome: judged.outcome,
        counts: judged.counts,
        notes: judged.notes,
        problems: judged.problems,
    })
}

/// A school that is no school, with an agreement in force.
fn nobodys(today: Date) -> School {
    School {
        id: SchoolId::PLACEHOLDER,
        name: "the school".to_owned(),
        urn: None,
        formats: Vec::new(),
        agreement: Agreement {
            signed: Some(today),
            reviewed: None,
            terminated: None,
        },
        suspended: false,
        persons: Vec::new(),
        contacts: Vec::new(),
    }
}
