//! Looking at the time that a restored ledger knows nothing of (spec 9): receipts, sealed uploads, notes and inboxes
//! tell what was done since the backup. What withdraws is done again; what can't be done again stops its school.
//!
//! ```text
//! receipts/ ─▶ boxes_seen ─▶ numbers leap ─▶ row `ledger-restored`: a new segment of the trail
//! spool/ ─▶ uploads ─┐
//! notes/ ─▶ acts ────┴─▶ done again, in the order in which it happened ─▶ inboxes ─▶ missing ─▶ report
//! an operator's yes ─▶ confirming ─▶ row `ledger-reconciled`
//! ```
//!
//! Every step may be killed and done again: an upload is itself whatever number it has, a note is done once, and
//! numbers leap from where the backup had them.

mod acts;
mod boxes_seen;
mod confirming;
mod leap;
mod looking;
mod missing;
mod report;
mod uploads;

pub use confirming::confirm;
pub use looking::{Elsewhere, reconcile};
pub use report::{MissingUpload, Report, SchoolReport, TakenAgain};
