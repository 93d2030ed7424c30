//! `release`, `hold`, `resume`.

use std::path::Path;

use time::OffsetDateTime;

use super::{
    act::act,
    args::{HoldArgs, ReleaseArgs, ScopeArgs},
    error::{CliError, FAILED},
    print,
};
use crate::{
    domain::ids::SchoolId,
    flow::command::{Command, ReleaseReport, Reply, Scope},
};

pub(super) fn release(config: &Path, args: &ReleaseArgs, json: bool) -> Result<(), CliError> {
    let command = Command::Release {
        scope: scope(args.scope.school),
        dry_run: args.dry_run,
        at: args.at,
        accept_extract: args.accept_extract,
    };
    let reply = answer(config, &command, args.at, json)?;
    if json {
        return Ok(print::json(&reply)?);
    }
    let Reply::Releases {
        dry_run,
        extract,
        releases,
    } = reply
    else {
        return Ok(());
    };
    if let Some(extract) = extract {
        print::line(format!(
            "Extract {} of {}",
            extract.name, extract.exported_on
        ))?;
    }
    table(&releases)?;
    if dry_run {
        print::line("Dry run: nothing was released.")?;
    }
    Ok(())
}

fn table(releases: &[ReleaseReport]) -> Result<(), CliError> {
    let headers = [
        "School",
        "Release",
        "Outcome",
        "Consented",
        "Shared",
        "No record",
        "Ambiguous",
        "Expired",
        "Not eligible",
        "Held",
        "Why",
    ];
    let rows: Vec<Vec<String>> = releases
        .iter()
        .map(|r| {
            let counts = [
                r.counts.consented,
                r.counts.shared,
                r.counts.no_record,
                r.counts.ambiguous,
                r.counts.expired,
                r.counts.not_eligible,
                r.counts.held,
            ];
            let id = r.id.map_or_else(|| "-".to_owned(), |id| id.to_string());
            let mut row = vec![r.school.to_string(), id, r.outcome.word().to_owned()];
            row.extend(counts.map(|count| count.to_string()));
            row.push(r.why.clone().unwrap_or_default());
            row
        })
        .collect();
    Ok(print::table(&headers, &rows)?)
}

pub(super) fn hold(config: &Path, args: HoldArgs, json: bool) -> Result<(), CliError> {
    let HoldArgs {
        scope: to,
        reason,
        recall,
        at,
    } = args;
    let command = Command::Hold {
        scope: scope(to.school),
        reason,
        recall,
    };
    let reply = answer(config, &command, at, json)?;
    said(&reply, json, "Sharing is on hold.")
}

pub(super) fn resume(config: &Path, args: &ScopeArgs, json: bool) -> Result<(), CliError> {
    let command = Command::Resume {
        scope: scope(args.school),
    };
    let reply = answer(config, &command, None, json)?;
    said(&reply, json, "The hold has ended.")
}

/// What came of a command. Programs read a refusal where they read an answer.
pub(super) fn answer(
    config: &Path,
    command: &Command,
    at: Option<OffsetDateTime>,
    json: bool,
) -> Result<Reply, CliError> {
    match act(config, command, at) {
        Err(CliError::Refused { why, next }) if json => {
            print::json(&Reply::Refused { why, next })?;
            Err(CliError::Told { code: FAILED })
        }
        reply => reply,
    }
}

pub(super) fn said(reply: &Reply, json: bool, words: &str) -> Result<(), CliError> {
    if json {
        Ok(print::json(reply)?)
    } else {
        Ok(print::line(words)?)
    }
}

fn scope(school: Option<SchoolId>) -> Scope {
    school.map_or(Scope::All, Scope::School)
}
