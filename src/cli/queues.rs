//! `request` and `discrepancy`: what schools asked or found, and waits for an answer.

use std::path::Path;

use super::{
    args::{DiscrepancyVerb, RequestVerb},
    error::CliError,
    release,
};
use crate::flow::{command::Command, discrepancies::DiscrepancyCommand, requests::RequestCommand};

pub(super) fn request(config: &Path, verb: RequestVerb, json: bool) -> Result<(), CliError> {
    let (command, at) = match verb {
        RequestVerb::List(args) => (RequestCommand::List, args.when.at),
        RequestVerb::Approve(args) => (RequestCommand::Approve { id: args.id }, args.when.at),
        RequestVerb::Decline(args) => {
            let (id, reason) = (args.id, args.reason);
            (RequestCommand::Decline { id, reason }, args.when.at)
        }
    };
    let reply = release::answer(config, &Command::Request(command), at, json)?;
    release::said(&reply, json, "Done.")
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
    let reply = release::answer(config, &Command::Discrepancy(command), at, json)?;
    release::said(&reply, json, "Done.")
}
