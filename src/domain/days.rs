//! Days of a pupil's school life: birthdays, cohorts, the school leaving date. Days here are local
//! days; which day an instant falls on is the calendar's to say.

use time::{Date, Duration, Month, Weekday};

/// The pupils born from September of [`Cohort::birth_year`] to the August after: one year group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cohort(i32);

impl Cohort {
    /// The year group of someone born on this day.
    pub fn of(born: Date) -> Self {
        Self(school_year(born))
    }

    /// The cohort whose oldest were born in September of this year.
    pub fn from_birth_year(year: i32) -> Self {
        Self(year)
    }

    /// The year in whose September the oldest of the cohort were born.
    pub fn birth_year(self) -> i32 {
        self.0
    }

    /// The last Friday in June of Year 11: the legal school leaving date.
    pub fn leaves(self) -> Date {
        let last = day(self.0 + 17, Month::June, 30);
        let back = last.weekday().number_days_from_sunday() + 7
            - Weekday::Friday.number_days_from_sunday();
        last - Duration::days(i64::from(back % 7))
    }

    /// The National Curriculum year group that the cohort is in on this day.
    pub fn year_group(self, on: Date) -> i32 {
        school_year(on) - self.0 - 5
    }
}

/// The calendar year in which the school year of this day began (1 September).
pub fn school_year(on: Date) -> i32 {
    if on.month() >= Month::September {
        on.year()
    } else {
        on.year() - 1
    }
}

/// 1 September of the school year that this day is in.
pub fn school_year_start(on: Date) -> Date {
    day(school_year(on), Month::September, 1)
}

/// The same day so many years on; 29 February counts as the 28th where there is none (spec 6).
pub fn years_after(from: Date, years: i32) -> Date {
    let year = from.year() + years;
    from.replace_year(year)
        .unwrap_or_else(|_| day(year, Month::February, 28))
}

/// The birthday on which someone turns `age`. Born on 29 February, that is 28 February, every year
/// that is no leap year; in a leap year the agreement's stricter reading is 28 February as well.
pub fn birthday(born: Date, age: i32) -> Date {
    if (born.month(), born.day()) == (Month::February, 29) {
        return day(born.year() + age, Month::February, 28);
    }
    years_after(born, age)
}

/// A day that the calendar has in every year that this program meets.
fn day(year: i32, month: Month, of_month: u8) -> Date {
    Date::from_calendar_date(year, month, of_month).unwrap_or(Date::MIN)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_cohort_runs_from_september_to_august() {
        assert_eq!(
            Cohort::of(date!(2009 - 09 - 01)),
            Cohort::of(date!(2010 - 08 - 31))
        );
        assert_ne!(
            Cohort::of(date!(2009 - 08 - 31)),
            Cohort::of(date!(2009 - 09 - 01))
        );
    }

    #[test]
    fn the_leaving_date_is_the_last_friday_in_june_of_year_11() {
        let leaving = |born| Cohort::of(born).leaves();
        assert_eq!(leaving(date!(2009 - 09 - 01)), date!(2026 - 06 - 26));
        assert_eq!(leaving(date!(2010 - 09 - 01)), date!(2027 - 06 - 25));
        assert_eq!(leaving(date!(2008 - 02 - 29)), date!(2024 - 06 - 28));
        assert_eq!(leaving(date!(2012 - 02 - 29)), date!(2028 - 06 - 30));
    }

    #[test]
    fn year_11_is_the_year_in_which_pupils_turn_sixteen() {
        let cohort = Cohort::of(date!(2010 - 03 - 01));
        assert_eq!(cohort.year_group(date!(2025 - 09 - 01)), 11);
        assert_eq!(cohort.year_group(date!(2026 - 08 - 31)), 11);
        assert_eq!(cohort.year_group(date!(2026 - 09 - 01)), 12);
    }

    #[test]
    fn a_leap_day_birthday_is_the_28th() {
        assert_eq!(birthday(date!(2008 - 02 - 29), 18), date!(2026 - 02 - 28));
        assert_eq!(birthday(date!(2008 - 02 - 29), 16), date!(2024 - 02 - 28));
        assert_eq!(birthday(date!(2010 - 03 - 01), 18), date!(2028 - 03 - 01));
        assert_eq!(years_after(date!(2024 - 02 - 29), 2), date!(2026 - 02 - 28));
    }
}
