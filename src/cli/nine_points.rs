//! The nine points that the ICO's list asks a data sharing agreement to document, for one school, from
//! what is in force.

use crate::{
    config::Settings,
    domain::{receipt::ExpiryRule, school::School},
};

/// Each point with what holds for this school.
pub(super) fn nine_points(school: &School, settings: &Settings) -> [(&'static str, String); 9] {
    let council = &settings.council;
    let persons: Vec<&str> = school
        .persons
        .iter()
        .map(|person| person.name.as_str())
        .collect();
    let expiry = match settings.consent.expires {
        ExpiryRule::Earliest => {
            "the 18th birthday, two years from consent or two years after leaving, whichever is first"
        }
        ExpiryRule::TwoYearsAfterLeaving => "two years after the school leaving date",
    };
    let contact = council.contact.as_deref().unwrap_or("the council");
    [
        ("Purpose", "planning and reviewing careers provision with pupils' actual destinations (clause 1.1)".to_owned()),
        ("Recipients", format!("{}: {}", school.name, if persons.is_empty() { "nobody yet".to_owned() } else { persons.join(", ") })),
        ("Data", "name, date of birth, type of destination, provider or employer, start date, confirmation date".to_owned()),
        ("Quality", format!("records no older than {} days; discrepancies by a file «discrepancy»", settings.destinations.max_age.whole_days())),
        ("Security", "SFTP with personal keys; files encrypted to each person; signed receipts; an audit trail".to_owned()),
        ("Retention", format!("in the outbox {} days; uploads {} days; consent until {expiry}", settings.release.keep.whole_days(), settings.retention.uploads.whole_days())),
        ("Individuals' rights", format!("withdrawal at any time, by the school's file or to {contact}")),
        ("Review and termination", review(school)),
        ("Sanctions", "a person's key can be taken away at once; the council can hold or end all sharing".to_owned()),
    ]
}

fn review(school: &School) -> String {
    let day = |day: Option<time::Date>, word: &str| day.map(|day| format!("{word} {day}"));
    let agreement = &school.agreement;
    let parts = [
        day(agreement.signed, "signed"),
        day(agreement.reviewed, "reviewed"),
        day(agreement.terminated, "ends"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "not signed yet".to_owned()
    } else {
        parts.join(", ")
    }
}
