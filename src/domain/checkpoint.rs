//! A head of the trail as the council signs it: the very text, so that whoever holds it can check it with
//! stock tools (spec 9). Knows no key and no file.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What a signed checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointText {
    /// [`CHECKPOINT_SCHEMA`].
    pub schema: String,
    /// Whose trail: the hash of its first row, in hexadecimal.
    pub ledger: String,
    /// The row that opened the segment: 1, or that of the last restore.
    pub segment: u64,
    /// The row that is the head.
    pub seq: u64,
    /// Its hash, in hexadecimal; it covers all rows before.
    pub hash: String,
    /// When it was signed, to the second.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl CheckpointText {
    /// The text that is signed, byte for byte, and written to a file.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads such a text. Another schema's is none.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let read: Self = serde_json::from_slice(text).ok()?;
        (read.schema == CHECKPOINT_SCHEMA).then_some(read)
    }
}

/// The version of the text: fixed for ever for those that have it.
pub const CHECKPOINT_SCHEMA: &str = "pillarbox/checkpoint/v1";

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_text_is_fixed_to_the_byte_and_reads_back() {
        let checkpoint = CheckpointText {
            schema: CHECKPOINT_SCHEMA.to_owned(),
            ledger: "00ff".to_owned(),
            segment: 1,
            seq: 4711,
            hash: "aa".to_owned(),
            at: datetime!(2026-11-21 17:30:26 UTC),
        };
        let text = checkpoint.text();
        assert_eq!(
            text,
            "{\n  \"schema\": \"pillarbox/checkpoint/v1\",\n  \"ledger\": \"00ff\",\n  \"segment\": 1,\n  \
             \"seq\": 4711,\n  \"hash\": \"aa\",\n  \"at\": \"2026-11-21T17:30:26Z\"\n}\n"
        );
        assert_eq!(CheckpointText::parse(text.as_bytes()), Some(checkpoint));
        let other = text.replace("/v1", "/v2");
        assert_eq!(CheckpointText::parse(other.as_bytes()), None);
    }
}
