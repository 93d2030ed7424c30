//! Floor 4: where rooms meet.
