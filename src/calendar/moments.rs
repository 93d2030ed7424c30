//! The council's schedules: when releases are due, by English clocks. What a moment is used for, and
//! what was done at the last one, is for others to know.

use std::{fmt, iter::successors};

use croner::{
    Direction,
    parser::{CronParser, Seconds, Year},
};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use thiserror::Error;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

use super::clock::instant;

/// A named row of moments (`[[schedule]]`, spec 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The name that the trail and the receipts use.
    pub name: String,
    /// Its moments.
    pub when: When,
}

/// The moments of a schedule, as an English clock shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// These, in any order.
    Dates(Vec<PrimitiveDateTime>),
    /// Whenever the pattern fits.
    Cron(Cron),
}

impl Schedule {
    /// The first moment after this instant; `None` where none is left.
    pub fn next_after(&self, at: OffsetDateTime) -> Option<OffsetDateTime> {
        match &self.when {
            When::Dates(dates) => dates.iter().copied().map(instant).filter(|m| *m > at).min(),
            When::Cron(cron) => cron.next_after(at),
        }
    }

    /// The moment for which the schedule ought to act now, if there is one: the latest that has
    /// come, unless it was done, or the schedule was not known then, or it is more than `catch_up`
    /// old. Of several missed moments only the latest is caught up (spec 7).
    ///
    /// `known_since` is when the schedule was first seen with this [`Schedule::definition`];
    /// `last_done` is the last moment acted on.
    pub fn due(
        &self,
        known_since: OffsetDateTime,
        last_done: Option<OffsetDateTime>,
        now: OffsetDateTime,
        catch_up: Duration,
    ) -> Option<OffsetDateTime> {
        self.latest_until(now)
            .filter(|moment| *moment >= known_since)
            .filter(|moment| last_done.is_none_or(|done| *moment > done))
            .filter(|moment| now - *moment <= catch_up)
    }

    /// The schedule's moments in words, to tell whether it is still the one that was known: a
    /// schedule that was changed is a new one, and catches up nothing from before the change.
    pub fn definition(&self) -> String {
        match &self.when {
            When::Cron(cron) => format!("cron {cron}"),
            When::Dates(dates) => {
                let mut dates: Vec<_> = dates.iter().map(ToString::to_string).collect();
                dates.sort_unstable();
                format!("dates {}", dates.join(", "))
            }
        }
    }

    fn latest_until(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match &self.when {
            When::Dates(dates) => dates
                .iter()
                .copied()
                .map(instant)
                .filter(|moment| *moment <= now)
                .max(),
            When::Cron(cron) => cron.latest_until(now),
        }
    }
}

/// Why a text is no cron pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CronFault {
    /// Not five fields, or a field that says nothing.
    #[error("not five fields: minute, hour, day of month, month, day of week")]
    Unreadable,
    /// Well-formed, but no day ever fits it, such as 30 February.
    #[error("no day ever fits it")]
    Never,
}

/// Reads a pattern of five fields (minute, hour, day of month, month, day of week), such as
/// `0 6 1 * *`, or a nickname such as `@monthly`.
pub fn parse_cron(text: &str) -> Result<Cron, CronFault> {
    let pattern = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(text)
        .map_err(|_| CronFault::Unreadable)?;
    let cron = Cron {
        text: text.split_whitespace().collect::<Vec<_>>().join(" "),
        pattern: Box::new(pattern),
    };
    let some_day = OffsetDateTime::UNIX_EPOCH;
    match cron.next_after(some_day) {
        Some(_) => Ok(cron),
        None => Err(CronFault::Never),
    }
}

/// A cron pattern over the English clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    text: String,
    pattern: Box<croner::Cron>,
}

impl Cron {
    /// The pattern walks a clock that knows no summer time; each reading then has one instant, so
    /// a change of the clocks can neither skip nor repeat one. Only around a change is the order of
    /// readings not the order of instants, and then by at most [`SHIFT`].
    fn next_after(&self, at: OffsetDateTime) -> Option<OffsetDateTime> {
        let mut first: Option<OffsetDateTime> = None;
        for reading in self.readings(at, Direction::Forward) {
            if first.is_some_and(|first| reading.assume_utc() - SHIFT >= first) {
                break;
            }
            let moment = instant(reading);
            if moment > at && first.is_none_or(|first| moment < first) {
                first = Some(moment);
            }
        }
        first
    }

