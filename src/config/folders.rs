//! Where everything lies, worked out once from the settings, so that no other room joins paths of
//! its own. Makes no folder and looks at none.

use std::path::{Path, PathBuf};

use super::settings::Settings;

/// The folders and files of one installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// All that the daemon remembers.
    pub state: PathBuf,
    /// The ledger's database file.
    pub ledger: PathBuf,
    /// Sealed uploads.
    pub spool: PathBuf,
    /// Sealed notes of acts, for a restored ledger.
    pub notes: PathBuf,
    /// The council's own box: `extracts/` and `reports/`.
    pub council: PathBuf,
    /// Where the council's analysts put extracts.
    pub extracts_in: PathBuf,
    /// Extracts once complete, out of the front end's reach.
    pub extracts: PathBuf,
    /// What analysts read.
    pub reports: PathBuf,
    /// One folder a school.
    pub boxes: PathBuf,
    /// What the SFTP front end and the daemon tell each other: uploads, events, bans.
    pub front: PathBuf,
    /// Where the control socket is: `state`, unless systemd gave a runtime directory.
    pub run: PathBuf,
    /// One file a school.
    pub schools: PathBuf,
    /// Secret keys.
    pub keys: PathBuf,
}

impl Folders {
    pub(super) fn of(settings: &Settings) -> Self {
        let state = &settings.state;
        let council = state.join("council");
        Self {
            ledger: state.join("ledger.db"),
            spool: state.join("spool"),
            notes: state.join("notes"),
            extracts_in: council.join("extracts"),
            extracts: state.join("extracts"),
            reports: council.join("reports"),
            council,
            boxes: settings.boxes.clone(),
            front: state.join("front"),
            run: state.clone(),
            schools: settings.schools.clone(),
            keys: settings.keys.clone(),
            state: state.clone(),
        }
    }

    /// The same with the runtime directory that systemd gave (`$RUNTIME_DIRECTORY`), if it did.
    #[must_use]
    pub fn running_in(self, runtime_directory: Option<&Path>) -> Self {
        match runtime_directory {
            Some(run) => Self {
                run: run.to_owned(),
                ..self
            },
            None => self,
        }
    }

    /// The socket over which commands reach the daemon.
    pub fn control_socket(&self) -> PathBuf {
        self.run.join("control.sock")
    }
}
