//! Floor 0: the words of the field. Schools, persons, pupils, consents, destinations, receipts, and
//! the ids and numbers by which they are known.
//!
//! Nothing here reads a clock, a file or a setting. What names a pupil has no `Display` and prints as
//! `…` in `Debug`.

pub mod checkpoint;
pub mod days;
pub mod destination;
pub mod identifiers;
pub mod ids;
pub mod list;
pub mod list_template;
pub mod names;
pub mod problem;
pub mod pupil;
pub mod receipt;
pub mod school;
