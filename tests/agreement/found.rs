//! Stories that failed when they were first played, kept in words.

use pillarbox::flow::fault::STEPS;
use time::macros::datetime;

use crate::{
    acts::{Act, Agreement, Death, Deed, Names, RecordIs, Says, Sent, Step, Story, When},
    days::Lasts,
    on_one_thread,
    people::MOST,
    played::Played,
};

fn story(deeds: Vec<Deed>) {
    let story = Story {
        start: datetime!(2026-11-21 10:00 UTC),
        lasts: Lasts::Earliest,
        year12_hold: false,
        deeds,
    };
    played(&story);
}

fn played(story: &Story) {
    let ended = on_one_thread(|| Played::of(story).map_err(|why| why.to_string()));
    ended.unwrap_or_else(|why| panic!("{why}"));
}

fn done(act: Act) -> Deed {
    Deed { act, death: None }
}

fn dies_at(step: &str, act: Act) -> Deed {
    let at = STEPS.iter().position(|one| *one == step).unwrap();
    let death = Some(Death {
        at: (at, 0),
        down: None,
        meanwhile: None,
        again: None,
    });
    Deed { act, death }
}

const RELEASE: Act = Act::Release {
    school: None,
    accept_extract: false,
};

#[test]
fn a_hold_that_empties_outboxes_empties_all_of_them_though_the_process_dies_after_the_first() {
    let hold = Act::Hold {
        school: None,
        recall: true,
    };
    story(vec![
        done(RELEASE),
        dies_at("recall-after-commit-before-remove", hold),
    ]);
}

#[test]
fn no_withdrawal_is_answered_before_its_own_school_s_file_is_gone() {
    let withdraw = |school| sends(school, Sent::Withdrawal(vec![Names::Exactly(When::Untold)]));
    story(vec![
        done(RELEASE),
        withdraw(0),
        withdraw(1),
        dies_at("receipt-after-publish-before-mark", Act::Pass),
    ]);
}

#[test]
fn an_addition_is_not_the_list_of_year_12() {
    let story = Story {
        start: datetime!(2026-02-20 10:00 UTC),
        lasts: Lasts::Earliest,
        year12_hold: true,
        deeds: vec![
            done(Act::Clock(Step::Days(200))),
            done(Act::Export {
                records: [vec![RecordIs::Plain; MOST], vec![RecordIs::Plain; MOST]],
                age: 0,
                others: 20,
            }),
            sends(
                0,
                Sent::Addition(only(7, Says::Nothing, Says::Yes(When::DaysAgo(20)))),
            ),
            done(Act::Pass),
            done(RELEASE),
        ],
    };
    played(&story);
}

#[test]
fn undoing_a_large_file_leaves_whom_a_later_file_withdraws_as_well() {
    story(vec![
        sends(
            0,
            Sent::Withdrawal(vec![Names::Exactly(When::Untold); MOST]),
        ),
        done(Act::Pass),
        sends(
            0,
            Sent::Withdrawal(only(0, Names::NotThisPupil, Names::Exactly(When::Untold))),
        ),
        done(Act::Pass),
        done(Act::Decide {
            school: 0,
            undo: true,
        }),
        done(RELEASE),
    ]);
}

#[test]
fn undoing_a_large_file_forgets_no_withdrawal_that_another_file_told() {
    let large = vec![Names::Exactly(When::Untold); MOST];
    let again = only(7, Names::NotThisPupil, Names::Exactly(When::Untold));
    let listed = only(7, Says::Nothing, Says::Yes(When::DaysAgo(20)));
    story(vec![
        sends(0, Sent::Withdrawal(large)),
        done(Act::Pass),
        sends(0, Sent::Withdrawal(again)),
        done(Act::Pass),
        done(Act::Decide {
            school: 0,
            undo: true,
        }),
        sends(0, Sent::Addition(listed)),
        done(Act::Pass),
        done(RELEASE),
    ]);
}

#[test]
fn what_is_owed_when_a_hold_empties_the_outboxes_is_owed_no_more() {
    let tell = Act::Tell {
        school: 0,
        pupil: 1,
        names: Names::Exactly(When::Untold),
    };
    let mut deed = dies_at("release-before-stage", tell);
    if let Some(death) = &mut deed.death {
        death.meanwhile = Some(Box::new(Act::Hold {
            school: None,
            recall: true,
        }));
    }
    story(vec![
        done(RELEASE),
        deed,
        done(Act::Resume { school: None }),
    ]);
}

#[test]
fn what_a_process_that_died_still_owes_comes_back_with_the_agreement() {
    let tell = Act::Tell {
        school: 0,
        pupil: 0,
        names: Names::Exactly(When::Untold),
    };
    let mut deed = dies_at("receipt-after-json-before-text", tell);
    if let Some(death) = &mut deed.death {
        death.down = Some(Step::Hours(14));
    }
    story(vec![
        done(Act::Agreement {
            school: 0,
            becomes: Agreement::SignedIn(1),
        }),
        deed,
    ]);
}

fn sends(school: usize, what: Sent) -> Deed {
    done(Act::Send {
        school,
        what,
        handed_over: true,
    })
}

/// A row for this pupil, and for the others something else.
fn only<T: Copy>(pupil: usize, others: T, this: T) -> Vec<T> {
    let of = |number| if number == pupil { this } else { others };
    (0..MOST).map(of).collect()
}
