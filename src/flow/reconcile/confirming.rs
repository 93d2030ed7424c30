//! An operator has read the report and says yes: in one commit the hold of the restore ends, and those that the
//! report named begin.

use serde_json::json;

use super::report::Report;
use crate::{
    domain::ids::SchoolId,
    flow::{FlowError, fault, house::House},
    ledger::{Act, Actor, Hold, Scope, Tx, Verb},
};

/// Confirms what was found.
pub fn confirm(house: &mut House, report: &Report, actor: &Actor) -> Result<(), FlowError> {
    let now = house.now();
    let in_force = house.ledger.view().holds()?;
    fault::point("reconcile-before-confirm");
    let held: Vec<(Scope, &String)> = holds(report);
    house.act(|tx| {
        for (scope, reason) in &held {
            if in_force.iter().any(|hold| hold.scope == *scope) {
                continue;
            }
            tx.hold(&Hold {
                scope: *scope,
                since: now,
                recall: false,
                reason: (*reason).clone(),
            })?;
            record(tx, Verb::HoldSet, *scope, now, actor, json!({"recall": false, "after_restore": true}))?;
        }
        let schools = &report.schools;
        let detail = json!({
            "backup_head": report.backup_head,
            "seen_head": report.seen_head,
            "ids_past": report.ids_past,
            "taken_again": schools.values().map(|one| one.taken_again.len()).sum::<usize>(),
            "withdrawn_again": schools.values().map(|one| one.withdrawn_again).sum::<u32>(),
            "erased_again": schools.values().map(|one| one.erased_again).sum::<u32>(),
            "missing": schools.values().flat_map(|one| &one.missing).map(|one| &one.id).collect::<Vec<_>>(),
            "held": schools.iter().filter(|(_, one)| one.hold.is_some()).map(|(id, _)| *id).collect::<Vec<SchoolId>>(),
            "held_all": report.hold_all.is_some(),
        });
        record(tx, Verb::LedgerReconciled, Scope::All, now, actor, detail)?;
        tx.restore_confirmed(now)?;
        Ok::<_, FlowError>(())
    })
}

fn holds(report: &Report) -> Vec<(Scope, &String)> {
    let of_schools = report.schools.iter();
    let of_schools =
        of_schools.filter_map(|(id, one)| Some((Scope::School(*id), one.hold.as_ref()?)));
    let of_all = report.hold_all.iter().map(|reason| (Scope::All, reason));
    of_all.chain(of_schools).collect()
}

fn record(
    tx: &Tx<'_>,
    verb: Verb,
    scope: Scope,
    at: time::OffsetDateTime,
    actor: &Actor,
    detail: serde_json::Value,
) -> Result<(), FlowError> {
    let school = match scope {
        Scope::All => None,
        Scope::School(school) => Some(school),
    };
    let subject = match (verb, school) {
        (Verb::LedgerReconciled, _) => "ledger".to_owned(),
        (_, Some(school)) => school.to_string(),
        (_, None) => "all".to_owned(),
    };
    tx.record(&Act {
        at,
        actor: actor.clone(),
        verb,
        subject,
        school,
        detail,
    })?;
    Ok(())
}
