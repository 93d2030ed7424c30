//! The service: start, one event after the other, stop. Start and stop in one readable page.

use std::{
    collections::BTreeSet,
    mem,
    path::Path,
    sync::{Arc, mpsc::RecvTimeoutError},
    time::{Duration, Instant},
};

use tracing::{error, info};

use super::{
    complaints::Said,
    events::{Event, Sources},
    handed_in,
    notify::{Notifier, reloading},
    sftp::{HostWatch, start_within, told_alive},
};
use crate::{
    config::Settings,
    domain::ids::SchoolId,
    flow::{
        FlowError,
        command::{Reply, perform},
        full_story,
        house::House,
        intake::Taking,
        pass,
        trail::life,
    },
    transport::{metrics::MetricsServer, sftp::FrontEnd, watch::Hint},
};

/// Runs until it is told to stop.
pub fn run(settings: Settings, credentials: Option<&Path>, socket: &Path) -> Result<(), FlowError> {
    let notifier = Arc::new(Notifier::from_surroundings());
    let listening = handed_in::sockets()?;
    notifier.progress();
    let progress = Arc::clone(&notifier);
    let progress = Box::new(move || progress.progress());
    let (house, complaints) = House::open_told(settings, credentials, None, progress)?;
    let sources = Sources::open(&house, socket)?;
    let mut service = Service::new(house, sources, notifier);
    service.said.say(&complaints);
    service.house.prove_readers()?;
    service.notifier.progress();
    pass::recover(&mut service.house)?;
    let hint = service.sources.hints();
    service.front_end = start_within(&service.house, credentials, listening, hint)?;
    life::started(&mut service.house)?;
    let metrics = serve_metrics(&service.house)?;
    info!(schools = service.house.schools.len(), "ready");
    service.notifier.ready(service.standing());
    service.serve();
    service.notifier.stopping();
    drop(metrics);
    if let Some((front_end, _)) = service.front_end.take() {
        front_end.stop();
    }
    if let Err(error) = life::stopped(&mut service.house) {
        error!(
            error = full_story(&error),
            "the trail does not say that the daemon stopped"
        );
    }
    info!("stopped");
    Ok(())
}

struct Service {
    house: House,
    sources: Sources,
    /// When to look at everything again, whatever hints say.
    look_again: Instant,
    /// The schools that sent something just now.
    hinted: BTreeSet<SchoolId>,
    /// Until when hints are answered school by school, because a look at everything took its time.
    rest_until: Instant,
    /// When to read the schools' files again, because something changed there.
    reload_at: Option<Instant>,
    /// What the schools' folder was like when it was read last.
    schools_seen: u64,
    said: Said,
    /// Serves SFTP, where the settings say so.
    front_end: Option<(FrontEnd, HostWatch)>,
    notifier: Arc<Notifier>,
    /// Uploads taken since the start.
    taken: usize,
}

/// Whether to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    Stop,
}

impl Service {
    fn new(house: House, sources: Sources, notifier: Arc<Notifier>) -> Self {
        Self {
            look_again: Instant::now(),
            hinted: BTreeSet::new(),
            rest_until: Instant::now(),
            reload_at: None,
            schools_seen: house.schools_state(),
            said: Said::default(),
            front_end: None,
            notifier,
            taken: 0,
            house,
            sources,
        }
    }

    fn serve(&mut self) {
        loop {
            let due = self
                .reload_at
                .map_or(self.look_again, |at| at.min(self.look_again));
            let due = self.alive().map_or(due, |at| at.min(due));
            // What is due is done before the next event, or a stream of hints could put it off for ever.
            let wait = due.saturating_duration_since(Instant::now());
            let then = if wait.is_zero() {
                self.do_what_is_due()
            } else {
                match self.sources.events.recv_timeout(wait) {
                    Ok(event) => self.on_event(event),
                    Err(RecvTimeoutError::Timeout) => self.do_what_is_due(),
                    Err(RecvTimeoutError::Disconnected) => Then::Stop,
                }
            };
            if then == Then::Stop || self.sources.is_stopping() {
                return;
            }
        }
    }

    /// Tells the watchdog when it is time to, and returns when it is so again: this is the ledger's thread, and
    /// it is here between two events.
    fn alive(&self) -> Option<Instant> {
        if self.notifier.due()? <= Instant::now() {
            match &self.front_end {
                Some((front_end, _)) => told_alive(front_end, &self.notifier),
                None => self.notifier.progress(),
            }
        }
        let (due, now) = (self.notifier.due()?, Instant::now());
        // A front end that is silent is asked again soon, and not at once.
        Some(if due <= now { now + BREATH } else { due })
    }

    /// In a line for the service manager: counts only.
    fn standing(&self) -> String {
        let (schools, troubles) = (self.house.schools.len(), self.house.troubles().len());
        let taken = self.taken;
        format!("schools: {schools}, uploads taken: {taken}, troubles: {troubles}")
    }

