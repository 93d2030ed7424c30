//! The fields of a packet, one after the other. Nothing is allocated for a length that a client names.

use thiserror::Error;

use super::Attributes;

/// A packet ends before its last field, or goes on behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the packet does not hold what its type says")]
pub struct Malformed;

/// What is left of a packet.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The fields in these bytes.
    pub fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, Malformed> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A number of four bytes.
    pub fn number(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    /// A number of eight bytes.
    pub fn long(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_be_bytes)
    }

    /// A string: its length, and so many bytes.
    pub fn string(&mut self) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(self.number()?).map_err(|_| Malformed)?;
        let (string, behind) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = behind;
        Ok(string)
    }

    /// What is said of a file (section 5).
    pub fn attributes(&mut self) -> Result<Attributes, Malformed> {
        Attributes::read(self)
    }

    /// All that is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (array, behind) = self.0.split_first_chunk::<N>().ok_or(Malformed)?;
        self.0 = behind;
        Ok(*array)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_longer_than_its_packet_is_malformed() {
        let mut fields = Fields::of(&[0, 0, 0, 9, b'a']);
        assert_eq!(fields.string(), Err(Malformed));
        let mut fields = Fields::of(&[0, 0, 0, 1, b'a', 7]);
        assert_eq!(fields.string(), Ok(b"a".as_slice()));
        assert_eq!(fields.byte(), Ok(7));
        assert_eq!(fields.byte(), Err(Malformed));
    }
}
