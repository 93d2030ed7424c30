//! Where events come from: one thread each for the folder watch, the control socket and the signals,
//! all into one bounded channel.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel},
    },
    thread,
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};
use tracing::warn;

use crate::{
    flow::{
        FlowError,
        command::{Command, Reply},
        full_story,
        house::House,
    },
    ledger::Actor,
    transport::{
        control::{ControlListener, Peer, Stopper},
        watch::{Hint, Places, Watch},
    },
};

/// Something to do.
pub(super) enum Event {
    /// Something may have changed in a watched folder.
    Hint(Hint),
    /// An operator asks for something and waits for the answer.
    Command(Command, Actor, Sender<Reply>),
    /// Read the schools' files again.
    Reload,
    /// Stop cleanly.
    Stop,
}

/// The sources of events; they end with it.
pub(super) struct Sources {
    pub(super) events: Receiver<Event>,
    send: SyncSender<Event>,
    watch: Watch,
    control: Stopper,
    stopping: Arc<AtomicBool>,
    /// Whether it was said that an inbox can't be watched.
    unwatched: bool,
}

impl Sources {
    /// Begins to listen and watch.
    pub(super) fn open(house: &House, socket: &Path) -> Result<Self, FlowError> {
        let (send, events) = sync_channel(EVENTS_WAITING);
        let (watch, hints) = Watch::start(Places {
            boxes: house.folders.boxes.clone(),
            front: house.folders.front.clone(),
            extracts: house.folders.extracts_in.clone(),
            schools: house.folders.schools.clone(),
        })?;
        forward(hints, send.clone());
        let listener = ControlListener::listen(socket)?;
        let control = listener.stopper();
        let commands = send.clone();
        thread::spawn(move || serve_commands(listener, &commands));
        let stopping = house.stopper();
        signals(send.clone(), Arc::clone(&stopping)).map_err(FlowError::Signals)?;
        let mut sources = Self {
            events,
            send,
            watch,
            control,
            stopping,
            unwatched: false,
        };
        sources.watch_inboxes(house);
        Ok(sources)
    }

    /// Watches the inbox of every school that there is by now. One that can't be watched, mostly because
    /// of the kernel's limit, is still looked into by the timer.
    pub(super) fn watch_inboxes(&mut self, house: &House) {
        for school in house.schools.iter() {
            if let Err(error) = self.watch.inbox(school.id)
                && !self.unwatched
            {
                self.unwatched = true;
                warn!(
                    error = full_story(&error),
                    "some inboxes are looked into by the timer only; raise fs.inotify.max_user_watches"
                );
            }
        }
    }

    /// Where the front end puts its hints. One that finds the channel full is dropped, as any other.
    pub(super) fn hints(&self) -> impl Fn(Hint) + Send + Sync + 'static {
        let send = self.send.clone();
        move |hint| drop(send.try_send(Event::Hint(hint)))
    }

    /// Whether a signal said to stop, be it behind other events that wait.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

impl Drop for Sources {
    fn drop(&mut self) {
        self.control.stop();
    }
}

/// A hint that finds the channel full is dropped: the timer finds what it spoke of, in inboxes and in the
/// schools' folder.
fn forward(hints: Receiver<Hint>, send: SyncSender<Event>) {
    thread::spawn(move || {
        for hint in hints {
            if let Err(TrySendError::Disconnected(_)) = send.try_send(Event::Hint(hint)) {
                return;
            }
        }
    });
}

/// To stop, a flag is raised first: the work under way looks at it where nothing is half done.
fn signals(send: SyncSender<Event>, stopping: Arc<AtomicBool>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            let event = if signal == SIGHUP {
                Event::Reload
            } else {
                stopping.store(true, Ordering::Relaxed);
                Event::Stop
            };
            if send.send(event).is_err() {
                return;
            }
        }
    });
    Ok(())
}

fn serve_commands(listener: ControlListener, events: &SyncSender<Event>) {
    listener.serve(|peer: &Peer, command: Command| {
        let (reply, answer) = channel();
        let actor = Actor::Operator {
            name: peer.name.clone().unwrap_or_default(),
            uid: peer.uid,
        };
        let asked = events.send(Event::Command(command, actor, reply)).is_ok();
        asked
            .then(|| answer.recv().ok())
            .flatten()
            .unwrap_or_else(|| Reply::Refused {
                why: "the daemon is stopping".to_owned(),
                next: "try again in a moment".to_owned(),
            })
    });
}

/// Events that may wait: more hints than this only repeat each other.
const EVENTS_WAITING: usize = 256;
