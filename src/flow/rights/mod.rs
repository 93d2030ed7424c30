//! What the law gives to persons, and asks after a loss: what was shared about somebody, erasure, and who
//! is affected by a breach (clauses 2.6 and 2.8).

mod breach;
mod erase;
mod subject;

pub use breach::{Breach, BreachReport, Lost};
pub use erase::{Erase, Erased};
pub use subject::{Subject, SubjectReport};

pub(super) use breach::breach;
pub(super) use erase::erase;
pub(super) use subject::subject;
