//! Discrepancies: what a school found wrong in what it received, and the council's answer (clause 2.3).
//! They are taken whatever became of the agreement.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::{
    FlowError,
    answers::{for_school, publish},
    command::Reply,
    house::House,
    receipts::Draft,
    upload::Taken,
    words::long_day,
};
use crate::{
    calendar::local_day,
    domain::{
        ids::{ReleaseId, SchoolId, SubmissionId},
        receipt::{Kind, Outcome},
        school::School,
    },
    ledger::{Act, Actor, Discrepancy, NewDiscrepancy, Tx, Verb},
    reading::{Body, release_ids},
};

/// What an analyst asks of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum DiscrepancyCommand {
    /// Show what is open.
    List,
    /// Answer one.
    Resolve {
        /// Which.
        id: SubmissionId,
        /// What was found, in words for the school.
        note: String,
    },
}

/// One discrepancy that is open.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyLine {
    /// In which file it came.
    pub id: SubmissionId,
    /// Who reports it.
    pub school: SchoolId,
    /// The school's name.
    pub school_name: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub reported_at: OffsetDateTime,
    /// In the school's words, which may name pupils; empty where the file was no text.
    pub text: String,
    /// The releases that the school names.
    pub releases: Vec<ReleaseId>,
    /// The file that was made for the school since.
    pub corrected_by: Option<ReleaseId>,
}

impl fmt::Debug for DiscrepancyLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DiscrepancyLine({}, {}, …)", self.id, self.school)
    }
}

/// A discrepancy as its file tells of it.
pub(super) struct Report {
    text: Zeroizing<String>,
    releases: Vec<ReleaseId>,
}

impl Report {
    /// What a file of this name and body reports.
    pub(super) fn of(name: &str, body: &Body) -> Self {
        let whole = body.text();
        let mut releases = release_ids(name);
        for id in release_ids(whole) {
            if !releases.contains(&id) {
                releases.push(id);
            }
        }
        releases.truncate(MOST_RELEASES);
        let mut text = Zeroizing::new(whole.chars().take(LONGEST_TEXT).collect::<String>());
        if text.len() < whole.len() {
            text.push('…');
        }
        Self { text, releases }
    }

    /// What the school must know where its words could not be read.
    pub(super) fn note(&self) -> Option<String> {
        self.text.is_empty().then(|| NO_WORDS.to_owned())
    }
}

/// Records a discrepancy together with the judgement on its file.
pub(super) fn record(
    tx: &Tx<'_>,
    taken: &Taken,
    report: &Report,
    now: OffsetDateTime,
) -> Result<(), FlowError> {
    let school = taken.upload.school.id;
    tx.report(&NewDiscrepancy {
        submission: taken.id,
        school,
        reported_at: now,
        text: report.text.to_string(),
        releases: report.releases.clone(),
    })?;
    let releases: Vec<String> = report.releases.iter().map(ToString::to_string).collect();
    tx.record(&Act {
        at: now,
        actor: Actor::School {
            id: school,
            key: taken.upload.by.clone(),
        },
        verb: Verb::DiscrepancyReported,
        subject: taken.id.to_string(),
        school: Some(school),
        detail: json!({"releases": releases}),
    })?;
    Ok(())
}

/// Does what an analyst asks.
pub(super) fn answer(
    house: &mut House,
    command: DiscrepancyCommand,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    match command {
        DiscrepancyCommand::List => list(house, actor),
        DiscrepancyCommand::Resolve { id, note } => resolve(house, id, &note, actor),
    }
}

