//! Consents, refusals, remembered withdrawals and last lists.

use std::slice;

use time::macros::date;

use super::fixtures::{BORN, Scene, consent, name, pupil, school};
use crate::{
    domain::{
        days::Cohort,
        identifiers::{Uln, Upn},
        ids::{PupilId, SubmissionId},
        pupil::{Consent, Description, Pupil, Remembered, Standing},
    },
    ledger::{LedgerError, ListMark, Lookups},
};

const CANNOCK: u32 = 8_604_001;
const HAGLEY: u32 = 8_604_002;

fn uln() -> Uln {
    "1000000027".parse().unwrap()
}

#[test]
fn a_schools_consents_are_read_back_as_they_were_saved() {
    let mut scene = Scene::new();
    let consents = [
        consent(0, pupil("Robin", "Example")),
        Consent {
            standing: Standing::Withdrawn(date!(2026 - 10 - 05)),
            held_by: Some(SubmissionId::new(8)),
            ehcp: true,
            assumed: true,
            ..consent(1, pupil("Zoë", "Made-Up"))
        },
        Consent {
            standing: Standing::Lapsed,
            pupil: Pupil {
                uln: Some(uln()),
                upn: Some(upn()),
                ..pupil("Sam", "O’Sample")
            },
            ..consent(2, pupil("Sam", "Sample"))
        },
    ];
    let cannock = consents
        .each_ref()
        .map(|c| scene.sealed(school(CANNOCK), c));
    let hagley = scene.sealed(school(HAGLEY), &consent(3, pupil("Ann", "Other")));
    scene.write(|tx| {
        tx.save_consents(&cannock)?;
        tx.save_consents(&[hagley])
    });
    let view = scene.ledger.view();
    let read = view.consents(school(CANNOCK)).unwrap();
    assert_eq!(read, cannock);
    let opened = read.iter().map(|c| c.open(view.vault()).unwrap());
    assert!(opened.eq(consents.iter().cloned()));
    let one = view.consent(school(CANNOCK), consents[1].id).unwrap();
    assert_eq!(one.as_ref(), Some(&cannock[1]));
    assert_eq!(view.consent(school(HAGLEY), consents[1].id).unwrap(), None);
}

/// The check letter is found by trying, so that no real number stands here.
fn upn() -> Upn {
    let mut letters = "ABCDEFGHJKLMNPQRTUVWXYZ".chars();
    letters
        .find_map(|c| format!("{c}860400100001").parse().ok())
        .unwrap()
}

#[test]
fn saving_again_takes_the_place_of_what_was_there() {
    let mut scene = Scene::new();
    let before = consent(0, pupil("Robin", "Example"));
    let after = Consent {
        standing: Standing::Lapsed,
        version: 2,
        ..before.clone()
    };
    for consent in [&before, &after] {
        let sealed = scene.sealed(school(CANNOCK), consent);
        scene.write(|tx| tx.save_consents(&[sealed]));
    }
    let view = scene.ledger.view();
    let read = view.consents(school(CANNOCK)).unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].open(view.vault()).unwrap(), after);
}

#[test]
fn every_change_of_a_schools_consents_is_counted_for_that_school() {
    let mut scene = Scene::new();
    let one = consent(0, pupil("Robin", "Example"));
    let cannock = scene.sealed(school(CANNOCK), &one);
    let hagley = scene.sealed(school(HAGLEY), &consent(1, pupil("Ann", "Other")));
    let revisions = |scene: &Scene| {
        let view = scene.ledger.view();
        [CANNOCK, HAGLEY].map(|number| view.revision(school(number)).unwrap())
    };
    assert_eq!(revisions(&scene), [0, 0]);
    scene.write(|tx| tx.save_consents(&[cannock.clone(), cannock.clone(), hagley]));
    assert_eq!(revisions(&scene), [1, 1]);
    scene.write(|tx| tx.save_consents(&[cannock]));
    assert_eq!(revisions(&scene), [2, 1]);
    scene.write(|tx| tx.erase_consents(school(CANNOCK), &[one.id]));
    assert_eq!(revisions(&scene), [3, 1]);
    let left = scene.ledger.view().consents(school(CANNOCK)).unwrap();
    assert_eq!(left, []);
}

