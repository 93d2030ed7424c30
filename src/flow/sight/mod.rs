//! What operators see of the work: a line of log for each act, counts of what happens, and now and then how
//! everything stands. Ids, words and numbers only; `docs/logs.md` and `docs/metrics.md` tell them all.

mod echo;
mod gather;
pub(in crate::flow) mod lookout;

pub use lookout::Lookout;
