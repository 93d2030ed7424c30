//! What boxes tell of the lost time: receipts that the ledger does not know, each proved by its signature, and
//! known ones that a box does not have, which is not the box that was used then.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    path::Path,
};

use serde_json::Value;

use super::leap::greatest;
use crate::{
    boxes::{Boxes, FileName, Tray},
    domain::{
        ids::{NoticeId, ReleaseId, RequestId, SchoolId, SubmissionId},
        receipt::{Receipt, TrailHead},
    },
    flow::{FlowError, house::House},
    ledger::{Counters, ReceiptId, Restore},
    seal::{ReceiptVerifier, Verdict},
};

/// What all boxes tell.
#[derive(Default)]
pub(super) struct BoxesSeen {
    /// Receipts written after the backup, proved.
    pub(super) newer: Vec<Receipt>,
    /// The highest numbers on receipts that the ledger does not know.
    pub(super) ids: Counters,
    /// The highest head on them.
    pub(super) head: Option<TrailHead>,
    /// How many receipts of a school are not ours, or were changed.
    pub(super) unproved: BTreeMap<SchoolId, u32>,
    /// Receipts that a school's box should have, and that are nowhere.
    pub(super) gone: BTreeMap<SchoolId, u32>,
    /// Receipts that are not in the boxes here.
    pub(super) to_put_back: Vec<ReceiptId>,
}

/// Looks into every box, and into those that survived elsewhere.
pub(super) fn look(
    house: &House,
    restore: &Restore,
    elsewhere: Option<&Path>,
) -> Result<BoxesSeen, FlowError> {
    let known = Known::of(house)?;
    let proofs = verifiers(house);
    let other = elsewhere.map(Boxes::open).transpose()?;
    let mut seen = BoxesSeen::default();
    let mut there: HashSet<(SchoolId, String)> = HashSet::new();
    let mut here = None;
    for boxes in [Some(&house.boxes), other.as_ref()].into_iter().flatten() {
        for school in boxes.schools()? {
            for name in receipts_of(boxes, school)? {
                let stem = name.as_str().trim_end_matches(JSON).to_owned();
                let is_known = known.has(school, &stem);
                if there.insert((school, stem)) && !is_known {
                    seen.meet(boxes, school, &name, &proofs, restore)?;
                }
            }
        }
        here.get_or_insert_with(|| there.clone());
    }
    let here = here.unwrap_or_default();
    for (school, stems) in known.published {
        for (stem, id) in stems {
            let place = (school, stem);
            if !here.contains(&place) {
                seen.to_put_back.push(id);
            }
            if !there.contains(&place) {
                *seen.gone.entry(school).or_default() += 1;
            }
        }
    }
    seen.newer.sort_by_key(|receipt| receipt.audit.seq);
    Ok(seen)
}

impl BoxesSeen {
    fn meet(
        &mut self,
        boxes: &Boxes,
        school: SchoolId,
        name: &FileName,
        proofs: &[ReceiptVerifier],
        restore: &Restore,
    ) -> Result<(), FlowError> {
        let json = boxes.read(school, Tray::Receipts, name)?;
        let sig = FileName::parse(&format!("{}.sig", name.as_str()))?;
        let sig = boxes.read(school, Tray::Receipts, &sig)?;
        let proved = json.zip(sig).and_then(|(json, sig)| {
            let sig = str::from_utf8(&sig).ok()?;
            let good = |key: &ReceiptVerifier| key.verify(&json, sig) == Verdict::Good;
            let receipt: Receipt = serde_json::from_slice(&json).ok()?;
            let value: Value = serde_json::from_slice(&json).ok()?;
            (proofs.iter().any(good) && receipt.school == school).then_some((receipt, value))
        });
        let Some((receipt, value)) = proved else {
            *self.unproved.entry(school).or_default() += 1;
            return Ok(());
        };
        collect_ids(&value, &mut self.ids);
        if receipt.audit.seq > restore.head.seq {
            if self
                .head
                .as_ref()
                .is_none_or(|head| head.seq < receipt.audit.seq)
            {
                self.head = Some(receipt.audit.clone());
            }
            self.newer.push(receipt);
        }
        Ok(())
    }
}

