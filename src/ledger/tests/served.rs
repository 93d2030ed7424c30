//! Who was served which file.

use time::Duration;

use super::fixtures::{NOON, Scene, release, school};
use crate::{
    domain::{ids::ReleaseId, school::Format},
    ledger::{Closed, Noted, ReleaseFile, Serving},
};

const CANNOCK: u32 = 8_604_001;
const NAME: &str = "8604001_destinations_2026-11-21_R000001.csv.age";
const KEY: &str = "SHA256:made-up";

fn id() -> ReleaseId {
    ReleaseId::new(1)
}

fn file() -> ReleaseFile {
    ReleaseFile {
        format: Format::Csv,
        name: NAME.to_owned(),
        bytes: 4321,
        sha256: [9; 32],
    }
}

fn sealed() -> Scene {
    let mut scene = Scene::new();
    scene.write(|tx| {
        tx.plan_release(&release(id(), school(CANNOCK)), &[])?;
        tx.sealed(id(), &[file()], &[KEY.to_owned()])
    });
    scene
}

#[test]
fn each_person_touches_and_collects_a_file_once() {
    let mut scene = sealed();
    let later = NOON + Duration::MINUTE;
    let touched =
        |scene: &mut Scene, by: &str| scene.write(|tx| tx.touched(id(), Format::Csv, by, NOON));
    let collected =
        |scene: &mut Scene, by: &str| scene.write(|tx| tx.collected(id(), Format::Csv, by, later));
    assert_eq!(touched(&mut scene, KEY), Noted::New);
    assert_eq!(touched(&mut scene, KEY), Noted::Known);
    assert!(!scene.ledger.view().is_collected(id()).unwrap());
    assert_eq!(collected(&mut scene, KEY), Noted::New);
    assert_eq!(collected(&mut scene, KEY), Noted::Known);
    assert_eq!(touched(&mut scene, KEY), Noted::Known);
    assert_eq!(collected(&mut scene, "SHA256:other"), Noted::New);
    let serving = |by: &str, touched_at| Serving {
        format: Format::Csv,
        by: by.to_owned(),
        touched_at,
        collected_at: Some(later),
    };
    let view = scene.ledger.view();
    assert_eq!(
        view.servings(id()).unwrap(),
        [serving(KEY, NOON), serving("SHA256:other", later)]
    );
    assert!(view.is_collected(id()).unwrap());
    let status = view.status(school(CANNOCK)).unwrap();
    assert_eq!(status.last_collection, Some(later));
}

#[test]
fn a_file_is_found_by_its_name_whatever_became_of_its_release() {
    let mut scene = sealed();
    let found = |scene: &Scene, of| scene.ledger.view().file_named(school(of), NAME).unwrap();
    assert_eq!(found(&scene, CANNOCK), Some((id(), file())));
    scene.write(|tx| tx.close_release(id(), Closed::Recalled, NOON));
    assert_eq!(found(&scene, CANNOCK), Some((id(), file())));
    assert_eq!(found(&scene, 8_604_002), None);
}
