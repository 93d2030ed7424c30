//! A daemon running in real time, and a made-up council in the present.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    thread::sleep,
    time::{Duration as Wait, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use time::{Duration, OffsetDateTime};

use crate::{
    pupils::{Pupil, Record, iso, list_dated, pupil, record},
    world::{SCHOOL, World},
};

/// A running daemon; it is killed when the test ends, however it ends.
pub(crate) struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts the daemon and waits until it answers.
    pub(crate) fn start(world: &World) -> Self {
        Self::start_by(world, world.command(&["run"]))
    }

    /// The same, by a command that brings it about.
    pub(crate) fn start_by(world: &World, mut command: Command) -> Self {
        let log = world.outside("daemon.log");
        let file = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        command.stdout(file.try_clone().unwrap()).stderr(file);
        let before = times_ready(&log);
        let daemon = Self {
            child: command.spawn().unwrap(),
            log,
        };
        // A killed daemon leaves its socket behind, and without a daemon `status` answers by itself.
        soon("it to be ready", || times_ready(&daemon.log) > before);
        soon("an answer", || world.run(&["status"]).code == Some(0));
        daemon
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// Asks it to stop, which must take less than ten seconds.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                asked.elapsed() < Wait::from_secs(10),
                "it does not stop\n{}",
                self.log()
            );
            sleep(Wait::from_millis(20));
        }
    }

    /// Waits for its end, and tells how that was.
    pub(crate) fn ended(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often a daemon has said that it is ready.
fn times_ready(log: &Path) -> usize {
    let said = fs::read_to_string(log).unwrap_or_default();
    said.matches("\"message\":\"ready\"").count()
}

/// Waits until something holds, for at most thirty seconds.
#[track_caller]
pub(crate) fn soon(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Wait::from_secs(30), "waited for {what}");
        sleep(Wait::from_millis(50));
    }
}

pub(crate) fn today() -> String {
    iso(OffsetDateTime::now_utc().date())
}

pub(crate) fn days_ago(days: i64) -> String {
    iso((OffsetDateTime::now_utc() - Duration::days(days)).date())
}

/// A pupil of sixteen and a half years today.
pub(crate) fn grown(n: usize) -> Pupil {
    let offset = i64::try_from(n).unwrap();
    pupil(n).born_on(&days_ago(6030 + offset))
}

pub(crate) fn all(number: usize) -> Vec<Pupil> {
    (0..number).map(grown).collect()
}

pub(crate) fn list(number: usize) -> String {
    list_dated(&all(number), &days_ago(20))
}

/// A council in the present, its agreement some years old.
pub(crate) fn present() -> World {
    let world = World::new();
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["signed"] = "2020-09-14".parse::<toml_edit::Value>().unwrap().into();
    });
    world.on(&today());
    world
}

pub(crate) fn lay_extract(world: &World, number: usize) {
    world.extract(&all(number).iter().map(record).collect::<Vec<Record>>());
}

/// Counts receipts by their text files: they come last, after JSON and signature.
pub(crate) fn answered(world: &World) -> usize {
    let names = crate::world::names_in(&world.box_of(SCHOOL).join("receipts"));
    names
        .iter()
        .filter(|name| name.ends_with(".receipt.txt") && name.contains("_S0"))
        .count()
}
