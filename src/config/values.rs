//! Kinds of values: what a TOML value must be to count as a length of time, a share, a day, an
//! address. Each kind takes a value or says what it wanted.

use std::{net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use time::{Date, Month, PrimitiveDateTime, Time};
use toml::{de::DeValue, value::Datetime};

use super::table::Wanted;

/// One line of text, not empty, without control characters.
pub(super) fn text(value: &DeValue<'_>) -> Result<String, Wanted> {
    one_line(value)
        .map(str::to_owned)
        .ok_or_else(|| Wanted::new("one line of text", "\"Some words\""))
}

/// A path.
pub(super) fn path(value: &DeValue<'_>) -> Result<PathBuf, Wanted> {
    one_line(value)
        .map(PathBuf::from)
        .ok_or_else(|| Wanted::new("a path", "\"/srv/pillarbox\""))
}

/// True or false.
pub(super) fn boolean(value: &DeValue<'_>) -> Result<bool, Wanted> {
    value
        .as_bool()
        .ok_or_else(|| Wanted::new("true or false", "true, without quotes"))
}

/// A whole number within these bounds.
pub(super) fn whole(
    bounds: RangeInclusive<u64>,
) -> impl Fn(&DeValue<'_>) -> Result<u64, Wanted> + Clone {
    move |value| {
        integer(value)
            .filter(|number| bounds.contains(number))
            .ok_or_else(|| {
                let (least, most) = (bounds.start(), bounds.end());
                Wanted::new(format!("a whole number from {least} to {most}"), "")
            })
    }
}

/// One of these words.
pub(super) fn word<T: Copy>(
    words: &'static [(&'static str, T)],
) -> impl Fn(&DeValue<'_>) -> Result<T, Wanted> + Clone {
    move |value| {
        let found = value
            .as_str()
            .and_then(|text| words.iter().find(|(word, _)| *word == text));
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let all: Vec<_> = words
                .iter()
                .map(|(word, _)| format!("\"{word}\""))
                .collect();
            Wanted::new(all.join(" or "), all.first().cloned().unwrap_or_default())
        })
    }
}

/// An address with its port.
pub(super) fn socket(value: &DeValue<'_>) -> Result<SocketAddr, Wanted> {
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| {
            Wanted::new(
                "an address with a port",
                "\"[::]:2022\" or \"127.0.0.1:2022\"",
            )
        })
}

/// A share in whole per cent: `10`, `"10 %"` or `0.1`.
pub(super) fn per_cent(value: &DeValue<'_>) -> Result<u8, Wanted> {
    let share = match value {
        DeValue::Integer(_) => integer(value),
        DeValue::String(text) => text
            .strip_suffix('%')
            .and_then(|number| number.trim_end().parse().ok()),
        DeValue::Float(number) => number.as_str().parse().ok().and_then(fraction),
        _ => None,
    };
    share
        .and_then(|share| u8::try_from(share).ok())
        .filter(|share| *share <= 100)
        .ok_or_else(|| Wanted::new("whole per cent", "10, \"10 %\" or 0.1"))
}

/// Per cent of a fraction below 1. `1.0` could mean either, so it means nothing.
fn fraction(number: f64) -> Option<u64> {
    let share = (0..100_u32).find(|share| (f64::from(*share) / 100.0 - number).abs() < 1e-9);
    share.map(u64::from)
}

/// A number of bytes: `16777216`, `"16 MiB"` or `"16 MB"`.
pub(super) fn bytes(value: &DeValue<'_>) -> Result<u64, Wanted> {
    let number = match value {
        DeValue::String(text) => quantity(text, &BYTE_UNITS),
        _ => integer(value),
    };
    number
        .filter(|bytes| (1..=MOST_BYTES).contains(bytes))
        .ok_or_else(|| Wanted::new("a size of at most 4 GiB", "\"16 MiB\""))
}

/// A number of bytes that a process can live on.
pub(super) fn memory(value: &DeValue<'_>) -> Result<u64, Wanted> {
    let enough = bytes(value).ok().filter(|bytes| *bytes >= LEAST_MEMORY);
    enough.ok_or_else(|| {
        Wanted::new(
            "a size of at least 128 MiB and at most 4 GiB",
            "\"512 MiB\"",
        )
    })
}

