//! The verdict on a trail: everything that is wrong with it, from the first row to the last, and the last
//! place up to which it is proved.

use std::{collections::BTreeSet, path::Path};

use time::OffsetDateTime;

use super::{
    comparing::{Compared, Comparing},
    witnesses::{Looked, Places, gather},
};
use crate::{
    domain::ids::SchoolId,
    flow::FlowError,
    ledger::{Ledger, RowFault},
    seal::Signers,
    vault::to_hex,
};

/// What a look at the trail and its witnesses found.
#[derive(Clone, Debug)]
#[must_use]
pub struct Proof {
    /// How many rows there are.
    pub rows: u64,
    /// The last row's number.
    pub last: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
    /// All that is wrong, by row.
    pub faults: Vec<Fault>,
    /// What an auditor should know, and what is no fault of the trail.
    pub notes: Vec<String>,
    /// The last checkpoint whose signature holds, of a row before the first fault.
    pub sound: Option<Sound>,
    /// How many checkpoints the ledger keeps.
    pub checkpoints: usize,
    /// What else was looked at.
    pub looked: Looked,
}

/// Something wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The first row that it concerns; 0 where it is none.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// What.
    pub what: What,
}

/// What can be wrong with a trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Rows are wrong in themselves.
    Rows(RowFault),
    /// Just this row was changed: the one before is as somebody vouches for it.
    Itself,
    /// Rows are gone from the end, which somebody vouches for.
    CutOff {
        /// Who.
        by: Voucher,
    },
    /// Rows were written anew with hashes that fit each other, and somebody vouches for others.
    Rewritten {
        /// Who vouches for the last row of these.
        by: Voucher,
    },
    /// This one row is not the one that somebody vouches for.
    NotAsVouched {
        /// Who.
        by: Voucher,
    },
    /// A row says that a checkpoint was signed, and it is not kept.
    CheckpointGone,
    /// A kept checkpoint, or its signature, is not what a known key signed.
    CheckpointForged,
    /// A checkpoint has a date after its key was retired.
    CheckpointTooLate,
    /// A checkpoint's file is not what a known key signed.
    FileForged,
    /// A receipt in a box is not what a known key signed, and contradicts the trail.
    ReceiptForged {
        /// Its id.
        id: String,
        /// Whose.
        school: SchoolId,
    },
    /// The triggers that keep rows from being changed are gone.
    Unguarded,
}

/// Who vouches for a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Voucher {
    /// A checkpoint in the ledger.
    Checkpoint,
    /// A checkpoint's file.
    File {
        /// Whether it was brought, and does not lie in `reports/`.
        given: bool,
    },
    /// A receipt.
    Receipt {
        /// Its id.
        id: String,
        /// Whose.
        school: SchoolId,
    },
}

/// A checkpoint that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sound {
    /// The row that it signs.
    pub seq: u64,
    /// When it was signed.
    pub at: OffsetDateTime,
}

impl Proof {
    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Looks at the trail of this ledger and at all that vouches for it.
pub fn prove(ledger: &Path, places: &Places, signers: &Signers) -> Result<Proof, FlowError> {
    let (witnesses, looked) = gather(places)?;
    let glance = Ledger::open_read_only(ledger)?;
    let keyless = glance.keyless();
    let asked: BTreeSet<u64> = witnesses.iter().map(|witness| witness.seq).collect();
    let walked = keyless.walk_trail(&asked)?;
    let mut comparing = Comparing::new(&walked, signers, &witnesses);
    comparing.checkpoints();
    comparing.outside();
    let Compared {
        mut faults,
        notes,
        sound,
    } = comparing.end();
    faults.sort_by_key(|fault| (fault.first, fault.last));
    faults.dedup();
    let first = faults
        .iter()
        .map(|fault| fault.first)
        .find(|first| *first > 0);
    let before = |sound: &&Sound| first.is_none_or(|first| sound.seq < first);
    Ok(Proof {
        rows: walked.rows,
        last: walked.last,
        hash: to_hex(&walked.hash),
        sound: sound.iter().rev().find(before).copied(),
        checkpoints: walked.checkpoints.len(),
        faults,
        notes,
        looked,
    })
}
