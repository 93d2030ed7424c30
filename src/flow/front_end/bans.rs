//! Bans are the front end's to set and an operator's to lift.

use serde_json::json;

use crate::flow::{FlowError, command::Reply, house::House};
use crate::ledger::{Act, Actor, Verb};

/// Lifts every ban of an address, written as bans name it.
pub(in crate::flow) fn unban(
    house: &mut House,
    address: &str,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let lifted = house.front.lift(address)?;
    if lifted == 0 {
        return Ok(Reply::Refused {
            why: format!("nothing is banned under {address}"),
            next: "«pillarbox status» shows the bans there are".to_owned(),
        });
    }
    let at = house.now();
    house.ledger.write(|tx| {
        tx.record(&Act {
            at,
            actor: actor.clone(),
            verb: Verb::BanLifted,
            subject: address.to_owned(),
            school: None,
            detail: json!({"bans": lifted}),
        })
    })?;
    Ok(Reply::Done)
}
