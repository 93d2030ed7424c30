//! The ledger key: the one secret under which all that names a pupil is sealed. Knows its text form;
//! refuses to know where it is kept (a systemd credential, or a file: the settings tell).

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    chance::{NoRandomBytes, random_bytes},
    digest::{from_hex, to_hex},
};

/// What seals, what look-ups go by, and what earlier keys sealed with; wiped when dropped, never printed.
///
/// A key that was never changed is one secret, of which all else is made. Changing it leaves look-ups as
/// they are, because what is known by its look-up alone could not be found again.
#[derive(Clone)]
pub struct LedgerKey {
    sealing: Secret,
    /// Where the key was changed: the look-up key of the first.
    lookups: Option<Secret>,
    /// These open what is not yet sealed anew.
    earlier: Vec<Secret>,
}

type Secret = Zeroizing<[u8; 32]>;

/// The text is not a ledger key. No part of it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "not a ledger key (expected `pillarbox-ledger-1:` and 64 hexadecimal digits, or lines `pillarbox-ledger-2:…`)"
)]
pub struct NotALedgerKey;

impl LedgerKey {
    /// A new key from the operating system's randomness.
    pub fn generate() -> Result<Self, NoRandomBytes> {
        Ok(Self::first(Zeroizing::new(random_bytes()?)))
    }

    /// A key whose sealing is new and whose look-ups are this one's; this one opens what it sealed.
    pub fn rotated(&self) -> Result<Self, NoRandomBytes> {
        let mut earlier = vec![self.sealing.clone()];
        earlier.extend(self.earlier.iter().cloned());
        Ok(Self {
            sealing: Zeroizing::new(random_bytes()?),
            lookups: Some(self.lookups()),
            earlier,
        })
    }

    /// The key without those before it: what they sealed no longer opens.
    #[must_use]
    pub fn without_earlier(&self) -> Self {
        Self {
            earlier: Vec::new(),
            ..self.clone()
        }
    }

    /// Whether earlier keys open what is not yet sealed anew.
    pub fn has_earlier(&self) -> bool {
        !self.earlier.is_empty()
    }

    /// What tells this key from others, and nothing of it: for the trail and for people.
    pub fn mark(&self) -> String {
        let mark = derive(MARKS, &self.sealing);
        to_hex(mark.get(..8).unwrap_or_default())
    }

    /// Reads the text form; blanks and line ends around it don't matter.
    pub fn parse(text: &[u8]) -> Result<Self, NotALedgerKey> {
        let text = str::from_utf8(text).map_err(|_| NotALedgerKey)?;
        if let Some(digits) = text.trim_ascii().strip_prefix(PREFIX) {
            return secret(digits).map(Self::first).ok_or(NotALedgerKey);
        }
        let (mut sealing, mut lookups, mut earlier) = (Vec::new(), Vec::new(), Vec::new());
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        for line in lines {
            let part = line.strip_prefix(PREFIX_OF_PARTS).ok_or(NotALedgerKey)?;
            let (name, digits) = part.split_once(':').ok_or(NotALedgerKey)?;
            let secret = secret(digits).ok_or(NotALedgerKey)?;
            match name {
                SEAL => sealing.push(secret),
                LOOK_UP => lookups.push(secret),
                EARLIER => earlier.push(secret),
                _ => return Err(NotALedgerKey),
            }
        }
        match (sealing.pop(), lookups.pop()) {
            (Some(one), Some(lookups_key)) if sealing.is_empty() && lookups.is_empty() => {
                Ok(Self {
                    sealing: one,
                    lookups: Some(lookups_key),
                    earlier,
                })
            }
            _ => Err(NotALedgerKey),
        }
    }

