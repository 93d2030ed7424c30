//! Sealing of values: `XChaCha20`-`Poly1305`, bound to the table and row that hold them. Knows nothing of
//! what it seals, nor of the tables.

use std::{fmt, sync::Arc};

use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce, aead::AeadInOut};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    key::LedgerKey,
    lookup::{Lookup, LookupKind},
};

/// Seals, opens and looks up under one ledger key. Cheap to clone, and the same on every thread.
#[derive(Clone)]
pub struct Vault(Arc<Keys>);

struct Keys {
    cipher: XChaCha20Poly1305,
    /// They open what is not yet sealed anew, and seal nothing.
    earlier: Vec<XChaCha20Poly1305>,
    nonces: Zeroizing<[u8; 32]>,
    lookups: Zeroizing<[u8; 32]>,
}

/// Where a sealed value lives. A value moved to another row or table does not open there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The table's name, which must never change once values are sealed in it.
    pub table: &'static str,
    /// The row's number.
    pub row: u64,
}

/// Why a sealed value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VaultError {
    /// Shorter than anything that was ever sealed.
    #[error("{table} {row}: the sealed value is cut short", table = .0.table, row = .0.row)]
    CutShort(Place),
    /// Sealed by a later version of this program.
    #[error("{table} {row}: sealed in the unknown form {1}", table = .0.table, row = .0.row)]
    UnknownForm(Place, u8),
    /// Changed, moved from another place, or sealed under another key.
    #[error(
        "{table} {row}: the sealed value was changed, moved, or sealed under another ledger key",
        table = .0.table, row = .0.row
    )]
    NotAuthentic(Place),
}

impl Vault {
    /// The vault that this key opens.
    pub fn new(key: &LedgerKey) -> Self {
        Self(Arc::new(Keys {
            cipher: XChaCha20Poly1305::new(&(*key.derive(SEALING)).into()),
            earlier: key
                .derive_earlier(SEALING)
                .into_iter()
                .map(|secret| XChaCha20Poly1305::new(&(*secret).into()))
                .collect(),
            nonces: key.derive(NONCES),
            lookups: key.lookups(),
        }))
    }

    /// Seals a value for its place.
    ///
    /// The nonce is a keyed hash of the place and the value, so no two different values ever share
    /// one, whatever happens to the machine's randomness (forks, clones, snapshots). What that tells
    /// an onlooker: that a row was written again with just the value it had.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "the cipher refuses only what is longer than 256 GiB, which no memory here holds"
    )]
    pub fn seal(&self, place: Place, plaintext: &[u8]) -> Vec<u8> {
        let nonce = self.nonce(place, plaintext);
        let mut sealed = Vec::with_capacity(HEAD + plaintext.len() + TAG);
        sealed.push(FORM);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let body = sealed.get_mut(HEAD..).unwrap_or_default();
        let tag = self
            .0
            .cipher
            .encrypt_inout_detached(&nonce, &place.bytes(), body.into())
            .expect("a value that fits into memory can be sealed");
        sealed.extend_from_slice(&tag);
        sealed
    }

    /// Opens what was sealed for this place; the plaintext is wiped when dropped.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let earlier = self.0.earlier.iter();
        let opened = open_with(&self.0.cipher, place, sealed);
        earlier.fold(opened, |opened, cipher| match opened {
            Err(VaultError::NotAuthentic(_)) => open_with(cipher, place, sealed),
            opened => opened,
        })
    }

    /// Seals with the present key what an earlier one sealed; nothing where that was done already.
    pub fn seal_anew(&self, place: Place, sealed: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        if open_with(&self.0.cipher, place, sealed).is_ok() {
            return Ok(None);
        }
        self.open(place, sealed)
            .map(|plain| Some(self.seal(place, &plain)))
    }

    /// Whether earlier keys open what is not yet sealed anew.
    pub fn has_earlier(&self) -> bool {
        !self.0.earlier.is_empty()
    }

    /// The keyed hash under which a value is found again, see [`Lookup`]. `scope` is a school's number,
    /// or 0 where the look-up is the whole council's.
    pub fn lookup(&self, kind: LookupKind, scope: u32, parts: &[&[u8]]) -> Lookup {
        Lookup::make(&self.0.lookups, kind, scope, parts)
    }

    fn nonce(&self, place: Place, plaintext: &[u8]) -> XNonce {
        let mut hasher = blake3::Hasher::new_keyed(&self.0.nonces);
        let place = place.bytes();
        hasher.update(&(place.len() as u64).to_le_bytes());
        hasher.update(&place);
        hasher.update(plaintext);
        let mut nonce = [0; NONCE];
        hasher.finalize_xof().fill(&mut nonce);
        XNonce::from(nonce)
    }
}

