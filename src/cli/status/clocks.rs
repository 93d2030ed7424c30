//! What `status` tells of breaches: until when the regulator must be told.

use serde::Serialize;
use time::{OffsetDateTime, serde::rfc3339};

use crate::{
    calendar::local_time,
    flow::{
        rights::{hours_left, tell_ico_by},
        words::long_time,
    },
    ledger::BreachClock,
};

/// The clocks that run, the most pressing first.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Clocks(Vec<Clock>);

#[derive(Debug, Serialize)]
struct Clock {
    about: String,
    #[serde(with = "rfc3339")]
    known_at: OffsetDateTime,
    #[serde(with = "rfc3339")]
    tell_ico_by: OffsetDateTime,
    /// Below nought where it is overdue.
    hours_left: i64,
}

impl Clocks {
    pub(super) fn of(clocks: Vec<BreachClock>, now: OffsetDateTime) -> Self {
        let clock = |clock: BreachClock| {
            let by = tell_ico_by(clock.known_at);
            Clock {
                about: clock.about,
                known_at: clock.known_at,
                tell_ico_by: by,
                hours_left: hours_left(by, now),
            }
        };
        Self(clocks.into_iter().map(clock).collect())
    }

    /// Each in words, with what was lost.
    pub(super) fn told(&self) -> impl Iterator<Item = (&str, String)> {
        self.0
            .iter()
            .map(|clock| (clock.about.as_str(), words(clock)))
    }
}

fn words(clock: &Clock) -> String {
    let by = long_time(local_time(clock.tell_ico_by));
    let left = match clock.hours_left {
        hours @ ..0 => format!("OVERDUE by {} hours", -hours),
        hours => format!("{hours} hours left"),
    };
    format!("{}, tell the ICO by {by} ({left})", clock.about)
}
