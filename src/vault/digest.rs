//! Plain digests, which anyone can compute again: SHA-256 for what schools see on receipts, BLAKE3 for
//! the trail's chain, and their hexadecimal text.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

/// The SHA-256 of these bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Counts and hashes what is written to it, and passes it on.
pub struct Sha256Writer<W> {
    inner: W,
    hasher: Sha256,
    bytes: u64,
}

impl<W: Write> Sha256Writer<W> {
    /// Hashes on the way to `inner`.
    pub fn new(inner: W) -> Self {
        Self {
            inner,
            hasher: Sha256::new(),
            bytes: 0,
        }
    }

    /// The writer beneath, the hash of all that reached it, and how many bytes that was.
    pub fn finish(self) -> (W, [u8; 32], u64) {
        (self.inner, self.hasher.finalize().into(), self.bytes)
    }
}

impl<W: Write> Write for Sha256Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        let reached = bytes.get(..written).unwrap_or(bytes);
        self.hasher.update(reached);
        self.bytes += reached.len() as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The hash that links one row of the trail to the row before: BLAKE3 of the earlier hash and the row's
/// bytes, under no key (spec 9: whoever holds an export can verify it).
pub fn trail_hash(previous: &[u8; 32], row: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous);
    hasher.update(row);
    hasher.finalize().into()
}

/// Lower-case hexadecimal digits, two a byte.
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)])
        .collect()
}

/// The `N` bytes that exactly `2 * N` hexadecimal digits of either case tell.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [pair.first()?, pair.last()?].map(|&d| char::from(d).to_digit(16));
        *byte = u8::try_from(high? << 4 | low?).ok()?;
    }
    Some(bytes)
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_is_the_one_that_everybody_knows() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(to_hex(&sha256(b"abc")), abc);
    }

    #[test]
    fn a_writer_hashes_and_counts_what_passes_through() {
        let mut writer = Sha256Writer::new(Vec::new());
        writer.write_all(b"a").unwrap();
        writer.write_all(b"bc").unwrap();
        assert_eq!(writer.finish(), (b"abc".to_vec(), sha256(b"abc"), 3));
    }

    #[test]
    fn the_trail_depends_on_both_the_row_and_all_before_it() {
        let [first, second] = [trail_hash(&[0; 32], b"one"), trail_hash(&[1; 32], b"one")];
        assert_ne!(first, second);
        assert_ne!(first, trail_hash(&[0; 32], b"two"));
        assert_eq!(first, trail_hash(&[0; 32], b"one"));
    }

    #[test]
    fn hexadecimal_reads_back_and_refuses_what_is_not() {
        assert_eq!(to_hex(&[0, 0xab, 0xff]), "00abff");
        assert_eq!(from_hex("00aBfF"), Some([0, 0xab, 0xff]));
        for not_two_bytes in ["00ab0", "00a", "", "0g00", "+100", "é00"] {
            assert_eq!(from_hex::<2>(not_two_bytes), None, "{not_two_bytes}");
        }
    }
}
