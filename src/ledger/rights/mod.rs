//! What the law gives to persons, in tables: finding where somebody left traces, erasure, the marks that
//! stay of it, and the clocks of breaches (clauses 2.6 and 2.8).

mod barred;
mod breaches;
mod erasing;
mod traces;

pub use barred::Marks;
pub use breaches::BreachClock;
pub use traces::UploadBy;
