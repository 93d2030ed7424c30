use super::*;
use crate::{domain::receipt::Outcome, policy::judge::WithdrawalScale};

/// Robin and Sam consented.
fn world() -> World {
    let mut world = World::new();
    world.list(vec![
        yes("Robin Archer").upn(UPN).uln(ULN),
        yes("Sam Baker"),
    ]);
    world
}

/// A withdrawal that tells nothing yet.
fn nobody() -> ListRow {
    ListRow::default()
}

fn surnamed(surname: &str) -> ListRow {
    ListRow {
        surname: Cell::Read(Name::parse(surname).unwrap()),
        ..nobody()
    }
}

#[test]
fn clause_2_2_withdrawal_stops_sharing_at_once() {
    let mut world = world();
    let judgement = world.withdraw(vec![withdrawn("Robin Archer")]);
    assert_eq!(judgement.outcome, Outcome::Accepted);
    assert_eq!(effects(&judgement), [Effect::Withdrawn]);
    assert_eq!(judgement.counts.withdrawn, 1);
    assert_eq!(world.standing("Robin"), Standing::Withdrawn(TODAY));
    assert!(world.shares("Sam"));
    assert_eq!(judgement.withdrawals, WithdrawalScale::Usual);
}

#[test]
fn a_pupil_is_withdrawn_by_name_or_by_an_identifier_with_one_thing_more() {
    for row in [
        withdrawn("ROBIN archer"),
        withdrawn("Robin Archer").bad_upn(),
        nobody().upn(UPN).born(BORN),
        nobody().uln(ULN).born(BORN),
        surnamed("Archer").upn(UPN),
        surnamed("Archer").uln(ULN),
        // A name may have changed since.
        withdrawn("Robin Newname").upn(UPN),
    ] {
        let mut world = world();
        let judgement = world.withdraw(vec![row]);
        assert_eq!(effects(&judgement), [Effect::Withdrawn]);
        assert_eq!(
            (judgement.counts.withdrawn, judgement.counts.rejected),
            (1, 0)
        );
        assert!(errors(&judgement).is_empty());
    }
}

#[test]
fn a_withdrawal_that_nearly_fits_holds_for_review() {
    let later = date!(2011 - 01 - 16);
    for row in [
        withdrawn("Robyn Archer"),
        withdrawn("Robin Acher"),
        withdrawn("Robin Archer").upn(TWINS[0]),
        withdrawn("Some Body").born(later).upn(UPN),
        surnamed("Archer").born(later).upn(UPN),
        nobody().upn(UPN),
        surnamed("Archer").born(BORN),
    ] {
        let mut world = world();
        let judgement = world.withdraw(vec![row]);
        assert_eq!(effects(&judgement), [Effect::Held]);
        assert_eq!(judgement.counts.withdrawn, 1);
        assert!(codes(&judgement).contains(&(Some(2), ProblemCode::WithdrawalNear)));
        assert!(errors(&judgement).is_empty());
        assert_eq!(world.of("Robin").held_by, Some(SubmissionId::new(2)));
        assert!(world.shares("Sam"));
        // No list ends a hold.
        world.list(vec![yes("Robin Archer"), yes("Sam Baker")]);
        assert!(!world.shares("Robin"));
    }
}

#[test]
fn different_identifiers_are_two_pupils_also_when_one_of_them_withdraws() {
    let mut world = World::new();
    world.list(vec![yes("Robin Archer").upn(TWINS[0])]);
    let judgement = world.withdraw(vec![withdrawn("Robyn Archer").upn(TWINS[1])]);
    assert_eq!(codes(&judgement), [(Some(2), ProblemCode::PupilNotOnAList)]);
    assert!(world.shares("Robin"));
}

#[test]
fn a_twin_who_carries_the_others_number_stops_both() {
    let mut world = World::new();
    world.list(vec![
        yes("Robin Archer").upn(TWINS[0]),
        yes("Kim Archer").upn(TWINS[1]),
    ]);
    world.withdraw(vec![withdrawn("Kim Archer").upn(TWINS[0])]);
    assert_eq!(world.standing("Robin"), Standing::Withdrawn(TODAY));
    assert!(world.of("Kim").held_by.is_some());
}

