//! «What was shared about me?» (clause 2.6): asked by an officer on behalf of the person, answered from the
//! ledger, and itself on record.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    keys::Holder,
    report::{
        ConsentOnRecord, ConsentThen, Disclosure, Identity, NoticeOnRecord, RememberedWithdrawal,
        Served, SubjectAtSchool, SubjectPupil, SubjectReport, Told,
    },
    search::{AtSchool, Found, Traces, search},
};
use crate::{
    domain::{
        destination::Disclosed,
        identifiers::{Uln, Upn},
        ids::{PupilId, SchoolId},
        pupil::{Consent, Description, Pupil, Standing},
        school::School,
    },
    flow::{FlowError, command::Reply, extract, house::House, who::Who},
    ledger::{Act, Actor, Lookups, Release, Serving, Verb},
    policy::expiry::{Plan, first_day_not_allowed},
    vault::{Vault, to_hex},
};

/// Look up what was shared about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Whom.
    pub who: Who,
}

/// Looks it up.
pub(in crate::flow) fn subject(
    house: &mut House,
    command: &Subject,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let who = match command.who.described() {
        Ok(who) => who,
        Err(fault) => return Ok(refused(fault.to_string(), "tell the person again")),
    };
    let traces = match search(&house.ledger.view(), &house.vault, &who)? {
        Found::Person(traces) => traces,
        Found::Several(pupils) => return Ok(several(pupils)),
    };
    let report = report(house, &traces)?;
    let (now, subject) = (house.now(), mark(&house.vault, &who));
    let detail = in_numbers(&report);
    house.act(|tx| {
        tx.record(&Act {
            at: now,
            actor: actor.clone(),
            verb: Verb::SubjectAsked,
            subject,
            school: None,
            detail,
        })?;
        Ok::<_, FlowError>(())
    })?;
    Ok(Reply::Subject(report))
}

/// What is said where several pupils fit alike: nothing of any of them.
pub(super) fn several(pupils: usize) -> Reply {
    refused(
        format!("{pupils} pupils on record fit this alike, and they are not one person"),
        "look again with the UPN or ULN",
    )
}

pub(super) fn refused(why: String, next: &str) -> Reply {
    Reply::Refused {
        why,
        next: next.to_owned(),
    }
}

/// By what the trail speaks of a person: a keyed hash of the strongest that was told. Whoever has the key
/// and the person can find the row again; nobody else can.
pub(super) fn mark(vault: &Vault, who: &Description) -> String {
    let all = Lookups::of_description(vault, SchoolId::PLACEHOLDER, who);
    let strongest = all.upn.or(all.uln).or(all.k2);
    strongest.map_or_else(String::new, |lookup| to_hex(&lookup.0))
}

fn in_numbers(report: &SubjectReport) -> serde_json::Value {
    let pupils = || report.schools.iter().flat_map(|school| &school.pupils);
    let schools: Vec<SchoolId> = report.schools.iter().map(|school| school.school).collect();
    let ids: Vec<String> = pupils().map(|pupil| pupil.pupil.to_string()).collect();
    let disclosures: usize = pupils().map(|pupil| pupil.disclosures.len()).sum();
    json!({
        "schools": schools, "pupils": ids, "disclosures": disclosures, "nearly": report.nearly,
    })
}

fn report(house: &House, traces: &Traces) -> Result<SubjectReport, FlowError> {
    let schools = traces.schools.iter().map(|found| at_school(house, found));
    Ok(SubjectReport {
        council: house.settings.council.name.clone(),
        contact: house.desk().letterhead.contact.clone(),
        at: house.now(),
        schools: schools.collect::<Result<_, _>>()?,
        nearly: traces.nearly,
    })
}

fn at_school(house: &House, found: &AtSchool) -> Result<SubjectAtSchool, FlowError> {
    let school = house.schools.of(found.school);
    let pupils = found.consents.iter();
    let pupils = pupils.map(|consent| pupil(house, found.school, consent));
    let withdrawals = found
        .remembered
        .iter()
        .map(|(_, one)| RememberedWithdrawal {
            on: one.on,
            source: one.source,
        });
    Ok(SubjectAtSchool {
        school: found.school,
        name: name_of(school.map(AsRef::as_ref), found.school),
        pupils: pupils.collect::<Result<_, _>>()?,
        withdrawals: withdrawals.collect(),
        refused_in: found.refused,
        barred_on: found.barred_on,
    })
}

/// The school's name, as far as there still is a file of it.
pub(super) fn name_of(school: Option<&School>, id: SchoolId) -> String {
    school.map_or_else(|| School::unknown(id).name, |school| school.name.clone())
}

