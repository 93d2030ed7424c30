use super::*;
use crate::domain::{
    destination::SchoolMention,
    list::{Refusal, SchoolNamed},
    problem::Problem,
    receipt::Outcome,
};

/// Three pupils on record, and a list that drops one, adds one, and withdraws two.
fn world() -> World {
    let mut world = World::new();
    world.list(vec![
        yes("Robin Archer"),
        yes("Sam Baker"),
        yes("Kim Carter"),
    ]);
    world
}

fn rows() -> Vec<ListRow> {
    vec![
        withdrawn("Robin Archer"),
        no("Sam Baker"),
        yes("Lee Dyer"),
        blank("Max Ellis"),
    ]
}

/// The list was refused for this, and yet its withdrawals took effect.
fn check(world: &World, judgement: &Judgement, code: ProblemCode) {
    assert_eq!(judgement.outcome, Outcome::Rejected);
    assert_eq!(judgement.problems[0].code, code);
    assert_eq!(world.consents.len(), 3);
    assert_eq!(world.standing("Robin"), Standing::Withdrawn(TODAY));
    assert_eq!(world.standing("Sam"), Standing::Withdrawn(TODAY));
    assert!(world.shares("Kim"));
    assert_eq!(
        (judgement.counts.withdrawn, judgement.counts.consented),
        (2, 0)
    );
    assert!(judgement.notes[0].starts_with("The list was not taken, but it has 2 rows"));
    assert_eq!(effects(judgement), [Effect::Withdrawn, Effect::Withdrawn]);
    assert_eq!(judgement.changes.len(), 2);
}

#[test]
fn without_an_agreement_in_force_nothing_is_kept_and_withdrawals_take_effect() {
    let mut world = world();
    world.school.suspended = true;
    let judgement = world.list(rows());
    check(&world, &judgement, ProblemCode::AgreementNotInForce);
    // A file of withdrawals needs no agreement.
    let judgement = world.withdraw(vec![withdrawn("Kim Carter")]);
    assert_eq!(judgement.outcome, Outcome::Accepted);
}

#[test]
fn three_bad_rows_and_more_than_a_tenth_refuse_the_list() {
    let mut world = world();
    let bad = |name: &str| yes(name).bad_dob();
    let judgement = world.list([rows(), vec![bad("A B"), bad("C D"), bad("E F")]].concat());
    check(&world, &judgement, ProblemCode::TooManyBadRows);
    assert_eq!(
        errors(&judgement)[1..],
        [6, 7, 8].map(|row| (Some(row), ProblemCode::DobNotADate))
    );
    assert_eq!(judgement.counts.rejected, 5);
}

#[test]
fn fewer_bad_rows_refuse_only_themselves() {
    let bad = |count| vec![yes("Robin Archer").bad_dob(); count];
    let outcome = |good, count| World::new().list([year(good), bad(count)].concat()).outcome;
    assert_eq!(outcome(1, 2), Outcome::AcceptedWithErrors);
    assert_eq!(outcome(27, 3), Outcome::AcceptedWithErrors);
    assert_eq!(outcome(26, 3), Outcome::Rejected);
    assert_eq!(outcome(0, 1), Outcome::Rejected);
}

#[test]
fn a_header_without_rows_is_rejected_and_lapses_nobody() {
    let mut world = world();
    let judgement = world.list(Vec::new());
    assert_eq!(judgement.outcome, Outcome::Rejected);
    assert_eq!(codes(&judgement), [(None, ProblemCode::FileEmpty)]);
    assert!(judgement.changes.is_empty());
}

#[test]
fn a_list_that_names_another_school_is_refused() {
    let numbered = |mention| Cell::Read(SchoolNamed::Number(mention));
    let laestab = |text: &str| numbered(SchoolMention::Laestab(text.parse().unwrap()));
    let urn = |text: &str| numbered(SchoolMention::Urn(text.parse().unwrap()));
    let at = |school| ListRow {
        school,
        ..yes("Lee Dyer")
    };
    for elsewhere in [laestab("8604002"), urn("124002")] {
        let mut world = world();
        let judgement = world.list([rows(), vec![at(elsewhere.clone()), at(elsewhere)]].concat());
        check(&world, &judgement, ProblemCode::WrongSchool);
        let problem = &judgement.problems[0];
        assert_eq!(
            (problem.row, problem.column.as_deref()),
            (Some(6), Some("LAESTAB"))
        );
    }
    for own in [
        laestab("860/4001"),
        urn("124001"),
        Cell::Read(SchoolNamed::Name),
    ] {
        assert_eq!(World::new().list(vec![at(own)]).outcome, Outcome::Accepted);
    }
    let mut unknown = World::new();
    unknown.school.urn = None;
    assert_eq!(
        unknown.list(vec![at(urn("124002"))]).outcome,
        Outcome::Accepted
    );
}

fn doubtful(rows: Vec<ListRow>, identifies_nobody: bool) -> PupilList {
    let problem = Problem::of_file(ProblemCode::HiddenRows);
    let refusal = Refusal {
        problem,
        identifies_nobody,
    };
    PupilList {
        refusal: Some(refusal),
        ..list(rows)
    }
}

#[test]
fn a_doubtful_list_withdraws_whom_it_fits_and_adds_nothing_else() {
    let mut world = world();
    let unlisted = withdrawn("Nobody Known").born(OLDER);
    let list = doubtful([rows(), vec![unlisted]].concat(), false);
    let judgement = world.send(FileKind::ConsentList, &list);
    check(&world, &judgement, ProblemCode::HiddenRows);
    let judgement = world.send(
        FileKind::ConsentList,
        &doubtful(vec![withdrawn("Kym Carter")], false),
    );
    assert_eq!(effects(&judgement), [Effect::Held]);
    assert!(world.remembered.is_empty() && !world.shares("Kim"));
}

#[test]
fn a_list_that_identifies_nobody_does_nothing_and_says_so_first() {
    let mut world = world();
    let judgement = world.send(FileKind::ConsentList, &doubtful(rows(), true));
    assert_eq!(judgement.outcome, Outcome::Rejected);
    assert!(judgement.changes.is_empty());
    assert!(judgement.notes[0].starts_with("Nothing in this file was used, not even withdrawals"));
    assert_eq!((judgement.counts.rows, judgement.counts.rejected), (4, 4));
}

#[test]
fn warnings_of_the_reader_are_told_before_those_of_rows() {
    let mut list = list(vec![undated("Robin Archer"), yes("Sam Baker")]);
    list.warnings = vec![Problem::of_file(ProblemCode::EncodingAssumed)];
    let judgement = World::new().send(FileKind::ConsentList, &list);
    let expected = [
        (None, ProblemCode::EncodingAssumed),
        (Some(2), ProblemCode::ConsentDateAssumed),
    ];
    assert_eq!(codes(&judgement), expected);
}
