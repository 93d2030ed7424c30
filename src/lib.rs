//! Pillarbox: a secure file-drop daemon for English councils and the schools they serve. This page is the
//! map; a newcomer reads it first, and then the rooms from the ground up.
//!
//! # The way of the data
//!
//! ```text
//! sftp ─▶ front/ ─┐
//!        inbox/ ──┴▶ take ─▶ read ─▶ judge ─▶ ledger ─▶ receipts/
//!                                               │
//!          extracts/ ─▶ stream ─▶ match ◀── consents
//!                                   │
//!                                 gate ─▶ plan ─▶ ledger ─▶ sealed ─▶ outbox/ ─▶ collected over sftp,
//!                                                                               or recalled
//!
//!  withdrawal ─▶ consents ─▶ recalled ─▶ who read it? ─▶ notice ─▶ receipts/ ─▶ confirmed
//! ```
//!
//! Each way is one page in [`flow`]: `intake` for an upload, `release` for a destination file, `recall` for
//! one that is taken back, `notices` for what a school is asked to destroy. Whoever audits the decision to
//! share reads one pure file, [`policy::gate`]; whoever asks what was done reads [`flow::trail`], with the
//! signed heads and the witnesses that prove it. What a lost disk takes, and how it comes back, is
//! `flow::backup`, `flow::restore`, `flow::reconcile` and `flow::notes`.
//!
//! # Floors: imports go down only, never sideways
//!
//! ```text
//! 5  cli   daemon                        words for people; the long-running service
//! 4  flow                                where rooms meet: what happens in which order
//! 3  transport                           SFTP server, what is complete, folder watch, control socket
//! 2  ledger boxes seal config jail       SQL; published files; age and signatures; TOML; the reader
//! 1  reading  policy  calendar  vault    bytes to rows; pure answers; local days; single sealed values
//! 0  domain                              the words of the field
//! ```
//!
//! `tests/architecture.rs` holds the floors, the crates that each room alone may name, and the size of files.
//!
//! # What always holds
//!
//! 1. No row leaves without a consent in force at that instant: [`policy::gate`] is the only maker of a
//!    shareable row, and [`seal`] makes destination files of nothing else. A plan is bound to the consents that
//!    it saw, and looked at once more before its file can be seen.
//! 2. What a person can see in a box is in the ledger first, committed. After a crash the daemon finishes what
//!    the ledger says was begun: [`flow::pass::recover`]. The steps are named in [`flow::fault`].
//! 3. A name, a date of birth, an identifier or an uploaded file's name never reaches a log, an error, a metric
//!    or the trail; types that hold them have no `Display` and print as `…`.
//! 4. The ledger is the only memory. Folder events are hints; a lost one costs a rescan, not a file.
//! 5. Decisions are enums with reasons. What a school did wrong is a receipt, never an `Err`.
//! 6. Clocks and randomness come in from above: `--at` rehearses any day.
//!
//! # Processes and threads
//!
//! `pillarbox run` has one thread that owns the ledger and takes one event after the other (a hint, a command, a
//! signal, the timer); reading, judging, matching and sealing are handed out to all cores within one step.
//! A command reaches that thread over the control socket, or opens the ledger itself under its lock where no
//! daemon runs. The service manager hears from that same thread that it goes on. Numbers and health are served
//! from a snapshot that it leaves behind, by a thread that never asks the ledger: [`transport::metrics`].
//!
//! What schools send is parsed by [`jail`]: processes `pillarbox reader` of the same program, each with one file
//! at a time and nothing else. What they tell is checked before a row of it is judged.
//!
//! [`transport::sftp`] is the front end: a runtime of its own within the daemon, or `pillarbox sftp` under a user
//! that reaches neither ledger nor keys. russh carries the bytes; one task a session answers requests, which are
//! plain code that knows no network. What the two tell each other lies in one folder: [`boxes::handover`].

pub mod boxes;
pub mod calendar;
pub mod cli;
pub mod config;
pub mod daemon;
pub mod domain;
pub mod flow;
pub mod jail;
pub mod ledger;
pub mod policy;
pub mod reading;
pub mod seal;
pub mod transport;
pub mod vault;
