//! `backup`: writes a sealed copy of what can't be made again, beside a running daemon or without one.

use std::{
    io::{self, BufWriter},
    path::Path,
};

use serde_json::json;

use super::{act::act, args::BackupArgs, error::CliError, print, settings::Site};
use crate::{
    calendar::local_time,
    flow::{
        backup::{BackupError, Made, NewFile, Sources, Written, make},
        command::Command,
        words::long_time,
    },
    seal::Recipients,
    vault::to_hex,
};

pub(super) fn backup(config: &Path, args: &BackupArgs, json: bool) -> Result<(), CliError> {
    let site = Site::load(config)?;
    let to = recipient(&site, args.to.as_deref())?;
    let sources = Sources {
        folders: &site.folders,
        settings: &site.settings.file,
    };
    let to_pipe = args.file == Path::new("-");
    let made = if to_pipe {
        make(&sources, &to, BufWriter::new(io::stdout().lock()))?
    } else {
        let file = NewFile::begin(&args.file)?;
        let made = make(&sources, &to, BufWriter::new(&file))?;
        file.finish()?;
        made
    };
    act(config, &Command::BackupMade(Written::from(&made)), None).inspect_err(|_| {
        print::aside("The backup is written and whole; that it was made could not be recorded.");
    })?;
    tell(&made, args, to_pipe, json)
}

fn recipient(site: &Site, told: Option<&str>) -> Result<Recipients, CliError> {
    let line = told.or(site.settings.backup.recipient.as_deref());
    let line = line.ok_or(BackupError::NoRecipient)?;
    Recipients::parse(line)
        .ok_or_else(|| BackupError::Recipient(line.to_owned()))
        .map_err(CliError::from)
}

fn tell(made: &Made, args: &BackupArgs, to_pipe: bool, json: bool) -> Result<(), CliError> {
    let sha256 = to_hex(&made.sha256);
    let told = json!({
        "file": if to_pipe { None } else { Some(&args.file) },
        "bytes": made.bytes,
        "sha256": sha256,
        "made_at": Written::from(made).made_at.to_string(),
        "members": made.manifest.members.len(),
        "head": made.manifest.head,
    });
    let words = format!(
        "Backup of {}: {} files, {} bytes sealed, trail up to row {}.\nsha256 {sha256}",
        long_time(local_time(made.manifest.made_at)),
        made.manifest.members.len(),
        made.bytes,
        made.manifest.head.seq,
    );
    match (to_pipe, json) {
        (true, true) => print::aside(told.to_string()),
        (true, false) => print::aside(words),
        (false, true) => print::json(&told)?,
        (false, false) => print::line(words)?,
    }
    Ok(())
}
