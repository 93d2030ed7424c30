//! Ids that sort by the time at which they were made, and the names of files that carry them. Nothing but a
//! name of just this form is ever taken for one.

use std::{
    ffi::OsStr,
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use super::super::error::BoxError;
use crate::vault::{random_bytes, to_hex};

/// 20 digits of nanoseconds since 1970, a dash, and 8 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Stamp(String);

/// Makes stamps that sort in the order in which they were made, also within one tick of the clock.
#[derive(Debug, Default)]
pub(super) struct Stamper {
    last: AtomicU64,
}

impl Stamper {
    pub(super) fn stamp(&self) -> Result<Stamp, BoxError> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(0));
        let later = |last: u64| now.max(last.saturating_add(1));
        let last = self
            .last
            .update(Ordering::Relaxed, Ordering::Relaxed, later);
        let random = to_hex(&random_bytes::<4>()?);
        Ok(Stamp(format!("{:020}-{random}", later(last))))
    }
}

impl Stamp {
    /// The stamp in a file's name, if that is one with this ending.
    pub(super) fn of(name: &OsStr, ending: &str) -> Option<Self> {
        Self::parse(name.to_str()?.strip_suffix(ending)?)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (time, random) = text.split_once('-')?;
        let ours = time.len() == 20
            && time.bytes().all(|b| b.is_ascii_digit())
            && random.len() == 8
            && is_hex(random);
        ours.then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The time in it, in nanoseconds since 1970.
    pub(super) fn nanoseconds(&self) -> i128 {
        let time = self.0.split('-').next();
        time.and_then(|time| time.parse().ok()).unwrap_or(0)
    }

    /// The name of the file that carries it.
    pub(super) fn file(&self, ending: &str) -> String {
        format!("{}{ending}", self.0)
    }
}

/// Lower-case hexadecimal digits and nothing else.
pub(super) fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_sort_in_the_order_in_which_they_were_made() {
        let stamper = Stamper::default();
        let made: Vec<Stamp> = (0..1000).map(|_| stamper.stamp().unwrap()).collect();
        assert!(made.is_sorted());
        assert!(
            made.iter()
                .all(|s| Stamp::parse(s.as_str()).as_ref() == Some(s))
        );
    }

    #[test]
    fn nothing_else_is_a_stamp() {
        let good = "01795302000000000000-00ff12ab";
        assert!(Stamp::of(format!("{good}.upload").as_ref(), ".upload").is_some());
        for bad in [
            "",
            "-",
            "01795302000000000000-00FF12AB",
            "1795302000000000000-00ff12ab",
            "01795302000000000000-00ff12abc",
            "../02000000000000000-00ff12ab",
        ] {
            assert_eq!(Stamp::parse(bad), None, "{bad}");
        }
    }
}
