//! How things stand: the settings, the schools' files, the ledger's counts, the front end's folder.

use std::{collections::BTreeMap, path::Path};

use rustix::fs::statvfs;
use serde::Serialize;
use time::{Date, OffsetDateTime, serde::rfc3339};

use super::{
    backup::BackupStatus,
    clocks::Clocks,
    front::FrontStatus,
    retention::{self, RetentionLine},
    running::Running,
    school::{SchoolLine, line},
    todo::{Todo, todo},
};
use crate::{
    calendar::local_day,
    cli::{error::CliError, settings::Site},
    config::{Schools, Settings, Severity},
    ledger::{Mode, Waiting},
};

/// Everything that `status` tells.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    /// The council's name.
    pub(super) council: String,
    /// The moment that this tells of.
    #[serde(with = "rfc3339")]
    pub(super) at: OffsetDateTime,
    /// What needs somebody, the most pressing first.
    pub(super) todo: Vec<Todo>,
    /// The daemon.
    pub(super) daemon: Running,
    /// True where the ledger is a rehearsal.
    pub(super) rehearsal: bool,
    /// Since when a hold stops all sharing.
    #[serde(with = "rfc3339::option")]
    pub(super) all_on_hold_since: Option<OffsetDateTime>,
    /// What waits, of all schools together.
    pub(super) waiting: Waits,
    /// The extract that releases are made from.
    pub(super) extract: Option<ExtractStatus>,
    /// When each schedule comes next.
    pub(super) schedules: Vec<Next>,
    /// The disks of the state and the boxes.
    pub(super) disks: Vec<DiskStatus>,
    /// What is kept only so long, and when something goes next.
    pub(super) retention: Vec<RetentionLine>,
    /// What is wrong with files in `schools.d/`.
    pub(super) complaints: Vec<String>,
    /// The SFTP front end.
    #[serde(flatten)]
    pub(super) front: FrontStatus,
    /// Backups, and a restored one that waits.
    #[serde(flatten)]
    pub(super) backup: BackupStatus,
    /// Breaches of which the regulator is still to be told.
    pub(super) breaches: Clocks,
    /// One school each.
    pub(super) schools: Vec<SchoolLine>,
}

/// What waits, of all schools together.
#[derive(Debug, Default, Serialize)]
pub(super) struct Waits {
    pub(super) submissions: u32,
    pub(super) receipts: u32,
    pub(super) releases: u32,
    pub(super) requests: u32,
    pub(super) discrepancies: u32,
    pub(super) extracts: u32,
}

/// The extract that releases are made from.
#[derive(Debug, Serialize)]
pub(super) struct ExtractStatus {
    pub(super) exported_on: Date,
    pub(super) rows: u64,
    pub(super) age_days: i64,
    /// Days after which nothing is released from it.
    pub(super) max_age_days: i64,
}

/// A schedule's next moment.
#[derive(Debug, Serialize)]
pub(super) struct Next {
    pub(super) name: String,
    /// Null where none is left.
    #[serde(with = "rfc3339::option")]
    pub(super) next: Option<OffsetDateTime>,
}

/// A disk.
#[derive(Debug, Serialize)]
pub(super) struct DiskStatus {
    /// `state` or `boxes`.
    pub(super) folder: &'static str,
    pub(super) free_bytes: u64,
    /// Bytes that shall stay free.
    pub(super) spare_bytes: u64,
}

/// Looks at everything.
pub(super) fn look(config: &Path) -> Result<Status, CliError> {
    let site = Site::load(config)?;
    site.as_owner()?;
    let (schools, complaints) = Schools::load(&site.folders.schools);
    let broken = complaints
        .iter()
        .filter(|complaint| complaint.severity == Severity::Error)
        .count();
    let mut status = Status::of(&site)?;
    status.complaints = complaints.iter().map(ToString::to_string).collect();
    let mut known = BTreeMap::new();
    if site.folders.ledger.exists() {
        let glance = site.glance()?;
        let keyless = glance.keyless();
        if let Mode::Rehearsal { last } = keyless.mode()? {
            (status.rehearsal, status.at) = (true, last);
        }
        let today = local_day(status.at);
        status.waiting = waits(keyless.waiting()?);
        status.all_on_hold_since = keyless.all_held_since()?;
        status.extract = keyless
            .extract_glance()?
            .map(|(exported_on, rows)| ExtractStatus {
                exported_on,
                rows,
                age_days: (today - exported_on).whole_days(),
                max_age_days: site.settings.destinations.max_age.whole_days(),
            });
        status.backup = BackupStatus::look(&keyless, &site.settings.backup, status.at)?;
        known = keyless.status_all()?;
        status.breaches = Clocks::of(keyless.running_clocks()?, status.at);
        status.retention = retention::look(&keyless, &site.settings.retention, today)?;
    }
    let today = local_day(status.at);
    status.schedules = schedules(&site.settings, status.at);
    status.schools = schools
        .iter()
        .map(|school| {
            let known = known.remove(&school.id).unwrap_or_default();
            line(school, known, today, &site.settings)
        })
        .collect();
    status.todo = todo(&status, broken, &site);
    Ok(status)
}

impl Status {
    /// Before the ledger was asked.
    fn of(site: &Site) -> Result<Self, CliError> {
        Ok(Self {
            council: site.settings.council.name.clone(),
            at: OffsetDateTime::now_utc(),
            todo: Vec::new(),
            daemon: Running::look(&site.socket()),
            rehearsal: false,
            all_on_hold_since: None,
            waiting: Waits::default(),
            extract: None,
            schedules: Vec::new(),
            disks: disks(site),
            retention: Vec::new(),
            complaints: Vec::new(),
            front: FrontStatus::look(&site.folders)?,
            backup: BackupStatus::default(),
            breaches: Clocks::default(),
            schools: Vec::new(),
        })
    }
}

fn schedules(settings: &Settings, now: OffsetDateTime) -> Vec<Next> {
    let next = |schedule: &crate::calendar::Schedule| Next {
        name: schedule.name.clone(),
        next: schedule.next_after(now),
    };
    let mut all: Vec<Next> = settings.schedules.iter().map(next).collect();
    all.sort_by_key(|schedule| (schedule.next.is_none(), schedule.next));
    all
}

/// A folder that is not there yet has no disk.
fn disks(site: &Site) -> Vec<DiskStatus> {
    let spare_bytes = site.settings.sftp.clone().unwrap_or_default().spare_disk;
    let folders = [
        ("state", &site.folders.state),
        ("boxes", &site.folders.boxes),
    ];
    let seen = folders.into_iter().filter_map(|(folder, path)| {
        let disk = statvfs(path).ok()?;
        let free_bytes = disk.f_bavail.saturating_mul(disk.f_frsize);
        Some(DiskStatus {
            folder,
            free_bytes,
            spare_bytes,
        })
    });
    seen.collect()
}

fn waits(waiting: Waiting) -> Waits {
    let Waiting {
        submissions,
        receipts,
        releases,
        requests,
        discrepancies,
        extracts,
    } = waiting;
    Waits {
        submissions,
        receipts,
        releases,
        requests,
        discrepancies,
        extracts,
    }
}
