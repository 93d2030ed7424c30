//! A withdrawal races a release, with a daemon and without one: no file that holds the pupil is published, or
//! still there, once the withdrawal was answered. `PILLARBOX_ROUNDS=1000` races as often.

use std::{
    collections::hash_map::RandomState,
    env, fs,
    hash::BuildHasher,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, sleep},
    time::{Duration, Instant},
};

use pillarbox::seal::open_file;

use crate::{
    handed_over::hand_over,
    programs::finish,
    pupils::{Pupil, names_only},
    running::{Daemon, grown, lay_extract, list, present, soon},
    world::{SCHOOL, World, names_in},
};

/// How many pupils a council of these races has: each round withdraws another one.
const PUPILS: usize = 180;

fn rounds() -> usize {
    env::var("PILLARBOX_ROUNDS").map_or(5, |rounds| rounds.parse().unwrap())
}

/// A council of the present with one big list, its front end played by the test.
fn council() -> World {
    let world = present();
    world.set("sftp.in_daemon", "false");
    hand_over(&world, SCHOOL, "leavers.csv", list(PUPILS));
    world.run(&["run", "--once"]).done("run --once");
    lay_extract(&world, PUPILS);
    release(&world.config()).run_until_done();
    world
}

/// What the school can see.
struct Seen {
    outbox: PathBuf,
    receipts: PathBuf,
    identity: Vec<u8>,
}

impl Seen {
    fn of(world: &World) -> Self {
        let folder = world.box_of(SCHOOL);
        Self {
            outbox: folder.join("outbox"),
            receipts: folder.join("receipts"),
            identity: fs::read(world.keys(SCHOOL).age).unwrap(),
        }
    }

    fn is_answered(&self, name: &str) -> bool {
        let answer = format!("_{name}.receipt.txt");
        names_in(&self.receipts)
            .iter()
            .any(|name| name.ends_with(&answer))
    }

    /// Whether a file in the outbox holds this pupil.
    fn holds(&self, pupil: &Pupil) -> bool {
        let start = format!("\n{},{},", pupil.forename, pupil.surname);
        names_in(&self.outbox).iter().any(|name| {
            let sealed = match fs::read(self.outbox.join(name)) {
                Ok(sealed) => sealed,
                // Taken back since it was listed.
                Err(error) if error.kind() == ErrorKind::NotFound => return false,
                Err(error) => panic!("{name}: {error}"),
            };
            let plain = open_file(&sealed, &self.identity, || None).unwrap();
            str::from_utf8(&plain).unwrap().contains(&start)
        })
    }
}

/// A command that is tried again as long as another process has the ledger.
struct Call {
    config: PathBuf,
    arguments: Vec<String>,
}

fn release(config: &Path) -> Call {
    call(config, &["release", "--school", SCHOOL])
}

fn call(config: &Path, arguments: &[&str]) -> Call {
    Call {
        config: config.to_owned(),
        arguments: arguments.iter().map(ToString::to_string).collect(),
    }
}

impl Call {
    fn run_until_done(&self) {
        for _ in 0..1000 {
            let mut command = Command::new(env!("CARGO_BIN_EXE_pillarbox"));
            command.env_remove("PILLARBOX_FAULT").args(&self.arguments);
            let ended = finish_in(command, &self.config);
            if ended.code == Some(0) {
                return;
            }
            let taken = ended.err.contains("in use by another pillarbox");
            assert!(taken, "{:?}\n{}", self.arguments, ended.err);
            sleep(Duration::from_millis(chance(20)));
        }
        panic!("{:?} is never done", self.arguments);
    }
}

fn finish_in(mut command: Command, config: &Path) -> crate::programs::Ended {
    command.arg("--config").arg(config);
    finish(command)
}

/// Somewhere from nothing to so much.
fn chance(most: u64) -> u64 {
    RandomState::new().hash_one(0) % (most + 1)
}

