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
mod checkpoints;
mod columns;
mod consents;
mod daily;
mod disclosures;
mod discrepancies;
mod encoding;
mod error;
mod extracts;
mod file_stat;
mod forecasts;
mod holds;
mod lists;
mod lookups;
mod mode;
mod notices;
mod open;
mod receipts;
mod releases;
mod requests;
mod rights;
mod schedules;
mod sealed_consent;
mod served;
mod status;
mod stores;
mod submissions;
mod ties;
mod trail;
mod verify;
mod withdrawals;

pub use access::{Glance, Keyless, Ledger, Tx, View};
pub use checkpoints::Checkpoint;
pub use disclosures::SealedDisclosure;
pub use discrepancies::{Discrepancy, NewDiscrepancy};
pub use error::LedgerError;
pub use extracts::{Extract, ExtractId, ExtractState, NewExtract};
pub use file_stat::FileStat;
pub use forecasts::Forecast;
pub use holds::{Hold, Scope};
pub use lists::ListMark;
pub use lookups::Lookups;
pub use mode::{Mode, Seen};
pub use notices::{Notice, NoticePupil};
pub use open::Instance;
pub use receipts::{Enclosure, Put, ReceiptId, StoredReceipt};
pub use releases::{Closed, NewRelease, Release, ReleaseFile, ReleaseState};
pub use requests::{Answer, NewRequest, Request, RequestState};
pub use rights::{BreachClock, Marks, UploadBy};
pub use schedules::ScheduleMark;
pub use sealed_consent::{ConsentFacts, SealedConsent};
pub use served::{Noted, Serving};
pub use status::{LastRelease, SchoolStatus, Waiting};
pub use stores::Store;
pub use submissions::{Lingering, NewUpload, Spooled, Submission, Take, TakenUpload};
pub use ties::{KeptTie, mark_of};
pub use trail::{Act, Actor, TrailRow, Verb};
pub use verify::{Fault, TrailProof};
pub use withdrawals::Withdrawal;

#[cfg(test)]
mod tests;
