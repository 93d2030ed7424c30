//! The control socket: operators' commands reach the daemon here, so that keys stay with it and the trail
//! knows who acted (spec 7). One request and one answer a connection, each a line of JSON. Refuses to
//! know any command.

mod client;
mod peer;
mod server;
mod socket;

pub use client::{CallError, call};
pub use peer::Peer;
pub use server::{ControlError, ControlListener, Stopper};

use serde::{Deserialize, Serialize};

/// What the daemon answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer<A> {
    /// The request was understood; the answer to it.
    Reply(A),
    /// It was not: another version of this program, or none at all.
    NotUnderstood,
}

/// The longest request, in bytes.
const LONGEST_REQUEST: u64 = 1 << 20;

#[cfg(test)]
mod tests;
