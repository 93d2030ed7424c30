//! Erasure after a restore: the backup still knows whom the lost ledger had erased. The note has marks and no name;
//! whoever bears one is erased again.

use std::collections::BTreeSet;

use serde_json::json;
use time::Date;

use super::{
    erase::{erase_at, stop},
    search::{AtSchool, Traces, described},
};
use crate::{
    domain::pupil::Description,
    flow::{
        FlowError,
        house::House,
        notes::{self, ErasedAt},
        notices::open_due,
        recall, unfinished,
    },
    ledger::{Act, Actor, Lookups, Verb},
};

/// Erases again, and sets the marks as of the day of the erasure. Once for its note.
pub(in crate::flow) fn erase_again(
    house: &mut House,
    schools: &[ErasedAt],
    on: Date,
    note: &str,
    actor: &Actor,
) -> Result<(), FlowError> {
    if house.ledger.view().was_replayed(note)? {
        return Ok(());
    }
    let mut traces = Traces {
        schools: Vec::new(),
        nearly: 0,
    };
    for one in schools {
        traces.schools.push(marked(house, one)?);
    }
    stop(house, &traces, actor)?;
    unfinished::finish(house)?;
    recall::sweep(house)?;
    open_due(house)?;
    let named = |at: &AtSchool| -> Vec<Description> {
        let consents = at.consents.iter().map(|one| described(&one.pupil));
        let remembered = at.remembered.iter().map(|(_, one)| one.who.clone());
        consents.chain(remembered).collect()
    };
    let (now, vault) = (house.now(), house.vault.clone());
    house.act(|tx| {
        for (at, one) in traces.schools.iter().zip(schools) {
            let disclosures = erase_at(tx, &vault, at, &named(at), on)?;
            tx.bar_marks(one.school, &one.marks, on)?;
            let pupils = at.consents.iter().map(|consent| consent.id.to_string());
            tx.record(&Act {
                at: now,
                actor: actor.clone(),
                verb: Verb::PupilsErased,
                subject: one.school.to_string(),
                school: Some(one.school),
                detail: json!({
                    "pupils": pupils.collect::<Vec<_>>(), "disclosures": disclosures,
                    "withdrawals": at.remembered.len(), "after_restore": true,
                }),
            })?;
        }
        tx.replay(note)?;
        Ok::<_, FlowError>(())
    })?;
    let everywhere = traces.schools.iter().flat_map(|at| {
        let of_school = named(at).into_iter();
        of_school.map(|one| (at.school, one))
    });
    notes::forget_person(house, &everywhere.collect::<Vec<_>>())?;
    Ok(house.ledger.settle()?)
}

/// What a school has of whoever bears one of these marks.
fn marked(house: &House, one: &ErasedAt) -> Result<AtSchool, FlowError> {
    let marks: BTreeSet<&[u8; 16]> = one.marks.iter().collect();
    let bears = |who: &Lookups| who.marks().any(|mark| marks.contains(&mark));
    let view = house.ledger.view();
    let mut at = AtSchool::nothing(one.school);
    for sealed in view.consents(one.school)? {
        if bears(sealed.lookups()) {
            at.consents.push(sealed.open(&house.vault)?);
        }
    }
    at.remembered = view.remembered_rows(one.school)?;
    at.remembered.retain(|(_, remembered)| {
        bears(&Lookups::of_description(
            &house.vault,
            one.school,
            &remembered.who,
        ))
    });
    Ok(at)
}
