//! What was found of the lost time, per school: for an operator to read before saying yes. It names no pupil and
//! no file.

use std::collections::BTreeMap;

use serde::Serialize;
use time::OffsetDateTime;

use crate::{
    domain::{
        ids::{SchoolId, SubmissionId},
        receipt::{Kind, TrailHead},
    },
    ledger::Counters,
};

/// All that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Of which moment the backup tells.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// The trail's last row in it.
    pub backup_head: TrailHead,
    /// The highest head on any receipt since; what is between the two is lost.
    pub seen_head: Option<TrailHead>,
    /// Numbers go on after these.
    pub ids_past: Counters,
    /// Schools of which there is something to tell.
    pub schools: BTreeMap<SchoolId, SchoolReport>,
    /// Why all sharing stays on hold after the confirmation, where it does.
    pub hold_all: Option<String>,
    /// What an operator should look at.
    pub to_look_at: Vec<String>,
}

/// One school.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SchoolReport {
    /// Receipts written since the backup.
    pub receipts: u32,
    /// Uploads that were taken again from their sealed copies.
    pub taken_again: Vec<TakenAgain>,
    /// Withdrawals told to the council that were done again.
    pub withdrawn_again: u32,
    /// Erasures that were done again.
    pub erased_again: u32,
    /// Uploads that nobody had answered, and that are taken now.
    pub taken_now: u32,
    /// Releases of the lost time: whom they told of, nobody here knows.
    pub releases_lost: Vec<String>,
    /// Uploads that were answered and are nowhere.
    pub missing: Vec<MissingUpload>,
    /// Receipts that were put back into the box, which did not have them.
    pub receipts_put_back: u32,
    /// Receipts in the box that are not signed by this council.
    pub unproved: u32,
    /// Why the school's sharing stays on hold after the confirmation, with what to ask.
    pub hold: Option<String>,
}

/// An upload under its new number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TakenAgain {
    /// The new one.
    pub id: SubmissionId,
    /// The lost one, on the school's receipt.
    pub was: String,
}

/// An upload that is nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingUpload {
    /// Its number on the school's receipt.
    pub id: String,
    /// What it was.
    pub kind: Kind,
    /// When it was answered.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Whether it may have stopped sharing for somebody.
    pub may_stop_sharing: bool,
}

impl Report {
    /// A school's part.
    pub(super) fn school(&mut self, id: SchoolId) -> &mut SchoolReport {
        self.schools.entry(id).or_default()
    }
}
