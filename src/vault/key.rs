//! The ledger key: the one secret under which all that names a pupil is sealed. Knows its text form;
//! refuses to know where it is kept (a systemd credential, or a file: the settings tell).

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    chance::{NoRandomBytes, random_bytes},
    digest::{from_hex, to_hex},
};

/// 32 secret bytes; wiped when dropped, never printed.
#[derive(Clone)]
pub struct LedgerKey(Zeroizing<[u8; 32]>);

/// The text is not a ledger key. No part of it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a ledger key (expected one line `pillarbox-ledger-1:` and 64 hexadecimal digits)")]
pub struct NotALedgerKey;

impl LedgerKey {
    /// A new key from the operating system's randomness.
    pub fn generate() -> Result<Self, NoRandomBytes> {
        random_bytes().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Reads the text form; blanks and line ends around it don't matter.
    pub fn parse(text: &[u8]) -> Result<Self, NotALedgerKey> {
        let digits = text
            .trim_ascii()
            .strip_prefix(PREFIX.as_bytes())
            .and_then(|digits| str::from_utf8(digits).ok());
        digits
            .and_then(from_hex)
            .map(|bytes| Self(Zeroizing::new(bytes)))
            .ok_or(NotALedgerKey)
    }

    /// The text form: one line, with its end.
    pub fn to_text(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(to_hex(self.0.as_slice()));
        Zeroizing::new(format!("{PREFIX}{}\n", digits.as_str()))
    }

    /// A key for one purpose; those of different contexts tell nothing of each other.
    pub(super) fn derive(&self, context: &'static str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(blake3::derive_key(context, self.0.as_slice()))
    }
}

impl fmt::Debug for LedgerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LedgerKey(…)")
    }
}

/// Names the kind of key and its version, so that a wrong file is noticed and not used.
const PREFIX: &str = "pillarbox-ledger-1:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_what_it_writes() {
        let key = LedgerKey::generate().unwrap();
        let text = key.to_text();
        assert_eq!(text.len(), PREFIX.len() + 64 + 1);
        assert_eq!(*LedgerKey::parse(text.as_bytes()).unwrap().to_text(), *text);
    }

    #[test]
    fn two_new_keys_differ() {
        let [one, other] = [0; 2].map(|_| LedgerKey::generate().unwrap().to_text());
        assert_ne!(*one, *other);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let short = format!("{PREFIX}{}", "0".repeat(62));
        let long = format!("{PREFIX}{}", "0".repeat(66));
        let odd = format!("{PREFIX}{}g", "0".repeat(63));
        let other = format!("pillarbox-ledger-2:{}", "0".repeat(64));
        for text in ["", "0".repeat(64).as_str(), &short, &long, &odd, &other] {
            assert_eq!(LedgerKey::parse(text.as_bytes()).err(), Some(NotALedgerKey));
        }
    }

    #[test]
    fn a_key_prints_as_an_ellipsis() {
        let key = LedgerKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), "LedgerKey(…)");
    }
}
