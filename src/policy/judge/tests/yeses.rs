use super::*;
use crate::domain::receipt::Outcome;

#[test]
fn a_first_yes_is_new() {
    let mut world = World::new();
    let judgement = world.list(vec![yes("Robin Archer").upn(UPN).uln(ULN)]);
    assert_eq!(judgement.outcome, Outcome::Accepted);
    assert_eq!(effects(&judgement), [Effect::New]);
    let robin = world.of("Robin");
    assert_eq!(
        (robin.given_on, robin.assumed),
        (date!(2026 - 10 - 01), false)
    );
    assert_eq!(
        (robin.id, robin.version, robin.source),
        (id(1, 0), 1, SubmissionId::new(1))
    );
}

#[test]
fn a_list_without_a_consent_column_says_that_all_in_it_consented() {
    let mut world = World::new();
    let row = ListRow {
        answer: Answer::NoColumn,
        ..blank("Robin Archer")
    };
    assert_eq!(world.list(vec![row]).counts.consented, 1);
}

#[test]
fn a_yes_without_a_day_counts_from_1_september_of_the_school_year() {
    let mut world = World::new();
    let judgement = world.list(vec![undated("Robin Archer"), undated("Sam Baker")]);
    assert_eq!(codes(&judgement), [(None, ProblemCode::ConsentDateAssumed)]);
    let robin = world.of("Robin");
    assert_eq!(
        (robin.given_on, robin.assumed),
        (date!(2026 - 09 - 01), true)
    );
    let judgement = World::new().list(vec![yes("Robin Archer"), undated("Sam Baker")]);
    assert_eq!(
        codes(&judgement),
        [(Some(3), ProblemCode::ConsentDateAssumed)]
    );
}

#[test]
fn clause_2_2_an_undated_list_never_lengthens_a_consent() {
    let mut world = World::new();
    world.list(vec![yes("Robin Archer"), undated("Sam Baker")]);
    world.today = date!(2027 - 11 - 01);
    let judgement = world.list(vec![undated("Robin Archer"), undated("Sam Baker")]);
    assert_eq!((judgement.counts.renewed, judgement.counts.new), (2, 0));
    assert_eq!(world.of("Robin").given_on, date!(2026 - 10 - 01));
    assert_eq!(world.of("Sam").given_on, date!(2026 - 09 - 01));
    assert!(effects(&judgement).is_empty());
}

#[test]
fn a_dated_yes_tells_the_day() {
    let mut world = World::new();
    world.list(vec![undated("Robin Archer"), yes("Sam Baker")]);
    let judgement = world.list(vec![
        yes("Robin Archer"),
        yes_on("Sam Baker", date!(2026 - 09 - 20)),
    ]);
    assert_eq!(effects(&judgement), [Effect::Renewed, Effect::Renewed]);
    let robin = world.of("Robin");
    assert_eq!(
        (robin.given_on, robin.assumed, robin.version),
        (date!(2026 - 10 - 01), false, 2)
    );
    assert_eq!(world.of("Sam").given_on, date!(2026 - 09 - 20));
}

#[test]
fn a_consent_that_stays_the_same_keeps_its_version() {
    let mut world = World::new();
    world.list(vec![yes("Robin Archer").upn(UPN)]);
    let judgement = world.list(vec![yes("Robin Archer")]);
    assert_eq!(judgement.counts.renewed, 1);
    assert_eq!(effects(&judgement), []);
    assert_eq!(world.of("Robin").version, 1);
    assert_eq!(world.of("Robin").pupil.upn, Some(UPN.parse().unwrap()));
}

#[test]
fn a_new_surname_under_the_same_upn_is_the_same_pupil() {
    let mut world = World::new();
    world.list(vec![yes("Robin Archer").upn(UPN)]);
    let judgement = world.list(vec![yes("Robin Archer-Bell").upn(UPN)]);
    assert_eq!(effects(&judgement), [Effect::Renewed]);
    assert_eq!(world.of("Robin").pupil.name.surname.reveal(), "Archer-Bell");
}

#[test]
fn a_permanent_upn_takes_the_place_of_a_temporary_one() {
    let mut world = World::new();
    world.list(vec![yes("Robin Archer").upn("A86040012001A")]);
    world.list(vec![yes("Robin Archer").upn(UPN)]);
    assert_eq!(world.of("Robin").pupil.upn, Some(UPN.parse().unwrap()));
    world.list(vec![yes("Robin Archer").upn("A86040012001A")]);
    assert_eq!(world.of("Robin").pupil.upn, Some(UPN.parse().unwrap()));
    assert_eq!(world.consents.len(), 1);
}

#[test]
fn different_identifiers_are_two_pupils_of_one_name() {
    let mut world = World::new();
    let rows = || {
        vec![
            yes("Robin Archer").upn(TWINS[0]),
            yes("Robin Archer").upn(TWINS[1]),
        ]
    };
    assert_eq!(world.list(rows()).counts.new, 2);
    let judgement = world.list(rows());
    assert_eq!((judgement.counts.renewed, judgement.counts.lapsed), (2, 0));
    // Their name alone matches nobody.
    let judgement = world.list(vec![yes("Robin Archer")]);
    assert_eq!((judgement.counts.new, judgement.counts.lapsed), (1, 2));
    assert_eq!(world.list(vec![yes("Robin Archer")]).counts.renewed, 1);
}

