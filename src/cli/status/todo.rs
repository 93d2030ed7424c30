//! What needs somebody, the most pressing first, each with what to type. Nobody should have to find it in a
//! table of four thousand schools.

use serde::Serialize;

use super::{look::Status, school::SchoolLine};
use crate::{
    calendar::local_time,
    cli::settings::Site,
    flow::words::{long_day, long_time},
};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Todo {
    /// What is the matter.
    pub(super) what: String,
    /// What to type, or to do.
    pub(super) next: String,
}

/// Everything there is to do; `broken` files of schools can't be used as they are.
pub(super) fn todo(status: &Status, broken: usize, site: &Site) -> Vec<Todo> {
    let mut all = List(Vec::new());
    restored(&mut all, status);
    breaches(&mut all, status);
    service(&mut all, status, broken);
    extract(&mut all, status, site);
    backup(&mut all, status);
    holds(&mut all, status);
    queues(&mut all, status);
    schools(&mut all, status);
    all.0
}

struct List(Vec<Todo>);

impl List {
    fn say(&mut self, what: impl Into<String>, next: impl Into<String>) {
        self.0.push(Todo {
            what: what.into(),
            next: next.into(),
        });
    }
}

fn restored(all: &mut List, status: &Status) {
    if let Some(at) = status.backup.restore_waits {
        let when = long_time(local_time(at));
        all.say(
            format!("EVERYTHING IS ON HOLD: restored from the backup of {when}"),
            "pillarbox restore --reconcile",
        );
    }
}

fn breaches(all: &mut List, status: &Status) {
    for (about, words) in status.breaches.told() {
        let kind = match about.as_bytes() {
            [b'R', ..] => "release",
            [digit, ..] if digit.is_ascii_digit() => "school",
            _ => "key",
        };
        all.say(
            format!("Breach: {words}"),
            format!("pillarbox breach --{kind} {about}"),
        );
    }
}

fn service(all: &mut List, status: &Status, broken: usize) {
    // A rehearsal is played by commands.
    if status.daemon.running == Some(false) && !status.rehearsal {
        all.say(
            "The daemon is not running: nothing is taken or released",
            "systemctl start pillarbox",
        );
    }
    let low = status
        .disks
        .iter()
        .filter(|disk| disk.free_bytes < disk.spare_bytes);
    for disk in low {
        let (free, spare) = (size(disk.free_bytes), size(disk.spare_bytes));
        all.say(
            format!(
                "Only {free} are free where {} lies; uploads are refused below {spare}",
                named(disk.folder)
            ),
            "make room there",
        );
    }
    if broken > 0 {
        let files = many(broken, "school's file is wrong", "schools' files are wrong");
        all.say(
            format!("{files}; what was last good is in force"),
            "pillarbox check",
        );
    }
}

fn backup(all: &mut List, status: &Status) {
    if status.backup.backup_overdue {
        all.say(
            match status.backup.last_backup {
                Some(at) => format!("The last backup is of {}", long_time(local_time(at))),
                None => "There is no backup yet".to_owned(),
            },
            "pillarbox backup FILE",
        );
    }
}

fn extract(all: &mut List, status: &Status, site: &Site) {
    if status.waiting.extracts > 0 {
        all.say(
            "A new extract looks incomplete, and holds all releases",
            "pillarbox release --all --accept-extract",
        );
    }
    let folder = format!("put a new one into {}", site.folders.extracts_in.display());
    match &status.extract {
        Some(extract) if extract.age_days > extract.max_age_days => all.say(
            format!(
                "The extract is {} days old: nothing is released from it",
                extract.age_days
            ),
            folder,
        ),
        Some(extract) if extract.age_days + SOON > extract.max_age_days => all.say(
            format!(
                "The extract may be released from for {} more days",
                extract.max_age_days - extract.age_days
            ),
            folder,
        ),
        None if status
            .schools
            .iter()
            .any(|school| school.consents.in_force > 0) =>
        {
            all.say("There is no extract to release from", folder);
        }
        _ => {}
    }
}