    fn on_event(&mut self, event: Event) -> Then {
        match event {
            Event::Hint(Hint::Schools) => self.reload_at = Some(Instant::now() + QUIET),
            Event::Hint(Hint::Everything) => {
                self.reload_at = Some(Instant::now() + QUIET);
                self.look_soon();
            }
            Event::Hint(Hint::Inbox(school)) => {
                self.hinted.insert(school);
                self.look_soon();
            }
            Event::Hint(Hint::Extracts | Hint::Events) => self.look_soon(),
            Event::Reload => {
                self.hinted.clear();
                reloading();
                self.reload();
                self.notifier.reloaded();
                self.look();
            }
            Event::Command(command, actor, reply) => {
                let answer = perform(&mut self.house, command, &actor)
                    .unwrap_or_else(|error| refusal(&error));
                // Whoever asked may be gone by now; what was done stands in the trail.
                let _ = reply.send(answer);
                self.look_soon();
            }
            Event::Stop => return Then::Stop,
        }
        Then::GoOn
    }

    fn do_what_is_due(&mut self) -> Then {
        if let Some((front_end, host_watch)) = &mut self.front_end {
            host_watch.look(front_end);
        }
        let now = Instant::now();
        if self.reload_at.is_some_and(|at| at <= now) {
            self.hinted.clear();
            self.reload();
            self.look();
        } else if self.look_again <= now {
            self.look();
            self.notice_schools();
        }
        Then::GoOn
    }

    /// A hint about the schools' folder may be lost: what it is like now tells as well.
    fn notice_schools(&mut self) {
        if self.reload_at.is_none() && self.house.schools_state() != self.schools_seen {
            self.reload_at = Some(Instant::now() + QUIET);
        }
    }

    fn look_soon(&mut self) {
        self.look_again = self.look_again.min(Instant::now() + GATHER);
    }

    /// Answers the schools that hints speak of, then looks at everything, and decides when to look again.
    fn look(&mut self) {
        self.look_at_all();
        self.notifier.status(self.standing());
    }

    fn look_at_all(&mut self) {
        let hinted = mem::take(&mut self.hinted);
        if !hinted.is_empty() {
            let Taking { taken, next } = pass::answer(&mut self.house, &hinted);
            self.told(taken);
            let now = Instant::now();
            if now < self.rest_until {
                let next = next.map_or(self.rest_until, |next| now + next.max(SOON));
                self.look_again = next.min(self.rest_until);
                return;
            }
        }
        let began = Instant::now();
        let Taking { taken, next } = pass::look(&mut self.house);
        self.told(taken);
        self.rest_until = Instant::now() + began.elapsed() * RESTS;
        let rescan = self.house.settings.intake.rescan;
        let next = next.map_or(rescan, |next| next.clamp(SOON, rescan.max(SOON)));
        self.look_again = Instant::now() + next;
    }

    fn told(&mut self, taken: usize) {
        if taken > 0 {
            self.taken += taken;
            info!(taken, "uploads taken");
        }
    }

    fn reload(&mut self) {
        self.reload_at = None;
        self.schools_seen = self.house.schools_state();
        match self.house.reload_schools() {
            Ok(complaints) => self.said.say(&complaints),
            Err(error) => error!(
                error = full_story(&error),
                "the schools could not be read again"
            ),
        }
        self.sources.watch_inboxes(&self.house);
        if let Some((front_end, _)) = &self.front_end {
            front_end.reload(self.house.schools.clone());
        }
    }
}

fn serve_metrics(house: &House) -> Result<Option<MetricsServer>, FlowError> {
    let start = |address| MetricsServer::start(address, house.sight.sight());
    Ok(house.settings.metrics.map(start).transpose()?)
}

/// What an operator is told whose command failed.
fn refusal(error: &FlowError) -> Reply {
    if matches!(error, FlowError::Stopping) {
        return Reply::Refused {
            why: "the daemon is stopping, and did not get to the end".to_owned(),
            next: "say it again when the daemon is back".to_owned(),
        };
    }
    let story = full_story(error);
    error!(error = story, "a command failed");
    Reply::Refused {
        why: story,
        next: "mend that and try again; the daemon's log tells more".to_owned(),
    }
}

/// The shortest time between two questions whether the SFTP server lives.
const BREATH: Duration = Duration::from_secs(1);
/// Hints come in flocks: what follows within this time is looked at together.
const GATHER: Duration = Duration::from_millis(5);
/// After a look at everything, hints are answered school by school for so many times as long as it took:
/// among thousands of schools a receipt does not wait for all of them.
const RESTS: u32 = 4;
/// The shortest time between two looks while something is on its way.
const SOON: Duration = Duration::from_millis(20);
/// How long the schools' folder must be quiet before it is read: some editors take a file away for a
/// moment when they save it, and a school without its file is suspended.
const QUIET: Duration = Duration::from_secs(1);