#[test]
fn a_name_that_two_pupils_share_withdraws_both() {
    let mut world = World::new();
    world.list(vec![
        yes("Robin Archer").upn(TWINS[0]),
        yes("Robin Archer").upn(TWINS[1]),
    ]);
    let judgement = world.withdraw(vec![withdrawn("Robin Archer")]);
    assert_eq!(effects(&judgement), [Effect::Withdrawn, Effect::Withdrawn]);
}

#[test]
fn a_withdrawal_that_fits_nobody_is_remembered_once() {
    let mut world = world();
    let judgement = world.withdraw(vec![withdrawn_on("Kim Carter", date!(2026 - 10 - 20))]);
    assert_eq!(judgement.outcome, Outcome::Accepted);
    assert_eq!(codes(&judgement), [(Some(2), ProblemCode::PupilNotOnAList)]);
    assert_eq!(judgement.counts.withdrawn, 1);
    world.withdraw(vec![withdrawn("Kim Carter"), withdrawn("KIM CARTER")]);
    assert_eq!(world.remembered.len(), 1);
    assert_eq!(world.remembered[0].on, date!(2026 - 10 - 20));
    world.withdraw(vec![withdrawn_on("Kim Carter", date!(2026 - 10 - 21))]);
    assert_eq!(world.remembered.len(), 2);
}

#[test]
fn a_withdrawal_that_cannot_be_used_is_rejected() {
    let out_of_range = ProblemCode::DobOutOfRange;
    for (row, code) in [
        (
            ListRow {
                born: Cell::Blank,
                ..withdrawn("Kim Carter")
            },
            ProblemCode::DobMissing,
        ),
        (withdrawn("Kim Carter").bad_dob(), ProblemCode::DobNotADate),
        (
            withdrawn("Kim Carter").born(date!(2021 - 01 - 01)),
            out_of_range,
        ),
    ] {
        let mut world = world();
        let judgement = world.withdraw(vec![row, withdrawn("Robin Archer")]);
        assert_eq!(errors(&judgement), [(Some(2), code)]);
        assert_eq!(judgement.outcome, Outcome::AcceptedWithErrors);
        assert!(world.remembered.is_empty());
        assert!(!world.shares("Robin"));
    }
}

#[test]
fn bad_rows_of_withdrawals_never_stop_the_good_ones() {
    let mut world = world();
    let bad = || withdrawn("Kim Carter").bad_dob();
    let judgement = world.withdraw(vec![bad(), bad(), bad(), withdrawn("Robin Archer")]);
    assert_eq!(judgement.outcome, Outcome::AcceptedWithErrors);
    assert_eq!(
        (judgement.counts.withdrawn, judgement.counts.rejected),
        (1, 3)
    );
    assert_eq!(world.withdraw(vec![bad()]).outcome, Outcome::Rejected);
}

#[test]
fn withdrawn_counts_whatever_the_consent_column_says() {
    let mut world = world();
    let judgement = world.list(vec![
        withdrawn_on("Robin Archer", date!(2026 - 11 - 02)),
        yes("Sam Baker"),
    ]);
    assert_eq!(judgement.outcome, Outcome::Accepted);
    assert_eq!(
        (judgement.counts.consented, judgement.counts.withdrawn),
        (1, 1)
    );
    assert_eq!(
        world.standing("Robin"),
        Standing::Withdrawn(date!(2026 - 11 - 02))
    );
}

#[test]
fn a_withdrawal_on_a_day_to_come_acts_today() {
    let mut world = world();
    world.withdraw(vec![withdrawn_on("Robin Archer", date!(2027 - 01 - 01))]);
    assert_eq!(world.standing("Robin"), Standing::Withdrawn(TODAY));
}