/// The unit of a length of time that is written as a bare number.
#[derive(Clone, Copy)]
pub(super) enum Bare {
    /// Seconds.
    Seconds,
    /// Days.
    Days,
}

/// A length of time of at least `least`: `"30 s"`, `"5 min"`, `"12 h"`, `"45 days"`, `"45d"`, or a
/// bare number. A year has 365 days.
pub(super) fn length(
    bare: Bare,
    least: Duration,
) -> impl Fn(&DeValue<'_>) -> Result<Duration, Wanted> + Clone {
    move |value| {
        let (unit, example) = match bare {
            Bare::Seconds => (SECOND, "\"30 s\" or \"5 min\""),
            Bare::Days => (DAY, "\"45 days\""),
        };
        let millis = match value {
            DeValue::String(text) => quantity(text, &TIME_UNITS),
            _ => integer(value).and_then(|number| number.checked_mul(unit)),
        };
        millis
            .filter(|millis| *millis <= LONGEST)
            .map(Duration::from_millis)
            .filter(|length| *length >= least)
            .ok_or_else(|| {
                let must_be = match least {
                    Duration::ZERO => "a length of time, at most 100 years".to_owned(),
                    least => format!("a length of time, at least {least:?} and at most 100 years"),
                };
                Wanted::new(must_be, example)
            })
    }
}

/// A day: `2026-09-14`, with or without quotes.
pub(super) fn date(value: &DeValue<'_>) -> Result<Date, Wanted> {
    moment(value)
        .filter(|moment| moment.time.is_none() && moment.offset.is_none())
        .and_then(day)
        .ok_or_else(|| Wanted::new("a day", "2026-09-14"))
}

/// A clock reading: `"2027-03-01 06:00"`, with or without quotes; never with an offset, because it
/// is read by the council's clock.
pub(super) fn clock_reading(value: &DeValue<'_>) -> Result<PrimitiveDateTime, Wanted> {
    moment(value)
        .filter(|moment| moment.offset.is_none())
        .and_then(|moment| {
            let time = moment.time?;
            let time = Time::from_hms(time.hour, time.minute, time.second.unwrap_or(0)).ok()?;
            Some(PrimitiveDateTime::new(day(moment)?, time))
        })
        .ok_or_else(|| {
            Wanted::new(
                "a day and a time by the council's clock",
                "\"2027-03-01 06:00\"",
            )
        })
}

