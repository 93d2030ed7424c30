//! Erasure: sharing stops, files are taken back, schools are asked to destroy what they read, and then what
//! names the person goes. The trail and a mark stay, so that no later list begins it all again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Date, OffsetDateTime};

use super::{
    search::{AtSchool, Found, Traces, described, search},
    subject::{name_of, refused, several},
};
use crate::{
    calendar::local_day,
    domain::{
        ids::{NoticeId, PupilId, ReleaseId, SchoolId, SubmissionId},
        pupil::{Consent, Description, Standing},
    },
    flow::{
        FlowError,
        command::Reply,
        house::House,
        notes::{self, ErasedAt},
        notices::open_due,
        recall, receipts, unfinished,
        who::Who,
    },
    ledger::{Act, Actor, Lookups, SealedConsent, Tx, Verb, Withdrawal},
    vault::Vault,
};

/// Erase what is kept on one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erase {
    /// Whom.
    pub who: Who,
    /// A school that shall share nothing of the person, though nothing is on record there.
    pub school: Option<SchoolId>,
}

/// What was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Each school that had anything; empty where nothing was on record.
    pub schools: Vec<ErasedAtSchool>,
    /// Files that were taken back.
    pub recalled: Vec<ReleaseId>,
    /// How many other pupils fit nearly; nothing of them was erased.
    pub nearly: u32,
}

/// What was erased of a person at one school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedAtSchool {
    /// The school.
    pub school: SchoolId,
    /// Its name.
    pub name: String,
    /// The places in the ledger that are empty now.
    pub pupils: Vec<PupilId>,
    /// How many releases told of the person.
    pub disclosures: usize,
    /// Notices to destroy that went out for this.
    pub notices: Vec<NoticeId>,
    /// Remembered withdrawals that went as well.
    pub withdrawals: usize,
    /// Nothing of the person is shared with the school unless the consent is dated after this day.
    pub barred_on: Date,
    /// Sealed copies of the school's uploads, which can't be edited, are kept up to this day.
    pub copies_until: Option<Date>,
}

/// Erases it. Each step stands by itself: what a crash leaves undone is done by saying it again.
pub(in crate::flow) fn erase(
    house: &mut House,
    command: &Erase,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let who = match command.who.described() {
        Ok(who) => who,
        Err(fault) => return Ok(refused(fault.to_string(), "tell the person again")),
    };
    if let Some(school) = command.school {
        house.school_of(school)?;
    }
    let traces = match search(&house.ledger.view(), &house.vault, &who)? {
        Found::Person(traces) => with_school(traces, command.school),
        Found::Several(pupils) => return Ok(several(pupils)),
    };
    let before = live(house)?;
    let stopped = stop(house, &traces, actor)?;
    unfinished::finish(house)?;
    recall::sweep(house)?;
    let opened = open_due(house)?;
    if !house.ledger.view().withdrawals_are_drawn(&stopped)? {
        receipts::publish_waiting(house)?;
        return Ok(refused(
            "sharing has stopped, but a file that holds the person is still in an outbox"
                .to_owned(),
            "see «pillarbox status» for what keeps it there, and say this again",
        ));
    }
    let persons = persons(&traces, &who);
    note(house, &traces, &persons, stopped)?;
    let schools = forget(house, &traces, &persons, &opened, actor)?;
    forget_notes(house, &traces, &persons)?;
    receipts::publish_waiting(house)?;
    // Nothing of it stays in the log of what was written.
    house.ledger.settle()?;
    let after = live(house)?;
    Ok(Reply::Erased(Erased {
        schools,
        recalled: before.difference(&after).copied().collect(),
        nearly: traces.nearly,
    }))
}

/// What was found, and the school that shall have a mark all the same.
fn with_school(mut traces: Traces, school: Option<SchoolId>) -> Traces {
    let known = |id| traces.schools.iter().any(|found| found.school == id);
    if let Some(school) = school.filter(|id| !known(*id)) {
        traces.schools.push(AtSchool::nothing(school));
    }
    traces
}

fn live(house: &House) -> Result<BTreeSet<ReleaseId>, FlowError> {
    let live = house.ledger.view().live_releases(None)?;
    Ok(live.into_iter().map(|release| release.plan.id).collect())
}

/// Withdraws whatever consent there is, and has the consequences of an older withdrawal drawn as well: from
/// now on the gate says no. Tells under which numbers.
pub(super) fn stop(
    house: &mut House,
    traces: &Traces,
    actor: &Actor,
) -> Result<Vec<SubmissionId>, FlowError> {
    let vault = house.vault.clone();
    let (now, today) = (house.now(), house.today());
    let listed = traces.schools.iter().filter(|at| !at.consents.is_empty());
    let listed: Vec<(&AtSchool, bool)> = listed
        .map(|at| (at, house.schools.of(at.school).is_some()))
        .collect();
    house.act(|tx| {
        let mut numbers = Vec::new();
        for (at, has_box) in listed {
            let id = tx.told_to_council(at.school, now)?;
            withdraw(tx, &vault, at, id, now, today)?;
            tx.record(&Act {
                at: now,
                actor: actor.clone(),
                verb: Verb::ConsentWithdrawn,
                subject: id.to_string(),
                school: Some(at.school),
                detail: json!({"withdrawn": at.consents.len(), "held": 0, "remembered": false}),
            })?;
            // A school without a box can't be sent a notice.
            numbers.extend(has_box.then_some(id));
        }
        Ok(numbers)
    })
}

