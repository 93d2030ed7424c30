//! What a monitoring system sees: numbers, and whether all is well. Whoever works counts into [`Tallies`]
//! and leaves a [`Standing`] now and then; whoever asks over HTTP is answered from what lies there, and
//! never reaches the ledger. No number is of a pupil, a person or a file.

mod page;
mod pulse;
mod server;
mod shelf;
mod sight;
mod standing;
mod tallies;

pub use pulse::{Health, Ledger};
pub use server::{MetricsError, MetricsServer};
pub use sight::Sight;
pub use standing::{Disk, Series, Standing};
pub use tallies::{ReaderFailure, Tallies};
