//! The readers of a daemon: as many as there are files read at the same time, each kept for the next one.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    error::JailError,
    memory::sealed,
    process::{End, Process},
    wire::{Answer, Ask},
};
use crate::reading::{Limits, Unreadable, contents};

/// Where uploads are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Jail {
    /// In a process that can do nothing else and has no more than this, or not at all.
    Required(Bounds),
    /// In our own process: for a laptop whose kernel gives no jail, and made-up data.
    None,
}

/// What one file may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Address space of a reader, in bytes.
    pub memory: u64,
    /// How long it may take.
    pub time: Duration,
    /// The program that is a reader when it is told `reader`: mostly [`THIS_PROGRAM`].
    pub program: PathBuf,
}

/// Reads what schools send.
#[derive(Debug)]
pub struct Readers {
    jail: Jail,
    idle: Mutex<Vec<Process>>,
    stopping: Arc<AtomicBool>,
}

impl Readers {
    /// Readers that are started when there is something to read.
    pub fn new(jail: Jail) -> Self {
        Self {
            jail,
            idle: Mutex::default(),
            stopping: Arc::default(),
        }
    }

    /// The same, which wait for no file any longer once they are told to stop.
    #[must_use]
    pub fn until(self, stopping: Arc<AtomicBool>) -> Self {
        Self { stopping, ..self }
    }

    /// Starts a first reader and lets it prove that it can do nothing but read.
    pub fn prove(&self) -> Result<(), JailError> {
        if let Jail::Required(bounds) = &self.jail {
            let reader = self.start(bounds)?;
            self.idle().push(reader);
        }
        Ok(())
    }

    /// Reads a file as its name says that it is. Whatever it does to its reader, the answer is about the file;
    /// an error is about us, and the file can be read later.
    pub fn read(&self, name: &str, bytes: &[u8], limits: &Limits) -> Result<Answer, JailError> {
        let Jail::Required(bounds) = &self.jail else {
            return Ok(contents(name, bytes, limits));
        };
        let ask = Ask {
            name: name.to_owned(),
            limits: *limits,
        };
        // Who is killed by somebody else tells nothing about the file; but nobody is killed by chance twice.
        for _ in 0..2 {
            match self.ask(&ask, bytes, bounds)? {
                Ok(answer) => return Ok(answer),
                Err(End::TooSlow | End::Killed) if self.stopping.load(Ordering::Relaxed) => {
                    return Err(JailError::Stopping);
                }
                Err(End::Killed) => {}
                Err(End::TooSlow) => return Ok(Err(Unreadable::TooSlow)),
                Err(End::Broken) => return Ok(Err(Unreadable::BrokeReader)),
                Err(End::Untrue) => {
                    tracing::error!(
                        "a reader of uploads answered what no file can say; another one takes its place"
                    );
                    return Ok(Err(Unreadable::BrokeReader));
                }
            }
        }
        Ok(Err(Unreadable::BrokeReader))
    }

    fn ask(
        &self,
        ask: &Ask,
        bytes: &[u8],
        bounds: &Bounds,
    ) -> Result<Result<Answer, End>, JailError> {
        let file = sealed(bytes).map_err(JailError::HandOver)?;
        let waiting = self.idle().pop();
        let mut reader = match waiting {
            Some(reader) => reader,
            None => self.start(bounds)?,
        };
        let told = reader.ask(ask, &file, bounds.time);
        let told = told.and_then(|answer| match &answer {
            // What comes out of the jail is looked at before anybody relies on it.
            Ok(contents) if !contents.is_within(&ask.limits) => Err(End::Untrue),
            _ => Ok(answer),
        });
        if told.is_ok() && !reader.is_worn() {
            self.idle().push(reader);
        }
        Ok(told)
    }

    fn start(&self, bounds: &Bounds) -> Result<Process, JailError> {
        Process::start(bounds, Arc::clone(&self.stopping))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Process>> {
        // A panic elsewhere leaves nothing half done in a list.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The program that runs, also after an upgrade has put another in its place.
pub const THIS_PROGRAM: &str = "/proc/self/exe";
