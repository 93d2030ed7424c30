//! `pillarbox.toml` to [`Settings`]: one page a section, all complaints at once.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf, absolute},
    time::Duration as Wait,
};

use time::Duration;

use crate::{
    calendar::{CronFault, Schedule, When, parse_cron},
    domain::receipt::ExpiryRule,
};

use super::{
    complaint::Complaints,
    known_settings::SETTINGS,
    public_key::age_recipient,
    reading_persons::{person, persons},
    reading_sftp::sftp,
    settings::{
        Approval, Backup, Consent, Council, Destinations, Intake, Notices, Reader, ReaderJail,
        Release, Requests, Retention, Review, Settings, Year11School, Year12List, default_etc,
        default_state,
    },
    source::Source,
    table::Table,
    values::{
        Bare, bytes, clock_reading, length, memory, path, per_cent, socket, text, whole, word,
    },
};

impl Settings {
    /// Reads the file; all that is wrong with it comes back at once.
    pub fn load(file: &Path) -> Result<Self, Complaints> {
        let if_absent = "make one with `pillarbox init`, or name another with --config";
        read(file, Source::read(file, if_absent)?)
    }

    /// Reads a text as if it were in this file.
    pub fn parse(file: &Path, text: &str) -> Result<Self, Complaints> {
        read(file, Source::new(file, text.to_owned()))
    }
}

fn read(file: &Path, source: Source) -> Result<Settings, Complaints> {
    let settings = source
        .parse()
        .map(|parsed| settings(file, &Table::top(&parsed, &SETTINGS, &source)));
    let (settings, _) = source.judge(settings)?;
    settings.ok_or_else(|| Complaints::new(Vec::new()))
}

fn settings(file: &Path, top: &Table<'_>) -> Settings {
    let file = absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().unwrap_or(Path::new("/"));
    let place = |key, default: PathBuf| top.read(key, path).map_or(default, |p| folder.join(p));
    let state = place("state", default_state().to_owned());
    Settings {
        boxes: place("boxes", state.join("boxes")),
        schools: place("schools", default_etc().join("schools.d")),
        keys: place("keys", default_etc().join("keys")),
        council: council(&top.table("council")),
        sftp: sftp(&top.table("sftp")),
        intake: intake(&top.table("intake")),
        reader: reader(&top.table("reader")),
        consent: consent(&top.table("consent")),
        destinations: destinations(&top.table("destinations")),
        release: release(&top.table("release")),
        requests: requests(&top.table("requests")),
        notices: notices(&top.table("notices")),
        retention: retention(&top.table("retention")),
        schedules: schedules(&top.tables("schedule")),
        metrics: top.table("metrics").read("listen", socket),
        review: review(&top.table("review")),
        backup: backup(&top.table("backup")),
        state,
        file,
    }
}

fn council(table: &Table<'_>) -> Council {
    let name = table.require("name", text).unwrap_or_default();
    let la = table.require("la", whole(200..=998)).unwrap_or_default();
    let domain = table.read("domain", text);
    if domain.as_deref().is_some_and(|domain| !is_domain(domain)) {
        let what = "`domain` must be a domain name in small letters";
        table.error("domain", what, "such as \"council.example\"");
    }
    Council {
        domain: domain.unwrap_or_else(|| Council::domain_from_name(&name)),
        contact: table.read("contact", text),
        privacy_notice: table.read("privacy_notice", text),
        persons: persons(&table.tables("person"), person),
        la: u16::try_from(la).unwrap_or_default(),
        name,
    }
}

/// It goes into `allowed_signers`, where a space, a comma or a star would mean something.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn intake(table: &Table<'_>) -> Intake {
    let default = Intake::default();
    let seconds = |key, least, default| {
        let kind = length(Bare::Seconds, least);
        table.read(key, kind).unwrap_or(default)
    };
    Intake {
        linger: seconds("linger", Wait::ZERO, default.linger),
        settle: seconds("settle", Wait::ZERO, default.settle),
        rescan: seconds("rescan", SHORTEST_RESCAN, default.rescan),
        max_bad_rows: table
            .read("max_bad_rows", per_cent)
            .unwrap_or(default.max_bad_rows),
        max_bytes: table.read("max_bytes", bytes).unwrap_or(default.max_bytes),
        max_rows: table
            .read("max_rows", whole(1..=MOST_ROWS))
            .and_then(|rows| u32::try_from(rows).ok())
            .unwrap_or(default.max_rows),
    }
}

fn reader(table: &Table<'_>) -> Reader {
    let default = Reader::default();
    let jail = word(&[
        ("required", ReaderJail::Required),
        ("none", ReaderJail::None),
    ]);
    Reader {
        jail: table.read("jail", jail).unwrap_or_default(),
        memory: table.read("memory", memory).unwrap_or(default.memory),
        time: table
            .read("time", length(Bare::Seconds, A_SECOND))
            .unwrap_or(default.time),
    }
}

fn consent(table: &Table<'_>) -> Consent {
    let expires = word(&[
        ("earliest", ExpiryRule::Earliest),
        ("two-years-after-leaving", ExpiryRule::TwoYearsAfterLeaving),
    ]);
    let year12_list = word(&[("warn", Year12List::Warn), ("hold", Year12List::Hold)]);
    Consent {
        expires: table.read("expires", expires).unwrap_or_default(),
        year12_list: table.read("year12_list", year12_list).unwrap_or_default(),
    }
}

