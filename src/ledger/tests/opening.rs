//! Opening, locking, modes and counters.

use std::fs;

use rusqlite::types::ValueRef;
use time::Duration;

use super::fixtures::{NOON, Scene, gives_up};
use crate::{
    domain::ids::{ReleaseId, RequestId, SubmissionId},
    ledger::{Instance, Ledger, LedgerError, Mode, Seen},
    vault::{LedgerKey, Vault},
};

#[test]
fn only_one_process_acts_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let first = Instance::claim(dir.path()).unwrap();
    assert_eq!(first.path(), dir.path().join("ledger.lock"));
    let second = Instance::claim(dir.path());
    assert!(matches!(second, Err(LedgerError::AlreadyRunning { .. })));
    drop(first);
    Instance::claim(dir.path()).unwrap();
}

#[test]
fn a_lock_that_cant_be_made_is_told_from_one_that_is_held() {
    let nowhere = Instance::claim("/nowhere/at/all".as_ref());
    assert!(matches!(nowhere, Err(LedgerError::LockFile { .. })));
}

#[test]
fn what_was_written_is_there_when_the_ledger_is_opened_again() {
    let mut scene = Scene::new();
    let _ = scene.write(|tx| tx.settle_mode(None, NOON));
    let (path, key) = (scene.path(), scene.key.clone());
    drop(scene.ledger);
    let ledger = Ledger::open(&path, Vault::new(&key)).unwrap();
    assert_eq!(ledger.view().mode().unwrap(), Mode::Live);
}

#[test]
fn another_ledger_key_is_refused_before_anything_is_written_with_it() {
    let scene = Scene::new();
    let (path, key) = (scene.path(), scene.key.clone());
    drop(scene.ledger);
    let other = LedgerKey::generate().unwrap();
    let refused = Ledger::open(&path, Vault::new(&other));
    assert!(matches!(refused, Err(LedgerError::Sealed(_))));
    Ledger::open(&path, Vault::new(&key)).unwrap();
}

