//! The front end as a whole: started, told of changes, stopped. It has a runtime of its own, so that
//! whoever starts it stays plain code.

use std::{
    fmt, io,
    mem::take,
    net::{SocketAddr, TcpListener},
    os::fd::OwnedFd,
    path::Path,
    sync::{Arc, mpsc::sync_channel},
    thread::available_parallelism,
    time::{Duration, Instant},
};

use rustix::{
    fs::{FlockOperation, Mode, OFlags, flock, open},
    io::Errno,
    process::{Resource, Rlimit, getrlimit, setrlimit},
};
use time::OffsetDateTime;
use tokio::{
    net,
    runtime::{Builder, Runtime},
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};
use tracing::{info, warn};

use super::{
    super::premises::{Limits, Places, Premises},
    algorithms,
    bans::Bans,
    counters::Tallies,
    cut::Cut,
    doors::Doors,
    listener,
    refusals::Refusals,
    setup::{FrontEndError, Rehearsal, Setup},
    shared::{Links, Register, Shared},
};
use crate::{
    boxes::{BoxError, handover::Front},
    config::Schools,
    transport::watch::Hint,
};

/// A front end that serves.
pub struct FrontEnd {
    shared: Arc<Shared>,
    accepting: Vec<JoinHandle<()>>,
    address: SocketAddr,
    /// Always there, but for the moment in which it is ended.
    runtime: Option<Runtime>,
    _lock: OwnedFd,
}

/// Whether the front end still lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Pulse {
    /// It answered, and lets clients in.
    Beats,
    /// It did not: its threads hang, or a part of it has ended.
    Silent,
}

impl FrontEnd {
    /// Listens, and serves whoever comes. `hint` is told where something was handed over.
    pub fn start(
        mut setup: Setup<'_>,
        hint: impl Fn(Hint) + Send + Sync + 'static,
    ) -> Result<Self, FrontEndError> {
        if setup.listening.is_empty() {
            refuse_strangers(setup.rehearsal, setup.sftp.listen)?;
        }
        let front = Arc::new(Front::open(&setup.folders.front)?);
        let lock = claim(&setup.folders.front)?;
        let (listeners, address) = listeners(&mut setup)?;
        allow_many_files();
        let shared = Arc::new(share(setup, front, hint)?);
        shared.premises.recover()?;
        let runtime = runtime().map_err(FrontEndError::Runtime)?;
        let accepting = listeners
            .into_iter()
            .map(|listener| accept(&runtime, listener, &shared))
            .collect::<Result<_, _>>()?;
        runtime.spawn(tend(Arc::clone(&shared)));
        info!(listen = address.to_string(), "SFTP is served");
        Ok(Self {
            shared,
            accepting,
            address,
            runtime: Some(runtime),
            _lock: lock,
        })
    }

    /// Whether it lives: something goes through its threads and back, and clients are let in.
    pub fn pulse(&self) -> Pulse {
        let Some(runtime) = &self.runtime else {
            return Pulse::Silent;
        };
        let (send, answer) = sync_channel(1);
        runtime.spawn(async move {
            // Whoever asked may have given up.
            let _ = send.try_send(());
        });
        let answered = answer.recv_timeout(LONGEST_BEAT).is_ok();
        if answered && !self.accepting.iter().any(JoinHandle::is_finished) {
            Pulse::Beats
        } else {
            Pulse::Silent
        }
    }

    /// Where it listens; the port is the true one, also where any was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The schools' files were read again: who lost something is cut off.
    pub fn reload(&self, schools: Schools) {
        self.shared.reload(schools);
    }

    /// Stops within ten seconds: transfers get half of that to end.
    pub fn stop(self) {
        drop(self);
    }

    fn end(&mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        self.accepting.iter().for_each(JoinHandle::abort);
        runtime.block_on(empty(&self.shared));
        self.shared.write_counters(&mut None);
        runtime.shutdown_timeout(LAST_MOMENT);
    }
}

impl Drop for FrontEnd {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for FrontEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FrontEnd({})", self.address)
    }
}

/// The sockets that listen: those handed in, else one at the settings' address. With the address of the first.
fn listeners(setup: &mut Setup<'_>) -> Result<(Vec<TcpListener>, SocketAddr), FrontEndError> {
    let wanted = setup.sftp.listen;
    let failed = |source| FrontEndError::Listen {
        address: wanted,
        source,
    };
    let mut listeners = take(&mut setup.listening);
    if listeners.is_empty() {
        listeners.push(listener::open(wanted).map_err(failed)?);
    }
    let mut first = None;
    for listener in &listeners {
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        refuse_strangers(setup.rehearsal, address)?;
        first = first.or(Some(address));
    }
    Ok((listeners, first.unwrap_or(wanted)))
}

/// A rehearsal is for this machine only (spec 7).
fn refuse_strangers(rehearsal: Rehearsal, address: SocketAddr) -> Result<(), FrontEndError> {
    if rehearsal == Rehearsal::Yes && !address.ip().to_canonical().is_loopback() {
        return Err(FrontEndError::Rehearsal { address });
    }
    Ok(())
}