fn destinations(table: &Table<'_>) -> Destinations {
    let default = Destinations::default();
    let year11_school = word(&[
        ("required", Year11School::Required),
        ("when-present", Year11School::WhenPresent),
    ]);
    let hold_providers = table.list("hold_providers", text).unwrap_or_default();
    let columns = table.table("columns").all(text);
    Destinations {
        max_age: days(table, "max_age", A_SECOND, default.max_age),
        year11_school: table
            .read("year11_school", year11_school)
            .unwrap_or_default(),
        hold_providers: hold_providers.into_iter().map(|(_, name)| name).collect(),
        settle: table
            .read("settle", length(Bare::Seconds, Wait::ZERO))
            .unwrap_or(default.settle),
        max_fall: table.read("max_fall", per_cent).unwrap_or(default.max_fall),
        columns: columns
            .into_iter()
            .map(|(field, header)| (field.to_owned(), header))
            .collect(),
    }
}

fn release(table: &Table<'_>) -> Release {
    let default = Release::default();
    Release {
        keep: days(table, "keep", A_SECOND, default.keep),
        catch_up: days(table, "catch_up", Wait::ZERO, default.catch_up),
    }
}

fn requests(table: &Table<'_>) -> Requests {
    let default = Requests::default();
    let approval = word(&[
        ("automatic", Approval::Automatic),
        ("manual", Approval::Manual),
    ]);
    Requests {
        approval: table.read("approval", approval).unwrap_or_default(),
        min_interval: days(table, "min_interval", Wait::ZERO, default.min_interval),
        max_per_day: table
            .read("max_per_day", whole(1..=MOST_PER_DAY))
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(default.max_per_day),
    }
}

fn notices(table: &Table<'_>) -> Notices {
    let default = Notices::default();
    Notices {
        remind_after: days(table, "remind_after", A_DAY, default.remind_after),
    }
}

fn retention(table: &Table<'_>) -> Retention {
    let default = Retention::default();
    Retention {
        uploads: days(table, "uploads", Wait::ZERO, default.uploads),
        disclosures: days(table, "disclosures", A_DAY, default.disclosures),
        receipts: days(table, "receipts", A_DAY, default.receipts),
        notices: days(table, "notices", A_DAY, default.notices),
        archive_recipient: table.read("archive_recipient", age_recipient),
    }
}

fn review(table: &Table<'_>) -> Review {
    Review {
        agreement: days(table, "agreement", A_SECOND, Review::default().agreement),
    }
}

fn backup(table: &Table<'_>) -> Backup {
    let default = Backup::default();
    Backup {
        recipient: table.read("recipient", age_recipient),
        remind_after: days(table, "remind_after", A_DAY, default.remind_after),
        keep_notes: days(table, "keep_notes", A_DAY, default.keep_notes),
    }
}

fn schedules(tables: &[Table<'_>]) -> Vec<Schedule> {
    let mut names = BTreeSet::new();
    let mut schedules = Vec::new();
    for table in tables {
        let name = table.require("name", text);
        if name.clone().is_some_and(|name| !names.insert(name)) {
            let what = "two schedules have this name";
            table.error("name", what, "give each a name of its own");
        }
        if let (when, Some(name)) = (moments(table), name) {
            schedules.extend(when.map(|when| Schedule { name, when }));
        }
    }
    schedules
}

fn moments(table: &Table<'_>) -> Option<When> {
    let dates = table.list("dates", clock_reading);
    let cron = table.read("cron", text);
    match (dates, cron) {
        _ if !table.lacks("dates") && !table.lacks("cron") => {
            let what = "a schedule has either `dates` or `cron`";
            table.error("cron", what, "remove one, or make two schedules");
            None
        }
        _ if table.lacks("dates") && table.lacks("cron") => {
            table.missing("dates");
            None
        }
        (Some(dates), _) if dates.is_empty() => {
            table.error(
                "dates",
                "`dates` names no moment",
                "remove the schedule, or add one",
            );
            None
        }
        (Some(dates), _) => {
            let dates = dates.into_iter().map(|(_, moment)| moment);
            Some(When::Dates(dates.collect()))
        }
        (None, cron) => pattern(table, &cron?),
    }
}

fn pattern(table: &Table<'_>, text: &str) -> Option<When> {
    let complain = |fault: CronFault| {
        let what = format!("`cron` is no pattern: {fault}");
        let hint = "such as \"0 6 1 * *\": at 6 on the first of each month";
        table.error("cron", what, hint);
    };
    parse_cron(text).map_err(complain).ok().map(When::Cron)
}

fn days(table: &Table<'_>, key: &str, least: Wait, default: Duration) -> Duration {
    table
        .read(key, length(Bare::Days, least))
        .and_then(|length| Duration::try_from(length).ok())
        .unwrap_or(default)
}

/// Faster, and the daemon would do nothing else.
const SHORTEST_RESCAN: Wait = Wait::from_millis(100);
/// With none at all nothing would ever be shared, or be there to collect.
const A_SECOND: Wait = Wait::from_secs(1);
/// What is told or goes once a day stays a day.
const A_DAY: Wait = Wait::from_hours(24);
/// A spreadsheet has no more.
const MOST_ROWS: u64 = 1_048_576;
const MOST_PER_DAY: u64 = 100_000;

#[cfg(test)]
mod tests;
