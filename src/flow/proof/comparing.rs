//! What was vouched for, compared with what stands in the trail. A head that agrees is sound; one that does
//! not is looked at closely: is it genuine, was its row lost in a restore, were rows changed or cut off?

use std::collections::{BTreeMap, BTreeSet};

use super::{
    verdict::{Fault, Sound, Voucher, What},
    witnesses::{Source, Witness},
};
use crate::{
    ledger::{Checkpoint, Origin, RowFault, Walked},
    seal::{Signers, Standing},
    vault::{from_hex, to_hex},
};

/// A comparison under way.
pub(super) struct Comparing<'a> {
    walked: &'a Walked,
    signers: &'a Signers,
    witnesses: &'a [Witness],
    /// Rows for which somebody vouches, and which are as they should be.
    agreed: BTreeSet<u64>,
    /// Rows that are others than somebody vouches for, with the first who does.
    denied: BTreeMap<u64, Voucher>,
    faults: Vec<Fault>,
    sound: Vec<Sound>,
    /// Heads of rows that a restore lost.
    lost: usize,
    /// Files that were brought and that no known key signed.
    unknown: usize,
}

impl<'a> Comparing<'a> {
    pub(super) fn new(walked: &'a Walked, signers: &'a Signers, witnesses: &'a [Witness]) -> Self {
        Self {
            walked,
            signers,
            witnesses,
            agreed: BTreeSet::new(),
            denied: BTreeMap::new(),
            faults: Vec::new(),
            sound: Vec::new(),
            lost: 0,
            unknown: 0,
        }
    }

    /// Looks at the checkpoints that the ledger keeps.
    pub(super) fn checkpoints(&mut self) {
        let kept: BTreeSet<u64> = self
            .walked
            .checkpoints
            .iter()
            .map(|(seq, _)| *seq)
            .collect();
        for seq in self.walked.signings.difference(&kept) {
            self.faults.push(at(*seq, What::CheckpointGone));
        }
        for (seq, checkpoint) in &self.walked.checkpoints {
            let Some(checkpoint) = checkpoint else {
                self.faults.push(at(*seq, What::CheckpointForged));
                continue;
            };
            match self.signed_by(checkpoint) {
                Standing::Good(_) => {
                    if self.compare(*seq, &checkpoint.hash, Voucher::Checkpoint) {
                        self.sound.push(Sound {
                            seq: *seq,
                            at: checkpoint.at,
                        });
                    }
                }
                Standing::AfterItsTime(_) => {
                    self.faults.push(at(*seq, What::CheckpointTooLate));
                }
                Standing::Bad => self.faults.push(at(*seq, What::CheckpointForged)),
            }
        }
    }

    /// Looks at what lies outside the ledger.
    pub(super) fn outside(&mut self) {
        for witness in self.witnesses {
            if self.agrees(witness) {
                continue;
            }
            if self.was_lost(witness) {
                self.lost += 1;
                continue;
            }
            match witness.standing(self.signers) {
                Standing::Good(_) | Standing::AfterItsTime(_) => {
                    self.compare(witness.seq, &witness.hash, voucher(witness));
                }
                Standing::Bad if witness.given => self.unknown += 1,
                // A crash may have come between a receipt and its signature.
                Standing::Bad if !witness.is_signed() => {}
                Standing::Bad => self.faults.push(at(witness.seq, forged(&witness.of))),
            }
        }
    }

    /// What was found: faults, notes, and the checkpoints that hold.
    pub(super) fn end(mut self) -> (Vec<Fault>, Vec<String>, Vec<Sound>) {
        let denied = std::mem::take(&mut self.denied);
        let cut_off = denied.range(self.walked.last + 1..).next_back();
        if let Some((last, by)) = cut_off {
            self.faults.push(Fault {
                first: self.walked.last + 1,
                last: *last,
                what: What::CutOff { by: by.clone() },
            });
        }
        let mut rewritten = None;
        for (seq, by) in denied.range(..=self.walked.last) {
            if self.is_missing(*seq) {
                continue;
            }
            if self.agreed.range(seq + 1..).next().is_some() {
                let by = by.clone();
                self.faults.push(at(*seq, What::NotAsVouched { by }));
            } else if rewritten.is_none() {
                rewritten = Some((*seq, by.clone()));
            }
        }
        if let Some((seq, by)) = rewritten {
            let sound = self.agreed.range(..seq).next_back();
            self.faults.push(Fault {
                first: sound.map_or(1, |sound| sound + 1),
                last: seq,
                what: What::Rewritten { by },
            });
        }
        let notes = self.notes();
        (self.faults, notes, self.sound)
    }

