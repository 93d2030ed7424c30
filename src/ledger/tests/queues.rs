//! Discrepancies, forecasts, jobs of the day, and what goes because its time is over.

use time::{Duration, OffsetDateTime, macros::date};

use super::fixtures::{NOON, Scene, consent, disclosed, pupil, release, school, upload};
use crate::{
    domain::{
        ids::{PupilId, ReleaseId, SubmissionId},
        receipt::{Expiring, ExpiryRule},
        school::Format,
    },
    ledger::{
        Answer, Closed, Forecast, LedgerError, NewDiscrepancy, NewRequest, ReleaseFile,
        SealedDisclosure, Store, StoredReceipt, Tx,
    },
};

const CANNOCK: u32 = 8_604_001;
const LATER: OffsetDateTime = NOON.saturating_add(Duration::DAY);

fn report(number: u64) -> NewDiscrepancy {
    NewDiscrepancy {
        submission: SubmissionId::new(number),
        school: school(CANNOCK),
        reported_at: NOON,
        text: "The provider of one pupil is wrong.".to_owned(),
        releases: vec![ReleaseId::new(1), ReleaseId::new(45)],
    }
}

#[test]
fn a_discrepancy_is_open_until_it_is_resolved_once() {
    let mut scene = Scene::new();
    scene.write(|tx| tx.report(&report(1)).and_then(|()| tx.report(&report(2))));
    scene.write(|tx| tx.resolve(SubmissionId::new(1), LATER));
    let again = scene.refused(|tx| tx.resolve(SubmissionId::new(1), LATER));
    assert!(matches!(again, LedgerError::NoSuchRow { row: 1, .. }));
    let view = scene.ledger.view();
    let open = view.open_discrepancies().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].reported, report(2));
    assert_eq!(view.waiting().unwrap().discrepancies, 1);
    let status = view.status(school(CANNOCK)).unwrap();
    assert_eq!(status.open_discrepancies, 1);
}

#[test]
fn the_words_of_an_answered_discrepancy_go_and_of_an_open_one_stay() {
    let mut scene = Scene::new();
    scene.write(|tx| tx.report(&report(1)).and_then(|()| tx.report(&report(2))));
    scene.write(|tx| tx.resolve(SubmissionId::new(1), NOON));
    let erase = |tx: &Tx<'_>| tx.erase_answered_discrepancies(LATER);
    assert_eq!(scene.write(erase), 1);
    assert_eq!(scene.write(erase), 0);
    let view = scene.ledger.view();
    let gone = view.discrepancy(SubmissionId::new(1)).unwrap().unwrap();
    assert_eq!(
        (gone.reported.text.as_str(), gone.reported.releases),
        ("", vec![])
    );
    assert_eq!(view.open_discrepancies().unwrap()[0].reported, report(2));
}

#[test]
fn a_discrepancy_cant_be_given_to_another_school() {
    let mut scene = Scene::new();
    scene.write(|tx| tx.report(&report(1)));
    scene.tamper("UPDATE discrepancy SET school = 8604002");
    let opened = scene.ledger.view().open_discrepancies();
    assert!(matches!(opened, Err(LedgerError::Tampered { .. })));
}

#[test]
fn the_next_file_corrects_what_was_reported_before_it() {
    let mut scene = Scene::new();
    let one = ReleaseId::new(1);
    scene.write(|tx| {
        tx.plan_release(&release(one, school(CANNOCK)), &[])?;
        tx.close_release(one, Closed::Held, NOON)
    });
    let filed = |scene: &Scene| scene.ledger.view().last_filed(school(CANNOCK)).unwrap();
    assert_eq!(filed(&scene), None, "a held release put no file anywhere");
    let two = ReleaseId::new(2);
    scene.write(|tx| {
        tx.plan_release(&release(two, school(CANNOCK)), &[])?;
        tx.sealed(two, &[file()], &[])?;
        tx.published(two)
    });
    assert_eq!(filed(&scene), Some(two));
    scene.write(|tx| tx.report(&report(1)));
    let uncorrected = |scene: &Scene| scene.ledger.view().uncorrected(school(CANNOCK)).unwrap();
    assert_eq!(uncorrected(&scene), [SubmissionId::new(1)]);
    scene.write(|tx| tx.corrected(school(CANNOCK), two));
    assert_eq!(uncorrected(&scene), []);
}

fn file() -> ReleaseFile {
    ReleaseFile {
        format: Format::Csv,
        name: "made-up.csv.age".to_owned(),
        bytes: 1,
        sha256: [0; 32],
    }
}

#[test]
fn a_forecast_is_due_once_a_day_and_whenever_consents_or_the_rule_change() {
    let mut scene = Scene::new();
    let today = date!(2026 - 11 - 21);
    let rule = ExpiryRule::Earliest;
    let due = |scene: &Scene, day, rule| {
        let view = scene.ledger.view();
        view.forecasts_due(day, rule, 9).unwrap()
    };
    assert_eq!(due(&scene, today, rule), []);
    let sealed = scene.sealed(school(CANNOCK), &consent(0, pupil("Robin", "Example")));
    scene.write(|tx| tx.save_consents(std::slice::from_ref(&sealed)));
    assert_eq!(due(&scene, today, rule), [school(CANNOCK)]);
    let forecast = Forecast {
        school: school(CANNOCK),
        counted: today,
        revision: 1,
        rule,
        expiring: Expiring {
            in_30_days: 1,
            in_90_days: 2,
        },
    };
    scene.write(|tx| tx.keep_forecast(&forecast));
    assert_eq!(due(&scene, today, rule), []);
    let tomorrow = today.next_day().unwrap();
    assert_eq!(due(&scene, tomorrow, rule).len(), 1);
    assert_eq!(
        due(&scene, today, ExpiryRule::TwoYearsAfterLeaving).len(),
        1
    );
    scene.write(|tx| tx.save_consents(&[sealed]));
    assert_eq!(due(&scene, today, rule).len(), 1);
    let status = scene.ledger.view().status(school(CANNOCK)).unwrap();
    assert_eq!(status.expiring, Some((today, forecast.expiring)));
}

