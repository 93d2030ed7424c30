//! How everything stands, in numbers. What rarely changes is asked rarely; consents are counted again
//! only where a school's have changed.

use std::{
    collections::HashMap,
    fs, io,
    path::Path,
    time::{Duration, Instant},
};

use rustix::fs::statvfs;
use time::{OffsetDateTime, UtcOffset};

use crate::{
    boxes::handover::Counters,
    calendar::local_day,
    domain::{ids::SchoolId, school::AgreementStanding},
    flow::{FlowError, house::House, rights::tell_ico_by},
    ledger::{Keyless, Standings, Verb},
    transport::metrics::{Disk, Series, Standing},
};

/// What is known from earlier looks.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    consents: HashMap<SchoolId, (u64, Standings)>,
    /// The last row of the trail that was looked at, and when a backup was made before it.
    trail: u64,
    backup: Option<OffsetDateTime>,
    spool: Option<(Instant, (u64, u64))>,
}

/// Gathers all numbers.
pub(super) fn gather(house: &House, known: &mut Gathered) -> Result<Standing, FlowError> {
    let ledger = house.ledger.view();
    let now = house.now();
    let (all, single) = ledger.holds_in_force()?;
    let remind = house.settings.notices.remind_after;
    let (notices, overdue) = ledger.notices_open(now - remind)?;
    let clocks = ledger.running_clocks()?;
    let extract = ledger.extract_glance()?;
    Ok(Standing {
        at: Some(OffsetDateTime::now_utc()),
        rehearsal: house.is_rehearsal(),
        schools: schools(house),
        reviews_due: reviews_due(house),
        consents: known.consents(&ledger)?,
        waiting: waiting(&ledger, notices)?,
        oldest: oldest(&ledger)?,
        notices_overdue: overdue,
        breaches: u64::try_from(clocks.len()).unwrap_or(u64::MAX),
        breach_due: clocks.iter().map(|clock| tell_ico_by(clock.known_at)).min(),
        extract: extract.map(|(day, rows)| (rows, day.midnight().assume_offset(UtcOffset::UTC))),
        extract_limit: u64::from(house.extract_max_age()) * SECONDS_A_DAY,
        files_out: ledger.files_out()?,
        holds: vec![("all", all), ("school", single)],
        last: known.last(&ledger)?,
        troubles: u64::try_from(house.troubles().len()).unwrap_or(u64::MAX),
        disks: disks(house)?,
        disk_spare: house.settings.sftp.clone().unwrap_or_default().spare_disk,
        ledger: ledger_files(&house.folders.ledger),
        spool: known.spool(&ledger)?,
        sftp: sftp(house)?,
    })
}

fn schools(house: &House) -> Series {
    let today = local_day(house.now());
    let mut all = [
        ("in-force", 0),
        ("not-signed", 0),
        ("ended", 0),
        ("suspended", 0),
    ];
    for school in house.schools.iter() {
        let at = match school.standing(today) {
            AgreementStanding::InForce => 0,
            AgreementStanding::NotSigned => 1,
            AgreementStanding::Ended(_) => 2,
            AgreementStanding::Suspended => 3,
        };
        all[at].1 += 1;
    }
    all.to_vec()
}

fn reviews_due(house: &House) -> u64 {
    let (today, every) = (house.today(), house.settings.review.agreement);
    let due = house.schools.iter().filter(|school| {
        let last = school.agreement.reviewed.or(school.agreement.signed);
        last.is_some_and(|last| last + every <= today)
    });
    u64::try_from(due.count()).unwrap_or(u64::MAX)
}

fn waiting(ledger: &Keyless<'_>, notices: u64) -> Result<Series, FlowError> {
    let waits = ledger.waiting()?;
    Ok(vec![
        ("uploads", waits.submissions.into()),
        ("receipts", waits.receipts.into()),
        ("releases", waits.releases.into()),
        ("requests", waits.requests.into()),
        ("discrepancies", waits.discrepancies.into()),
        ("extracts", waits.extracts.into()),
        ("notices", notices),
        ("withdrawals-to-review", ledger.braked_withdrawals()?),
    ])
}

