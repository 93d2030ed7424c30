//! From the school's file to the release: what is granted at once, what waits, and whose turn it is.

use time::{Date, OffsetDateTime};

use super::queue::{close_without_agreement, grant, queue, tell_of_hold};
use crate::flow::{
    FlowError,
    arrivals::Patience,
    extract, hold,
    house::House,
    judging::Ask,
    receipts::Draft,
    release::{Cause, Occasion, release},
    schedule::extract_ready,
    upload::Taken,
    words::long_day,
};
use crate::{
    domain::receipt::{Outcome, RequestFacts, Trigger},
    ledger::{Actor, Answer, NewRequest, Tx},
    policy::requests::{Approval, Decision, RequestRules, Wait, Waiting, decide, due},
};

/// Records a request with its submission, and says on the receipt what becomes of it.
pub(in crate::flow) fn ask(
    tx: &Tx<'_>,
    taken: &Taken,
    ask: &Ask,
    draft: &mut Draft,
    rules: RequestRules,
    now: OffsetDateTime,
    today: Date,
) -> Result<(), FlowError> {
    let school = taken.upload.school.id;
    let on_hold = hold::schools_on_hold(tx)?.contains(school);
    let (waiting, granted) = queue(tx, today, rules)?;
    let reason = ask.reason.to_string();
    let id = tx.ask(&NewRequest {
        school,
        submission: Some(taken.id),
        asked_at: now,
        reason,
    })?;
    let mut facts = RequestFacts {
        id,
        position: None,
        not_before: None,
    };
    let asked = Waiting {
        id,
        school,
        approval: Approval::NotGiven,
    };
    if on_hold {
        tx.answer(id, Answer::Held, now)?;
        draft.outcome = Outcome::Held;
        draft.notes.push(
            "The council has put all sharing on hold for now; please ask again later.".to_owned(),
        );
    } else {
        let standing = taken.upload.school.standing(today);
        match decide(&asked, standing, (&waiting, &granted), rules, today) {
            Decision::Granted => tx.grant(id, now, None)?,
            Decision::Held(_) => {
                tx.answer(id, Answer::Held, now)?;
                draft.outcome = Outcome::Held;
            }
            Decision::Queued {
                position,
                not_before,
                why,
            } => {
                draft.outcome = Outcome::Queued;
                draft.notes.push(waits(position, not_before, why));
                (facts.position, facts.not_before) = (Some(position), not_before);
            }
        }
    }
    draft.request = Some(facts);
    Ok(())
}

/// Grants what may go today, and makes the releases of all that is granted.
pub fn serve(house: &mut House, patience: Patience) -> Result<(), FlowError> {
    close_without_agreement(house)?;
    grant_due(house)?;
    for request in house.ledger.view().granted_unserved()? {
        // A school whose file could not be read yet has its turn when it is mended.
        let Some(school) = house.schools.of(request.asked.school).cloned() else {
            continue;
        };
        if hold::schools_on_hold(&house.ledger.view())?.contains(school.id) {
            tell_of_hold(house, request.id, &school)?;
            continue;
        }
        let granted_at = request.answered_at.unwrap_or(request.asked.asked_at);
        if !extract_ready(house, granted_at, patience)? {
            continue;
        }
        let ready = extract::ready_at(house, house.now(), false)?;
        let cause = Cause {
            trigger: Trigger::Request,
            occasion: Some(Occasion::Request(request.id)),
            actor: Actor::School {
                id: school.id,
                key: None,
            },
        };
        release(house, &[school], &cause, &ready)?;
    }
    Ok(())
}

/// Grants the requests that have waited long enough. Those whose turn meets a hold keep their place, and
/// take nobody else's.
fn grant_due(house: &mut House) -> Result<(), FlowError> {
    let (today, now, rules) = (house.today(), house.now(), house.request_rules());
    let view = house.ledger.view();
    let (mut waiting, granted) = queue(&view, today, rules)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let on_hold = hold::schools_on_hold(&view)?;
    for id in due(&waiting, &granted, rules, today) {
        let asks = waiting.iter().find(|w| w.id == id).map(|w| w.school);
        let school = asks.filter(|school| on_hold.contains(*school));
        if let Some(school) = school.and_then(|id| house.schools.of(id).cloned()) {
            tell_of_hold(house, id, &school)?;
        }
    }
    waiting.retain(|request| !on_hold.contains(request.school));
    let ready = due(&waiting, &granted, rules, today);
    if ready.is_empty() {
        return Ok(());
    }
    house.act(|tx| {
        for request in waiting.iter().filter(|w| ready.contains(&w.id)) {
            let _ = grant(tx, request.id, request.school, now)?;
        }
        Ok(())
    })
}

pub(super) fn waits(position: u32, not_before: Option<Date>, why: Wait) -> String {
    let why = match why {
        Wait::Approval => "the council's approval",
        Wait::Interval => "the time between two requests of one school",
        Wait::Capacity => "the council's capacity",
    };
    let day = not_before.map_or_else(String::new, |day| {
        format!(" It goes on {} at the earliest.", long_day(day))
    });
    format!("Your request is number {position} of those that wait; it waits for {why}.{day}")
}
