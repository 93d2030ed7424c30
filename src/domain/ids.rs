//! The numbers by which people speak of things: `S000123`, `R000045`, `Q000007`, `D000003`, and a
//! school's LAESTAB. Each is a type of its own, so that one can't be taken for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use super::identifiers::{IdentifierFault, Laestab};

/// A school's id: its 7-digit LAESTAB, such as `8604001`. It is also the name of its box and its
/// login, so nothing but seven digits gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolId(Laestab);

impl SchoolId {
    /// Nobody's id, for judging a list without knowing whose it is.
    pub const PLACEHOLDER: Self = Self(Laestab::PLACEHOLDER);

    /// The LAESTAB that this id is.
    pub fn laestab(self) -> Laestab {
        self.0
    }

    /// The id as one number, for keys in the ledger.
    pub fn number(self) -> u32 {
        self.0.number()
    }

    /// The id that [`SchoolId::number`] came from.
    pub fn from_number(number: u32) -> Result<Self, IdentifierFault> {
        Laestab::from_str(&format!("{number:07}")).map(Self)
    }
}

impl From<Laestab> for SchoolId {
    fn from(laestab: Laestab) -> Self {
        Self(laestab)
    }
}

impl FromStr for SchoolId {
    type Err = IdentifierFault;

    /// Takes exactly seven digits: an id names files, so `860/4001` is not one.
    fn from_str(text: &str) -> Result<Self, IdentifierFault> {
        if text.len() != 7 {
            return Err(IdentifierFault::Length);
        }
        text.parse().map(Self)
    }
}

impl fmt::Display for SchoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for SchoolId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SchoolId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|_| de::Error::custom("a school id is seven digits, such as 8604001"))
    }
}

/// The text was not an id of the kind that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected an id such as {0}000123")]
pub struct NotAnId(char);

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The id with this number, counted from 1 by the ledger.
            pub fn new(number: u64) -> Self {
                Self(number)
            }

            /// The number without its letter.
            pub fn number(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{:06}", $letter, self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let digits = text.strip_prefix([$letter, $letter.to_ascii_lowercase()]);
                match digits {
                    Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
                        digits.parse().map(Self).map_err(|_| NotAnId($letter))
                    }
                    _ => Err(NotAnId($letter)),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

numbered!(
    /// One uploaded file, taken once.
    SubmissionId,
    'S'
);
numbered!(
    /// One set of destinations made for one school at one moment.
    ReleaseId,
    'R'
);
numbered!(
    /// A school's ask for a release outside the schedule.
    RequestId,
    'Q'
);
numbered!(
    /// A request to the school to destroy what it holds on a pupil.
    NoticeId,
    'D'
);

/// A pupil's place in the ledger. It is known before it is written, from the submission that first
/// told of the pupil and the pupil's place in it, so that sealing needs no round trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PupilId(u64);

impl PupilId {
    const PLACES: u32 = 20;

    /// The id of the pupil that `submission` introduced at `place` (below 2^20).
    pub fn first_told(submission: SubmissionId, place: u32) -> Self {
        debug_assert!(place < 1 << Self::PLACES);
        Self((submission.number() << Self::PLACES) | u64::from(place))
    }

    /// The id from its number in the ledger.
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number in the ledger.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for PupilId {
    /// `S000123.7`: the submission that first told of the pupil, and the place in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (submission, place) = (self.0 >> Self::PLACES, self.0 & ((1 << Self::PLACES) - 1));
        write!(f, "{}.{place}", SubmissionId::new(submission))
    }
}

/// The text was not a pupil's place in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a pupil's place such as S000123.7")]
pub struct NotAPupil;

impl FromStr for PupilId {
    type Err = NotAPupil;

    fn from_str(text: &str) -> Result<Self, NotAPupil> {
        let (submission, place) = text.split_once('.').ok_or(NotAPupil)?;
        let submission: SubmissionId = submission.parse().map_err(|_| NotAPupil)?;
        let digits = !place.is_empty() && place.bytes().all(|b| b.is_ascii_digit());
        let place: u32 = place.parse().map_err(|_| NotAPupil)?;
        let known = digits && place < 1 << Self::PLACES && submission.number() >> 44 == 0;
        known
            .then(|| Self::first_told(submission, place))
            .ok_or(NotAPupil)
    }
}

impl Serialize for PupilId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PupilId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// By which an analyst names a record of the extract: a keyed hash of who it is about, so that it tells
/// nothing to whoever sees it, and is another one as soon as the record tells of somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordMark(pub [u8; 8]);

/// The text was not a record's mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a record's mark: 16 digits and letters from a to f")]
pub struct NotAMark;

impl fmt::Display for RecordMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl FromStr for RecordMark {
    type Err = NotAMark;

    fn from_str(text: &str) -> Result<Self, NotAMark> {
        let digits = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let number = u64::from_str_radix(text, 16).ok().filter(|_| digits);
        number.map(|n| Self(n.to_be_bytes())).ok_or(NotAMark)
    }
}

impl Serialize for RecordMark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RecordMark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_print() {
        assert_eq!(SubmissionId::new(123).to_string(), "S000123");
        assert_eq!("S000123".parse(), Ok(SubmissionId::new(123)));
        assert_eq!("s1234567".parse(), Ok(SubmissionId::new(1_234_567)));
        assert!("R000123".parse::<SubmissionId>().is_err());
        assert!("S".parse::<SubmissionId>().is_err());
        assert!("S+1".parse::<SubmissionId>().is_err());
    }

    #[test]
    fn a_pupils_place_reads_back_what_it_prints() {
        let pupil = PupilId::first_told(SubmissionId::new(123), 7);
        assert_eq!(pupil.to_string(), "S000123.7");
        assert_eq!("s000123.7".parse(), Ok(pupil));
        for not_a_place in [
            "S000123",
            "S000123.",
            "S000123.+7",
            "S000123.1048576",
            "7",
            "R1.7",
        ] {
            assert!(not_a_place.parse::<PupilId>().is_err(), "{not_a_place}");
        }
    }

    #[test]
    fn a_records_mark_reads_back_what_it_prints() {
        let mark = RecordMark([0, 1, 2, 3, 0xfc, 0xfd, 0xfe, 0xff]);
        assert_eq!(mark.to_string(), "00010203fcfdfeff");
        assert_eq!("00010203FCfdfeff".parse(), Ok(mark));
        for not_a_mark in [
            "00010203fcfdfef",
            "+0010203fcfdfeff",
            "x0010203fcfdfeff",
            "",
        ] {
            assert!(not_a_mark.parse::<RecordMark>().is_err(), "{not_a_mark}");
        }
    }

    #[test]
    fn a_school_id_is_seven_digits_and_nothing_else() {
        let id: SchoolId = "8604001".parse().unwrap();
        assert_eq!(id.to_string(), "8604001");
        assert_eq!(SchoolId::from_number(id.number()), Ok(id));
        for not_an_id in ["860/4001", "860400", "../4001", "86O4001", ""] {
            assert!(not_an_id.parse::<SchoolId>().is_err(), "{not_an_id}");
        }
    }
}
