//! `run`: the daemon, or one pass over all that is due. `sftp`: the front end alone.

use std::path::Path;

use super::{
    Services,
    args::RunArgs,
    error::{CliError, FAILED},
    log, print,
    settings::Site,
};
use crate::flow::{intake::Taking, pass};

pub(super) fn run(config: &Path, args: &RunArgs, services: Services) -> Result<(), CliError> {
    // One pass by hand tells at its end what it did.
    log::start(if args.once { "warn" } else { "info" });
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
    log::start("info");
    let site = Site::load(config)?;
    site.as_owner()?;
    Ok((services.sftp)(
        &site.settings,
        site.credentials.as_deref(),
    )?)
}
