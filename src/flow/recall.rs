//! Recalls (spec 5): whatever makes the gate say no takes an uncollected file back, and makes it again
//! from the values already disclosed, without whom it may no longer hold, with the same end date.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde_json::json;

use super::{
    FlowError, fault,
    front_end::served,
    hold,
    house::House,
    on_record, outbox,
    plan::{Obstacle, Plan},
    receipts::{self, Draft},
    release::{Cause, carry_out, last_lists},
    review::TiesInForce,
};
use crate::{
    domain::{
        ids::{PupilId, SchoolId},
        pupil::Consent,
        receipt::{Kind, Outcome, Trigger},
        school::{AgreementStanding, School},
    },
    ledger::{Act, Actor, Closed, Release, Verb},
    policy::{
        forecast::expiring,
        gate::{Circumstances, still_shareable},
    },
    seal::Recipients,
};

/// Looks at every live release whose ground has moved, recalls those that no longer stand, and makes
/// again what is left of them.
pub fn sweep(house: &mut House) -> Result<(), FlowError> {
    hold::finish_recalls(house)?;
    let live = house.ledger.view().live_releases(None)?;
    look_at(house, live)?;
    make_owed(house)
}

/// The same for some schools, and makes nothing again yet.
pub fn sweep_of(house: &mut House, schools: &[Arc<School>]) -> Result<(), FlowError> {
    for school in schools {
        let live = house.ledger.view().live_releases(Some(school.id))?;
        look_at(house, live)?;
    }
    Ok(())
}

fn look_at(house: &mut House, live: Vec<Release>) -> Result<(), FlowError> {
    for release in live {
        let Some(school) = house.schools.of(release.plan.school).cloned() else {
            continue;
        };
        if !stands_unlooked(house, &release, &school)? {
            look_again(house, &release, &school)?;
        }
    }
    Ok(())
}

/// Makes the recalled releases again that are owed, unless sharing is on hold: then they wait. Of several
/// of one school it is the newest, and none where a newer one lies in the outbox: an older file never takes
/// the place of a newer one.
fn make_owed(house: &mut House) -> Result<(), FlowError> {
    let owed: BTreeMap<SchoolId, Release> = house
        .ledger
        .view()
        .owed_remakes()?
        .into_iter()
        .map(|release| (release.plan.school, release))
        .collect();
    if owed.is_empty() {
        return Ok(());
    }
    let on_hold = hold::schools_on_hold(&house.ledger.view())?;
    for (id, release) in owed {
        let Some(school) = house.schools.of(id).cloned() else {
            continue;
        };
        if on_hold.contains(id) {
            continue;
        }
        let live = house.ledger.view().live_releases(Some(id))?;
        if live.iter().any(|newer| newer.plan.id > release.plan.id) {
            settle(house, id)?;
            continue;
        }
        let (again, _) = plan_again(house, &release, &school)?;
        match again.obstacle {
            _ if again.until <= house.today() => settle(house, id)?,
            None => remake(house, &release, again)?,
            // Whoever gets a new key in the place of an old one has both changes made one by one.
            Some(Obstacle::NobodyCanOpen) => {}
            Some(_) => settle(house, id)?,
        }
    }
    Ok(())
}

fn settle(house: &mut House, school: SchoolId) -> Result<(), FlowError> {
    Ok(house.ledger.write(|tx| tx.remakes_settled(school))?)
}

