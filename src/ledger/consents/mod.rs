//! Who consented: one sealed row a pupil, by what it is found, the lists that it came from, and the records
//! that it is tied to by hand.

mod lists;
mod lookups;
mod rows;
mod sealed_consent;
mod ties;

pub use lists::ListMark;
pub use lookups::Lookups;
pub use sealed_consent::{ConsentFacts, SealedConsent};
pub use ties::{KeptTie, mark_of};

pub(super) use rows::{REMEMBERED, remembered_row};
pub(super) use sealed_consent::{IN_FORCE, LAPSED, WITHDRAWN};
