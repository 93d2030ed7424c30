//! Floor 5: the long-running service. Everything that happens comes in as an `Event`: a hint from a
//! watched folder, a command from an operator, a signal, or the passing of time; one thread, the
//! ledger's one writer, takes them one after the other. Hints may be lost: the timer is the truth.

mod complaints;
mod events;
mod handed_in;
mod notify;
mod service;
mod sftp;

pub use service::run;
pub use sftp::serve_sftp;
