//! Days as the agreement counts them, told once more from the spec's words: local days, birthdays, the
//! end of a consent (spec 6, clauses 2.1 and 2.2).

use time::{Date, Duration, Month, OffsetDateTime, Time, Weekday, macros::time};

/// What the signed form says on how long a consent lasts (`consent.expires`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lasts {
    Earliest,
    TwoYearsAfterLeaving,
}

/// The day in Europe/London.
pub(crate) fn local_day(at: OffsetDateTime) -> Date {
    (at + ahead(at)).date()
}

/// The instant at which an English clock shows this; where it shows it twice or never, about then.
pub(crate) fn instant(day: Date, clock: Time) -> OffsetDateTime {
    let shown = day.with_time(clock).assume_utc();
    shown - ahead(shown - Duration::HOUR)
}

/// Summer time: from the last Sunday of March to the last Sunday of October, at one in the morning UTC.
fn ahead(at: OffsetDateTime) -> Duration {
    let change = |month| last(Weekday::Sunday, at.year(), month).with_time(time!(01:00));
    let summer = change(Month::March).assume_utc()..change(Month::October).assume_utc();
    if summer.contains(&at) {
        Duration::HOUR
    } else {
        Duration::ZERO
    }
}

fn last(weekday: Weekday, year: i32, month: Month) -> Date {
    let mut day = Date::from_calendar_date(year, month, month.length(year)).unwrap();
    while day.weekday() != weekday {
        day -= Duration::DAY;
    }
    day
}

/// The day on which somebody turns so old: "a birthday on 29 February counts as 28 February".
pub(crate) fn turns(born: Date, age: i32) -> Date {
    let day = match born.month() {
        Month::February => born.day().min(28),
        _ => born.day(),
    };
    Date::from_calendar_date(born.year() + age, born.month(), day).unwrap()
}

fn two_years_after(day: Date) -> Date {
    let year = day.year() + 2;
    let same = day.replace_year(year);
    same.unwrap_or_else(|_| Date::from_calendar_date(year, Month::February, 28).unwrap())
}

/// The leaving cohort, by the year of its September: "the September–August birth year".
pub(crate) fn cohort(born: Date) -> i32 {
    born.year() - i32::from(u8::from(born.month()) < 9)
}

/// 1 September of the school year that this day is in.
pub(crate) fn school_year(day: Date) -> Date {
    Date::from_calendar_date(cohort(day), Month::September, 1).unwrap()
}

/// The September after leaving.
pub(crate) fn september_after_leaving(cohort: i32) -> Date {
    Date::from_calendar_date(cohort + 17, Month::September, 1).unwrap()
}

/// The first day on which a consent no longer counts.
pub(crate) fn end_of_consent(born: Date, given: Date, plan: bool, lasts: Lasts) -> Date {
    let eighteen = turns(born, 18);
    // "With an EHCP, on both the list and the extract: a consent dated on or after the 18th birthday lasts
    // two years, never past the 25th birthday."
    if plan && given >= eighteen {
        return two_years_after(given).min(turns(born, 25));
    }
    // "two years after the school leaving date (last Friday in June of Year 11)"
    let leaving = last(Weekday::Friday, cohort(born) + 17, Month::June);
    match lasts {
        Lasts::TwoYearsAfterLeaving => two_years_after(leaving),
        Lasts::Earliest => eighteen
            .min(two_years_after(given))
            .min(two_years_after(leaving)),
    }
}
