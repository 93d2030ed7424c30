//! `restore`: puts a backup into an empty state, where it waits until an operator has confirmed.

mod reconcile;

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use serde_json::json;

use super::{args::RestoreArgs, error::CliError, print, settings::Site};
use crate::{
    calendar::local_time,
    config::KeyFile,
    flow::{
        FlowError,
        restore::{Restored, restore},
        words::long_time,
    },
    vault::{LedgerKey, Vault},
};

pub(super) fn command(config: &Path, args: &RestoreArgs, json: bool) -> Result<(), CliError> {
    let site = Site::load(config)?;
    match (&args.file, &args.identity) {
        (Some(file), Some(identity)) => put_back(&site, file, identity, json),
        _ => reconcile::look(&site, args, json),
    }
}

fn put_back(site: &Site, file: &Path, identity: &Path, json: bool) -> Result<(), CliError> {
    let key = KeyFile::Ledger.read(site.credentials.as_deref(), &site.folders.keys)?;
    let vault = Vault::new(&LedgerKey::parse(&key).map_err(FlowError::from)?);
    let identity = fs::read(identity).map_err(|source| CliError::file(identity, source))?;
    let sealed: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(file).map_err(|source| CliError::file(file, source))?)
    };
    // What root alone can read is open by now; what is written is the daemon's.
    site.as_owner()?;
    let restored = restore(sealed, &identity, &site.folders, &vault)?;
    if json {
        return Ok(print::json(&json!({
            "made_at": restored.manifest.made_at.to_string(),
            "members": restored.manifest.members.len(),
            "head": restored.manifest.head,
            "config": restored.config,
            "taken_out_of_outboxes": restored.taken_out,
            "on_hold": true,
        }))?);
    }
    tell(&restored)
}

fn tell(restored: &Restored) -> Result<(), CliError> {
    let manifest = &restored.manifest;
    print::line(format!(
        "Restored: the backup of {}, written by {}, {} files, trail up to row {}.",
        long_time(local_time(manifest.made_at)),
        manifest.program,
        manifest.members.len(),
        manifest.head.seq,
    ))?;
    print::line(format!(
        "Its settings and schools lie in {}; those in force were not touched.",
        restored.config.display()
    ))?;
    if restored.taken_out > 0 {
        print::line(format!(
            "{} files were taken out of outboxes; what may still be shared is made again.",
            restored.taken_out
        ))?;
    }
    print::line("")?;
    print::line(
        "EVERYTHING IS ON HOLD. Nothing is taken or shared; schools may upload, and their files wait.",
    )?;
    print::line("Next: copy back boxes/, spool/ and notes/ where they survived elsewhere, then")?;
    Ok(print::line("      pillarbox restore --reconcile")?)
}
