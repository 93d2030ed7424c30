//! What is in doubt: a run of matcher and gate over the present extract, as a release would make it, and the
//! withdrawals that wait for an analyst. Streams the extract twice, once to match and once for what comes
//! near to the doubtful; what is kept of it does not grow with it.

use std::{collections::BTreeMap, sync::Arc};

use rayon::prelude::*;
use serde_json::json;
use time::Date;

use super::{
    reply::{NearRecord, ReviewEntry, ReviewKind, ReviewReply},
    ties::TiesInForce,
};
use crate::{
    domain::{
        destination::SchoolMention,
        ids::{SchoolId, SubmissionId},
        pupil::{Consent, Standing},
        school::School,
    },
    flow::{
        FlowError,
        command::Reply,
        extract::{self, Ready},
        house::House,
        matching::{each_record, match_consents},
        release::last_lists,
    },
    ledger::{Act, Actor, Extract, SealedConsent, Verb, mark_of},
    policy::{
        gate::{Circumstances, LastList, Question, Reason, SharingRules, Verdict, gate},
        matching::{Candidate, Matches, Search, Sought},
    },
    vault::Vault,
};

/// Tells what is in doubt, at one school or at all, and leaves a word in the trail that somebody looked.
pub(super) fn list(
    house: &mut House,
    only: Option<SchoolId>,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let schools = match only {
        Some(id) => vec![house.school_of(id)?],
        None => house.all_schools(),
    };
    extract::adopt_all(house)?;
    let ready = extract::ready_at(house, house.now(), false)?;
    let (mut doubts, left_out) = doubts(house, &schools, &ready)?;
    if let Ready::Yes(extract) = &ready {
        find_nearest(house, extract, &mut doubts)?;
    }
    let mut entries: Vec<ReviewEntry> = doubts.into_iter().map(|doubt| doubt.entry).collect();
    entries.extend(large_withdrawals(house, only)?);
    entries.sort_by_key(|entry| (entry.school, entry.pupil, entry.submission));
    looked(house, only, &entries, actor)?;
    Ok(Reply::Review(ReviewReply {
        extract: ready.extract().map(extract::facts),
        without_extract: why_none(&ready),
        entries,
        left_out,
    }))
}

/// A pupil in doubt, and who it is, for the search of what comes near.
struct Doubt {
    entry: ReviewEntry,
    sought: Option<Sought>,
}

/// Every consent that waits for an analyst, and how many more there are than can be told of at once.
fn doubts(
    house: &House,
    schools: &[Arc<School>],
    ready: &Ready,
) -> Result<(Vec<Doubt>, usize), FlowError> {
    let view = house.ledger.view();
    let bench = Bench {
        matches: match ready {
            Ready::Yes(extract) => Some(match_consents(house, schools, extract)?),
            Ready::No(_) => None,
        },
        ties: TiesInForce::of_all(&view)?,
        vault: house.vault.clone(),
        rules: house.sharing_rules(),
        today: house.today(),
    };
    let (mut doubts, mut left_out) = (Vec::new(), 0);
    for batch in schools.chunks(SCHOOLS_AT_ONCE) {
        if house.is_stopping() {
            return Err(FlowError::Stopping);
        }
        let known = batch
            .iter()
            .map(|school| {
                Ok((
                    school,
                    view.consents(school.id)?,
                    last_lists(&view, school.id)?,
                ))
            })
            .collect::<Result<Vec<_>, FlowError>>()?;
        let found = known
            .into_par_iter()
            .map(|(school, consents, lists)| bench.school(school, &consents, &lists))
            .collect::<Result<Vec<_>, FlowError>>()?;
        for doubt in found.into_iter().flatten() {
            if doubts.len() < MOST {
                doubts.push(doubt);
            } else {
                left_out += 1;
            }
        }
    }
    Ok((doubts, left_out))
}

/// What all consents of a run are asked with.
struct Bench {
    /// None where there is no extract: then only withdrawals are in doubt.
    matches: Option<Matches>,
    ties: TiesInForce,
    vault: Vault,
    rules: SharingRules,
    today: Date,
}

impl Bench {
    fn school(
        &self,
        school: &Arc<School>,
        consents: &[SealedConsent],
        lists: &[LastList],
    ) -> Result<Vec<Doubt>, FlowError> {
        let circumstances = Circumstances {
            school,
            today: self.today,
            rules: &self.rules,
            lists,
        };
        let mut doubts = Vec::new();
        for sealed in consents {
            let consent = sealed.open(&self.vault)?;
            if let Some((question, reason)) = self.doubt(&consent, &circumstances) {
                doubts.push(self.told(school, consent, question, reason));
            }
        }
        Ok(doubts)
    }

    /// What is in doubt of a consent. A withdrawal that may mean the pupil is to be settled whatever else
    /// keeps the pupil from being shared: a notice may follow.
    fn doubt(&self, consent: &Consent, c: &Circumstances<'_>) -> Option<(Question, Reason)> {
        if consent.held_by.is_some() && !matches!(consent.standing, Standing::Withdrawn(_)) {
            return Some((Question::WhomMeant, Reason::HeldNear));
        }
        match gate(consent, &self.matches.as_ref()?.of(consent.id), c) {
            Verdict::Share(_) => None,
            Verdict::Withhold(reason) => Some((reason.question()?, reason)),
        }
    }