fn moment(value: &DeValue<'_>) -> Option<Datetime> {
    match value {
        DeValue::Datetime(moment) => Some(*moment),
        DeValue::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn day(moment: Datetime) -> Option<Date> {
    let date = moment.date?;
    let month = Month::try_from(date.month).ok()?;
    Date::from_calendar_date(i32::from(date.year), month, date.day)
        .ok()
        .filter(|day| YEARS.contains(&day.year()))
}

fn one_line<'v>(value: &'v DeValue<'_>) -> Option<&'v str> {
    value
        .as_str()
        .filter(|text| !text.trim().is_empty() && !text.chars().any(char::is_control))
}

fn integer(value: &DeValue<'_>) -> Option<u64> {
    let number = value.as_integer()?;
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A whole number with its unit behind it, in the smallest unit.
fn quantity(text: &str, units: &[(&[&str], u64)]) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, factor) = units
        .iter()
        .find(|(names, _)| names.contains(&unit.trim()))?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

/// In milliseconds.
const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// A hundred years: longer is a slip, and would overflow dates.
const LONGEST: u64 = 36_500 * DAY;
/// 4 GiB: more does not fit the memory that reads it.
const MOST_BYTES: u64 = 1 << 32;
/// Less would not do for the program itself.
const LEAST_MEMORY: u64 = 128 << 20;
/// A date outside of these is a slip of typing.
const YEARS: RangeInclusive<i32> = 1990..=2199;

const TIME_UNITS: [(&[&str], u64); 7] = [
    (&["ms"], 1),
    (&["s", "sec", "second", "seconds"], SECOND),
    (&["m", "min", "minute", "minutes"], MINUTE),
    (&["h", "hour", "hours"], HOUR),
    (&["d", "day", "days"], DAY),
    (&["w", "week", "weeks"], 7 * DAY),
    (&["y", "year", "years"], 365 * DAY),
];

const BYTE_UNITS: [(&[&str], u64); 7] = [
    (&["B", "bytes"], 1),
    (&["kB", "KB"], 1_000),
    (&["KiB"], 1 << 10),
    (&["MB"], 1_000_000),
    (&["MiB"], 1 << 20),
    (&["GB"], 1_000_000_000),
    (&["GiB"], 1 << 30),
];

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    fn read<T>(text: &str, kind: impl Fn(&DeValue<'_>) -> Result<T, Wanted>) -> Option<T> {
        let value = DeValue::parse(text).expect(text);
        kind(value.get_ref()).ok()
    }

    #[test]
    fn a_length_of_time_is_read_in_all_its_spellings() {
        let seconds = |text| read(text, length(Bare::Seconds, Duration::ZERO));
        for text in [
            "\"30 s\"",
            "\"30s\"",
            "30",
            "\"30 seconds\"",
            "\"30000 ms\"",
        ] {
            assert_eq!(seconds(text), Some(Duration::from_secs(30)), "{text}");
        }
        for text in ["\"5 min\"", "\"5m\"", "300"] {
            assert_eq!(seconds(text), Some(Duration::from_mins(5)), "{text}");
        }
        let days = |text| read(text, length(Bare::Days, Duration::ZERO));
        for text in ["\"45 days\"", "\"45d\"", "45", "\"1080 h\""] {
            assert_eq!(days(text), Some(Duration::from_hours(45 * 24)), "{text}");
        }
        assert_eq!(days("\"1 year\""), days("365"));
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        let bad = [
            "\"30\"",
            "\"s\"",
            "\"\"",
            "-1",
            "1.5",
            "\"1.5 h\"",
            "true",
            "\"1 fortnight\"",
            "\"99999999999999999999 s\"",
            "99999999999",
            "\"-1 s\"",
            "\"30 s \\n\"",
        ];
        for text in &bad[..bad.len() - 1] {
            assert_eq!(
                read(text, length(Bare::Days, Duration::ZERO)),
                None,
                "{text}"
            );
        }
        let at_least = length(Bare::Seconds, Duration::from_secs(1));
        assert_eq!(read("0", &at_least), None);
    }

    #[test]
    fn a_share_is_whole_per_cent() {
        for text in ["10", "\"10 %\"", "\"10%\"", "0.1", "0.10"] {
            assert_eq!(read(text, per_cent), Some(10), "{text}");
        }
        assert_eq!(read("0.29", per_cent), Some(29));
        for text in ["101", "-1", "1.0", "0.125", "\"10\"", "nan", "inf", "[]"] {
            assert_eq!(read(text, per_cent), None, "{text}");
        }
    }

    #[test]
    fn a_size_has_a_unit_or_is_bytes() {
        assert_eq!(read("\"16 MiB\"", bytes), Some(16_777_216));
        assert_eq!(read("16_777_216", bytes), Some(16_777_216));
        assert_eq!(read("0x100", bytes), Some(256));
        for text in ["0", "\"16\"", "\"16 mib\"", "\"5 GiB\""] {
            assert_eq!(read(text, bytes), None, "{text}");
        }
    }

    #[test]
    fn days_and_clock_readings_need_no_quotes() {
        for text in ["2026-09-14", "\"2026-09-14\""] {
            assert_eq!(read(text, date), Some(date!(2026 - 09 - 14)));
            assert_eq!(read(text, clock_reading), None);
        }
        for text in [
            "\"2027-03-01 06:00\"",
            "2027-03-01T06:00:00",
            "\"2027-03-01T06:00\"",
        ] {
            assert_eq!(
                read(text, clock_reading),
                Some(datetime!(2027-03-01 06:00)),
                "{text}"
            );
            assert_eq!(read(text, date), None);
        }
        for text in [
            "\"14/09/2026\"",
            "\"2026-02-30\"",
            "\"0026-09-14\"",
            "2027-03-01T06:00:00Z",
        ] {
            assert_eq!(read(text, date), None, "{text}");
            assert_eq!(read(text, clock_reading), None, "{text}");
        }
    }
}
