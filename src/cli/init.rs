//! `init`: config, keys and folders to start from, in a folder of one's own or, with `--system`, where the
//! package's services look for them.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::Path,
};

use rustix::process::geteuid;

use super::{args::InitArgs, error::CliError, owner::become_owner, print, private_file::write_new};
use crate::{
    config::{Folders, KeyFile, Places, Settings, Start},
    seal::{IntakeKey, ReceiptKey},
    transport::sftp::HostKey,
    vault::LedgerKey,
};

pub(super) fn init(args: &InitArgs) -> Result<(), CliError> {
    match &args.folder {
        Some(folder) => in_folder(folder, args),
        None => on_this_machine(args),
    }
}

fn in_folder(folder: &Path, args: &InitArgs) -> Result<(), CliError> {
    let folder = std::path::absolute(folder).map_err(|source| CliError::file(folder, source))?;
    make(&folder, &args.council, args.la, args.domain.as_deref())?;
    let config = folder.join(SETTINGS);
    print::line(format!("Made {}.", folder.display()))?;
    print::line("")?;
    print::line("Next:")?;
    print::line(format!("  export PILLARBOX_CONFIG={}", config.display()))?;
    print::line(ADD_A_SCHOOL)?;
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
    start(council, la, domain, places).write(&settings)?;
    make_folders(&Settings::load(&settings)?.folders())
}

/// Settings and keys for the package's services. The package has made users and folders; whose they are tells
/// whose the keys will be.
fn on_this_machine(args: &InitArgs) -> Result<(), CliError> {
    let places = Places::system();
    let settings = places.schools.with_file_name(SETTINGS);
    if settings.exists() {
        return Err(CliError::SettingsExist { path: settings });
    }
    let owner = |folder: &Path| fs::metadata(folder).map(|found| (found.uid(), found.gid()));
    let (Ok((user, _)), Ok((_, front))) = (owner(&places.state), owner(&places.schools)) else {
        return Err(CliError::NotInstalled);
    };
    if !geteuid().is_root() || user == ROOT {
        return Err(CliError::NotInstalled);
    }
    let keys = places.keys.clone();
    start(&args.council, args.la, args.domain.as_deref(), places).write(&settings)?;
    let failed = |source| CliError::file(&settings, source);
    chown(&settings, Some(ROOT), Some(front)).map_err(failed)?;
    fs::set_permissions(&settings, Permissions::from_mode(SETTINGS_MODE)).map_err(failed)?;
    let folders = Settings::load(&settings)?.folders();
    become_owner(&folders)?;
    make_keys(&keys)?;
    make_folders(&folders)?;
    print::line(format!(
        "Made {} and the keys in {}.",
        settings.display(),
        keys.display()
    ))?;
    print::line(
        "Copy the keys to where you keep your secrets: without them a backup can't be read.",
    )?;
    print::line("")?;
    print::line("Next:")?;
    print::line(ADD_A_SCHOOL)?;
    print::line("  pillarbox check")?;
    print::line(
        "  systemctl enable --now pillarbox.service pillarbox-sftp.socket pillarbox-audit.timer",
    )?;
    Ok(())
}

fn start(council: &str, la: u16, domain: Option<&str>, places: Places) -> Start {
    Start {
        name: council.to_owned(),
        la,
        domain: domain.map(str::to_owned),
        contact: None,
        privacy_notice: None,
        places,
    }
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

/// Makes the keys that are not there. A key is never written over: what it sealed would be lost.
fn make_keys(folder: &Path) -> Result<(), CliError> {
    let ledger = LedgerKey::generate()?.to_text();
    let receipts = ReceiptKey::generate()?;
    let intake = IntakeKey::generate();
    let host = HostKey::generate()?;
    let write = |key: KeyFile, bytes: &[u8]| {
        let path = folder.join(key.file_name());
        if path.exists() {
            return Ok(());
        }
        write_new(&path, bytes)
    };
    write(KeyFile::Ledger, ledger.as_bytes())?;
    write(KeyFile::Receipts, receipts.to_openssh()?.as_bytes())?;
    write(KeyFile::Intake, intake.to_text().as_bytes())?;
    write(KeyFile::Host, host.to_openssh()?.as_bytes())
}

/// The settings file's name in the folder.
const SETTINGS: &str = "pillarbox.toml";
/// Both services read the settings.
const SETTINGS_MODE: u32 = 0o640;
/// Root's number, as a user and as a group.
const ROOT: u32 = 0;
const ADD_A_SCHOOL: &str = "  pillarbox school add 8604001 --name \"A School\" --signed DATE --person \"A Person\" --key FILE.pub";
