//! Sealed copies of uploads, and what schools wrote of discrepancies that were answered, which is an upload's
//! words. They go as soon as their time is over, at any pass.

use serde_json::json;

use crate::{
    flow::{FlowError, house::House},
    ledger::{Act, Actor, Verb},
};

/// Removes the sealed copies of uploads that are older than `retention.uploads`.
pub fn remove_old_uploads(house: &mut House) -> Result<(), FlowError> {
    let now = house.now();
    let end = now - house.settings.retention.uploads;
    let view = house.ledger.view();
    let (old, words) = (
        view.spooled_before(end)?,
        view.answered_discrepancies_before(end)?,
    );
    if old.is_empty() && words == 0 {
        return Ok(());
    }
    // The copy goes first: should the process die here, the next pass finds nothing to remove.
    for upload in &old {
        house.spool.remove(&upload.spool)?;
    }
    let ids: Vec<_> = old.iter().map(|upload| upload.id).collect();
    house.ledger.write(|tx| {
        tx.spool_removed(&ids)?;
        let words = tx.erase_answered_discrepancies(end)?;
        tx.record(&Act {
            at: now,
            actor: Actor::System,
            verb: Verb::UploadsErased,
            subject: "spool".to_owned(),
            school: None,
            detail: json!({"count": ids.len(), "discrepancies": words}),
        })?;
        Ok::<_, FlowError>(())
    })
}
