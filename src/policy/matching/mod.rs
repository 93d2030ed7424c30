//! Which record of an extract is which pupil's (spec 6): deterministic, and rather nobody's than
//! somebody else's.
//!
//! An [`Index`] of the pupils is built once and shared; each thread streams its part of the extract
//! past it and keeps what touches a pupil in its own [`Hits`]; [`Index::judge`] puts them together.
//! The order of pupils and records changes nothing. What it takes to be the one match:
//!
//! 1. The record is its person's newest: rows with one client id are one person, the latest confirmed
//!    counts, and a tie is held.
//! 2. It tells this Year 11 school (or none, where the council accepts that risk).
//! 3. A permanent UPN or a ULN is equal, with equal date of birth and forename; or forename, surname
//!    and date of birth are equal. No number contradicts.
//! 4. No other record fits the pupil, and no other pupil fits the record.
//! 5. None of the numbers that tell of either is told of anybody else.
//!
//! A tie by hand stands in for 3 to 5, never for 1 and 2.
//!
//! What nothing matched is shown to an analyst with the nearest records, which a [`Search`] finds.

mod bond;
mod index;
mod judge;
mod key;
mod lookup;
mod near;
mod outcome;
mod search;

#[cfg(test)]
mod tests;

pub(super) use key::key;
pub(super) use outcome::Destination;

pub use bond::{RecordIdentity, Tie, Year11Rule, may_be_tied};
pub use index::{Hits, Index, IndexBuilder, Seeker};
pub use judge::Matches;
pub use near::{Nearness, nearness};
pub use outcome::{By, Doubt, Match, Matched, Miss};
pub use search::{Candidate, Search, Sought};
