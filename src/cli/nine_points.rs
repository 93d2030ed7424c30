//! The nine points that the ICO's list asks a data sharing agreement to document, for one school, from
//! what is in force: the settings, the school's file, a hold.

use time::{Date, OffsetDateTime};

use crate::{
    calendar::{Schedule, local_day},
    config::{Approval, Settings, Year11School, Year12List},
    domain::{
        receipt::ExpiryRule,
        school::{AgreementStanding, Contact, Person, Right, School},
    },
};

/// One point.
pub(super) struct Point {
    /// Its key for programs.
    pub(super) key: &'static str,
    /// Its title for people.
    pub(super) title: &'static str,
    /// What holds for this school.
    pub(super) text: String,
}

/// What the points are made from.
pub(super) struct InForce<'a> {
    pub(super) school: &'a School,
    pub(super) settings: &'a Settings,
    /// The local day.
    pub(super) today: Date,
    /// Since when a hold stops all sharing.
    pub(super) held_since: Option<OffsetDateTime>,
}

/// Each point with what holds for this school.
pub(super) fn nine_points(now: &InForce<'_>) -> [Point; 9] {
    [
        point("purpose", "Purpose", &purpose(now.settings)),
        point("recipients", "Recipients", &recipients(now)),
        point("data", "Data", &data(now)),
        point("quality", "Quality", &quality(now.settings)),
        point("security", "Security", &security(now)),
        point("retention", "Retention", &retention(now.settings)),
        point("rights", "Individuals' rights", &rights(now.settings)),
        point(
            "review_and_termination",
            "Review and termination",
            &review(now),
        ),
        point("sanctions", "Sanctions", &sanctions(now)),
    ]
}

fn point<const N: usize>(key: &'static str, title: &'static str, parts: &[String; N]) -> Point {
    let parts = parts.iter().filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.map(String::as_str).collect();
    Point {
        key,
        title,
        text: parts.join("; "),
    }
}

fn purpose(settings: &Settings) -> [String; 3] {
    let requests = &settings.requests;
    let approval = match requests.approval {
        Approval::Automatic => "without an officer's yes",
        Approval::Manual => "with an officer's yes",
    };
    [
        "planning and reviewing careers provision with pupils' actual destinations, on the pupils' consent (clause 1.1)"
            .to_owned(),
        schedules(&settings.schedules),
        format!(
            "on request {approval}, at most every {} days and {} a day for all schools",
            requests.min_interval.whole_days(),
            requests.max_per_day
        ),
    ]
}

fn schedules(schedules: &[Schedule]) -> String {
    let named: Vec<String> = schedules
        .iter()
        .map(|schedule| format!("«{}» ({})", schedule.name, schedule.definition()))
        .collect();
    if named.is_empty() {
        "no schedule: released by an officer".to_owned()
    } else {
        format!("released by schedule {}", named.join(", "))
    }
}

fn recipients(now: &InForce<'_>) -> [String; 3] {
    let school = now.school;
    let persons: Vec<String> = school
        .persons
        .iter()
        .map(|p| person(p, now.today))
        .collect();
    let contacts: Vec<&str> = school.contacts.iter().map(name).collect();
    [
        format!("{} ({}) and nobody else", school.name, school.id),
        if persons.is_empty() {
            "nobody there is authorised yet".to_owned()
        } else {
            persons.join("; ")
        },
        if contacts.is_empty() {
            "no key contact is named".to_owned()
        } else {
            format!("key contacts {}", contacts.join(", "))
        },
    ]
}

fn name(contact: &Contact) -> &str {
    &contact.name
}

/// A person with what they may do, by whose authority, and for how long.
fn person(person: &Person, today: Date) -> String {
    let rights: Vec<&str> = person
        .rights
        .iter()
        .map(|right| match right {
            Right::Upload => "upload",
            Right::Collect => "collect",
        })
        .collect();
    let by = match (&person.authorised_by, person.authorised_on) {
        (Some(by), Some(on)) => format!("authorised by {by} on {on}"),
        (Some(by), None) => format!("authorised by {by}"),
        (None, Some(on)) => format!("authorised on {on}"),
        (None, None) => "by whose authority is not said".to_owned(),
    };
    let until = match person.until {
        Some(last) if last < today => format!("no longer, since {last}"),
        Some(last) => format!("until {last}"),
        None => "without an end date".to_owned(),
    };
    let rights = if rights.is_empty() {
        "nothing".to_owned()
    } else {
        rights.join(" and ")
    };
    format!("{} may {rights}, {by}, {until}", person.name)
}

fn data(now: &InForce<'_>) -> [String; 3] {
    let formats = now.school.formats.iter();
    let formats: Vec<&str> = formats.map(|format| format.extension()).collect();
    let held = now.settings.destinations.hold_providers.len();
    [
        "name, date of birth, type of destination, provider or employer, start date, confirmation date, and nothing else"
            .to_owned(),
        "of pupils from 16 to 18, to 25 with an EHCP".to_owned(),
        match held {
            0 => format!("as {}", formats.join(" and ")),
            1 => format!("as {}; one provider is never told", formats.join(" and ")),
            held => format!("as {}; {held} providers are never told", formats.join(" and ")),
        },
    ]
}

