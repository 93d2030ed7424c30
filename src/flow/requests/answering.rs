//! What an officer sees of requests that wait, and says to them.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::{
    queue::{act, as_waiting, grant, queue, receipt},
    serving::{serve, waits},
};
use crate::{
    calendar::local_day,
    domain::{
        ids::{ReleaseId, RequestId, SchoolId, SubmissionId},
        receipt::{Outcome, RequestFacts},
        school::{AgreementStanding, School},
    },
    flow::{
        FlowError,
        answers::{for_school, publish},
        arrivals::Patience,
        command::Reply,
        extract, hold,
        house::House,
        unfinished,
        words::long_day,
    },
    ledger::{Actor, Answer, Request, RequestState, Tx, Verb},
    policy::requests::{Approval, Decision, RequestRules, Wait, Waiting, decide},
};

/// What an officer asks of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum RequestCommand {
    /// Show what waits.
    List,
    /// Say yes.
    Approve {
        /// To which.
        id: RequestId,
    },
    /// Say no.
    Decline {
        /// To which.
        id: RequestId,
        /// Why, in words for the school.
        reason: String,
    },
}

/// One request that waits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLine {
    /// Which.
    pub id: RequestId,
    /// Who asks.
    pub school: SchoolId,
    /// The school's name.
    pub school_name: String,
    /// In which file.
    pub submission: Option<SubmissionId>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub asked_at: OffsetDateTime,
    /// The school's reason, for the officer.
    pub reason: String,
    /// When an officer said yes.
    #[serde(with = "time::serde::rfc3339::option")]
    pub approved_at: Option<OffsetDateTime>,
    /// What it waits for.
    pub waits_for: WaitsFor,
    /// Its place among all that wait, from 1.
    pub position: u32,
    /// The first day on which it can go as things stand.
    pub not_before: Option<Date>,
}

impl fmt::Debug for RequestLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestLine({}, {:?}, …)", self.id, self.waits_for)
    }
}

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitsFor {
    /// An officer's yes.
    Approval,
    /// The time between two requests of one school.
    Interval,
    /// The council's capacity.
    Capacity,
    /// The end of a hold.
    Hold,
    /// An agreement in force.
    Agreement,
    /// Nothing: it goes at the next look.
    Turn,
}

/// What came of an officer's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestAnswered {
    /// Which.
    pub id: RequestId,
    /// What was said.
    pub answer: OfficerSaid,
    /// Its place among all that wait, from 1, where it waits.
    pub position: Option<u32>,
    /// The first day on which it can go as things stand.
    pub not_before: Option<Date>,
    /// The release that came of it, where there is one already.
    pub release: Option<ReleaseId>,
}

/// What an officer's answer came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfficerSaid {
    /// Yes, and it goes now.
    Granted,
    /// Yes, and it waits for its turn.
    Approved,
    /// No.
    Declined,
}

/// Does what an officer asks.
pub(in crate::flow) fn answer(
    house: &mut House,
    command: RequestCommand,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    match command {
        RequestCommand::List => list(house),
        RequestCommand::Approve { id } => approve(house, id, actor),
        RequestCommand::Decline { id, reason } => decline(house, id, &reason, actor),
    }
}

fn list(house: &House) -> Result<Reply, FlowError> {
    let (view, today, rules) = (house.ledger.view(), house.today(), house.request_rules());
    let (waiting, granted) = queue(&view, today, rules)?;
    let on_hold = hold::schools_on_hold(&view)?;
    let mut requests = Vec::with_capacity(waiting.len());
    for (request, place) in view.waiting_requests()?.into_iter().zip(1..) {
        let standing = standing(house, request.asked.school);
        let as_one = as_waiting(&request);
        let (waits_for, not_before) =
            match decide(&as_one, standing, (&waiting, &granted), rules, today) {
                Decision::Held(_) => (WaitsFor::Agreement, None),
                Decision::Queued {
                    not_before, why, ..
                } => (WaitsFor::of(why), not_before),
                Decision::Granted if on_hold.contains(request.asked.school) => {
                    (WaitsFor::Hold, None)
                }
                Decision::Granted => (WaitsFor::Turn, Some(today)),
            };
        requests.push(RequestLine {
            id: request.id,
            school: request.asked.school,
            school_name: house.name_of(request.asked.school),
            submission: request.asked.submission,
            asked_at: request.asked.asked_at,
            reason: request.asked.reason,
            approved_at: request.approved_at,
            waits_for,
            position: place,
            not_before,
        });
    }
    Ok(Reply::Requests { requests })
}

impl RequestAnswered {
    fn of(id: RequestId, answer: OfficerSaid) -> Self {
        Self {
            id,
            answer,
            position: None,
            not_before: None,
            release: None,
        }
    }
}

impl WaitsFor {
    fn of(wait: Wait) -> Self {
        match wait {
            Wait::Approval => Self::Approval,
            Wait::Interval => Self::Interval,
            Wait::Capacity => Self::Capacity,
        }
    }
}

