//! Erasure, the marks that stay, the clocks of breaches, and where a key left traces.

use std::fs;

use time::{Duration, macros::date};

use super::fixtures::{NOON, Scene, consent, disclosed, name, pupil, release, school, upload};
use crate::{
    domain::{
        ids::{ReleaseId, SchoolId, SubmissionId},
        names::PersonName,
        pupil::{Consent, Description, Pupil, Remembered, Standing},
        school::Format,
    },
    ledger::{
        Closed, LedgerError, Lookups, NoticePupil, ReleaseFile, SealedDisclosure, Tx, Withdrawal,
    },
};

const CANNOCK: u32 = 8_604_001;
const RUGELEY: u32 = 8_604_002;

fn cannock() -> SchoolId {
    school(CANNOCK)
}

fn lookups(scene: &Scene, of: u32, pupil: &Pupil) -> Lookups {
    Lookups::of_pupil(scene.ledger.vault(), school(of), pupil)
}

/// A consent of this pupil, told of in two releases, noticed, withdrawn and remembered.
fn kept(scene: &mut Scene, consent: &Consent) {
    let sealed = scene.sealed(cannock(), consent);
    let (one, two) = (ReleaseId::new(1), ReleaseId::new(2));
    let person = consent.pupil.name.clone();
    scene.write(|tx| {
        tx.save_consents(&[sealed])?;
        for id in [one, two] {
            let told = disclosed(person.forename.reveal(), person.surname.reveal());
            let row = SealedDisclosure::seal(tx.vault(), id, consent.id, &told);
            tx.plan_release(&release(id, cannock()), &[row])?;
        }
        notice(tx, consent)?;
        tx.withdrew(&Withdrawal {
            submission: SubmissionId::new(4),
            pupil: consent.id,
            school: cannock(),
            at: NOON,
            braked: true,
            was: Standing::InForce,
            was_held_by: None,
        })
    });
}

fn notice(tx: &Tx<'_>, consent: &Consent) -> Result<(), LedgerError> {
    let person: PersonName = consent.pupil.name.clone();
    let pupils = [NoticePupil {
        pupil: consent.id,
        releases: vec![ReleaseId::new(1)],
        person: Some((person, consent.pupil.born)),
    }];
    tx.open_notice(cannock(), SubmissionId::new(3), NOON, &pupils)?;
    Ok(())
}

#[test]
fn an_erased_pupil_is_in_no_table_and_the_neighbour_is_in_all() {
    let mut scene = Scene::new();
    let (robin, kim) = (
        consent(0, pupil("Robin", "Example")),
        consent(1, pupil("Kim", "Example")),
    );
    kept(&mut scene, &robin);
    let neighbour = scene.sealed(cannock(), &kim);
    let erased = scene.write(|tx| {
        tx.save_consents(&[neighbour])?;
        tx.erase_pupil(cannock(), robin.id)
    });
    assert_eq!(erased, 2, "releases that told of Robin");
    let view = scene.ledger.view();
    assert_eq!(view.consent(cannock(), robin.id).unwrap(), None);
    assert!(
        view.disclosed_about(cannock(), robin.id)
            .unwrap()
            .is_empty()
    );
    assert!(view.withdrawals_braked().unwrap().is_empty());
    let notices = view.notices_about(robin.id).unwrap();
    assert_eq!(notices.len(), 1, "that there was one stays on record");
    assert_eq!(view.notice_pupils(notices[0].id).unwrap()[0].person, None);
    let like = view.consents_like(cannock(), &lookups(&scene, CANNOCK, &robin.pupil));
    let like = like.unwrap();
    assert_eq!(like.len(), 1, "Kim has the same surname and day of birth");
    assert_eq!(like[0].facts().pupil, kim.id);
}

#[test]
fn what_was_sealed_of_an_erased_pupil_is_in_no_byte_of_any_file() {
    let mut scene = Scene::new();
    let robin = consent(0, pupil("Robin", "Example"));
    kept(&mut scene, &robin);
    scene.ledger.settle().unwrap();
    let blobs = blobs(&scene);
    assert_eq!(blobs.len(), 4, "a consent, two disclosures, a notice");
    assert!(blobs.iter().all(|blob| lies_in_a_file(&scene, blob)));
    scene.write(|tx| tx.erase_pupil(cannock(), robin.id));
    scene.ledger.settle().unwrap();
    assert!(!blobs.iter().any(|blob| lies_in_a_file(&scene, blob)));
}

fn blobs(scene: &Scene) -> Vec<Vec<u8>> {
    let conn = rusqlite::Connection::open(scene.path()).unwrap();
    let mut blobs = Vec::new();
    for table in ["consent", "disclosure", "notice_pupil"] {
        let mut statement = conn
            .prepare(&format!("SELECT sealed FROM {table}"))
            .unwrap();
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0));
        blobs.extend(rows.unwrap().map(Result::unwrap));
    }
    blobs
}

fn lies_in_a_file(scene: &Scene, blob: &[u8]) -> bool {
    let files = fs::read_dir(scene.dir.path()).unwrap();
    files.into_iter().any(|entry| {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(blob.len()).any(|window| window == blob)
    })
}

