//! The numbers that schools and councils use for pupils and schools, with their check digits.
//! A valid number proves no typing slip; it never proves that it is this pupil. Sources: the UPN
//! standard, HESA C17051 (ULN), `domain.md` 2.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// Why a text is not the identifier that it was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum IdentifierFault {
    /// Too short or too long.
    #[error("wrong length")]
    Length,
    /// A character that is not an ASCII digit where a digit belongs.
    #[error("not a digit")]
    NotADigit,
    /// The first character can't start this identifier.
    #[error("wrong first character")]
    FirstCharacter,
    /// The last character can't end this identifier.
    #[error("wrong last character")]
    LastCharacter,
    /// The check letter or digit does not fit: a slip of typing.
    #[error("check digit does not fit")]
    CheckDigit,
    /// A number that stands for "none".
    #[error("a placeholder, not a number")]
    Placeholder,
    /// Outside the numbers that were ever given out.
    #[error("out of range")]
    Range,
}

use IdentifierFault as Fault;

/// A Unique Pupil Number with its check letter proved. Personal: no `Display`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upn([u8; 13]);

impl Upn {
    /// The letters that a UPN may use, in the order of their values: no I, O or S.
    const LETTERS: &'static [u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

    /// True for a temporary number (a letter at the end), which a later one replaces: it is kept,
    /// never matched on, and contradicts nothing.
    pub fn is_temporary(&self) -> bool {
        self.0[12].is_ascii_alphabetic()
    }

    /// The number itself, for sealing and comparing. Never for a log or a receipt.
    pub fn reveal(&self) -> &str {
        // The bytes were checked to be ASCII when the number was read.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    fn value(byte: u8) -> Option<u32> {
        match byte {
            b'0'..=b'9' => Some(u32::from(byte - b'0')),
            _ => Self::LETTERS
                .iter()
                .position(|&l| l == byte)
                .and_then(|p| u32::try_from(p).ok()),
        }
    }
}

impl FromStr for Upn {
    type Err = Fault;

    /// Reads the exact form: 13 characters, upper case. Cleaning is the reader's work.
    fn from_str(text: &str) -> Result<Self, Fault> {
        if text.chars().count() != 13 {
            return Err(Fault::Length);
        }
        let bytes: [u8; 13] = text.as_bytes().try_into().map_err(|_| Fault::NotADigit)?;
        if !Self::LETTERS.contains(&bytes[0]) {
            return Err(Fault::FirstCharacter);
        }
        if !bytes[1..12].iter().all(u8::is_ascii_digit) {
            return Err(Fault::NotADigit);
        }
        let mut sum = 0;
        for (byte, weight) in bytes[1..].iter().zip(2..) {
            sum += weight * Self::value(*byte).ok_or(Fault::LastCharacter)?;
        }
        if Self::value(bytes[0]) == Some(sum % 23) {
            Ok(Self(bytes))
        } else {
            Err(Fault::CheckDigit)
        }
    }
}

impl fmt::Debug for Upn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upn(…)")
    }
}

/// A Unique Learner Number with its check digit proved. Personal: no `Display`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uln([u8; 10]);

