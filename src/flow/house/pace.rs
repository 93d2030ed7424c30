//! The pace of the work: between two pieces of it, where nothing is half done, somebody hears that it goes
//! on, and it learns whether it is time to stop. Knows no service manager.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Told on the house's own thread whenever a piece of work is done: so who hears nothing for long knows that
/// this thread hangs. It must cost next to nothing.
pub type Progress = Box<dyn Fn() + Send>;

/// Whether to go on, and who hears of it.
pub(super) struct Pace {
    stopping: Arc<AtomicBool>,
    progress: Progress,
}

impl Pace {
    pub(super) fn new(progress: Progress) -> Self {
        Self {
            stopping: Arc::default(),
            progress,
        }
    }

    /// What makes the work under way end early.
    pub(super) fn stopper(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stopping)
    }

    /// A piece of work is done.
    pub(super) fn step(&self) {
        (self.progress)();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pace(stopping: {})", self.is_stopping())
    }
}
