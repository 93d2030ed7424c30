//! Ties by hand: kept sealed, bound to a version, ended when either side changes.

use time::macros::date;

use super::fixtures::{BORN, NOON, Scene, consent, name, pupil, school};
use crate::{
    domain::{
        destination::SchoolMention,
        ids::{PupilId, SubmissionId},
    },
    ledger::{ExtractId, ExtractState, KeptTie, LedgerError, NewExtract, mark_of},
    policy::matching::{RecordIdentity, Tie},
};

const CANNOCK: u32 = 8_604_001;
const HAGLEY: u32 = 8_604_002;

fn record(surname: &str) -> RecordIdentity {
    RecordIdentity {
        client: Some("made-up 1".to_owned()),
        forename: name("Robyn"),
        surname: name(surname),
        born: BORN,
        upn: None,
        uln: "1000000027".parse().ok(),
        year11_school: Some(SchoolMention::Laestab(school(CANNOCK).laestab())),
    }
}

fn kept(scene: &Scene, of: u32, place: u32, surname: &str) -> KeptTie {
    let record = record(surname);
    KeptTie {
        school: school(of),
        pupil: PupilId::first_told(SubmissionId::new(1), place),
        version: 3,
        made_at: NOON,
        tie: Tie {
            mark: mark_of(scene.ledger.vault(), &record),
            record,
        },
    }
}

/// An extract on record, of which nothing matters here but its number.
fn extract(scene: &mut Scene) -> ExtractId {
    let arrived = NewExtract {
        name: "made-up.csv".to_owned(),
        sha256: [1; 32],
        rows: 1,
        exported_on: date!(2026 - 11 - 20),
        received_at: NOON,
        path: "made-up".to_owned(),
        year11_path: None,
        encoding: String::new(),
        format: String::new(),
    };
    scene.write(|tx| tx.receive_extract(&arrived, ExtractState::Current))
}

#[test]
fn ties_are_read_back_as_they_were_made() {
    let mut scene = Scene::new();
    let seen_in = extract(&mut scene);
    let one = kept(&scene, CANNOCK, 0, "Example");
    let other = kept(&scene, HAGLEY, 1, "Made-Up");
    for tie in [&other, &one] {
        scene.write(|tx| tx.tie(tie, seen_in));
    }
    let view = scene.ledger.view();
    assert_eq!(view.ties().unwrap(), [one.clone(), other]);
    assert_eq!(view.ties_of(school(CANNOCK)).unwrap(), [one]);
    assert!(view.has_ties(school(HAGLEY)).unwrap());
    assert!(!view.has_ties(school(8_604_003)).unwrap());
}

#[test]
fn a_mark_names_one_record_and_changes_with_it() {
    let scene = Scene::new();
    let mark = |record: &RecordIdentity| mark_of(scene.ledger.vault(), record);
    let there = record("Example");
    assert_eq!(mark(&there), mark(&there.clone()));
    let changed = [
        record("Exampl"),
        RecordIdentity {
            client: None,
            ..there.clone()
        },
        RecordIdentity {
            uln: None,
            ..there.clone()
        },
        RecordIdentity {
            year11_school: None,
            ..there.clone()
        },
        RecordIdentity {
            born: date!(2010 - 03 - 02),
            ..there.clone()
        },
    ];
    assert!(changed.iter().all(|record| mark(record) != mark(&there)));
    let elsewhere = Scene::new();
    assert_ne!(mark(&there), mark_of(elsewhere.ledger.vault(), &there));
}

#[test]
fn a_new_tie_takes_the_place_of_the_old_one_and_its_end_counts_as_a_change() {
    let mut scene = Scene::new();
    let seen_in = extract(&mut scene);
    let revision = |scene: &Scene| scene.ledger.view().revision(school(CANNOCK)).unwrap();
    let (first, second) = (
        kept(&scene, CANNOCK, 0, "One"),
        kept(&scene, CANNOCK, 0, "Two"),
    );
    scene.write(|tx| tx.tie(&first, seen_in));
    scene.write(|tx| tx.tie(&second, seen_in));
    assert_eq!(revision(&scene), 2);
    assert_eq!(
        scene.ledger.view().ties().unwrap(),
        std::slice::from_ref(&second)
    );
    assert!(scene.write(|tx| tx.untie(second.school, second.pupil)));
    assert_eq!(revision(&scene), 3);
    assert!(!scene.write(|tx| tx.untie(second.school, second.pupil)));
    assert_eq!(revision(&scene), 3, "nothing changed");
    assert_eq!(scene.ledger.view().ties().unwrap(), []);
}

#[test]
fn who_is_erased_is_tied_to_nothing() {
    let mut scene = Scene::new();
    let seen_in = extract(&mut scene);
    let consent = consent(0, pupil("Robin", "Example"));
    let sealed = scene.sealed(school(CANNOCK), &consent);
    let tie = kept(&scene, CANNOCK, 0, "Example");
    scene.write(|tx| {
        tx.save_consents(&[sealed])?;
        tx.tie(&tie, seen_in)
    });
    scene.write(|tx| tx.erase_consents(school(CANNOCK), &[consent.id]));
    assert_eq!(scene.ledger.view().ties().unwrap(), []);
}

#[test]
fn records_are_looked_for_once_in_each_extract() {
    let mut scene = Scene::new();
    let first = extract(&mut scene);
    let unseen = |scene: &Scene, id| scene.ledger.view().has_ties_unseen_in(id).unwrap();
    assert!(!unseen(&scene, first), "no tie, nothing to look for");
    let tie = kept(&scene, CANNOCK, 0, "Example");
    scene.write(|tx| tx.tie(&tie, first));
    assert!(!unseen(&scene, first));
    let second = extract(&mut scene);
    assert!(unseen(&scene, second));
    scene.write(|tx| tx.ties_seen(second));
    assert!(!unseen(&scene, second));
    scene.write(|tx| {
        tx.ties_unseen()?;
        Ok(())
    });
    assert!(unseen(&scene, second));
}

#[test]
fn a_tie_moved_to_another_version_or_school_is_noticed() {
    for change in ["version = 4", "school = 8604002"] {
        let mut scene = Scene::new();
        let seen_in = extract(&mut scene);
        let tie = kept(&scene, CANNOCK, 0, "Example");
        scene.write(|tx| tx.tie(&tie, seen_in));
        scene.tamper(&format!("UPDATE tie SET {change}"));
        let read = scene.ledger.view().ties();
        assert!(
            matches!(read, Err(LedgerError::Tampered { .. })),
            "{change}"
        );
    }
}
