//! Judgements into the ledger: what each changed, its place in the trail, and its receipt, in one
//! commit, so that a receipt can never speak of what was not recorded.

use serde_json::json;
use time::Date;

use super::{FlowError, house::House, judging::Judged, receipts::Draft, requests, upload::Taken};
use crate::{
    domain::{
        ids::{SchoolId, SubmissionId},
        pupil::Remembered,
        receipt::{Counts, Outcome, ReceivedFile},
    },
    ledger::{Act, Actor, ListMark, Lookups, SealedConsent, Tx, Verb},
    policy::judge::{Change, Effect, LastList, WithdrawalScale},
    vault::{Vault, to_hex},
};

/// A judgement's changes, sealed off the writer's thread.
#[derive(Default)]
pub(super) struct SealedChanges {
    consents: Vec<SealedConsent>,
    remembered: Vec<Remembered>,
    refused: Vec<Lookups>,
    listed: Vec<LastList>,
    effects: Effects,
}

/// How many consents changed in which way, for the trail.
#[derive(Clone, Copy, Default)]
struct Effects {
    new: u32,
    renewed: u32,
    restored: u32,
    lapsed: u32,
    withdrawn: u32,
    held: u32,
    cleared: u32,
}

impl SealedChanges {
    pub(super) fn seal(vault: &Vault, school: SchoolId, changes: Vec<Change>) -> Self {
        let mut sealed = Self::default();
        for change in changes {
            match change {
                Change::Consent { effect, consent } => {
                    sealed.effects.count(effect);
                    sealed
                        .consents
                        .push(SealedConsent::seal(vault, school, &consent));
                }
                Change::Remember(remembered) => sealed.remembered.push(remembered),
                Change::Refused(description) => {
                    sealed
                        .refused
                        .push(Lookups::of_description(vault, school, &description));
                }
                Change::Listed(list) => sealed.listed.push(list),
            }
        }
        sealed
    }
}

impl Effects {
    fn count(&mut self, effect: Effect) {
        *match effect {
            Effect::New => &mut self.new,
            Effect::Renewed => &mut self.renewed,
            Effect::Restored => &mut self.restored,
            Effect::Lapsed => &mut self.lapsed,
            Effect::Withdrawn => &mut self.withdrawn,
            Effect::Held => &mut self.held,
            Effect::Cleared => &mut self.cleared,
        } += 1;
    }
}

/// Records these judgements, each with its receipt.
pub(super) fn record(
    house: &mut House,
    judged: Vec<(Taken, Judged, SealedChanges)>,
) -> Result<(), FlowError> {
    let (desk, now, rules) = (house.desk(), house.now(), house.request_rules());
    let today = house.today();
    let mut unkept = Vec::new();
    house.ledger.write(|tx| {
        for (taken, judged, changes) in judged {
            apply(tx, &taken, &changes, today)?;
            let mut draft = draft(&taken, &judged);
            if let Some(ask) = &judged.ask {
                requests::ask(tx, &taken, ask, &mut draft, rules, now, today)?;
            }
            let head = tx.record(&Act {
                at: now,
                actor: Actor::System,
                verb: Verb::SubmissionJudged,
                subject: taken.id.to_string(),
                school: Some(taken.upload.school.id),
                detail: detail(&draft, &changes.effects, judged.scale),
            })?;
            tx.judged(taken.id, draft.outcome, judged.took_effect)?;
            if judged.keeps_nothing() {
                unkept.extend(taken.spool.map(|spool| (taken.id, spool)));
            }
            let _ = tx.put_receipt(&desk.write(draft, &taken.upload.school, now, head)?)?;
        }
        Ok::<_, FlowError>(())
    })?;
    forget(house, &unkept)
}

/// Removes the sealed copies of lists of which nothing is kept.
fn forget(house: &mut House, unkept: &[(SubmissionId, String)]) -> Result<(), FlowError> {
    if unkept.is_empty() {
        return Ok(());
    }
    for (_, spool) in unkept {
        let _ = house.spool.remove(spool)?;
    }
    let ids: Vec<_> = unkept.iter().map(|(id, _)| *id).collect();
    Ok(house.ledger.write(|tx| tx.spool_removed(&ids))?)
}

fn apply(
    tx: &Tx<'_>,
    taken: &Taken,
    changes: &SealedChanges,
    today: Date,
) -> Result<(), FlowError> {
    let school = taken.upload.school.id;
    tx.save_consents(&changes.consents)?;
    for remembered in &changes.remembered {
        tx.remember(school, remembered)?;
    }
    tx.refused(school, taken.id, &changes.refused)?;
    for list in &changes.listed {
        tx.listed(
            school,
            &ListMark {
                cohort: list.cohort,
                rows: list.rows,
                submission: taken.id,
                on: today,
            },
        )?;
    }
    Ok(())
}

fn draft(taken: &Taken, judged: &Judged) -> Draft {
    let upload = &taken.upload;
    Draft {
        by: upload.by.clone(),
        file: Some(ReceivedFile {
            name: upload.name.clone(),
            bytes: upload.size,
            sha256: to_hex(&upload.sha256),
        }),
        counts: judged.counts.map(Counts::Rows),
        notes: judged.notes.clone(),
        problems: judged.problems.clone(),
        ..Draft::of(
            taken.id.to_string(),
            upload.name.clone(),
            judged.kind,
            judged.outcome,
        )
    }
}

fn detail(draft: &Draft, effects: &Effects, scale: WithdrawalScale) -> serde_json::Value {
    let mut codes: Vec<&str> = draft.problems.iter().map(|p| p.code.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    json!({
        "kind": draft.kind,
        "outcome": Outcome::word(draft.outcome),
        "counts": draft.counts,
        "codes": codes,
        "consents": {
            "new": effects.new,
            "renewed": effects.renewed,
            "restored": effects.restored,
            "lapsed": effects.lapsed,
            "withdrawn": effects.withdrawn,
            "held": effects.held,
            "cleared": effects.cleared,
        },
        "large_withdrawal": scale == WithdrawalScale::Large,
    })
}
