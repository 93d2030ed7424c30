//! What is in doubt, and what an analyst decides: consents that matched nothing or too much, records that
//! are held, withdrawals that nearly fit, and large files of withdrawals.
//!
//! - `listing`: what is in doubt, from a run of matcher and gate as a release would make it
//! - `tying`: a consent tied to a record by hand, and untied
//! - `ties`: which ties are in force, and those that end because either side has changed
//! - `settling`: whom a near withdrawal meant

mod command;
mod listing;
mod reply;
mod settling;
mod ties;
mod tying;

pub use command::ReviewCommand;
pub use reply::{NearRecord, ReviewEntry, ReviewKind, ReviewReply};

pub(super) use command::answer;
pub(super) use ties::{TiesInForce, dissolve_changed, dissolve_gone};