/// What a school wrote may name pupils, so that whoever looks at it leaves a trace.
fn list(house: &mut House, actor: &Actor) -> Result<Reply, FlowError> {
    let open = house.ledger.view().open_discrepancies()?;
    let now = house.now();
    if !open.is_empty() {
        house.act(|tx| {
            tx.record(&Act {
                at: now,
                actor: actor.clone(),
                verb: Verb::ReviewListed,
                subject: "discrepancies".to_owned(),
                school: None,
                detail: json!({"count": open.len()}),
            })?;
            Ok(())
        })?;
    }
    let line = |open: Discrepancy| DiscrepancyLine {
        id: open.reported.submission,
        school: open.reported.school,
        school_name: house.name_of(open.reported.school),
        reported_at: open.reported.reported_at,
        text: open.reported.text,
        releases: open.reported.releases,
        corrected_by: open.corrected_by,
    };
    Ok(Reply::Discrepancies {
        discrepancies: open.into_iter().map(line).collect(),
    })
}

fn resolve(
    house: &mut House,
    id: SubmissionId,
    note: &str,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let note = match for_school(note) {
        Ok(note) => note,
        Err(unsayable) => return Ok(unsayable.into()),
    };
    let found = house.ledger.view().discrepancy(id)?;
    let open = match found {
        Some(open) if open.resolved_at.is_none() => open,
        other => return Ok(nothing_to_answer(id, other.as_ref())),
    };
    let (desk, now) = (house.desk(), house.now());
    let school = house.schools.of(open.reported.school).cloned();
    let school = school.map_or_else(|| School::unknown(open.reported.school), |s| (*s).clone());
    house.act(|tx| {
        tx.resolve(id, now)?;
        let head = tx.record(&Act {
            at: now,
            actor: actor.clone(),
            verb: Verb::DiscrepancyResolved,
            subject: id.to_string(),
            school: Some(school.id),
            detail: json!({}),
        })?;
        let draft = Draft {
            notes: vec![format!(
                "The discrepancy that your school reported on {}: {note}",
                long_day(local_day(open.reported.reported_at))
            )],
            ..Draft::of(
                id.to_string(),
                Outcome::Closed.word(),
                Kind::Discrepancy,
                Outcome::Closed,
            )
        };
        let _ = tx.put_receipt(&desk.write(draft, &school, now, head)?)?;
        Ok::<_, FlowError>(())
    })?;
    publish(house);
    Ok(Reply::Done)
}

fn nothing_to_answer(id: SubmissionId, found: Option<&Discrepancy>) -> Reply {
    let why = match found.and_then(|found| found.resolved_at) {
        Some(at) => format!(
            "the discrepancy {id} was answered on {}",
            long_day(local_day(at))
        ),
        None => format!("no discrepancy came in {id}"),
    };
    Reply::Refused {
        why,
        next: "«pillarbox discrepancy list» shows those that are open".to_owned(),
    }
}

/// Characters that are kept of what a school wrote.
const LONGEST_TEXT: usize = 4_000;
/// Releases that one report names.
const MOST_RELEASES: usize = 100;
/// What a school is told whose words can't be read.
const NO_WORDS: &str = "Only plain text and spreadsheets can be read here: the council sees that your school found something, and not what. Please send it once more as a .txt file, or tell the council's contact below.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Contents, Limits, contents};

    fn reported(name: &str, bytes: &[u8]) -> Report {
        match contents(name, bytes, &Limits::LISTS) {
            Ok(Contents::Text(body)) => Report::of(name, &body),
            _ => Report::of(name, &Body::default()),
        }
    }

    #[test]
    fn a_report_keeps_some_kilobytes_and_the_releases_it_names() {
        let report = reported(
            "discrepancy R000002.txt",
            b"R000001, r2 and R000001: the provider is wrong.\x1b[2J",
        );
        let named = [2, 1].map(ReleaseId::new);
        assert_eq!(report.releases, named);
        assert_eq!(
            *report.text,
            "R000001, r2 and R000001: the provider is wrong.[2J"
        );
        assert_eq!(report.note(), None);
        let long = reported("discrepancy", "ë".repeat(10_000).as_bytes());
        assert_eq!(long.text.chars().count(), LONGEST_TEXT + 1);
        assert!(long.text.ends_with('…'));
    }

    #[test]
    fn what_is_no_text_is_a_report_without_words() {
        let report = reported("discrepancy.docx", b"PK\x03\x04...");
        assert!(report.text.is_empty() && report.note().is_some());
    }
}
