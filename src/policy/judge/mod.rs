//! What a list does to a school's consents (spec 3; clauses 2.2): read [`judge`] from top to bottom.
//!
//! - `judgement`: what goes in and what comes out
//! - `course`: the way of a list, from its rows to a judgement
//! - `rows`: what one row says, and what is wrong with it
//! - `taking`: whether the list as a whole is taken
//! - `people`: which rows and consents are one pupil, and what is said of each
//! - `book`: the consents as they change
//! - `yeses`: what a yes changes
//! - `cohorts`: slips of a birth year, and who lapses
//! - `noes`: what withdraws, holds, is remembered or settled
//! - `account`, `faults`, `sentences`: what the school is told
//!
//! Nothing here reads a clock, and nothing depends on the order of the rows but the numbers by which
//! problems speak of them.

mod account;
mod book;
mod cohorts;
mod course;
mod faults;
mod judgement;
mod noes;
mod people;
mod rows;
mod sentences;
mod taking;
mod yeses;

pub use account::{NOTHING_USED, TOO_ALIKE, TOO_ALIKE_FIX};
pub use course::judge;
pub use judgement::{Change, Effect, Judgement, LastList, ListRules, Situation, WithdrawalScale};
pub use people::MOST_CANDIDATES;
pub use rows::{OLDEST, YOUNGEST};
pub use taking::FEWEST_BAD;

#[cfg(test)]
mod tests;