    fn told(&self, school: &School, consent: Consent, question: Question, reason: Reason) -> Doubt {
        let name = &consent.pupil.name;
        let entry = ReviewEntry {
            kind: match question {
                Question::WhichRecord => ReviewKind::Match,
                Question::WhatRecord => ReviewKind::Record,
                Question::WhomMeant => ReviewKind::Withdrawal,
            },
            reason: reason.word().to_owned(),
            school: school.id,
            pupil: Some(consent.id),
            forename: Some(name.forename.reveal().to_owned()),
            surname: Some(name.surname.reveal().to_owned()),
            date_of_birth: Some(consent.pupil.born),
            submission: consent.held_by,
            pupils: None,
            tied_to: self.ties.of(school.id, &consent).map(|tie| tie.mark),
            nearest: Vec::new(),
        };
        let sought = (question != Question::WhomMeant).then_some(Sought {
            school: school.id,
            urn: school.urn,
            pupil: consent.pupil,
        });
        Doubt { entry, sought }
    }
}

/// Looks for the records that come nearest to each pupil in doubt.
fn find_nearest(house: &House, extract: &Extract, doubts: &mut [Doubt]) -> Result<(), FlowError> {
    let with: Vec<&mut Doubt> = doubts.iter_mut().filter(|d| d.sought.is_some()).collect();
    if with.is_empty() {
        return Ok(());
    }
    let (mut entries, mut sought) = (Vec::new(), Vec::new());
    for doubt in with {
        sought.extend(doubt.sought.take());
        entries.push(&mut doubt.entry);
    }
    let mut search = Search::new(house.year11_rule(), sought);
    each_record(house, extract, |record| search.offer(record))?;
    for (entry, found) in entries.into_iter().zip(search.nearest()) {
        entry.nearest = found
            .into_iter()
            .map(|one| near_record(&house.vault, one))
            .collect();
    }
    Ok(())
}

fn near_record(vault: &Vault, found: Candidate) -> NearRecord {
    let mark = mark_of(vault, &found.record);
    let record = found.record;
    NearRecord {
        record: mark,
        near: found.near.word().to_owned(),
        client: record.client,
        forename: record.forename.reveal().to_owned(),
        surname: record.surname.reveal().to_owned(),
        date_of_birth: record.born,
        year_11_school: record.year11_school.map(|school| match school {
            SchoolMention::Laestab(laestab) => laestab.to_string(),
            SchoolMention::Urn(urn) => format!("URN {urn}"),
        }),
        may_be_tied: found.open,
    }
}

/// The large files of withdrawals whose notices wait, one entry each.
fn large_withdrawals(house: &House, only: Option<SchoolId>) -> Result<Vec<ReviewEntry>, FlowError> {
    let mut files: BTreeMap<(SchoolId, SubmissionId), usize> = BTreeMap::new();
    for one in house.ledger.view().withdrawals_braked()? {
        if only.is_none_or(|school| school == one.school) {
            *files.entry((one.school, one.submission)).or_default() += 1;
        }
    }
    let entries = files
        .into_iter()
        .map(|((school, submission), pupils)| ReviewEntry {
            kind: ReviewKind::Withdrawal,
            reason: LARGE.to_owned(),
            school,
            pupil: None,
            forename: None,
            surname: None,
            date_of_birth: None,
            submission: Some(submission),
            pupils: Some(pupils),
            tied_to: None,
            nearest: Vec::new(),
        });
    Ok(entries.collect())
}

/// Whoever looks at pupils is in the trail: how many of what, and no pupil.
fn looked(
    house: &mut House,
    only: Option<SchoolId>,
    entries: &[ReviewEntry],
    actor: &Actor,
) -> Result<(), FlowError> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        *counts.entry(&entry.reason).or_default() += 1;
    }
    let act = Act {
        at: house.now(),
        actor: actor.clone(),
        verb: Verb::ReviewListed,
        subject: only.map_or_else(|| "all".to_owned(), |school| school.to_string()),
        school: only,
        detail: json!({ "in_doubt": counts }),
    };
    house.ledger.write(|tx| tx.record(&act))?;
    Ok(())
}

/// Why nothing could be matched.
fn why_none(ready: &Ready) -> Option<String> {
    match (ready, ready.refusal()) {
        (Ready::Yes(_), _) => None,
        (Ready::No(_), Some(Reply::Refused { why, .. })) => Some(why),
        (Ready::No(_), _) => Some("there is no extract of the caseload system".to_owned()),
    }
}

/// Schools whose consents are in memory at once.
const SCHOOLS_AT_ONCE: usize = 64;
/// Pupils in doubt that one answer tells of; of one school there are never so many.
const MOST: usize = 10_000;
/// The word for a large file of withdrawals.
const LARGE: &str = "large-withdrawal";
