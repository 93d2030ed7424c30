//! Who is affected by a loss, in the order in which an officer needs it: the clock, whom to tell, what was
//! lost, the pupils, the next steps.

use super::{super::error::CliError, count, holder, print, subject::tell_served, when};
use crate::flow::{
    rights::{AffectedRelease, AffectedSchool, BreachReport, Lost},
    words::long_day,
};

pub(super) fn tell(report: &BreachReport) -> Result<(), CliError> {
    let lost = match &report.about {
        Lost::Release(release) => format!("The file of {release}"),
        Lost::Key(key) => format!("The key {key}"),
        Lost::School(school) => format!("All that school {school} holds"),
    };
    print::line(format!("{lost}: known since {}.", when(report.known_at)))?;
    print::line(clock(report))?;
    if let Some(key) = &report.holder {
        print::line(format!("Holder: {}", holder(key)))?;
    }
    for key in &report.other_keys {
        print::line(format!(
            "The same person's other key, to be asked about too: {key}"
        ))?;
    }
    print::line("")?;
    for school in &report.schools {
        tell_school(school)?;
    }
    for release in &report.releases {
        tell_release(report, release)?;
    }
    tell_uploads(report)?;
    tell_pupils(report)?;
    print::line("")?;
    print::line("Next:")?;
    for step in &report.next {
        print::line(format!("- {step}"))?;
    }
    Ok(())
}

fn clock(report: &BreachReport) -> String {
    let by = when(report.tell_ico_by);
    match (report.reported_at, report.hours_left) {
        (Some(at), _) => format!("The ICO was told, or need not be, as said on {}.", when(at)),
        (None, hours @ ..0) => format!(
            "Tell the ICO at once: it was due by {by}, {} ago.",
            count(hours_as_count(-hours), "hour", "hours")
        ),
        (None, hours) => format!(
            "Tell the ICO by {by}: {} left.",
            count(hours_as_count(hours), "hour", "hours")
        ),
    }
}

fn hours_as_count(hours: i64) -> usize {
    usize::try_from(hours).unwrap_or(usize::MAX)
}

fn tell_school(school: &AffectedSchool) -> Result<(), CliError> {
    print::line(format!("Tell {} ({}):", school.name, school.school))?;
    if school.contacts.is_empty() {
        print::line("  its file names no key contact; ask the headteacher")?;
    }
    for contact in &school.contacts {
        let parts = [
            Some(&contact.name),
            contact.role.as_ref(),
            contact.email.as_ref(),
            contact.telephone.as_ref(),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        print::line(format!("  {}", parts.join(", ")))?;
    }
    Ok(())
}

fn tell_release(report: &BreachReport, release: &AffectedRelease) -> Result<(), CliError> {
    let pupils = usize::try_from(release.pupils).unwrap_or(usize::MAX);
    print::line("")?;
    print::line(format!(
        "{} to school {}, made on {} ({}), {}, {}",
        release.release,
        release.school,
        when(release.at),
        release.trigger.word(),
        release.state,
        count(pupils, "pupil", "pupils")
    ))?;
    if matches!(report.about, Lost::Key(_)) && !release.opens {
        print::line("    The key fetched it, but does not open it")?;
    }
    for to in &release.recipients {
        print::line(format!("    Can be opened by {}", holder(to)))?;
    }
    tell_served(&release.served, release.serving_is_known)
}

fn tell_uploads(report: &BreachReport) -> Result<(), CliError> {
    if report.uploads.is_empty() {
        return Ok(());
    }
    print::line("")?;
    print::line("Sent with this key:")?;
    for upload in &report.uploads {
        print::line(format!(
            "  {} to school {} on {}",
            upload.submission,
            upload.school,
            when(upload.at)
        ))?;
    }
    Ok(())
}

fn tell_pupils(report: &BreachReport) -> Result<(), CliError> {
    print::line("")?;
    print::line(format!(
        "Affected: {}",
        count(report.pupils.len(), "pupil", "pupils")
    ))?;
    for pupil in &report.pupils {
        let releases: Vec<String> = pupil.releases.iter().map(ToString::to_string).collect();
        print::line(format!(
            "  {}, {}, born {}, school {}: {}",
            pupil.surname,
            pupil.forename,
            long_day(pupil.date_of_birth),
            pupil.school,
            releases.join(", ")
        ))?;
    }
    if report.erased > 0 {
        print::line(format!(
            "  and {} more of whom nothing is on record any more",
            report.erased
        ))?;
    }
    Ok(())
}
