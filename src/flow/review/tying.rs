//! A consent tied to a record by an analyst, and untied. A tie settles whose record it is; it never stands in
//! for the consent, nor for the Year 11 school (spec 6).

use serde_json::json;

use super::ties::end;
use crate::{
    domain::{
        ids::{PupilId, RecordMark, SchoolId},
        pupil::{Consent, Standing},
        school::School,
    },
    flow::{
        FlowError,
        command::Reply,
        extract::{self, Ready},
        house::House,
        matching::each_record,
        recall,
    },
    ledger::{Act, Actor, Extract, KeptTie, LedgerError, Verb, mark_of},
    policy::matching::{RecordIdentity, Tie, may_be_tied},
};

/// Ties the consent to the record with this mark, in the place of an earlier tie.
pub(super) fn tie(
    house: &mut House,
    (school, pupil): (SchoolId, PupilId),
    mark: RecordMark,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let school = house.school_of(school)?;
    extract::adopt_all(house)?;
    let ready = extract::ready_at(house, house.now(), false)?;
    let Ready::Yes(extract) = &ready else {
        return Ok(ready.refusal().unwrap_or_else(no_extract));
    };
    let consent = match standing(house, &school, pupil)? {
        Ok(consent) => consent,
        Err(refused) => return Ok(refused),
    };
    let record = match chosen(house, &school, extract, mark)? {
        Ok(record) => record,
        Err(refused) => return Ok(refused),
    };
    if let Some(refused) = taken(house, (school.id, pupil), mark)? {
        return Ok(refused);
    }
    let kept = KeptTie {
        school: school.id,
        pupil,
        version: consent.version,
        made_at: house.now(),
        tie: Tie { mark, record },
    };
    let seen_in = extract.id;
    house.act(|tx| {
        tx.tie(&kept, seen_in)?;
        tx.record(&Act {
            at: kept.made_at,
            actor: actor.clone(),
            verb: Verb::ReviewTied,
            subject: pupil.to_string(),
            school: Some(kept.school),
            detail: json!({"record": mark, "version": kept.version}),
        })?;
        Ok(())
    })?;
    // A file that rests on an earlier tie of this pupil stands no longer.
    recall::sweep(house)?;
    Ok(Reply::Done)
}

/// Undoes such a tie, and takes back what rests on it.
pub(super) fn untie(
    house: &mut House,
    (school, pupil): (SchoolId, PupilId),
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let school = house.school_of(school)?;
    let ties = house.ledger.view().ties_of(school.id)?;
    let Some(tie) = ties.into_iter().find(|tie| tie.pupil == pupil) else {
        return Ok(Reply::Refused {
            why: format!("{pupil} is tied to no record"),
            next: "nothing is to be undone".to_owned(),
        });
    };
    let now = house.now();
    house.act(|tx| Ok(end(tx, &tie, actor, "asked", now)?))?;
    recall::sweep(house)?;
    Ok(Reply::Done)
}

/// The consent, if it stands; or why it can't be tied.
fn standing(
    house: &House,
    school: &School,
    pupil: PupilId,
) -> Result<Result<Consent, Reply>, FlowError> {
    let Some(sealed) = house.ledger.view().consent(school.id, pupil)? else {
        return Ok(Err(no_such_pupil(school.id, pupil)));
    };
    let consent = sealed.open(&house.vault)?;
    Ok(match consent.standing {
        Standing::InForce => Ok(consent),
        Standing::Lapsed | Standing::Withdrawn(_) => Err(Reply::Refused {
            why: format!("the consent of {pupil} was withdrawn or has lapsed"),
            next: "without a consent that stands there is nothing to tie".to_owned(),
        }),
    })
}

/// The record with this mark, if a tie may lead to it.
fn chosen(
    house: &House,
    school: &School,
    extract: &Extract,
    mark: RecordMark,
) -> Result<Result<RecordIdentity, Reply>, FlowError> {
    let mut found = None;
    each_record(house, extract, |record| {
        if found.is_none() {
            let record = RecordIdentity::of(record);
            found = (mark_of(&house.vault, &record) == mark).then_some(record);
        }
    })?;
    Ok(match found {
        None => Err(Reply::Refused {
            why: format!("the extract has no record with the mark {mark}"),
            next: "«pillarbox review list» shows the nearest records with their marks; a record that changes has another mark".to_owned(),
        }),
        Some(record) if may_be_tied(&record, school.id, school.urn, house.year11_rule()) => {
            Ok(record)
        }
        Some(_) => Err(Reply::Refused {
            why: format!("that record does not say that {} was the Year 11 school", school.id),
            next: "mend it in the caseload system, or in the file of Year 11 schools; no tie stands in for that".to_owned(),
        }),
    })
}

/// Whether somebody else is tied to the record already: then neither would be served.
fn taken(
    house: &House,
    (school, pupil): (SchoolId, PupilId),
    mark: RecordMark,
) -> Result<Option<Reply>, LedgerError> {
    let ties = house.ledger.view().ties()?;
    let mut others = ties
        .iter()
        .filter(|tie| (tie.school, tie.pupil) != (school, pupil));
    Ok(others
        .find(|tie| tie.tie.mark == mark)
        .map(|tie| Reply::Refused {
            why: format!("{} of {} is tied to that record", tie.pupil, tie.school),
            next: "if that was wrong, untie it first".to_owned(),
        }))
}

pub(super) fn no_such_pupil(school: SchoolId, pupil: PupilId) -> Reply {
    Reply::Refused {
        why: format!("{school} has told of no pupil {pupil}"),
        next: "«pillarbox review list» shows who is in doubt, with their numbers".to_owned(),
    }
}

fn no_extract() -> Reply {
    Reply::Refused {
        why: "there is no extract of the caseload system to look into".to_owned(),
        next: "export one".to_owned(),
    }
}
