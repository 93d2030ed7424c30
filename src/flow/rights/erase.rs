//! Erasure: what names a person goes, the trail and a mark that nothing more is shared stay.

use serde::{Deserialize, Serialize};

use crate::{
    flow::{FlowError, command::Reply, house::House, who::Who},
    ledger::Actor,
};

/// Erase what is kept on one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erase {
    /// Whom.
    pub who: Who,
}

/// What was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {}

/// Erases it.
pub(in crate::flow) fn erase(
    _house: &mut House,
    _command: &Erase,
    _actor: &Actor,
) -> Result<Reply, FlowError> {
    Ok(Reply::not_yet())
}
