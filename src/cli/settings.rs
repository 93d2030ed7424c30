//! Where a command finds its settings, its keys and the daemon.

use std::{
    env,
    path::{Path, PathBuf},
};

use time::{Date, OffsetDateTime};

use super::{
    error::CliError,
    owner::{asker, become_owner},
    print,
};
use crate::{
    calendar::local_day,
    config::{Folders, KeyFile, Settings},
    domain::school::School,
    flow::{house::House, keys::known_signers, school_box::prepare_box},
    ledger::{Glance, Ledger, Mode},
    seal::{IntakeKey, ReceiptKey},
};

/// Settings with what the surroundings add to them.
pub(super) struct Site {
    pub(super) settings: Settings,
    pub(super) folders: Folders,
    /// systemd's folder of credentials, which comes before the folder of keys.
    pub(super) credentials: Option<PathBuf>,
}

impl Site {
    /// Reads the settings.
    pub(super) fn load(config: &Path) -> Result<Self, CliError> {
        // Whoever it becomes later, this is who typed it.
        asker();
        let settings = Settings::load(config)?;
        let runtime = env::var_os("RUNTIME_DIRECTORY").map(PathBuf::from);
        let folders = settings.folders().running_in(runtime.as_deref());
        let credentials = env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        Ok(Self {
            settings,
            folders,
            credentials,
        })
    }

    /// The daemon's control socket: where systemd gave it a runtime directory, a command does not see
    /// that in its own surroundings, and finds it in the usual place.
    pub(super) fn socket(&self) -> PathBuf {
        let own = self.folders.control_socket();
        let systems = Path::new(SYSTEM_SOCKET);
        let system_wide = self.settings.state == Path::new(SYSTEM_STATE);
        if system_wide && !own.exists() && systems.exists() {
            systems.to_owned()
        } else {
            own
        }
    }

    /// The local day, by the ledger's time where that is a rehearsal's.
    pub(super) fn today(&self) -> Result<Date, CliError> {
        let mut now = OffsetDateTime::now_utc();
        if self.folders.ledger.exists() {
            let glance = self.glance()?;
            if let Mode::Rehearsal { last } = glance.keyless().mode()? {
                now = last;
            }
        }
        Ok(local_day(now))
    }

    /// Becomes the owner of the state, where root typed the command: before anything of the state is touched.
    pub(super) fn as_owner(&self) -> Result<&Self, CliError> {
        become_owner(&self.folders)?;
        Ok(self)
    }

    /// A look at the ledger, beside a daemon or alone.
    pub(super) fn glance(&self) -> Result<Glance, CliError> {
        self.as_owner()?;
        Ok(Ledger::open_read_only(&self.folders.ledger)?)
    }

    /// Makes a school's box, so that it is there when the school first looks.
    pub(super) fn prepare_box(&self, school: &School) -> Result<(), CliError> {
        self.as_owner()?;
        let key = KeyFile::Receipts.read(self.credentials.as_deref(), &self.folders.keys)?;
        let intake = KeyFile::Intake
            .read(self.credentials.as_deref(), &self.folders.keys)
            .ok();
        let mut signers = known_signers(&self.folders.state)?;
        if signers.all().is_empty() {
            let key = ReceiptKey::from_openssh(&key)?.verifier();
            let _ = signers.adopt(&key, OffsetDateTime::now_utc());
        }
        let kept = self.settings.retention.receipts;
        let signers = signers.to_text(&self.settings.council.domain, kept);
        let intake = intake.and_then(|bytes| IntakeKey::parse(&bytes).ok());
        Ok(prepare_box(
            &self.settings,
            school,
            &signers,
            intake.as_ref(),
        )?)
    }

    /// Opens the ledger and the boxes, where no daemon has them.
    pub(super) fn open_house(&self, at: Option<OffsetDateTime>) -> Result<House, CliError> {
        self.as_owner()?;
        let (house, complaints) =
            House::open(self.settings.clone(), self.credentials.as_deref(), at)?;
        for complaint in complaints {
            print::aside(complaint.to_string());
        }
        Ok(house)
    }
}

/// Where the packaged service has its socket, and where its state.
const SYSTEM_SOCKET: &str = "/run/pillarbox/control.sock";
const SYSTEM_STATE: &str = "/var/lib/pillarbox";