impl Uln {
    /// The number itself, for sealing and comparing. Never for a log or a receipt.
    pub fn reveal(&self) -> &str {
        // The bytes were checked to be ASCII when the number was read.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Uln {
    type Err = Fault;

    /// Reads the exact form: ten digits, the first not 0. Cleaning is the reader's work.
    fn from_str(text: &str) -> Result<Self, Fault> {
        let bytes: [u8; 10] = digits(text)?;
        match text {
            "9999999999" => return Err(Fault::Placeholder),
            _ if bytes[0] == b'0' => return Err(Fault::FirstCharacter),
            _ => {}
        }
        let weighted = bytes.iter().zip((1..=10).rev());
        let (mut sum, mut body) = (0, 0);
        for (byte, weight) in weighted {
            let part = u32::from(byte - b'0') * weight;
            sum += part;
            body += if weight > 1 { part } else { 0 };
        }
        // A body with remainder 0 has no check digit at all (HESA C17051).
        if body % 11 == 0 || sum % 11 != 10 {
            return Err(Fault::CheckDigit);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for Uln {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Uln(…)")
    }
}

/// A school's number: local authority (3 digits) and establishment (4 digits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Laestab {
    authority: u16,
    establishment: u16,
}

impl Laestab {
    /// Nobody's number: `9999` stands for no establishment.
    pub(super) const PLACEHOLDER: Self = Self {
        authority: 998,
        establishment: 9_999,
    };

    /// The local authority's three digits.
    pub fn authority(self) -> u16 {
        self.authority
    }

    /// All seven digits as one number.
    pub fn number(self) -> u32 {
        u32::from(self.authority) * 10_000 + u32::from(self.establishment)
    }
}

impl FromStr for Laestab {
    type Err = Fault;

    /// Reads `8604001`, `860/4001`, `860-4001` and `860 4001`. Local authorities run from 200 to
    /// 998 (Welsh ones included); `9999` as establishment is a placeholder that exports really hold.
    fn from_str(text: &str) -> Result<Self, Fault> {
        let mut compact = String::with_capacity(7);
        for (at, c) in text.chars().enumerate() {
            match c {
                '/' | '-' | ' ' if at == 3 => {}
                _ => compact.push(c),
            }
        }
        digits::<7>(&compact)?;
        let authority = compact[..3].parse().map_err(|_| Fault::NotADigit)?;
        let establishment = compact[3..].parse().map_err(|_| Fault::NotADigit)?;
        if !(200..=998).contains(&authority) || establishment == 0 {
            return Err(Fault::Range);
        }
        Ok(Self {
            authority,
            establishment,
        })
    }
}

impl fmt::Display for Laestab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}{:04}", self.authority, self.establishment)
    }
}

/// A school's Unique Reference Number: six digits from 100000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Urn(u32);

impl Urn {
    /// The URN as a number.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl FromStr for Urn {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        match numeral::<6>(text)? {
            number if number >= 100_000 => Ok(Self(number)),
            _ => Err(Fault::Range),
        }
    }
}

impl fmt::Display for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A provider's UK Provider Reference Number: eight digits, the first 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ukprn(u32);

impl FromStr for Ukprn {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        match numeral::<8>(text)? {
            number if number / 10_000_000 == 1 => Ok(Self(number)),
            _ => Err(Fault::FirstCharacter),
        }
    }
}

impl fmt::Display for Ukprn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Exactly `N` ASCII digits. `char::is_numeric` would let fullwidth and Arabic digits through.
fn digits<const N: usize>(text: &str) -> Result<[u8; N], Fault> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        let length_is_right = text.chars().count() == N;
        return Err(if length_is_right {
            Fault::NotADigit
        } else {
            Fault::Length
        });
    }
    text.as_bytes().try_into().map_err(|_| Fault::Length)
}

fn numeral<const N: usize>(text: &str) -> Result<u32, Fault> {
    digits::<N>(text)?;
    text.parse().map_err(|_| Fault::NotADigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T: FromStr<Err = Fault> + fmt::Debug>(text: &str) -> Fault {
        text.parse::<T>().expect_err(text)
    }

    #[test]
    fn a_upn_tells_whether_it_is_temporary() {
        assert!(!"P860400119001".parse::<Upn>().unwrap().is_temporary());
        assert!("A86040012001A".parse::<Upn>().unwrap().is_temporary());
    }

    #[test]
    fn fullwidth_digits_are_not_digits() {
        assert_eq!(refused::<Upn>("P８60400119001"), Fault::NotADigit);
        assert_eq!(refused::<Uln>("９２７６３０８６８６"), Fault::NotADigit);
    }

    #[test]
    fn personal_numbers_print_as_an_ellipsis() {
        assert_eq!(
            format!("{:?}", "P860400119001".parse::<Upn>().unwrap()),
            "Upn(…)"
        );
        assert_eq!(
            format!("{:?}", "9276308686".parse::<Uln>().unwrap()),
            "Uln(…)"
        );
    }

    #[test]
    fn the_placeholder_uln_is_nobodys() {
        assert_eq!(refused::<Uln>("9999999999"), Fault::Placeholder);
    }
}
