//! Backups that were made, and a backup that took the ledger's place (spec 9).

mod arrived;
mod made;
mod restores;

pub use arrived::Arrived;
pub use made::{BackupMade, Counters};
pub use restores::{NewRestore, Restore};
