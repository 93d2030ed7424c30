//! The time that the house lives by: the real one, or the one that `--at` set for a rehearsal.

use time::{Date, OffsetDateTime};

use crate::flow::FlowError;
use crate::{calendar::local_day, ledger::Mode};

/// Where "now" comes from, so that every test and rehearsal can choose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// The machine's.
    Real,
    /// Always this instant.
    Stopped(OffsetDateTime),
}

impl Clock {
    /// The time of a ledger in this mode: a rehearsal's own, else the real one (spec 7).
    pub(super) fn of(mode: Mode, at: Option<OffsetDateTime>) -> Result<Self, FlowError> {
        let instant = mode.acts_at(at, Self::Real.now())?;
        let rehearsal = at.is_some() || matches!(mode, Mode::Rehearsal { .. });
        Ok(if rehearsal {
            Self::Stopped(instant)
        } else {
            Self::Real
        })
    }

    /// Now, in UTC and whole seconds: receipts and the trail speak in seconds.
    pub(super) fn now(self) -> OffsetDateTime {
        let now = match self {
            Self::Real => OffsetDateTime::now_utc(),
            Self::Stopped(at) => at.to_offset(time::UtcOffset::UTC),
        };
        now.replace_nanosecond(0).unwrap_or(now)
    }

    /// Today, the local day in Europe/London.
    pub(super) fn today(self) -> Date {
        local_day(self.now())
    }
}
