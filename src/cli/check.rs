//! `check`: settings, schools, keys, permissions and folders, all that is wrong at once.

use std::{fs, path::Path};

use serde_json::json;

use super::{
    error::{CONFIGURATION, CliError},
    print,
    settings::Site,
};
use crate::{
    config::{KeyFile, KeyFileError, ReaderJail, Schools, Severity},
    domain::school::School,
    flow::readers::{UNJAILED, readers},
    ledger::Ledger,
    seal::{IntakeKey, ReceiptKey, RecipientFault, check_person},
    transport::sftp::HostKey,
    vault::LedgerKey,
};

/// What `check` found.
#[derive(Default)]
struct Findings {
    errors: Vec<String>,
    warnings: Vec<String>,
}

pub(super) fn check(config: &Path, json: bool) -> Result<(), CliError> {
    let mut findings = Findings::default();
    match Site::load(config) {
        Ok(site) => findings.look_at(site.as_owner()?),
        Err(CliError::Config(complaints)) => findings
            .errors
            .extend(complaints.iter().map(ToString::to_string)),
        Err(error) => return Err(error),
    }
    findings.print(json)?;
    if findings.errors.is_empty() {
        Ok(())
    } else {
        Err(CliError::Told {
            code: CONFIGURATION,
        })
    }
}

impl Findings {
    fn look_at(&mut self, site: &Site) {
        self.keys(site);
        self.folders(site);
        self.reader(site);
        self.restore(site);
        let (schools, complaints) = Schools::load(&site.folders.schools);
        for complaint in complaints {
            match complaint.severity {
                Severity::Error => self.errors.push(complaint.to_string()),
                Severity::Warning => self.warnings.push(complaint.to_string()),
            }
        }
        if schools.is_empty() {
            self.warnings.push(format!(
                "{}: no schools yet (add one with «pillarbox school add»)",
                site.folders.schools.display()
            ));
        }
        for school in schools.iter() {
            self.persons(site, school);
        }
    }

    fn keys(&mut self, site: &Site) {
        let read = |key: KeyFile| key.read(site.credentials.as_deref(), &site.folders.keys);
        let ledger = read(KeyFile::Ledger)
            .map(|bytes| LedgerKey::parse(&bytes).map_err(|fault| fault.to_string()));
        self.key(KeyFile::Ledger, ledger.map(|key| key.map(drop)));
        let receipts = read(KeyFile::Receipts)
            .map(|bytes| ReceiptKey::from_openssh(&bytes).map_err(|f| f.to_string()));
        self.key(KeyFile::Receipts, receipts.map(|key| key.map(drop)));
        let intake = read(KeyFile::Intake)
            .map(|bytes| IntakeKey::parse(&bytes).map_err(|fault| fault.to_string()));
        self.key(KeyFile::Intake, intake.map(|key| key.map(drop)));
        if site.settings.sftp.is_some() {
            let host = read(KeyFile::Host)
                .map(|bytes| HostKey::from_openssh(&bytes).map_err(|fault| fault.to_string()));
            self.key(KeyFile::Host, host.map(|key| key.map(drop)));
        }
    }

    fn key(&mut self, key: KeyFile, read: Result<Result<(), String>, KeyFileError>) {
        match read {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => self.errors.push(format!("{key} can't be used: {fault}")),
            Err(error) => self.errors.push(error.to_string()),
        }
    }

    fn reader(&mut self, site: &Site) {
        let settings = &site.settings.reader;
        if settings.jail == ReaderJail::None {
            self.warnings.push(UNJAILED.to_owned());
        }
        if let Err(error) = readers(settings).prove() {
            self.errors.push(error.to_string());
        }
    }

    fn folders(&mut self, site: &Site) {
        for folder in [
            &site.folders.state,
            &site.folders.boxes,
            &site.folders.schools,
        ] {
            match fs::metadata(folder) {
                Ok(found) if found.is_dir() => {}
                Ok(_) => self
                    .errors
                    .push(format!("{} is no folder", folder.display())),
                Err(error) => self
                    .errors
                    .push(format!("{}: {error} (make the folder)", folder.display())),
            }
        }
    }

    fn restore(&mut self, site: &Site) {
        let waits = Ledger::open_read_only(&site.folders.ledger)
            .and_then(|glance| glance.keyless().unconfirmed_restore());
        if let Ok(Some(_)) = waits {
            self.warnings.push(
                "everything is on hold after a restore (look with «pillarbox restore --reconcile»)"
                    .to_owned(),
            );
        }
    }

    fn persons(&mut self, site: &Site, school: &School) {
        let file = site.folders.schools.join(format!("{}.toml", school.id));
        for person in &school.persons {
            for fault in check_person(person) {
                let line = format!("{}: {fault}", file.display());
                if matches!(fault, RecipientFault::NoKey { .. }) {
                    self.warnings.push(line);
                } else {
                    self.errors.push(line);
                }
            }
        }
        if school.persons.is_empty() {
            self.warnings.push(format!(
                "{}: no person yet, so nobody can open a file",
                file.display()
            ));
        }
    }

    fn print(&self, json: bool) -> Result<(), CliError> {
        if json {
            let ok = self.errors.is_empty();
            return Ok(print::json(
                &json!({"ok": ok, "errors": self.errors, "warnings": self.warnings}),
            )?);
        }
        for error in &self.errors {
            print::line(format!("error    {error}"))?;
        }
        for warning in &self.warnings {
            print::line(format!("warning  {warning}"))?;
        }
        if self.errors.is_empty() {
            print::line("All is well.")?;
        }
        Ok(())
    }
}
