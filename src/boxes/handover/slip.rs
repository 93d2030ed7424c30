//! What the front end says of a file: its name, whose key, and how its upload ended.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    os::unix::ffi::{OsStrExt, OsStringExt},
};

use serde::{Deserialize, Serialize};

use super::super::name::LONGEST;
use crate::vault::to_hex;

/// What is said of a file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Slip {
    /// The name, byte for byte as the client gave it; personal, so it doesn't print.
    pub name: OsString,
    /// The fingerprint of the uploading person's key: `SHA256:…`.
    pub by: String,
    /// How it ended.
    pub ending: Ending,
}

/// How an upload ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// All of it is there.
    Complete,
    /// The session ended while it was written.
    CutShort,
    /// It went past the limit.
    TooLarge,
    /// It was left under a temporary name.
    Abandoned,
}

/// A slip in JSON, where the name is hexadecimal: it need not be text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    by: String,
    ending: Ending,
}

impl From<Slip> for Written {
    fn from(slip: Slip) -> Self {
        Self {
            name: to_hex(slip.name.as_bytes()),
            by: slip.by,
            ending: slip.ending,
        }
    }
}

impl TryFrom<Written> for Slip {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let name = name_of(&written.name).ok_or("a slip's name is none")?;
        if !is_fingerprint(&written.by) {
            return Err("a slip's key is no fingerprint");
        }
        Ok(Self {
            name,
            by: written.by,
            ending: written.ending,
        })
    }
}

impl fmt::Debug for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slip(…, {:?})", self.ending)
    }
}

fn name_of(hex: &str) -> Option<OsString> {
    if hex.is_empty() || !hex.len().is_multiple_of(2) || hex.len() > 2 * LONGEST {
        return None;
    }
    let digit = |d: u8| {
        char::from(d)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let bytes = hex
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.last()?)?))
        .collect::<Option<Vec<u8>>>()?;
    let one_step = !bytes.iter().any(|b| matches!(b, b'/' | 0));
    one_step.then(|| OsString::from_vec(bytes))
}

/// `SHA256:` and base64, as OpenSSH prints it.
pub(super) fn is_fingerprint(text: &str) -> bool {
    text.strip_prefix("SHA256:").is_some_and(|digest| {
        digest.len() == 43
            && digest
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
    })
}

impl Slip {
    /// The name as the client gave it.
    pub fn name(&self) -> &OsStr {
        &self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slip(name: &[u8]) -> Slip {
        Slip {
            name: OsString::from_vec(name.to_vec()),
            by: format!("SHA256:{}", "a".repeat(43)),
            ending: Ending::CutShort,
        }
    }

    #[test]
    fn a_slip_keeps_a_name_byte_for_byte() {
        let slip = slip(b"caf\xe9 \n.csv");
        let json = serde_json::to_string(&slip).unwrap();
        assert!(json.contains("\"ending\":\"cut-short\""), "{json}");
        assert_eq!(serde_json::from_str::<Slip>(&json).unwrap(), slip);
        assert_eq!(format!("{slip:?}"), "Slip(…, CutShort)");
    }

    #[test]
    fn a_slip_that_says_anything_else_is_none() {
        let good = serde_json::to_value(slip(b"list.csv")).unwrap();
        let bad = [
            ("name", serde_json::json!("")),
            ("name", serde_json::json!("6")),
            ("name", serde_json::json!("zz")),
            ("name", serde_json::json!("2f")),
            ("name", serde_json::json!("00")),
            ("name", serde_json::json!("61".repeat(256))),
            ("by", serde_json::json!("alex")),
            ("by", serde_json::json!("SHA256:short")),
            ("ending", serde_json::json!("fine")),
            ("path", serde_json::json!("/etc/passwd")),
        ];
        for (key, value) in bad {
            let mut slip = good.clone();
            slip[key] = value;
            assert!(serde_json::from_value::<Slip>(slip).is_err(), "{key}");
        }
        assert!(serde_json::from_value::<Slip>(good).is_ok());
    }
}
