//! Whether an extract may be used: not too old, not from the future, not suspiciously short
//! (spec 6 and 7). Knows its day and how many rows it has; refuses to know what is in it.

use time::Date;

/// How an extract's day compares with today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Freshness {
    /// Young enough.
    Fresh,
    /// Older than allowed.
    Stale {
        /// Days since it was exported.
        age_days: i64,
    },
    /// Exported on a day that has not come: its date can't be right, so its age is unknown.
    FromTheFuture,
}

/// Whether an extract exported on this day may still be used today (`destinations.max_age`, in days).
pub fn freshness(exported_on: Date, max_age_days: u16, today: Date) -> Freshness {
    match (today - exported_on).whole_days() {
        age if age < 0 => Freshness::FromTheFuture,
        age_days if age_days > i64::from(max_age_days) => Freshness::Stale { age_days },
        _ => Freshness::Fresh,
    }
}

/// Whether the number of rows is believable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum ExtractVerdict {
    /// It may be used.
    Usable,
    /// No rows at all: all releases are held.
    Empty,
    /// More than a fifth of the rows are gone since the last extract: all releases are held until an
    /// operator accepts it.
    Fallen {
        /// Rows in this one.
        rows: u64,
        /// Rows in the last one.
        previous: u64,
    },
}

/// Judges an extract by its rows beside the one before; a fall of more than `max_fall` per cent
/// (`destinations.max_fall`) is not believed.
pub fn judge_extract(rows: u64, previous_rows: Option<u64>, max_fall: u8) -> ExtractVerdict {
    match previous_rows {
        Some(previous) if has_fallen(rows, previous, max_fall) => {
            ExtractVerdict::Fallen { rows, previous }
        }
        _ if rows == 0 => ExtractVerdict::Empty,
        _ => ExtractVerdict::Usable,
    }
}

/// True if more than this share of the rows, in per cent, are gone.
fn has_fallen(rows: u64, previous: u64, max_fall: u8) -> bool {
    let kept = u128::from(100_u8.saturating_sub(max_fall));
    u128::from(rows) * 100 < u128::from(previous) * kept
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn an_extract_of_exactly_the_oldest_age_is_fresh() {
        let today = date!(2027 - 03 - 01);
        assert_eq!(
            freshness(date!(2027 - 01 - 15), 45, today),
            Freshness::Fresh
        );
        assert_eq!(
            freshness(date!(2027 - 01 - 14), 45, today),
            Freshness::Stale { age_days: 46 }
        );
        assert_eq!(freshness(today, 0, today), Freshness::Fresh);
    }

    #[test]
    fn an_extract_of_tomorrow_is_refused() {
        assert_eq!(
            freshness(date!(2027 - 03 - 02), 45, date!(2027 - 03 - 01)),
            Freshness::FromTheFuture
        );
    }

    #[test]
    fn a_fall_of_more_than_a_fifth_holds_all_releases() {
        assert_eq!(judge_extract(80, Some(100), 20), ExtractVerdict::Usable);
        assert_eq!(
            judge_extract(79, Some(100), 20),
            ExtractVerdict::Fallen {
                rows: 79,
                previous: 100
            }
        );
        assert_eq!(judge_extract(79, Some(100), 21), ExtractVerdict::Usable);
        assert_eq!(judge_extract(500, Some(100), 20), ExtractVerdict::Usable);
        assert_eq!(judge_extract(1, None, 20), ExtractVerdict::Usable);
    }

    #[test]
    fn an_extract_without_rows_is_no_extract() {
        assert_eq!(judge_extract(0, None, 20), ExtractVerdict::Empty);
        assert_eq!(judge_extract(0, Some(0), 20), ExtractVerdict::Empty);
    }

    #[test]
    fn no_number_of_rows_overflows() {
        assert_eq!(
            judge_extract(u64::MAX, Some(u64::MAX), 20),
            ExtractVerdict::Usable
        );
    }
}
