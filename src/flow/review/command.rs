//! An analyst's commands on what is in doubt.

use serde::{Deserialize, Serialize};

use crate::{
    domain::ids::{PupilId, SchoolId, SubmissionId},
    flow::{FlowError, command::Reply, house::House, notices},
    ledger::Actor,
};

/// What an analyst asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum ReviewCommand {
    /// Show what is in doubt.
    List {
        /// Of one school, or of all.
        school: Option<SchoolId>,
    },
    /// Tie a consent to a record.
    Tie {
        /// Of which school.
        school: SchoolId,
        /// Whose consent.
        pupil: PupilId,
        /// The record, by the mark that the list shows.
        record: String,
    },
    /// Undo such a tie.
    Untie {
        /// Of which school.
        school: SchoolId,
        /// Whose consent.
        pupil: PupilId,
    },
    /// Undo a large file of withdrawals.
    Undo {
        /// Which.
        id: SubmissionId,
        /// Why; it stands on the school's receipt.
        reason: String,
    },
    /// Settle what a file of withdrawals meant.
    Settle {
        /// Which.
        id: SubmissionId,
        /// Whom it holds nearly; none for a large file as a whole.
        pupil: Option<PupilId>,
        /// Whether it meant to withdraw.
        meant: bool,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewReply {}

/// Does what an analyst asks.
pub(in crate::flow) fn answer(
    house: &mut House,
    command: ReviewCommand,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    match command {
        ReviewCommand::Undo { id, reason } => notices::undo(house, id, &reason, actor),
        ReviewCommand::Settle {
            id,
            pupil: None,
            meant: true,
        } => notices::confirm(house, id, actor),
        _ => Ok(Reply::not_yet()),
    }
}
