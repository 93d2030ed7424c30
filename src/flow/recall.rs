//! Recalls (spec 5): whatever makes the gate say no takes an uncollected file back, and makes it again
//! from the values already disclosed, without whom it may no longer hold, with the same end date.

use std::{collections::HashMap, sync::Arc};

use serde_json::json;

use super::{
    FlowError, fault, hold,
    house::House,
    outbox,
    plan::{Obstacle, Plan},
    receipts::{self, Draft},
    release::{Cause, carry_out, last_lists},
};
use crate::{
    domain::{
        ids::PupilId,
        pupil::Consent,
        receipt::{Kind, Outcome, ReleaseFacts, Trigger},
        school::{AgreementStanding, School},
    },
    ledger::{Act, Actor, Closed, Release, Verb},
    policy::gate::{Circumstances, still_shareable},
    seal::Recipients,
};

/// Looks at every live release whose ground has moved, and recalls those that no longer stand.
pub fn sweep(house: &mut House) -> Result<(), FlowError> {
    let live = house.ledger.view().live_releases(None)?;
    for release in live {
        let Ok(school) = house.school_of(release.plan.school) else {
            continue;
        };
        if !stands_unlooked(house, &release, &school)? {
            look_again(house, &release, &school)?;
        }
    }
    Ok(())
}

/// Takes every live file of these schools back, and makes none again.
pub(super) fn empty_outboxes(
    house: &mut House,
    schools: &[Arc<School>],
    actor: &Actor,
) -> Result<(), FlowError> {
    for school in schools {
        for release in house.ledger.view().live_releases(Some(school.id))? {
            take_back(
                house,
                &release,
                school,
                &[Obstacle::OnHold.to_school()],
                actor,
            )?;
        }
    }
    receipts::publish_waiting(house)
}

/// Files whose time in the outbox is up leave a receipt behind.
pub fn remove_expired(house: &mut House) -> Result<(), FlowError> {
    let today = house.today();
    let over: Vec<_> = house
        .ledger
        .view()
        .live_releases(None)?
        .into_iter()
        .filter(|r| r.plan.keep_until.is_some_and(|end| end <= today))
        .collect();
    for release in over {
        let Ok(school) = house.school_of(release.plan.school) else {
            continue;
        };
        close(
            house,
            &release,
            &school,
            Closed::Removed,
            Draft::of(
                release.plan.id.to_string(),
                "removed",
                Kind::Removed,
                Outcome::Closed,
            ),
            &Actor::System,
        )?;
    }
    Ok(())
}

/// Whether a release stands without looking at its pupils: nothing that it rests on has changed.
fn stands_unlooked(house: &House, release: &Release, school: &School) -> Result<bool, FlowError> {
    let today = house.today();
    Ok(
        house.ledger.view().revision(release.plan.school)? == release.plan.revision
            && release.plan.sound_until.is_none_or(|end| today < end)
            && school.standing(today) == AgreementStanding::InForce
            && all_may_still_collect(release, school, today),
    )
}

fn all_may_still_collect(release: &Release, school: &School, today: time::Date) -> bool {
    Recipients::of(school.collectors(today)).is_ok_and(|now| {
        release
            .recipients
            .iter()
            .all(|then| now.fingerprints().contains(then))
    })
}

/// Puts every pupil of the release before the gate again.
fn look_again(house: &mut House, release: &Release, school: &Arc<School>) -> Result<(), FlowError> {
    let (again, all_stand) = plan_again(house, release, school)?;
    let today = house.today();
    if all_stand && all_may_still_collect(release, school, today) && again.obstacle.is_none() {
        let revision = house.ledger.view().revision(release.plan.school)?;
        house
            .ledger
            .write(|tx| tx.still_sound(release.plan.id, revision, again.sound_until))?;
        return Ok(());
    }
    let note =
        "A pupil in it may no longer be shared, or a person may no longer collect.".to_owned();
    take_back(house, release, school, &[note], &Actor::System)?;
    let on_hold = hold::schools_on_hold(&house.ledger.view())?.contains(school.id);
    if again.obstacle.is_none() && !on_hold {
        remake(house, release, again)?;
    }
    receipts::publish_waiting(house)
}

