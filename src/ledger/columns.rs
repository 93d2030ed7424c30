//! How the words of the field stand in columns: numbers as integers, instants as microseconds since
//! 1970, days as Julian day numbers, closed lists as their words.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use time::{Date, OffsetDateTime};

use crate::domain::{
    days::Cohort,
    destination::Label,
    ids::{NoticeId, PupilId, ReleaseId, RequestId, SchoolId, SubmissionId},
    list::FileKind,
    receipt::{ExpiryRule, Outcome, Trigger},
    school::Format,
};

/// An unsigned number, bit for bit: devices and inodes may use all 64.
#[derive(Clone, Copy)]
pub(super) struct Whole(pub(super) u64);

impl ToSql for Whole {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.cast_signed()))
    }
}

impl FromSql for Whole {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|number| Self(number.cast_unsigned()))
    }
}

/// An instant, to the microsecond.
#[derive(Clone, Copy)]
pub(super) struct At(pub(super) OffsetDateTime);

impl At {
    /// Microseconds since 1970.
    pub(super) fn micros(self) -> i64 {
        let micros = self.0.unix_timestamp_nanos().div_euclid(1000);
        i64::try_from(micros).unwrap_or(i64::MAX)
    }
}

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.micros()))
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let micros = value.as_i64()?;
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000)
            .map(Self)
            .map_err(|_| FromSqlError::OutOfRange(micros))
    }
}

/// A local day.
#[derive(Clone, Copy)]
pub(super) struct Day(pub(super) Date);

impl ToSql for Day {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.to_julian_day()))
    }
}

impl FromSql for Day {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        let day = i32::try_from(number).ok();
        day.and_then(|day| Date::from_julian_day(day).ok())
            .map(Self)
            .ok_or(FromSqlError::OutOfRange(number))
    }
}

impl ToSql for SchoolId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.number()))
    }
}

impl FromSql for SchoolId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        let small = u32::try_from(number).ok();
        small
            .and_then(|number| Self::from_number(number).ok())
            .ok_or(FromSqlError::OutOfRange(number))
    }
}

impl ToSql for Cohort {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.birth_year()))
    }
}

impl FromSql for Cohort {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i32::column_result(value).map(Self::from_birth_year)
    }
}

macro_rules! numbers {
    ($($id:ident $new:ident;)*) => {$(
        impl ToSql for $id {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.number().cast_signed()))
            }
        }

        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(|number| Self::$new(number.cast_unsigned()))
            }
        }
    )*};
}

numbers! {
    SubmissionId new;
    ReleaseId new;
    RequestId new;
    NoticeId new;
    PupilId from_number;
}

/// A closed list as its words, both ways. A word that is in no list is an error of its own column.
macro_rules! words {
    ($($name:ident { $($variant:ident $word:literal)* })*) => {$(
        impl rusqlite::types::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                let word = match self { $(Self::$variant => $word,)* };
                Ok(rusqlite::types::ToSqlOutput::from(word))
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(
                value: rusqlite::types::ValueRef<'_>,
            ) -> rusqlite::types::FromSqlResult<Self> {
                match value.as_str()? {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(rusqlite::types::FromSqlError::InvalidType),
                }
            }
        }
    )*};
}
pub(super) use words;

words! {
    FileKind {
        ConsentList "consent-list" Addition "addition" Withdrawal "withdrawal" Request "request"
        Discrepancy "discrepancy" Destruction "destruction" Unknown "unknown"
    }
    Outcome {
        Accepted "accepted" AcceptedWithErrors "accepted-with-errors" Rejected "rejected"
        Queued "queued" Held "held" Released "released" Recalled "recalled" Open "open"
        Closed "closed"
    }
    Trigger { Schedule "schedule" Request "request" Operator "operator" Recall "recall" }
    ExpiryRule { Earliest "earliest" TwoYearsAfterLeaving "two-years-after-leaving" }
    Format { Csv "csv" Xlsx "xlsx" }
}

/// A label's place in [`Label::ALL`]: what one byte of a sealed row says.
pub(super) fn label_number(label: Label) -> u8 {
    let place = Label::ALL.iter().position(|known| *known == label);
    place
        .and_then(|place| u8::try_from(place).ok())
        .unwrap_or(u8::MAX)
}
