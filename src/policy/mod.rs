//! Floor 1: pure answers from facts, rules and a day.

pub mod identity;
pub mod judge;
