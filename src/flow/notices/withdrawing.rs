//! A pupil tells the council, and not the school, that consent is withdrawn.

use serde::{Deserialize, Serialize};

use crate::{
    domain::ids::{SchoolId, SubmissionId},
    flow::{FlowError, command::Reply, house::House, who::Who},
    ledger::Actor,
};

/// Withdraw a consent for a pupil who told the council.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdraw {
    /// The school that collected the consent.
    pub school: SchoolId,
    /// Whose consent.
    pub who: Who,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Under which number it stands in the record.
    pub id: SubmissionId,
}

/// Withdraws.
pub(in crate::flow) fn withdraw(
    _house: &mut House,
    _command: &Withdraw,
    _actor: &Actor,
) -> Result<Reply, FlowError> {
    Ok(Reply::not_yet())
}
