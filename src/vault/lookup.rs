//! Keyed look-ups: how the ledger finds a pupil without being able to read one (spec 9).

use zeroize::Zeroizing;

use crate::domain::names::NORMAL_FORM;

/// 16 bytes of a keyed hash: equal for equal values of one kind and scope, and telling nothing else to
/// whoever lacks the ledger key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lookup(pub [u8; 16]);

/// What is looked up. Kinds never meet: a UPN's look-up is no name's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LookupKind {
    /// A permanent UPN.
    Upn = 1,
    /// A ULN.
    Uln = 2,
    /// Forename and surname in form k1, with date of birth.
    NamesK1 = 3,
    /// Forename and surname in form k2, with date of birth.
    NamesK2 = 4,
    /// Forename in form k2, with date of birth.
    Forename = 5,
    /// Surname in form k2, with date of birth.
    Surname = 6,
    /// The bytes of an upload.
    Upload = 7,
    /// A pupil who did not consent; kept by this hash only (spec 3).
    NotConsented = 8,
    /// A record of the extract, for the mark by which an analyst names it.
    Record = 9,
}

impl Lookup {
    /// Hashes kind, scope and parts, each with its length, so that no two lists of parts run together.
    /// The version of the normal form goes in: other forms find nothing rather than something wrong.
    pub(super) fn make(
        key: &Zeroizing<[u8; 32]>,
        kind: LookupKind,
        scope: u32,
        parts: &[&[u8]],
    ) -> Self {
        let room = HEAD + parts.iter().map(|part| LENGTH + part.len()).sum::<usize>();
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        bytes.extend_from_slice(&[NORMAL_FORM, kind as u8]);
        bytes.extend_from_slice(&scope.to_le_bytes());
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
        let hash = blake3::keyed_hash(key, &bytes);
        let mut short = [0; 16];
        short.copy_from_slice(hash.as_bytes().split_at(16).0);
        Self(short)
    }
}

/// Bytes of normal form, kind and scope.
const HEAD: usize = 6;
/// Bytes of a part's length.
const LENGTH: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(kind: LookupKind, scope: u32, parts: &[&[u8]]) -> Lookup {
        Lookup::make(&Zeroizing::new([7; 32]), kind, scope, parts)
    }

    #[test]
    fn a_lookup_finds_the_same_value_again() {
        let parts: &[&[u8]] = &[b"robin", b"example", b"2010-03-01"];
        let one = lookup(LookupKind::NamesK1, 8_604_001, parts);
        assert_eq!(one, lookup(LookupKind::NamesK1, 8_604_001, parts));
    }

    #[test]
    fn kind_scope_and_the_borders_of_parts_all_matter() {
        let one = lookup(LookupKind::NamesK1, 8_604_001, &[b"ab", b"c"]);
        assert_ne!(one, lookup(LookupKind::NamesK2, 8_604_001, &[b"ab", b"c"]));
        assert_ne!(one, lookup(LookupKind::NamesK1, 8_604_002, &[b"ab", b"c"]));
        assert_ne!(one, lookup(LookupKind::NamesK1, 8_604_001, &[b"a", b"bc"]));
        assert_ne!(one, lookup(LookupKind::NamesK1, 8_604_001, &[b"abc"]));
        assert_ne!(
            one,
            lookup(LookupKind::NamesK1, 8_604_001, &[b"ab", b"c", b""])
        );
    }

    #[test]
    fn another_key_makes_other_lookups() {
        let other = Lookup::make(&Zeroizing::new([8; 32]), LookupKind::Upn, 0, &[b"x"]);
        assert_ne!(lookup(LookupKind::Upn, 0, &[b"x"]), other);
    }
}