    fn latest_until(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let mut last: Option<OffsetDateTime> = None;
        let newest = now.checked_add(SHIFT).unwrap_or(now);
        for reading in self.readings(newest, Direction::Backward) {
            if last.is_some_and(|last| reading.assume_utc() <= last) {
                break;
            }
            let moment = instant(reading);
            if moment <= now && last.is_none_or(|last| moment > last) {
                last = Some(moment);
            }
        }
        last
    }

    /// The clock readings that fit, from the one that UTC shows at this instant.
    fn readings(
        &self,
        from: OffsetDateTime,
        direction: Direction,
    ) -> impl Iterator<Item = PrimitiveDateTime> {
        let first = Timestamp::from_second(from.unix_timestamp())
            .ok()
            .and_then(|from| self.fit(&from.to_zoned(TimeZone::UTC), true, direction));
        successors(first, move |last| self.fit(last, false, direction)).map_while(|fit| {
            let utc = OffsetDateTime::from_unix_timestamp(fit.timestamp().as_second()).ok()?;
            Some(PrimitiveDateTime::new(utc.date(), utc.time()))
        })
    }

    fn fit(&self, from: &Zoned, inclusive: bool, direction: Direction) -> Option<Zoned> {
        match direction {
            Direction::Forward => self.pattern.find_next_occurrence(from, inclusive),
            Direction::Backward => self.pattern.find_previous_occurrence(from, inclusive),
        }
        .ok()
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How far English clocks are ever ahead of UTC.
const SHIFT: Duration = Duration::HOUR;

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn cron(pattern: &str) -> Schedule {
        Schedule {
            name: "made-up".to_owned(),
            when: When::Cron(parse_cron(pattern).unwrap()),
        }
    }

    fn dates<const N: usize>(dates: [PrimitiveDateTime; N]) -> Schedule {
        Schedule {
            name: "made-up".to_owned(),
            when: When::Dates(dates.to_vec()),
        }
    }

    /// The moments between two instants, walked forwards.
    fn between(schedule: &Schedule, from: OffsetDateTime, to: OffsetDateTime) -> Vec<String> {
        successors(schedule.next_after(from), |last| schedule.next_after(*last))
            .take_while(|moment| *moment <= to)
            .map(|moment| moment.to_string().replace(":00.0 +00:00:00", "Z"))
            .collect()
    }

    const LONG_KNOWN: OffsetDateTime = datetime!(2020-01-01 00:00 UTC);
    const WEEK: Duration = Duration::WEEK;

    #[test]
    fn a_pattern_is_read_by_the_english_clock() {
        let monthly = cron("0 6 1 * *");
        let moments = between(
            &monthly,
            datetime!(2027-03-01 06:00 UTC),
            datetime!(2027-11-30 00:00 UTC),
        );
        assert_eq!(moments.first().unwrap(), "2027-04-01 5:00Z");
        assert_eq!(moments.last().unwrap(), "2027-11-01 6:00Z");
        assert_eq!(moments.len(), 8);
    }

    #[test]
    fn the_spring_change_neither_skips_nor_repeats_a_moment() {
        let (from, to) = (
            datetime!(2027-03-27 00:00 UTC),
            datetime!(2027-03-30 00:00 UTC),
        );
        assert_eq!(
            between(&cron("30 1 * * *"), from, to),
            ["2027-03-27 1:30Z", "2027-03-28 1:30Z", "2027-03-29 0:30Z"]
        );
        assert_eq!(
            between(&cron("30 2 * * *"), from, to),
            ["2027-03-27 2:30Z", "2027-03-28 1:30Z", "2027-03-29 1:30Z"]
        );
    }

    #[test]
    fn the_autumn_change_neither_skips_nor_repeats_a_moment() {
        let (from, to) = (
            datetime!(2027-10-30 00:00 UTC),
            datetime!(2027-11-01 12:00 UTC),
        );
        assert_eq!(
            between(&cron("30 1 * * *"), from, to),
            ["2027-10-30 0:30Z", "2027-10-31 0:30Z", "2027-11-01 1:30Z"]
        );
        assert_eq!(
            between(&cron("30 2 * * *"), from, to),
            ["2027-10-30 1:30Z", "2027-10-31 2:30Z", "2027-11-01 2:30Z"]
        );
    }

    #[test]
    fn backwards_meets_the_moments_that_forwards_met() {
        for pattern in ["30 1 * * *", "*/20 * * * *", "0 1-3 * * *", "15 2 28 3 *"] {
            let schedule = cron(pattern);
            for start in [
                datetime!(2027-03-27 20:00 UTC),
                datetime!(2027-10-30 20:00 UTC),
            ] {
                let mut moment = schedule.next_after(start).unwrap();
                for _ in 0..40 {
                    assert_eq!(schedule.latest_until(moment), Some(moment), "{pattern}");
                    let next = schedule.next_after(moment).unwrap();
                    let just_before = next - Duration::NANOSECOND;
                    assert_eq!(schedule.latest_until(just_before), Some(moment));
                    moment = next;
                }
            }
        }
    }

    #[test]
    fn of_several_missed_moments_only_the_latest_is_due() {
        let daily = cron("0 6 * * *");
        let now = datetime!(2027-01-10 12:00 UTC);
        let due = daily.due(LONG_KNOWN, Some(datetime!(2027-01-05 06:00 UTC)), now, WEEK);
        assert_eq!(due, Some(datetime!(2027-01-10 06:00 UTC)));
        assert_eq!(daily.due(LONG_KNOWN, due, now, WEEK), None);
    }

    #[test]
    fn a_moment_is_due_from_its_second_until_catch_up_has_passed() {
        let survey = dates([datetime!(2027-03-01 06:00), datetime!(2027-06-01 06:00)]);
        let due = |now| survey.due(LONG_KNOWN, None, now, WEEK);
        let moment = datetime!(2027-03-01 06:00 UTC);
        assert_eq!(due(moment - Duration::SECOND), None);
        assert_eq!(due(moment), Some(moment));
        assert_eq!(due(moment + WEEK), Some(moment));
        assert_eq!(due(moment + WEEK + Duration::SECOND), None);
        assert_eq!(
            survey.next_after(moment),
            Some(datetime!(2027-06-01 05:00 UTC))
        );
        assert_eq!(survey.next_after(datetime!(2027-06-01 05:00 UTC)), None);
    }

    #[test]
    fn a_moment_before_the_schedule_was_known_is_not_caught_up() {
        let survey = dates([datetime!(2027-03-01 06:00)]);
        let moment = datetime!(2027-03-01 06:00 UTC);
        let now = moment + Duration::DAY;
        assert_eq!(survey.due(moment, None, now, WEEK), Some(moment));
        let later = moment + Duration::SECOND;
        assert_eq!(survey.due(later, None, now, WEEK), None);
    }

    #[test]
    fn a_changed_schedule_has_another_definition() {
        let monthly = cron("0  6 1 * *");
        assert_eq!(monthly.definition(), "cron 0 6 1 * *");
        assert_ne!(monthly.definition(), cron("0 6 20 * *").definition());
        let (first, second) = (datetime!(2027-03-01 06:00), datetime!(2027-06-01 06:00));
        assert_eq!(
            dates([first, second]).definition(),
            dates([second, first]).definition()
        );
    }

    #[test]
    fn a_pattern_that_is_none_or_never_fits_is_refused() {
        for unreadable in ["", "monthly", "0 6 1 *", "0 0 6 1 * *", "61 6 1 * *"] {
            assert_eq!(
                parse_cron(unreadable),
                Err(CronFault::Unreadable),
                "{unreadable}"
            );
        }
        assert_eq!(parse_cron("0 6 30 2 *"), Err(CronFault::Never));
        assert!(parse_cron("0 6 29 2 *").is_ok());
        assert!(parse_cron("@monthly").is_ok());
        assert!(parse_cron("0 6 * * MON").is_ok());
    }
}
