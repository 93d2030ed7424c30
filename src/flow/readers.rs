//! The processes that read uploads, as the settings want them.

use crate::{
    config::{Reader, ReaderJail},
    jail::{Bounds, Jail, Readers, THIS_PROGRAM},
};

/// The readers that the settings ask for; none is started yet.
pub fn readers(settings: &Reader) -> Readers {
    Readers::new(match settings.jail {
        ReaderJail::Required => Jail::Required(Bounds {
            memory: settings.memory,
            time: settings.time,
            program: THIS_PROGRAM.into(),
        }),
        ReaderJail::None => Jail::None,
    })
}

/// What an operator is told who does without a jail.
pub const UNJAILED: &str = "reader.jail is \"none\": what schools send is read in the daemon's own process; never do this with real data";
