//! Pillarbox's own SFTP server (spec 8): russh carries the bytes, all of SFTP is here. Version 3 of the
//! protocol (draft-ietf-secsh-filexfer-02), served from a box that the kernel keeps a visitor in.
//!
//! ```text
//! wire      packets in, packets out
//! session   one request after the other: verbs, a table behind one gate
//! server    the SSH server around it: logins, limits, cuts
//! premises  what sessions share: each school's box, its inbox as a view by name
//! ```

mod client;
mod council_box;
mod coverage;
mod download;
mod handles;
mod listing;
mod place;
mod premises;
mod school_box;
mod served;
mod server;
mod session;
mod slow;
mod upload;
mod verbs;
mod view;
mod visitor;
pub mod wire;

pub use client::{Client, ClientError};
pub use premises::{Limits, Places, Premises, Tally};
pub use server::{FrontEnd, FrontEndError, HostKey, HostKeyFault, Pulse, Rehearsal, Setup};
pub use session::{Progress, Session};
pub use visitor::{Account, COUNCIL, Visitor};
