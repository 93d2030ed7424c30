//! Receipts: made from what the ledger holds, signed, and published so that a text is never seen
//! without its proof (spec 4).

use rayon::prelude::*;
use time::{OffsetDateTime, macros::format_description};

use super::{
    FlowError, fault,
    house::House,
    words::{self, Letterhead},
};
use crate::{
    boxes::{Access, Boxes, FileName, Folder, Staged, Tray},
    domain::{
        problem::Problem,
        receipt::{
            Counts, Expiring, Kind, MOST_PROBLEMS, NoticeFacts, Outcome, Receipt, ReceivedFile,
            ReleaseFacts, RequestFacts, SCHEMA, TrailHead,
        },
        school::School,
    },
    ledger::{Enclosure, ReceiptId, StoredReceipt},
    seal::ReceiptKey,
    vault::{sha256, to_hex},
};

/// What a receipt says, before the trail gave it its place.
#[derive(Clone, Debug)]
pub struct Draft {
    /// `S000123`, `R000045`, `D000003`.
    pub id: String,
    /// What comes behind the id in the file's name: the uploaded name, or the outcome.
    pub title: String,
    /// What it is about.
    pub kind: Kind,
    /// How it ended.
    pub outcome: Outcome,
    /// Fingerprint of the uploading key.
    pub by: Option<String>,
    /// The uploaded file.
    pub file: Option<ReceivedFile>,
    /// How many.
    pub counts: Option<Counts>,
    /// The release.
    pub release: Option<ReleaseFacts>,
    /// The request.
    pub request: Option<RequestFacts>,
    /// The notice.
    pub notice: Option<NoticeFacts>,
    /// What lies beside the receipt, encrypted to the school.
    pub enclosed: Option<Vec<u8>>,
    /// How many consents end soon.
    pub expiring: Option<Expiring>,
    /// What people must know first.
    pub notes: Vec<String>,
    /// What to mend.
    pub problems: Vec<Problem>,
}

impl Draft {
    /// A draft with nothing but its subject.
    pub fn of(id: String, title: impl Into<String>, kind: Kind, outcome: Outcome) -> Self {
        Self {
            id,
            title: title.into(),
            kind,
            outcome,
            by: None,
            file: None,
            counts: None,
            release: None,
            request: None,
            notice: None,
            enclosed: None,
            expiring: None,
            notes: Vec::new(),
            problems: Vec::new(),
        }
    }
}

/// What it takes to write receipts: the council's words and its signing key.
pub struct Desk {
    /// Names and links at the foot of each receipt.
    pub letterhead: Letterhead,
    /// Signs each JSON.
    pub key: ReceiptKey,
    /// `allowed_signers`: that key, and all before it.
    pub signers: String,
    /// Every receipt of a rehearsal says so.
    pub rehearsal: bool,
}

impl Desk {
    /// Writes and signs a receipt at this place in the trail.
    pub fn write(
        &self,
        draft: Draft,
        school: &School,
        at: OffsetDateTime,
        head: TrailHead,
    ) -> Result<StoredReceipt, FlowError> {
        let stem = stem(at, &draft.id, &draft.title);
        let enclosure = draft.enclosed.map(|bytes| Enclosure {
            name: format!("{stem}.{ENCLOSED}"),
            bytes,
        });
        let mut problems = draft.problems;
        let left_out = problems.len().saturating_sub(MOST_PROBLEMS);
        problems.truncate(MOST_PROBLEMS);
        let problems_left_out = u32::try_from(left_out).unwrap_or(u32::MAX);
        let receipt = Receipt {
            schema: SCHEMA.to_owned(),
            id: draft.id,
            kind: draft.kind,
            school: school.id,
            outcome: draft.outcome,
            at,
            by: draft.by,
            file: draft.file,
            counts: draft.counts,
            release: draft.release,
            request: draft.request,
            notice: draft.notice.map(|notice| NoticeFacts {
                file: enclosure.as_ref().map(described),
                ..notice
            }),
            expiring: draft.expiring,
            notes: draft.notes,
            problems,
            problems_left_out,
            rehearsal: self.rehearsal,
            audit: head,
        };
        let text = words::text(&receipt, school, &self.letterhead);
        let mut json = serde_json::to_string_pretty(&receipt).unwrap_or_default();
        json.push('\n');
        let signature = self.key.sign(json.as_bytes())?;
        let suffix = if receipt.file.is_some() {
            String::new()
        } else {
            draft.title
        };
        Ok(StoredReceipt {
            subject: receipt.id,
            suffix,
            school: school.id,
            at,
            stem,
            json: json.into_bytes(),
            sig: signature.into_bytes(),
            txt: text.into_bytes(),
            enclosure,
        })
    }
}

