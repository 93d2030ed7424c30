//! The service: start, one event after the other, stop. Start and stop in one readable page.

use std::{
    path::Path,
    sync::mpsc::RecvTimeoutError,
    time::{Duration, Instant},
};

use tracing::{error, info, warn};

use super::events::{Event, Sources};
use crate::{
    config::{Complaint, Settings},
    flow::{
        Class, FlowError,
        arrivals::Patience,
        command::{Reply, perform},
        house::House,
        intake::{self, Taking},
        pass,
    },
    transport::watch::Hint,
};

/// Runs until it is told to stop.
pub fn run(settings: Settings, credentials: Option<&Path>, socket: &Path) -> Result<(), FlowError> {
    let (house, complaints) = House::open(settings, credentials, None)?;
    complain(&complaints);
    let sources = Sources::open(&house, socket)?;
    let mut service = Service {
        house,
        look_again: Instant::now(),
    };
    pass::recover(&mut service.house)?;
    info!(schools = service.house.schools.len(), "ready");
    service.serve(&sources);
    info!("stopped");
    Ok(())
}

struct Service {
    house: House,
    /// When to look at everything again, whatever hints say.
    look_again: Instant,
}

/// Whether to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    Stop,
}

impl Service {
    fn serve(&mut self, sources: &Sources) {
        loop {
            let wait = self.look_again.saturating_duration_since(Instant::now());
            let then = match sources.events.recv_timeout(wait) {
                Ok(event) => self.on_event(event),
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => Then::Stop,
            };
            if then == Then::Stop {
                return;
            }
        }
    }

    fn on_event(&mut self, event: Event) -> Then {
        match event {
            Event::Hint(Hint::Schools) | Event::Reload => {
                self.reload();
                self.look()
            }
            Event::Hint(Hint::Inbox(_) | Hint::Extracts | Hint::Everything) => {
                self.look_again = self.look_again.min(Instant::now() + GATHER);
                Then::GoOn
            }
            Event::Command(command, actor, reply) => {
                let answer = perform(&mut self.house, command, &actor).unwrap_or_else(|error| {
                    error!(%error, "a command failed");
                    Reply::Refused {
                        why: error.to_string(),
                        next: "see the daemon's log".to_owned(),
                    }
                });
                // Whoever asked may be gone by now; what was done stands in the trail.
                let _ = reply.send(answer);
                Then::GoOn
            }
            Event::Stop => Then::Stop,
        }
    }

    /// Looks at everything, and decides when to look again.
    fn look(&mut self) -> Then {
        let next = match self.pass() {
            Ok(Taking {
                still_growing: true,
                ..
            }) => SOON,
            Ok(Taking { taken, .. }) => {
                if taken > 0 {
                    info!(taken, "uploads taken");
                }
                self.house.settings.intake.rescan
            }
            Err(error) => {
                match error.class() {
                    Class::Operator => {
                        error!(%error, "nothing is taken or shared until this is mended")
                    }
                    Class::Transient => warn!(%error, "trying again"),
                }
                self.house.settings.intake.rescan
            }
        };
        self.look_again = Instant::now() + next;
        Then::GoOn
    }

    fn pass(&mut self) -> Result<Taking, FlowError> {
        let done = pass::run(&mut self.house, Patience::None)?;
        let linger = self.house.settings.intake.linger;
        intake::clear_lingering(&mut self.house, linger)?;
        Ok(done)
    }

    fn reload(&mut self) {
        match self.house.reload_schools() {
            Ok(complaints) => complain(&complaints),
            Err(error) => error!(%error, "the schools could not be read again"),
        }
    }
}

fn complain(complaints: &[Complaint]) {
    for complaint in complaints {
        warn!(%complaint, "a school's file needs mending; what was last good stays in force");
    }
}

/// Hints come in flocks: what follows within this time is looked at together.
const GATHER: Duration = Duration::from_millis(20);
/// Between two looks while a file still grows.
const SOON: Duration = Duration::from_millis(100);
