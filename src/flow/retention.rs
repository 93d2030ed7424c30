//! What is kept only so long: the sealed copies of uploads (clause 2.5).

use serde_json::json;

use super::{FlowError, house::House};
use crate::ledger::{Act, Actor, Verb};

/// Removes the sealed copies of uploads that are older than `retention.uploads`.
pub fn remove_old_uploads(house: &mut House) -> Result<(), FlowError> {
    let now = house.now();
    let old = house
        .ledger
        .view()
        .spooled_before(now - house.settings.retention.uploads)?;
    if old.is_empty() {
        return Ok(());
    }
    for upload in &old {
        house.spool.remove(&upload.spool)?;
    }
    let ids: Vec<_> = old.iter().map(|upload| upload.id).collect();
    house.ledger.write(|tx| {
        tx.spool_removed(&ids)?;
        tx.record(&Act {
            at: now,
            actor: Actor::System,
            verb: Verb::UploadsErased,
            subject: "spool".to_owned(),
            school: None,
            detail: json!({"count": ids.len()}),
        })?;
        Ok::<_, FlowError>(())
    })
}
