//! What the law gives to persons, and asks after a loss: what was shared about somebody, erasure, and who
//! is affected by a breach (clauses 2.6 and 2.8).

mod affected;
mod breach;
mod erase;
mod erase_again;
mod keys;
mod report;
mod search;
mod subject;

pub use affected::{
    AffectedPupil, AffectedRelease, AffectedSchool, BreachReport, ContactToTell, Upload,
};
pub use breach::{Breach, Lost, hours_left, tell_ico_by};
pub use erase::{Erase, Erased, ErasedAtSchool};
pub use keys::Holder;
pub use report::{
    ConsentOnRecord, ConsentThen, Disclosure, Identity, NoticeOnRecord, RememberedWithdrawal,
    Served, SubjectAtSchool, SubjectPupil, SubjectReport, Told,
};
pub use subject::Subject;

pub(super) use breach::breach;
pub(super) use erase::erase;
pub(super) use erase_again::erase_again;
pub(super) use subject::subject;

#[cfg(test)]
mod tests;
