//! Holds: all sharing stops at once, for one school or for all, until somebody ends it.

use std::{collections::HashSet, sync::Arc};

use serde_json::json;

use super::{
    FlowError,
    command::{Reply, Scope},
    house::House,
    recall,
};
use crate::{
    domain::{ids::SchoolId, school::School},
    ledger::{self, Act, Actor, Hold, Verb, View},
};

/// The schools whose sharing is on hold.
pub(super) struct OnHold {
    all: bool,
    schools: HashSet<SchoolId>,
}

impl OnHold {
    /// Whether this school's sharing is on hold.
    pub(super) fn contains(&self, school: SchoolId) -> bool {
        self.all || self.schools.contains(&school)
    }
}

/// Reads the holds in force.
pub(super) fn schools_on_hold(view: &View<'_>) -> Result<OnHold, FlowError> {
    let holds = view.holds()?;
    Ok(OnHold {
        all: holds.iter().any(|hold| hold.scope == ledger::Scope::All)
            || view.unconfirmed_restore()?.is_some(),
        schools: holds
            .iter()
            .filter_map(|hold| match hold.scope {
                ledger::Scope::School(school) => Some(school),
                ledger::Scope::All => None,
            })
            .collect(),
    })
}

/// Puts sharing on hold; with `recall` the outboxes are emptied as well.
pub(super) fn hold(
    house: &mut House,
    scope: Scope,
    reason: &str,
    recall: bool,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let schools = schools_of(house, scope)?;
    let now = house.now();
    house.act(|tx| {
        tx.hold(&Hold {
            scope: of_ledger(scope),
            since: now,
            recall,
            reason: reason.to_owned(),
        })?;
        tx.record(&act(
            Verb::HoldSet,
            scope,
            actor,
            now,
            json!({"recall": recall}),
        ))?;
        Ok::<_, FlowError>(())
    })?;
    if recall {
        recall::empty_outboxes(house, &schools, actor)?;
    }
    Ok(Reply::Done)
}

/// Empties what a hold was to empty and a crash has left: under such a hold nothing lies in an outbox.
pub(super) fn finish_recalls(house: &mut House) -> Result<(), FlowError> {
    let holds = house.ledger.view().holds()?;
    for hold in holds.iter().filter(|hold| hold.recall) {
        let scope = match hold.scope {
            ledger::Scope::All => Scope::All,
            ledger::Scope::School(school) => Scope::School(school),
        };
        // A school whose file can't be read has its turn when it is mended.
        let schools = schools_of(house, scope).unwrap_or_default();
        recall::empty_outboxes(house, &schools, &Actor::System)?;
    }
    Ok(())
}

/// Ends a hold. A hold on all schools is ended for all, and one on a school for that school.
pub(super) fn resume(house: &mut House, scope: Scope, actor: &Actor) -> Result<Reply, FlowError> {
    schools_of(house, scope)?;
    let now = house.now();
    let in_force = house
        .ledger
        .view()
        .holds()?
        .iter()
        .any(|hold| hold.scope == of_ledger(scope));
    if in_force {
        house.act(|tx| {
            tx.resume(of_ledger(scope))?;
            tx.record(&act(Verb::HoldLifted, scope, actor, now, json!({})))?;
            Ok::<_, FlowError>(())
        })?;
        return Ok(Reply::Done);
    }
    Ok(Reply::Refused {
        why: "no such hold is in force".to_owned(),
        next:
            "see «pillarbox status» for the holds there are; a hold on all ends with «resume --all»"
                .to_owned(),
    })
}

/// Why a release of this scope can't go ahead, where a hold covers all of it.
pub(super) fn refusal(house: &House, scope: Scope) -> Result<Option<Reply>, FlowError> {
    let on_hold = schools_on_hold(&house.ledger.view())?;
    let covered = match scope {
        Scope::All => on_hold.all,
        Scope::School(school) => on_hold.contains(school),
    };
    let next = if on_hold.all {
        "pillarbox resume --all".to_owned()
    } else {
        format!("pillarbox resume {}", flag(scope))
    };
    Ok(covered.then(|| Reply::Refused {
        why: "sharing is on hold".to_owned(),
        next: format!("when the reason is gone: {next}"),
    }))
}

fn of_ledger(scope: Scope) -> ledger::Scope {
    scope
        .school()
        .map_or(ledger::Scope::All, ledger::Scope::School)
}

fn flag(scope: Scope) -> String {
    match scope {
        Scope::All => "--all".to_owned(),
        Scope::School(school) => format!("--school {school}"),
    }
}

fn schools_of(house: &House, scope: Scope) -> Result<Vec<Arc<School>>, FlowError> {
    match scope {
        Scope::All => Ok(house.schools.iter().cloned().collect()),
        Scope::School(id) => Ok(vec![house.school_of(id)?]),
    }
}

fn act(
    verb: Verb,
    scope: Scope,
    actor: &Actor,
    at: time::OffsetDateTime,
    detail: serde_json::Value,
) -> Act {
    let school = scope.school();
    let subject = school.map_or_else(|| "all".to_owned(), |id| id.to_string());
    Act {
        at,
        actor: actor.clone(),
        verb,
        subject,
        school,
        detail,
    }
}
