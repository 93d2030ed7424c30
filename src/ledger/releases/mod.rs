//! What left, or was to leave: releases with their files, what each told of its pupils, and who fetched it.

mod disclosures;
mod rows;
mod served;

pub use disclosures::SealedDisclosure;
pub use rows::{Closed, NewRelease, Release, ReleaseFile, ReleaseState};
pub use served::{Noted, Serving};
