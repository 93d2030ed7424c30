//! The council on which the story is played: everything that happens goes through the same commands and
//! flows as in earnest. Only the clock is made up, and nobody waits for a file to come to rest.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clap::Parser as _;
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    flag,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{made_up::MadeUpSchool, service::Service, telling};
use crate::{
    cli::{
        args::Line,
        dispatch::{Services, perform},
        error::{CliError, FAILED},
        print,
        private_file::write_new,
        settings::Site,
    },
    domain::receipt::Receipt,
    flow::{full_story, pass},
    seal::{ReceiptKey, ReceiptVerifier, Verdict},
    transport::sftp::{Client, ClientError},
};

/// The folder in which it happens, and how far the story has come.
pub(super) struct Stage {
    folder: PathBuf,
    /// The last row of the trail of which a receipt was shown.
    shown: u64,
    /// Set by Ctrl-C, so that the folder is removed all the same.
    stopped: Arc<AtomicBool>,
    /// Serves the boxes, once there are any.
    service: Option<Service>,
}

/// A receipt as it lies in a box.
pub(super) struct Published {
    /// `receipts/….receipt.txt`.
    pub(super) name: String,
    /// Its text, with the line ends of a terminal.
    pub(super) text: String,
    json: PathBuf,
    seq: u64,
}

