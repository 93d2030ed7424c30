use super::*;
use crate::domain::receipt::Outcome;

/// The problems of one row among nine good ones, and whether it was rejected.
fn check(row: ListRow, expected: &[ProblemCode]) {
    let mut rows = year(9);
    rows.push(row);
    let judgement = World::new().list(rows);
    let found = judgement.problems.iter().filter(|one| one.row == Some(11));
    let found = found.map(|one| one.code).collect::<Vec<_>>();
    assert_eq!(found, expected);
    assert_eq!(judgement.counts.rejected, 1, "{expected:?}");
    assert_eq!(judgement.outcome, Outcome::AcceptedWithErrors);
}

#[test]
fn a_row_with_a_bad_cell_is_rejected_and_the_others_are_taken() {
    use ProblemCode as Code;
    let robin = || yes("Robin Archer");
    check(
        ListRow {
            forename: Cell::Blank,
            ..robin()
        },
        &[Code::ForenameMissing],
    );
    check(
        ListRow {
            surname: Cell::Blank,
            ..robin()
        },
        &[Code::SurnameMissing],
    );
    let invalid = Cell::Bad(Code::NameInvalid);
    check(
        ListRow {
            surname: invalid,
            ..robin()
        },
        &[Code::NameInvalid],
    );
    check(
        ListRow {
            born: Cell::Blank,
            ..robin()
        },
        &[Code::DobMissing],
    );
    check(robin().bad_dob(), &[Code::DobNotADate]);
    check(robin().bad_upn(), &[Code::UpnInvalid]);
    check(
        ListRow {
            uln: Cell::Bad(Code::UlnInvalid),
            ..robin()
        },
        &[Code::UlnInvalid],
    );
    let invalid = Cell::Bad(Code::ConsentDateInvalid);
    check(
        ListRow {
            consented_on: invalid,
            ..robin()
        },
        &[Code::ConsentDateInvalid],
    );
    check(
        yes_on("Robin Archer", date!(2026 - 11 - 22)),
        &[Code::ConsentDateInFuture],
    );
    check(
        robin().bad_dob().bad_upn(),
        &[Code::DobNotADate, Code::UpnInvalid],
    );
}

#[test]
fn pupils_are_14_to_25() {
    let taken = |born| {
        World::new()
            .list(vec![yes("Robin Archer").born(born)])
            .counts
            .consented
            == 1
    };
    assert!(taken(date!(2012 - 11 - 21)) && !taken(date!(2012 - 11 - 22)));
    assert!(taken(date!(2000 - 11 - 22)) && !taken(date!(2000 - 11 - 21)));
}

#[test]
fn a_problem_points_at_the_column_as_the_school_wrote_it() {
    let judgement = World::new().list(vec![yes("Robin Archer").bad_dob()]);
    let problem = judgement
        .problems
        .iter()
        .find(|one| one.row.is_some())
        .unwrap();
    assert_eq!(
        (problem.row, problem.column.as_deref()),
        (Some(2), Some("DOB"))
    );
}

#[test]
fn a_single_name_column_that_is_ambiguous_is_told_once() {
    let mut world = World::new();
    let ambiguous = || Cell::Bad(ProblemCode::NameAmbiguous);
    let row = ListRow {
        forename: ambiguous(),
        surname: ambiguous(),
        ..yes("Robin Archer")
    };
    let mut one_column = list(vec![row]);
    one_column.columns.forename = Some("Name".to_owned());
    one_column.columns.surname = Some("Name".to_owned());
    let judgement = world.send(FileKind::ConsentList, &one_column);
    let row = judgement.problems.iter().filter(|one| one.row.is_some());
    assert_eq!(row.count(), 1);
}

#[test]
fn the_day_of_consent_of_those_who_did_not_consent_is_nobodys_concern() {
    let bad = Cell::Bad(ProblemCode::ConsentDateInvalid);
    let judgement = World::new().list(vec![
        yes("Robin Archer"),
        ListRow {
            consented_on: bad,
            ..no("Sam Baker")
        },
    ]);
    assert_eq!(
        (judgement.counts.not_consented, judgement.counts.rejected),
        (1, 0)
    );
}

#[test]
fn a_year_group_that_is_off_by_more_than_a_year_is_a_warning() {
    let of_year = |year| ListRow {
        year_group: Some(year),
        ..yes("Robin Archer")
    };
    let warned = |year| codes(&World::new().list(vec![of_year(year)]));
    assert_eq!(warned(10), []);
    assert_eq!(warned(12), []);
    assert_eq!(warned(9), [(Some(2), ProblemCode::YearGroupUnlikely)]);
}

#[test]
fn the_same_pupil_twice_is_merged_with_a_warning() {
    let mut world = World::new();
    let judgement = world.list(vec![
        yes("Robin O'Dell"),
        yes("Sam Baker"),
        yes("ROBIN ODELL"),
    ]);
    assert_eq!(codes(&judgement), [(Some(4), ProblemCode::DuplicateMerged)]);
    assert_eq!((judgement.counts.consented, judgement.counts.new), (3, 2));
    assert_eq!(world.consents.len(), 2);
}

#[test]
fn if_any_copy_says_no_or_withdrawn_no_wins() {
    for refusal in [
        no("Robin Archer"),
        blank("Robin Archer"),
        withdrawn("Robin Archer"),
    ] {
        for rows in [
            vec![yes("Robin Archer"), refusal.clone()],
            vec![refusal.clone(), yes("Robin Archer")],
            vec![yes("Robin Archer"), refusal.bad_upn_unless_blank()],
        ] {
            let mut world = World::new();
            let judgement = world.list(rows);
            assert!(codes(&judgement).contains(&(Some(3), ProblemCode::DuplicateConflict)));
            assert!(world.consents.is_empty());
            assert_eq!(judgement.counts.consented, 0);
        }
    }
}

impl ListRow {
    /// Makes the row bad where it withdraws all the same.
    fn bad_upn_unless_blank(&self) -> Self {
        match self.answer {
            Answer::Unclear => self.clone(),
            _ => self.clone().bad_upn(),
        }
    }
}

#[test]
fn rows_are_counted_once_each() {
    let counts = World::new()
        .list(vec![
            yes("Robin Archer"),
            no("Sam Baker"),
            blank("Kim Carter"),
            withdrawn("Lee Dyer"),
            yes("Max Ellis").bad_dob(),
        ])
        .counts;
    assert_eq!(
        (counts.rows, counts.consented, counts.not_consented),
        (5, 1, 2)
    );
    assert_eq!((counts.withdrawn, counts.rejected, counts.new), (1, 1, 1));
}

#[test]
fn those_who_did_not_consent_are_kept_only_as_descriptions_to_be_hashed() {
    let mut world = World::new();
    let judgement = world.list(vec![
        yes("Robin Archer"),
        no("Sam Baker"),
        blank("Kim Carter"),
    ]);
    let refused = |change: &&Change| matches!(change, Change::Refused(_));
    assert_eq!(judgement.changes.iter().filter(refused).count(), 2);
    assert_eq!(world.consents.len(), 1);
}
