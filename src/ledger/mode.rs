//! Whether the ledger is fresh, live or a rehearsal (spec 7): the first act decides, for ever. And the
//! counters by which things are numbered.

use time::OffsetDateTime;

use super::{
    LedgerError,
    access::{Keyless, Tx},
    columns::{At, Whole},
};
use crate::domain::ids::{NoticeId, ReleaseId, RequestId, SubmissionId};

/// What the ledger is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Mode {
    /// Nothing has happened yet.
    Fresh,
    /// In earnest: time is the clock's.
    Live,
    /// The first act had `--at`: nothing here happens in earnest, and time never goes back.
    Rehearsal {
        /// The latest instant that the rehearsal has reached.
        last: OffsetDateTime,
    },
}

impl Mode {
    /// The instant at which an act happens, of what `--at` asked for and the clock says.
    ///
    /// # Errors
    /// [`LedgerError::LiveLedger`] for `--at` in earnest, [`LedgerError::TimeGoesBack`] in a rehearsal.
    pub fn acts_at(
        self,
        at: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Result<OffsetDateTime, LedgerError> {
        match (self, at) {
            (Self::Fresh | Self::Live, None) => Ok(now),
            (Self::Fresh, Some(at)) => Ok(at),
            (Self::Live, Some(_)) => Err(LedgerError::LiveLedger),
            (Self::Rehearsal { last }, None) => Ok(last),
            (Self::Rehearsal { last }, Some(asked)) if asked < last => {
                Err(LedgerError::TimeGoesBack { last, asked })
            }
            (Self::Rehearsal { .. }, Some(asked)) => Ok(asked),
        }
    }
}

impl Keyless<'_> {
    /// What the ledger is used for.
    pub fn mode(&self) -> Result<Mode, LedgerError> {
        let found = self.one("SELECT mode, last FROM meta", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<At>>(1)?))
        })?;
        Ok(match found {
            Some((mode, _)) if mode == "live" => Mode::Live,
            Some((_, Some(At(last)))) => Mode::Rehearsal { last },
            _ => Mode::Fresh,
        })
    }
}

impl Tx<'_> {
    /// Settles, at the start of an act, at which instant it happens: the first act makes the ledger
    /// live, or with `at` a rehearsal; later ones must agree with it. Instants are kept to the
    /// microsecond.
    ///
    /// # Errors
    /// As [`Mode::acts_at`].
    pub fn settle_mode(
        &self,
        at: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Result<OffsetDateTime, LedgerError> {
        let mode = self.mode()?;
        let instant = mode.acts_at(at, now)?;
        match (mode, at) {
            (Mode::Fresh, None) => {
                self.run("UPDATE meta SET mode = 'live'", [])?;
            }
            (Mode::Fresh | Mode::Rehearsal { .. }, Some(_)) => {
                self.run(
                    "UPDATE meta SET mode = 'rehearsal', last = ?1",
                    [At(instant)],
                )?;
            }
            (Mode::Live | Mode::Rehearsal { .. }, _) => {}
        }
        Ok(instant)
    }

    /// The number of a new submission.
    pub fn next_submission(&self) -> Result<SubmissionId, LedgerError> {
        self.reserve("S", 1).map(SubmissionId::new)
    }

    /// The number of a new release.
    pub fn next_release(&self) -> Result<ReleaseId, LedgerError> {
        self.reserve("R", 1).map(ReleaseId::new)
    }

    /// Numbers for so many releases, in a row: for sealing many at once off this thread. Numbers that
    /// are not used in the end leave a gap, which harms nobody.
    pub fn reserve_releases(&self, count: u32) -> Result<Vec<ReleaseId>, LedgerError> {
        let first = self.reserve("R", count)?;
        let beyond = first + u64::from(count);
        Ok((first..beyond).map(ReleaseId::new).collect())
    }

    /// The number of a new request.
    pub fn next_request(&self) -> Result<RequestId, LedgerError> {
        self.reserve("Q", 1).map(RequestId::new)
    }

    /// The number of a new notice.
    pub fn next_notice(&self) -> Result<NoticeId, LedgerError> {
        self.reserve("D", 1).map(NoticeId::new)
    }

    /// Moves the counters past every number that was ever seen elsewhere, after a restore: the next
    /// number is greater than each of these.
    pub fn counters_past(&self, seen: &Seen) -> Result<(), LedgerError> {
        let numbers = [
            ("S", seen.submission.map(SubmissionId::number)),
            ("R", seen.release.map(ReleaseId::number)),
            ("Q", seen.request.map(RequestId::number)),
            ("D", seen.notice.map(NoticeId::number)),
        ];
        for (letter, number) in numbers {
            if let Some(number) = number {
                self.run(
                    "UPDATE counter SET last = max(last, ?2) WHERE letter = ?1",
                    (letter, Whole(number)),
                )?;
            }
        }
        Ok(())
    }

    /// The first of so many numbers in a row.
    fn reserve(&self, letter: &'static str, count: u32) -> Result<u64, LedgerError> {
        let last = self.one(
            "UPDATE counter SET last = last + ?2 WHERE letter = ?1 RETURNING last",
            (letter, count),
            |row| Ok(row.get::<_, Whole>(0)?.0),
        )?;
        let last = last.ok_or(LedgerError::NoSuchRow {
            table: "counter",
            row: 0,
        })?;
        Ok(last + 1 - u64::from(count))
    }
}

/// The greatest numbers that were found in receipts, spool and inboxes after a restore.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The greatest submission.
    pub submission: Option<SubmissionId>,
    /// The greatest release.
    pub release: Option<ReleaseId>,
    /// The greatest request.
    pub request: Option<RequestId>,
    /// The greatest notice.
    pub notice: Option<NoticeId>,
}
