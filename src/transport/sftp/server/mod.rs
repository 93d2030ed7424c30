//! The SSH server around SFTP sessions: who may come in, how many, and for how long. russh ends here.
//!
//! ```text
//! front_end    starts, reloads, stops; owns the runtime
//! listener     the socket that clients come to
//! connection   one client from its first byte to its last; link is what all parts know of it
//! visit        what russh asks of us
//! pump         requests to the session, replies to the client
//! people       account and key to visitor, for a day
//! doors, bans  places for connections and sessions; whom to keep out
//! ```

mod algorithms;
mod bans;
mod connection;
mod counters;
mod cut;
mod doors;
mod front_end;
mod host_key;
mod link;
mod listener;
mod origin;
mod people;
mod pump;
mod refusals;
mod setup;
mod shared;
mod visit;

pub use front_end::{FrontEnd, Pulse};
pub use host_key::{HostKey, HostKeyFault};
pub use setup::{FrontEndError, Rehearsal, Setup};
