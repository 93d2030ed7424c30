use super::*;
use crate::domain::{days::Cohort, receipt::Outcome};

#[test]
fn clause_2_2_who_is_missing_from_the_list_has_lapsed() {
    let mut world = World::new();
    world.list(year(10));
    let judgement = world.list(year(9));
    assert_eq!((judgement.counts.renewed, judgement.counts.lapsed), (9, 1));
    assert_eq!(
        judgement.notes,
        [
            "1 pupil on your last list is not on this one; sharing for them has stopped. If that was not \
          meant, send the full list again; a file of additions only is named `add …`."
        ]
    );
    let judgement = world.list(year(10));
    assert_eq!(effects(&judgement), [Effect::Restored]);
    assert_eq!((judgement.counts.renewed, judgement.counts.new), (10, 0));
}

#[test]
fn a_lapse_of_more_than_a_third_takes_effect_and_is_probably_incomplete() {
    let mut world = World::new();
    world.list(year(120));
    let judgement = world.list(year(5));
    assert_eq!(judgement.counts.lapsed, 115);
    assert!(judgement.notes[0].starts_with("115 pupils on your last list are not on this one;"));
    assert!(judgement.notes[1].contains("born from September 2010 to August 2011"));
    let mut world = World::new();
    world.list(year(120));
    assert_eq!(world.list(year(80)).notes.len(), 1);
}

#[test]
fn a_list_lapses_nobody_of_a_cohort_that_it_does_not_mention() {
    let mut world = World::new();
    world.list(vec![yes("Robin Archer").born(OLDER)]);
    let judgement = world.list(year(3));
    assert_eq!(judgement.counts.lapsed, 0);
    assert!(world.shares("Robin"));
    // A bad row mentions no cohort.
    let judgement = world.list([year(20), vec![yes("Sam Baker").born(OLDER).bad_upn()]].concat());
    assert_eq!((judgement.counts.lapsed, judgement.counts.rejected), (0, 1));
    assert!(world.shares("Robin"));
}

#[test]
fn a_pupil_whose_own_new_row_is_bad_is_not_on_the_new_list() {
    let mut world = World::new();
    world.list([year(9), vec![yes("Robin Archer")]].concat());
    let judgement = world.list([year(9), vec![yes("Robin Archer").bad_upn()]].concat());
    assert_eq!((judgement.counts.lapsed, judgement.counts.rejected), (1, 1));
    assert_eq!(world.standing("Robin"), Standing::Lapsed);
}

#[test]
fn a_blank_after_a_yes_lapses() {
    let mut world = World::new();
    world.list(vec![yes("Robin Archer"), yes("Sam Baker")]);
    let judgement = world.list(vec![blank("Robin Archer"), yes("Sam Baker")]);
    assert_eq!(
        (judgement.counts.lapsed, judgement.counts.not_consented),
        (1, 1)
    );
    assert_eq!(world.standing("Robin"), Standing::Lapsed);
    assert!(
        judgement.notes[0].starts_with("1 pupil who had consented is on this list without a yes")
    );
}

#[test]
fn an_addition_adds_and_renews_and_lapses_nobody() {
    let mut world = World::new();
    world.list([year(12), vec![yes("Robin Archer")]].concat());
    let judgement = world.add(vec![
        yes_on("Robin Archer", TODAY),
        yes("Sam Baker"),
        yes("Kim Carter").born(OLDER),
    ]);
    let counts = judgement.counts;
    assert_eq!((counts.new, counts.renewed, counts.lapsed), (2, 1, 0));
    let rows = |born| {
        let of = |last: &&LastList| last.cohort == Cohort::of(born);
        world.lists.iter().find(of).map(|last| last.rows)
    };
    assert_eq!((rows(BORN), rows(OLDER)), (Some(14), Some(1)));
    assert_eq!(world.add(vec![blank("Robin Archer")]).counts.lapsed, 0);
    assert!(world.shares("Robin"));
}

#[test]
fn one_or_two_rows_of_another_cohort_are_slips_of_a_birth_year() {
    let older = |pupils| {
        year(pupils)
            .into_iter()
            .map(|row| row.born(OLDER))
            .collect::<Vec<_>>()
    };
    let slip = || yes("Robin Archer").born(OLDER);
    let mut world = World::new();
    world.list(older(11));
    let judgement = world.list([vec![slip()], year(9)].concat());
    assert_eq!(errors(&judgement), [(Some(2), ProblemCode::CohortUnlikely)]);
    assert_eq!((judgement.counts.rejected, judgement.counts.lapsed), (1, 0));
    assert_eq!(judgement.outcome, Outcome::AcceptedWithErrors);
    // Three rows are a list, and so are two where the last list was short.
    assert_eq!(world.list([older(3), year(9)].concat()).counts.lapsed, 8);
    let mut world = World::new();
    world.list(older(10));
    assert_eq!(world.list([older(2), year(9)].concat()).counts.lapsed, 8);
    // A list that is about nothing else is about that cohort; an addition may be short.
    let mut world = World::new();
    world.list(older(11));
    assert_eq!(
        world.add([vec![slip()], year(9)].concat()).counts.rejected,
        0
    );
    assert_eq!(world.list(older(1)).counts.lapsed, 11);
}

#[test]
fn a_slip_still_withdraws() {
    let older = year(11)
        .into_iter()
        .map(|row| row.born(OLDER))
        .collect::<Vec<_>>();
    let mut world = World::new();
    world.list(older);
    let gone = ListRow {
        withdrawn: Withdrawal::Yes,
        ..yes("Faa Saa").born(OLDER)
    };
    let judgement = world.list([year(9), vec![gone]].concat());
    assert_eq!(
        (judgement.counts.withdrawn, judgement.counts.lapsed),
        (1, 0)
    );
    assert_eq!(judgement.outcome, Outcome::Accepted);
}
