//! The queue of requests: who waits, what was granted, and what becomes of those that wait when a hold
//! comes or an agreement ends.

use std::sync::Arc;

use serde_json::json;
use time::{Date, Duration, OffsetDateTime};

use crate::{
    calendar::{instant, local_day},
    domain::{
        ids::{RequestId, SchoolId},
        receipt::{Kind, Outcome, RequestFacts, TrailHead},
        school::{AgreementStanding, School},
    },
    flow::{FlowError, house::House, receipts::Draft},
    ledger::{Act, Actor, Answer, Request, Tx, Verb, View},
    policy::requests::{Approval, Granted, RequestRules, Waiting},
};

/// Who waits, first come first; and what was granted, which counts for intervals and capacity.
pub(super) fn queue(
    view: &View<'_>,
    today: Date,
    rules: RequestRules,
) -> Result<(Vec<Waiting>, Vec<Granted>), FlowError> {
    let waiting = view.waiting_requests()?;
    let since = instant(today.midnight()) - Duration::days(i64::from(rules.min_interval_days) + 1);
    let granted = view.granted_on_or_after(since)?;
    let granted = granted.into_iter().filter_map(|r| {
        Some(Granted {
            school: r.asked.school,
            on: local_day(r.answered_at?),
        })
    });
    Ok((waiting.iter().map(as_waiting).collect(), granted.collect()))
}

/// A request as the rules see it.
pub(super) fn as_waiting(request: &Request) -> Waiting {
    Waiting {
        id: request.id,
        school: request.asked.school,
        approval: match request.approved_at {
            Some(_) => Approval::Given,
            None => Approval::NotGiven,
        },
    }
}

/// Grants a request whose turn has come.
pub(super) fn grant(
    tx: &Tx<'_>,
    id: RequestId,
    school: SchoolId,
    now: OffsetDateTime,
) -> Result<TrailHead, FlowError> {
    tx.grant(id, now, None)?;
    Ok(tx.record(&act(Verb::RequestGranted, id, school, &Actor::System, now))?)
}

/// The turn of a request has come and meets a hold: the school is told so once, and the request keeps its
/// place until the hold ends (spec 6).
pub(super) fn tell_of_hold(
    house: &mut House,
    id: RequestId,
    school: &Arc<School>,
) -> Result<(), FlowError> {
    let told = house.ledger.view().receipt(&id.to_string(), ON_HOLD)?;
    if told.is_some() {
        return Ok(());
    }
    let note = "The council has put all sharing on hold for now. Your request keeps its place and goes when the hold ends; you need not ask again.";
    let (desk, now) = (house.desk(), house.now());
    house.act(|tx| {
        let head = tx.record(&act(Verb::RequestHeld, id, school.id, &Actor::System, now))?;
        let draft = receipt(id, ON_HOLD, Outcome::Held, note.to_owned());
        let _ = tx.put_receipt(&desk.write(draft, school, now, head)?)?;
        Ok(())
    })
}

/// A request that waits while its school's agreement ends is answered: nothing can come of it any more.
pub(super) fn close_without_agreement(house: &mut House) -> Result<(), FlowError> {
    let (desk, now, today) = (house.desk(), house.now(), house.today());
    for request in house.ledger.view().waiting_requests()? {
        // A school whose file could not be read yet has its turn when it is mended.
        let Some(school) = house.schools.of(request.asked.school).cloned() else {
            continue;
        };
        if school.standing(today) == AgreementStanding::InForce {
            continue;
        }
        let note = "There is no information sharing agreement in force between your school and the council any more, so that nothing can be released. Ask again once there is one.";
        house.act(|tx| {
            tx.answer(request.id, Answer::Held, now)?;
            let head = tx.record(&act(
                Verb::RequestHeld,
                request.id,
                school.id,
                &Actor::System,
                now,
            ))?;
            let draft = receipt(request.id, CLOSED, Outcome::Held, note.to_owned());
            let _ = tx.put_receipt(&desk.write(draft, &school, now, head)?)?;
            Ok::<_, FlowError>(())
        })?;
    }
    Ok(())
}

/// A receipt under the request's own number.
pub(super) fn receipt(id: RequestId, title: &str, outcome: Outcome, note: String) -> Draft {
    Draft {
        request: Some(RequestFacts {
            id,
            position: None,
            not_before: None,
        }),
        notes: vec![note],
        ..Draft::of(id.to_string(), title, Kind::Request, outcome)
    }
}

/// What is told to the trail: a school's or an officer's own words are for the receipt alone.
pub(super) fn act(
    verb: Verb,
    id: RequestId,
    school: SchoolId,
    actor: &Actor,
    at: OffsetDateTime,
) -> Act {
    Act {
        at,
        actor: actor.clone(),
        verb,
        subject: id.to_string(),
        school: Some(school),
        detail: json!({}),
    }
}

/// What tells the receipts of one request apart.
const ON_HOLD: &str = "held";
const CLOSED: &str = "closed";
