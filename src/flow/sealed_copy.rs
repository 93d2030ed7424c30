//! The sealed copy of an upload: its bytes, behind a label that tells what a lost ledger would have to ask for.
//! It has no id: the same file found again is the same upload, whatever number it gets.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::{
    domain::ids::SchoolId,
    vault::{Place, Vault},
};

/// Whose upload it is, and when it came.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Label {
    /// The box it came in.
    pub(super) school: SchoolId,
    /// The name as uploaded, byte for byte.
    name: Vec<u8>,
    /// The fingerprint of the uploading person's key, where the transport tells.
    pub(super) by: Option<String>,
    /// When it was taken, by the ledger's time.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) taken_at: OffsetDateTime,
}

/// An opened copy.
pub(super) struct Opened {
    /// None where an earlier version sealed it.
    pub(super) label: Option<Label>,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

impl Label {
    pub(super) fn new(
        school: SchoolId,
        name: &OsStr,
        by: Option<String>,
        taken_at: OffsetDateTime,
    ) -> Self {
        Self {
            school,
            name: name.as_bytes().to_vec(),
            by,
            taken_at,
        }
    }

    pub(super) fn name(&self) -> OsString {
        OsString::from_vec(self.name.clone())
    }
}

/// Seals a copy.
pub(super) fn seal(vault: &Vault, label: &Label, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len() + ROOM));
    plain.extend_from_slice(MAGIC);
    plain.extend_from_slice(&serde_json::to_vec(label).unwrap_or_default());
    plain.push(END);
    plain.extend_from_slice(bytes);
    vault.seal(PLACE, &plain)
}

/// Opens a copy; none where it was damaged, or sealed under another key.
pub(super) fn open(vault: &Vault, sealed: &[u8]) -> Option<Opened> {
    let mut plain = vault.open(PLACE, sealed).ok()?;
    let labelled = plain.strip_prefix(MAGIC).and_then(|rest| {
        let end = rest.iter().position(|byte| *byte == END)?;
        let label = serde_json::from_slice(rest.get(..end)?).ok()?;
        Some((label, MAGIC.len() + end + 1))
    });
    Some(match labelled {
        Some((label, head)) => {
            plain.drain(..head);
            Opened {
                label: Some(label),
                bytes: plain,
            }
        }
        None => Opened {
            label: None,
            bytes: plain,
        },
    })
}

/// What the spool's sealed copies are bound to: their names are random, so the place is the room.
const PLACE: Place = Place {
    table: "spool",
    row: 0,
};
/// How a labelled copy begins: no upload of a school looks like it, and every copy made now has one.
const MAGIC: &[u8] = b"\0pillarbox upload 1\n";
/// Ends the label, which is JSON on one line.
const END: u8 = b'\n';
/// Bytes of a label, mostly.
const ROOM: usize = 512;

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::vault::LedgerKey;

    #[test]
    fn a_copy_opens_with_its_label_whatever_its_bytes_are() {
        let vault = Vault::new(&LedgerKey::generate().unwrap());
        let name = OsString::from_vec(b"leavers \xff\n.csv".to_vec());
        let at = datetime!(2026-11-21 17:30:26 UTC);
        let label = Label::new("8604001".parse().unwrap(), &name, None, at);
        for bytes in [&b""[..], b"x\n", MAGIC, b"\0pillarbox upload 1\n{}\nx"] {
            let opened = open(&vault, &seal(&vault, &label, bytes)).unwrap();
            assert_eq!(opened.bytes.as_slice(), bytes);
            let told = opened.label.unwrap();
            assert!(told == label && told.name() == name);
        }
        assert!(
            open(&vault, &vault.seal(PLACE, b"x"))
                .unwrap()
                .label
                .is_none()
        );
        assert!(open(&vault, b"x").is_none());
    }
}
