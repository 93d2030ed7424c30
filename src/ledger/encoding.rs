//! The compact form of what is sealed: numbers in little endian, texts with their length in front.
//! Knows no row; each owner of a row writes and reads its own parts in its own order.

use std::mem;

use time::Date;
use zeroize::Zeroize;

/// Bytes in the making, wiped when dropped: they hold what is about to be sealed.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Begins with the version of the row's form.
    pub(super) fn new(version: u8, room: usize) -> Self {
        let mut bytes = Vec::with_capacity(room);
        bytes.push(version);
        Self(bytes)
    }

    pub(super) fn byte(&mut self, byte: u8) -> &mut Self {
        self.0.push(byte);
        self
    }

    pub(super) fn u32(&mut self, number: u32) -> &mut Self {
        self.raw(&number.to_le_bytes())
    }

    pub(super) fn u64(&mut self, number: u64) -> &mut Self {
        self.raw(&number.to_le_bytes())
    }

    pub(super) fn i64(&mut self, number: i64) -> &mut Self {
        self.raw(&number.to_le_bytes())
    }

    pub(super) fn day(&mut self, day: Date) -> &mut Self {
        self.raw(&day.to_julian_day().to_le_bytes())
    }

    /// Bytes whose number the reader knows.
    pub(super) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Bytes with their length. Short ones, which most are, take one byte for it.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        match u8::try_from(bytes.len()) {
            Ok(short) if short < LONG => self.byte(short),
            _ => self.byte(LONG).u64(bytes.len() as u64),
        };
        self.raw(bytes)
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// A part that may be missing.
    pub(super) fn maybe<T>(
        &mut self,
        value: Option<T>,
        write: impl FnOnce(&mut Self, T) -> &mut Self,
    ) -> &mut Self {
        match value {
            None => self.byte(0),
            Some(value) => write(self.byte(1), value),
        }
    }

    /// What was written.
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Reads what a [`Writer`] wrote. Every part is `None` where the bytes end early or make no sense.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Begins with the version of the row's form, which must be this one.
    pub(super) fn new(bytes: &'a [u8], version: u8) -> Option<Self> {
        let (first, rest) = bytes.split_first()?;
        (*first == version).then_some(Self(rest))
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn day(&mut self) -> Option<Date> {
        let day = self.array().map(i32::from_le_bytes)?;
        Date::from_julian_day(day).ok()
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = match self.byte()? {
            LONG => usize::try_from(self.u64()?).ok()?,
            short => usize::from(short),
        };
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        str::from_utf8(self.bytes()?).ok()
    }

    /// A part that may be missing.
    #[expect(
        clippy::option_option,
        reason = "that a part is missing is no reading error"
    )]
    pub(super) fn maybe<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.byte()? {
            0 => Some(None),
            1 => read(self).map(Some),
            _ => None,
        }
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    /// The value, if nothing is left over.
    pub(super) fn end<T>(mut self, value: T) -> Option<T> {
        mem::take(&mut self.0).is_empty().then_some(value)
    }
}

/// In the place of a short length: eight bytes of length follow.
const LONG: u8 = 255;

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn what_was_written_reads_back() {
        let long = "x".repeat(300);
        let mut writer = Writer::new(3, 16);
        writer.u32(7).u64(u64::MAX).day(date!(2010 - 03 - 01));
        writer.text("").text("Zoë").text(&long);
        writer.maybe(Some("y"), Writer::text);
        writer.maybe(None, Writer::text);
        let mut reader = Reader::new(writer.as_slice(), 3).unwrap();
        assert_eq!(reader.u32(), Some(7));
        assert_eq!(reader.u64(), Some(u64::MAX));
        assert_eq!(reader.day(), Some(date!(2010 - 03 - 01)));
        let texts = [reader.text(), reader.text(), reader.text()];
        assert_eq!(texts, [Some(""), Some("Zoë"), Some(long.as_str())]);
        assert_eq!(reader.maybe(Reader::text), Some(Some("y")));
        assert_eq!(reader.maybe(Reader::text), Some(None));
        assert_eq!(reader.end(()), Some(()));
    }

    #[test]
    fn another_version_or_fewer_bytes_are_not_read() {
        let mut writer = Writer::new(1, 16);
        writer.text("abc");
        let bytes = writer.as_slice();
        assert!(Reader::new(bytes, 2).is_none());
        for end in 1..bytes.len() {
            assert_eq!(Reader::new(&bytes[..end], 1).unwrap().text(), None);
        }
        assert_eq!(Reader::new(bytes, 1).unwrap().end(()), None);
    }
}
