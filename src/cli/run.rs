//! `run`: the daemon, or one pass over all that is due. `sftp`: the front end alone.

use std::{
    io::{self, IsTerminal as _},
    path::Path,
};

use tracing_subscriber::EnvFilter;

use super::{
    Services,
    args::RunArgs,
    error::{CliError, FAILED},
    print,
    settings::Site,
};
use crate::flow::{intake::Taking, pass};

pub(super) fn run(config: &Path, args: &RunArgs, services: Services) -> Result<(), CliError> {
    log();
    let site = Site::load(config)?;
    site.as_owner()?;
    if !args.once {
        return Ok((services.run)(
            site.settings.clone(),
            site.credentials.as_deref(),
            &site.folders.control_socket(),
        )?);
    }
    let mut house = site.open_house(args.at)?;
    house.prove_readers()?;
    let Taking { taken, .. } = pass::once(&mut house)?;
    if house.is_rehearsal() {
        print::aside("rehearsal: nothing here happens in earnest");
    }
    let uploads = if taken == 1 { "upload" } else { "uploads" };
    print::aside(format!("{taken} {uploads} taken"));
    // Each was told when it was met.
    if house.troubles().is_empty() {
        Ok(())
    } else {
        Err(CliError::Told { code: FAILED })
    }
}

/// The SFTP front end alone.
pub(super) fn sftp(config: &Path, services: Services) -> Result<(), CliError> {
    log();
    let site = Site::load(config)?;
    site.as_owner()?;
    Ok((services.sftp)(
        &site.settings,
        site.credentials.as_deref(),
    )?)
}

/// Readable lines on a terminal, JSON for programs otherwise; both on standard error. The level is set
/// by `PILLARBOX_LOG`, such as `debug`.
fn log() {
    let chosen = EnvFilter::try_from_env("PILLARBOX_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,rusqlite_migration=warn"));
    // The SSH library would repeat what strangers send it.
    let quiet = "russh=off".parse().ok();
    let filter = quiet.into_iter().fold(chosen, EnvFilter::add_directive);
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_target(false);
    // A second logger can only be a test's, and then the first one is as good.
    let _ = if io::stderr().is_terminal() {
        lines.try_init()
    } else {
        lines.json().try_init()
    };
}
