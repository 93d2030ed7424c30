//! The shared strings of an old workbook (MS-XLS 2.4.265): how long each is. A cell that refers to one takes
//! a few bytes in the file, and is given a copy of the whole string when it is read.

use super::compound::{u16_at, u32_at};

/// The bytes that each string will take. `None` where the table is broken, or has more strings than these.
pub(super) fn lengths(blocks: &[&[u8]], most: usize) -> Option<Vec<u64>> {
    let (first, rest) = blocks.split_first()?;
    let mut table = Blocks {
        here: first.get(COUNTS..)?,
        rest,
    };
    let mut lengths = Vec::new();
    while !table.here.is_empty() || table.next() {
        if lengths.len() >= most {
            return None;
        }
        lengths.push(table.string()?);
    }
    Some(lengths)
}

/// A record and those that continue it.
struct Blocks<'s, 'b> {
    here: &'s [u8],
    rest: &'b [&'s [u8]],
}

impl Blocks<'_, '_> {
    fn next(&mut self) -> bool {
        let Some((next, rest)) = self.rest.split_first() else {
            return false;
        };
        (self.here, self.rest) = (next, rest);
        true
    }

    fn string(&mut self) -> Option<u64> {
        if self.here.is_empty() {
            return Some(0);
        }
        let characters = usize::from(u16_at(self.here, 0)?);
        let flags = *self.here.get(2)?;
        self.here = &self.here[3..];
        let mut behind = 0;
        if flags & HAS_RUNS != 0 {
            behind += usize::from(u16_at(self.here, 0)?) * 4;
            self.here = &self.here[2..];
        }
        if flags & HAS_PHONETICS != 0 {
            behind += u32_at(self.here, 0)? as usize;
            self.here = &self.here[4..];
        }
        let length = self.characters(characters, flags & WIDE != 0)?;
        self.skip(behind)?;
        Some(length)
    }

    /// The bytes that these characters will take. Each block tells anew how wide they are.
    fn characters(&mut self, mut left: usize, mut wide: bool) -> Option<u64> {
        let mut length = 0;
        loop {
            let width = if wide { 2 } else { 1 };
            let count = left.min(self.here.len() / width);
            self.here = &self.here[count * width..];
            length += count as u64 * (width as u64 + 1);
            left -= count;
            if left == 0 {
                return Some(length);
            }
            if !self.next() {
                return None;
            }
            let (flags, rest) = self.here.split_first()?;
            wide = flags & WIDE != 0;
            self.here = rest;
        }
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            if self.here.is_empty() && !self.next() {
                return None;
            }
            let count = bytes.min(self.here.len());
            self.here = &self.here[count..];
            bytes -= count;
        }
        Some(())
    }
}

/// Bytes of the two counts before the strings, which nobody believes.
const COUNTS: usize = 8;

/// Flags of a string: two bytes a character; formats, and sounds, behind it.
const WIDE: u8 = 1;
const HAS_PHONETICS: u8 = 4;
const HAS_RUNS: u8 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(blocks: &[&[u8]]) -> Option<Vec<u64>> {
        lengths(blocks, 3)
    }

    #[test]
    fn strings_are_measured_across_the_blocks_that_they_lie_in() {
        assert_eq!(read(&[b"8 bytes."]), Some(vec![]));
        assert_eq!(
            read(&[b"8 bytes.\x02\0\0ab\x01\0\x01a\0"]),
            Some(vec![4, 3])
        );
        let continued = [&b"8 bytes.\x03\0\0a"[..], b"\x01b\0c\0"];
        assert_eq!(read(&continued), Some(vec![2 + 6]));
        let formatted = [&b"8 bytes.\x01\0\x08\x01\0a"[..], b"....\x01\0\0z"];
        assert_eq!(read(&formatted), Some(vec![2, 2]));
    }

    #[test]
    fn a_table_that_breaks_off_or_has_too_many_strings_is_none() {
        for broken in [
            &b"8"[..],
            b"8 bytes.\xff",
            b"8 bytes.\xff\xff\0",
            b"8 bytes.\x01\0\x08\xff\xffa",
        ] {
            assert_eq!(read(&[broken]), None);
        }
        assert_eq!(read(&[b"8 bytes.\0\0\0\0\0\0\0\0\0\0\0\0"]), None);
    }
}
