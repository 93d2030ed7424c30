//! Ties by hand as flows need them: which are in force, and those that end because the consent or the record
//! has changed (spec 6). Whatever ends one counts as a change of the school's consents, so that the next sweep
//! takes files back that rest on it.

use std::collections::HashMap;

use serde_json::json;
use time::OffsetDateTime;

use crate::{
    domain::{
        ids::{PupilId, SchoolId},
        pupil::Consent,
    },
    flow::{FlowError, house::House, matching::each_record, recall},
    ledger::{Act, Actor, Extract, KeptTie, LedgerError, SealedConsent, Tx, Verb, View},
    policy::matching::Tie,
};

/// The ties that are kept, found by pupil.
#[derive(Default)]
pub(in crate::flow) struct TiesInForce(HashMap<(SchoolId, PupilId), KeptTie>);

impl TiesInForce {
    /// Those of all schools.
    pub(in crate::flow) fn of_all(view: &View<'_>) -> Result<Self, LedgerError> {
        Ok(Self::new(view.ties()?))
    }

    /// Those of one school.
    pub(in crate::flow) fn of_school(
        view: &View<'_>,
        school: SchoolId,
    ) -> Result<Self, LedgerError> {
        Ok(Self::new(view.ties_of(school)?))
    }

    /// The tie of this consent, where the consent is still the one that the analyst saw.
    pub(in crate::flow) fn of(&self, school: SchoolId, consent: &Consent) -> Option<&Tie> {
        let kept = self.0.get(&(school, consent.id))?;
        (kept.version == consent.version).then_some(&kept.tie)
    }

    fn new(ties: Vec<KeptTie>) -> Self {
        let by_pupil = ties.into_iter().map(|tie| ((tie.school, tie.pupil), tie));
        Self(by_pupil.collect())
    }
}

/// Ends the ties of consents that are now others than the analyst saw. In the commit that changes them.
pub(in crate::flow) fn dissolve_changed(
    tx: &Tx<'_>,
    school: SchoolId,
    changed: &[SealedConsent],
    at: OffsetDateTime,
) -> Result<(), LedgerError> {
    if changed.is_empty() || !tx.has_ties(school)? {
        return Ok(());
    }
    let versions: HashMap<PupilId, u32> = changed
        .iter()
        .map(|consent| (consent.facts().pupil, consent.facts().version))
        .collect();
    for tie in tx.ties_of(school)? {
        let now = versions.get(&tie.pupil);
        if now.is_some_and(|version| *version != tie.version) {
            end(tx, &tie, &Actor::System, "consent-changed", at)?;
        }
    }
    Ok(())
}

/// Ends the ties to records that the extract no longer has just as they were, and takes back what rests on
/// them. Streams the extract once, and only where there are ties that nobody looked for in it yet.
pub(in crate::flow) fn dissolve_gone(house: &mut House) -> Result<(), FlowError> {
    let view = house.ledger.view();
    let Some(current) = view.current_extract()? else {
        return Ok(());
    };
    let path = house.folders.extracts.join(&current.arrived.path);
    if !view.has_ties_unseen_in(current.id)? || !path.exists() {
        return Ok(());
    }
    let gone = not_in(house, &current, view.ties()?)?;
    let now = house.now();
    house.ledger.write(|tx| {
        for tie in &gone {
            end(tx, tie, &Actor::System, "record-changed", now)?;
        }
        tx.ties_seen(current.id)
    })?;
    if gone.is_empty() {
        Ok(())
    } else {
        recall::sweep(house)
    }
}

/// Those of the ties whose records the extract has not got.
fn not_in(
    house: &House,
    extract: &Extract,
    mut ties: Vec<KeptTie>,
) -> Result<Vec<KeptTie>, FlowError> {
    each_record(house, extract, |record| {
        ties.retain(|kept| !kept.tie.record.is(record));
    })?;
    Ok(ties)
}

/// Ends one tie, and says so in the trail.
pub(super) fn end(
    tx: &Tx<'_>,
    tie: &KeptTie,
    actor: &Actor,
    why: &str,
    at: OffsetDateTime,
) -> Result<(), LedgerError> {
    tx.untie(tie.school, tie.pupil)?;
    tx.record(&Act {
        at,
        actor: actor.clone(),
        verb: Verb::ReviewUntied,
        subject: tie.pupil.to_string(),
        school: Some(tie.school),
        detail: json!({"record": tie.tie.mark, "why": why}),
    })?;
    Ok(())
}
