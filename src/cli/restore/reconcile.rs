//! `restore --reconcile`: what was found of the time since the backup, in words for an operator, and the question
//! whether everything may go on.

use std::io::{self, BufRead as _, IsTerminal as _};

use serde::Serialize;

use crate::{
    calendar::local_time,
    cli::{args::RestoreArgs, error::CliError, print, settings::Site},
    domain::{ids::SchoolId, receipt::Kind},
    flow::{
        FlowError,
        reconcile::{Elsewhere, MissingUpload, Report, SchoolReport, confirm, reconcile},
        words::long_time,
    },
    ledger::{Actor, LedgerError},
    transport::control::Peer,
};

/// The report with the operator's word.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// Whether the hold of the restore has ended.
    confirmed: bool,
}

pub(super) fn look(site: &Site, args: &RestoreArgs, json: bool) -> Result<(), CliError> {
    let mut house = site.open_house(None).map_err(|error| match error {
        CliError::Flow(FlowError::Ledger(LedgerError::AlreadyRunning { .. })) => CliError::Refused {
            why: "the daemon is running, and has the ledger".to_owned(),
            next: "stop it (systemctl stop pillarbox), say this again, and start it after you have confirmed".to_owned(),
        },
        error => error,
    })?;
    house.prove_readers()?;
    let Peer { uid, name } = Peer::own();
    let actor = Actor::Operator {
        name: name.unwrap_or_default(),
        uid,
    };
    let from = Elsewhere {
        boxes: args.boxes_from.as_deref(),
        spool: args.spool_from.as_deref(),
        notes: args.notes_from.as_deref(),
    };
    let report = reconcile(&mut house, &from, &actor)?;
    if !json {
        tell(&report)?;
    }
    let confirmed = args.confirm || (!json && asks_yes()?);
    if confirmed {
        confirm(&mut house, &report, &actor)?;
    }
    if json {
        return Ok(print::json(&Told {
            report: &report,
            confirmed,
        })?);
    }
    print::line("")?;
    Ok(print::line(if confirmed {
        "Confirmed. Start the daemon; what may still be shared is made again."
    } else {
        "Not confirmed: everything stays on hold. Say it with: pillarbox restore --reconcile --confirm"
    })?)
}

/// Asks at a terminal; anything but a plain yes is a no.
fn asks_yes() -> Result<bool, CliError> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    print::aside("Is that all, and may everything go on? Type yes:");
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(CliError::NotRead)?;
    Ok(line.trim() == "yes")
}

fn tell(report: &Report) -> Result<(), CliError> {
    print::line(format!(
        "The backup is of {}, trail up to row {}.",
        long_time(local_time(report.made_at)),
        report.backup_head.seq
    ))?;
    match &report.seen_head {
        Some(head) => print::line(format!(
            "Receipts tell of rows up to {}: {} rows are lost.",
            head.seq,
            head.seq.saturating_sub(report.backup_head.seq)
        ))?,
        None => print::line("No receipt is newer than the backup.")?,
    }
    let ids = report.ids_past;
    print::line(format!(
        "Numbers go on after S{:06}, R{:06}, Q{:06}, D{:06}.",
        ids.submissions, ids.releases, ids.requests, ids.notices
    ))?;
    for (id, school) in &report.schools {
        tell_school(*id, school)?;
    }
    if !report.to_look_at.is_empty() {
        print::line("")?;
        print::line("To look at:")?;
        for what in &report.to_look_at {
            print::line(format!("  - {what}"))?;
        }
    }
    if let Some(why) = &report.hold_all {
        print::line("")?;
        print::line(format!(
            "ALL SHARING STAYS ON HOLD after you confirm: {why}"
        ))?;
    }
    Ok(())
}

fn tell_school(id: SchoolId, school: &SchoolReport) -> Result<(), CliError> {
    print::line("")?;
    print::line(format!("School {id}"))?;
    let counts = [
        (school.receipts, "receipts since the backup"),
        (
            school.withdrawn_again,
            "withdrawals told to the council, done again",
        ),
        (school.erased_again, "erasures, done again"),
        (
            school.taken_now,
            "uploads that nobody had answered, taken now",
        ),
        (school.receipts_put_back, "receipts put back into the box"),
        (
            school.unproved,
            "receipts that this council did not sign, passed over",
        ),
    ];
    for (count, what) in counts.iter().filter(|(count, _)| *count > 0) {
        print::line(format!("  {count} {what}"))?;
    }
    for again in &school.taken_again {
        print::line(format!("  {} was taken again as {}", again.was, again.id))?;
    }
    if !school.releases_lost.is_empty() {
        print::line(format!(
            "  lost: whom {} told of; should the school lose a copy, nobody here can say whom it names",
            school.releases_lost.join(", ")
        ))?;
    }
    for missing in &school.missing {
        let MissingUpload { id, at, .. } = missing;
        let kind = match missing.kind {
            Kind::ConsentList => "consent list",
            Kind::Addition => "file of additions",
            Kind::Withdrawal => "file of withdrawals",
            Kind::Request => "request",
            Kind::Discrepancy => "discrepancy",
            Kind::Destruction => "confirmation",
            _ => "file",
        };
        print::line(format!(
            "  missing: {id}, a {kind} of {}",
            long_time(local_time(*at))
        ))?;
    }
    if let Some(why) = &school.hold {
        print::line(format!("  STAYS ON HOLD after you confirm: {why}"))?;
    }
    Ok(())
}
