//! The house: settings, schools, ledger, boxes and keys together, as every flow needs them. It lives on
//! one thread, which is the ledger's one writer; what it does in parallel it hands out and takes back
//! within one call.

mod clock;
mod pace;
mod rules;
mod troubles;

use std::{
    cell::{Cell, RefCell},
    fs::{self, OpenOptions, Permissions},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use rayon::prelude::*;
use time::{Date, OffsetDateTime};

use self::{clock::Clock, pace::Pace, troubles::Troubles};
pub use self::{pace::Progress, troubles::full_story};
use super::{
    FlowError, backup,
    front_end::handed_over::HandedFiles,
    guards::refuse_if_ledger_is_gone,
    keys,
    lingering::{self, LingeringFiles},
    readers::{UNJAILED, readers},
    receipts::Desk,
    school_box::RootPapers,
    sight::Lookout,
    words::Letterhead,
};
use crate::{
    boxes::{Boxes, Spool, handover::Front},
    config::{self, Complaint, Folders, KeyFile, KeyFileError, Schools, Settings},
    domain::{ids::SchoolId, school::School},
    jail::Readers,
    ledger::{Actor, Instance, Ledger, Resealing, Tx},
    reading::Survey,
    seal::{IntakeKey, ReceiptKey},
    vault::{LedgerKey, Vault},
};

/// All that a flow works with.
pub struct House {
    /// The settings as they were read at start.
    pub settings: Settings,
    /// Where things lie.
    pub folders: Folders,
    /// The schools as their files are now.
    pub schools: Schools,
    /// The ledger; this thread is its writer.
    pub ledger: Ledger,
    /// Opens and seals what names a pupil.
    pub vault: Vault,
    /// The schools' boxes.
    pub boxes: Boxes,
    /// The sealed copies of uploads.
    pub spool: Spool,
    /// Sealed notes of acts, for a restored ledger.
    pub(super) notes: Spool,
    /// The day as of which uploads are judged that are taken again after a restore.
    pub(super) as_of: Option<Date>,
    /// Read what schools send.
    pub(super) readers: Arc<Readers>,
    /// Opens `.age` uploads, where the council has such a key.
    pub intake_key: Option<Arc<IntakeKey>>,
    /// The survey of the extract that was looked at last, with the name of its file.
    pub(super) surveyed: RefCell<Option<(String, Survey)>>,
    /// What was taken and still shows its name.
    pub lingering: LingeringFiles,
    /// What the SFTP front end and this process tell each other.
    pub front: Front,
    /// What was taken of that and is still there.
    pub handed: HandedFiles,
    /// Whether the trail may lack what the council's files say now.
    pub(super) files_to_record: bool,
    /// Keeps an eye on all of it.
    pub sight: Lookout,
    pub(super) desk: Arc<Desk>,
    /// systemd's folder of credentials, which comes before the folder of keys.
    pub(super) credentials: Option<PathBuf>,
    /// How far sealing anew has come, where the ledger key was changed.
    pub(super) resealing: Cell<Resealing>,
    /// The checkpoint that `reports/` has as a file.
    pub(super) witnessed: Cell<u64>,
    clock: Clock,
    troubles: Troubles,
    pace: Pace,
    /// Where `--at` was said: the first act makes the ledger a rehearsal.
    rehearsing: Option<OffsetDateTime>,
    _instance: Instance,
}

impl House {
    /// Opens the house: claims the ledger, reads keys and schools, makes the boxes. Complaints about
    /// single schools come back beside it; they keep nobody else from being served.
    pub fn open(
        settings: Settings,
        credentials: Option<&Path>,
        at: Option<OffsetDateTime>,
    ) -> Result<(Self, Vec<Complaint>), FlowError> {
        Self::open_told(settings, credentials, at, Box::new(|| ()))
    }

    /// The same, with somebody who hears that the work goes on, from here to the house's end.
    pub fn open_told(
        settings: Settings,
        credentials: Option<&Path>,
        at: Option<OffsetDateTime>,
        progress: Progress,
    ) -> Result<(Self, Vec<Complaint>), FlowError> {
        let folders = settings.folders();
        let read = |key: KeyFile| key.read(credentials, &folders.keys);
        make_folders(&folders)?;
        let instance = Instance::claim(&folders.state)?;
        backup::sweep(&folders.state);
        let vault = Vault::new(&LedgerKey::parse(&read(KeyFile::Ledger)?)?);
        let mut ledger = Ledger::open(&folders.ledger, vault.clone())?;
        let sight = Lookout::over(&mut ledger)?;
        let clock = Clock::of(ledger.view().mode()?, at)?;
        let key = ReceiptKey::from_openssh(&read(KeyFile::Receipts)?)?;
        let (state, now) = (&folders.state, clock.now());
        let signers = keys::adopt(state, &mut ledger, &key, now, &Actor::System)?;
        let boxes = Boxes::open(&folders.boxes)?;
        // Who has a box and no file is suspended: what was there is still answered, and nothing shared.
        let (schools, complaints) = Schools::load_with(&folders.schools, boxes.schools()?);
        let desk = Desk {
            letterhead: Letterhead::of(&settings.council),
            key,
            signers: keys::keep(&folders.state, &signers, &settings)?,
            rehearsal: clock != Clock::Real,
        };
        let intake_key = match read(KeyFile::Intake) {
            Ok(bytes) => Some(Arc::new(IntakeKey::parse(&bytes)?)),
            Err(KeyFileError::Missing { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let pace = Pace::new(progress);
        let house = Self {
            boxes,
            spool: Spool::open(&folders.spool)?,
            notes: Spool::open(&folders.notes)?,
            as_of: None,
            readers: Arc::new(readers(&settings.reader).until(pace.stopper())),
            intake_key,
            surveyed: RefCell::new(None),
            lingering: lingering::remembered(&ledger.view())?,
            front: Front::open(&folders.front)?,
            handed: HandedFiles::default(),
            files_to_record: true,
            sight,
            troubles: Troubles::default(),
            pace,
            rehearsing: (clock != Clock::Real).then(|| clock.now()),
            desk: Arc::new(desk),
            credentials: credentials.map(Path::to_owned),
            resealing: Cell::default(),
            witnessed: Cell::new(0),
            settings,
            folders,
            schools,
            ledger,
            vault,
            clock,
            _instance: instance,
        };
        house.prepare_boxes()?;
        Ok((house, complaints))
    }

    /// Makes sure that uploads can be read before any is taken: a first reader proves that it is locked in.
    pub fn prove_readers(&self) -> Result<(), FlowError> {
        if self.settings.reader.jail == config::ReaderJail::None {
            tracing::warn!("{UNJAILED}");
        }
        Ok(self.readers.prove()?)
    }

    /// Now.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Today, the local day.
    pub fn today(&self) -> Date {
        self.as_of.unwrap_or_else(|| self.clock.today())
    }

    /// Whether this is a rehearsal.
    pub fn is_rehearsal(&self) -> bool {
        self.rehearsing.is_some()
    }

    /// What makes the work under way end early, at the next place where nothing is half done.
    pub fn stopper(&self) -> Arc<AtomicBool> {
        self.pace.stopper()
    }

    /// Whether it is time to stop. Asked between two pieces of work, and so heard as progress as well.
    pub(super) fn is_stopping(&self) -> bool {
        self.pace.step();
        self.sight.moved();
        self.pace.is_stopping()
    }

    /// Something failed and is tried again at the next pass: told once.
    pub(super) fn trouble(&self, doing: &str, error: &FlowError) {
        self.sight.heard(error);
        self.troubles.met(doing, error);
    }

    /// It went well, and what was wrong with it before is over.
    pub(super) fn calm(&self, doing: &str) {
        self.troubles.over(doing);
    }

    /// Whether it failed so short a while ago that trying again would only wear the machine.
    pub(super) fn failed_just_now(&self, doing: &str) -> bool {
        self.troubles.is_fresh(doing)
    }

    /// What does not work at present.
    pub fn troubles(&self) -> Vec<String> {
        self.troubles.all()
    }

    /// The school with this id.
    pub fn school_of(&self, id: SchoolId) -> Result<Arc<School>, FlowError> {
        self.schools
            .of(id)
            .cloned()
            .ok_or(FlowError::NoSuchSchool(id))
    }

    /// Every school, for work that changes the house meanwhile.
    pub(super) fn all_schools(&self) -> Vec<Arc<School>> {
        self.schools.iter().cloned().collect()
    }

    /// Commits an act: the first one decides whether the ledger is live or a rehearsal.
    pub(super) fn act<T>(
        &mut self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, FlowError>,
    ) -> Result<T, FlowError> {
        let (rehearsing, now) = (self.rehearsing, self.now());
        self.pace.step();
        self.ledger.write(|tx| {
            tx.settle_mode(rehearsing, now)?;
            work(tx)
        })
    }

    pub(super) fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.desk)
    }

    /// Makes every school's box, with what lies in its root.
    pub fn prepare_boxes(&self) -> Result<(), FlowError> {
        let (boxes, front) = (&self.boxes, &self.front);
        let intake_key = self.intake_key.as_deref();
        let coming = self.settings.sftp.as_ref().and_then(|_| {
            keys::coming_host_key(
                self.credentials.as_deref(),
                &self.folders.keys,
                self.today(),
            )
        });
        let desk = &self.desk;
        let papers = RootPapers::new(&desk.letterhead, &desk.signers, intake_key, coming)?;
        let schools: Vec<_> = self.schools.iter().collect();
        for schools in schools.chunks(BOXES_AT_ONCE) {
            let filled: Vec<_> = schools
                .par_iter()
                .map(|school| {
                    let filled = papers.fill(boxes, school);
                    let shared = front.school(school.id).map_err(FlowError::from);
                    (school.id, filled.and(shared.map(drop)))
                })
                .collect();
            for (id, result) in filled {
                let doing = format!("making the box of {id}");
                match result {
                    Ok(()) => self.calm(&doing),
                    Err(error) => self.trouble(&doing, &error),
                }
            }
            self.pace.step();
        }
        Ok(self.boxes.sync()?)
    }

    /// Reads the schools' files again; a broken one keeps the last good state of its school.
    pub fn reload_schools(&mut self) -> Result<Vec<Complaint>, FlowError> {
        let reloaded = self.schools.reload(&self.folders.schools);
        let changed = !reloaded.changed.is_empty();
        self.schools = reloaded.schools;
        if changed {
            self.files_to_record = true;
            let (changed, schools) = (reloaded.changed.len(), self.schools.len());
            tracing::info!(changed, schools, "schools' files were read again");
            self.prepare_boxes()?;
        }
        Ok(reloaded.complaints)
    }

    /// What the schools' folder is like at this moment: another number where a file came, went or changed.
    pub fn schools_state(&self) -> u64 {
        config::folder_state(&self.folders.schools)
    }
}

/// Makes the folders that are not there. Where extracts and sealed uploads lie, nobody else looks in;
/// the ledger's file is there before the database, so that it is born with its rights.
fn make_folders(folders: &Folders) -> Result<(), FlowError> {
    refuse_if_ledger_is_gone(folders)?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| FlowError::Folder { path, source }
    };
    let shared = [
        &folders.state,
        &folders.extracts_in,
        &folders.reports,
        &folders.boxes,
    ];
    for folder in shared {
        fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    for folder in [&folders.spool, &folders.notes, &folders.extracts] {
        fs::create_dir_all(folder)
            .and_then(|()| fs::set_permissions(folder, Permissions::from_mode(OWNER_ONLY)))
            .map_err(failed(folder))?;
    }
    let ledger = &folders.ledger;
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(LEDGER_MODE)
        .open(ledger);
    file.map(drop).map_err(|source| FlowError::File {
        path: ledger.clone(),
        source,
    })
}

/// Boxes that are made between two words of progress.
const BOXES_AT_ONCE: usize = 250;
/// Rights of folders that nobody else looks into.
const OWNER_ONLY: u32 = 0o700;
/// Rights of the ledger's file: `status` reads it as one of the daemon's group.
const LEDGER_MODE: u32 = 0o640;