#[test]
fn only_the_rows_that_are_named_are_forgotten() {
    let mut scene = Scene::new();
    let told = |surname: &str| Remembered {
        on: date!(2026 - 10 - 01),
        source: SubmissionId::new(1),
        who: Description {
            forename: Some(name("Robin")),
            surname: Some(name(surname)),
            born: Some(date!(2010 - 03 - 01)),
            ..Description::default()
        },
    };
    scene.write(|tx| {
        tx.remember(cannock(), &told("Example"))?;
        tx.remember(cannock(), &told("Invented"))
    });
    let rows = scene.ledger.view().remembered_rows(cannock()).unwrap();
    scene.write(|tx| tx.forget_rows(cannock(), &[rows[0].0]));
    let left = scene.ledger.view().remembered(cannock()).unwrap();
    assert_eq!(left, [told("Invented")]);
    let elsewhere = scene.refused(|tx| tx.forget_rows(school(RUGELEY), &[rows[1].0]));
    assert!(matches!(elsewhere, LedgerError::NoSuchRow { .. }));
}

#[test]
fn a_mark_fits_each_identifier_and_the_full_name_but_no_neighbour_and_no_other_school() {
    let mut scene = Scene::new();
    let marked = Pupil {
        uln: Some("1000000027".parse().unwrap()),
        ..pupil("Zoë", "O'Example")
    };
    let marks = lookups(&scene, CANNOCK, &marked);
    let day = date!(2026 - 11 - 21);
    scene.write(|tx| tx.bar(cannock(), &marks, day));
    let known = scene.ledger.view().marks(cannock()).unwrap();
    let since = |pupil: &Pupil| known.since(&lookups(&scene, CANNOCK, pupil));
    assert_eq!(since(&marked), Some(day));
    assert_eq!(since(&pupil("ZOE", "oexample")), Some(day), "form k2");
    let renamed = Pupil {
        uln: marked.uln,
        ..pupil("Zoë", "Invented")
    };
    assert_eq!(since(&renamed), Some(day), "by the ULN");
    assert_eq!(
        since(&pupil("Kim", "O'Example")),
        None,
        "one name is not enough"
    );
    let other = lookups(&scene, RUGELEY, &marked);
    assert_eq!(known.since(&other), None);
    assert!(
        scene
            .ledger
            .view()
            .marks(school(RUGELEY))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_mark_moves_to_a_later_day_only_and_goes_when_it_is_lifted() {
    let mut scene = Scene::new();
    let marks = lookups(&scene, CANNOCK, &pupil("Robin", "Example"));
    let (early, late) = (date!(2026 - 11 - 21), date!(2026 - 12 - 01));
    for day in [late, early] {
        scene.write(|tx| tx.bar(cannock(), &marks, day));
    }
    let since = |scene: &Scene| scene.ledger.view().marks(cannock()).unwrap().since(&marks);
    assert_eq!(since(&scene), Some(late));
    scene.write(|tx| tx.no_longer_barred(cannock(), &marks));
    assert_eq!(since(&scene), None);
}

#[test]
fn a_clock_starts_once_and_only_ever_moves_back() {
    let mut scene = Scene::new();
    let known = |scene: &mut Scene, hours: i64| {
        let at = NOON + Duration::hours(hours);
        scene.write(|tx| tx.start_clock("R000001", at)).known_at - NOON
    };
    assert_eq!(known(&mut scene, 5), Duration::hours(5));
    assert_eq!(known(&mut scene, 9), Duration::hours(5));
    assert_eq!(known(&mut scene, 2), Duration::hours(2));
    scene.write(|tx| tx.start_clock("8604001", NOON));
    let running = |scene: &Scene| {
        let clocks = scene.ledger.view().running_clocks().unwrap();
        clocks
            .into_iter()
            .map(|clock| clock.about)
            .collect::<Vec<_>>()
    };
    assert_eq!(running(&scene), ["8604001", "R000001"]);
    for hours in [30, 40] {
        scene.write(|tx| tx.stop_clock("8604001", NOON + Duration::hours(hours)));
    }
    assert_eq!(running(&scene), ["R000001"]);
    let stopped = scene.ledger.view().clock("8604001").unwrap().unwrap();
    assert_eq!(stopped.reported_at, Some(NOON + Duration::hours(30)));
}

#[test]
fn a_key_reaches_what_it_opens_what_it_fetched_and_what_it_sent() {
    let mut scene = Scene::new();
    let ids = [1, 2, 3].map(ReleaseId::new);
    let file = ReleaseFile {
        format: Format::Csv,
        name: "8604001_destinations_2026-11-21_R000001.csv.age".to_owned(),
        bytes: 1,
        sha256: [1; 32],
    };
    scene.write(|tx| {
        let _ = tx.take(&upload("leavers.csv", 1))?;
        for (id, recipient) in ids
            .into_iter()
            .zip(["SHA256:made-up", "age1other", "SHA256:made"])
        {
            tx.plan_release(&release(id, cannock()), &[])?;
            tx.sealed(id, std::slice::from_ref(&file), &[recipient.to_owned()])?;
            tx.published(id)?;
        }
        let _ = tx.touched(ids[1], Format::Csv, "SHA256:made-up", NOON)?;
        tx.close_release(ids[0], Closed::Superseded, NOON)
    });
    let view = scene.ledger.view();
    let reached = view.releases_within_reach("SHA256:made-up").unwrap();
    let reached: Vec<_> = reached.iter().map(|one| one.plan.id).collect();
    assert_eq!(reached, ids[..2]);
    let sent = view.uploads_by("SHA256:made-up").unwrap();
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].school, sent[0].at), (cannock(), NOON));
    assert_eq!(view.releases_with_files(cannock()).unwrap().len(), 3);
    assert_eq!(view.schools_met().unwrap(), [cannock()]);
    assert_eq!(view.copies_of(cannock()).unwrap(), Some((1, NOON)));
    assert_eq!(view.copies_of(school(RUGELEY)).unwrap(), None);
}
