//! Receipts, requests, holds, extracts and schedules.

use time::{Duration, macros::date};

use super::fixtures::{NOON, Scene, school, upload};
use crate::{
    domain::ids::{ReleaseId, RequestId, SubmissionId},
    ledger::{
        Answer, ExtractState, Hold, LedgerError, NewExtract, NewRequest, Put, RequestState, Scope,
        StoredReceipt,
    },
};

const CANNOCK: u32 = 8_604_001;
const HAGLEY: u32 = 8_604_002;

fn receipt(subject: &str, suffix: &str) -> StoredReceipt {
    StoredReceipt {
        subject: subject.to_owned(),
        suffix: suffix.to_owned(),
        school: school(CANNOCK),
        at: NOON,
        stem: format!("20261121T120000Z_{subject}_leavers.csv"),
        json: b"{}".to_vec(),
        sig: b"made-up".to_vec(),
        txt: vec![b'x'; 5000],
        enclosure: None,
    }
}

#[test]
fn a_receipt_is_kept_once_for_its_subject_and_suffix() {
    let mut scene = Scene::new();
    let first = scene.write(|tx| tx.put_receipt(&receipt("R000001", "released")));
    let changed = StoredReceipt {
        txt: b"other words".to_vec(),
        ..receipt("R000001", "released")
    };
    let again = scene.write(|tx| tx.put_receipt(&changed));
    assert_eq!(again, Put::Earlier(first.id()));
    let other = scene.write(|tx| tx.put_receipt(&receipt("R000001", "removed")));
    assert!(matches!(other, Put::New(_)));
    let view = scene.ledger.view();
    let found = view.receipt("R000001", "released").unwrap().unwrap();
    assert_eq!(found, (first.id(), receipt("R000001", "released")));
    assert_eq!(view.receipt("R000001", "").unwrap(), None);
}

#[test]
fn receipts_wait_in_order_until_they_are_published() {
    let mut scene = Scene::new();
    let ids = scene.write(|tx| {
        ["S000003", "S000001", "S000002"]
            .map(|subject| tx.put_receipt(&receipt(subject, "")).map(Put::id))
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
    });
    let waiting = scene.ledger.view().unpublished_receipts(2).unwrap();
    let subjects: Vec<_> = waiting.iter().map(|(_, r)| r.subject.as_str()).collect();
    assert_eq!(subjects, ["S000003", "S000001"]);
    scene.write(|tx| tx.receipts_published(&ids[..2]));
    let waiting = scene.ledger.view().unpublished_receipts(9).unwrap();
    assert_eq!(waiting, [(ids[2], receipt("S000002", ""))]);
}

#[test]
fn a_receipt_cant_be_given_to_another_subject() {
    let mut scene = Scene::new();
    let _ = scene.write(|tx| tx.put_receipt(&receipt("S000001", "")));
    scene.tamper("UPDATE receipt SET subject = 'S000002'");
    let opened = scene.ledger.view().unpublished_receipts(9);
    assert!(matches!(opened, Err(LedgerError::Tampered { .. })));
}

fn request(of: u32) -> NewRequest {
    NewRequest {
        school: school(of),
        submission: None,
        asked_at: NOON,
        reason: "Governors meet on Monday.".to_owned(),
    }
}

#[test]
fn requests_wait_and_are_answered_once() {
    let mut scene = Scene::new();
    let from_file = NewRequest {
        submission: Some(SubmissionId::new(1)),
        ..request(CANNOCK)
    };
    let ids = scene.write(|tx| {
        let _ = tx.take(&upload("request.txt", 1))?;
        Ok([
            tx.ask(&from_file)?,
            tx.ask(&request(HAGLEY))?,
            tx.ask(&request(CANNOCK))?,
        ])
    });
    assert_eq!(ids, [1, 2, 3].map(RequestId::new));
    let waiting = scene.ledger.view().waiting_requests().unwrap();
    assert_eq!(waiting.len(), 3);
    assert_eq!(waiting[0].asked, from_file);
    assert_eq!(scene.ledger.view().waiting_of(school(CANNOCK)).unwrap(), 2);
    let later = NOON + Duration::HOUR;
    scene.write(|tx| {
        tx.grant(ids[0], NOON, None)?;
        tx.request_released(ids[0], ReleaseId::new(9))?;
        tx.grant(ids[1], later, Some(ReleaseId::new(10)))?;
        tx.answer(ids[2], Answer::Declined, later)
    });
    let refused = scene.refused(|tx| tx.answer(ids[0], Answer::Held, later));
    assert!(matches!(refused, LedgerError::NoSuchRow { row: 1, .. }));
    let view = scene.ledger.view();
    assert_eq!(view.waiting_requests().unwrap(), []);
    assert_eq!(view.granted_on_or_after(NOON).unwrap().len(), 2);
    assert_eq!(view.granted_on_or_after(later).unwrap()[0].id, ids[1]);
    let last = view.last_granted(school(CANNOCK)).unwrap().unwrap();
    assert_eq!((last.id, last.answered_at), (ids[0], Some(NOON)));
    assert_eq!(last.release, Some(ReleaseId::new(9)));
    let declined = view.request(ids[2]).unwrap().unwrap();
    assert_eq!(declined.state, RequestState::Declined);
}