#[test]
fn what_is_committed_is_on_the_disk_before_anyone_is_told() {
    let scene = Scene::new();
    let view = scene.ledger.view();
    for (pragma, expected) in [
        ("synchronous", "2"),
        ("journal_mode", "wal"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
        ("page_size", "8192"),
    ] {
        let found = view.one(&format!("PRAGMA {pragma}"), [], |row| {
            Ok(match row.get_ref(0)? {
                ValueRef::Integer(number) => number.to_string(),
                other => other.as_str().unwrap_or_default().to_owned(),
            })
        });
        assert_eq!(found.unwrap().as_deref(), Some(expected), "{pragma}");
    }
}

#[test]
fn a_failed_act_changes_nothing() {
    let mut scene = Scene::new();
    scene.refused(|tx| gives_up(tx.next_release()?));
    assert_eq!(
        scene.write(|tx| tx.reserve_releases(1)),
        [ReleaseId::new(1)]
    );
}

#[test]
fn a_ledger_of_a_later_version_is_left_alone() {
    let mut scene = Scene::new();
    scene.tamper("PRAGMA user_version = 99");
    let vault = scene.ledger.vault().clone();
    let opened = Ledger::open(&scene.path(), vault).err().unwrap();
    assert!(matches!(opened, LedgerError::NewerSchema { found: 99, .. }));
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let mut scene = Scene::new();
    scene.tamper("PRAGMA application_id = 7");
    let vault = scene.ledger.vault().clone();
    let opened = Ledger::open(&scene.path(), vault).err().unwrap();
    assert!(matches!(opened, LedgerError::NotALedger { application: 7 }));
    let text = scene.dir.path().join("notes.txt");
    fs::write(
        &text,
        "not a database, but long enough to look like the head of one, line by line",
    )
    .unwrap();
    let opened = Ledger::open(&text, scene.ledger.vault().clone());
    assert!(matches!(opened, Err(LedgerError::Corrupt)));
}

#[test]
fn a_glance_needs_no_key_and_finds_no_ledger_where_none_is() {
    let scene = Scene::new();
    let glance = Ledger::open_read_only(&scene.path()).unwrap();
    assert_eq!(glance.keyless().mode().unwrap(), Mode::Fresh);
    let nowhere = Ledger::open_read_only(&scene.dir.path().join("none.db"));
    assert!(matches!(nowhere, Err(LedgerError::CannotOpen)));
}

#[test]
fn a_glance_works_after_the_daemon_has_stopped() {
    let scene = Scene::new();
    let path = scene.path();
    drop(scene.ledger);
    let glance = Ledger::open_read_only(&path).unwrap();
    assert_eq!(glance.keyless().mode().unwrap(), Mode::Fresh);
}

#[test]
fn a_copy_is_a_whole_ledger() {
    let mut scene = Scene::new();
    scene.write(|tx| tx.reserve_releases(1));
    let copy = scene.dir.path().join("copy.db");
    scene.ledger.copy_to(&copy).unwrap();
    scene.ledger.settle().unwrap();
    let mut copied = Ledger::open(&copy, scene.ledger.vault().clone()).unwrap();
    let next = copied.write(|tx| tx.reserve_releases(1)).unwrap();
    assert_eq!(next, [ReleaseId::new(2)]);
}

#[test]
fn a_first_act_without_a_time_makes_the_ledger_live_for_ever() {
    let mut scene = Scene::new();
    assert_eq!(scene.write(|tx| tx.settle_mode(None, NOON)), NOON);
    assert_eq!(scene.ledger.view().mode().unwrap(), Mode::Live);
    let refused = scene.refused(|tx| tx.settle_mode(Some(NOON), NOON));
    assert!(matches!(refused, LedgerError::LiveLedger));
}

#[test]
fn a_first_act_with_a_time_makes_a_rehearsal_whose_time_never_goes_back() {
    let mut scene = Scene::new();
    let (day, now) = (Duration::days(1), NOON + Duration::days(900));
    assert_eq!(scene.write(|tx| tx.settle_mode(Some(NOON), now)), NOON);
    assert_eq!(scene.write(|tx| tx.settle_mode(Some(NOON), now)), NOON);
    let refused = scene.refused(|tx| tx.settle_mode(Some(NOON - day), now));
    assert!(matches!(refused, LedgerError::TimeGoesBack { last, .. } if last == NOON));
    let later = NOON + day;
    assert_eq!(scene.write(|tx| tx.settle_mode(Some(later), now)), later);
    assert_eq!(scene.write(|tx| tx.settle_mode(None, now)), later);
    let mode = scene.ledger.view().mode().unwrap();
    assert_eq!(mode, Mode::Rehearsal { last: later });
}

#[test]
fn each_letter_counts_for_itself() {
    let mut scene = Scene::new();
    scene.write(|tx| {
        assert_eq!(tx.next_submission()?, SubmissionId::new(1));
        assert_eq!(tx.next_submission()?, SubmissionId::new(2));
        assert_eq!(tx.next_request()?, RequestId::new(1));
        assert_eq!(tx.next_notice()?.number(), 1);
        let reserved = tx.reserve_releases(3)?;
        assert_eq!(reserved, [1, 2, 3].map(ReleaseId::new));
        assert_eq!(tx.next_release()?, ReleaseId::new(4));
        Ok(())
    });
}

#[test]
fn counters_move_past_what_was_seen_and_never_back() {
    let mut scene = Scene::new();
    scene.write(|tx| {
        tx.reserve_releases(9)?;
        tx.counters_past(&Seen {
            submission: Some(SubmissionId::new(41)),
            release: Some(ReleaseId::new(3)),
            ..Seen::default()
        })?;
        assert_eq!(tx.next_submission()?, SubmissionId::new(42));
        assert_eq!(tx.next_release()?, ReleaseId::new(10));
        assert_eq!(tx.next_request()?, RequestId::new(1));
        Ok(())
    });
}

#[test]
fn a_ledger_of_the_first_schema_is_looked_at_and_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.db");
    let first = rusqlite::Connection::open(&path).unwrap();
    first
        .execute_batch(include_str!("../schema.sql"))
        .and_then(|()| {
            first.execute_batch(
                "PRAGMA user_version = 1; PRAGMA application_id = 0x504c4258;
                 INSERT INTO school VALUES (8604001, 1);",
            )
        })
        .unwrap();
    drop(first);
    let all = |path| {
        let glance = Ledger::open_read_only(path).unwrap();
        glance.keyless().status_all().unwrap()
    };
    assert_eq!(all(&path).len(), 1);
    let ledger = Ledger::open(&path, Vault::new(&LedgerKey::generate().unwrap())).unwrap();
    assert!(!ledger.view().is_collected(ReleaseId::new(1)).unwrap());
    assert_eq!(ledger.view().taken_unjudged(9).unwrap().len(), 0);
    assert_eq!(all(&path).len(), 1);
}
