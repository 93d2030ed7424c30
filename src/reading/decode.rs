//! Bytes to text, by a fixed order and without guessing (spec 3): a byte order mark, then strict UTF-8,
//! then Windows-1252 with a warning. Nothing that was lost is repaired.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::unreadable::Unreadable;

/// Text, and how sure its reading is.
pub(super) struct Decoded<'b> {
    pub(super) text: Cow<'b, str>,
    /// True where the bytes did not say how they are encoded, and Windows-1252 was taken.
    pub(super) assumed: bool,
}

/// How bytes stand for letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without its mark.
    Utf8,
    /// UTF-16, little end first, by its mark.
    Utf16Le,
    /// UTF-16, big end first, by its mark.
    Utf16Be,
    /// The letters of Windows in western Europe.
    Windows1252,
}

/// The encoding that a byte order mark tells, and the mark's length.
pub(super) fn mark(bytes: &[u8]) -> Option<(Encoding, usize)> {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => Some((Encoding::Utf8, 3)),
        [0xff, 0xfe, ..] => Some((Encoding::Utf16Le, 2)),
        [0xfe, 0xff, ..] => Some((Encoding::Utf16Be, 2)),
        _ => None,
    }
}

/// The text of these bytes, or `file-unreadable`.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, Unreadable> {
    let sure = |text| Decoded {
        text,
        assumed: false,
    };
    let decoded = match mark(bytes) {
        Some((encoding, length)) => marked(encoding, &bytes[length..]).map(sure),
        None if is_utf_16(bytes) => return Err(Unreadable::Utf16Unmarked),
        None if bytes.contains(&0) => None,
        None => match str::from_utf8(bytes) {
            Ok(text) => Some(sure(Cow::Borrowed(text))),
            Err(_) => windows_1252(bytes).map(|text| Decoded {
                text,
                assumed: true,
            }),
        },
    };
    decoded
        .filter(|decoded| !decoded.text.contains('\0'))
        .ok_or(Unreadable::NotText)
}

/// Whether every other byte is nought, nearly: UTF-16 of western letters, without its mark.
fn is_utf_16(bytes: &[u8]) -> bool {
    let pairs = bytes.as_chunks::<2>().0;
    let pairs = &pairs[..pairs.len().min(PAIRS_LOOKED_AT)];
    let noughts = |half: usize| pairs.iter().filter(|pair| pair[half] == 0).count();
    let mut halves = [noughts(0), noughts(1)];
    halves.sort_unstable();
    halves[0] == 0 && halves[1] > 1 && halves[1] > pairs.len() / 10 * 8
}

/// Text in Windows-1252; `None` where a byte has no letter in it.
pub(super) fn windows_1252(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if bytes.iter().any(|byte| UNDEFINED_IN_1252.contains(byte)) {
        return None;
    }
    Some(WINDOWS_1252.decode_without_bom_handling(bytes).0)
}

fn marked(encoding: Encoding, bytes: &[u8]) -> Option<Cow<'_, str>> {
    match encoding {
        Encoding::Utf8 => str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Encoding::Utf16Le => UTF_16LE.decode_without_bom_handling_and_without_replacement(bytes),
        Encoding::Utf16Be => UTF_16BE.decode_without_bom_handling_and_without_replacement(bytes),
        Encoding::Windows1252 => windows_1252(bytes),
    }
}

/// Pairs of bytes that are enough to know UTF-16 by.
const PAIRS_LOOKED_AT: usize = 2_048;

/// The five bytes that Windows-1252 leaves without a letter.
pub(super) const UNDEFINED_IN_1252: [u8; 5] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<(String, bool)> {
        let decoded = decode(bytes).ok()?;
        Some((decoded.text.into_owned(), decoded.assumed))
    }

    #[test]
    fn marks_come_first_then_utf_8_then_windows_1252() {
        let zoe = || "Zoë".to_owned();
        assert_eq!(read("Zoë".as_bytes()), Some((zoe(), false)));
        assert_eq!(read(b"\xef\xbb\xbfZo\xc3\xab"), Some((zoe(), false)));
        assert_eq!(read(b"\xff\xfeZ\0o\0\xeb\0"), Some((zoe(), false)));
        assert_eq!(read(b"\xfe\xff\0Z\0o\0\xeb"), Some((zoe(), false)));
        assert_eq!(read(b"Zo\xeb"), Some((zoe(), true)));
        assert_eq!(read(b""), Some((String::new(), false)));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        for bytes in [
            &b"\xef\xbb\xbfZo\xeb"[..],
            b"Zo\0e",
            b"Zo\xeb\x81",
            b"\xff\xfeZ\0o\0\xeb",
            b"\xff\xfe\0\0Z\0\0\0",
            b"\xff\xfe\0\xd8a\0",
        ] {
            assert_eq!(decode(bytes).err(), Some(Unreadable::NotText));
        }
    }

    #[test]
    fn utf_16_without_its_mark_is_told_from_bytes_that_are_no_text() {
        let text = "Forename\tSurname\r\nZoë\tExample’s\r\n".encode_utf16();
        let little: Vec<u8> = text.clone().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.flat_map(u16::to_be_bytes).collect();
        for bytes in [&little[..], &big, b"Z\0o\0e\0"] {
            assert_eq!(decode(bytes).err(), Some(Unreadable::Utf16Unmarked));
        }
        assert_eq!(decode(&[0; 64]).err(), Some(Unreadable::NotText));
        assert_eq!(decode(b"a\0").err(), Some(Unreadable::NotText));
    }
}
