//! The spec's words (sections 5 and 6), read slowly and one after another: every pupil against every
//! record, with nothing taken from the gate or the matcher but the types that they are asked with.

use pillarbox::{
    domain::{
        destination::{CohortStatus, DestinationRecord, SchoolMention},
        identifiers::Upn,
        names::k2,
        pupil::{Pupil, Standing},
        receipt::ExpiryRule,
    },
    policy::{
        gate::Year12Rule,
        matching::{RecordIdentity, Year11Rule},
    },
};
use time::{Date, Duration, Month, Weekday};

use crate::{
    Row,
    world::{Asked, World},
};

/// The row that may leave for this pupil, if one may.
pub(crate) fn permits(world: &World, asked: &Asked) -> Option<Row> {
    let consent = &asked.consent;
    let school = &world.schools[asked.school];
    let today = world.today;
    // "the school's agreement is signed and no termination date has come"
    let signed = school.agreement.signed.is_some_and(|day| day <= today);
    let ended = school.agreement.terminated.is_some_and(|day| day <= today);
    if !signed || ended || school.suspended {
        return None;
    }
    // "consent given to this school, not withdrawn, not lapsed, not held"
    let given = consent.standing == Standing::InForce && consent.given_on <= today;
    if !given || consent.held_by.is_some() {
        return None;
    }
    if world.rules.year12_list == Year12Rule::Hold
        && year_12_list_is_missing(world, consent.pupil.born)
    {
        return None;
    }
    // "exactly one destination record matches"
    let record = the_record(world, asked)?;
    // "the pupil is 16 or over and under the age limit", "not expired"
    let born = consent.pupil.born;
    let plan = consent.ehcp && record.send;
    if today < turns(born, 16) || today >= end(born, consent.given_on, plan, world.rules.expiry) {
        return None;
    }
    told(world, asked, record)
}

/// "A Year 11 list still counts in Year 12; where no list has come since the September after leaving"
fn year_12_list_is_missing(world: &World, born: Date) -> bool {
    let september = Date::from_calendar_date(year_group(born) + 17, Month::September, 1).unwrap();
    let came = world
        .lists
        .iter()
        .any(|list| list.cohort.birth_year() == year_group(born) && list.came_on >= september);
    world.today >= september && !came
}

/// The birth year of the September-to-August year group.
fn year_group(born: Date) -> i32 {
    born.year() - i32::from(u8::from(born.month()) < 9)
}

fn turns(born: Date, age: i32) -> Date {
    // "a birthday on 29 February counts as 28 February"
    let day = if born.month() == Month::February {
        born.day().min(28)
    } else {
        born.day()
    };
    Date::from_calendar_date(born.year() + age, born.month(), day).unwrap()
}

fn end(born: Date, given_on: Date, plan: bool, rule: ExpiryRule) -> Date {
    let two_years_on = |from: Date| match from.replace_year(from.year() + 2) {
        Ok(day) => day,
        Err(_) => Date::from_calendar_date(from.year() + 2, Month::February, 28).unwrap(),
    };
    if plan && given_on >= turns(born, 18) {
        return two_years_on(given_on).min(turns(born, 25));
    }
    let mut leaving = Date::from_calendar_date(year_group(born) + 17, Month::June, 30).unwrap();
    while leaving.weekday() != Weekday::Friday {
        leaving -= Duration::DAY;
    }
    match rule {
        ExpiryRule::TwoYearsAfterLeaving => two_years_on(leaving),
        ExpiryRule::Earliest => turns(born, 18)
            .min(two_years_on(given_on))
            .min(two_years_on(leaving)),
    }
}

/// Spec 5: what is told, if anything may be.
fn told(world: &World, asked: &Asked, record: &DestinationRecord) -> Option<Row> {
    if record.status == CohortStatus::Closed {
        return None;
    }
    let (mut words, mut provider_told) = label(record.activity?.0)?;
    let held = |name: &String| world.held.iter().any(|held| k2(held) == k2(name));
    if record.provider.as_ref().is_some_and(held) {
        return None;
    }
    let lapsed = record.lapsed || record.lapses.is_some_and(|due| due < world.today);
    if lapsed {
        (words, provider_told) = ("Not known", false);
    }
    let name = &asked.consent.pupil.name;
    Some(Row {
        names: [
            name.forename.reveal().to_owned(),
            name.surname.reveal().to_owned(),
        ],
        born: asked.consent.pupil.born,
        words,
        provider: record.provider.clone().filter(|_| provider_told),
        started: record.started.filter(|_| !lapsed),
        confirmed: record.confirmed,
    })
}

/// The table of `domain.md` 1.3, from its vectors: the words, and whether a provider stands beside them.
pub(crate) fn label(code: u16) -> Option<(&'static str, bool)> {
    const TABLE: &str = include_str!("../vectors/activity_codes.json");
    thread_local! {
        static CODES: Vec<(u64, &'static str)> = {
            let table: serde_json::Value = serde_json::from_str(TABLE).unwrap();
            let codes = table["codes"].as_array().unwrap();
            codes.iter().map(|row| {
                let words: &'static str = row["proposed_release"].as_str().unwrap().to_owned().leak();
                (row["code"].as_u64().unwrap(), words)
            }).collect()
        };
    }
    let words = CODES.with(|codes| {
        codes
            .iter()
            .find(|row| row.0 == u64::from(code))
            .map(|row| row.1)
    })?;
    let silent = [280, 460].contains(&code)
        || words == "Not known"
        || words == "Not in education, employment or training";
    (words != "HOLD").then_some((words, !silent))
}