fn pupil(house: &House, school: SchoolId, consent: &Consent) -> Result<SubjectPupil, FlowError> {
    let view = house.ledger.view();
    let (mut disclosures, mut send) = (Vec::new(), false);
    for sealed in view.disclosed_about(school, consent.id)? {
        let disclosed = sealed.open(&house.vault)?;
        send = disclosed.send;
        if let Some(release) = view.release(sealed.release())? {
            disclosures.push(disclosure(house, &release, &disclosed)?);
        }
    }
    Ok(SubjectPupil {
        pupil: consent.id,
        identity: identity(&consent.pupil),
        consent: on_record(house, consent, send),
        disclosures,
        notices: notices(house, consent.id)?,
    })
}

fn identity(pupil: &Pupil) -> Identity {
    Identity {
        forename: pupil.name.forename.reveal().to_owned(),
        surname: pupil.name.surname.reveal().to_owned(),
        date_of_birth: pupil.born,
        upn: pupil.upn.as_ref().map(Upn::reveal).map(str::to_owned),
        uln: pupil.uln.as_ref().map(Uln::reveal).map(str::to_owned),
    }
}

/// `send` is the council's flag of a plan, as the last release knew it: without one the shorter time counts.
fn on_record(house: &House, consent: &Consent, send: bool) -> ConsentOnRecord {
    let plan = if consent.ehcp && send {
        Plan::Ehcp
    } else {
        Plan::NoPlan
    };
    let (born, rule) = (consent.pupil.born, house.settings.consent.expires);
    let end = first_day_not_allowed(born, consent.given_on, rule, plan).day;
    let standing = match consent.standing {
        Standing::Withdrawn(_) => "withdrawn",
        Standing::Lapsed => "lapsed",
        Standing::InForce if end <= house.today() => "expired",
        Standing::InForce if consent.held_by.is_some() => "held",
        Standing::InForce => "in-force",
    };
    ConsentOnRecord {
        standing: standing.to_owned(),
        given_on: consent.given_on,
        assumed: consent.assumed,
        lasts_until: end.previous_day().unwrap_or(end),
        withdrawn_on: consent.standing.withdrawn(),
        held_by: consent.held_by,
        source: consent.source,
        ehcp: consent.ehcp,
    }
}

fn disclosure(
    house: &House,
    release: &Release,
    disclosed: &Disclosed,
) -> Result<Disclosure, FlowError> {
    let (view, plan) = (house.ledger.view(), &release.plan);
    let school = house.schools.of(plan.school).map(AsRef::as_ref);
    let extract = match plan.extract {
        Some(id) => view.extract(id)?,
        None => None,
    };
    let recipients = release.recipients.iter();
    Ok(Disclosure {
        release: plan.id,
        at: plan.at,
        trigger: plan.trigger,
        state: release.state.word().to_owned(),
        ended_at: release.closed_at,
        told: told(disclosed),
        consent: ConsentThen {
            given_on: disclosed.basis.map(|basis| basis.given_on),
            source: disclosed.basis.map(|basis| basis.source),
            tied_by_hand: disclosed.by_hand.is_some(),
        },
        records_of: extract
            .as_ref()
            .map(|extract| extract::facts(extract).exported_on),
        recipients: recipients.map(|key| Holder::of(school, key)).collect(),
        served: served(&view.servings(plan.id)?, school),
        serving_is_known: serving_is_known(house, plan.school)?,
    })
}

/// Whether somebody tells who was served: folders never do.
pub(super) fn serving_is_known(house: &House, school: SchoolId) -> Result<bool, FlowError> {
    let by_server = house.settings.sftp.is_some();
    Ok(by_server && !house.ledger.view().is_reached_otherwise(school)?)
}

/// Who was served what of a release.
pub(super) fn served(servings: &[Serving], school: Option<&School>) -> Vec<Served> {
    let served = servings.iter().map(|one| Served {
        by: Holder::of(school, &one.by),
        format: one.format.extension().to_owned(),
        touched_at: one.touched_at,
        collected_at: one.collected_at,
    });
    served.collect()
}

fn told(disclosed: &Disclosed) -> Told {
    Told {
        forename: disclosed.forename.reveal().to_owned(),
        surname: disclosed.surname.reveal().to_owned(),
        date_of_birth: disclosed.born,
        destination_type: disclosed.label.words().to_owned(),
        provider_or_employer: disclosed.provider.clone(),
        start_date: disclosed.started,
        confirmed_on: disclosed.confirmed,
    }
}

fn notices(house: &House, pupil: PupilId) -> Result<Vec<NoticeOnRecord>, FlowError> {
    let notices = house.ledger.view().notices_about(pupil)?.into_iter();
    let notices = notices.map(|notice| NoticeOnRecord {
        id: notice.id,
        state: if notice.closed_at.is_some() {
            "closed"
        } else {
            "open"
        }
        .to_owned(),
        submission: notice.submission,
        opened_at: notice.opened_at,
        closed_at: notice.closed_at,
    });
    Ok(notices.collect())
}
