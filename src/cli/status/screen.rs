//! The screen for people: what to do, how things stand, the schools. As wide as it is told, and no wider
//! where that can be helped: a table leaves out what matters least.

use super::{
    look::{Next, Status},
    school::SchoolLine,
    table::schools,
    todo::{day, size},
};
use crate::{calendar::local_time, flow::words::long_time};

/// The whole screen, line by line.
pub(super) fn screen(status: &Status, width: usize) -> Vec<String> {
    let mut lines = head(status);
    lines.push(String::new());
    lines.extend(to_do(status, width));
    lines.push(String::new());
    lines.extend(
        facts(status)
            .iter()
            .flat_map(|(name, text)| fact(name, text, width)),
    );
    lines.extend(status.front.banned());
    lines.push(String::new());
    lines.extend(schools(&status.schools, width));
    lines
}

fn head(status: &Status) -> Vec<String> {
    let now = minutes(status.at);
    let mut lines = vec![format!("{}, {now}", status.council)];
    if status.rehearsal {
        lines.push("REHEARSAL: nothing here happens in earnest.".to_owned());
        return lines;
    }
    lines.extend(match (status.daemon.running, status.daemon.since) {
        (Some(true), Some(since)) => Some(format!("The daemon has run since {}.", minutes(since))),
        (Some(true), None) => Some("The daemon runs.".to_owned()),
        // That is the first thing to do.
        (Some(false), _) => None,
        (None, _) => Some("Whether the daemon runs is for its group to know.".to_owned()),
    });
    lines
}

fn to_do(status: &Status, width: usize) -> Vec<String> {
    if status.todo.is_empty() && status.complaints.is_empty() {
        return vec!["Nothing to do.".to_owned()];
    }
    let mut lines = vec!["To do".to_owned()];
    for todo in &status.todo {
        lines.extend(wrapped(&todo.what, width, "  - ", "    "));
        lines.push(format!("      {}", todo.next));
    }
    let complaints = status.complaints.iter().take(COMPLAINTS);
    lines.extend(complaints.flat_map(|complaint| wrapped(complaint, width, "  ! ", "    ")));
    let left = status.complaints.len().saturating_sub(COMPLAINTS);
    if left > 0 {
        lines.push(format!("    and {left} more: «pillarbox check» tells all"));
    }
    lines
}

/// What stands, by name.
fn facts(status: &Status) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Extract", extract(status)), ("Waiting", waiting(status))];
    facts.extend(next_release(&status.schedules).map(|next| ("Next", next)));
    if let Some(last) = last_release(&status.schools) {
        facts.push(("Last", last));
    }
    let backup = status.backup.last_backup.map(minutes);
    facts.extend(backup.map(|at| ("Backup", at)));
    facts.extend(status.front.counted().map(|counted| ("SFTP", counted)));
    // What a rehearsal has room for is nobody's concern.
    if let Some(disk) = status.disks.iter().min_by_key(|disk| disk.free_bytes)
        && !status.rehearsal
    {
        facts.push(("Disk", format!("{} free", size(disk.free_bytes))));
    }
    let kept = status.retention.iter().map(|line| ("Kept", line.told()));
    facts.extend(kept);
    facts
}

fn extract(status: &Status) -> String {
    match &status.extract {
        None => "none yet".to_owned(),
        Some(extract) => format!(
            "of {} ({} days old), {} rows",
            day(extract.exported_on),
            extract.age_days,
            thousands(extract.rows)
        ),
    }
}

fn waiting(status: &Status) -> String {
    let waits = &status.waiting;
    let all = [
        (waits.submissions, "uploads to judge"),
        (waits.receipts, "receipts"),
        (waits.releases, "releases under way"),
        (waits.requests, "requests"),
        (waits.discrepancies, "discrepancies"),
        (waits.extracts, "extracts to accept"),
    ];
    let told: Vec<String> = all
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    if told.is_empty() {
        "nothing".to_owned()
    } else {
        told.join(", ")
    }
}

fn next_release(schedules: &[Next]) -> Option<String> {
    let told: Vec<String> = schedules
        .iter()
        .filter_map(|schedule| Some(format!("{} on {}", schedule.name, minutes(schedule.next?))))
        .take(SCHEDULES)
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn last_release(schools: &[SchoolLine]) -> Option<String> {
    let last = schools
        .iter()
        .filter_map(|school| school.last_release.as_ref());
    let last = last.max_by_key(|last| last.id)?;
    Some(format!("release {} on {}", last.id, day(last.on)))
}

/// A fact under its name, which stands once where several follow each other.
fn fact(name: &str, text: &str, width: usize) -> Vec<String> {
    // What is kept has its words in one piece, for those who look for them.
    if name == "Kept" {
        return wrapped(text, width, "", "          ");
    }
    wrapped(text, width, &format!("{name:<10}"), "          ")
}

/// Words in lines of this width.
fn wrapped(text: &str, width: usize, first: &str, next: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut fresh = true;
    for word in text.split_whitespace() {
        if !fresh && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, next.to_owned()));
            fresh = true;
        }
        if !fresh {
            line.push(' ');
        }
        line.push_str(word);
        fresh = false;
    }
    lines.push(line);
    lines
}

/// A local moment without its seconds.
fn minutes(at: time::OffsetDateTime) -> String {
    let mut words = long_time(local_time(at));
    words.truncate(words.len().saturating_sub(":00".len()));
    words
}

/// `2,000,000`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Complaints that the screen shows.
const COMPLAINTS: usize = 5;
/// Schedules that the screen shows.
const SCHEDULES: usize = 3;
