//! Withdrawals until their consequences are drawn, and the notices that come of them.

use time::{Duration, macros::date};

use super::fixtures::{BORN, NOON, Scene, name, school};
use crate::{
    domain::{
        ids::{NoticeId, PupilId, ReleaseId, SubmissionId},
        names::PersonName,
        pupil::Standing,
    },
    ledger::{LedgerError, NoticePupil, Withdrawal},
};

fn pupil(place: u32) -> PupilId {
    PupilId::first_told(SubmissionId::new(1), place)
}

fn withdrawal(submission: u64, place: u32, braked: bool) -> Withdrawal {
    Withdrawal {
        submission: SubmissionId::new(submission),
        pupil: pupil(place),
        school: school(8_604_001),
        at: NOON,
        braked,
        was: Standing::InForce,
        was_held_by: None,
    }
}

fn told_of(place: u32, releases: &[u64]) -> NoticePupil {
    NoticePupil {
        pupil: pupil(place),
        releases: releases.iter().map(|id| ReleaseId::new(*id)).collect(),
        person: Some((
            PersonName {
                forename: name("Zoë"),
                surname: name("Example"),
            },
            BORN,
        )),
    }
}

#[test]
fn a_withdrawal_waits_until_its_consequences_are_drawn() {
    let mut scene = Scene::new();
    let was = Withdrawal {
        was: Standing::Withdrawn(date!(2026 - 10 - 01)),
        was_held_by: Some(SubmissionId::new(3)),
        ..withdrawal(7, 2, false)
    };
    let braked = [withdrawal(8, 1, true), withdrawal(8, 2, true)];
    scene.write(|tx| {
        tx.withdrew(&was)?;
        braked.iter().try_for_each(|one| tx.withdrew(one))
    });
    let view = scene.ledger.view();
    assert_eq!(view.withdrawals_due().unwrap(), [was]);
    assert_eq!(view.withdrawals_braked().unwrap(), braked);
    let first = SubmissionId::new(7);
    scene.write(|tx| tx.withdrawals_settled(first, &[pupil(2)]));
    scene.write(|tx| tx.release_brake(SubmissionId::new(8)));
    let due = scene.ledger.view().withdrawals_due().unwrap();
    assert_eq!(due, [withdrawal(8, 1, false), withdrawal(8, 2, false)]);
}

#[test]
fn a_notice_is_open_until_it_is_closed_once() {
    let mut scene = Scene::new();
    let (school, source) = (school(8_604_001), SubmissionId::new(7));
    let pupils = [told_of(1, &[1, 4]), told_of(2, &[4])];
    let id = scene.write(|tx| tx.open_notice(school, source, NOON, &pupils));
    assert_eq!(id, NoticeId::new(1));
    let view = scene.ledger.view();
    assert_eq!(view.notice_pupils(id).unwrap(), pupils);
    assert_eq!(view.open_notices(Some(school)).unwrap().len(), 1);
    assert_eq!(view.notices_about(pupil(2)).unwrap()[0].id, id);
    let named = view.releases_noticed(pupil(1)).unwrap();
    assert_eq!(
        Vec::from_iter(named),
        [ReleaseId::new(1), ReleaseId::new(4)]
    );
    let later = NOON + Duration::DAY;
    scene.write(|tx| tx.close_notice(id, later, SubmissionId::new(9)));
    assert!(scene.ledger.view().open_notices(None).unwrap().is_empty());
    let closed = scene.ledger.view().notice(id).unwrap().unwrap();
    assert_eq!(
        (closed.closed_at, closed.closed_by),
        (Some(later), Some(SubmissionId::new(9)))
    );
    let again = scene.refused(|tx| tx.close_notice(id, later, SubmissionId::new(10)));
    assert!(matches!(again, LedgerError::NoSuchRow { .. }));
}

#[test]
fn who_is_erased_is_nobody_in_any_notice() {
    let mut scene = Scene::new();
    let source = SubmissionId::new(7);
    let pupils = [told_of(1, &[1]), told_of(2, &[1])];
    let id = scene.write(|tx| tx.open_notice(school(8_604_001), source, NOON, &pupils));
    scene.write(|tx| tx.erase_from_notices(pupil(1)));
    let left = scene.ledger.view().notice_pupils(id).unwrap();
    assert_eq!((left[0].person.is_none(), &left[1]), (true, &pupils[1]));
    assert_eq!(left[0].releases, [ReleaseId::new(1)]);
}

#[test]
fn a_pupil_moved_to_another_notice_is_noticed() {
    let mut scene = Scene::new();
    let source = SubmissionId::new(7);
    let of = school(8_604_001);
    let one = scene.write(|tx| tx.open_notice(of, source, NOON, &[told_of(1, &[1])]));
    let other = scene.write(|tx| tx.open_notice(of, source, NOON, &[]));
    scene.tamper("UPDATE notice_pupil SET notice = 2");
    let moved = scene.ledger.view().notice_pupils(other);
    assert!(matches!(moved, Err(LedgerError::Tampered { .. })));
    assert!(scene.ledger.view().notice_pupils(one).unwrap().is_empty());
}