impl Stage {
    /// A stage in an empty folder.
    pub(super) fn build(folder: &Path) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // Where a signal can't be heard the story goes on, and is over in a moment.
            let _ = flag::register(signal, Arc::clone(&stopped));
        }
        Self {
            folder: folder.to_owned(),
            shown: 0,
            stopped,
            service: None,
        }
    }

    /// The folder in which it happens.
    pub(super) fn folder(&self) -> String {
        self.folder.display().to_string()
    }

    /// A path within the folder.
    pub(super) fn path(&self, within: &str) -> String {
        self.folder.join(within).display().to_string()
    }

    /// A heading; the story ends here if somebody wants it to.
    pub(super) fn scene(&self, title: &str, when: OffsetDateTime) -> Result<(), CliError> {
        if self.stopped.load(Ordering::Relaxed) {
            return Err(CliError::Told { code: INTERRUPTED });
        }
        telling::heading(title, Some(when))
    }

    /// Shows a command, runs it, and shows what it says.
    pub(super) fn command(&self, words: &[&str]) -> Result<(), CliError> {
        let shown: Vec<String> = words.iter().map(|word| self.shown(word)).collect();
        telling::command(&format!("pillarbox {}", shown.join(" ")))?;
        let config = self.path(SETTINGS);
        let line = ["pillarbox", "--config", &config];
        let line = Line::try_parse_from(line.iter().chain(words)).map_err(|error| {
            print::aside(error.to_string());
            CliError::Told { code: 2 }
        })?;
        let services = Services {
            run: |_, _, _| Ok(()),
            sftp: |_, _| Ok(()),
        };
        perform(line, services)
    }

    /// A word of a command as a shell in the folder takes it.
    fn shown(&self, word: &str) -> String {
        let within = word.strip_prefix(&self.folder());
        let within = within.map(|path| path.strip_prefix('/').unwrap_or("."));
        match within.unwrap_or(word) {
            word if word.contains(' ') => format!("\"{word}\""),
            word => word.to_owned(),
        }
    }

    /// The same for a command that may be refused: then what it says is shown, and the story goes on.
    pub(super) fn attempt(&self, words: &[&str]) -> Result<(), CliError> {
        match self.command(words) {
            Err(CliError::Print(error)) => Err(CliError::Print(error)),
            Err(CliError::Told { .. }) | Ok(()) => Ok(()),
            Err(error) => Ok(print::line(format!("pillarbox: {}", full_story(&error)))?),
        }
    }

    /// Does at this time all that is due, and shows the receipts that come of it.
    pub(super) fn pass(&mut self, at: OffsetDateTime) -> Result<(), CliError> {
        let time = at.format(&Rfc3339).unwrap_or_default();
        telling::command(&format!("pillarbox run --once --at {time}"))?;
        let mut site = Site::load(&self.folder.join(SETTINGS))?;
        // Whoever puts a file here has finished with it.
        site.settings.intake.settle = Duration::ZERO;
        site.settings.destinations.settle = Duration::ZERO;
        let mut house = site.open_house(Some(at))?;
        let _ = pass::once(&mut house)?;
        let troubles = house.troubles();
        drop(house);
        if !troubles.is_empty() {
            print::aside(format!(
                "pillarbox: the demo met trouble: {}",
                troubles.join("; ")
            ));
            return Err(CliError::Told { code: FAILED });
        }
        let mut new = self.receipts()?;
        new.retain(|receipt| receipt.seq > self.shown);
        for receipt in new {
            telling::receipt(&receipt.name, &receipt.text)?;
            self.shown = receipt.seq;
        }
        Ok(())
    }

    /// The council lets the schools in: from here on they come over SFTP.
    pub(super) fn open_to_schools(&mut self, at: OffsetDateTime) -> Result<(), CliError> {
        let site = Site::load(&self.folder.join(SETTINGS))?;
        drop(site.open_house(Some(at))?);
        self.service = Some(Service::start(&site)?);
        Ok(())
    }

    /// Somebody puts a file into the inbox.
    pub(super) fn put(
        &self,
        school: &MadeUpSchool,
        name: &str,
        bytes: &[u8],
    ) -> Result<(), CliError> {
        telling::act(format!("{} sends «{name}» to inbox/", school.name))?;
        self.visit(school, |client| client.put(&format!("inbox/{name}"), bytes))
    }

    /// The council's analyst puts an extract where it belongs.
    pub(super) fn put_extract(&self, name: &str, bytes: &[u8]) -> Result<(), CliError> {
        telling::act(format!(
            "The council's analyst puts «{name}» into {EXTRACTS}/"
        ))?;
        write_new(&self.folder.join(EXTRACTS).join(name), bytes)
    }

    /// Makes a person's key, as `ssh-keygen -t ed25519` does on their own computer.
    pub(super) fn make_key(&self, name: &str) -> Result<(), CliError> {
        let folder = self.folder.join(PERSONS);
        fs::create_dir_all(&folder).map_err(|source| CliError::file(&folder, source))?;
        let key = ReceiptKey::generate()?;
        let public = format!("{} {name}\n", key.verifier().line());
        write_new(&folder.join(format!("{name}.pub")), public.as_bytes())?;
        write_new(&folder.join(name), key.to_openssh()?.as_bytes())
    }

    /// Writes the council's own words into its settings, as a person does who takes the `#` away.
    pub(super) fn set(&self, settings: &[(&str, &str)]) -> Result<(), CliError> {
        let file = self.folder.join(SETTINGS);
        let failed = |source| CliError::file(&file, source);
        let text = fs::read_to_string(&file).map_err(failed)?;
        let lines = text.lines().map(|line| {
            let chosen = settings
                .iter()
                .find(|(key, _)| line.starts_with(&format!("# {key} = ")));
            match chosen {
                Some((key, value)) => format!("{key} = \"{value}\"\n"),
                None => format!("{line}\n"),
            }
        });
        fs::write(&file, lines.collect::<String>()).map_err(failed)
    }

    /// A person collects the file in the school's outbox, and has a copy of it from then on. Returns its
    /// name.
    pub(super) fn collect(&self, school: &MadeUpSchool) -> Result<String, CliError> {
        let (name, bytes) = self.visit(school, |client| {
            let name = client.list("outbox")?.pop().unwrap_or_default();
            let bytes = client.get(&format!("outbox/{name}"))?;
            Ok((name, bytes))
        })?;
        telling::act(format!("{} collects outbox/{name}", school.person))?;
        write_new(&self.folder.join(PERSONS).join(&name), &bytes)?;
        Ok(name)
    }

    /// The school's person logs in, does something, and leaves.
    fn visit<T>(
        &self,
        school: &MadeUpSchool,
        work: impl FnOnce(&mut Client) -> Result<T, ClientError>,
    ) -> Result<T, CliError> {
        let service = self
            .service
            .as_ref()
            .ok_or(CliError::Told { code: FAILED })?;
        let key = self.folder.join(PERSONS).join(school.key);
        let mut client = service.log_in(school.id, &key)?;
        Ok(work(&mut client)?)
    }

    /// Stays up until somebody stops it: whatever is sent is taken at this time, and answered.
    pub(super) fn serve(&mut self, at: OffsetDateTime) -> Result<(), CliError> {
        while !self.stopped.load(Ordering::Relaxed) {
            let hints = self.service.as_ref().map(|service| &service.hints);
            if hints.is_some_and(|hints| hints.recv_timeout(LISTEN).is_ok()) {
                self.pass(at)?;
            }
        }
        Ok(())
    }

    /// What a person at this machine types to come in as the school's person.
    pub(super) fn sftp_command(&self, school: &MadeUpSchool) -> Result<String, CliError> {
        let service = self
            .service
            .as_ref()
            .ok_or(CliError::Told { code: FAILED })?;
        let known = self.folder.join(PERSONS).join(KNOWN_HOSTS);
        fs::write(&known, service.known_host()).map_err(|source| CliError::file(&known, source))?;
        let key = self.folder.join(PERSONS).join(school.key);
        let address = service.address();
        Ok(format!(
            "sftp -P {} -i \"{}\" -o IdentitiesOnly=yes -o UserKnownHostsFile=\"{}\" {}@{}",
            address.port(),
            key.display(),
            known.display(),
            school.id,
            address.ip(),
        ))
    }

    /// Whether a file lies in the school's outbox.
    pub(super) fn offers(&self, school: &MadeUpSchool, name: &str) -> bool {
        self.in_box(school, "outbox").join(name).exists()
    }

    fn in_box(&self, school: &MadeUpSchool, name: &str) -> PathBuf {
        self.folder.join(BOXES).join(school.id).join(name)
    }

    /// Every receipt in every box, in the order of the trail.
    pub(super) fn receipts(&self) -> Result<Vec<Published>, CliError> {
        let mut all = Vec::new();
        let boxes = self.folder.join(BOXES);
        for school in names(&boxes)? {
            let folder = boxes.join(school).join("receipts");
            for name in names(&folder)? {
                if let Some(stem) = name.strip_suffix(".json") {
                    all.extend(published(&folder, stem)?);
                }
            }
        }
        all.sort_by_key(|receipt| receipt.seq);
        Ok(all)
    }

    /// The bytes of all that the council keeps of schools' files: the ledger and sealed uploads.
    pub(super) fn kept_bytes(&self) -> Result<Vec<u8>, CliError> {
        let state = self.folder.join("state");
        let mut kept = Vec::new();
        let spool = state.join("spool");
        for (folder, prefix) in [(&state, "ledger.db"), (&spool, "")] {
            for name in names(folder)? {
                let path = folder.join(&name);
                if name.starts_with(prefix) && path.is_file() {
                    kept.extend(read(&path)?);
                }
            }
        }
        Ok(kept)
    }
}

