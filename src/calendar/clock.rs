//! Europe/London: which day it is in England at an instant, and which instant an English clock means.

use std::sync::LazyLock;

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{TimeZone, TimeZoneDatabase},
};
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};

/// The day in England at this instant.
pub fn local_day(at: OffsetDateTime) -> Date {
    local_time(at).date()
}

/// What an English clock shows at this instant.
pub fn local_time(at: OffsetDateTime) -> PrimitiveDateTime {
    let local = at.checked_to_offset(offset_at(at)).unwrap_or(at);
    PrimitiveDateTime::new(local.date(), local.time())
}

/// The instant, in UTC, at which an English clock shows this. A time that the clocks skip in spring
/// is the one as long after the change (01:30 is 02:30); of a time that they show twice in autumn it
/// is the first.
pub fn instant(local: PrimitiveDateTime) -> OffsetDateTime {
    let as_if_utc = local.assume_utc();
    civil(local)
        .and_then(|civil| LONDON.to_ambiguous_timestamp(civil).compatible().ok())
        .and_then(|at| OffsetDateTime::from_unix_timestamp_nanos(at.as_nanosecond()).ok())
        .unwrap_or(as_if_utc)
}

/// How far English clocks are ahead of UTC at this instant. At the ends of time, where the zone's
/// rules have no answer, they are not ahead.
fn offset_at(at: OffsetDateTime) -> UtcOffset {
    Timestamp::from_second(at.unix_timestamp())
        .ok()
        .map(|at| LONDON.to_offset(at).seconds())
        .and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok())
        .unwrap_or(UtcOffset::UTC)
}

/// The same clock reading in the zone library's words.
fn civil(local: PrimitiveDateTime) -> Option<DateTime> {
    let (year, month, day) = local.to_calendar_date();
    let (hour, minute, second, nanos) = local.as_hms_nano();
    DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(u8::from(month)).ok()?,
        i8::try_from(day).ok()?,
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        i32::try_from(nanos).ok()?,
    )
    .ok()
}

/// From the bundled database only: what day it is must not depend on the machine's packages.
static LONDON: LazyLock<TimeZone> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the database is part of the binary; a test proves that the zone is in it"
    )]
    TimeZoneDatabase::bundled()
        .get("Europe/London")
        .expect("the bundled database has Europe/London")
});

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn a_summer_evening_after_eleven_utc_is_the_next_day() {
        assert_eq!(
            local_day(datetime!(2026-07-01 22:59:59 UTC)),
            date!(2026 - 07 - 01)
        );
        assert_eq!(
            local_day(datetime!(2026-07-01 23:00 UTC)),
            date!(2026 - 07 - 02)
        );
        assert_eq!(
            local_day(datetime!(2026-12-01 23:59:59 UTC)),
            date!(2026 - 12 - 01)
        );
    }

    #[test]
    fn a_clock_reading_and_its_instant_are_two_sides_of_one_thing() {
        for local in [
            datetime!(2026-07-01 12:00),
            datetime!(2026-12-01 00:00),
            datetime!(2027-03-28 00:59:59),
            datetime!(2027-03-28 02:00),
            datetime!(2027-10-31 02:00),
        ] {
            assert_eq!(local_time(instant(local)), local);
        }
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_as_long_after_the_change() {
        let skipped = instant(datetime!(2027-03-28 01:30));
        assert_eq!(skipped, datetime!(2027-03-28 01:30 UTC));
        assert_eq!(local_time(skipped), datetime!(2027-03-28 02:30));
    }

    #[test]
    fn of_a_time_shown_twice_the_first_counts() {
        assert_eq!(
            instant(datetime!(2027-10-31 01:30)),
            datetime!(2027-10-31 00:30 UTC)
        );
        assert_eq!(
            instant(datetime!(2027-10-31 02:30)),
            datetime!(2027-10-31 02:30 UTC)
        );
    }

    #[test]
    fn the_ends_of_time_have_a_day_too() {
        assert_eq!(
            local_day(PrimitiveDateTime::MAX.assume_utc()),
            PrimitiveDateTime::MAX.date()
        );
        assert_eq!(
            local_day(PrimitiveDateTime::MIN.assume_utc()),
            PrimitiveDateTime::MIN.date()
        );
    }
}