#[test]
fn consents_in_force_come_a_school_after_the_other_held_ones_too() {
    let mut scene = Scene::new();
    let held = Consent {
        held_by: Some(SubmissionId::new(5)),
        ..consent(2, pupil("Sam", "Sample"))
    };
    let lapsed = Consent {
        standing: Standing::Lapsed,
        ..consent(0, pupil("Ann", "Other"))
    };
    let robin = consent(1, pupil("Robin", "Example"));
    for (number, consent) in [(HAGLEY, &robin), (CANNOCK, &held), (CANNOCK, &lapsed)] {
        let sealed = scene.sealed(school(number), consent);
        scene.write(|tx| tx.save_consents(&[sealed]));
    }
    let mut met = Vec::new();
    let view = scene.ledger.view();
    view.each_consent_in_force(|sealed| {
        met.push((sealed.facts().school.number(), sealed.facts().pupil));
        Ok::<_, LedgerError>(())
    })
    .unwrap();
    assert_eq!(met, [(CANNOCK, held.id), (HAGLEY, robin.id)]);
    let stopped = view.each_consent_in_force(|_| Err(LedgerError::Full));
    assert!(matches!(stopped, Err(LedgerError::Full)));
}

#[test]
fn a_pupil_is_found_by_number_by_both_names_or_by_one_and_only_in_the_own_school() {
    let mut scene = Scene::new();
    let found = Pupil {
        uln: Some(uln()),
        ..pupil("Zoë", "Smith-Jones")
    };
    let other = scene.sealed(school(CANNOCK), &consent(1, pupil("Ann", "Other")));
    let sealed = scene.sealed(school(CANNOCK), &consent(0, found));
    scene.write(|tx| tx.save_consents(&[sealed.clone(), other]));
    let like = |number, who: Description| {
        let view = scene.ledger.view();
        let like = Lookups::of_description(view.vault(), school(number), &who);
        view.consents_like(school(number), &like).unwrap()
    };
    let described = Description {
        born: Some(BORN),
        ..Description::default()
    };
    let by_names = Description {
        forename: Some(name("ZOE")),
        surname: Some(name("Smith Jones")),
        ..described.clone()
    };
    let by_surname = Description {
        surname: Some(name("smithjones")),
        ..described.clone()
    };
    let by_forename = Description {
        forename: Some(name("zoë")),
        ..described.clone()
    };
    let by_number = Description {
        uln: Some(uln()),
        ..Description::default()
    };
    for who in [by_names.clone(), by_surname, by_forename, by_number] {
        assert_eq!(like(CANNOCK, who), slice::from_ref(&sealed));
    }
    assert_eq!(like(HAGLEY, by_names), []);
    assert_eq!(like(CANNOCK, described), []);
    assert_eq!(like(CANNOCK, Description::default()), []);
}

#[test]
fn a_withdrawal_cant_be_undone_from_outside() {
    let mut scene = Scene::new();
    let withdrawn = Consent {
        standing: Standing::Withdrawn(date!(2026 - 10 - 05)),
        ..consent(0, pupil("Robin", "Example"))
    };
    let sealed = scene.sealed(school(CANNOCK), &withdrawn);
    scene.write(|tx| tx.save_consents(&[sealed]));
    scene.tamper("UPDATE consent SET standing = 0, withdrawn_on = NULL");
    let view = scene.ledger.view();
    let read = view.consents(school(CANNOCK)).unwrap();
    let opened = read[0].open(view.vault());
    assert!(matches!(opened, Err(LedgerError::Tampered { .. })));
}

