//! One client's connection as all parts of the server see it: who it is by now, when it asked for something
//! last, and how it is to end.

use std::{
    net::SocketAddr,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::Instant,
};

use super::{
    super::visitor::Visitor,
    bans::Tried,
    cut::Cut,
    doors::{Seat, Stranger},
    origin::Origin,
};
use crate::config::Sftp;

/// A connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) peer: SocketAddr,
    pub(super) origin: Origin,
    started: Instant,
    /// In milliseconds after the start: when something was asked last.
    asked: AtomicU64,
    /// Whether a file is being written or read.
    busy: AtomicBool,
    fate: watch::Sender<Fate>,
    /// Told when the next deadline is another one.
    pub(super) changed: Notify,
    inner: Mutex<Inner>,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes on.
    Open,
    /// It is cut, and nothing more is served.
    Cut(Cut),
    /// The client has gone. What it sent before is still served.
    Left,
}

#[derive(Debug, Default)]
struct Inner {
    stranger: Option<Stranger>,
    tried: Vec<Tried>,
    session: Option<Logged>,
    pump: Option<JoinHandle<()>>,
}

/// Who has logged in.
#[derive(Debug)]
struct Logged {
    visitor: Visitor,
    in_force: bool,
    _seat: Seat,
}

impl Link {
    pub(super) fn new(peer: SocketAddr, stranger: Stranger) -> Self {
        Self {
            peer,
            origin: Origin::of(peer.ip()),
            started: Instant::now(),
            asked: AtomicU64::new(0),
            busy: AtomicBool::new(false),
            fate: watch::Sender::new(Fate::Open),
            changed: Notify::new(),
            inner: Mutex::new(Inner {
                stranger: Some(stranger),
                ..Inner::default()
            }),
        }
    }

    // ---- the end

    /// Cuts the connection; the first reason stands.
    pub(super) fn cut(&self, cut: Cut) {
        self.end(Fate::Cut(cut));
    }

    /// The client has gone.
    pub(super) fn left(&self) {
        self.end(Fate::Left);
    }

    pub(super) fn fate(&self) -> Fate {
        *self.fate.borrow()
    }

    /// Waits for the end.
    pub(super) async fn over(&self) -> Fate {
        let mut fate = self.fate.subscribe();
        let over = fate.wait_for(|fate| *fate != Fate::Open).await;
        // The sender is ours, so it can't have gone.
        over.map_or(Fate::Left, |fate| *fate)
    }

    fn end(&self, end: Fate) {
        self.fate.send_if_modified(|fate| {
            let first = *fate == Fate::Open;
            if first {
                *fate = end;
            }
            first
        });
    }

    // ---- the login

    /// Somebody tried to log in as this.
    pub(super) fn note_try(&self, tried: Tried) {
        let mut inner = self.inner();
        if inner.tried.len() < MOST_TRIED && !inner.tried.contains(&tried) {
            inner.tried.push(tried);
        }
    }

    /// The login succeeded: the stranger's place becomes a seat.
    pub(super) fn log_in(&self, visitor: Visitor, in_force: bool, seat: Seat) {
        let mut inner = self.inner();
        inner.session = Some(Logged {
            visitor,
            in_force,
            _seat: seat,
        });
        inner.stranger = None;
        drop(inner);
        self.touch();
        self.changed.notify_one();
    }

    /// Who has logged in, and whether the agreement was in force then.
    pub(super) fn visitor(&self) -> Option<(Visitor, bool)> {
        let inner = self.inner();
        let logged = inner.session.as_ref()?;
        Some((logged.visitor.clone(), logged.in_force))
    }

    /// As whom somebody tried to log in, where nobody did.
    pub(super) fn failed_tries(&self) -> Vec<Tried> {
        let inner = self.inner();
        match inner.session {
            Some(_) => Vec::new(),
            None => inner.tried.clone(),
        }
    }

    // ---- the session

    /// Something was asked for.
    pub(super) fn touch(&self) {
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.asked.store(millis, Ordering::Relaxed);
    }

    pub(super) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::Relaxed);
    }

    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// When it is to be cut if nothing happens, and why.
    pub(super) fn deadline(&self, settings: &Sftp) -> (Instant, Cut) {
        if self.inner().session.is_none() {
            return (self.started + settings.login_grace, Cut::Grace);
        }
        let asked = Duration::from_millis(self.asked.load(Ordering::Relaxed));
        (self.started + asked + settings.idle, Cut::Idle)
    }

    /// Holds the task that serves the session.
    pub(super) fn hold_pump(&self, pump: JoinHandle<()>) {
        self.inner().pump = Some(pump);
    }

    /// Whether a session is being served.
    pub(super) fn is_served(&self) -> bool {
        let inner = self.inner();
        inner.pump.as_ref().is_some_and(|pump| !pump.is_finished())
    }

    pub(super) fn take_pump(&self) -> Option<JoinHandle<()>> {
        self.inner().pump.take()
    }

    /// Gives all places back.
    pub(super) fn vacate(&self) {
        let mut inner = self.inner();
        inner.stranger = None;
        inner.session = None;
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accounts that one connection may try and that are remembered.
const MOST_TRIED: usize = 4;