/// Receipts of the ledger by their files' names.
struct Known {
    published: BTreeMap<SchoolId, HashMap<String, ReceiptId>>,
    unpublished: HashSet<(SchoolId, String)>,
}

impl Known {
    fn of(house: &House) -> Result<Self, FlowError> {
        let mut known = Self {
            published: BTreeMap::new(),
            unpublished: HashSet::new(),
        };
        house
            .ledger
            .view()
            .kept_receipts(|id, published, receipt| {
                if published {
                    let stems = known.published.entry(receipt.school).or_default();
                    stems.insert(receipt.stem, id);
                } else {
                    known.unpublished.insert((receipt.school, receipt.stem));
                }
                Ok::<_, FlowError>(())
            })?;
        Ok(known)
    }

    fn has(&self, school: SchoolId, stem: &str) -> bool {
        let published = self.published.get(&school);
        published.is_some_and(|stems| stems.contains_key(stem))
            || self.unpublished.contains(&(school, stem.to_owned()))
    }
}

fn receipts_of(boxes: &Boxes, school: SchoolId) -> Result<Vec<FileName>, FlowError> {
    let mut names = match boxes.list(school, Tray::Receipts) {
        Err(error) if error.is_missing() => Vec::new(),
        names => names?,
    };
    names.retain(|name| name.as_str().ends_with(JSON));
    Ok(names)
}

/// The present key, and every earlier one of which the state still has the public half.
fn verifiers(house: &House) -> Vec<ReceiptVerifier> {
    let signers = fs::read_to_string(house.folders.state.join(SIGNERS)).unwrap_or_default();
    let earlier = signers.lines().filter_map(|line| {
        let at = line.find(KEY)?;
        ReceiptVerifier::parse(line.get(at..)?).ok()
    });
    std::iter::once(house.desk().key.verifier())
        .chain(earlier)
        .collect()
}

/// Every number of ours anywhere on a receipt, but for what the school named.
fn collect_ids(value: &Value, ids: &mut Counters) {
    match value {
        Value::String(text) => *ids = greatest(*ids, number(text)),
        Value::Array(values) => values.iter().for_each(|value| collect_ids(value, ids)),
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| *key != "file")
            .for_each(|(_, value)| collect_ids(value, ids)),
        _ => {}
    }
}

/// A text that is just an id.
pub(super) fn number(text: &str) -> Counters {
    let mut ids = Counters::default();
    match text.chars().next() {
        Some('S') => ids.submissions = text.parse().map_or(0, SubmissionId::number),
        Some('R') => ids.releases = text.parse().map_or(0, ReleaseId::number),
        Some('Q') => ids.requests = text.parse().map_or(0, RequestId::number),
        Some('D') => ids.notices = text.parse().map_or(0, NoticeId::number),
        _ => {}
    }
    ids
}

/// What the name of a receipt for machines ends in.
const JSON: &str = ".receipt.json";
/// Every public key that ever signed.
const SIGNERS: &str = "allowed_signers";
/// How a key begins in it.
const KEY: &str = "ssh-ed25519 ";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_found_wherever_they_stand_but_in_what_a_school_named() {
        let mut ids = Counters::default();
        let receipt = json!({
            "id": "R000045", "file": {"name": "S999999"}, "notes": ["S000500 was kept"],
            "request": {"id": "Q000007"}, "notice": {"ids": ["D000003", "D000009"]},
            "release": {"supersedes": "R000044"}, "title": "S000012",
        });
        collect_ids(&receipt, &mut ids);
        assert_eq!(
            (ids.submissions, ids.releases, ids.requests, ids.notices),
            (12, 45, 7, 9)
        );
    }
}