/// An officer says yes. What may go now goes now; interval and capacity count for approved ones as well.
fn approve(house: &mut House, id: RequestId, actor: &Actor) -> Result<Reply, FlowError> {
    let (request, school) = match that_waits(house, id)? {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    if let Some(at) = request.approved_at {
        let why = format!(
            "{id} was approved on {}, and waits for its turn",
            long_day(local_day(at))
        );
        return Ok(refused(why));
    }
    if school.standing(house.today()) != AgreementStanding::InForce {
        return Ok(refused(format!(
            "the agreement with {} is not in force, so that {id} can't be granted",
            school.id
        )));
    }
    let said = say_yes(house, &request, &school, actor)?;
    if said.answer == OfficerSaid::Granted {
        // What stands in the way of the release now is told, and tried again at the next pass.
        let doing = "releasing on request";
        match bring_about(house) {
            Ok(()) => house.calm(doing),
            Err(error) => house.trouble(doing, &error),
        }
    }
    let now = house.ledger.view().request(id)?;
    let answered = RequestAnswered {
        release: now.and_then(|request| request.release),
        ..said
    };
    publish(house);
    Ok(Reply::RequestAnswered(answered))
}

/// Records the yes, with the receipt that tells what comes of it.
fn say_yes(
    house: &mut House,
    request: &Request,
    school: &School,
    actor: &Actor,
) -> Result<RequestAnswered, FlowError> {
    let (desk, now, today) = (house.desk(), house.now(), house.today());
    let (rules, id) = (house.request_rules(), request.id);
    let asked_on = long_day(local_day(request.asked.asked_at));
    let yes = format!("The council approved your request of {asked_on}.");
    house.act(|tx| {
        tx.approve(id, now)?;
        let mut head = tx.record(&act(Verb::RequestApproved, id, school.id, actor, now))?;
        let (decision, on_hold) = decided(tx, id, school, rules, today)?;
        let mut said = RequestAnswered::of(id, OfficerSaid::Approved);
        let mut draft = receipt(id, "approved", Outcome::Queued, yes);
        match decision {
            Decision::Granted if !on_hold => {
                head = grant(tx, id, school.id, now)?;
                said.answer = OfficerSaid::Granted;
                "granted".clone_into(&mut draft.title);
                draft.outcome = Outcome::Accepted;
            }
            Decision::Granted | Decision::Held(_) => draft.notes.push(UNDER_A_HOLD.to_owned()),
            Decision::Queued {
                position,
                not_before,
                why,
            } => {
                draft.notes.push(waits(position, not_before, why));
                (said.position, said.not_before) = (Some(position), not_before);
            }
        }
        draft.request = Some(RequestFacts {
            id,
            position: said.position,
            not_before: said.not_before,
        });
        let _ = tx.put_receipt(&desk.write(draft, school, now, head)?)?;
        Ok(said)
    })
}

/// What becomes of a request as things stand now, and whether its school is on hold.
fn decided(
    tx: &Tx<'_>,
    id: RequestId,
    school: &School,
    rules: RequestRules,
    today: Date,
) -> Result<(Decision, bool), FlowError> {
    let (waiting, granted) = queue(tx, today, rules)?;
    let on_hold = hold::schools_on_hold(tx)?.contains(school.id);
    let asked = waiting.iter().find(|waits| waits.id == id);
    let asked = asked.copied().unwrap_or(Waiting {
        id,
        school: school.id,
        approval: Approval::Given,
    });
    let standing = school.standing(today);
    let decision = decide(&asked, standing, (&waiting, &granted), rules, today);
    Ok((decision, on_hold))
}

/// Makes the releases of what is granted, from the newest extract there is.
fn bring_about(house: &mut House) -> Result<(), FlowError> {
    unfinished::finish(house)?;
    extract::adopt_all(house)?;
    serve(house, Patience::None)
}

/// An officer says no, and the school is told why.
fn decline(
    house: &mut House,
    id: RequestId,
    reason: &str,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let reason = match for_school(reason) {
        Ok(reason) => reason,
        Err(unsayable) => return Ok(unsayable.into()),
    };
    let (request, school) = match that_waits(house, id)? {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    let (desk, now) = (house.desk(), house.now());
    let asked_on = long_day(local_day(request.asked.asked_at));
    let note = format!("The council declined your request of {asked_on}: {reason}");
    house.act(|tx| {
        tx.answer(id, Answer::Declined, now)?;
        let head = tx.record(&act(Verb::RequestDeclined, id, school.id, actor, now))?;
        let draft = receipt(id, "declined", Outcome::Rejected, note);
        let _ = tx.put_receipt(&desk.write(draft, &school, now, head)?)?;
        Ok::<_, FlowError>(())
    })?;
    let declined = RequestAnswered::of(id, OfficerSaid::Declined);
    publish(house);
    Ok(Reply::RequestAnswered(declined))
}

/// The request of this number and its school, where it waits; else why nothing can be said to it.
fn that_waits(
    house: &House,
    id: RequestId,
) -> Result<Result<(Request, Arc<School>), Reply>, FlowError> {
    let Some(request) = house.ledger.view().request(id)? else {
        return Ok(Err(refused(format!("there is no request {id}"))));
    };
    let on = request
        .answered_at
        .map_or_else(String::new, |at| format!(" on {}", long_day(local_day(at))));
    let answered = match request.state {
        RequestState::Waiting => None,
        RequestState::Granted => Some("granted"),
        RequestState::Declined => Some("declined"),
        RequestState::Held => Some("held"),
    };
    if let Some(answered) = answered {
        return Ok(Err(refused(format!("{id} was {answered}{on}"))));
    }
    let school = house.school_of(request.asked.school)?;
    Ok(Ok((request, school)))
}

fn standing(house: &House, school: SchoolId) -> AgreementStanding {
    let known = house.schools.of(school);
    known.map_or(AgreementStanding::Suspended, |school| {
        school.standing(house.today())
    })
}

fn refused(why: String) -> Reply {
    Reply::Refused {
        why,
        next: "«pillarbox request list» shows the requests that wait".to_owned(),
    }
}

/// What a school is told whose approved request meets a hold.
const UNDER_A_HOLD: &str =
    "The council has put all sharing on hold for now; your request goes when the hold ends.";