/// Lets both run at once and looks all the while; `is_told` says whether the withdrawal was answered.
fn race(
    (seen, pupil): (&Seen, &Pupil),
    release: impl FnOnce() + Send,
    withdraw: impl FnOnce() + Send,
    is_told: impl Fn() -> bool,
) -> bool {
    let (still_shared, began) = (seen.holds(pupil), Instant::now());
    assert!(
        still_shared,
        "a race about somebody who is not shared proves nothing"
    );
    let mut was_first = false;
    thread::scope(|scope| {
        let both = [scope.spawn(release), scope.spawn(withdraw)];
        let (mut looks_after, mut all_done) = (0, false);
        while !(all_done && looks_after > 0) {
            assert!(began.elapsed() < Duration::from_mins(1), "never answered");
            all_done = both.iter().all(thread::ScopedJoinHandle::is_finished);
            let told = is_told();
            let holds = seen.holds(pupil);
            assert!(
                !(told && holds),
                "a file holds the pupil although the withdrawal was answered"
            );
            was_first |= told && !all_done;
            looks_after += usize::from(told);
        }
    });
    was_first
}

#[test]
fn with_a_daemon_no_release_outlives_the_answer_to_a_withdrawal() {
    let (rounds, mut first) = (rounds(), 0);
    for chunk in (0..rounds).collect::<Vec<_>>().chunks(PUPILS - 1) {
        let world = council();
        let daemon = Daemon::start(&world);
        let seen = Seen::of(&world);
        for number in 0..chunk.len() {
            let (pupil, name) = (grown(number), format!("withdrawn-{number}.csv"));
            soon("a file", || seen.holds(&pupil));
            let (config, text) = (world.config(), names_only(std::slice::from_ref(&pupil)));
            let front = world.state().join("front");
            let name_sent = name.clone();
            first += usize::from(race(
                (&seen, &pupil),
                move || {
                    sleep(Duration::from_millis(chance(60)));
                    release(&config).run_until_done();
                },
                move || {
                    sleep(Duration::from_millis(chance(60)));
                    crate::handed_over::hand_over_at(&front, SCHOOL, &name_sent, text);
                },
                || seen.is_answered(&name),
            ));
        }
        assert!(daemon.stop().success());
        world.run(&["audit", "verify"]).done("audit verify");
    }
    println!("{rounds} races; in {first} the withdrawal was answered before the release was done");
}

#[test]
fn without_a_daemon_no_release_outlives_the_answer_to_a_withdrawal() {
    let (rounds, mut first) = (rounds(), 0);
    for chunk in (0..rounds).collect::<Vec<_>>().chunks(PUPILS - 1) {
        let world = council();
        let seen = Seen::of(&world);
        for number in 0..chunk.len() {
            let (pupil, name) = (grown(number), format!("withdrawn-{number}.csv"));
            let (config, done) = (world.config(), AtomicBool::new(false));
            let by_council = number % 2 == 1;
            let withdrawal = if by_council {
                let of = ["--forename", &pupil.forename, "--surname", &pupil.surname];
                let whom = ["withdraw", "--school", SCHOOL, "--dob", &pupil.born];
                call(&config, &[whom.as_slice(), &of].concat())
            } else {
                let text = names_only(std::slice::from_ref(&pupil));
                hand_over(&world, SCHOOL, &name, text);
                call(&config, &["run", "--once"])
            };
            first += usize::from(race(
                (&seen, &pupil),
                || {
                    sleep(Duration::from_millis(chance(60)));
                    release(&config).run_until_done();
                },
                || {
                    sleep(Duration::from_millis(chance(60)));
                    withdrawal.run_until_done();
                    done.store(true, Ordering::Release);
                },
                // What the council withdraws has no receipt: it is done when the command says so.
                || done.load(Ordering::Acquire) || (!by_council && seen.is_answered(&name)),
            ));
        }
        world.run(&["audit", "verify"]).done("audit verify");
    }
    println!("{rounds} races; in {first} the withdrawal was answered before the release was done");
}