#[test]
fn a_withdrawal_told_again_keeps_its_day_unless_a_later_one_is_told() {
    let mut world = world();
    world.withdraw(vec![withdrawn_on("Robin Archer", date!(2026 - 11 - 02))]);
    assert_eq!(
        effects(&world.withdraw(vec![withdrawn("Robin Archer")])),
        []
    );
    let earlier = withdrawn_on("Robin Archer", date!(2026 - 11 - 01));
    assert_eq!(effects(&world.withdraw(vec![earlier])), []);
    world.withdraw(vec![withdrawn_on("Robin Archer", date!(2026 - 11 - 03))]);
    assert_eq!(
        world.standing("Robin"),
        Standing::Withdrawn(date!(2026 - 11 - 03))
    );
}

#[test]
fn a_plain_no_after_a_yes_is_a_withdrawal() {
    for row in [no("Robin Archer"), no("Robin Archer").bad_upn()] {
        let mut world = world();
        let judgement = world.list(vec![row.clone(), yes("Sam Baker")]);
        assert_eq!(judgement.outcome, Outcome::Accepted);
        assert_eq!(
            (judgement.counts.withdrawn, judgement.counts.not_consented),
            (1, 0)
        );
        assert_eq!(world.standing("Robin"), Standing::Withdrawn(TODAY));
    }
    let mut world = world();
    world.list(vec![no("Robin Archer"), yes("Sam Baker")]);
    let again = world.list(vec![no("Robin Archer"), yes("Sam Baker")]);
    assert_eq!((again.counts.withdrawn, again.counts.not_consented), (0, 1));
    assert_eq!(effects(&again), []);
}

#[test]
fn a_no_of_someone_who_never_consented_withdraws_nothing() {
    let mut world = world();
    let rows = vec![
        yes("Robin Archer"),
        yes("Sam Baker"),
        no("Kim Archer"),
        no("Robin Baker"),
    ];
    let judgement = world.list(rows);
    assert_eq!(judgement.counts.not_consented, 2);
    assert_eq!(codes(&judgement), []);
    // Later they may consent.
    assert_eq!(world.add(vec![undated("Kim Archer")]).counts.new, 1);
    assert!(world.shares("Kim") && world.shares("Robin"));
}

#[test]
fn a_no_that_nearly_fits_someone_without_a_row_holds_them() {
    let mut world = world();
    let judgement = world.add(vec![no("Robyn Archer"), yes("Kim Carter")]);
    assert_eq!(codes(&judgement), [(Some(2), ProblemCode::WithdrawalNear)]);
    assert!(!world.shares("Robin"));
    assert_eq!(judgement.counts.withdrawn, 1);
}

#[test]
fn a_bad_no_of_someone_who_never_consented_is_rejected() {
    let mut world = world();
    let rows = vec![
        yes("Robin Archer"),
        yes("Sam Baker"),
        no("Kim Carter").bad_upn(),
    ];
    let judgement = world.list(rows);
    assert_eq!(errors(&judgement), [(Some(4), ProblemCode::UpnInvalid)]);
}

#[test]
fn a_withdrawal_without_a_name_still_beats_a_yes_in_the_same_list() {
    let mut world = World::new();
    let gone = ListRow {
        withdrawn: Withdrawal::Yes,
        ..nobody().upn(UPN).born(BORN)
    };
    let judgement = world.list(vec![yes("Robin Archer").upn(UPN), gone]);
    assert!(world.consents.is_empty());
    assert_eq!(
        (judgement.counts.withdrawn, judgement.counts.rejected),
        (2, 0)
    );
}

