//! `review`: what is in doubt, and what an analyst decides.

use std::{fmt::Write as _, path::Path};

use super::{args::ReviewVerb, error::CliError, print, release};
use crate::{
    domain::{
        ids::{PupilId, SchoolId, SubmissionId},
        receipt::ExtractFacts,
    },
    flow::{
        command::{Command, Reply},
        review::{NearRecord, ReviewCommand, ReviewEntry, ReviewKind, ReviewReply},
    },
};

pub(super) fn review(config: &Path, verb: ReviewVerb, json: bool) -> Result<(), CliError> {
    let (command, at) = asked(verb);
    let reply = release::answer(config, &Command::Review(command), at, json)?;
    match reply {
        Reply::Review(found) if json => {
            left_out(&found);
            Ok(print::json(&found.entries)?)
        }
        Reply::Review(found) => tell(&found),
        reply => release::said(&reply, json, "Done."),
    }
}

fn asked(verb: ReviewVerb) -> (ReviewCommand, Option<time::OffsetDateTime>) {
    match verb {
        ReviewVerb::List(args) => {
            let school = args.school;
            (ReviewCommand::List { school }, args.when.at)
        }
        ReviewVerb::Tie(args) => {
            let (school, pupil, record) = (args.school, args.pupil, args.record);
            let tie = ReviewCommand::Tie {
                school,
                pupil,
                record,
            };
            (tie, args.when.at)
        }
        ReviewVerb::Untie(args) => {
            let (school, pupil) = (args.school, args.pupil);
            (ReviewCommand::Untie { school, pupil }, args.when.at)
        }
        ReviewVerb::Undo(args) => {
            let (id, reason) = (args.id, args.reason);
            (ReviewCommand::Undo { id, reason }, args.when.at)
        }
        ReviewVerb::Settle(args) => {
            let settle = ReviewCommand::Settle {
                id: args.id,
                pupil: args.pupil,
                meant: args.meant.withdraw,
            };
            (settle, args.when.at)
        }
    }
}

/// The list for people: one paragraph for each thing in doubt, with the command that decides it.
fn tell(found: &ReviewReply) -> Result<(), CliError> {
    print::line(headline(found.entries.len(), found.extract.as_ref()))?;
    if let Some(why) = &found.without_extract {
        print::line(format!("No records were looked at: {why}."))?;
    }
    for entry in &found.entries {
        print::line("")?;
        print::line(who(entry))?;
        print::line(format!("  {}", sentence(entry)))?;
        nearest(&entry.nearest)?;
        if let Some(next) = next(entry) {
            print::line(format!("  {next}"))?;
        }
    }
    left_out(found);
    Ok(())
}

fn headline(entries: usize, extract: Option<&ExtractFacts>) -> String {
    let doubt = match entries {
        0 => "Nothing waits for an analyst.".to_owned(),
        1 => "One thing waits for an analyst.".to_owned(),
        more => format!("{more} things wait for an analyst."),
    };
    let of =
        |extract: &ExtractFacts| format!(" Extract {} of {}.", extract.name, extract.exported_on);
    doubt + &extract.map(of).unwrap_or_default()
}

fn who(entry: &ReviewEntry) -> String {
    let mut parts = vec![entry.school.to_string()];
    parts.extend(entry.pupil.as_ref().map(PupilId::to_string));
    let names = entry.forename.iter().chain(&entry.surname);
    let names: Vec<&str> = names.map(String::as_str).collect();
    if let Some(born) = entry.date_of_birth {
        parts.push(format!("{}, born {born}", names.join(" ")));
    }
    parts.join("  ")
}

/// The word for programs, and what it means.
fn sentence(entry: &ReviewEntry) -> String {
    let meaning = match entry.reason.as_str() {
        "no-record" => "no record of the extract fits",
        "another-year-11-school" => "the record that fits tells of another Year 11 school",
        "year-11-school-unknown" => "the record that fits tells of no Year 11 school",
        "several-records" => "more than one record fits",
        "several-pupils" => "the record that fits, fits another pupil of the school as well",
        "several-schools" => {
            "the record that fits tells of no school, and another school claims it"
        }
        "identifier-shared" => "somebody else has the same UPN or ULN",
        "identifiers-contradict" => "the record that fits has another UPN or ULN",
        "tied-records" => "the newest rows of the record are confirmed on the same day",
        "code-held" => "the activity code is never shared without an officer",
        "code-unknown" => "the activity code is in no list",
        "code-absent" => "the record has no activity code",
        "provider-held" => "the provider is on the council's hold list",
        "withdrawal-near" => "a withdrawal nearly fits this pupil",
        "large-withdrawal" => "it withdraws so many that its notices wait",
        _ => "not shared",
    };
    let reason = &entry.reason;
    let mut text = match entry.submission {
        Some(id) => format!("{reason} ({id}): {meaning}"),
        None => format!("{reason}: {meaning}"),
    };
    if let Some(pupils) = entry.pupils {
        let _ = write!(text, " ({pupils} pupils)");
    }
    if let Some(mark) = entry.tied_to {
        let _ = write!(text, "; tied by hand to {mark}");
    }
    text.push('.');
    text
}

fn nearest(records: &[NearRecord]) -> Result<(), CliError> {
    if records.is_empty() {
        return Ok(());
    }
    let headers = [
        "",
        "Record",
        "Near by",
        "Client",
        "Name",
        "Born",
        "Year 11 school",
    ];
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|record| {
            let school = record.year_11_school.clone();
            vec![
                String::new(),
                record.record.to_string(),
                record.near.clone(),
                record.client.clone().unwrap_or_default(),
                format!("{} {}", record.forename, record.surname),
                record.date_of_birth.to_string(),
                school.unwrap_or_else(|| "not told".to_owned()),
            ]
        })
        .collect();
    Ok(print::table(&headers, &rows)?)
}

/// The command that decides, where there is one.
fn next(entry: &ReviewEntry) -> Option<String> {
    match (entry.kind, entry.submission, entry.pupil) {
        (ReviewKind::Withdrawal, Some(id), Some(pupil)) => Some(settle_pupil(id, pupil)),
        (ReviewKind::Withdrawal, Some(id), None) => Some(format!(
            "pillarbox review settle {id} --withdraw, or: pillarbox review undo {id} --reason WORDS"
        )),
        (ReviewKind::Match, _, Some(pupil)) => tie(entry.school, pupil, &entry.nearest),
        _ => None,
    }
}

fn settle_pupil(id: SubmissionId, pupil: PupilId) -> String {
    format!("pillarbox review settle {id} --pupil {pupil} --withdraw, or: … --keep")
}

fn tie(school: SchoolId, pupil: PupilId, nearest: &[NearRecord]) -> Option<String> {
    let can = nearest.iter().any(|record| record.may_be_tied);
    can.then(|| format!("pillarbox review tie --school {school} --pupil {pupil} --record RECORD"))
}

fn left_out(found: &ReviewReply) {
    if found.left_out > 0 {
        print::aside(format!(
            "{} more are in doubt; --school ID shows those of one school",
            found.left_out
        ));
    }
}
