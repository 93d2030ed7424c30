//! `status`: what stands and what waits. It needs nothing but the settings: no key, no daemon.

mod backup;
mod clocks;
mod front;
mod retention;

use std::{collections::BTreeMap, path::Path, thread, time::Duration};

use serde::Serialize;
use time::{Date, OffsetDateTime};

use self::{backup::BackupStatus, clocks::Clocks, front::FrontStatus, retention::RetentionLine};
use super::{args::StatusArgs, error::CliError, print, settings::Site};
use crate::{
    calendar::local_day,
    config::{Schools, Settings},
    domain::{
        days::years_after,
        ids::{ReleaseId, SchoolId},
        receipt::Expiring,
        school::{AgreementStanding, School},
    },
    ledger::{ListMark, Mode, SchoolStatus, Waiting},
    policy::gate::{LastList, Year12List, year12_list},
};

/// Everything that `status` tells.
#[derive(Debug, Default, Serialize)]
struct Status {
    /// True where the ledger is a rehearsal.
    rehearsal: bool,
    /// What waits, of all schools together.
    waiting: Waits,
    /// The extract that releases are made from.
    extract: Option<ExtractStatus>,
    /// What is kept only so long, and when something goes next.
    retention: Vec<RetentionLine>,
    /// What is wrong with files in `schools.d/`.
    complaints: Vec<String>,
    /// The SFTP front end.
    #[serde(flatten)]
    front: FrontStatus,
    /// Backups, and a restored one that waits.
    #[serde(flatten)]
    backup: BackupStatus,
    /// Breaches of which the regulator is still to be told.
    breaches: Clocks,
    /// One school each.
    schools: Vec<SchoolLine>,
}

#[derive(Debug, Default, Serialize)]
struct Waits {
    submissions: u32,
    receipts: u32,
    releases: u32,
    requests: u32,
    discrepancies: u32,
    extracts: u32,
}

#[derive(Debug, Serialize)]
struct ExtractStatus {
    exported_on: Date,
    rows: u64,
    age_days: i64,
}

#[derive(Debug, Serialize)]
struct SchoolLine {
    id: SchoolId,
    name: String,
    agreement: &'static str,
    review_due: Option<Date>,
    on_hold: bool,
    last_list: Option<Date>,
    /// A cohort's Year 11 list still counts, and no list has come since the September after it left.
    year12_list_missing: bool,
    consents: Consents,
    last_release: Option<LastRelease>,
    outbox: Vec<String>,
    /// When a person last collected a destination file; unknown in folder mode.
    #[serde(with = "time::serde::rfc3339::option")]
    last_collection: Option<OffsetDateTime>,
    waiting_requests: u32,
    /// Notices that the school has not confirmed.
    open_notices: u32,
    /// Since when the oldest of them waits.
    oldest_notice: Option<Date>,
    /// True where the school has been reminded, or is about to be.
    notice_overdue: bool,
    /// Withdrawals of a large file, whose notices wait for an analyst.
    braked_withdrawals: u32,
    open_discrepancies: u32,
    /// Consents that end soon; null until the daemon has counted them.
    expiring: Option<Soon>,
}

#[derive(Debug, Serialize)]
struct Soon {
    #[serde(flatten)]
    expiring: Expiring,
    /// The local day on which that was counted.
    counted_on: Date,
}

#[derive(Debug, Serialize)]
struct Consents {
    in_force: u32,
    lapsed: u32,
    withdrawn: u32,
    held: u32,
}

#[derive(Debug, Serialize)]
struct LastRelease {
    id: ReleaseId,
    on: Date,
    state: String,
}

