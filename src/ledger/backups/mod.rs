//! Backups that were made, and a backup that took the ledger's place (spec 9).

mod made;
mod restores;

pub use made::{BackupMade, Counters};
pub use restores::{NewRestore, Restore};
