//! Floor 4: where rooms meet. Each way that data takes is one page here, read from top to bottom:
//! [`intake`] for an upload, `release` for a destination file, [`recall`] for one that is taken back.
//!
//! Flows know no SQL, no cryptography and no bytes; they say what happens in which order, and what is
//! committed before anybody can see it.

mod answers;
pub mod arrivals;
pub mod backup;
mod barring;
pub mod command;
mod copying;
pub mod discrepancies;
mod error;
pub mod extract;
mod facts;
pub mod fault;
pub mod forecast;
pub mod front_end;
mod guards;
mod hold;
pub mod house;
pub mod intake;
mod judging;
pub mod keys;
pub mod lingering;
mod matching;
mod notes;
pub mod notices;
mod on_record;
mod outbox;
pub mod pass;
mod plan;
pub mod readers;
mod readme;
pub mod recall;
pub mod receipts;
pub mod reconcile;
mod recording;
mod release;
pub mod requests;
pub mod restore;
pub mod retention;
pub mod review;
pub mod rights;
pub mod schedule;
pub mod school_box;
mod sealed_copy;
pub mod sight;
mod superseding;
pub mod trail;
mod unfinished;
mod upload;
pub mod validate;
mod verdicts;
pub mod who;
pub mod words;

pub use error::{Class, FlowError};
pub use house::full_story;
