//! A backup comes back (spec 9): checked whole before it is in its place, and then everything stands still until
//! an operator has confirmed what was found of the time since.

mod placing;
mod unpacking;
mod waiting;

pub use placing::{Restored, restore};
pub use waiting::awaits;
pub(super) use waiting::{refusal, stand_still};
