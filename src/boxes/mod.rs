//! Floor 2: the only room that publishes or removes files: temporary name, sync, rename, sync of the
//! folder, all beneath a handle of the folder, never through a path that others could bend. Refuses to
//! know what files mean.
//!
//! ```text
//! Boxes ─┬─ outbox, receipts   publish, stage, reveal, remove, sweep
//!        └─ inbox              scan, read_unchanged, take_away
//! Spool                        put, read, remove, sync
//! handover                     what the SFTP front end and the daemon tell each other
//! Folder                       what all of them are made of
//! ```

mod entry;
mod error;
mod folder;
pub mod handover;
mod inbox;
mod incoming;
mod moving;
mod name;
mod publish;
mod spool;
mod tree;

pub use entry::{Entry, EntryKind, StatIdentity};
pub use error::{Act, BoxError};
pub use folder::Folder;
pub use inbox::{Claim, ClaimEnd, ReadOutcome, TakenAway};
pub use incoming::Incoming;
pub use moving::Moved;
pub use name::{FileName, NotAFileName};
pub use publish::{Access, Left, Removed, Staged};
pub use spool::Spool;
pub use tree::{Boxes, RootFile, StagedIn, Tray};
