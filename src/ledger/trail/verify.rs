//! Whether the trail holds by itself: the rows, their number, and the heads that were signed. What others
//! vouch for, and signatures, are looked at where rooms meet.

use std::collections::BTreeSet;

use super::walk::{RowFault, Walked};
use crate::ledger::{LedgerError, access::Keyless};
use crate::{domain::receipt::TrailHead, vault::to_hex};

/// What a look at the whole trail found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum TrailProof {
    /// Every row is as it was written, and none is missing before this head.
    Verified(TrailHead),
    /// The first row that is not as it was written.
    Broken {
        /// Its number.
        at: u64,
        /// What is wrong with it.
        how: Fault,
    },
}

/// What is wrong with a row of the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// In itself.
    Row(RowFault),
    /// It fits the row before, but a checkpoint was made of another row: the trail was written anew.
    NotAsSigned,
}

impl Keyless<'_> {
    /// Reads the trail from its first row to its last, and proves each.
    pub fn verify_trail(&self) -> Result<TrailProof, LedgerError> {
        Ok(proof(&self.walk_trail(&BTreeSet::new())?))
    }
}

fn proof(walked: &Walked) -> TrailProof {
    let rows = walked
        .faults
        .iter()
        .map(|run| (run.first, Fault::Row(run.how)));
    let signed = walked.checkpoints.iter().filter_map(|(seq, checkpoint)| {
        let signed = checkpoint.as_ref()?.hash;
        match walked.stood.get(seq) {
            Some(hash) if *hash == signed => None,
            Some(_) => Some((*seq, Fault::NotAsSigned)),
            None => Some((walked.last + 1, Fault::Row(RowFault::Missing))),
        }
    });
    match rows.chain(signed).min_by_key(|(at, _)| *at) {
        Some((at, how)) => TrailProof::Broken { at, how },
        None => TrailProof::Verified(TrailHead {
            seq: walked.last,
            hash: to_hex(&walked.hash),
        }),
    }
}
