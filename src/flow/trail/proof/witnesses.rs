//! Heads of the trail that lie outside the ledger: receipts in boxes, checkpoints in `reports/`, and whatever
//! an auditor was given. Their signatures are looked at only where they contradict the trail, because one
//! that agrees with it proves no more by being signed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    domain::{checkpoint::CheckpointText, ids::SchoolId, receipt::TrailHead},
    flow::{FlowError, trail::checkpoints::is_checkpoint},
    seal::{Signers, Standing},
    vault::from_hex,
};

/// Where to look for heads.
#[derive(Clone, Debug)]
pub struct Places {
    /// The schools' boxes.
    pub boxes: PathBuf,
    /// The council's reports.
    pub reports: PathBuf,
    /// Folders of files that an auditor was given, by a school for instance.
    pub given: Vec<PathBuf>,
}

/// How many of each were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Receipts in the boxes.
    pub receipts: usize,
    /// Files of checkpoints in `reports/`.
    pub files: usize,
    /// Receipts and checkpoints that an auditor was given.
    pub given: usize,
    /// Files among them that can't be read as what their names say.
    pub unreadable: usize,
}

/// One head, and who vouches for it.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    pub(super) seq: u64,
    pub(super) hash: [u8; 32],
    pub(super) at: OffsetDateTime,
    pub(super) of: Source,
    /// Whether it lies here, or was brought.
    pub(super) given: bool,
    path: PathBuf,
}

/// What vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A receipt of a school.
    Receipt { id: String, school: SchoolId },
    /// A checkpoint, with what it says of its trail.
    Checkpoint { ledger: String, segment: u64 },
}

/// Reads every head that lies in these places.
pub(super) fn gather(places: &Places) -> Result<(Vec<Witness>, Looked), FlowError> {
    let mut found = Vec::new();
    files_under(&places.boxes, BOX_DEPTH, &mut found)?;
    files_under(&places.reports, 0, &mut found)?;
    let own = found.len();
    for folder in &places.given {
        // Who names a folder wants it looked into.
        fs::read_dir(folder).map_err(|source| FlowError::File {
            path: folder.clone(),
            source,
        })?;
        files_under(folder, GIVEN_DEPTH, &mut found)?;
    }
    let read: Vec<Option<Witness>> = found
        .into_par_iter()
        .enumerate()
        .map(|(at, path)| Witness::read(path, at >= own))
        .collect();
    let unreadable = read.iter().filter(|witness| witness.is_none()).count();
    let witnesses: Vec<Witness> = read.into_iter().flatten().collect();
    let count = |wanted: fn(&Witness) -> bool| witnesses.iter().filter(|w| wanted(w)).count();
    let looked = Looked {
        receipts: count(|w| !w.given && matches!(w.of, Source::Receipt { .. })),
        files: count(|w| !w.given && matches!(w.of, Source::Checkpoint { .. })),
        given: count(|w| w.given),
        unreadable,
    };
    Ok((witnesses, looked))
}

impl Witness {
    fn read(path: PathBuf, given: bool) -> Option<Self> {
        let bytes = fs::read(&path).ok()?;
        let name = path.file_name()?.to_str()?;
        if is_checkpoint(name) {
            let text = CheckpointText::parse(&bytes)?;
            return Some(Self {
                seq: text.seq,
                hash: from_hex(&text.hash)?,
                at: text.at,
                of: Source::Checkpoint {
                    ledger: text.ledger,
                    segment: text.segment,
                },
                given,
                path,
            });
        }
        let receipt: Printed = serde_json::from_slice(&bytes).ok()?;
        Some(Self {
            seq: receipt.audit.seq,
            hash: from_hex(&receipt.audit.hash)?,
            at: receipt.at,
            of: Source::Receipt {
                id: receipt.id,
                school: receipt.school,
            },
            given,
            path,
        })
    }

    /// What its signature, which lies beside it, proves.
    pub(super) fn standing(&self, signers: &Signers) -> Standing {
        let mut beside = self.path.clone().into_os_string();
        beside.push(".sig");
        let (Ok(text), Ok(signature)) = (fs::read(&self.path), fs::read_to_string(beside)) else {
            return Standing::Bad;
        };
        match self.of {
            Source::Receipt { .. } => signers.verify_receipt(&text, &signature, self.at),
            Source::Checkpoint { .. } => signers.verify_checkpoint(&text, &signature, self.at),
        }
    }

    /// Whether its signature is there: one whose signature a crash kept from being written is no witness yet.
    pub(super) fn is_signed(&self) -> bool {
        let mut beside = self.path.clone().into_os_string();
        beside.push(".sig");
        Path::new(&beside).exists()
    }
}

/// What is read of a receipt.
#[derive(Deserialize)]
struct Printed {
    id: String,
    school: SchoolId,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    audit: TrailHead,
}

/// Receipts and checkpoints in a folder and, so deep, in those within it. Links are not followed.
fn files_under(folder: &Path, depth: u8, found: &mut Vec<PathBuf>) -> Result<(), FlowError> {
    let failed = |source| FlowError::File {
        path: folder.to_owned(),
        source,
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_dir() && depth > 0 && !name.starts_with('.') && name != "inbox" {
            files_under(&entry.path(), depth - 1, found)?;
        } else if kind.is_file() && (name.ends_with(RECEIPT) || is_checkpoint(&name)) {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// How the names of receipts end.
const RECEIPT: &str = ".receipt.json";
/// Boxes, and their folders.
const BOX_DEPTH: u8 = 2;
/// What schools send may lie in folders of folders.
const GIVEN_DEPTH: u8 = 8;
