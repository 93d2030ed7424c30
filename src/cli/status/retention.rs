//! What is kept only so long, and when something goes next: without the key, from dates alone.

use serde::Serialize;
use time::Date;

use crate::{
    cli::error::CliError,
    config::Retention,
    flow::retention::{keeps, next_going},
    ledger::{Keyless, Store},
};

/// One store.
#[derive(Debug, Serialize)]
pub(super) struct RetentionLine {
    /// The setting's name: `uploads`, `disclosures`, `receipts` or `notices`.
    what: &'static str,
    /// For how many days it is kept.
    keeps_days: i64,
    /// The local day on which something goes next; null where nothing is kept that may go.
    next: Option<Date>,
    /// How much goes on that day: uploads, releases, receipts or notices.
    count: u32,
}

/// Looks at every store.
pub(super) fn look(
    ledger: &Keyless<'_>,
    settings: &Retention,
    today: Date,
) -> Result<Vec<RetentionLine>, CliError> {
    if ledger.is_of_an_older_version()? {
        return Ok(Vec::new());
    }
    let mut lines = Vec::with_capacity(Store::ALL.len());
    for store in Store::ALL {
        let (next, count) = next_going(ledger, settings, store, today)?;
        lines.push(RetentionLine {
            what: store.word(),
            keeps_days: keeps(settings, store).whole_days(),
            next,
            count,
        });
    }
    Ok(lines)
}

impl RetentionLine {
    /// The line for people.
    pub(super) fn told(&self) -> String {
        let kept = format!("Kept {} days: {}", self.keeps_days, self.what);
        match self.next {
            Some(next) => format!("{kept}; next to go {next} ({})", self.count),
            None => format!("{kept}; nothing to go"),
        }
    }
}
