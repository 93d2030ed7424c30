//! The life of a release: matched, planned, sealed, recorded, published, and answered by receipts. The
//! file is staged under a hidden name and made durable first; the ledger learns of it, and of every
//! pupil in it, before its name appears in the outbox.

use std::{
    collections::HashSet,
    sync::Arc,
    thread::{self, ScopedJoinHandle},
};

use rayon::prelude::*;
use time::{Date, OffsetDateTime};

use super::{
    FlowError,
    command::{ReleaseReport, Reply, Scope},
    extract::{self, Ready},
    fault,
    front_end::served,
    guards, hold,
    house::House,
    matching::match_consents,
    outbox::{self, Sealed},
    plan::{Obstacle, Plan, Planner},
    receipts, unfinished,
};
use crate::{
    calendar::local_day,
    domain::{
        ids::{ReleaseId, RequestId, SchoolId},
        pupil::Consent,
        receipt::{Outcome, Trigger},
        school::{AgreementStanding, School},
    },
    ledger::{Actor, Extract, SealedConsent, View},
    policy::{gate::LastList, matching::Matches},
    vault::Vault,
};

/// Why and for whom a release is made.
#[derive(Clone, Debug)]
pub(super) struct Cause {
    pub(super) trigger: Trigger,
    /// What asked for it: the same occasion never makes two releases for one school, whatever crashes
    /// between.
    pub(super) occasion: Option<Occasion>,
    pub(super) actor: Actor,
}

/// What asks for a release.
#[derive(Clone, Debug)]
pub(super) enum Occasion {
    /// A school's request.
    Request(RequestId),
    /// A moment of a schedule, such as `monthly 1740787200`.
    Moment(String),
}

/// Releases because an operator says so.
pub(super) fn by_operator(
    house: &mut House,
    scope: Scope,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let schools = schools_in(house, scope)?;
    guards::look_at_the_clock(house)?;
    if let Some(refused) = hold::refusal(house, scope)? {
        return Ok(refused);
    }
    unfinished::finish(house)?;
    extract::adopt_all(house)?;
    let ready = extract::ready_at(house, house.now(), false)?;
    if matches!(ready, Ready::No(Obstacle::NoExtract)) {
        return Ok(Reply::Refused {
            why: "there is no extract of the caseload system to release from".to_owned(),
            next: format!("put one into {}", house.folders.extracts_in.display()),
        });
    }
    let cause = Cause {
        trigger: Trigger::Operator,
        occasion: None,
        actor: actor.clone(),
    };
    let (refusal, extract) = (ready.refusal(), ready.extract().map(extract::facts));
    let releases = release(house, &schools, &cause, &ready)?;
    Ok(refusal.unwrap_or(Reply::Releases {
        dry_run: false,
        extract,
        releases,
    }))
}

/// Tells what a release would be, and releases nothing. An extract that has arrived is taken in all the
/// same: it is what the release would be made from.
pub(super) fn rehearse(
    house: &mut House,
    scope: Scope,
    at: OffsetDateTime,
    accept_extract: bool,
) -> Result<Reply, FlowError> {
    let schools = schools_in(house, scope)?;
    extract::adopt_all(house)?;
    let ready = extract::ready_at(house, at, accept_extract)?;
    let today = local_day(at);
    let facts = ready.extract().map(extract::facts);
    let mut releases = Vec::new();
    plan_all(house, &schools, today, &ready, |_, plans| {
        releases.extend(plans.iter().map(|plan| report(plan, None, today)));
        Ok(())
    })?;
    Ok(Reply::Releases {
        dry_run: true,
        extract: facts,
        releases,
    })
}

/// Makes a release for each of these schools.
pub(super) fn release(
    house: &mut House,
    schools: &[Arc<School>],
    cause: &Cause,
    ready: &Ready,
) -> Result<Vec<ReleaseReport>, FlowError> {
    let served = match &cause.occasion {
        Some(Occasion::Moment(moment)) => house.ledger.view().served_on(moment)?,
        Some(Occasion::Request(_)) | None => HashSet::new(),
    };
    let schools: Vec<_> = schools
        .iter()
        .filter(|s| !served.contains(&s.id))
        .cloned()
        .collect();
    let (today, extract) = (house.today(), ready.extract().cloned());
    let mut reports = Vec::new();
    plan_all(house, &schools, today, ready, |house, plans| {
        reports.extend(carry_out(house, plans, cause, extract.as_ref())?);
        Ok(())
    })?;
    receipts::publish_waiting(house)?;
    Ok(reports)
}

/// Carries plans out: one commit and two syncs for all of them.
pub(super) fn carry_out(
    house: &mut House,
    plans: Vec<Plan>,
    cause: &Cause,
    extract: Option<&Extract>,
) -> Result<Vec<ReleaseReport>, FlowError> {
    // What was collected is not replaced, so the newest word on that is heard first.
    served::record(house);
    let count = u32::try_from(plans.len()).unwrap_or(u32::MAX);
    let ids = house.ledger.write(|tx| tx.reserve_releases(count))?;
    let numbered: Vec<(ReleaseId, Plan)> = ids.into_iter().zip(plans).collect();
    let today = house.today();
    let sealed = numbered
        .into_par_iter()
        .map(|(id, plan)| Sealed::seal(&house.vault, id, plan, today))
        .collect::<Result<Vec<_>, FlowError>>()?;
    fault::point("release-before-stage");
    let staged = outbox::stage(house, &sealed)?;
    fault::point("release-after-stage-before-commit");
    if let Err(error) = outbox::commit(house, &sealed, cause, extract) {
        outbox::discard(house, staged);
        return Err(error);
    }
    fault::point("release-after-commit-before-reveal");
    outbox::reveal(house, &sealed, staged)?;
    Ok(sealed
        .iter()
        .map(|s| report(&s.plan, Some(s.id), today))
        .collect())
}

