//! A school confirms that it destroyed what a notice asked for.

use serde_json::json;
use time::OffsetDateTime;

use crate::{
    domain::{
        ids::NoticeId,
        receipt::{Kind, Outcome},
    },
    flow::{
        FlowError,
        receipts::{Desk, Draft},
        upload::Taken,
    },
    ledger::{Act, Actor, Tx, Verb},
};

/// Closes these notices, which an upload confirms, each with a receipt of its own.
pub(in crate::flow) fn close(
    tx: &Tx<'_>,
    desk: &Desk,
    taken: &Taken,
    confirmed: &[NoticeId],
    now: OffsetDateTime,
) -> Result<(), FlowError> {
    let school = &taken.upload.school;
    for id in confirmed {
        // Two confirmations that were judged side by side close it once.
        if tx
            .notice(*id)?
            .is_none_or(|notice| notice.closed_at.is_some())
        {
            continue;
        }
        tx.close_notice(*id, now, taken.id)?;
        let head = tx.record(&Act {
            at: now,
            actor: Actor::School {
                id: school.id,
                key: taken.upload.by.clone(),
            },
            verb: Verb::NoticeClosed,
            subject: id.to_string(),
            school: Some(school.id),
            detail: json!({"submission": taken.id}),
        })?;
        let draft = Draft::of(
            id.to_string(),
            Outcome::Closed.word(),
            Kind::Notice,
            Outcome::Closed,
        );
        let _ = tx.put_receipt(&desk.write(draft, school, now, head)?)?;
    }
    Ok(())
}