    /// The text form, in lines, each with its end.
    pub fn to_text(&self) -> Zeroizing<String> {
        let digits = |secret: &Secret| Zeroizing::new(to_hex(secret.as_slice()));
        let Some(lookups) = &self.lookups else {
            let digits = digits(&self.sealing);
            return Zeroizing::new(format!("{PREFIX}{}\n", digits.as_str()));
        };
        let line = |name, secret| {
            let digits = digits(secret);
            Zeroizing::new(format!("{PREFIX_OF_PARTS}{name}:{}\n", digits.as_str()))
        };
        let earlier = self.earlier.iter().map(|secret| line(EARLIER, secret));
        let lines = [line(SEAL, &self.sealing), line(LOOK_UP, lookups)];
        let mut text = Zeroizing::new(String::with_capacity(
            LONGEST_LINE * (2 + self.earlier.len()),
        ));
        for line in lines.into_iter().chain(earlier) {
            text.push_str(&line);
        }
        text
    }

    /// A key for one purpose of sealing, of the present key and of each before it.
    pub(super) fn derive(&self, context: &'static str) -> Secret {
        derive(context, &self.sealing)
    }

    pub(super) fn derive_earlier(&self, context: &'static str) -> Vec<Secret> {
        let earlier = self.earlier.iter();
        earlier.map(|secret| derive(context, secret)).collect()
    }

    /// What look-ups go by, whichever key seals.
    pub(super) fn lookups(&self) -> Secret {
        match &self.lookups {
            Some(lookups) => lookups.clone(),
            None => derive(LOOKUPS, &self.sealing),
        }
    }

    fn first(sealing: Secret) -> Self {
        Self {
            sealing,
            lookups: None,
            earlier: Vec::new(),
        }
    }
}

/// Keys of different contexts tell nothing of each other.
fn derive(context: &'static str, secret: &Secret) -> Secret {
    Zeroizing::new(blake3::derive_key(context, secret.as_slice()))
}

fn secret(digits: &str) -> Option<Secret> {
    from_hex(digits).map(Zeroizing::new)
}

impl fmt::Debug for LedgerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LedgerKey(…)")
    }
}

/// Names the kind of key and its version, so that a wrong file is noticed and not used.
const PREFIX: &str = "pillarbox-ledger-1:";
/// Begins each line of a key that was changed.
const PREFIX_OF_PARTS: &str = "pillarbox-ledger-2:";
const SEAL: &str = "seal";
const LOOK_UP: &str = "look-up";
const EARLIER: &str = "earlier";
/// Bytes of a line, so that text never grows and leaves copies behind.
const LONGEST_LINE: usize = 96;
// Contexts of derived keys: fixed for ever, or what is known by its look-up is not found again.
const LOOKUPS: &str = "pillarbox 2026-11 ledger look-ups v1";
const MARKS: &str = "pillarbox 2026-11 ledger key marks v1";

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
        let half = format!("pillarbox-ledger-2:seal:{}\n", "0".repeat(64));
        let twice = format!(
            "{half}{half}pillarbox-ledger-2:look-up:{}\n",
            "0".repeat(64)
        );
        for text in [
            "",
            "0".repeat(64).as_str(),
            &short,
            &long,
            &odd,
            &other,
            &half,
            &twice,
        ] {
            assert_eq!(LedgerKey::parse(text.as_bytes()).err(), Some(NotALedgerKey));
        }
    }

    #[test]
    fn a_changed_key_reads_back_with_those_before_it() {
        let first = LedgerKey::generate().unwrap();
        let third = first.rotated().unwrap().rotated().unwrap();
        let read = LedgerKey::parse(third.to_text().as_bytes()).unwrap();
        assert_eq!(*read.to_text(), *third.to_text());
        assert_eq!(read.earlier.len(), 2);
        assert_eq!(read.mark(), third.mark());
        assert_ne!(first.mark(), third.mark());
        assert_eq!(*first.lookups(), *read.lookups());
        let settled = read.without_earlier();
        assert!(!settled.has_earlier());
        assert_eq!(settled.to_text().lines().count(), 2);
    }

    #[test]
    fn a_key_prints_as_an_ellipsis() {
        let key = LedgerKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), "LedgerKey(…)");
    }
}