/// Makes a release again that was committed and whose file is lost.
pub(super) fn make_again(house: &mut House, release: &Release) -> Result<(), FlowError> {
    let school = house.school_of(release.plan.school)?;
    let (again, _) = plan_again(house, release, &school)?;
    take_back(
        house,
        release,
        &school,
        &["The file was lost before you could collect it.".to_owned()],
        &Actor::System,
    )?;
    if again.obstacle.is_none() {
        remake(house, release, again)
    } else {
        Ok(())
    }
}

fn remake(house: &mut House, release: &Release, again: Plan) -> Result<(), FlowError> {
    let extract = match release.plan.extract {
        Some(id) => house.ledger.view().extract(id)?,
        None => None,
    };
    let cause = Cause {
        trigger: Trigger::Recall,
        occasion: None,
        actor: Actor::System,
    };
    let plan = Plan {
        replaces: Some(release.plan.id),
        ..again
    };
    carry_out(house, vec![plan], &cause, extract.as_ref())?;
    Ok(())
}

/// The same release once more, from the values already disclosed and never from a newer extract; and
/// whether every pupil in it still stands.
fn plan_again(
    house: &House,
    release: &Release,
    school: &Arc<School>,
) -> Result<(Plan, bool), FlowError> {
    let (view, today) = (house.ledger.view(), house.today());
    let rules = house.sharing_rules();
    let lists = last_lists(&view, school.id)?;
    let circumstances = Circumstances {
        school,
        today,
        rules: &rules,
        lists: &lists,
    };
    let consents: HashMap<PupilId, Consent> = view
        .consents(school.id)?
        .iter()
        .map(|sealed| {
            sealed
                .open(&house.vault)
                .map(|consent| (consent.id, consent))
        })
        .collect::<Result<_, _>>()?;
    let mut plan = Plan::empty(school, today, time::Duration::ZERO);
    plan.until = release.plan.keep_until.unwrap_or(today);
    let mut disclosed = 0_usize;
    for sealed in view.disclosures(release.plan.id)? {
        disclosed += 1;
        // An erased pupil has no consent left: the same as a no.
        if let Some(consent) = consents.get(&sealed.pupil()) {
            plan.count(still_shareable(
                consent,
                &sealed.open(&house.vault)?,
                &circumstances,
            ));
        }
    }
    plan.recipients = Recipients::of(school.collectors(today)).ok();
    plan.obstacle = plan.what_stands_in_the_way(today);
    let all_stand = plan.rows.len() == disclosed;
    Ok((plan, all_stand))
}

fn take_back(
    house: &mut House,
    release: &Release,
    school: &Arc<School>,
    notes: &[String],
    actor: &Actor,
) -> Result<(), FlowError> {
    let draft = Draft {
        notes: notes.to_vec(),
        ..Draft::of(
            release.plan.id.to_string(),
            Outcome::Recalled.word(),
            Kind::Release,
            Outcome::Recalled,
        )
    };
    close(house, release, school, Closed::Recalled, draft, actor)
}

/// Ends a release: recorded first, then its files go.
fn close(
    house: &mut House,
    release: &Release,
    school: &Arc<School>,
    how: Closed,
    draft: Draft,
    actor: &Actor,
) -> Result<(), FlowError> {
    let (desk, now) = (house.desk(), house.now());
    let draft = Draft {
        release: Some(facts(release)),
        ..draft
    };
    house.act(|tx| {
        tx.close_release(release.plan.id, how, now)?;
        let head = tx.record(&Act {
            at: now,
            actor: actor.clone(),
            verb: if how == Closed::Recalled {
                Verb::ReleaseRecalled
            } else {
                Verb::ReleaseRemoved
            },
            subject: release.plan.id.to_string(),
            school: Some(school.id),
            detail: json!({}),
        })?;
        let _ = tx.put_receipt(&desk.write(draft, school, now, head)?)?;
        Ok::<_, FlowError>(())
    })?;
    fault::point("recall-after-commit-before-remove");
    outbox::tidy(house, school.id)?;
    receipts::publish_waiting(house)
}

fn facts(release: &Release) -> ReleaseFacts {
    let first = release.files.first();
    ReleaseFacts {
        id: release.plan.id,
        trigger: release.plan.trigger,
        supersedes: release.plan.supersedes,
        file: first.map(|f| f.name.clone()),
        bytes: first.map(|f| f.bytes),
        sha256: first.map(|f| crate::vault::to_hex(&f.sha256)),
        also: Vec::new(),
        recipients: release.recipients.clone(),
        extract: None,
        expiry_rule: release.plan.expiry_rule,
        until: release.plan.keep_until,
    }
}
