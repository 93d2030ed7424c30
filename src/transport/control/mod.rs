//! The control socket: operators' commands reach the daemon here, so that keys stay with it and the trail
//! knows who acted (spec 7). One request and one answer a connection, each a line of JSON. Refuses to
//! know any command.

mod client;
mod peer;
mod server;
mod socket;
mod wire;

pub use client::{CallError, call};
pub use peer::Peer;
pub use server::{ControlError, ControlListener, Stopper};

#[cfg(test)]
mod tests;
