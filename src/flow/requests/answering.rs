//! What an officer sees of requests that wait, and says to them.

use serde::{Deserialize, Serialize};

use crate::{
    domain::ids::RequestId,
    flow::{FlowError, command::Reply, house::House},
    ledger::Actor,
};

/// What an officer asks of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum RequestCommand {
    /// Show what waits.
    List,
    /// Say yes.
    Approve {
        /// To which.
        id: RequestId,
    },
    /// Say no.
    Decline {
        /// To which.
        id: RequestId,
        /// Why, in words for the school.
        reason: String,
    },
}

/// One request that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLine {
    /// Which.
    pub id: RequestId,
}

/// Does what an officer asks.
pub(in crate::flow) fn answer(
    _house: &mut House,
    _command: RequestCommand,
    _actor: &Actor,
) -> Result<Reply, FlowError> {
    Ok(Reply::not_yet())
}
