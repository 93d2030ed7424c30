//! Floor 3: how bytes come and go. Hints that something changed, what is complete and what is still being
//! written, the council's extracts, and the socket by which commands reach the daemon. Refuses to know
//! consents and matching.

pub mod control;
pub mod extracts;
pub mod inbox;
pub mod metrics;
pub mod sftp;
pub mod watch;
