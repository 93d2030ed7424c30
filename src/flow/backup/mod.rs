//! Backups: a consistent copy of what the council can't make again, as a tar inside age, made beside the daemon
//! and without the ledger key (spec 9). What is in one, and what becomes of one that comes back, is `restore`'s.
//!
//! ```text
//! ledger.db ─ snapshot ─▶ .backup-…/ ─┬─▶ manifest.json ─▶ tar ─▶ age ─▶ FILE ─▶ `backup-made`
//! spool/ notes/ ─ links ─▶ .backup-…/ ─┤
//! allowed_signers, settings, schools ──┘
//! ```

mod error;
mod file;
mod making;
mod manifest;
mod recording;
mod scratch;

pub use error::BackupError;
pub use file::NewFile;
pub use making::{Made, Sources, make};
pub use manifest::{Manifest, Member};
pub use recording::Written;
pub(super) use recording::record;
pub(in crate::flow) use scratch::{Scratch, sweep};

/// The ledger's copy in an archive.
pub(in crate::flow) const LEDGER: &str = "ledger.db";
/// The first member.
pub(in crate::flow) const MANIFEST: &str = "manifest.json";
/// Every public key that ever signed.
pub(in crate::flow) const SIGNERS: &str = "allowed_signers";
/// Sealed copies of uploads.
pub(in crate::flow) const SPOOL: &str = "spool/";
/// Notes of acts.
pub(in crate::flow) const NOTES: &str = "notes/";
/// Settings and schools.
pub(in crate::flow) const CONFIG: &str = "config/";
