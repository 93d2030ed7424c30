//! Carrying a command out: by the running daemon, whose trail then names who asked; or, where none runs,
//! on the ledger itself under its lock.

use std::path::Path;

use time::OffsetDateTime;

use super::{error::CliError, owner::asker, settings::Site};
use crate::{
    flow::{
        command::{Command, Reply, perform},
        pass,
    },
    ledger::Actor,
    transport::control::{CallError, Peer, call},
};

/// Carries a command out, as if it were `at`, where that is said.
pub(super) fn act(
    config: &Path,
    command: &Command,
    at: Option<OffsetDateTime>,
) -> Result<Reply, CliError> {
    let site = Site::load(config)?;
    // A daemon acts now and never at another time; the lock says so to whoever asks otherwise.
    let reply = if at.is_some() && !is_dry_run(command) {
        alone(&site, command, at)?
    } else {
        match call::<Command, Reply>(&site.socket(), command) {
            Ok(reply) => reply,
            Err(CallError::NotRunning) => alone(&site, command, at)?,
            Err(error) => return Err(error.into()),
        }
    };
    match reply {
        Reply::Refused { why, next } => Err(CliError::Refused { why, next }),
        reply => Ok(reply),
    }
}

fn alone(site: &Site, command: &Command, at: Option<OffsetDateTime>) -> Result<Reply, CliError> {
    let time = if is_dry_run(command) { None } else { at };
    let mut house = site.open_house(time)?;
    pass::recover(&mut house)?;
    let Peer { uid, name } = asker().clone();
    let actor = Actor::Operator {
        name: name.unwrap_or_default(),
        uid,
    };
    Ok(perform(&mut house, command.clone(), &actor)?)
}

fn is_dry_run(command: &Command) -> bool {
    matches!(command, Command::Release { dry_run: true, .. })
}