#[test]
fn a_hold_on_all_comes_before_a_schools_own_and_does_not_end_it() {
    let mut scene = Scene::new();
    let hold = |scope, reason: &str| Hold {
        scope,
        since: NOON,
        recall: scope == Scope::All,
        reason: reason.to_owned(),
    };
    let own = hold(Scope::School(school(CANNOCK)), "A key was lost.");
    let all = hold(Scope::All, "The extract looks wrong.");
    scene.write(|tx| {
        tx.hold(&hold(own.scope, "Not sure yet."))?;
        tx.hold(&own)?;
        tx.hold(&all)
    });
    let view = scene.ledger.view();
    assert_eq!(view.holds().unwrap(), [all.clone(), own.clone()]);
    assert_eq!(view.hold_on(school(CANNOCK)).unwrap(), Some(all.clone()));
    assert_eq!(view.hold_on(school(HAGLEY)).unwrap(), Some(all));
    scene.write(|tx| tx.resume(Scope::All));
    let view = scene.ledger.view();
    assert_eq!(view.hold_on(school(CANNOCK)).unwrap(), Some(own));
    assert_eq!(view.hold_on(school(HAGLEY)).unwrap(), None);
    assert_eq!(view.held_since(school(CANNOCK)).unwrap(), Some(NOON));
    assert_eq!(view.held_since(school(HAGLEY)).unwrap(), None);
    let refused = scene.refused(|tx| tx.resume(Scope::All));
    assert!(matches!(refused, LedgerError::NoSuchRow { .. }));
}

#[test]
fn one_extract_is_current() {
    let mut scene = Scene::new();
    let extract = |name: &str, rows| NewExtract {
        name: name.to_owned(),
        sha256: [3; 32],
        rows,
        exported_on: date!(2026 - 11 - 20),
        received_at: NOON,
        path: format!("E{rows:06}"),
        year11_path: None,
        encoding: "utf-8".to_owned(),
        format: "csv".to_owned(),
    };
    let (first, second) = scene.write(|tx| {
        Ok((
            tx.receive_extract(&extract("NCCIS October.csv", 100), ExtractState::Current)?,
            tx.receive_extract(
                &extract("NCCIS November.csv", 70),
                ExtractState::WaitingAcceptance,
            )?,
        ))
    });
    let current = |scene: &Scene| scene.ledger.view().current_extract().unwrap().unwrap();
    assert_eq!(current(&scene).arrived, extract("NCCIS October.csv", 100));
    scene.write(|tx| tx.extract_becomes(second, ExtractState::Current));
    assert_eq!(current(&scene).id, second);
    let view = scene.ledger.view();
    let superseded = view.extracts_in(ExtractState::Superseded).unwrap();
    assert_eq!(superseded.len(), 1);
    assert_eq!(view.extract(first).unwrap().as_ref(), superseded.first());
}

#[test]
fn a_schedule_is_known_from_when_it_was_first_seen_and_never_goes_back() {
    let mut scene = Scene::new();
    let (hour, monthly) = (Duration::HOUR, "monthly");
    scene.write(|tx| {
        tx.know_schedule(monthly, NOON)?;
        tx.know_schedule(monthly, NOON + hour)?;
        tx.schedule_done(monthly, NOON + hour * 3)?;
        tx.schedule_done(monthly, NOON + hour * 2)?;
        tx.know_schedule("autumn", NOON)
    });
    let view = scene.ledger.view();
    let mark = view.schedule(monthly).unwrap().unwrap();
    assert_eq!(mark.known_since, NOON);
    assert_eq!(mark.last_done, Some(NOON + hour * 3));
    let names: Vec<_> = view
        .schedules()
        .unwrap()
        .into_iter()
        .map(|s| s.name)
        .collect();
    assert_eq!(names, ["autumn", monthly]);
    scene.write(|tx| tx.forget_schedule(monthly));
    assert_eq!(scene.ledger.view().schedule(monthly).unwrap(), None);
    let refused = scene.refused(|tx| tx.schedule_done(monthly, NOON));
    assert!(matches!(refused, LedgerError::NoSuchRow { .. }));
}
