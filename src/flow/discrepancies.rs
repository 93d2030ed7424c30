//! Discrepancies: what a school found wrong in what it received, and the council's answer (clause 2.3).

use serde::{Deserialize, Serialize};

use super::{FlowError, command::Reply, house::House};
use crate::{domain::ids::SubmissionId, ledger::Actor};

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

/// One discrepancy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyLine {
    /// In which file it came.
    pub id: SubmissionId,
}

/// Does what an analyst asks.
pub(super) fn answer(
    _house: &mut House,
    _command: DiscrepancyCommand,
    _actor: &Actor,
) -> Result<Reply, FlowError> {
    Ok(Reply::not_yet())
}
