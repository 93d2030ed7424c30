//! Floor 1: pure answers from facts, rules and a day: what a list changes, when consent ends, which
//! record is whose, who may be shared and why not, how many consents end soon, whether a request may go,
//! whether an extract may be used.
//!
//! No file, no clock, no ledger: whatever is decided here can be decided again by hand from the same
//! facts (spec sections 3, 5 and 6).

pub mod expiry;
pub mod extract_guard;
pub mod forecast;
pub mod gate;
pub mod identity;
pub mod judge;
pub mod matching;
pub mod requests;
