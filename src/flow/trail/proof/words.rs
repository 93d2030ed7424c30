//! What is wrong with a trail, in words for people and in stable words for programs.

use time::{OffsetDateTime, UtcOffset, macros::format_description};

use super::verdict::{Fault, Proof, Voucher, What};
use crate::ledger::RowFault;

impl Proof {
    /// The verdict in one sentence.
    pub fn sentence(&self) -> String {
        match self.faults.first() {
            None => format!("The trail holds: {} rows, head {}.", self.rows, self.hash),
            Some(fault) => {
                let row = self
                    .faults
                    .iter()
                    .map(|fault| fault.first)
                    .find(|at| *at > 0);
                let place = row.map_or_else(String::new, |row| format!(" at row {row}"));
                let more = match self.faults.len() - 1 {
                    0 => String::new(),
                    more => format!(" ({more} more below)"),
                };
                format!("The trail is BROKEN{place}: {}{more}.", fault.words())
            }
        }
    }

    /// Up to where it is proved, and since when not.
    pub fn reach(&self) -> String {
        match (self.sound, self.holds()) {
            (Some(sound), true) => {
                let after = match self.last.saturating_sub(sound.seq) {
                    0 => "Nothing came after it.".to_owned(),
                    1 => "One row came after it, and rests on this database.".to_owned(),
                    rows => {
                        format!("The {rows} rows after it rest on this database and on receipts.")
                    }
                };
                format!(
                    "Last signed: row {}, on {}. {after}",
                    sound.seq,
                    moment(sound.at)
                )
            }
            (None, true) => "No checkpoint is signed yet.".to_owned(),
            (Some(sound), false) => format!(
                "Rows 1 to {} are proved by the checkpoint of {}. Rely on nothing recorded after that before it is explained.",
                sound.seq,
                moment(sound.at)
            ),
            (None, false) => {
                "No checkpoint before that holds: rely on no row before it is explained.".to_owned()
            }
        }
    }
}

impl Fault {
    /// What is wrong, with its place.
    pub fn words(&self) -> String {
        let rows = if self.first == self.last {
            format!("row {}", self.first)
        } else {
            format!("rows {} to {}", self.first, self.last)
        };
        let one = self.first == self.last;
        let (is, was) = if one { ("is", "was") } else { ("are", "were") };
        match &self.what {
            What::Rows(RowFault::Missing) => format!("{rows} {is} missing"),
            What::Rows(RowFault::Changed) if one && self.first > 1 => {
                let before = self.first - 1;
                format!("{rows} was changed, or row {before} together with its hash")
            }
            What::Rows(RowFault::Changed) | What::Itself => format!("{rows} {was} changed"),
            What::Rows(RowFault::Moved { was }) => format!("{rows} holds what was row {was}"),
            What::Rows(RowFault::Added) => {
                format!("{rows} {was} put there from outside: the ledger did not count them")
            }
            What::CutOff { by } => {
                format!("{rows} {is} missing from the end, as {} tells", by.words())
            }
            What::Rewritten { by } => format!(
                "{rows}: at least one {is_not} what was recorded, and all hashes from there on were written anew; {} tells",
                by.words(),
                is_not = "is not"
            ),
            What::NotAsVouched { by } => {
                format!("{rows} is not the row of which {} tells", by.words())
            }
            What::CheckpointGone => format!("the checkpoint of {rows} is missing"),
            What::CheckpointForged => format!(
                "the checkpoint of {rows} or its signature was changed, or made with an unknown key"
            ),
            What::CheckpointTooLate => {
                format!("the checkpoint of {rows} is dated after its key was retired")
            }
            What::FileForged => format!(
                "the file of row {}'s checkpoint in reports/ was changed, or signed with an unknown key",
                self.first
            ),
            What::ReceiptForged { id, school } => format!(
                "the receipt {id} in the box of {school} tells of another {rows}, and was changed or signed with an unknown key"
            ),
            What::Unguarded => {
                "the triggers that keep the trail from being changed are gone".to_owned()
            }
        }
    }

    /// What is wrong, in one word for programs.
    pub fn word(&self) -> &'static str {
        match &self.what {
            What::Rows(RowFault::Missing) => "missing",
            What::Rows(RowFault::Changed) | What::Itself => "changed",
            What::Rows(RowFault::Moved { .. }) => "moved",
            What::Rows(RowFault::Added) => "added",
            What::CutOff { .. } => "cut-off",
            What::Rewritten { .. } => "rewritten",
            What::NotAsVouched { .. } => "not-as-vouched",
            What::CheckpointGone => "checkpoint-missing",
            What::CheckpointForged => "checkpoint-forged",
            What::CheckpointTooLate => "checkpoint-after-its-key",
            What::FileForged => "checkpoint-file-forged",
            What::ReceiptForged { .. } => "receipt-forged",
            What::Unguarded => "triggers-missing",
        }
    }
}

impl Voucher {
    fn words(&self) -> String {
        match self {
            Self::Checkpoint => "a signed checkpoint".to_owned(),
            Self::File { given: false } => "a signed checkpoint in reports/".to_owned(),
            Self::File { given: true } => "a signed checkpoint that was given".to_owned(),
            Self::Receipt { id, school } => format!("the signed receipt {id} of {school}"),
        }
    }
}

/// `2026-11-21 17:30 UTC`.
pub(super) fn moment(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(format_description!(
            "[year]-[month]-[day] [hour]:[minute] UTC"
        ))
        .unwrap_or_default()
}
