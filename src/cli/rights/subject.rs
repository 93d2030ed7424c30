//! The answer to «what was shared about me?» in words that can be read out, or sent.

use super::{super::error::CliError, holder, nearly, print, when};
use crate::flow::{
    rights::{
        ConsentOnRecord, Disclosure, Identity, Served, SubjectAtSchool, SubjectPupil, SubjectReport,
    },
    words::long_day,
};

pub(super) fn tell(report: &SubjectReport) -> Result<(), CliError> {
    print::line(format!(
        "{}, as of {}. Questions: {}",
        report.council,
        when(report.at),
        report.contact
    ))?;
    if report.schools.is_empty() {
        print::line("Nothing is on record about this person, and nothing was shared.")?;
    }
    for school in &report.schools {
        tell_school(school)?;
    }
    nearly(report.nearly)
}

fn tell_school(at: &SubjectAtSchool) -> Result<(), CliError> {
    print::line("")?;
    print::line(format!("{} ({})", at.name, at.school))?;
    for pupil in &at.pupils {
        tell_pupil(pupil)?;
    }
    for withdrawal in &at.withdrawals {
        print::line(format!(
            "  Withdrawn on {} ({}), before any list named this person",
            long_day(withdrawal.on),
            withdrawal.source
        ))?;
    }
    if let Some(submission) = at.refused_in {
        print::line(format!(
            "  On a list without consent ({submission}); kept as a keyed hash only"
        ))?;
    }
    if let Some(day) = at.barred_on {
        print::line(format!(
            "  Somebody of this name or number was erased on {}; nothing is shared unless a consent is dated after it",
            long_day(day)
        ))?;
    }
    Ok(())
}

fn tell_pupil(pupil: &SubjectPupil) -> Result<(), CliError> {
    print::line(format!(
        "  On record as {} ({})",
        who(&pupil.identity),
        pupil.pupil
    ))?;
    print::line(format!("  Consent {}", consent(&pupil.consent)))?;
    if pupil.disclosures.is_empty() {
        print::line("  Nothing was shared with this school.")?;
    }
    for disclosure in &pupil.disclosures {
        tell_disclosure(disclosure)?;
    }
    for notice in &pupil.notices {
        let closed = notice.closed_at.map_or_else(
            || "not confirmed yet".to_owned(),
            |at| format!("confirmed on {}", when(at)),
        );
        print::line(format!(
            "  {}: the school was asked to destroy it on {}, {closed}",
            notice.id,
            when(notice.opened_at)
        ))?;
    }
    Ok(())
}

fn who(identity: &Identity) -> String {
    let number = |name: &str, number: &Option<String>| {
        let number = number.as_ref();
        number.map_or_else(String::new, |number| format!(", {name} {number}"))
    };
    format!(
        "{} {}, born {}{}{}",
        identity.forename,
        identity.surname,
        long_day(identity.date_of_birth),
        number("UPN", &identity.upn),
        number("ULN", &identity.uln)
    )
}

fn consent(consent: &ConsentOnRecord) -> String {
    let given = long_day(consent.given_on);
    let assumed = if consent.assumed {
        ", as assumed: the list told no day"
    } else {
        ""
    };
    let standing = match (consent.standing.as_str(), consent.withdrawn_on) {
        ("withdrawn", Some(day)) => format!("withdrawn on {}", long_day(day)),
        ("lapsed", _) => "lapsed: the school's last list no longer names this person".to_owned(),
        ("expired", _) => format!("ended after {}", long_day(consent.lasts_until)),
        ("held", _) => "held: a withdrawal may mean this person".to_owned(),
        _ => format!("in force until {}", long_day(consent.lasts_until)),
    };
    format!(
        "{standing} (given on {given}{assumed}; last changed by {})",
        consent.source
    )
}

fn tell_disclosure(disclosure: &Disclosure) -> Result<(), CliError> {
    let told = &disclosure.told;
    print::line(format!(
        "  Shared on {} in {} ({}), now {}",
        when(disclosure.at),
        disclosure.release,
        disclosure.trigger.word(),
        state(disclosure)
    ))?;
    let parts = [
        Some(told.destination_type.clone()),
        told.provider_or_employer.clone(),
        told.start_date.map(|day| format!("from {}", long_day(day))),
        told.confirmed_on
            .map(|day| format!("confirmed on {}", long_day(day))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    print::line(format!(
        "    {} {}, born {}: {}",
        told.forename,
        told.surname,
        long_day(told.date_of_birth),
        parts.join(", ")
    ))?;
    if let Some(why) = why(disclosure) {
        print::line(format!("    {why}"))?;
    }
    for to in &disclosure.recipients {
        print::line(format!("    Can be opened by {}", holder(to)))?;
    }
    tell_served(&disclosure.served, disclosure.serving_is_known)
}

fn state(disclosure: &Disclosure) -> String {
    match disclosure.ended_at {
        Some(at) => format!("{} since {}", disclosure.state, when(at)),
        None => disclosure.state.clone(),
    }
}

/// The consent that it rested on, and the records that it came from.
fn why(disclosure: &Disclosure) -> Option<String> {
    let consent = &disclosure.consent;
    let given = consent.given_on.map(|day| match consent.source {
        Some(source) => format!("by the consent of {} ({source})", long_day(day)),
        None => format!("by the consent of {}", long_day(day)),
    });
    let tied = consent
        .tied_by_hand
        .then(|| "tied to the record by an analyst".to_owned());
    let records = disclosure.records_of;
    let records = records.map(|day| format!("from the council's records of {}", long_day(day)));
    let parts: Vec<String> = [given, tied, records].into_iter().flatten().collect();
    let all = parts.join(", ");
    let mut letters = all.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}

pub(super) fn tell_served(served: &[Served], is_known: bool) -> Result<(), CliError> {
    for one in served {
        let what = match one.collected_at {
            Some(at) => format!("Collected on {}", when(at)),
            None => format!("Read in part on {}", when(one.touched_at)),
        };
        print::line(format!("    {what} by {}", holder(&one.by)))?;
    }
    if served.is_empty() {
        print::line(if is_known {
            "    Not fetched by anybody"
        } else {
            "    Whether it was fetched can't be told: the school uses folders"
        })?;
    }
    Ok(())
}