fn holds(all: &mut List, status: &Status) {
    if let Some(since) = status.all_on_hold_since {
        let since = long_time(local_time(since));
        all.say(
            format!("All sharing is on hold since {since}"),
            "pillarbox resume --all",
        );
        return;
    }
    name_schools(
        all,
        status,
        "on hold",
        |school| school.on_hold,
        |id| format!("pillarbox resume --school {id}"),
    );
}

fn queues(all: &mut List, status: &Status) {
    let waits = &status.waiting;
    if waits.requests > 0 {
        let number = many(waits.requests, "request waits", "requests wait");
        all.say(number, "pillarbox request list");
    }
    if waits.discrepancies > 0 {
        let number = many(
            waits.discrepancies,
            "discrepancy is open",
            "discrepancies are open",
        );
        all.say(number, "pillarbox discrepancy list");
    }
    let sum = |of: fn(&SchoolLine) -> u32| status.schools.iter().map(of).sum::<u32>();
    let braked = sum(|school| school.braked_withdrawals);
    if braked > 0 {
        let number = many(
            braked,
            "withdrawal of a large file waits",
            "withdrawals of large files wait",
        );
        all.say(format!("{number} for an analyst"), "pillarbox review list");
    }
    let held = sum(|school| school.consents.held);
    if held > 0 {
        let number = many(held, "consent is", "consents are");
        all.say(
            format!("{number} held by withdrawals that fit nearly"),
            "pillarbox review list",
        );
    }
}

fn schools(all: &mut List, status: &Status) {
    name_schools(
        all,
        status,
        "late with confirming a notice",
        |school| school.notice_overdue,
        |id| format!("telephone it; pillarbox school show {id}"),
    );
    name_schools(
        all,
        status,
        "due for a review of the agreement",
        |school| school.review_due.is_some(),
        |id| format!("pillarbox school show {id}"),
    );
    name_schools(
        all,
        status,
        "without a list since the summer",
        |school| school.year12_list_missing,
        |id| format!("ask it; pillarbox school show {id}"),
    );
    let unsigned = |school: &SchoolLine| school.agreement == "not signed";
    name_schools(all, status, "without a signed agreement", unsigned, |id| {
        format!("pillarbox school show {id}")
    });
}

/// Schools that have something in common, in one line however many they are.
fn name_schools(
    all: &mut List,
    status: &Status,
    what: &str,
    fits: impl Fn(&SchoolLine) -> bool,
    next: impl Fn(&str) -> String,
) {
    let ids: Vec<String> = status
        .schools
        .iter()
        .filter(|school| fits(school))
        .map(|school| school.id.to_string())
        .collect();
    let Some(first) = ids.first() else { return };
    let is = if ids.len() == 1 {
        "school is"
    } else {
        "schools are"
    };
    let named = ids
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let more = if ids.len() > NAMED { " …" } else { "" };
    all.say(
        format!("{} {is} {what}: {named}{more}", ids.len()),
        next(first),
    );
}

/// `3 requests wait`, `1 request waits`.
fn many<N: Copy + PartialEq + From<u8> + std::fmt::Display>(
    number: N,
    one: &str,
    more: &str,
) -> String {
    let word = if number == N::from(1) { one } else { more };
    format!("{number} {word}")
}

fn named(folder: &str) -> &str {
    if folder == "boxes" {
        "the boxes' folder"
    } else {
        "the state"
    }
}

/// Bytes for people.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        bytes if bytes >= 10 << 30 => format!("{} GiB", bytes >> 30),
        bytes => format!("{} MiB", bytes >> 20),
    }
}

/// A day for people, in the screen's few letters.
pub(super) fn day(day: time::Date) -> String {
    long_day(day)
}

/// Days before an extract is too old on which it is said.
const SOON: i64 = 5;
/// Schools that one line names.
const NAMED: usize = 3;
