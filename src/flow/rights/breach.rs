//! Who is affected by a lost file, a stolen key, or a school's copies in the wrong hands (clause 2.8).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    domain::ids::{ReleaseId, SchoolId},
    flow::{FlowError, command::Reply, house::House},
    ledger::Actor,
};

/// Look up who is affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// By what.
    pub about: Lost,
    /// When it became known; now without it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub known_at: Option<OffsetDateTime>,
}

/// What was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lost {
    /// A release's file, opened.
    Release(ReleaseId),
    /// A person's key, by its fingerprint.
    Key(String),
    /// All that a school holds.
    School(SchoolId),
}

/// Who is affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachReport {}

/// Looks it up.
pub(in crate::flow) fn breach(
    _house: &mut House,
    _command: &Breach,
    _actor: &Actor,
) -> Result<Reply, FlowError> {
    Ok(Reply::not_yet())
}