fn accept(
    runtime: &Runtime,
    listener: TcpListener,
    shared: &Arc<Shared>,
) -> Result<JoinHandle<()>, FrontEndError> {
    let listener = {
        let _inside = runtime.enter();
        net::TcpListener::from_std(listener).map_err(FrontEndError::Runtime)?
    };
    Ok(runtime.spawn(listener::accept(listener, Arc::clone(shared))))
}

fn share(
    setup: Setup<'_>,
    front: Arc<Front>,
    hint: impl Fn(Hint) + Send + Sync + 'static,
) -> Result<Shared, BoxError> {
    let Setup {
        settings,
        sftp,
        folders,
        host_key,
        schools,
        rehearsal: _,
        listening: _,
    } = setup;
    let tallies = Arc::new(Tallies::new(OffsetDateTime::now_utc()));
    let places = Places {
        boxes: &folders.boxes,
        front: &folders.front,
        council: &folders.council,
    };
    let limits = Limits {
        max_bytes: settings.intake.max_bytes,
        max_extract: sftp.max_extract,
        box_quota: sftp.box_quota,
        max_files: sftp.max_files,
        max_handles: sftp.max_handles,
        unfinished: time::Duration::try_from(sftp.unfinished).unwrap_or(time::Duration::MAX),
        spare_disk: sftp.spare_disk,
    };
    let premises = Premises::open(places, limits, Arc::clone(&tallies) as _, hint)?;
    Ok(Shared {
        settings: sftp.clone(),
        ssh: Arc::new(algorithms::config(sftp, host_key)),
        doors: Doors::new(sftp),
        bans: Bans::open(sftp, Arc::clone(&front))?,
        tallies,
        refusals: Refusals::default(),
        premises,
        front,
        links: Links::default(),
        register: Register::new(schools, settings.council.persons.clone()),
    })
}

/// One front end serves a folder. The lock is given back with the file, however the process ends; it is
/// opened to be read, because whoever made it may have been another user.
fn claim(front: &Path) -> Result<OwnedFd, FrontEndError> {
    let path = front.join(LOCK);
    let flags = OFlags::CREATE | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let claimed = open(&path, flags, Mode::from_raw_mode(0o640)).and_then(|file| {
        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        Ok(file)
    });
    claimed.map_err(|error| match error {
        Errno::WOULDBLOCK => FrontEndError::ServedAlready {
            front: front.to_owned(),
        },
        error => FrontEndError::Lock {
            path,
            source: error.into(),
        },
    })
}

fn runtime() -> io::Result<Runtime> {
    let workers = available_parallelism().map_or(LEAST_WORKERS, Into::into);
    Builder::new_multi_thread()
        .worker_threads(workers.max(LEAST_WORKERS))
        .thread_name("sftp")
        .enable_all()
        .build()
}

/// A session needs descriptors for its socket and its files; a service starts with few.
fn allow_many_files() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        let limit = Rlimit {
            current: maximum,
            maximum,
        };
        // What is allowed already is enough for a few schools.
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            warn!(%error, "the limit of open files could not be raised");
        }
    }
}

/// What is done now and then, until the runtime ends.
async fn tend(shared: Arc<Shared>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut written = None;
    let mut tidied = Instant::now();
    loop {
        ticks.tick().await;
        tokio::task::block_in_place(|| shared.write_counters(&mut written));
        if tidied.elapsed() >= TIDY {
            tidied = Instant::now();
            tokio::task::block_in_place(|| shared.tidy());
        }
    }
}

/// Cuts whoever is in the middle of nothing; the others once they are, or when time is up.
async fn empty(shared: &Shared) {
    let started = Instant::now();
    let mut ticks = interval(LOOK);
    while !shared.links.is_empty() && started.elapsed() < UNTIL_GONE {
        let patient = started.elapsed() < PATIENCE;
        for link in shared.links.each() {
            if !(patient && link.is_busy()) {
                link.cut(Cut::Stopping);
            }
        }
        ticks.tick().await;
    }
}

/// Beside what front end and daemon share: whoever serves holds it.
const LOCK: &str = "serving.lock";
/// One may wait for the disk while the other serves.
const LEAST_WORKERS: usize = 2;
/// Counters are written so often, where they have changed.
const TICK: Duration = Duration::from_secs(3);
/// Dates pass, bans end, unfinished files are given up.
const TIDY: Duration = Duration::from_mins(1);
/// How often it is looked whether everybody has gone.
const LOOK: Duration = Duration::from_millis(20);
/// How long transfers may go on.
const PATIENCE: Duration = Duration::from_secs(5);
/// With the polite way and the other one.
const UNTIL_GONE: Duration = Duration::from_secs(8);
/// How long an answer may take on a machine that is very busy.
const LONGEST_BEAT: Duration = Duration::from_secs(5);
/// For threads that wait for a disk.
const LAST_MOMENT: Duration = Duration::from_secs(1);
