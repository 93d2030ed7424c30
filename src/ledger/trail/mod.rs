//! The trail of every act, signed heads of it, and the proof that nobody changed it (spec 9).

mod acts;
mod checkpoints;
mod export;
mod suspects;
mod verify;
mod walk;

pub use acts::{Act, Actor, TrailRow, Verb};
pub use checkpoints::{Checkpoint, Origin};
pub use export::{Exported, ExportedRow};
pub use verify::{Fault, TrailProof};
pub use walk::{RowFault, RowsAtFault, Walked};