fn quality(settings: &Settings) -> [String; 5] {
    [
        format!(
            "records no older than {} days",
            settings.destinations.max_age.whole_days()
        ),
        match settings.destinations.year11_school {
            Year11School::Required => "only records that name the school".to_owned(),
            Year11School::WhenPresent => "records that name the school or none".to_owned(),
        },
        format!(
            "a list with more than {} % bad rows is refused",
            settings.intake.max_bad_rows
        ),
        match settings.consent.year12_list {
            Year12List::Warn => "a missing list in Year 12 is told".to_owned(),
            Year12List::Hold => "a missing list in Year 12 stops sharing".to_owned(),
        },
        "discrepancies by a file «discrepancy …», answered by a receipt".to_owned(),
    ]
}

fn security(now: &InForce<'_>) -> [String; 4] {
    let keys: usize = now.school.persons.iter().map(|one| one.keys.len()).sum();
    [
        match &now.settings.sftp {
            Some(sftp) => format!("SFTP at {} with personal keys ({keys}), no passwords", sftp.listen),
            None => "the council's own SFTP server over folders".to_owned(),
        },
        "files encrypted to each person who may collect, and made again when one may no longer".to_owned(),
        "signed receipts and an audit trail that anyone can verify".to_owned(),
        "what names a pupil is sealed; after a breach «pillarbox breach» tells who is affected within the 72 hours"
            .to_owned(),
    ]
}

fn retention(settings: &Settings) -> [String; 5] {
    let expiry = match settings.consent.expires {
        ExpiryRule::Earliest => {
            "the 18th birthday, two years from consent or two years after leaving, whichever is first"
        }
        ExpiryRule::TwoYearsAfterLeaving => "two years after the school leaving date",
    };
    let archive = match settings.retention.archive_recipient {
        Some(_) => ", sealed to the council's archive once judged",
        None => "",
    };
    [
        format!(
            "files lie in the outbox for {} days",
            settings.release.keep.whole_days()
        ),
        format!(
            "uploads are kept sealed for {} days{archive}",
            settings.retention.uploads.whole_days()
        ),
        format!(
            "what was told of pupils {} days, receipts {} days",
            settings.retention.disclosures.whole_days(),
            settings.retention.receipts.whole_days()
        ),
        format!(
            "whom a notice was about, {} days after the school confirmed it",
            settings.retention.notices.whole_days()
        ),
        format!("consent lasts until {expiry}"),
    ]
}

fn rights(settings: &Settings) -> [String; 5] {
    let council = &settings.council;
    let contact = council.contact.as_deref().unwrap_or("the council");
    let notice = council.privacy_notice.as_deref();
    [
        format!("withdrawal at any time, by the school's file or to {contact}, at once"),
        format!(
            "then the school is asked to destroy what it read, and reminded every {} days",
            settings.notices.remind_after.whole_days()
        ),
        "«pillarbox subject» tells what was shared about a person, to whom and why".to_owned(),
        "«pillarbox erase» removes it".to_owned(),
        notice.map_or_else(
            || "no privacy notice is set".to_owned(),
            |notice| format!("privacy notice: {notice}"),
        ),
    ]
}

fn review(now: &InForce<'_>) -> [String; 5] {
    let agreement = &now.school.agreement;
    let said =
        |word: &str, day: Option<Date>| day.map_or_else(String::new, |day| format!("{word} {day}"));
    let standing = match now.school.standing(now.today) {
        AgreementStanding::InForce => "in force".to_owned(),
        AgreementStanding::NotSigned => "not signed yet".to_owned(),
        AgreementStanding::Ended(day) => format!("ended on {day}"),
        AgreementStanding::Suspended => "suspended".to_owned(),
    };
    let last = agreement.reviewed.or(agreement.signed);
    let due = last.map(|last| last + now.settings.review.agreement);
    let due = due.map_or_else(String::new, |due| {
        let word = if due <= now.today {
            "review overdue since"
        } else {
            "next review due"
        };
        format!("{word} {due}")
    });
    [
        standing,
        said("signed", agreement.signed),
        said("last reviewed", agreement.reviewed),
        due,
        said("nothing is taken or shared from", agreement.terminated),
    ]
}

fn sanctions(now: &InForce<'_>) -> [String; 3] {
    let hold = now.held_since.map_or_else(
        || "no hold at present".to_owned(),
        |since| format!("on hold since {}: nothing is shared", local_day(since)),
    );
    let suspended = if now.school.suspended {
        "suspended: nothing is taken or shared"
    } else {
        ""
    };
    [
        suspended.to_owned(),
        hold,
        "a person's key can be taken away at once, sharing be held, the school suspended, the agreement ended"
            .to_owned(),
    ]
}
