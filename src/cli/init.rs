//! `init`: a folder with config, keys and boxes to start from.

use std::{fs, path::Path};

use super::{args::InitArgs, error::CliError, print, private_file::write_new};
use crate::{
    config::{Folders, KeyFile, Places, Settings, Start},
    seal::{IntakeKey, ReceiptKey},
    transport::sftp::HostKey,
    vault::LedgerKey,
};

pub(super) fn init(args: &InitArgs) -> Result<(), CliError> {
    let folder =
        std::path::absolute(&args.folder).map_err(|source| CliError::file(&args.folder, source))?;
    make(&folder, &args.council, args.la, args.domain.as_deref())?;
    let config = folder.join(SETTINGS);
    print::line(format!("Made {}.", folder.display()))?;
    print::line("")?;
    print::line("Next:")?;
    print::line(format!("  export PILLARBOX_CONFIG={}", config.display()))?;
    print::line(
        "  pillarbox school add 8604001 --name \"A School\" --signed DATE --person \"A Person\" --key FILE.pub",
    )?;
    print::line("  pillarbox check")?;
    print::line("  pillarbox run")?;
    Ok(())
}

/// Makes the folder with its settings, keys and empty folders.
pub(super) fn make(
    folder: &Path,
    council: &str,
    la: u16,
    domain: Option<&str>,
) -> Result<(), CliError> {
    let settings = folder.join(SETTINGS);
    if settings.exists() {
        return Err(CliError::FolderExists {
            path: folder.to_owned(),
        });
    }
    let places = Places::under(folder);
    fs::create_dir_all(&places.keys).map_err(|source| CliError::file(&places.keys, source))?;
    make_keys(&places.keys)?;
    let start = Start {
        name: council.to_owned(),
        la,
        domain: domain.map(str::to_owned),
        contact: None,
        privacy_notice: None,
        places,
    };
    start.write(&settings)?;
    make_folders(&Settings::load(&settings)?.folders())
}

/// The folders that people and programs put something into: there from the beginning.
fn make_folders(folders: &Folders) -> Result<(), CliError> {
    for folder in [
        &folders.boxes,
        &folders.schools,
        &folders.extracts_in,
        &folders.reports,
        &folders.extracts,
        &folders.spool,
    ] {
        fs::create_dir_all(folder).map_err(|source| CliError::file(folder, source))?;
    }
    Ok(())
}

fn make_keys(folder: &Path) -> Result<(), CliError> {
    let ledger = LedgerKey::generate()?.to_text();
    let receipts = ReceiptKey::generate()?;
    let intake = IntakeKey::generate();
    let host = HostKey::generate()?;
    write_new(&folder.join(KeyFile::Ledger.file_name()), ledger.as_bytes())?;
    write_new(
        &folder.join(KeyFile::Receipts.file_name()),
        receipts.to_openssh()?.as_bytes(),
    )?;
    write_new(
        &folder.join(KeyFile::Intake.file_name()),
        intake.to_text().as_bytes(),
    )?;
    write_new(
        &folder.join(KeyFile::Host.file_name()),
        host.to_openssh()?.as_bytes(),
    )
}

/// The settings file's name in the folder.
const SETTINGS: &str = "pillarbox.toml";