#[test]
fn a_sealed_pupil_cant_be_moved_to_another_row() {
    let mut scene = Scene::new();
    let robin = scene.sealed(school(CANNOCK), &consent(0, pupil("Robin", "Example")));
    let ann = scene.sealed(school(CANNOCK), &consent(1, pupil("Ann", "Other")));
    scene.write(|tx| tx.save_consents(&[robin, ann]));
    scene.tamper("UPDATE consent SET sealed = (SELECT max(sealed) FROM consent)");
    let view = scene.ledger.view();
    let read = view.consents(school(CANNOCK)).unwrap();
    let refused = read.iter().filter(|c| c.open(view.vault()).is_err());
    assert_eq!(refused.count(), 1);
}

#[test]
fn who_did_not_consent_is_known_again_by_hash_alone() {
    let mut scene = Scene::new();
    let vault = scene.ledger.vault().clone();
    let person =
        |forename: &str| Lookups::of_pupil(&vault, school(CANNOCK), &pupil(forename, "Example"));
    let source = SubmissionId::new(4);
    scene.write(|tx| tx.refused(school(CANNOCK), source, &[person("Robin")]));
    let view = scene.ledger.view();
    let known = |forename| view.refusal(school(CANNOCK), &person(forename)).unwrap();
    assert_eq!(known("ROBIN"), Some(source));
    assert_eq!(known("Ann"), None);
    scene.write(|tx| tx.no_longer_refused(school(CANNOCK), &[person("Robin")]));
    let view = scene.ledger.view();
    assert_eq!(
        view.refusal(school(CANNOCK), &person("Robin")).unwrap(),
        None
    );
}

#[test]
fn withdrawals_that_fitted_nobody_are_remembered_until_they_are_undone() {
    let mut scene = Scene::new();
    let withdrawal = |source: u64, forename: &str| Remembered {
        on: date!(2026 - 10 - 05),
        source: SubmissionId::new(source),
        who: Description {
            forename: Some(name(forename)),
            uln: Some(uln()),
            born: Some(BORN),
            ..Description::default()
        },
    };
    let [one, two] = [withdrawal(1, "Robin"), withdrawal(2, "Ann")];
    scene.write(|tx| {
        tx.remember(school(CANNOCK), &one)?;
        tx.remember(school(CANNOCK), &two)?;
        tx.remember(school(HAGLEY), &two)
    });
    let remembered = scene.ledger.view().remembered(school(CANNOCK)).unwrap();
    assert_eq!(remembered, [one.clone(), two.clone()]);
    scene.write(|tx| tx.forget_remembered(school(CANNOCK), one.source));
    let view = scene.ledger.view();
    assert_eq!(
        view.remembered(school(CANNOCK)).unwrap(),
        slice::from_ref(&two)
    );
    assert_eq!(view.remembered(school(HAGLEY)).unwrap(), [two]);
}

#[test]
fn the_last_list_of_each_cohort_is_known_with_its_day() {
    let mut scene = Scene::new();
    let mark = |birth_year, rows, on| ListMark {
        cohort: Cohort::from_birth_year(birth_year),
        rows,
        submission: SubmissionId::new(u64::from(rows)),
        on,
    };
    let older = mark(2009, 90, date!(2025 - 10 - 01));
    let first = mark(2010, 120, date!(2026 - 05 - 01));
    let later = mark(2010, 118, date!(2026 - 10 - 01));
    scene.write(|tx| {
        for mark in [first, older, later] {
            tx.listed(school(CANNOCK), &mark)?;
        }
        Ok(())
    });
    let view = scene.ledger.view();
    assert_eq!(view.last_lists(school(CANNOCK)).unwrap(), [older, later]);
    assert_eq!(view.last_lists(school(HAGLEY)).unwrap(), []);
    assert_eq!(view.all_last_lists().unwrap().len(), 2);
}

#[test]
fn pupils_of_one_submission_stand_in_the_order_of_the_list() {
    let places = [0, 1, 2].map(|place| PupilId::first_told(SubmissionId::new(3), place));
    assert!(places.is_sorted());
    assert!(places[2] < PupilId::first_told(SubmissionId::new(4), 0));
}
