//! Floor 1: sealing of single values under the ledger key, keyed look-ups, and digests. Bytes only:
//! what a value means is its owner's to know.
//!
//! ```text
//! ledger key ─┬─ derive ─▶ sealing key   Vault::seal, Vault::open   what names a pupil
//!             ├─ derive ─▶ nonce key     (inside seal)
//!             └─ derive ─▶ look-up key   Vault::lookup              finding it again
//! ```

mod chance;
mod digest;
mod key;
mod lookup;
mod sealing;

pub use chance::{NoRandomBytes, random_bytes};
pub use digest::{Sha256Writer, from_hex, sha256, to_hex, trail_hash};
pub use key::{LedgerKey, NotALedgerKey};
pub use lookup::{Lookup, LookupKind};
pub use sealing::{Place, Vault, VaultError};