pub(super) fn status(config: &Path, args: &StatusArgs, json: bool) -> Result<(), CliError> {
    loop {
        let status = look(config)?;
        if args.watch {
            // Clears the screen and begins at its top, as `watch` does.
            print::bytes(b"\x1b[2J\x1b[H")?;
        }
        if json {
            print::json(&status)?;
        } else {
            print_status(&status)?;
        }
        if !args.watch {
            return Ok(());
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

fn look(config: &Path) -> Result<Status, CliError> {
    let site = Site::load(config)?;
    site.as_owner()?;
    let (schools, complaints) = Schools::load(&site.folders.schools);
    let complaints: Vec<String> = complaints.iter().map(ToString::to_string).collect();
    let mut status = Status {
        complaints,
        front: FrontStatus::look(&site.folders)?,
        ..Status::default()
    };
    let mut known = BTreeMap::new();
    let mut now = OffsetDateTime::now_utc();
    if site.folders.ledger.exists() {
        let glance = site.glance()?;
        let keyless = glance.keyless();
        if let Mode::Rehearsal { last } = keyless.mode()? {
            (status.rehearsal, now) = (true, last);
        }
        status.waiting = waits(keyless.waiting()?);
        status.extract = keyless
            .extract_glance()?
            .map(|(exported_on, rows)| ExtractStatus {
                exported_on,
                rows,
                age_days: (local_day(now) - exported_on).whole_days(),
            });
        status.backup = BackupStatus::look(&keyless, &site.settings.backup, now)?;
        known = keyless.status_all()?;
        status.breaches = Clocks::of(keyless.running_clocks()?, now);
        status.retention = retention::look(&keyless, &site.settings.retention, local_day(now))?;
    }
    let today = local_day(now);
    status.schools = schools
        .iter()
        .map(|school| {
            line(
                school,
                known.remove(&school.id).unwrap_or_default(),
                today,
                &site.settings,
            )
        })
        .collect();
    Ok(status)
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

fn line(school: &School, known: SchoolStatus, today: Date, settings: &Settings) -> SchoolLine {
    let reviewed = school.agreement.reviewed.or(school.agreement.signed);
    SchoolLine {
        id: school.id,
        name: school.name.clone(),
        agreement: match school.standing(today) {
            AgreementStanding::InForce => "in force",
            AgreementStanding::NotSigned => "not signed",
            AgreementStanding::Ended(_) => "ended",
            AgreementStanding::Suspended => "suspended",
        },
        review_due: reviewed
            .map(|last| last + settings.review.agreement)
            .filter(|due| *due <= today),
        on_hold: known.held_since.is_some(),
        last_list: known.last_lists.iter().map(|list| list.on).max(),
        year12_list_missing: misses_year12_list(&known.last_lists, today),
        consents: Consents {
            in_force: known.in_force,
            lapsed: known.lapsed,
            withdrawn: known.withdrawn,
            held: known.held,
        },
        last_release: known.last_release.map(|last| LastRelease {
            id: last.id,
            on: local_day(last.at),
            state: last.state.word().to_owned(),
        }),
        outbox: known.open_files,
        last_collection: known.last_collection,
        waiting_requests: known.waiting_requests,
        open_notices: known.open_notices,
        oldest_notice: known.oldest_notice.map(local_day),
        notice_overdue: known
            .oldest_notice
            .is_some_and(|sent| local_day(sent + settings.notices.remind_after) <= today),
        braked_withdrawals: known.braked_withdrawals,
        open_discrepancies: known.open_discrepancies,
        expiring: known.expiring.map(|(counted_on, expiring)| Soon {
            expiring,
            counted_on,
        }),
    }
}

/// Two years after leaving, no consent of the cohort is left that a list could keep.
fn misses_year12_list(lists: &[ListMark], today: Date) -> bool {
    let came: Vec<LastList> = lists
        .iter()
        .map(|list| LastList {
            cohort: list.cohort,
            came_on: list.on,
        })
        .collect();
    came.iter().any(|list| {
        today < years_after(list.cohort.leaves(), 2)
            && year12_list(list.cohort, &came, today) == Year12List::Missing
    })
}

fn print_status(status: &Status) -> Result<(), CliError> {
    if status.rehearsal {
        print::line("REHEARSAL: nothing here happens in earnest.")?;
    }
    for complaint in &status.complaints {
        print::line(format!("! {complaint}"))?;
    }
    status.backup.print()?;
    match &status.extract {
        Some(extract) => print::line(format!(
            "Extract of {} ({} days old), {} rows",
            extract.exported_on, extract.age_days, extract.rows
        ))?,
        None => print::line("No extract yet.")?,
    }
    let waits = &status.waiting;
    print::line(format!(
        "Waiting: {} uploads to judge, {} receipts, {} releases under way, {} requests, {} discrepancies, {} extracts to accept",
        waits.submissions,
        waits.receipts,
        waits.releases,
        waits.requests,
        waits.discrepancies,
        waits.extracts
    ))?;
    status.breaches.print()?;
    for line in &status.retention {
        print::line(line.told())?;
    }
    status.front.print()?;
    print::line("")?;
    let headers = [
        "School",
        "Name",
        "Agreement",
        "Last list",
        "In force",
        "Lapsed",
        "Withdrawn",
        "Held",
        "Last release",
        "Outbox",
        "Collected",
        "Requests",
        "Notices",
        "Discrepancies",
        "End in 30 days",
        "In 90",
    ];
    let rows: Vec<Vec<String>> = status.schools.iter().map(cells).collect();
    Ok(print::table(&headers, &rows)?)
}

fn cells(school: &SchoolLine) -> Vec<String> {
    let mut agreement = school.agreement.to_owned();
    if school.on_hold {
        agreement.push_str(", on hold");
    }
    if school.review_due.is_some() {
        agreement.push_str(", review due");
    }
    let release = |last: &LastRelease| format!("{} {} {}", last.id, last.on, last.state);
    vec![
        school.id.to_string(),
        school.name.clone(),
        agreement,
        last_list(school),
        school.consents.in_force.to_string(),
        school.consents.lapsed.to_string(),
        school.consents.withdrawn.to_string(),
        school.consents.held.to_string(),
        school
            .last_release
            .as_ref()
            .map_or_else(|| "-".to_owned(), release),
        school.outbox.len().to_string(),
        school
            .last_collection
            .map_or_else(|| "-".to_owned(), |at| local_day(at).to_string()),
        school.waiting_requests.to_string(),
        notices(school),
        school.open_discrepancies.to_string(),
        ending(school, |soon| soon.in_30_days),
        ending(school, |soon| soon.in_90_days),
    ]
}

fn notices(school: &SchoolLine) -> String {
    let since = school
        .oldest_notice
        .map_or_else(String::new, |day| format!(" since {day}"));
    let overdue = if school.notice_overdue {
        ", overdue"
    } else {
        ""
    };
    let more = if school.braked_withdrawals > 0 {
        ", more wait for review"
    } else {
        ""
    };
    format!("{}{since}{overdue}{more}", school.open_notices)
}

fn ending(school: &SchoolLine, within: impl Fn(Expiring) -> u32) -> String {
    let soon = school.expiring.as_ref();
    soon.map_or_else(|| "-".to_owned(), |soon| within(soon.expiring).to_string())
}

fn last_list(school: &SchoolLine) -> String {
    let day = school.last_list.map(|day| day.to_string());
    let due = if school.year12_list_missing {
        ", Year 12 list due"
    } else {
        ""
    };
    format!("{}{due}", day.as_deref().unwrap_or("-"))
}

/// Between two looks of `--watch`.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
