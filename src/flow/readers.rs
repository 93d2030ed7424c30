//! The processes that read uploads, as the settings want them.

use crate::{
    config::{Reader, ReaderJail},
    jail::{Bounds, Jail, Readers},
};

/// The readers that the settings ask for; none is started yet.
pub fn readers(settings: &Reader) -> Readers {
    let jail = match settings.jail {
        ReaderJail::Required => Jail::Required,
        ReaderJail::None => Jail::None,
    };
    let bounds = Bounds {
        memory: settings.memory,
        time: settings.time,
        ..Bounds::default()
    };
    Readers::new(jail, bounds)
}

/// What an operator is told who does without a jail.
pub const UNJAILED: &str = "reader.jail is \"none\": what schools send is read in the daemon's own process; never do this with real data";
