//! How things stand, for who looks from outside: school by school, and as numbers. Needs no key, and names nobody.

mod schools;
mod standings;

pub use schools::{LastRelease, SchoolStatus, Waiting};
pub use standings::{Oldest, Standings};
