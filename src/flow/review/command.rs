//! An analyst's commands on what is in doubt.

use serde::{Deserialize, Serialize};

use super::{listing, settling, tying};
use crate::{
    domain::ids::{PupilId, RecordMark, SchoolId, SubmissionId},
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
        record: RecordMark,
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

/// Does what an analyst asks.
pub(in crate::flow) fn answer(
    house: &mut House,
    command: ReviewCommand,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    match command {
        ReviewCommand::List { school } => listing::list(house, school, actor),
        ReviewCommand::Tie {
            school,
            pupil,
            record,
        } => tying::tie(house, (school, pupil), record, actor),
        ReviewCommand::Untie { school, pupil } => tying::untie(house, (school, pupil), actor),
        ReviewCommand::Undo { id, reason } => notices::undo(house, id, &reason, actor),
        ReviewCommand::Settle {
            id,
            pupil: Some(pupil),
            meant,
        } => settling::settle(house, (id, pupil), meant, actor),
        ReviewCommand::Settle {
            id,
            pupil: None,
            meant: true,
        } => notices::confirm(house, id, actor),
        ReviewCommand::Settle {
            pupil: None,
            meant: false,
            ..
        } => Ok(Reply::Refused {
            why: "a file of withdrawals is not kept as a whole".to_owned(),
            next: "undo it: pillarbox review undo ID --reason WORDS".to_owned(),
        }),
    }
}
