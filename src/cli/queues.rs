//! `request` and `discrepancy`: what schools asked or found, and waits for an answer.

use std::path::Path;

use super::{
    args::{DiscrepancyVerb, RequestVerb},
    error::CliError,
    print, release,
};
use crate::{
    calendar::local_day,
    flow::{
        command::{Command, Reply},
        discrepancies::{DiscrepancyCommand, DiscrepancyLine},
        requests::{OfficerSaid, RequestAnswered, RequestCommand, RequestLine, WaitsFor},
        words::{long_day, printable},
    },
};

pub(super) fn request(config: &Path, verb: RequestVerb, json: bool) -> Result<(), CliError> {
    let (command, at) = match verb {
        RequestVerb::List(args) => (RequestCommand::List, args.when.at),
        RequestVerb::Approve(args) => (RequestCommand::Approve { id: args.id }, args.when.at),
        RequestVerb::Decline(args) => {
            let (id, reason) = (args.id, args.reason);
            (RequestCommand::Decline { id, reason }, args.when.at)
        }
    };
    match release::answer(config, &Command::Request(command), at, json)? {
        Reply::Requests { requests } if json => Ok(print::json(&requests)?),
        Reply::Requests { requests } => tell_requests(&requests),
        Reply::RequestAnswered(answered) if json => Ok(print::json(&answered)?),
        Reply::RequestAnswered(answered) => Ok(print::line(said(&answered))?),
        reply => release::said(&reply, json, "Done."),
    }
}

fn tell_requests(requests: &[RequestLine]) -> Result<(), CliError> {
    if requests.is_empty() {
        return Ok(print::line("No request waits.")?);
    }
    for request in requests {
        print::line(format!(
            "{}  {} {}, asked on {}",
            request.id,
            request.school,
            printable(&request.school_name),
            long_day(local_day(request.asked_at))
        ))?;
        let first_day = request
            .not_before
            .map(|day| format!("; can go on {}", long_day(day)));
        print::line(format!(
            "  number {}, waits for {}{}",
            request.position,
            for_what(request),
            first_day.unwrap_or_default()
        ))?;
        if !request.reason.is_empty() {
            print::line(format!("  «{}»", printable(&request.reason)))?;
        }
    }
    Ok(())
}

fn for_what(request: &RequestLine) -> &'static str {
    match request.waits_for {
        WaitsFor::Approval => "an officer's yes («pillarbox request approve»)",
        WaitsFor::Interval => "the time between two requests of one school",
        WaitsFor::Capacity => "the council's capacity",
        WaitsFor::Hold => "the end of a hold",
        WaitsFor::Agreement => "an agreement in force",
        WaitsFor::Turn => "nothing: it goes at the next look",
    }
}

fn said(answered: &RequestAnswered) -> String {
    let id = answered.id;
    let release = answered.release;
    match answered.answer {
        OfficerSaid::Declined => format!("{id} is declined; the school has your reason."),
        OfficerSaid::Granted => match release {
            Some(release) => format!("{id} is granted: {release}."),
            None => format!("{id} is granted; its release follows at the next look."),
        },
        OfficerSaid::Approved => match answered.not_before {
            Some(day) => format!("{id} is approved; it can go on {}.", long_day(day)),
            None => format!("{id} is approved; «pillarbox request list» tells what it waits for."),
        },
    }
}

pub(super) fn discrepancy(
    config: &Path,
    verb: DiscrepancyVerb,
    json: bool,
) -> Result<(), CliError> {
    let (command, at) = match verb {
        DiscrepancyVerb::List(args) => (DiscrepancyCommand::List, args.when.at),
        DiscrepancyVerb::Resolve(args) => {
            let (id, note) = (args.id, args.note);
            (DiscrepancyCommand::Resolve { id, note }, args.when.at)
        }
    };
    match release::answer(config, &Command::Discrepancy(command), at, json)? {
        Reply::Discrepancies { discrepancies } if json => Ok(print::json(&discrepancies)?),
        Reply::Discrepancies { discrepancies } => tell_discrepancies(&discrepancies),
        reply => release::said(&reply, json, "The school has your answer."),
    }
}

fn tell_discrepancies(discrepancies: &[DiscrepancyLine]) -> Result<(), CliError> {
    if discrepancies.is_empty() {
        return Ok(print::line("No discrepancy is open.")?);
    }
    for open in discrepancies {
        print::line(format!(
            "{}  {} {}, reported on {}",
            open.id,
            open.school,
            printable(&open.school_name),
            long_day(local_day(open.reported_at))
        ))?;
        if !open.releases.is_empty() {
            let named: Vec<String> = open.releases.iter().map(ToString::to_string).collect();
            print::line(format!("  names {}", named.join(", ")))?;
        }
        if let Some(release) = open.corrected_by {
            print::line(format!("  since then {release} was made for the school"))?;
        }
        if open.text.is_empty() {
            print::line("  (no text that could be read)")?;
        }
        for line in open.text.lines() {
            print::line(format!("  | {}", printable(line)))?;
        }
    }
    Ok(())
}
