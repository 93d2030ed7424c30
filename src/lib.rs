//! Pillarbox: a secure file-drop daemon for English councils and the schools they serve.
//!
//! Read the floors from the ground up; imports go down only, never sideways (`tests/architecture.rs`).
//!
//! ```text
//! 5  cli            daemon
//! 4         flow               the life of a submission, of a release; recovery
//! 3         transport          folder watch · council extracts · control socket
//! 2         ledger   boxes   seal   config
//! 1         reading  policy  calendar  vault
//! 0         domain
//! ```
pub mod boxes;
pub mod calendar;
pub mod cli;
pub mod config;
pub mod daemon;
pub mod domain;
pub mod flow;
pub mod ledger;
pub mod policy;
pub mod reading;
pub mod seal;
pub mod transport;
pub mod vault;