#[test]
fn a_job_of_the_day_is_known_by_its_day() {
    let mut scene = Scene::new();
    let [one, two] = [date!(2026 - 11 - 21), date!(2026 - 11 - 22)];
    assert_eq!(scene.ledger.view().last_done_on("receipts").unwrap(), None);
    scene.write(|tx| {
        tx.done_on("receipts", one)
            .and_then(|()| tx.done_on("receipts", two))
    });
    assert_eq!(
        scene.ledger.view().last_done_on("receipts").unwrap(),
        Some(two)
    );
}

#[test]
fn disclosures_go_once_their_release_has_ended_and_nothing_is_owed() {
    let mut scene = Scene::new();
    let ids = [1, 2, 3].map(ReleaseId::new);
    let vault = scene.ledger.vault().clone();
    scene.write(|tx| {
        for id in ids {
            let told = SealedDisclosure::seal(
                &vault,
                id,
                PupilId::first_told(SubmissionId::new(1), 0),
                &disclosed("Robin", "Example"),
            );
            tx.plan_release(&release(id, school(CANNOCK)), &[told])?;
            tx.sealed(id, &[file()], &[])?;
            tx.published(id)?;
        }
        tx.close_release(ids[0], Closed::Removed, NOON)?;
        tx.close_release(ids[1], Closed::Recalled, NOON)?;
        tx.owe_remake(ids[1])
    });
    let may_go = |scene: &Scene, at| scene.ledger.view().disclosures_before(at, 9).unwrap();
    assert_eq!(may_go(&scene, NOON), []);
    assert_eq!(may_go(&scene, LATER), ids[..1]);
    let view = scene.ledger.view();
    assert_eq!(view.oldest_in(Store::Disclosures).unwrap(), Some(NOON));
    assert_eq!(view.count_in(Store::Disclosures, LATER).unwrap(), 1);
    scene.write(|tx| tx.erase_disclosures(ids[0]));
    assert_eq!(may_go(&scene, LATER), []);
    assert!(scene.ledger.view().release(ids[0]).unwrap().is_some());
}

fn receipt(subject: &str) -> StoredReceipt {
    StoredReceipt {
        subject: subject.to_owned(),
        suffix: String::new(),
        school: school(CANNOCK),
        at: NOON,
        stem: format!("20261121T120000Z_{subject}_made-up"),
        json: b"{}".to_vec(),
        sig: b"made-up".to_vec(),
        txt: b"made-up".to_vec(),
        enclosure: None,
    }
}

#[test]
fn receipts_go_but_not_of_what_waits_or_is_live_and_none_is_put_again() {
    let mut scene = Scene::new();
    let subjects = [
        "S000001", "S000002", "S000003", "R000001", "R000002", "Q000001", "Q000002", "D000001",
    ];
    scene.write(|tx| {
        let _ = tx.take(&upload("request.txt", 1))?;
        let _ = tx.take(&upload("request.txt", 2))?;
        tx.report(&report(3))?;
        let live = ReleaseId::new(1);
        tx.plan_release(&release(live, school(CANNOCK)), &[])?;
        tx.sealed(live, &[file()], &[])?;
        tx.published(live)?;
        let over = ReleaseId::new(2);
        tx.plan_release(&release(over, school(CANNOCK)), &[])?;
        tx.close_release(over, Closed::Held, NOON)?;
        for number in [1, 2] {
            let id = tx.ask(&NewRequest {
                school: school(CANNOCK),
                submission: Some(SubmissionId::new(number)),
                asked_at: NOON,
                reason: String::new(),
            })?;
            if number == 2 {
                tx.answer(id, Answer::Declined, NOON)?;
            }
        }
        let _ = tx.open_notice(school(CANNOCK), SubmissionId::new(9), NOON, &[])?;
        let mut ids = Vec::new();
        for subject in subjects {
            ids.push(tx.put_receipt(&receipt(subject))?.id());
        }
        let _ = tx.put_receipt(&receipt("R000009"))?;
        tx.receipts_published(&ids)
    });
    let old = scene.ledger.view().receipts_before(LATER, 99).unwrap();
    let going: Vec<&str> = old.iter().map(|(_, r)| r.subject.as_str()).collect();
    assert_eq!(going, ["S000002", "R000002", "Q000002"]);
    let view = scene.ledger.view();
    assert_eq!(view.count_in(Store::Receipts, LATER).unwrap(), 3);
    let ids: Vec<_> = old.iter().map(|(id, _)| *id).collect();
    scene.write(|tx| tx.erase_receipts(&ids));
    assert_eq!(scene.ledger.view().receipts_before(LATER, 99).unwrap(), []);
    assert_eq!(scene.ledger.view().receipt("S000002", "").unwrap(), None);
    let again = scene.write(|tx| tx.put_receipt(&receipt("S000002")));
    assert_eq!(again.id(), ids[0], "the number stays taken");
}
