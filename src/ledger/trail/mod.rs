//! The trail of every act, signed heads of it, and the proof that nobody changed it (spec 9).

mod acts;
mod checkpoints;
mod verify;

pub use acts::{Act, Actor, TrailRow, Verb};
pub use checkpoints::{Checkpoint, Origin};
pub use verify::{Fault, TrailProof};
