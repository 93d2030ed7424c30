//! Keys: which there are, and changing one for another so that nothing that was made with the old one is
//! lost (spec 9). Every change is an act of the trail; keys themselves are never told.

mod signing;

pub use signing::known_signers;
pub(super) use signing::{SIGNERS, adopt, keep};
