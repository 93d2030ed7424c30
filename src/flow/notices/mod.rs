//! Withdrawals beyond the list: told to the council, and followed by notices to destroy (clauses 2.2, 2.5).

mod withdrawing;

pub use withdrawing::{Withdraw, Withdrawn};

pub(super) use withdrawing::withdraw;
