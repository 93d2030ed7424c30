//! Floor 1: local days, summer time and schedules. The only room that knows a time zone.
//!
//! What comes out is of the `time` crate: a [`time::Date`] is a day in England, a
//! [`time::PrimitiveDateTime`] a reading of an English clock, a [`time::OffsetDateTime`] an instant
//! in UTC. The zone's rules travel in the binary, so a machine without zone data keeps English time.

mod clock;
mod moments;

pub use clock::{instant, local_day, local_time};
pub use moments::{Cron, CronFault, Schedule, When, parse_cron};
