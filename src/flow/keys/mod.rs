//! Keys: which there are, and changing one for another so that nothing that was made with the old one is
//! lost (spec 9). Every change is an act of the trail; keys themselves are never told.
//!
//! | key | what the old one still does |
//! | --- | --- |
//! | receipts | proves what it signed: `allowed_signers` keeps its public half |
//! | intake | opens what schools encrypted to it, until it is dropped |
//! | host | serves until the day that was announced |
//! | ledger | opens what is not yet sealed anew, and nothing after that |

mod command;
mod credentials;
mod host;
mod intake;
mod ledger;
mod listing;
mod signing;

pub use command::{KeyName, KeysCommand, KeysReply};
pub use host::{ComingHostKey, HostKeys, coming_host_key, host_keys};
pub use listing::{KeyLine, KeyState};
pub use signing::known_signers;

pub(super) use command::answer;
pub(super) use host::promote;
pub(super) use ledger::seal_some_anew;
pub(super) use signing::{SIGNERS, adopt, keep};
