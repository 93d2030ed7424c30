//! Floor 1: local days, summer time and schedules. The only room that knows a time zone.
