//! Whom a withdrawal meant that fits nobody exactly: an analyst says of each pupil that it holds whether it
//! meant that one (spec 3).

use serde_json::json;
use time::Date;

use super::tying::no_such_pupil;
use crate::{
    calendar::local_day,
    domain::{
        ids::{PupilId, SchoolId, SubmissionId},
        pupil::{Consent, Remembered, Standing},
    },
    flow::{
        FlowError,
        command::Reply,
        facts::SchoolFacts,
        house::House,
        notices, recall, receipts,
        recording::{SealedChanges, Source, apply},
    },
    ledger::{Act, Actor, Verb},
    policy::{
        identity::{Traits, fit},
        judge::{Change, Effect, WithdrawalScale},
    },
};

/// Withdraws a pupil whom this file holds, as if it had named the pupil exactly; or lets go of the pupil.
pub(super) fn settle(
    house: &mut House,
    (id, pupil): (SubmissionId, PupilId),
    meant: bool,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let Some(submission) = house.ledger.view().submission(id)? else {
        return Ok(Reply::Refused {
            why: format!("there is no submission {id}"),
            next: "«pillarbox review list» shows which files hold whom".to_owned(),
        });
    };
    let school = submission.taken.school;
    let Some(sealed) = house.ledger.view().consent(school, pupil)? else {
        return Ok(no_such_pupil(school, pupil));
    };
    let before = sealed.open(&house.vault)?;
    if before.held_by != Some(id) {
        return Ok(Reply::Refused {
            why: format!("{id} does not hold {pupil}"),
            next: "it may be settled already; «pillarbox review list» shows what is not".to_owned(),
        });
    }
    let change = if meant {
        withdrawn(id, local_day(submission.taken.taken_at), &before)
    } else {
        let next = next_to_hold(&house.ledger.view().remembered(school)?, id, &before);
        let_go(id, next, &before)
    };
    record(house, (school, id), (change, before), actor)?;
    recall::sweep(house)?;
    notices::open_due(house)?;
    receipts::publish_waiting(house)?;
    Ok(Reply::Done)
}

/// The consent as if the file had named the pupil on the day on which it came.
fn withdrawn(id: SubmissionId, day: Date, before: &Consent) -> Change {
    let consent = Consent {
        standing: Standing::Withdrawn(day),
        held_by: None,
        ..changed(id, before)
    };
    Change::Consent {
        effect: Effect::Withdrawn,
        consent: Box::new(consent),
    }
}

fn let_go(id: SubmissionId, next: Option<SubmissionId>, before: &Consent) -> Change {
    let consent = Consent {
        held_by: next,
        ..changed(id, before)
    };
    Change::Consent {
        effect: Effect::Cleared,
        consent: Box::new(consent),
    }
}

fn changed(id: SubmissionId, before: &Consent) -> Consent {
    Consent {
        source: id,
        version: before.version.saturating_add(1),
        ..before.clone()
    }
}

fn record(
    house: &mut House,
    (school, id): (SchoolId, SubmissionId),
    (change, before): (Change, Consent),
    actor: &Actor,
) -> Result<(), FlowError> {
    let meant = matches!(
        &change,
        Change::Consent {
            effect: Effect::Withdrawn,
            ..
        }
    );
    let pupil = before.id;
    let known = SchoolFacts::of_consents(vec![before]);
    let changes = SealedChanges::seal(&house.vault, school, vec![change], &known);
    let source = Source {
        school,
        submission: id,
        at: house.now(),
        today: house.today(),
        scale: WithdrawalScale::Usual,
    };
    house.act(|tx| {
        apply(tx, &changes, &source)?;
        tx.record(&Act {
            at: source.at,
            actor: actor.clone(),
            verb: Verb::ReviewSettled,
            subject: id.to_string(),
            school: Some(school),
            detail: json!({"pupil": pupil, "meant": meant}),
        })?;
        Ok(())
    })
}

/// A later withdrawal that may mean the pupil as well: only the first one is on record as what holds the
/// pupil, and letting go of that one settles no other.
fn next_to_hold(
    remembered: &[Remembered],
    settled: SubmissionId,
    consent: &Consent,
) -> Option<SubmissionId> {
    let pupil = Traits::of_pupil(&consent.pupil);
    let outlived = |withdrew: Date| !consent.assumed && consent.given_on > withdrew;
    let later = remembered
        .iter()
        .filter(|one| one.source > settled && !outlived(one.on));
    later
        .filter(|one| fit(&Traits::of_description(&one.who), &pupil).is_some())
        .map(|one| one.source)
        .min()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::domain::{
        names::{Name, PersonName},
        pupil::{Description, Pupil},
    };

    fn consent() -> Consent {
        let name = |text| Name::parse(text).unwrap();
        Consent {
            id: PupilId::from_number(1),
            pupil: Pupil {
                name: PersonName {
                    forename: name("Robin"),
                    surname: name("Example"),
                },
                born: date!(2010 - 03 - 01),
                upn: None,
                uln: None,
            },
            given_on: date!(2026 - 09 - 15),
            assumed: false,
            ehcp: false,
            standing: Standing::InForce,
            held_by: Some(SubmissionId::new(5)),
            source: SubmissionId::new(5),
            version: 2,
        }
    }

    fn remembered(source: u64, surname: &str, on: Date) -> Remembered {
        Remembered {
            on,
            source: SubmissionId::new(source),
            who: Description {
                forename: Name::parse("Robyn").ok(),
                surname: Name::parse(surname).ok(),
                born: Some(date!(2010 - 03 - 01)),
                ..Description::default()
            },
        }
    }

    #[test]
    fn a_later_withdrawal_that_nearly_fits_goes_on_holding() {
        let (before, after) = (date!(2026 - 09 - 14), date!(2026 - 10 - 01));
        let next = |all: &[Remembered]| next_to_hold(all, SubmissionId::new(5), &consent());
        let own = remembered(5, "Example", after);
        let earlier = remembered(4, "Example", after);
        assert_eq!(next(&[own, earlier]), None, "those are settled");
        let [seventh, sixth] = [7, 6].map(|id| remembered(id, "Example", after));
        assert_eq!(next(&[seventh, sixth]), Some(SubmissionId::new(6)));
        assert_eq!(
            next(&[remembered(6, "Other", after)]),
            None,
            "somebody else"
        );
        assert_eq!(
            next(&[remembered(6, "Example", before)]),
            None,
            "consented since"
        );
    }
}
