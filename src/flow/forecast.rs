//! How many consents of each school end soon, for `status` and for receipts. A list that is judged is
//! counted with it; everything else once a local day, and whenever consents have changed in another way.

use std::collections::HashMap;

use rayon::prelude::*;
use time::Date;

use super::{FlowError, arrivals::Patience, facts::SchoolFacts, house::House};
use crate::{
    domain::{
        ids::{PupilId, SchoolId},
        pupil::{Consent, Standing},
        receipt::{Expiring, ExpiryRule},
    },
    ledger::{Forecast, SealedConsent, Tx},
    policy::{forecast::expiring, judge::Change},
    vault::Vault,
};

/// Counts for every school whose count is not of today. The daemon counts some schools in each pass, so
/// that nobody waits for a national midnight; `run --once` counts all.
pub fn count(house: &mut House, patience: Patience) -> Result<(), FlowError> {
    let (today, rule) = (house.today(), house.settings.consent.expires);
    loop {
        let due = house.ledger.view().forecasts_due(today, rule, BATCH)?;
        if due.is_empty() {
            return Ok(());
        }
        count_for(house, &due, today, rule)?;
        if patience == Patience::None || house.is_stopping() {
            return Ok(());
        }
    }
}

fn count_for(
    house: &mut House,
    schools: &[SchoolId],
    today: Date,
    rule: ExpiryRule,
) -> Result<(), FlowError> {
    let view = house.ledger.view();
    let mut known = Vec::with_capacity(schools.len());
    for school in schools {
        known.push((*school, view.revision(*school)?, view.consents(*school)?));
    }
    let vault = &house.vault;
    let counted = known
        .into_par_iter()
        .map(|(school, revision, consents)| {
            Ok(Forecast {
                school,
                counted: today,
                revision,
                rule,
                expiring: expiring(&open(vault, &consents)?, rule, today),
            })
        })
        .collect::<Result<Vec<_>, FlowError>>()?;
    house
        .ledger
        .write(|tx| counted.iter().try_for_each(|one| tx.keep_forecast(one)))?;
    Ok(())
}

/// Opens the consents that may count: most of the work is opening them.
fn open(vault: &Vault, consents: &[SealedConsent]) -> Result<Vec<Consent>, FlowError> {
    let in_force = consents.iter().filter(|sealed| {
        let facts = sealed.facts();
        facts.standing == Standing::InForce && facts.held_by.is_none()
    });
    let opened = in_force.map(|sealed| sealed.open(vault));
    Ok(opened.collect::<Result<_, _>>()?)
}

/// What a school's consents come to once these changes are made.
pub(super) fn foreseen(
    facts: &SchoolFacts,
    changes: &[Change],
    rule: ExpiryRule,
    today: Date,
) -> Expiring {
    let changed: HashMap<PupilId, &Consent> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Consent { consent, .. } => Some((consent.id, &**consent)),
            _ => None,
        })
        .collect();
    let as_they_were = facts
        .consents
        .iter()
        .filter(|consent| !changed.contains_key(&consent.id));
    expiring(as_they_were.chain(changed.values().copied()), rule, today)
}

/// Keeps what was counted with a list, together with what the list changed.
pub(super) fn keep(
    tx: &Tx<'_>,
    school: SchoolId,
    expiring: Expiring,
    rule: ExpiryRule,
    today: Date,
) -> Result<(), FlowError> {
    Ok(tx.keep_forecast(&Forecast {
        school,
        counted: today,
        revision: tx.revision(school)?,
        rule,
        expiring,
    })?)
}

/// Schools counted between two looks at anything else.
const BATCH: u32 = 512;