/// Takes every file of these schools back, those that were begun and nobody has seen yet as well, and makes
/// none again, nor any that was taken back before and is still owed.
pub(super) fn empty_outboxes(
    house: &mut House,
    schools: &[Arc<School>],
    actor: &Actor,
) -> Result<(), FlowError> {
    let view = house.ledger.view();
    let owed = view.owed_remakes()?;
    let mut made = view.live_releases(None)?;
    made.extend(view.unfinished_releases()?);
    for school in schools {
        let is_its = |release: &&Release| release.plan.school == school.id;
        if owed.iter().any(|release| is_its(&release)) {
            settle(house, school.id)?;
        }
        for release in made.iter().filter(is_its) {
            let note = Obstacle::OnHold.to_school();
            take_back(house, release, school, note, Remake::Never, actor)?;
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
        let Some(school) = house.schools.of(release.plan.school).cloned() else {
            continue;
        };
        let id = release.plan.id.to_string();
        let draft = Draft::of(id, "removed", Kind::Removed, Outcome::Closed);
        close(house, &release, &school, End::TimeUp, draft, &Actor::System)?;
    }
    Ok(())
}

/// Whether a release stands without looking at its pupils: nothing that it rests on has changed.
pub(super) fn stands_unlooked(
    house: &House,
    release: &Release,
    school: &School,
) -> Result<bool, FlowError> {
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
    let note = match &again.obstacle {
        Some(obstacle @ (Obstacle::Agreement(_) | Obstacle::NobodyCanOpen)) => obstacle.to_school(),
        _ => "A pupil in it may no longer be shared, or a person may no longer collect.".to_owned(),
    };
    take_back(house, release, school, note, Remake::Owed, &Actor::System)
}

/// Takes a release back that was committed and whose file is lost, or may no longer be published.
pub(super) fn give_up(
    house: &mut House,
    release: &Release,
    school: &Arc<School>,
) -> Result<(), FlowError> {
    let note = "The file could not be put into your outbox.".to_owned();
    take_back(house, release, school, note, Remake::Owed, &Actor::System)
}

/// After a restore no file lies in an outbox: each is taken back, and made again when everything goes on.
pub(super) fn take_all_back(house: &mut House) -> Result<(), FlowError> {
    for release in house.ledger.view().live_releases(None)? {
        if let Some(school) = house.schools.of(release.plan.school).cloned() {
            let note = "The council restored its records from a backup; the file is made again when they are complete.".to_owned();
            take_back(house, &release, &school, note, Remake::Owed, &Actor::System)?;
        }
    }
    Ok(())
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
    plan.revision = view.revision(school.id)?;
    let ties = TiesInForce::of_school(&view, school.id)?;
    let mut disclosed = 0_usize;
    for sealed in view.disclosures(release.plan.id)? {
        disclosed += 1;
        // An erased pupil has no consent left: the same as a no.
        if let Some(consent) = consents.get(&sealed.pupil()) {
            let tie = ties.of(school.id, consent).map(|tie| tie.mark);
            let row = sealed.open(&house.vault)?;
            plan.count(still_shareable(consent, &row, tie, &circumstances));
        }
    }
    plan.expiring = Some(expiring(consents.values(), rules.expiry, today));
    plan.conclude(&circumstances);
    let all_stand = plan.rows.len() == disclosed;
    Ok((plan, all_stand))
}

/// Whether a release that is taken back is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Remake {
    /// As soon as it can be: recorded with the recall, so that no crash forgets it.
    Owed,
    /// No.
    Never,
}

/// How a live release ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Taken back.
    Recalled(Remake),
    /// Its time in the outbox is up.
    TimeUp,
}

impl End {
    fn closed(self) -> Closed {
        match self {
            Self::Recalled(_) => Closed::Recalled,
            Self::TimeUp => Closed::Removed,
        }
    }

    fn verb(self) -> Verb {
        match self {
            Self::Recalled(_) => Verb::ReleaseRecalled,
            Self::TimeUp => Verb::ReleaseRemoved,
        }
    }
}

fn take_back(
    house: &mut House,
    release: &Release,
    school: &Arc<School>,
    note: String,
    remake: Remake,
    actor: &Actor,
) -> Result<(), FlowError> {
    let draft = Draft {
        notes: vec![note],
        ..Draft::of(
            release.plan.id.to_string(),
            Outcome::Recalled.word(),
            Kind::Release,
            Outcome::Recalled,
        )
    };
    close(house, release, school, End::Recalled(remake), draft, actor)
}

/// Ends a release: recorded first, then its files go.
fn close(
    house: &mut House,
    release: &Release,
    school: &Arc<School>,
    end: End,
    draft: Draft,
    actor: &Actor,
) -> Result<(), FlowError> {
    let (desk, now) = (house.desk(), house.now());
    let draft = Draft {
        release: Some(on_record::told(house, release)?),
        ..draft
    };
    let id = release.plan.id;
    house.act(|tx| {
        tx.close_release(id, end.closed(), now)?;
        if end == End::Recalled(Remake::Owed) {
            tx.owe_remake(id)?;
        }
        let head = tx.record(&Act {
            at: now,
            actor: actor.clone(),
            verb: end.verb(),
            subject: id.to_string(),
            school: Some(school.id),
            detail: json!({}),
        })?;
        let _ = tx.put_receipt(&desk.write(draft, school, now, head)?)?;
        Ok::<_, FlowError>(())
    })?;
    fault::point("recall-after-commit-before-remove");
    outbox::tidy(house, school.id)?;
    // The file is gone: whoever may have read it is in the events by now.
    served::record(house);
    receipts::publish_waiting(house)
}
