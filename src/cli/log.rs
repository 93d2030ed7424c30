//! Where the log goes and how much of it: to the journal with fields where standard error is the journal's,
//! as readable lines on a terminal, as lines of JSON otherwise. Knows no event; `docs/logs.md` tells those.

use std::{
    env,
    io::{self, IsTerminal as _},
};

use rustix::fs::fstat;
use tracing::{Metadata, Subscriber, subscriber, warn};
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt as _, filter_fn},
    fmt,
    layer::SubscriberExt as _,
    registry::LookupSpan,
};

/// Starts the log. Its level is set by `PILLARBOX_LOG`, such as `debug`; `off` is silence. Where that says
/// nothing, it is this.
pub(super) fn start(usual: &str) {
    let wanted = env::var("PILLARBOX_LOG").ok();
    let read = wanted.as_deref().map(EnvFilter::try_new);
    let unread = matches!(read, Some(Err(_)));
    let level = read
        .and_then(Result::ok)
        .unwrap_or_else(|| EnvFilter::new(usual));
    let (sink, no_journal) = sink();
    // A second logger can only be a test's, and then the first one is as good. What libraries tell by way of
    // the crate `log` has no way in: nothing hands it over.
    let all = Registry::default().with(sink.with_filter(filter_fn(is_ours).and(level)));
    let _ = subscriber::set_global_default(all);
    if let Some(error) = no_journal {
        warn!(%error, "the journal can't be reached; standard error takes the log");
    }
    if unread {
        warn!("PILLARBOX_LOG names no level such as info, debug or trace; it is taken for {usual}");
    }
}

/// Only what this program says itself is told, at every level and whatever `PILLARBOX_LOG` asks for:
/// libraries would repeat what strangers and schools send.
fn is_ours(about: &Metadata<'_>) -> bool {
    let target = about.target();
    target == CRATE || target.starts_with(concat!(env!("CARGO_PKG_NAME"), "::"))
}

/// What takes the log; and why it is not the journal, where it ought to be.
fn sink<S>() -> (Box<dyn Layer<S> + Send + Sync>, Option<io::Error>)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if io::stderr().is_terminal() {
        return (
            fmt::layer()
                .with_writer(io::stderr)
                .with_target(false)
                .boxed(),
            None,
        );
    }
    let lines = || {
        fmt::layer()
            .json()
            .with_writer(io::stderr)
            .with_target(false)
    };
    if !stderr_is_the_journal() {
        return (lines().boxed(), None);
    }
    match tracing_journald::layer() {
        Ok(journal) => {
            let journal = journal
                .with_field_prefix(Some(FIELDS.to_owned()))
                .with_syslog_identifier(CRATE.to_owned())
                .with_priority_mappings(PriorityMappings {
                    info: Priority::Informational,
                    debug: Priority::Debug,
                    ..PriorityMappings::new()
                });
            (journal.boxed(), None)
        }
        // Standard error ends up in the journal all the same, a line of JSON each.
        Err(error) => (lines().boxed(), Some(error)),
    }
}

/// systemd tells device and inode of the journal's end of a service's output; a service whose output was
/// sent elsewhere inherits the variable and has another standard error.
fn stderr_is_the_journal() -> bool {
    let (Ok(told), Ok(stat)) = (env::var("JOURNAL_STREAM"), fstat(io::stderr())) else {
        return false;
    };
    is_stream(&told, stat.st_dev, stat.st_ino)
}

fn is_stream(told: &str, device: u64, inode: u64) -> bool {
    told == format!("{device}:{inode}")
}

const CRATE: &str = env!("CARGO_PKG_NAME");
/// In front of an event's own fields in the journal: `PILLARBOX_SCHOOL`.
const FIELDS: &str = "PILLARBOX";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_is_known_by_device_and_inode() {
        assert!(is_stream("8:4711", 8, 4711));
        for other in ["8:4712", "9:4711", "", "8", "8:4711:"] {
            assert!(!is_stream(other, 8, 4711), "{other}");
        }
    }
}
