//! «What was shared about me?»

use serde::{Deserialize, Serialize};

use crate::{
    flow::{FlowError, command::Reply, house::House, who::Who},
    ledger::Actor,
};

/// Look up what was shared about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Whom.
    pub who: Who,
}

/// What was shared about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectReport {}

/// Looks it up.
pub(in crate::flow) fn subject(
    _house: &mut House,
    _command: &Subject,
    _actor: &Actor,
) -> Result<Reply, FlowError> {
    Ok(Reply::not_yet())
}
