//! Days as schools and councils write them. Always day first; a value that only reads month first says
//! so, because then its neighbours can't be trusted either (spec 3). Reads bytes, so that an extract of
//! millions of dates allocates nothing.

use time::{Date, Duration, Month, macros::date};

/// What a cell of dates says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// A day.
    Day(Date),
    /// A bare number such as Excel keeps days in. Whether it is a day depends on its whole column.
    Serial(u32),
    /// Month first, and in no other way a date.
    MonthFirst,
    /// No date, or one of two readings.
    Unreadable,
}

/// What may stand behind a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// Nothing, or midnight: another time may be the trace of a time zone, and the day the wrong one.
    ZeroOnly,
    /// Any time of day.
    Any,
}

/// Reads a trimmed cell.
pub(super) fn read(text: &[u8], time: Time) -> Written {
    let (first, rest) = number(text);
    match (first.len(), rest) {
        (8, rest) if is_time(rest, time) => compact(first),
        (1..=6, rest) if is_fraction(rest, time) => Written::Serial(value(first)),
        (4, [separator @ (b'-' | b'/' | b'.'), rest @ ..]) => {
            year_first(value(first), *separator, rest, time)
        }
        (1 | 2, [separator @ (b'-' | b'/' | b'.' | b' '), rest @ ..]) => {
            day_first(value(first), *separator, rest, time)
        }
        _ => Written::Unreadable,
    }
}

/// The day that a person typed, as lists write it.
pub fn day_of(text: &str) -> Option<Date> {
    match read(text.trim().as_bytes(), Time::ZeroOnly) {
        Written::Day(day) => Some(day),
        Written::Serial(_) | Written::MonthFirst | Written::Unreadable => None,
    }
}

/// The day of one of Excel's serial numbers in its 1900 system.
pub(super) fn of_serial(serial: u32) -> Option<Date> {
    let day = EXCEL_DAY_ZERO.checked_add(Duration::days(i64::from(serial)))?;
    YEARS.contains(&day.year()).then_some(day)
}

/// `20100901`.
fn compact(digits: &[u8]) -> Written {
    day(
        value(&digits[..4]),
        value(&digits[4..6]),
        value(&digits[6..]),
    )
}

/// `2010-09-01`.
fn year_first(year: u32, separator: u8, rest: &[u8], time: Time) -> Written {
    let (month, rest) = number(rest);
    let [between, rest @ ..] = rest else {
        return Written::Unreadable;
    };
    let (of_month, rest) = number(rest);
    let lengths = (1..=2).contains(&month.len()) && (1..=2).contains(&of_month.len());
    if *between != separator || !lengths || !is_time(rest, time) {
        return Written::Unreadable;
    }
    day(year, value(month), value(of_month))
}

/// `01/09/2010`, `1-Sep-2010`, `1 September 2010`.
fn day_first(of_month: u32, separator: u8, rest: &[u8], time: Time) -> Written {
    let letters = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (month, rest) = if letters > 0 {
        (named_month(&rest[..letters]), &rest[letters..])
    } else if separator == b' ' {
        (None, rest)
    } else {
        let (digits, rest) = number(rest);
        let fits = (1..=2).contains(&digits.len());
        (fits.then(|| value(digits)), rest)
    };
    let (Some(month), [between, rest @ ..]) = (month, rest) else {
        return Written::Unreadable;
    };
    let (year, rest) = number(rest);
    if *between != separator || !matches!(year.len(), 2 | 4) || !is_time(rest, time) {
        return Written::Unreadable;
    }
    let swapped = letters == 0 && (1..=12).contains(&of_month) && (13..=31).contains(&month);
    match year.len() {
        _ if swapped => Written::MonthFirst,
        4 => day(value(year), month, of_month),
        _ => Written::Unreadable,
    }
}

fn day(year: u32, month: u32, of_month: u32) -> Written {
    let day = || {
        let year = i32::try_from(year).ok().filter(|y| YEARS.contains(y))?;
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        Date::from_calendar_date(year, month, u8::try_from(of_month).ok()?).ok()
    };
    day().map_or(Written::Unreadable, Written::Day)
}

fn named_month(letters: &[u8]) -> Option<u32> {
    let named = |name: &&[u8]| {
        letters.eq_ignore_ascii_case(name) || letters.eq_ignore_ascii_case(&name[..3])
    };
    if letters.eq_ignore_ascii_case(b"sept") {
        return Some(9);
    }
    MONTHS
        .iter()
        .zip(1..)
        .find(|(name, _)| named(name))
        .map(|(_, month)| month)
}

/// Nothing, or a time of day behind `T` or a space.
fn is_time(rest: &[u8], time: Time) -> bool {
    let [b'T' | b' ', clock @ ..] = rest else {
        return rest.is_empty();
    };
    let clock = clock.strip_suffix(b"Z").unwrap_or(clock);
    let clock = clock.strip_suffix(b"+00:00").unwrap_or(clock);
    let mut parts = clock.split(|b| *b == b':' || *b == b'.');
    let mut zero = true;
    let mut count = 0;
    let well_formed = parts.by_ref().all(|part| {
        count += 1;
        zero &= part.iter().all(|b| *b == b'0');
        (1..=9).contains(&part.len()) && part.iter().all(u8::is_ascii_digit)
    });
    well_formed && (2..=4).contains(&count) && (zero || time == Time::Any)
}

