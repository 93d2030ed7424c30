//! The agreement's whole life, played at random: lists, additions, withdrawals, requests, releases,
//! collections, holds, agreements and persons that come and go, time that passes, and a process that dies at
//! any step. After each act what lies in the outboxes is just what a small model of the agreement says: no
//! row more, no row less (spec 3, 5 and 6; `shared/clauses.md`).
//!
//! `PILLARBOX_SEQUENCES=50000` plays as many stories, `PILLARBOX_SEED=7` others. Built with the feature
//! `faults`, the process dies in the middle of many acts; without it, it never does.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a council that can't be made is a fault of this test"
)]

mod acts;
mod days;
#[cfg(feature = "faults")]
mod found;
mod model;
mod people;
mod played;
mod world;

use std::{cell::RefCell, env, thread, time::Instant};

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::{acts::stories, played::Played};

#[test]
fn nothing_is_shared_but_what_the_agreement_permits_and_nothing_else_is_lost() {
    let stories: u32 = asked("PILLARBOX_SEQUENCES", 500);
    let seed: u32 = asked("PILLARBOX_SEED", 1);
    let (began, mut sum) = (Instant::now(), Played::default());
    let played = thread::scope(|scope| {
        let players = (0..PLAYERS).map(|player| {
            scope.spawn(move || on_one_thread(|| play(stories / PLAYERS, seed, player)))
        });
        let players: Vec<_> = players.collect();
        let ended = players.into_iter().map(|player| player.join().unwrap());
        ended.collect::<Vec<_>>()
    });
    for played in played {
        sum.add(&played.unwrap_or_else(|failure| panic!("{failure}")));
    }
    println!("{stories} stories in {:.1?}: {sum:?}", began.elapsed());
    sum.prove_something(stories);
}

/// Plays so many stories, or tells of the shortest that fails.
fn play(stories_to_play: u32, seed: u32, player: u32) -> Result<Played, String> {
    let config = Config {
        cases: stories_to_play,
        failure_persistence: None,
        max_shrink_iters: 3000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    bytes[4..8].copy_from_slice(&player.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let sum = RefCell::new(Played::default());
    let ended = TestRunner::new_with_rng(config, rng).run(&stories(), |story| {
        let told = Played::of(&story)?;
        sum.borrow_mut().add(&told);
        Ok(())
    });
    ended.map_err(|failure| failure.to_string())?;
    Ok(sum.into_inner())
}

/// A pool of its own with one thread: whatever the library hands out to all cores comes back to this thread,
/// on which its work can be made to die.
fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    pool.unwrap().install(work)
}

fn asked(name: &str, usual: u32) -> u32 {
    env::var(name).map_or(usual, |number| number.parse().unwrap())
}

/// Stories that are played at the same time.
const PLAYERS: u32 = 2;
