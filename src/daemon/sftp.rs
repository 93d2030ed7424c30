//! The SFTP front end: within the daemon, or alone as a user of its own, who reaches the settings, the
//! schools' files, the boxes and the host key, and neither ledger nor any other key.

use std::{
    net::TcpListener,
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};
use tracing::{error, info};

use super::{
    complaints::Said,
    handed_in,
    notify::{Notifier, reloading},
};
use crate::{
    boxes::handover::Front,
    config::{Folders, KeyFile, Reloaded, Schools, Settings, folder_state},
    flow::{FlowError, house::House},
    transport::{
        sftp::{FrontEnd, FrontEndError, HostKey, Pulse, Rehearsal, Setup},
        watch::Hint,
    },
};

/// Starts the front end within the daemon, where the settings say so.
pub(super) fn start_within(
    house: &House,
    credentials: Option<&Path>,
    listening: Vec<TcpListener>,
    hint: impl Fn(Hint) + Send + Sync + 'static,
) -> Result<Option<FrontEnd>, FlowError> {
    let Some(sftp) = &house.settings.sftp else {
        return not_served(&listening);
    };
    // The front end of another user can't ask the ledger.
    Front::open(&house.folders.front)?.set_rehearsal(house.is_rehearsal())?;
    if !sftp.in_daemon {
        return not_served(&listening);
    }
    let setup = Setup {
        settings: &house.settings,
        sftp,
        folders: &house.folders,
        host_key: host_key(credentials, &house.folders)?,
        schools: house.schools.clone(),
        rehearsal: rehearsal(house.is_rehearsal()),
        listening,
    };
    Ok(Some(FrontEnd::start(setup, hint)?))
}

fn not_served(listening: &[TcpListener]) -> Result<Option<FrontEnd>, FlowError> {
    match listening.len() {
        0 => Ok(None),
        count => Err(FrontEndError::NotServed { count }.into()),
    }
}

/// Whether the front end lives; where it does not, that is said, and the watchdog hears nothing.
pub(super) fn told_alive(front_end: &FrontEnd, notifier: &Notifier) {
    match front_end.pulse() {
        Pulse::Beats => notifier.progress(),
        Pulse::Silent => error!("the SFTP server does not answer"),
    }
}

/// Runs the front end alone until it is told to stop.
pub fn serve_sftp(settings: &Settings, credentials: Option<&Path>) -> Result<(), FlowError> {
    let Some(sftp) = &settings.sftp else {
        return Err(FlowError::NoSftp);
    };
    if sftp.in_daemon {
        return Err(FlowError::SftpInDaemon);
    }
    let notifier = Notifier::from_surroundings();
    // Before anything else is opened, or a number that nobody handed in could be somebody else's.
    let listening = handed_in::sockets()?;
    let signals = signals()?;
    let folders = settings.folders();
    let (schools, complaints) = Schools::load(&folders.schools);
    let mut said = Said::default();
    said.say(&complaints);
    let is_rehearsal = Front::open(&folders.front)?.is_rehearsal()?;
    let setup = Setup {
        settings,
        sftp,
        folders: &folders,
        host_key: host_key(credentials, &folders)?,
        schools: schools.clone(),
        rehearsal: rehearsal(is_rehearsal),
        listening,
    };
    // The daemon looks through its folder by itself.
    let front_end = FrontEnd::start(setup, |_| {})?;
    notifier.ready(served(&schools));
    Alone {
        notifier: &notifier,
        front_end: &front_end,
        seen: folder_state(&folders.schools),
        folders,
        schools,
        reload_at: None,
        said,
    }
    .attend(&signals);
    notifier.stopping();
    front_end.stop();
    info!("stopped");
    Ok(())
}

/// What the front end alone looks after: schools' files that change.
struct Alone<'a> {
    notifier: &'a Notifier,
    front_end: &'a FrontEnd,
    folders: Folders,
    schools: Schools,
    seen: u64,
    reload_at: Option<Instant>,
    said: Said,
}

/// What a signal asks for.
enum Told {
    Reload,
    Stop,
}

impl Alone<'_> {
    fn attend(&mut self, signals: &Receiver<Told>) {
        loop {
            match signals.recv_timeout(LOOK) {
                Ok(Told::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Told::Reload) => {
                    reloading();
                    self.reload();
                    self.notifier.reloaded();
                }
                Err(RecvTimeoutError::Timeout) => self.look(),
            }
            if self.notifier.due().is_some_and(|at| at <= Instant::now()) {
                told_alive(self.front_end, self.notifier);
            }
        }
    }

    fn look(&mut self) {
        let state = folder_state(&self.folders.schools);
        if state != self.seen {
            self.seen = state;
            self.reload_at = Some(Instant::now() + QUIET);
        } else if self.reload_at.is_some_and(|at| at <= Instant::now()) {
            self.reload();
        }
    }

    fn reload(&mut self) {
        self.reload_at = None;
        let Reloaded {
            schools,
            complaints,
            changed,
        } = self.schools.reload(&self.folders.schools);
        self.said.say(&complaints);
        self.schools = schools.clone();
        self.notifier.status(served(&schools));
        self.front_end.reload(schools);
        if !changed.is_empty() {
            info!(changed = changed.len(), "schools' files were read again");
        }
    }
}

fn served(schools: &Schools) -> String {
    format!("serving SFTP, schools: {}", schools.len())
}

fn rehearsal(is_one: bool) -> Rehearsal {
    if is_one {
        Rehearsal::Yes
    } else {
        Rehearsal::No
    }
}

fn host_key(credentials: Option<&Path>, folders: &Folders) -> Result<HostKey, FlowError> {
    let file = KeyFile::Host.read(credentials, &folders.keys)?;
    Ok(HostKey::from_openssh(&file)?)
}

fn signals() -> Result<Receiver<Told>, FlowError> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP]).map_err(FlowError::Signals)?;
    let (send, told) = channel();
    thread::spawn(move || {
        for signal in signals.forever() {
            let what = if signal == SIGHUP {
                Told::Reload
            } else {
                Told::Stop
            };
            if send.send(what).is_err() {
                return;
            }
        }
    });
    Ok(told)
}

/// How often the folder of schools is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How long it must be quiet before it is read, as in the daemon.
const QUIET: Duration = Duration::from_secs(1);