#[test]
fn only_a_consent_dated_after_the_withdrawal_restores_sharing() {
    for (row, restored) in [
        (undated("Robin Archer"), false),
        (yes_on("Robin Archer", date!(2026 - 10 - 01)), false),
        (yes_on("Robin Archer", date!(2026 - 10 - 20)), false),
        (yes_on("Robin Archer", date!(2026 - 10 - 21)), true),
    ] {
        let mut world = World::new();
        world.list(vec![yes("Robin Archer")]);
        world.withdraw(vec![withdrawn_on("Robin Archer", date!(2026 - 10 - 20))]);
        let judgement = world.list(vec![row]);
        assert_eq!(world.shares("Robin"), restored);
        assert_eq!(judgement.counts.consented, 1);
        if restored {
            assert_eq!(effects(&judgement), [Effect::Restored]);
        } else {
            assert_eq!(
                codes(&judgement),
                [(Some(2), ProblemCode::WithdrawnEarlier)]
            );
            assert_eq!(effects(&judgement), []);
        }
    }
}

#[test]
fn a_remembered_withdrawal_counts_as_if_it_came_with_the_list() {
    let mut world = World::new();
    world.withdraw(vec![withdrawn_on("Robin Archer", date!(2026 - 10 - 20))]);
    let judgement = world.list(vec![undated("Robin Archer"), yes("Sam Baker")]);
    assert_eq!(
        codes(&judgement),
        [(Some(2), ProblemCode::WithdrawnEarlier)]
    );
    assert_eq!(
        world.standing("Robin"),
        Standing::Withdrawn(date!(2026 - 10 - 20))
    );
    let judgement = world.list(vec![yes_on("Robin Archer", TODAY), yes("Sam Baker")]);
    assert_eq!(effects(&judgement), [Effect::Restored]);
    assert!(world.shares("Robin"));
    world.list(vec![undated("Robin Archer"), yes("Sam Baker")]);
    assert!(world.shares("Robin"));
}

#[test]
fn a_remembered_withdrawal_that_nearly_fits_holds_a_new_pupil() {
    let mut world = World::new();
    world.withdraw(vec![withdrawn_on("Robyn Archer", date!(2026 - 10 - 20))]);
    let judgement = world.list(vec![yes("Robin Archer")]);
    assert_eq!(codes(&judgement), [(Some(2), ProblemCode::WithdrawalNear)]);
    assert_eq!(world.of("Robin").held_by, Some(SubmissionId::new(1)));
    // Whoever it meant, a later consent outlives it.
    let mut world = World::new();
    world.withdraw(vec![withdrawn_on("Robyn Archer", date!(2026 - 10 - 20))]);
    world.list(vec![yes_on("Robin Archer", date!(2026 - 10 - 21))]);
    assert!(world.shares("Robin"));
    // Where it fits one twin exactly, it does not mean the other.
    let mut world = World::new();
    world.withdraw(vec![withdrawn("Robyn Archer")]);
    world.list(vec![yes("Robin Archer"), yes("Robyn Archer")]);
    assert!(world.shares("Robin") && !world.shares("Robyn"));
}

#[test]
fn an_ehcp_is_what_the_list_says_where_it_has_the_column() {
    let mut world = World::new();
    let with = |ehcp| {
        let mut list = list(vec![ListRow {
            ehcp,
            ..yes("Robin Archer")
        }]);
        list.columns.ehcp = Some("EHCP".to_owned());
        list
    };
    world.send(FileKind::ConsentList, &with(true));
    assert!(world.of("Robin").ehcp);
    world.list(vec![yes("Robin Archer")]);
    assert!(world.of("Robin").ehcp);
    world.send(FileKind::ConsentList, &with(false));
    assert!(!world.of("Robin").ehcp);
}

#[test]
fn a_name_that_matches_nobody_may_still_be_the_one_who_withdrew() {
    let mut world = World::new();
    let [one, other] = TWINS.map(|upn| yes("Robin Archer").upn(upn));
    world.list(vec![one.clone(), other.clone()]);
    world.withdraw(vec![one]);
    let judgement = world.list(vec![yes("Robin Archer"), yes("Sam Baker")]);
    assert_eq!(
        codes(&judgement),
        [(Some(2), ProblemCode::WithdrawnEarlier)]
    );
    assert!(!world.consents.iter().any(|one| {
        one.pupil.name.forename.reveal() == "Robin" && one.standing == Standing::InForce
    }));
}

#[test]
fn a_number_that_was_the_other_twins_makes_no_one_pupil_of_two_rows() {
    let mut world = World::new();
    world.list(vec![yes("Kim Archer").uln(ULN)]);
    let judgement = world.list(vec![yes("Robin Archer").uln(ULN), yes("Kim Archer")]);
    assert_eq!(codes(&judgement), []);
    assert_eq!((judgement.counts.renewed, judgement.counts.new), (1, 1));
    assert!(world.shares("Robin") && world.shares("Kim"));
}
