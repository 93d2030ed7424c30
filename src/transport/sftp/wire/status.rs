//! How a request ends where it brings nothing back (section 7), and the one table from what the system
//! says to what a client is told.

use std::{
    borrow::Cow,
    fmt, io,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::io::Errno;
use tracing::warn;

use super::{Limit, Malformed};
use crate::boxes::BoxError;

/// A status of version 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// Done.
    Ok = 0,
    /// Nothing behind: the end of a file or of a list.
    Eof = 1,
    /// There is no such name.
    NoSuchFile = 2,
    /// It is there, and not for you.
    PermissionDenied = 3,
    /// It did not work; the words tell why.
    Failure = 4,
    /// The packet does not hold what its type says.
    BadMessage = 5,
    /// Nobody does this here.
    Unsupported = 8,
}

/// A request that is not done, and a sentence for the person in front of the client. Names no path of
/// the server's and nothing that a pupil could be known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub status: Status,
    /// The sentence.
    pub words: Cow<'static, str>,
    /// The limit that was met, if it was one.
    pub limit: Option<Limit>,
}

impl Refusal {
    /// The same, because a limit was met.
    pub(in super::super) fn at(self, limit: Limit) -> Self {
        Self {
            limit: Some(limit),
            ..self
        }
    }
}

impl Status {
    /// This status with a sentence.
    pub fn because(self, words: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal {
            status: self,
            words: words.into(),
            limit: None,
        }
    }

    /// The status of this number; a failure where version 3 has none of it.
    pub fn of(number: u32) -> Self {
        match number {
            0 => Self::Ok,
            1 => Self::Eof,
            2 => Self::NoSuchFile,
            3 => Self::PermissionDenied,
            5 => Self::BadMessage,
            8 => Self::Unsupported,
            _ => Self::Failure,
        }
    }
}

impl From<Malformed> for Refusal {
    fn from(_: Malformed) -> Self {
        Status::BadMessage.because("Your program sent a request that can't be read.")
    }
}

impl From<Errno> for Refusal {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::NOENT => Status::NoSuchFile.because("There is no such file."),
            Errno::ACCESS | Errno::PERM | Errno::ROFS | Errno::LOOP | Errno::XDEV => {
                Status::PermissionDenied.because("This is not open to you.")
            }
            Errno::NOSPC | Errno::DQUOT => Status::Failure
                .because(
                    "There is no room on the council's server at the moment. Please try again later.",
                )
                .at(Limit::Disk),
            Errno::EXIST => Status::Failure.because("There is a file of this name already."),
            Errno::NOTDIR | Errno::ISDIR => {
                Status::Failure.because("A folder and a file were taken for each other.")
            }
            _ => Status::Failure
                .because("Something went wrong on the council's server. Please try again later."),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        if error.kind() != io::ErrorKind::NotFound {
            TROUBLE.tell(&error);
        }
        error
            .raw_os_error()
            .map_or(Errno::IO, Errno::from_raw_os_error)
            .into()
    }
}

impl From<BoxError> for Refusal {
    /// What is no client's doing is for the operator to know; the error names folders and no file.
    fn from(error: BoxError) -> Self {
        if !error.is_missing() {
            TROUBLE.tell(&error);
        }
        error
            .raw_os_error()
            .map_or(Errno::IO, Errno::from_raw_os_error)
            .into()
    }
}

/// What is told at most once a minute: clients choose how often they ask.
struct Seldom {
    /// In milliseconds since the first, plus one; none was told at zero.
    told: AtomicU64,
}

impl Seldom {
    const fn new() -> Self {
        Self {
            told: AtomicU64::new(0),
        }
    }

    fn tell(&self, error: &dyn fmt::Display) {
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        if self.is_time(BEGAN.elapsed()) {
            warn!(%error, "a request failed; others like it are told of in a minute at the earliest");
        }
    }

    fn is_time(&self, now: Duration) -> bool {
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let told = self.told.load(Ordering::Relaxed);
        let is_time = told == 0 || now >= told.saturating_add(PAUSE);
        let (mine, order) = (now.saturating_add(1), Ordering::Relaxed);
        is_time && self.told.compare_exchange(told, mine, order, order).is_ok()
    }
}

static TROUBLE: Seldom = Seldom::new();
/// In milliseconds.
const PAUSE: u64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_at_every_request_is_told_once_a_minute() {
        let seldom = Seldom::new();
        let at = Duration::from_secs;
        assert!(seldom.is_time(at(0)));
        assert!((0..60).all(|second| !seldom.is_time(at(second))));
        assert!(seldom.is_time(at(61)) && !seldom.is_time(at(62)));
    }
}
