//! `subject`, `erase`, `breach`: what persons may ask, and whom a loss affects. The answers name people: they
//! go to the officer's terminal and nowhere else.

mod breach;
mod subject;

use std::path::Path;

use time::OffsetDateTime;

use super::{
    args::{BreachArgs, EraseArgs, SubjectArgs},
    asking::whom,
    error::CliError,
    print, release,
};
use crate::{
    calendar::local_time,
    flow::{
        command::{Command, Reply},
        rights::{Breach, Erase, Erased, ErasedAtSchool, Holder, Lost, Subject},
        words::{long_day, long_time},
    },
};

pub(super) fn subject(config: &Path, args: SubjectArgs, json: bool) -> Result<(), CliError> {
    let command = Command::Subject(Subject {
        who: whom(args.who)?,
    });
    match release::answer(config, &command, args.when.at, json)? {
        Reply::Subject(report) if json => Ok(print::json(&report)?),
        Reply::Subject(report) => subject::tell(&report),
        _ => Ok(()),
    }
}

pub(super) fn erase(config: &Path, args: EraseArgs, json: bool) -> Result<(), CliError> {
    let command = Command::Erase(Erase {
        who: whom(args.who)?,
        school: args.school,
    });
    match release::answer(config, &command, args.when.at, json)? {
        Reply::Erased(done) if json => Ok(print::json(&done)?),
        Reply::Erased(done) => tell_erased(&done),
        _ => Ok(()),
    }
}

pub(super) fn breach(config: &Path, args: BreachArgs, json: bool) -> Result<(), CliError> {
    let about = args.about;
    let lost = (about.release.map(Lost::Release))
        .or(about.key.map(Lost::Key))
        .or(about.school.map(Lost::School));
    let Some(about) = lost else {
        return Ok(());
    };
    let command = Command::Breach(Breach {
        about,
        known_at: args.known_at,
        reported: args.reported,
    });
    match release::answer(config, &command, args.when.at, json)? {
        Reply::Breach(report) if json => Ok(print::json(&report)?),
        Reply::Breach(report) => breach::tell(&report),
        _ => Ok(()),
    }
}

fn tell_erased(done: &Erased) -> Result<(), CliError> {
    if done.schools.is_empty() {
        print::line("Nothing is on record about this person, so nothing was erased.")?;
        print::line(
            "With --school ID a mark is left all the same, so that no list of that school shares anything.",
        )?;
    }
    for school in &done.schools {
        tell_erased_at(school)?;
    }
    for release in &done.recalled {
        print::line(format!("Taken back from the outbox: {release}."))?;
    }
    if !done.schools.is_empty() {
        print::line(
            "Backups that were made before keep it until they are gone; what schools received is theirs to destroy.",
        )?;
    }
    nearly(done.nearly)
}

fn tell_erased_at(erased: &ErasedAtSchool) -> Result<(), CliError> {
    let ErasedAtSchool { school, name, .. } = erased;
    let pupils: Vec<String> = erased.pupils.iter().map(ToString::to_string).collect();
    if pupils.is_empty() {
        print::line(format!("{name} ({school}): marked."))?;
    } else {
        print::line(format!(
            "{name} ({school}): erased {}; what {} told of this person is gone.",
            pupils.join(", "),
            count(erased.disclosures, "release", "releases")
        ))?;
    }
    print::line(format!(
        "  Nothing is shared with the school unless a consent is dated after {}.",
        long_day(erased.barred_on)
    ))?;
    if erased.withdrawals > 0 {
        print::line(format!(
            "  Forgotten as well: {}.",
            count(erased.withdrawals, "withdrawal", "withdrawals")
        ))?;
    }
    for notice in &erased.notices {
        print::line(format!(
            "  The school is asked to destroy what it received: {notice}."
        ))?;
    }
    if let Some(until) = erased.copies_until {
        print::line(format!(
            "  Sealed copies of the school's uploads can't be edited; the last goes on {}.",
            long_day(until)
        ))?;
    }
    Ok(())
}

/// Neighbours are told of as a number only.
fn nearly(nearly: u32) -> Result<(), CliError> {
    if nearly > 0 {
        let others = count(
            usize::try_from(nearly).unwrap_or(usize::MAX),
            "pupil",
            "pupils",
        );
        print::line(format!(
            "Nearly: {others} on record with the same number, or with the same date of birth and one name. If one may be meant, look again with the exact name, or with UPN or ULN."
        ))?;
    }
    Ok(())
}

fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

fn when(at: OffsetDateTime) -> String {
    long_time(local_time(at))
}

fn holder(holder: &Holder) -> String {
    match &holder.person {
        Some(person) => format!("{person} ({})", holder.key),
        None => format!("{} (no longer in the school's file)", holder.key),
    }
}