/// "exactly one destination record matches"
fn the_record<'w>(world: &'w World, asked: &Asked) -> Option<&'w DestinationRecord> {
    let pupil = &asked.consent.pupil;
    let newest: Vec<&DestinationRecord> = world
        .records
        .iter()
        .filter(|r| is_newest(world, r))
        .collect();
    let by_hand: Vec<_> = newest.iter().filter(|r| tied(world, asked, r)).collect();
    let candidates: Vec<_> = if by_hand.is_empty() {
        newest.iter().filter(|r| fits(world, asked, r)).collect()
    } else {
        by_hand.clone()
    };
    // One, and no other row of the same person was confirmed on the same day.
    let [record] = candidates[..] else {
        return None;
    };
    let other_rows = || newest.iter().filter(|r| !std::ptr::eq(**r, *record));
    if other_rows().any(|r| r.client.is_some() && r.client == record.client) {
        return None;
    }
    let other_pupils = || {
        let others = world
            .asked
            .iter()
            .filter(|other| other.consent.id != asked.consent.id);
        others.filter(|other| open(world, other, record))
    };
    if other_pupils().any(|other| tied(world, other, record)) {
        return None;
    }
    if !by_hand.is_empty() {
        return Some(record);
    }
    // "with exactly one candidate on both sides"
    if other_pupils().any(|other| fits(world, other, record)) {
        return None;
    }
    // "Identifiers ... that two people share: no match"
    let on_list = |other: &&Asked| other.consent.standing != Standing::Lapsed;
    let schoolmates = world
        .asked
        .iter()
        .filter(|other| other.school == asked.school);
    let shared = other_rows().any(|r| number_is_equal(pupil, r))
        || other_pupils()
            .filter(on_list)
            .any(|other| number_is_equal(&other.consent.pupil, record))
        || schoolmates
            .filter(|other| other.consent.id != asked.consent.id)
            .filter(on_list)
            .any(|other| pupils_share_a_number(pupil, &other.consent.pupil));
    if shared {
        return None;
    }
    // Without a number, the name must be one record's and one pupil's, whatever their numbers.
    let by_name = !number_is_equal(pupil, record);
    let namesakes = other_rows().any(|r| open(world, asked, r) && names_are_equal(pupil, r))
        || other_pupils().any(|other| names_are_equal(&other.consent.pupil, record));
    (!by_name || !namesakes).then_some(*record)
}

/// "Rows with the same client id are one person: the latest confirmed counts"
fn is_newest(world: &World, record: &DestinationRecord) -> bool {
    let same = world.records.iter().filter(|r| r.client == record.client);
    record.client.is_none() || same.map(|r| r.confirmed).max() == Some(record.confirmed)
}

fn tied(world: &World, asked: &Asked, record: &DestinationRecord) -> bool {
    asked
        .tie
        .as_ref()
        .is_some_and(|tie| tie.record == RecordIdentity::of(record))
        && open(world, asked, record)
}

/// "must tell the Year 11 school, and it must be this school"
fn open(world: &World, asked: &Asked, record: &DestinationRecord) -> bool {
    let school = &world.schools[asked.school];
    match record.year11_school {
        Some(SchoolMention::Laestab(laestab)) => laestab.to_string() == school.id.to_string(),
        Some(SchoolMention::Urn(urn)) => school.urn == Some(urn),
        None => world.year11 == Year11Rule::WhenPresent,
    }
}

fn fits(world: &World, asked: &Asked, record: &DestinationRecord) -> bool {
    let pupil = &asked.consent.pupil;
    let by_number = number_is_equal(pupil, record)
        && pupil.born == record.born
        && k2(pupil.name.forename.reveal()) == k2(record.forename.reveal());
    let contradicts =
        (upn_of(pupil).is_some() && upn_in(record).is_some() && upn_of(pupil) != upn_in(record))
            || (pupil.uln.is_some() && record.uln.is_some() && pupil.uln != record.uln);
    open(world, asked, record) && (by_number || names_are_equal(pupil, record)) && !contradicts
}

fn names_are_equal(pupil: &Pupil, record: &DestinationRecord) -> bool {
    pupil.born == record.born
        && k2(pupil.name.forename.reveal()) == k2(record.forename.reveal())
        && k2(pupil.name.surname.reveal()) == k2(record.surname.reveal())
}

fn number_is_equal(pupil: &Pupil, record: &DestinationRecord) -> bool {
    (upn_of(pupil).is_some() && upn_of(pupil) == upn_in(record))
        || (pupil.uln.is_some() && pupil.uln == record.uln)
}

fn pupils_share_a_number(one: &Pupil, other: &Pupil) -> bool {
    (upn_of(one).is_some() && upn_of(one) == upn_of(other))
        || (one.uln.is_some() && one.uln == other.uln)
}

/// "Temporary UPNs (letter last) are kept, never matched on, never contradict"
fn upn_of(pupil: &Pupil) -> Option<&str> {
    pupil.upn.as_ref().map(Upn::reveal).filter(is_permanent)
}

fn upn_in(record: &DestinationRecord) -> Option<&str> {
    record.upn.as_ref().map(Upn::reveal).filter(is_permanent)
}

fn is_permanent(upn: &&str) -> bool {
    upn.ends_with(|last: char| last.is_ascii_digit())
}
