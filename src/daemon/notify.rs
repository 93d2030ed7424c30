//! What the service manager is told (`sd_notify(3)`): ready, reloading, stopping, a line on how things stand, and
//! that the work goes on. Has no thread: only who works can say so, and who hangs is silent.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use sd_notify::{NotifyState, notify, watchdog_enabled};
use tracing::warn;

/// Tells the service manager. Where there is none, everything here does nothing.
#[derive(Debug)]
pub(super) struct Notifier {
    /// Silence for so long, and the service manager kills us.
    watchdog: Option<Duration>,
    told: Mutex<Told>,
}

/// What was told last.
#[derive(Debug)]
struct Told {
    phase: Phase,
    /// When it was told last that the work goes on.
    alive: Option<Instant>,
    status: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Starting,
    Serving,
    Stopping,
}

impl Notifier {
    /// As the surroundings say (`NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`).
    pub(super) fn from_surroundings() -> Self {
        Self {
            watchdog: watchdog_enabled(),
            told: Mutex::new(Told {
                phase: Phase::Starting,
                alive: None,
                status: String::new(),
            }),
        }
    }

    /// The work goes on. Called often; told now and then: for more time to start, and then to the watchdog.
    pub(super) fn progress(&self) {
        let mut told = self.told();
        let every = match (told.phase, self.watchdog) {
            (Phase::Starting, _) => EXTENDS,
            (Phase::Serving, Some(watchdog)) => watchdog / SOONER,
            (Phase::Serving, None) | (Phase::Stopping, _) => return,
        };
        if told.alive.is_some_and(|at| at.elapsed() < every) {
            return;
        }
        told.alive = Some(Instant::now());
        tell(&[match told.phase {
            Phase::Starting => NotifyState::ExtendTimeoutUsec(EXTENSION_USEC),
            Phase::Serving | Phase::Stopping => NotifyState::Watchdog,
        }]);
    }

    /// When [`Self::progress`] should be called next by who has nothing else to do.
    pub(super) fn due(&self) -> Option<Instant> {
        let every = self.watchdog? / LATEST;
        let told = self.told();
        Some(told.alive.map_or_else(Instant::now, |at| at + every))
    }

    /// Everything is there.
    pub(super) fn ready(&self, status: String) {
        let mut told = self.told();
        told.phase = Phase::Serving;
        told.alive = Some(Instant::now());
        tell(&[
            NotifyState::Ready,
            NotifyState::Status(&status),
            NotifyState::Watchdog,
        ]);
        told.status = status;
    }

    /// Files were read again, as [`reloading`] said.
    pub(super) fn reloaded(&self) {
        let told = self.told();
        tell(&[NotifyState::Ready, NotifyState::Status(&told.status)]);
    }

    /// How things stand: counts only, because everybody may read it.
    pub(super) fn status(&self, status: String) {
        let mut told = self.told();
        if told.status != status {
            tell(&[NotifyState::Status(&status)]);
            told.status = status;
        }
    }

    /// It ends now.
    pub(super) fn stopping(&self) {
        self.told().phase = Phase::Stopping;
        tell(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Files are read again; [`Notifier::reloaded`] ends it.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => warn!(%error, "the service manager is not told of a reload"),
    }
}

/// Without a `NOTIFY_SOCKET` this tells nobody.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = notify(states) {
        warn!(%error, "the service manager can't be told how the service is");
    }
}

/// Work that goes on is told at a quarter of the watchdog's time at the soonest,
const SOONER: u32 = 4;
/// and whoever idles wakes to tell it at half of it.
const LATEST: u32 = 2;
/// While it starts, more time is asked for so often,
const EXTENDS: Duration = Duration::from_secs(10);
/// and so much (in microseconds): the longest that one piece of the work may take.
const EXTENSION_USEC: u32 = 120_000_000;
