//! Proving the trail against everything that vouches for it outside the database: signed checkpoints, their
//! files in `reports/`, and the heads that receipts print. Needs no secret key.
//!
//! What is outside is read first and the ledger after it, in one snapshot: a daemon that runs meanwhile can't
//! make a head outside look newer than the trail.

mod comparing;
mod verdict;
mod witnesses;
mod words;

pub use verdict::{Fault, Proof, Sound, What, prove};
pub use witnesses::{Looked, Places};