fn described(enclosure: &Enclosure) -> ReceivedFile {
    ReceivedFile {
        name: enclosure.name.clone(),
        bytes: enclosure.bytes.len() as u64,
        sha256: to_hex(&sha256(&enclosure.bytes)),
    }
}

/// Publishes every receipt that the ledger holds and no box shows yet, in batches: the proof first,
/// the text last. Idempotent under the receipt's name.
pub fn publish_waiting(house: &mut House) -> Result<(), FlowError> {
    loop {
        let waiting = house.ledger.view().unpublished_receipts(BATCH)?;
        if waiting.is_empty() {
            return Ok(());
        }
        publish(house, &waiting)?;
        fault::point("receipt-after-publish-before-mark");
        let ids: Vec<_> = waiting.iter().map(|(id, _)| *id).collect();
        house.ledger.write(|tx| tx.receipts_published(&ids))?;
        for (_, receipt) in &waiting {
            house.sight.answered(&receipt.subject);
        }
    }
}

/// Publishes these receipts: staged all, synced once, revealed in order, synced once.
fn publish(house: &House, receipts: &[(ReceiptId, StoredReceipt)]) -> Result<(), FlowError> {
    let boxes = &house.boxes;
    let staged = receipts
        .par_iter()
        .map(|(_, receipt)| stage(boxes, receipt))
        .collect::<Result<Vec<_>, _>>()?;
    boxes.sync()?;
    staged.into_par_iter().try_for_each(reveal)?;
    Ok(boxes.sync()?)
}

/// A receipt's files under hidden names, in the order in which they may be seen.
struct StagedReceipt {
    tray: Folder,
    files: Vec<Staged>,
}

fn stage(boxes: &Boxes, receipt: &StoredReceipt) -> Result<StagedReceipt, FlowError> {
    let tray = boxes.tray(receipt.school, Tray::Receipts)?;
    let named = |extension: &str| format!("{}.{extension}", receipt.stem);
    let enclosed = receipt.enclosure.as_ref();
    // Whoever sees the text finds all that it speaks of.
    let files = [
        Some((named("receipt.json"), &receipt.json)),
        Some((named("receipt.json.sig"), &receipt.sig)),
        enclosed.map(|enclosure| (enclosure.name.clone(), &enclosure.bytes)),
        Some((named("receipt.txt"), &receipt.txt)),
    ];
    let files = files.into_iter().flatten().map(|(name, bytes)| {
        let name = FileName::parse(&name)?;
        Ok(tray.stage(&name, bytes, Access::Group)?)
    });
    let files = files.collect::<Result<Vec<_>, FlowError>>()?;
    Ok(StagedReceipt { tray, files })
}

fn reveal(receipt: StagedReceipt) -> Result<(), FlowError> {
    for (at, file) in receipt.files.into_iter().enumerate() {
        if at == 1 {
            fault::point("receipt-after-json-before-text");
        }
        receipt.tray.reveal(file)?;
    }
    Ok(())
}

/// `20261121T173026Z_S000123_leavers.csv`: the uploaded name made safe and cut to 80 bytes.
fn stem(at: OffsetDateTime, id: &str, title: &str) -> String {
    let stamp = at
        .format(format_description!(
            "[year][month][day]T[hour][minute][second]Z"
        ))
        .unwrap_or_default();
    format!("{stamp}_{id}_{}", safe(title))
}

/// Letters, digits, `-`, `_` and `.` stay; whatever else a name holds becomes `_`.
fn safe(name: &str) -> String {
    let mut out = String::with_capacity(name.len().min(LONGEST_TITLE));
    for c in name.chars() {
        let c = if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
            c
        } else {
            '_'
        };
        if out.len() + c.len_utf8() > LONGEST_TITLE {
            break;
        }
        out.push(c);
    }
    out
}

/// What the name of an enclosed list of pupils ends in.
const ENCLOSED: &str = "pupils.csv.age";
/// Bytes of an uploaded name that a receipt's own name keeps (spec 4).
const LONGEST_TITLE: usize = 80;
/// Receipts made visible between two syncs: enough to make a sync cheap, few enough to hold a folder
/// open for each.
const BATCH: u32 = 256;

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_receipts_name_is_safe_whatever_was_uploaded() {
        let at = datetime!(2026-11-21 17:30:26 UTC);
        assert_eq!(
            stem(at, "S000123", "leavers.csv"),
            "20261121T173026Z_S000123_leavers.csv"
        );
        assert_eq!(safe("../../etc/passwd\n"), ".._.._etc_passwd_");
        assert_eq!(safe("Übersicht 11.xlsx"), "Übersicht_11.xlsx");
        assert!(safe(&"é".repeat(100)).len() <= 80);
    }
}
