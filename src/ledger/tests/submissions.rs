//! Uploads: exactly once, in order, and forgotten in steps.

use std::{ffi::OsString, os::unix::ffi::OsStringExt};

use time::Duration;

use super::fixtures::{NOON, Scene, school, upload};
use crate::{
    domain::{ids::SubmissionId, list::FileKind, problem::ProblemCode, receipt::Outcome},
    ledger::{FileStat, LedgerError, NewUpload, Take},
};

#[test]
fn an_upload_is_taken_exactly_once() {
    let mut scene = Scene::new();
    let upload_a = upload("leavers.csv", 1);
    assert_eq!(scene.write(|tx| tx.take(&upload_a)), Take::New(first()));
    assert_eq!(scene.write(|tx| tx.take(&upload_a)), Take::Earlier(first()));
    let other = scene.write(|tx| tx.take(&upload("leavers.csv", 2)));
    assert_eq!(other.id(), SubmissionId::new(2));
    assert_eq!(scene.ledger.view().taken_unjudged(10).unwrap().len(), 2);
}

#[test]
fn what_waits_is_judged_in_the_order_it_was_taken() {
    let mut scene = Scene::new();
    scene.write(|tx| {
        for identity in 1..=3 {
            let _ = tx.take(&upload("leavers.csv", identity))?;
        }
        Ok(())
    });
    let waiting = scene.ledger.view().taken_unjudged(2).unwrap();
    let ids: Vec<_> = waiting.iter().map(|taken| taken.id.number()).collect();
    assert_eq!(ids, [1, 2]);
    assert_eq!(waiting[0].name, "leavers.csv");
    assert_eq!(waiting[0].taken_at, NOON);
    assert_eq!(waiting[1].spool.as_deref(), Some("spool-2"));
    scene.write(|tx| tx.judged(first(), Outcome::AcceptedWithErrors, true));
    let waiting = scene.ledger.view().taken_unjudged(9).unwrap();
    assert_eq!(waiting[0].id, SubmissionId::new(2));
    let judged = scene.ledger.view().submission(first()).unwrap().unwrap();
    assert_eq!(judged.outcome, Some(Outcome::AcceptedWithErrors));
    assert!(judged.effective);
}

#[test]
fn nothing_is_judged_twice() {
    let mut scene = Scene::new();
    let _ = scene.write(|tx| tx.take(&upload("leavers.csv", 1)));
    scene.write(|tx| tx.judged(first(), Outcome::Rejected, false));
    let refused = scene.refused(|tx| tx.judged(first(), Outcome::Accepted, true));
    assert!(matches!(refused, LedgerError::NoSuchRow { row: 1, .. }));
}

#[test]
fn the_latest_of_a_kind_counts_only_where_it_took_effect() {
    let mut scene = Scene::new();
    let latest = |scene: &Scene, kind| {
        let view = scene.ledger.view();
        view.latest_effective(school(8_604_001), kind).unwrap()
    };
    scene.write(|tx| {
        for identity in 1..=2 {
            let _ = tx.take(&upload("leavers.csv", identity))?;
        }
        tx.judged(first(), Outcome::Accepted, true)
    });
    let effective = Some((first(), [1; 32]));
    assert_eq!(latest(&scene, FileKind::ConsentList), effective);
    assert_eq!(latest(&scene, FileKind::Withdrawal), None);
    scene.write(|tx| tx.judged(SubmissionId::new(2), Outcome::Rejected, false));
    assert_eq!(latest(&scene, FileKind::ConsentList), None);
}

#[test]
fn an_upload_of_which_nothing_is_read_is_known_by_its_identity_and_its_reason() {
    let mut scene = Scene::new();
    let part = NewUpload {
        unread: Some(ProblemCode::FileIncomplete),
        spool: None,
        lingers: None,
        ..upload("leavers.csv", 3)
    };
    let id = scene.write(|tx| tx.take(&part)).id();
    let view = scene.ledger.view();
    assert_eq!(view.taken_as([3; 16]).unwrap(), Some((id, NOON)));
    assert_eq!(view.taken_as([4; 16]).unwrap(), None);
    let waiting = view.taken_unjudged(9).unwrap();
    assert_eq!(waiting[0].unread, part.unread);
    assert_eq!(waiting[0].by, part.by);
}

#[test]
fn what_lingers_is_known_by_its_stat_until_it_is_gone() {
    let mut scene = Scene::new();
    let mut new = upload("leavers.csv", 1);
    new.name = OsString::from_vec(b"leavers \xe9.csv".to_vec());
    let gone = NewUpload {
        lingers: None,
        ..upload("gone.csv", 2)
    };
    scene.write(|tx| Ok((tx.take(&new)?.id(), tx.take(&gone)?.id())));
    let lingering = scene.ledger.view().lingering().unwrap();
    assert_eq!(lingering.len(), 1);
    assert_eq!(lingering[0].name, new.name);
    assert_eq!(Some(lingering[0].stat), new.lingers);
    assert_eq!(lingering[0].taken_real, NOON);
    let stat = FileStat {
        ctime_ns: -9,
        ..new.lingers.unwrap()
    };
    scene.write(|tx| tx.restat(first(), stat));
    assert_eq!(scene.ledger.view().lingering().unwrap()[0].stat, stat);
    scene.write(|tx| tx.lingering_gone(&[first()]));
    assert_eq!(scene.ledger.view().lingering().unwrap(), []);
}

#[test]
fn the_spool_forgets_only_what_was_judged_and_is_old() {
    let mut scene = Scene::new();
    scene.write(|tx| {
        for identity in 1..=2 {
            let _ = tx.take(&upload("leavers.csv", identity))?;
        }
        tx.judged(first(), Outcome::Accepted, true)?;
        tx.respooled(first(), "archive-1")
    });
    let spooled = |scene: &Scene, at| {
        let view = scene.ledger.view();
        let found = view.spooled_before(at).unwrap();
        found.into_iter().map(|s| s.spool).collect::<Vec<_>>()
    };
    let later = NOON + Duration::seconds(1);
    assert_eq!(spooled(&scene, NOON), Vec::<String>::new());
    assert_eq!(spooled(&scene, later), ["archive-1"]);
    scene.write(|tx| tx.spool_removed(&[first()]));
    assert_eq!(spooled(&scene, later), Vec::<String>::new());
}

fn first() -> SubmissionId {
    SubmissionId::new(1)
}