#[test]
fn a_clearer_file_settles_whom_a_near_withdrawal_held() {
    let mut world = World::new();
    let cay = date!(2011 - 02 - 02);
    let twins = || {
        [
            yes("Robin Archer"),
            yes("Kim Archer"),
            yes("Lee Cayman").born(cay),
        ]
    };
    world.list(twins().to_vec());
    // One file, two misspelt withdrawals: three pupils are held.
    world.withdraw(vec![
        withdrawn("Roin Archer"),
        withdrawn("Leigh Cayman").born(cay),
    ]);
    assert!(world.consents.iter().all(|one| one.held_by.is_some()));
    let judgement = world.withdraw(vec![withdrawn("Robin Archer")]);
    assert_eq!(
        effects(&judgement),
        [Effect::Withdrawn, Effect::Cleared]
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    assert!(world.shares("Kim"));
    // The other withdrawal of the file is still open.
    assert!(!world.shares("Lee"));
}

#[test]
fn a_withdrawal_that_is_no_clearer_settles_nothing() {
    let mut world = World::new();
    world.list(vec![yes("Robin Archer"), yes("Kim Archer")]);
    world.withdraw(vec![withdrawn("Roin Archer")]);
    world.withdraw(vec![withdrawn("Robin Archer"), withdrawn("Kimm Archer")]);
    assert!(!world.shares("Kim"));
}

#[test]
fn a_large_file_of_withdrawals_waits_for_an_analyst() {
    let scale = |pupils, gone: u8| {
        let mut world = World::new();
        world.list(year(pupils));
        let rows = (0..gone).map(|nth| withdrawn(&nth_name(nth))).collect();
        world.withdraw(rows).withdrawals
    };
    assert_eq!(scale(20, 5), WithdrawalScale::Usual);
    assert_eq!(scale(60, 6), WithdrawalScale::Usual);
    assert_eq!(scale(59, 6), WithdrawalScale::Large);
}

/// Withdrawals of as many pupils as this, who tell one UPN, each with a date of birth and a name of their own.
fn under_one_number(pupils: i64) -> Vec<ListRow> {
    let each = (0..pupils).map(|at| {
        let letters = |number: i64| char::from(b'a' + u8::try_from(number % 26).unwrap());
        let surname: String = [at / 676, at / 26, at].map(letters).iter().collect();
        let born = BORN + time::Duration::days(at % 300);
        withdrawn(&format!("Robin A{surname}")).upn(UPN).born(born)
    });
    each.collect()
}

#[test]
fn a_list_whose_rows_tell_alike_by_the_thousand_is_refused_before_they_are_compared() {
    let mut world = world();
    let judgement = world.withdraw(under_one_number(20_000));
    assert_eq!(judgement.outcome, Outcome::Rejected);
    assert_eq!(judgement.counts.rejected, 20_000);
    assert!(judgement.changes.is_empty());
    let [problem] = &judgement.problems[..] else {
        panic!("{} problems", judgement.problems.len());
    };
    assert_eq!(
        (problem.code, problem.row),
        (ProblemCode::FileUnreadable, None)
    );
    assert!(problem.message.starts_with("The same number"));
    assert!(judgement.notes[0].contains("not even withdrawals"));
    assert!(world.shares("Robin"));
}

#[test]
fn a_whole_school_under_one_number_is_judged_all_the_same() {
    let mut world = world();
    let judgement = world.withdraw(under_one_number(450));
    assert_ne!(judgement.outcome, Outcome::Rejected);
    assert!(!world.shares("Robin"));
}

#[test]
fn ten_thousand_withdrawals_of_ten_thousand_pupils_are_judged() {
    let names = |at: usize| {
        let letters = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
        let letters: String = [at / 676, at / 26, at].map(letters).iter().collect();
        format!("Robin{letters} Archer{letters}")
    };
    let mut world = World::new();
    let pupils = 0..10_000;
    world.list(pupils.clone().map(|at| yes(&names(at))).collect());
    // Each is misspelt, so that all are held; then each is told clearly.
    let near = |at: usize| withdrawn(&format!("{}e", names(at)));
    let judgement = world.withdraw(pupils.clone().map(near).collect());
    assert_eq!(judgement.counts.withdrawn, 10_000);
    let judgement = world.withdraw(pupils.map(|at| withdrawn(&names(at))).collect());
    assert_eq!(effects(&judgement).len(), 10_000);
}
