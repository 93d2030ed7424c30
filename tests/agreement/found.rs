//! Stories that failed when they were first played, kept in words.

use pillarbox::flow::fault::STEPS;
use time::macros::datetime;

use crate::{
    acts::{Act, Death, Deed, Names, Sent, Story, When},
    days::Lasts,
    on_one_thread,
    played::Played,
};

fn story(deeds: Vec<Deed>) {
    let story = Story {
        start: datetime!(2026-11-21 10:00 UTC),
        lasts: Lasts::Earliest,
        year12_hold: false,
        deeds,
    };
    let ended = on_one_thread(|| Played::of(&story).map_err(|why| why.to_string()));
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
    let withdraw = |school| {
        done(Act::Send {
            school,
            what: Sent::Withdrawal(vec![Names::Exactly(When::Untold)]),
            handed_over: true,
        })
    };
    story(vec![
        done(RELEASE),
        withdraw(0),
        withdraw(1),
        dies_at("receipt-after-publish-before-mark", Act::Pass),
    ]);
}
