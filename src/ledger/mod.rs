//! Floor 2: the only room with SQL. What was taken, who consented, what was shared with whom, and the
//! trail of every act: all of it committed before anyone can see it (spec 9).
//!
//! ```text
//! Instance   one process at a time            Glance    counts for `status`, without the key
//! Ledger ─┬─ view()  ─▶ View ─derefs─▶ Keyless          what can be read, with and without the key
//!         └─ write() ─▶ Tx   ─derefs─▶ View             all or nothing
//! ```
//!
//! Sealing and opening need no database: [`SealedConsent`] and [`SealedDisclosure`] do it on any thread.

mod access;
mod backups;
mod columns;
mod consents;
mod encoding;
mod error;
mod extracts;
mod file_stat;
mod holds;
mod mode;
mod open;
mod queues;
mod receipts;
mod releases;
mod rights;
mod status;
mod submissions;
mod trail;
mod upkeep;

pub use access::{Glance, Keyless, Ledger, Tx, View};
pub use backups::{Arrived, BackupMade, Counters, NewRestore, Restore};
pub use consents::{ConsentFacts, KeptTie, ListMark, Lookups, SealedConsent, mark_of};
pub use error::LedgerError;
pub use extracts::{Extract, ExtractId, ExtractState, NewExtract};
pub use file_stat::FileStat;
pub use holds::{Hold, Scope};
pub use mode::{Mode, Seen};
pub use open::Instance;
pub use queues::{
    Answer, Discrepancy, NewDiscrepancy, NewRequest, Notice, NoticePupil, Request, RequestState,
    Withdrawal,
};
pub use receipts::{Enclosure, Put, ReceiptId, StoredReceipt};
pub use releases::{
    Closed, NewRelease, Noted, Release, ReleaseFile, ReleaseState, SealedDisclosure, Serving,
};
pub use rights::{BreachClock, Marks, UploadBy};
pub use status::{LastRelease, Oldest, SchoolStatus, Standings, Waiting};
pub use submissions::{Lingering, NewUpload, Spooled, Submission, Take, TakenUpload};
pub use trail::{
    Act, Actor, Checkpoint, Exported, ExportedRow, Fault, Origin, RowFault, RowsAtFault,
    TrailProof, TrailRow, Verb, Walked,
};
pub use upkeep::{FileOf, Forecast, Resealing, ScheduleMark, Store};

#[cfg(test)]
mod tests;
