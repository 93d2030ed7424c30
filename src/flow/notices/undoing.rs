//! A large file of withdrawals waits for an analyst, who undoes it or says that it was meant (spec 3).

use std::sync::Arc;

use serde_json::json;

use super::opening::open_due;
use crate::{
    domain::{
        ids::SubmissionId,
        pupil::{Consent, Standing},
        receipt::{Kind, Outcome},
        school::School,
    },
    flow::{
        FlowError,
        command::Reply,
        house::House,
        recall,
        receipts::{self, Draft},
    },
    ledger::{Act, Actor, SealedConsent, Verb, Withdrawal},
};

/// Undoes what a large file withdrew. Whoever a later file speaks of stays as that file says.
pub(in crate::flow) fn undo(
    house: &mut House,
    id: SubmissionId,
    reason: &str,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let (school, withdrawn) = match waiting(house, id)? {
        Ok(waiting) => waiting,
        Err(refused) => return Ok(refused),
    };
    let restored = restored(house, id, &withdrawn)?;
    let (desk, now) = (house.desk(), house.now());
    let count = restored.len();
    let draft = Draft {
        notes: vec![undone_for(id, &restored), format!("Reason: {reason}")],
        ..Draft::of(id.to_string(), "undone", Kind::Withdrawal, Outcome::Closed)
    };
    house.act(|tx| {
        tx.save_consents(&restored)?;
        tx.forget_remembered(school.id, id)?;
        tx.undone(school.id, id)?;
        let settled: Vec<_> = withdrawn.iter().map(|one| one.pupil).collect();
        tx.withdrawals_settled(id, &settled)?;
        let head = tx.record(&Act {
            at: now,
            actor: actor.clone(),
            verb: Verb::ReviewUndone,
            subject: id.to_string(),
            school: Some(school.id),
            detail: json!({"restored": count, "left": withdrawn.len() - count}),
        })?;
        let _ = tx.put_receipt(&desk.write(draft, &school, now, head)?)?;
        Ok::<_, FlowError>(())
    })?;
    // Consents changed: files are looked at again before the school is answered.
    recall::sweep(house)?;
    receipts::publish_waiting(house)?;
    Ok(Reply::Done)
}

/// Says that a large file was meant: its notices go out.
pub(in crate::flow) fn confirm(
    house: &mut House,
    id: SubmissionId,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let (school, withdrawn) = match waiting(house, id)? {
        Ok(waiting) => waiting,
        Err(refused) => return Ok(refused),
    };
    let now = house.now();
    house.act(|tx| {
        tx.release_brake(id)?;
        tx.record(&Act {
            at: now,
            actor: actor.clone(),
            verb: Verb::ReviewSettled,
            subject: id.to_string(),
            school: Some(school.id),
            detail: json!({"meant": true, "pupils": withdrawn.len()}),
        })?;
        Ok::<_, FlowError>(())
    })?;
    open_due(house)?;
    receipts::publish_waiting(house)?;
    Ok(Reply::Done)
}

/// What of a file waits for an analyst, and of which school; or why there is nothing to decide.
#[expect(
    clippy::type_complexity,
    reason = "a refusal is an answer here, and no error"
)]
fn waiting(
    house: &House,
    id: SubmissionId,
) -> Result<Result<(Arc<School>, Vec<Withdrawal>), Reply>, FlowError> {
    let mut withdrawn = house.ledger.view().withdrawals_of(id)?;
    withdrawn.retain(|one| one.braked);
    let Some(first) = withdrawn.first() else {
        return Ok(Err(Reply::Refused {
            why: format!("no withdrawals of {id} wait for an analyst"),
            next: "«pillarbox review list» shows what does; a withdrawal whose notice went out ends with a consent of a later date".to_owned(),
        }));
    };
    Ok(Ok((house.school_of(first.school)?, withdrawn)))
}

/// The consents as they were before, as far as nothing else changed them since. Where a complete list of the
/// cohort came later, nobody knows any more who of them was on it: they count as lapsed until the next.
fn restored(
    house: &House,
    id: SubmissionId,
    withdrawn: &[Withdrawal],
) -> Result<Vec<SealedConsent>, FlowError> {
    let view = house.ledger.view();
    let lists = match withdrawn.first() {
        Some(first) => view.last_lists(first.school)?,
        None => Vec::new(),
    };
    let listed_since = |cohort| {
        let mut of_cohort = lists.iter().filter(|list| list.cohort == cohort);
        of_cohort.any(|list| list.submission > id)
    };
    let mut restored = Vec::new();
    for one in withdrawn {
        let Some(sealed) = view.consent(one.school, one.pupil)? else {
            continue;
        };
        let consent = sealed.open(&house.vault)?;
        if consent.source != id || !matches!(consent.standing, Standing::Withdrawn(_)) {
            continue;
        }
        let standing = match one.was {
            Standing::InForce if listed_since(consent.pupil.cohort()) => Standing::Lapsed,
            was => was,
        };
        let consent = Consent {
            standing,
            held_by: one.was_held_by,
            version: consent.version.saturating_add(1),
            ..consent
        };
        restored.push(SealedConsent::seal(&house.vault, one.school, &consent));
    }
    Ok(restored)
}

/// What the school reads first.
fn undone_for(id: SubmissionId, restored: &[SealedConsent]) -> String {
    let lapsed = restored
        .iter()
        .filter(|consent| consent.facts().standing == Standing::Lapsed)
        .count();
    let again = pupils(restored.len() - lapsed);
    let undone = format!("The council undid the withdrawals of {id}: {again} may be shared again.");
    if lapsed == 0 {
        return undone;
    }
    let others = pupils(lapsed);
    format!(
        "{undone} A list of yours came after it; {others} will be shared again when you send that list once more."
    )
}

fn pupils(count: usize) -> String {
    match count {
        1 => "one pupil".to_owned(),
        count => format!("{count} pupils"),
    }
}