fn oldest(ledger: &Keyless<'_>) -> Result<Vec<(&'static str, OffsetDateTime)>, FlowError> {
    let oldest = ledger.oldest()?;
    let all = [
        ("upload", oldest.upload),
        ("request", oldest.request),
        ("notice", oldest.notice),
        ("discrepancy", oldest.discrepancy),
    ];
    let there = all.into_iter().filter_map(|(what, at)| Some((what, at?)));
    Ok(there.collect())
}

impl Gathered {
    fn consents(&mut self, ledger: &Keyless<'_>) -> Result<Series, FlowError> {
        for (school, revision) in ledger.revisions()? {
            if self
                .consents
                .get(&school)
                .is_none_or(|known| known.0 != revision)
            {
                self.consents
                    .insert(school, (revision, ledger.standings(school)?));
            }
        }
        let sum =
            |of: fn(&Standings) -> u64| self.consents.values().map(|(_, known)| of(known)).sum();
        Ok(vec![
            ("in-force", sum(|known| known.in_force)),
            ("lapsed", sum(|known| known.lapsed)),
            ("withdrawn", sum(|known| known.withdrawn)),
            ("held", sum(|known| known.held)),
        ])
    }

    fn last(
        &mut self,
        ledger: &Keyless<'_>,
    ) -> Result<Vec<(&'static str, OffsetDateTime)>, FlowError> {
        let head = ledger.trail_head()?.seq;
        if head > self.trail {
            let later = ledger.last_act(Verb::BackupMade, self.trail)?;
            (self.backup, self.trail) = (later.or(self.backup), head);
        }
        let checkpoint = ledger.last_checkpoint()?.map(|checkpoint| checkpoint.at);
        let all = [
            ("release", ledger.last_release()?),
            ("checkpoint", checkpoint),
            ("backup", self.backup),
        ];
        let there = all.into_iter().filter_map(|(what, at)| Some((what, at?)));
        Ok(there.collect())
    }

    fn spool(&mut self, ledger: &Keyless<'_>) -> Result<(u64, u64), FlowError> {
        if let Some((at, spool)) = self.spool
            && at.elapsed() < SPOOL_LASTS
        {
            return Ok(spool);
        }
        let spool = ledger.spooled()?;
        self.spool = Some((Instant::now(), spool));
        Ok(spool)
    }
}

fn disks(house: &House) -> Result<Vec<Disk>, FlowError> {
    let folders = [
        ("state", &house.folders.state),
        ("boxes", &house.folders.boxes),
    ];
    folders
        .into_iter()
        .map(|(folder, path)| disk(folder, path))
        .collect()
}

fn disk(folder: &'static str, path: &Path) -> Result<Disk, FlowError> {
    let disk = statvfs(path).map_err(|error| FlowError::File {
        path: path.to_owned(),
        source: io::Error::from(error),
    })?;
    Ok(Disk {
        folder,
        free_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
        // Some file systems have no number of files to run out of.
        free_files: (disk.f_files > 0).then_some(disk.f_favail),
    })
}

fn ledger_files(ledger: &Path) -> Series {
    let size = |path: &Path| fs::metadata(path).map_or(0, |meta| meta.len());
    let mut wal = ledger.as_os_str().to_owned();
    wal.push("-wal");
    vec![("main", size(ledger)), ("wal", size(Path::new(&wal)))]
}

fn sftp(house: &House) -> Result<Option<(Counters, u64)>, FlowError> {
    let Some(counters) = house.front.counters()? else {
        return Ok(None);
    };
    let now = OffsetDateTime::now_utc();
    let bans = house
        .front
        .bans()?
        .iter()
        .filter(|ban| ban.until > now)
        .count();
    Ok(Some((counters, u64::try_from(bans).unwrap_or(u64::MAX))))
}

const SECONDS_A_DAY: u64 = 86_400;
/// How long the sum of the uploads that are kept is good enough: it is the one question that reads many rows.
const SPOOL_LASTS: Duration = Duration::from_mins(1);
