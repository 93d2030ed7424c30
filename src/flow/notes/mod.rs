//! Side notes: small sealed files, one an act, of what a lost ledger could not be told by boxes and uploads:
//! withdrawals told to the council, erasures, holds, breaches. `restore --reconcile` does them again.
//!
//! A note is on the disk before its act is answered. It is sealed under the ledger key, and names nobody who was
//! erased: an erasure is noted by marks alone, and takes the notes of that person's withdrawals with it.

mod deed;
mod keeping;

pub(super) use deed::{Deed, ErasedAt, Note};
pub(super) use keeping::{all, forget_person, keep, keep_erasure, remove_old};
