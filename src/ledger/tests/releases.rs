//! Releases step by step, and what they disclosed.

use super::fixtures::{NOON, Scene, disclosed, release, school};
use crate::{
    domain::{
        destination::Disclosed,
        ids::{PupilId, ReleaseId},
        school::Format,
    },
    ledger::{Closed, LedgerError, Release, ReleaseFile, ReleaseState, SealedDisclosure},
};

const CANNOCK: u32 = 8_604_001;

fn id(number: u64) -> ReleaseId {
    ReleaseId::new(number)
}

fn file(name: &str, format: Format) -> ReleaseFile {
    ReleaseFile {
        format,
        name: name.to_owned(),
        bytes: 4321,
        sha256: [9; 32],
    }
}

/// Plans R000001 for one school with two pupils.
fn planned() -> Scene {
    let mut scene = Scene::new();
    let vault = scene.ledger.vault().clone();
    let rows = [(5, "Robin"), (4, "Ann")].map(|(pupil, forename)| {
        let pupil = PupilId::from_number(pupil);
        SealedDisclosure::seal(&vault, id(1), pupil, &disclosed(forename, "Example"))
    });
    scene.write(|tx| tx.plan_release(&release(id(1), school(CANNOCK)), &rows));
    scene
}

fn state(scene: &Scene) -> ReleaseState {
    scene.ledger.view().release(id(1)).unwrap().unwrap().state
}

#[test]
fn a_release_goes_from_plan_to_outbox_to_its_end() {
    let mut scene = planned();
    let unfinished = |scene: &Scene| scene.ledger.view().unfinished_releases().unwrap().len();
    let live = |scene: &Scene, of| scene.ledger.view().live_releases(of).unwrap().len();
    assert_eq!(
        (state(&scene), unfinished(&scene)),
        (ReleaseState::Planned, 1)
    );
    let files = [
        file(
            "8604001_destinations_2026-11-21_R000001.csv.age",
            Format::Csv,
        ),
        file(
            "8604001_destinations_2026-11-21_R000001.xlsx.age",
            Format::Xlsx,
        ),
    ];
    let keys = ["SHA256:made-up".to_owned()];
    scene.write(|tx| tx.sealed(id(1), &[], &[]));
    scene.write(|tx| tx.sealed(id(1), &files, &keys));
    assert_eq!(
        (state(&scene), unfinished(&scene)),
        (ReleaseState::Sealed, 1)
    );
    scene.write(|tx| tx.published(id(1)));
    assert_eq!(
        (state(&scene), unfinished(&scene)),
        (ReleaseState::Published, 0)
    );
    assert_eq!(live(&scene, None), 1);
    assert_eq!(live(&scene, Some(school(CANNOCK))), 1);
    assert_eq!(live(&scene, Some(school(8_604_002))), 0);
    scene.write(|tx| tx.close_release(id(1), Closed::Recalled, NOON));
    assert_eq!(live(&scene, None), 0);
    let expected = Release {
        plan: release(id(1), school(CANNOCK)),
        state: ReleaseState::Recalled,
        files: files.to_vec(),
        recipients: keys.to_vec(),
        closed_at: Some(NOON),
        reminders: 0,
    };
    let view = scene.ledger.view();
    assert_eq!(view.releases_of(school(CANNOCK)).unwrap(), [expected]);
}

#[test]
fn no_step_can_be_left_out_or_taken_after_the_end() {
    let mut scene = planned();
    let refused = scene.refused(|tx| tx.published(id(1)));
    assert!(matches!(refused, LedgerError::NoSuchRow { row: 1, .. }));
    scene.write(|tx| tx.close_release(id(1), Closed::Held, NOON));
    for act in [
        scene.refused(|tx| tx.sealed(id(1), &[], &[])),
        scene.refused(|tx| tx.published(id(1))),
        scene.refused(|tx| tx.close_release(id(1), Closed::Removed, NOON)),
        scene.refused(|tx| tx.close_release(id(2), Closed::Removed, NOON)),
    ] {
        assert!(matches!(act, LedgerError::NoSuchRow { .. }));
    }
    assert_eq!(state(&scene), ReleaseState::Held);
}

#[test]
fn a_release_supersedes_only_one_that_exists() {
    let mut scene = planned();
    let mut next = release(id(2), school(CANNOCK));
    next.supersedes = Some(id(7));
    let refused = scene.refused(|tx| tx.plan_release(&next, &[]));
    assert!(matches!(refused, LedgerError::Sql(_)));
    next.supersedes = Some(id(1));
    scene.write(|tx| {
        tx.close_release(id(1), Closed::Superseded, NOON)?;
        tx.plan_release(&next, &[])
    });
    assert_eq!(state(&scene), ReleaseState::Superseded);
}

#[test]
fn what_was_disclosed_opens_as_it_was_sealed() {
    let scene = planned();
    let view = scene.ledger.view();
    let rows = view.disclosures(id(1)).unwrap();
    let pupils: Vec<_> = rows.iter().map(|row| row.pupil().number()).collect();
    assert_eq!(pupils, [4, 5]);
    let opened: Vec<_> = rows
        .iter()
        .map(|row| row.open(view.vault()).unwrap())
        .collect();
    assert_eq!(
        opened,
        [disclosed("Ann", "Example"), disclosed("Robin", "Example")]
    );
    let bare = Disclosed {
        provider: None,
        started: None,
        send: false,
        ..opened[0].clone()
    };
    let sealed = SealedDisclosure::seal(view.vault(), id(1), rows[0].pupil(), &bare);
    assert_eq!(sealed.open(view.vault()).unwrap(), bare);
}

#[test]
fn what_was_shared_about_one_pupil_is_found_over_all_releases_of_the_school() {
    let mut scene = planned();
    let ann = PupilId::from_number(4);
    let again = SealedDisclosure::seal(scene.ledger.vault(), id(2), ann, &disclosed("Ann", "New"));
    scene.write(|tx| tx.plan_release(&release(id(2), school(CANNOCK)), &[again]));
    let view = scene.ledger.view();
    let releases = |about, of| {
        let found = view
            .disclosed_about(school(of), PupilId::from_number(about))
            .unwrap();
        found
            .iter()
            .map(|row| row.release().number())
            .collect::<Vec<_>>()
    };
    assert_eq!(releases(4, CANNOCK), [1, 2]);
    assert_eq!(releases(5, CANNOCK), [1]);
    assert_eq!(releases(4, 8_604_002), Vec::<u64>::new());
}

#[test]
fn a_disclosure_cant_be_moved_to_another_release() {
    let mut scene = planned();
    scene.write(|tx| tx.plan_release(&release(id(2), school(CANNOCK)), &[]));
    scene.tamper("UPDATE disclosure SET release = 2");
    let view = scene.ledger.view();
    let moved = view.disclosures(id(2)).unwrap();
    let opened = moved[0].open(view.vault());
    assert!(matches!(opened, Err(LedgerError::Tampered { .. })));
}

#[test]
fn what_was_disclosed_can_be_erased_and_the_release_stays() {
    let mut scene = planned();
    scene.write(|tx| tx.erase_disclosures(id(1)));
    assert_eq!(scene.ledger.view().disclosures(id(1)).unwrap(), []);
    assert_eq!(state(&scene), ReleaseState::Planned);
}
