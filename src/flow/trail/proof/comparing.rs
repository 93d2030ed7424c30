//! What was vouched for, compared with what stands in the trail. A head that agrees is sound; one that does
//! not is looked at closely: is it genuine, was its row lost in a restore, were rows changed or cut off?

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use time::OffsetDateTime;

use super::{
    verdict::{Fault, Sound, Voucher, What},
    witnesses::{Source, Witness},
};
use crate::{
    ledger::{Checkpoint, Origin, RowFault, Walked},
    seal::{Signers, Standing},
    vault::{from_hex, to_hex},
};

/// What a comparison found.
pub(super) struct Compared {
    pub(super) faults: Vec<Fault>,
    pub(super) notes: Vec<String>,
    /// The checkpoints that hold, by row.
    pub(super) sound: Vec<Sound>,
}

/// A comparison under way.
pub(super) struct Comparing<'a> {
    walked: &'a Walked,
    signers: &'a Signers,
    witnesses: &'a [Witness],
    /// Rows for which somebody vouches, and which are as they should be, with when that was said first.
    agreed: BTreeMap<u64, OffsetDateTime>,
    /// Rows that are others than somebody vouches for, with the first who does.
    denied: BTreeMap<u64, Voucher>,
    /// When the first of those heads was the trail's.
    denied_at: Option<OffsetDateTime>,
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
            agreed: BTreeMap::new(),
            denied: BTreeMap::new(),
            denied_at: None,
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
                    let (hash, at) = (&checkpoint.hash, checkpoint.at);
                    if self.compare(*seq, hash, at, Voucher::Checkpoint) {
                        self.sound.push(Sound { seq: *seq, at });
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
                    self.compare(witness.seq, &witness.hash, witness.at, voucher(witness));
                }
                Standing::Bad if witness.given => self.unknown += 1,
                // A crash may have come between a receipt and its signature.
                Standing::Bad if !witness.is_signed() => {}
                Standing::Bad => self.faults.push(at(witness.seq, forged(&witness.of))),
            }
        }
    }

    /// What was found.
    pub(super) fn end(mut self) -> Compared {
        self.rows();
        let denied = mem::take(&mut self.denied);
        let cut_off = denied.range(self.walked.last + 1..).next_back();
        if let Some((last, by)) = cut_off.filter(|(last, _)| !self.is_missing(**last)) {
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
            if self.is_alone(*seq) {
                let by = by.clone();
                self.faults.push(at(*seq, What::NotAsVouched { by }));
            } else if rewritten.is_none() {
                rewritten = Some((*seq, by.clone()));
            }
        }
        if let Some((seq, by)) = rewritten {
            let mut before = self.agreed.range(..seq).rev();
            let sound = before.find(|(_, at)| self.denied_at.is_none_or(|denied| **at <= denied));
            self.faults.push(Fault {
                first: sound.map_or(1, |(sound, _)| sound + 1),
                last: seq,
                what: What::Rewritten { by },
            });
        }
        // What was signed after such a head was signed of a trail that had lost it already.
        if let Some(denied_at) = self.denied_at {
            self.sound.retain(|sound| sound.at <= denied_at);
        }
        Compared {
            notes: self.notes(),
            faults: self.faults,
            sound: self.sound,
        }
    }

    /// What is wrong with rows in themselves.
    fn rows(&mut self) {
        for run in &self.walked.faults {
            let vouched = run.first > 1 && self.agreed.contains_key(&(run.first - 1));
            let itself = run.how == RowFault::Changed && run.first == run.last && vouched;
            self.faults.push(Fault {
                first: run.first,
                last: run.last,
                what: if itself {
                    What::Itself
                } else {
                    What::Rows(run.how)
                },
            });
        }
        if !self.walked.guarded {
            self.faults.push(at(0, What::Unguarded));
        }
    }

    fn agree(&mut self, seq: u64, at: OffsetDateTime) {
        let first = self.agreed.entry(seq).or_insert(at);
        *first = at.min(*first);
    }

    /// Whether only this row is another one: what follows is vouched for, and does not fit it.
    fn is_alone(&self, seq: u64) -> bool {
        let next = self.agreed.range(seq + 1..).next();
        let mut runs = self.walked.faults.iter();
        next.is_some_and(|(next, _)| runs.any(|run| run.first <= *next && run.last >= seq))
    }

    fn is_missing(&self, seq: u64) -> bool {
        let mut runs = self.walked.faults.iter();
        runs.any(|run| run.how == RowFault::Missing && (run.first..=run.last).contains(&seq))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.signers.all().is_empty() && !self.walked.checkpoints.is_empty() {
            notes.push(
                "no signing key is known: allowed_signers is missing from the state; give your own copy with --allowed-signers"
                    .to_owned(),
            );
        }
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
    fn compare(&mut self, seq: u64, hash: &[u8; 32], at: OffsetDateTime, by: Voucher) -> bool {
        if self.walked.stood.get(&seq) == Some(hash) {
            self.agree(seq, at);
            return true;
        }
        self.denied.entry(seq).or_insert(by);
        self.denied_at = self.denied_at.map_or(Some(at), |first| Some(first.min(at)));
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
            self.agree(witness.seq, witness.at);
        }
        agrees
    }

    /// Whether the row was written after the backup that took the ledger's place, and before it did; receipts tell
    /// whole seconds.
    fn was_lost(&self, witness: &Witness) -> bool {
        self.walked
            .restores
            .iter()
            .any(|(restored, at)| *restored <= witness.seq && witness.at <= *at)
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
