//! Floor 4: where rooms meet. Each way that data takes is one page here, read from top to bottom:
//! [`intake`] for an upload, `release` for a destination file, [`recall`] for one that is taken back.
//!
//! Flows know no SQL, no cryptography and no bytes; they say what happens in which order, and what is
//! committed before anybody can see it.

mod answers;
pub mod arrivals;
mod bans;
mod barring;
pub mod clock;
pub mod command;
mod copying;
pub mod discrepancies;
mod error;
pub mod extract;
mod facts;
pub mod fault;
pub mod forecast;
mod guards;
pub mod handed_over;
mod hold;
pub mod house;
pub mod intake;
mod judging;
pub mod lingering;
mod matching;
pub mod notices;
mod on_record;
mod outbox;
pub mod pass;
mod plan;
pub mod readers;
mod readme;
pub mod recall;
pub mod receipts;
mod recording;
mod release;
pub mod requests;
pub mod retention;
pub mod review;
pub mod rights;
pub mod schedule;
pub mod school_box;
pub mod served;
pub mod sight;
mod superseding;
mod troubles;
mod unfinished;
mod upload;
pub mod validate;
mod verdicts;
pub mod who;
pub mod words;

pub use error::{Class, FlowError};
pub use troubles::full_story;