/// Nothing, or the fraction of a day behind a serial number.
fn is_fraction(rest: &[u8], time: Time) -> bool {
    match rest {
        [] => true,
        [b'.', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            time == Time::Any || digits.iter().all(|b| *b == b'0')
        }
        _ => false,
    }
}

fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().take_while(|b| b.is_ascii_digit()).count();
    text.split_at(length)
}

/// The value of at most eight digits.
fn value(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |value: u32, digit| {
        value
            .wrapping_mul(10)
            .wrapping_add(u32::from(digit.wrapping_sub(b'0')))
    })
}

/// Years that are read at all.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Excel's day 0 for all days from March 1900 on; before, it believes in a 29 February 1900.
const EXCEL_DAY_ZERO: Date = date!(1899 - 12 - 30);

pub(super) const MONTHS: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn strict(text: &str) -> Written {
        read(text.as_bytes(), Time::ZeroOnly)
    }

    #[test]
    fn the_forms_of_the_contract_are_read() {
        for text in [
            "01/09/2010",
            "1/9/2010",
            "01-09-2010",
            "01.09.2010",
            "1.9.2010",
            "2010-09-01",
            "20100901",
            "01-Sep-2010",
            "1-sep-2010",
            "01 SEP 2010",
            "1 September 2010",
            "1-Sept-2010",
            "01/09/2010 00:00",
            "01/09/2010 00:00:00",
            "2010-09-01T00:00:00",
            "2010-09-01 00:00:00.000",
            "2010-09-01T00:00:00Z",
            "20100901T00:00:00",
            "1 September 2010 00:00",
        ] {
            assert_eq!(strict(text), Written::Day(date!(2010 - 09 - 01)), "{text}");
        }
        assert_eq!(strict("03/04/2010"), Written::Day(date!(2010 - 04 - 03)));
        assert_eq!(strict("29/02/2008"), Written::Day(date!(2008 - 02 - 29)));
    }

    #[test]
    fn what_is_no_date_is_not_made_into_one() {
        for text in [
            "",
            "1-Sep-10",
            "01/09/10",
            "29/02/2010",
            "31/31/2010",
            "2010-31-08",
            "01/09-2010",
            "1/9/20100",
            "2010-09-01T13:00:00",
            "01/09/2010 23:00",
            "01/09/2010 00",
            "1st September 2010",
            "Sep 1 2010",
            "01092010",
            "01/09/1066",
            "01/Smarch/2010",
            "01 09 2010",
            "１/9/2010",
            "-1/9/2010",
            "40422.5",
            "4042200",
            "01/09/2010x",
            "Count: 143",
        ] {
            assert_eq!(strict(text), Written::Unreadable, "{text}");
        }
    }

    #[test]
    fn a_value_that_only_reads_month_first_says_so() {
        for text in ["08/31/2009", "8-31-2009", "12.13.2009 00:00", "08/31/09"] {
            assert_eq!(strict(text), Written::MonthFirst, "{text}");
        }
        assert_eq!(strict("31/08/2009"), Written::Day(date!(2009 - 08 - 31)));
        assert_eq!(strict("00/31/2009"), Written::Unreadable);
    }

    #[test]
    fn serials_are_told_apart_from_dates() {
        assert_eq!(strict("40422"), Written::Serial(40422));
        assert_eq!(strict("40422.0"), Written::Serial(40422));
        assert_eq!(of_serial(40422), Some(date!(2010 - 09 - 01)));
        assert_eq!(of_serial(999_999), None);
    }

    #[test]
    fn an_extract_may_tell_the_time_of_day() {
        for text in [
            "2022-01-27 13:45:00",
            "27/01/2022 13:45",
            "2022-01-27T13:45:00.123",
        ] {
            let read = read(text.as_bytes(), Time::Any);
            assert_eq!(read, Written::Day(date!(2022 - 01 - 27)), "{text}");
        }
        assert_eq!(read(b"44620.75", Time::Any), Written::Serial(44620));
        assert_eq!(of_serial(44620), Some(date!(2022 - 02 - 28)));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..24)) {
            let _ = read(&bytes, Time::Any);
        }

        #[test]
        fn every_day_reads_back(days in 0_i64..70_000) {
            let day = date!(1905 - 01 - 01) + Duration::days(days);
            let (year, month, of_month) = (day.year(), u8::from(day.month()), day.day());
            for text in [
                format!("{of_month:02}/{month:02}/{year}"),
                format!("{year}-{month:02}-{of_month:02}"),
                format!("{year}{month:02}{of_month:02}"),
                format!("{of_month} {} {year}", day.month()),
            ] {
                proptest::prop_assert_eq!(strict(&text), Written::Day(day));
            }
        }
    }
}
