//! What goes into the trail beside the acts themselves, and what proves it: signed heads, the daemon's own life,
//! the council's changes, and the witnesses outside.

pub mod changes;
pub mod checkpoints;
pub mod life;
pub mod proof;
