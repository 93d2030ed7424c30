//! What follows a withdrawal (clauses 2.2 and 2.5): a notice to destroy, where a school may have read what
//! was shared; its confirmation, and reminders until it comes. A large file of withdrawals waits for an
//! analyst first. A pupil may also tell the council.
//!
//! Each withdrawal is kept in the ledger until its consequences are drawn. That is after the files that hold
//! the pupil are gone from the outbox: whoever may have read them is known by then.

mod closing;
mod opening;
mod reminding;
mod undoing;
mod withdrawing;

pub use opening::open_due;
pub use reminding::remind;
pub use withdrawing::{Withdraw, Withdrawn};

pub(super) use closing::close;
pub(super) use undoing::{confirm, undo};
pub(super) use withdrawing::{withdraw, withdraw_again};
