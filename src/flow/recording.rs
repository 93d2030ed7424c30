//! Judgements into the ledger: what each changed, its place in the trail, and its receipt, in one
//! commit, so that a receipt can never speak of what was not recorded.

use serde_json::json;
use time::{Date, OffsetDateTime};

use super::{
    FlowError, discrepancies, facts::SchoolFacts, forecast, house::House, judging::Judged, notices,
    receipts::Draft, requests, review, upload::Taken,
};
use crate::{
    domain::{
        ids::{PupilId, SchoolId, SubmissionId},
        pupil::{Consent, Remembered, Standing},
        receipt::{Counts, Kind, Outcome, ReceivedFile},
    },
    ledger::{Act, Actor, ListMark, Lookups, SealedConsent, Tx, Verb, Withdrawal},
    policy::judge::{Change, Effect, LastList, WithdrawalScale},
    vault::{Vault, to_hex},
};

/// A judgement's changes, sealed off the writer's thread.
#[derive(Default)]
pub(super) struct SealedChanges {
    consents: Vec<SealedConsent>,
    withdrawn: Vec<Before>,
    remembered: Vec<Remembered>,
    refused: Vec<Lookups>,
    listed: Vec<LastList>,
    lengthened: Vec<LastList>,
    /// Erased persons who consented again.
    unbarred: Vec<Lookups>,
    effects: Effects,
}

/// A consent that is withdrawn, as it was before.
struct Before {
    pupil: PupilId,
    standing: Standing,
    held_by: Option<SubmissionId>,
}

/// How many consents changed in which way, for the trail.
#[derive(Clone, Copy, Default)]
pub(super) struct Effects {
    new: u32,
    renewed: u32,
    restored: u32,
    lapsed: u32,
    pub(super) withdrawn: u32,
    pub(super) held: u32,
    cleared: u32,
}

impl SealedChanges {
    /// Seals what a judgement changes of what was known of the school.
    pub(super) fn seal(
        vault: &Vault,
        school: SchoolId,
        changes: Vec<Change>,
        known: &SchoolFacts,
    ) -> Self {
        let mut sealed = Self::default();
        for change in changes {
            match change {
                Change::Consent { effect, consent } => {
                    sealed.effects.count(effect);
                    if effect == Effect::Withdrawn {
                        let was = known.consents.iter().find(|was| was.id == consent.id);
                        sealed.withdrawn.extend(was.map(Before::of));
                    }
                    let row = SealedConsent::seal(vault, school, &consent);
                    if known
                        .barred
                        .as_ref()
                        .is_some_and(|barred| barred.lifts(&row))
                    {
                        sealed.unbarred.push(*row.lookups());
                    }
                    sealed.consents.push(row);
                }
                Change::Remember(remembered) => sealed.remembered.push(remembered),
                Change::Refused(description) => {
                    sealed
                        .refused
                        .push(Lookups::of_description(vault, school, &description));
                }
                Change::Listed(list) => sealed.listed.push(list),
                Change::Lengthened(list) => sealed.lengthened.push(list),
            }
        }
        sealed
    }
}

impl SealedChanges {
    /// How many consents change in which way.
    pub(super) fn effects(&self) -> Effects {
        self.effects
    }

    /// How many withdrawals are remembered for a list that comes later.
    pub(super) fn remembered(&self) -> usize {
        self.remembered.len()
    }
}

impl Before {
    fn of(consent: &Consent) -> Self {
        Self {
            pupil: consent.id,
            standing: consent.standing,
            held_by: consent.held_by,
        }
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
    let (today, expires) = (house.today(), house.settings.consent.expires);
    let mut unkept = Vec::new();
    house.ledger.write(|tx| {
        for (taken, judged, changes) in judged {
            let cause = Source {
                school: taken.upload.school.id,
                submission: taken.id,
                at: now,
                today,
                scale: judged.scale,
            };
            apply(tx, &changes, &cause)?;
            let mut draft = draft(&taken, &judged);
            notices::close(tx, &desk, &taken, &judged.confirmed, now)?;
            if let Some(ask) = &judged.ask {
                requests::ask(tx, &taken, ask, &mut draft, rules, now, today)?;
            }
            if let Some(report) = &judged.report {
                discrepancies::record(tx, &taken, report, now)?;
            }
            if let Some(expiring) = judged.expiring {
                forecast::keep(tx, taken.upload.school.id, expiring, expires, today)?;
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

/// What changes consents, and when.
pub(super) struct Source {
    pub(super) school: SchoolId,
    pub(super) submission: SubmissionId,
    pub(super) at: OffsetDateTime,
    pub(super) today: Date,
    pub(super) scale: WithdrawalScale,
}

/// Writes what a judgement changes. The consequences of withdrawals are drawn when no file in the outbox
/// holds the pupil any more, so that each is remembered until then.
pub(super) fn apply(
    tx: &Tx<'_>,
    changes: &SealedChanges,
    source: &Source,
) -> Result<(), FlowError> {
    let (school, submission) = (source.school, source.submission);
    tx.save_consents(&changes.consents)?;
    review::dissolve_changed(tx, school, &changes.consents, source.at)?;
    for before in &changes.withdrawn {
        tx.withdrew(&Withdrawal {
            submission,
            pupil: before.pupil,
            school,
            at: source.at,
            braked: source.scale == WithdrawalScale::Large,
            was: before.standing,
            was_held_by: before.held_by,
        })?;
    }
    for remembered in &changes.remembered {
        tx.remember(school, remembered)?;
    }
    tx.refused(school, submission, &changes.refused)?;
    for person in &changes.unbarred {
        tx.no_longer_barred(school, person)?;
    }
    let mark = |list: &LastList| ListMark {
        cohort: list.cohort,
        rows: list.rows,
        submission,
        on: source.today,
    };
    for list in &changes.listed {
        tx.listed(school, &mark(list))?;
    }
    for list in &changes.lengthened {
        tx.lengthened(school, &mark(list))?;
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
        expiring: judged.expiring.filter(|_| tells_expiring(judged)),
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

/// Whoever sends a list learns which consents end soon; who withdraws is not asked for new ones.
fn tells_expiring(judged: &Judged) -> bool {
    matches!(judged.kind, Kind::ConsentList | Kind::Addition) && judged.outcome != Outcome::Rejected
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