fn withdraw(
    tx: &Tx<'_>,
    vault: &Vault,
    at: &AtSchool,
    id: SubmissionId,
    now: OffsetDateTime,
    today: Date,
) -> Result<(), FlowError> {
    for consent in &at.consents {
        tx.withdrew(&Withdrawal {
            submission: id,
            pupil: consent.id,
            school: at.school,
            at: now,
            braked: false,
            was: consent.standing,
            was_held_by: consent.held_by,
        })?;
        if consent.standing.withdrawn().is_none() {
            let withdrawn = Consent {
                standing: Standing::Withdrawn(today),
                held_by: None,
                source: id,
                version: consent.version.saturating_add(1),
                ..consent.clone()
            };
            tx.save_consents(&[SealedConsent::seal(vault, at.school, &withdrawn)])?;
        }
    }
    Ok(())
}

/// Removes what names the person, and leaves the marks.
fn forget(
    house: &mut House,
    traces: &Traces,
    persons: &[Description],
    opened: &[NoticeId],
    actor: &Actor,
) -> Result<Vec<ErasedAtSchool>, FlowError> {
    let (now, today, vault) = (house.now(), house.today(), house.vault.clone());
    let keep = house.settings.retention.uploads;
    let mut erased = Vec::new();
    for at in &traces.schools {
        let name = name_of(house.schools.of(at.school).map(AsRef::as_ref), at.school);
        let done = house.act(|tx| {
            let mut done = ErasedAtSchool {
                school: at.school,
                name,
                pupils: at.consents.iter().map(|consent| consent.id).collect(),
                disclosures: 0,
                notices: Vec::new(),
                withdrawals: at.remembered.len(),
                barred_on: today,
                copies_until: tx
                    .copies_of(at.school)?
                    .map(|(_, last)| local_day(last + keep)),
            };
            for pupil in &done.pupils {
                let about = tx.notices_about(*pupil)?;
                let about = about.iter().map(|notice| notice.id);
                done.notices.extend(about.filter(|id| opened.contains(id)));
            }
            done.disclosures = erase_at(tx, &vault, at, persons, today)?;
            tx.record(&Act {
                at: now,
                actor: actor.clone(),
                verb: Verb::PupilsErased,
                subject: at.school.to_string(),
                school: Some(at.school),
                detail: json!({
                    "pupils": done.pupils.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "disclosures": done.disclosures,
                    "withdrawals": done.withdrawals,
                }),
            })?;
            Ok::<_, FlowError>(done)
        })?;
        erased.push(done);
    }
    Ok(erased)
}

/// Notes the erasure by marks alone, before that is forgotten of which marks are made.
fn note(
    house: &House,
    traces: &Traces,
    persons: &[Description],
    numbers: Vec<SubmissionId>,
) -> Result<(), FlowError> {
    let marked = |at: &AtSchool| {
        let marks = persons
            .iter()
            .flat_map(|one| Lookups::of_description(&house.vault, at.school, one).marks());
        let marks: BTreeSet<[u8; 16]> = marks.collect();
        ErasedAt {
            school: at.school,
            marks: marks.into_iter().collect(),
        }
    };
    let schools = traces.schools.iter().map(marked).collect();
    notes::keep_erasure(house, schools, house.today(), numbers)
}

fn forget_notes(house: &House, traces: &Traces, persons: &[Description]) -> Result<(), FlowError> {
    let everywhere = traces.schools.iter().flat_map(|at| {
        let at_school = |one: &Description| (at.school, one.clone());
        persons.iter().map(at_school)
    });
    notes::forget_person(house, &everywhere.collect::<Vec<_>>())
}

/// The person in every way in which schools and the officer tell of them: a mark for each.
pub(super) fn persons(traces: &Traces, who: &Description) -> Vec<Description> {
    let consents = traces.schools.iter().flat_map(|at| &at.consents);
    let remembered = traces.schools.iter().flat_map(|at| &at.remembered);
    let mut persons = vec![who.clone()];
    persons.extend(consents.map(|consent| described(&consent.pupil)));
    persons.extend(remembered.map(|(_, one)| one.who.clone()));
    persons
}

/// Removes all of a person at one school, and marks them. Tells how many releases had told of them.
pub(super) fn erase_at(
    tx: &Tx<'_>,
    vault: &Vault,
    at: &AtSchool,
    persons: &[Description],
    today: Date,
) -> Result<usize, FlowError> {
    let mut disclosures = 0;
    for consent in &at.consents {
        disclosures += tx.erase_pupil(at.school, consent.id)?;
    }
    let rows: Vec<u64> = at.remembered.iter().map(|(row, _)| *row).collect();
    tx.forget_rows(at.school, &rows)?;
    for person in persons {
        let person = Lookups::of_description(vault, at.school, person);
        tx.no_longer_refused(at.school, &[person])?;
        tx.bar(at.school, &person, today)?;
    }
    Ok(disclosures)
}