impl Published {
    /// Whether the signature beside the receipt is the council's, by the key that lies in the same box.
    pub(super) fn verdict(&self) -> Result<Verdict, CliError> {
        let (json, signature) = self.signed()?;
        Ok(self.verifier()?.verify(&json, &signature))
    }

    /// The same where somebody changed a single letter of it.
    pub(super) fn verdict_if_changed(&self) -> Result<Verdict, CliError> {
        let (mut json, signature) = self.signed()?;
        if let Some(last) = json.last_mut() {
            *last = b' ';
        }
        Ok(self.verifier()?.verify(&json, &signature))
    }

    fn signed(&self) -> Result<(Vec<u8>, String), CliError> {
        let signature = read(&self.json.with_extension("json.sig"))?;
        Ok((
            read(&self.json)?,
            String::from_utf8_lossy(&signature).into_owned(),
        ))
    }

    fn verifier(&self) -> Result<ReceiptVerifier, CliError> {
        let root = self.json.parent().and_then(Path::parent);
        let path = root.unwrap_or(&self.json).join("allowed_signers");
        let line = String::from_utf8_lossy(&read(&path)?).into_owned();
        let key = line.find("ssh-").map_or(line.as_str(), |at| &line[at..]);
        ReceiptVerifier::parse(key).map_err(|fault| CliError::PublicKey { path, fault })
    }
}

fn published(folder: &Path, stem: &str) -> Result<Option<Published>, CliError> {
    let json = folder.join(format!("{stem}.json"));
    let Ok(receipt) = serde_json::from_slice::<Receipt>(&read(&json)?) else {
        return Ok(None);
    };
    let text = read(&folder.join(format!("{stem}.txt")))?;
    Ok(Some(Published {
        name: format!("receipts/{stem}.txt"),
        text: String::from_utf8_lossy(&text).replace('\r', ""),
        json,
        seq: receipt.audit.seq,
    }))
}

fn names(folder: &Path) -> Result<Vec<String>, CliError> {
    let failed = |source| CliError::file(folder, source);
    let mut names = fs::read_dir(folder)
        .map_err(failed)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(failed)?;
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|source| CliError::file(path, source))
}

const SETTINGS: &str = "pillarbox.toml";
const BOXES: &str = "state/boxes";
const EXTRACTS: &str = "state/council/extracts";
const PERSONS: &str = "persons";
const KNOWN_HOSTS: &str = "known_hosts";
/// How often a stage that serves looks whether it is to stop.
const LISTEN: Duration = Duration::from_millis(200);
/// The exit code of a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;