fn open_with(
    cipher: &XChaCha20Poly1305,
    place: Place,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (&form, rest) = sealed.split_first().ok_or(VaultError::CutShort(place))?;
    if form != FORM {
        return Err(VaultError::UnknownForm(place, form));
    }
    let parts = rest
        .split_first_chunk::<NONCE>()
        .and_then(|(nonce, rest)| Some((nonce, rest.split_last_chunk::<TAG>()?)));
    let Some((nonce, (body, tag))) = parts else {
        return Err(VaultError::CutShort(place));
    };
    let mut plaintext = Zeroizing::new(body.to_vec());
    let (nonce, tag) = (XNonce::from(*nonce), Tag::from(*tag));
    let buffer = plaintext.as_mut_slice().into();
    cipher
        .decrypt_inout_detached(&nonce, &place.bytes(), buffer, &tag)
        .map_err(|_| VaultError::NotAuthentic(place))?;
    Ok(plaintext)
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Place {
    /// The form, the row and the table: what the tag vouches for beside the value.
    fn bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(9 + self.table.len());
        bytes.push(FORM);
        bytes.extend_from_slice(&self.row.to_le_bytes());
        bytes.extend_from_slice(self.table.as_bytes());
        bytes
    }
}

/// The first byte of a sealed value.
const FORM: u8 = 1;
/// Bytes of a nonce.
const NONCE: usize = 24;
/// Bytes before the ciphertext: form and nonce.
const HEAD: usize = 1 + NONCE;
/// Bytes behind it.
const TAG: usize = 16;

// Contexts of the derived keys: fixed for ever, or what was sealed is lost.
const SEALING: &str = "pillarbox 2026-11 ledger sealing v1";
const NONCES: &str = "pillarbox 2026-11 ledger nonces v1";

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place = Place {
        table: "consent",
        row: 7,
    };

    fn vault() -> Vault {
        Vault::new(&LedgerKey::generate().unwrap())
    }

    #[test]
    fn a_sealed_value_opens_in_its_place() {
        let vault = vault();
        for value in [&b""[..], b"x", &b"long".repeat(30_000)] {
            let sealed = vault.seal(HERE, value);
            assert_eq!(sealed.len(), HEAD + value.len() + TAG);
            assert_eq!(vault.clone().open(HERE, &sealed).unwrap().as_slice(), value);
        }
    }

    #[test]
    fn a_value_moved_to_another_row_or_table_does_not_open() {
        let vault = vault();
        let sealed = vault.seal(HERE, b"Robin Example");
        for there in [
            Place { row: 8, ..HERE },
            Place {
                table: "consents",
                ..HERE
            },
        ] {
            assert_eq!(
                vault.open(there, &sealed).err(),
                Some(VaultError::NotAuthentic(there))
            );
        }
    }

    #[test]
    fn another_key_does_not_open() {
        let sealed = vault().seal(HERE, b"Robin Example");
        assert_eq!(
            vault().open(HERE, &sealed).err(),
            Some(VaultError::NotAuthentic(HERE))
        );
    }

    #[test]
    fn a_changed_key_opens_what_the_one_before_sealed_until_it_is_sealed_anew() {
        let first = LedgerKey::generate().unwrap();
        let second = first.rotated().unwrap();
        let [old, both] = [&first, &second].map(Vault::new);
        let new = Vault::new(&second.without_earlier());
        let sealed = old.seal(HERE, b"Robin Example");
        assert_eq!(
            both.open(HERE, &sealed).unwrap().as_slice(),
            b"Robin Example"
        );
        assert!(new.open(HERE, &sealed).is_err());
        let anew = both.seal_anew(HERE, &sealed).unwrap().unwrap();
        assert_eq!(new.open(HERE, &anew).unwrap().as_slice(), b"Robin Example");
        assert!(old.open(HERE, &anew).is_err());
        assert_eq!(both.seal_anew(HERE, &anew), Ok(None));
        let there = Place { row: 8, ..HERE };
        assert!(both.seal_anew(there, &sealed).is_err());
        let looked = |vault: &Vault| vault.lookup(LookupKind::Upn, 0, &[b"x"]);
        assert_eq!(looked(&old), looked(&new));
        assert!(both.has_earlier() && !new.has_earlier());
    }

    #[test]
    fn no_byte_of_a_sealed_value_can_be_changed_or_lost() {
        let vault = vault();
        let sealed = vault.seal(HERE, b"Robin Example");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault.open(HERE, &changed).is_err(), "byte {at} changed");
            assert!(vault.open(HERE, &sealed[..at]).is_err(), "cut at {at}");
        }
        assert_eq!(
            vault.open(HERE, &[]).err(),
            Some(VaultError::CutShort(HERE))
        );
        assert_eq!(
            vault.open(HERE, &[9; 60]).err(),
            Some(VaultError::UnknownForm(HERE, 9))
        );
    }

    #[test]
    fn equal_values_in_two_rows_look_unlike() {
        let vault = vault();
        let one = vault.seal(HERE, b"Robin Example");
        let other = vault.seal(Place { row: 8, ..HERE }, b"Robin Example");
        assert_ne!(one[1..25], other[1..25]);
        assert_ne!(one[25..], other[25..]);
    }

    #[test]
    fn an_error_names_the_place_and_nothing_else() {
        assert_eq!(
            VaultError::NotAuthentic(HERE).to_string(),
            "consent 7: the sealed value was changed, moved, or sealed under another ledger key"
        );
    }
}