    fn is_missing(&self, seq: u64) -> bool {
        let mut runs = self.walked.faults.iter();
        runs.any(|run| run.how == RowFault::Missing && (run.first..=run.last).contains(&seq))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for (seq, at) in &self.walked.restores {
            notes.push(format!(
                "a backup took the ledger's place at row {seq}, on {}",
                super::words::moment(*at)
            ));
        }
        if self.lost > 0 {
            notes.push(format!(
                "{} receipts or checkpoints speak of rows that a restore lost",
                self.lost
            ));
        }
        if self.unknown > 0 {
            notes.push(format!(
                "{} files that were given contradict the trail, but no known key signed them: they prove nothing",
                self.unknown
            ));
        }
        notes
    }

    /// Whether what stands in the row is what was vouched for.
    fn compare(&mut self, seq: u64, hash: &[u8; 32], by: Voucher) -> bool {
        if self.walked.stood.get(&seq) == Some(hash) {
            self.agreed.insert(seq);
            return true;
        }
        self.denied.entry(seq).or_insert(by);
        false
    }

    /// A checkpoint's file must be genuine even where it agrees: it is what auditors copy.
    fn agrees(&mut self, witness: &Witness) -> bool {
        let agrees = self.walked.stood.get(&witness.seq) == Some(&witness.hash)
            && match &witness.of {
                Source::Receipt { .. } => true,
                Source::Checkpoint { .. } => {
                    matches!(witness.standing(self.signers), Standing::Good(_))
                }
            };
        if agrees {
            self.agreed.insert(witness.seq);
        }
        agrees
    }

    /// Whether the row was written after the backup that took the ledger's place, and before it did.
    fn was_lost(&self, witness: &Witness) -> bool {
        self.walked
            .restores
            .iter()
            .any(|(restored, at)| *restored <= witness.seq && witness.at < *at)
    }

    /// Tries what the checkpoint may have said of its trail: what the trail says now, or, where its first
    /// rows were changed, what files outside say.
    fn signed_by(&self, checkpoint: &Checkpoint) -> Standing {
        let Ok(signature) = str::from_utf8(&checkpoint.signature) else {
            return Standing::Bad;
        };
        let restored = self.walked.restores.iter().map(|(seq, _)| *seq);
        let own = Origin {
            ledger: self.walked.ledger,
            segment: restored
                .filter(|seq| *seq <= checkpoint.seq)
                .max()
                .unwrap_or(1),
        };
        let judge = |origin: &Origin| {
            let text = checkpoint.text(origin).text();
            self.signers
                .verify_checkpoint(text.as_bytes(), signature, checkpoint.at)
        };
        match judge(&own) {
            Standing::Bad => self
                .origins()
                .iter()
                .map(judge)
                .find(|standing| *standing != Standing::Bad)
                .unwrap_or(Standing::Bad),
            standing => standing,
        }
    }

    fn origins(&self) -> Vec<Origin> {
        let own = to_hex(&self.walked.ledger);
        let mut origins: Vec<(&String, u64)> = self
            .witnesses
            .iter()
            .filter_map(|witness| match &witness.of {
                Source::Checkpoint { ledger, segment } => Some((ledger, *segment)),
                Source::Receipt { .. } => None,
            })
            .filter(|(ledger, segment)| **ledger != own || *segment > 1)
            .collect();
        origins.sort();
        origins.dedup();
        origins
            .into_iter()
            .take(MOST_ORIGINS)
            .filter_map(|(ledger, segment)| {
                let ledger = from_hex(ledger)?;
                Some(Origin { ledger, segment })
            })
            .collect()
    }
}

fn at(seq: u64, what: What) -> Fault {
    Fault {
        first: seq,
        last: seq,
        what,
    }
}

fn voucher(witness: &Witness) -> Voucher {
    match &witness.of {
        Source::Checkpoint { .. } => Voucher::File {
            given: witness.given,
        },
        Source::Receipt { id, school } => Voucher::Receipt {
            id: id.clone(),
            school: *school,
        },
    }
}

fn forged(source: &Source) -> What {
    match source {
        Source::Checkpoint { .. } => What::FileForged,
        Source::Receipt { id, school } => What::ReceiptForged {
            id: id.clone(),
            school: *school,
        },
    }
}

/// Beginnings of trails that are tried for a checkpoint that does not fit its own.
const MOST_ORIGINS: usize = 8;
