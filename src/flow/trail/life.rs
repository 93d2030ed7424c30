//! The daemon's beginning and its clean end, in the trail: what is missing between the two is a crash.

use serde_json::json;

use crate::flow::{FlowError, house::House};
use crate::ledger::{Act, Actor, Verb};

/// The daemon began.
pub fn started(house: &mut House) -> Result<(), FlowError> {
    record(house, Verb::DaemonStarted)
}

/// The daemon ends, with nothing half done.
pub fn stopped(house: &mut House) -> Result<(), FlowError> {
    record(house, Verb::DaemonStopped)
}

fn record(house: &mut House, verb: Verb) -> Result<(), FlowError> {
    let at = house.now();
    house.ledger.write(|tx| {
        tx.record(&Act {
            at,
            actor: Actor::System,
            verb,
            subject: "pillarbox".to_owned(),
            school: None,
            detail: json!({"version": env!("CARGO_PKG_VERSION")}),
        })?;
        Ok::<_, FlowError>(())
    })
}
