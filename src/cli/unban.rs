//! `unban`: lifts the bans of an address.

use std::path::Path;

use super::{args::UnbanArgs, error::CliError, release};
use crate::flow::command::Command;

pub(super) fn unban(config: &Path, args: &UnbanArgs, json: bool) -> Result<(), CliError> {
    let command = Command::Unban {
        address: args.address.clone(),
    };
    let reply = release::answer(config, &command, None, json)?;
    let words = format!("The ban of {} is lifted.", args.address);
    release::said(&reply, json, &words)
}