/// Plans for all schools, a few at a time: what lies in memory does not grow with their number, but
/// for the matches themselves.
fn plan_all(
    house: &mut House,
    schools: &[Arc<School>],
    today: Date,
    ready: &Ready,
    mut each: impl FnMut(&mut House, Vec<Plan>) -> Result<(), FlowError>,
) -> Result<(), FlowError> {
    let matches = match ready {
        Ready::Yes(extract) => match_consents(house, schools, extract)?,
        Ready::No(_) => Matches::default(),
    };
    let (rules, keep) = (house.sharing_rules(), house.settings.release.keep);
    let vault = house.vault.clone();
    let planner = Planner {
        today,
        rules: &rules,
        matches: &matches,
        keep,
    };
    thread::scope(|scope| {
        let mut ahead: Option<ScopedJoinHandle<'_, Result<Vec<Plan>, FlowError>>> = None;
        for batch in schools.chunks(BATCH) {
            if house.is_stopping() {
                return Err(FlowError::Stopping);
            }
            let known = what_is_known(house, batch)?;
            let (planner, vault) = (&planner, &vault);
            // The next batch is planned while the last one is carried out.
            let plans = scope.spawn(move || plan_batch(planner, vault, ready, known));
            if let Some(last) = ahead.replace(plans) {
                each(house, last.join().map_err(|_| FlowError::PlannerDied)??)?;
            }
        }
        match ahead {
            Some(last) => each(house, last.join().map_err(|_| FlowError::PlannerDied)??),
            None => Ok(()),
        }
    })
}

/// What the ledger knows of a school that a plan is made for.
struct Known<'a> {
    school: &'a Arc<School>,
    on_hold: bool,
    consents: Vec<SealedConsent>,
    lists: Vec<LastList>,
    revision: u64,
}

fn what_is_known<'a>(house: &House, batch: &'a [Arc<School>]) -> Result<Vec<Known<'a>>, FlowError> {
    let view = house.ledger.view();
    let on_hold = hold::schools_on_hold(&view)?;
    let known = |school: &'a Arc<School>| {
        Ok(Known {
            school,
            on_hold: on_hold.contains(school.id),
            consents: view.consents(school.id)?,
            lists: last_lists(&view, school.id)?,
            revision: view.revision(school.id)?,
        })
    };
    batch.iter().map(known).collect()
}

fn plan_batch(
    planner: &Planner<'_>,
    vault: &Vault,
    ready: &Ready,
    batch: Vec<Known<'_>>,
) -> Result<Vec<Plan>, FlowError> {
    let plan = |known: Known<'_>| {
        if known.on_hold {
            return Ok(Plan::held(known.school, planner.today, Obstacle::OnHold));
        }
        if let Ready::No(obstacle) = ready {
            return Ok(Plan::held(known.school, planner.today, obstacle.clone()));
        }
        let opened = known.consents.iter().map(|sealed| sealed.open(vault));
        let consents = opened.collect::<Result<Vec<Consent>, _>>()?;
        let consents = (consents.as_slice(), known.revision);
        Ok(planner.plan(known.school, consents, &known.lists))
    };
    batch.into_par_iter().map(plan).collect()
}

/// When a school's last list of each cohort came.
pub(super) fn last_lists(view: &View<'_>, school: SchoolId) -> Result<Vec<LastList>, FlowError> {
    let lists = view.last_lists(school)?;
    Ok(lists
        .iter()
        .map(|list| LastList {
            cohort: list.cohort,
            came_on: list.on,
        })
        .collect())
}

/// The schools that a command is about. Those whose agreement has ended are left in peace unless they
/// are named.
fn schools_in(house: &House, scope: Scope) -> Result<Vec<Arc<School>>, FlowError> {
    match scope {
        Scope::School(id) => Ok(vec![house.school_of(id)?]),
        Scope::All => Ok(with_agreement(house)),
    }
}

/// Every school but those whose agreement has ended or is suspended.
pub(super) fn with_agreement(house: &House) -> Vec<Arc<School>> {
    let today = house.today();
    let wanted = |school: &&Arc<School>| {
        !matches!(
            school.standing(today),
            AgreementStanding::Ended(_) | AgreementStanding::Suspended
        )
    };
    house.schools.iter().filter(wanted).cloned().collect()
}

fn report(plan: &Plan, id: Option<ReleaseId>, today: Date) -> ReleaseReport {
    let released = plan.obstacle.is_none();
    let named = id.unwrap_or(ReleaseId::new(0));
    ReleaseReport {
        school: plan.school.id,
        id,
        outcome: if released {
            Outcome::Released
        } else {
            Outcome::Held
        },
        why: plan.obstacle.as_ref().map(|o| o.word().to_owned()),
        counts: plan.counts,
        reasons: plan
            .reasons
            .iter()
            .map(|(word, count)| ((*word).to_owned(), *count))
            .collect(),
        files: if released && id.is_some() {
            plan.school
                .formats
                .iter()
                .map(|f| plan.file_name(named, today, f.extension()))
                .collect()
        } else {
            Vec::new()
        },
        recipients: plan
            .recipients
            .as_ref()
            .map_or(0, |r| r.fingerprints().len()),
        until: released.then_some(plan.until),
    }
}

/// Schools whose consents are in memory at once.
const BATCH: usize = 128;
