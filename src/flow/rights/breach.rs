//! Who is affected by a lost file, a stolen key, or a school's copies in the wrong hands (clause 2.8). The
//! first question starts the 72 hours within which the regulator must be told (UK GDPR, Article 33).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{
    affected::{
        AffectedPupil, AffectedRelease, AffectedSchool, BreachReport, ContactToTell, Upload,
    },
    keys::{Holder, keys, owner},
    subject::{name_of, refused, served, serving_is_known},
};
use crate::{
    domain::{
        ids::{PupilId, ReleaseId, SchoolId},
        school::{Contact, Person, School},
    },
    flow::{FlowError, command::Reply, house::House, judging::kind_named},
    ledger::{Act, Actor, BreachClock, Release, ReleaseState, UploadBy, Verb},
    vault::{sha256, to_hex},
};

/// Look up who is affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// By what.
    pub about: Lost,
    /// When it became known; now without it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub known_at: Option<OffsetDateTime>,
    /// The regulator was told, or need not be: the clock stops.
    pub reported: bool,
}

/// What was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lost {
    /// A release's file, opened.
    Release(ReleaseId),
    /// A person's key, by its fingerprint.
    Key(String),
    /// All that a school holds.
    School(SchoolId),
}

/// Looks it up, and starts the clock.
pub(in crate::flow) fn breach(
    house: &mut House,
    command: &Breach,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let now = house.now();
    let known_at = command.known_at.unwrap_or(now);
    if known_at > now {
        return Ok(refused(
            "a breach can't become known at a time that has not come".to_owned(),
            "say --known-at with the time at which somebody first knew",
        ));
    }
    let reach = Reach::of(house, &command.about)?;
    if reach.is_nothing() {
        return Ok(command.about.unknown());
    }
    let report = reach.report(house, &command.about)?;
    let (about, reported) = (command.about.name(), command.reported);
    let detail = json!({
        "releases": report.releases.iter().map(|one| one.release).collect::<Vec<_>>(),
        "pupils": report.pupils.len(),
        "uploads": report.uploads.iter().map(|one| one.submission).collect::<Vec<_>>(),
        "reported": reported,
    });
    let (subject, school) = (command.about.on_trail(), command.about.school());
    let clock = house.act(|tx| {
        let mut clock = tx.start_clock(&about, known_at)?;
        if reported {
            tx.stop_clock(&about, now)?;
            clock.reported_at = clock.reported_at.or(Some(now));
        }
        tx.record(&Act {
            at: now,
            actor: actor.clone(),
            verb: Verb::BreachAsked,
            subject,
            school,
            detail,
        })?;
        Ok::<_, FlowError>(clock)
    })?;
    Ok(Reply::Breach(Box::new(with_clock(report, &clock, now))))
}

/// Until when the regulator must have been told of a breach that became known at this time.
pub fn tell_ico_by(known_at: OffsetDateTime) -> OffsetDateTime {
    known_at + TIME_TO_TELL
}

fn with_clock(report: BreachReport, clock: &BreachClock, now: OffsetDateTime) -> BreachReport {
    let by = tell_ico_by(clock.known_at);
    BreachReport {
        known_at: clock.known_at,
        tell_ico_by: by,
        hours_left: hours_left(by, now),
        reported_at: clock.reported_at,
        ..report
    }
}

/// Whole hours from now until then, rounded to the side that warns.
pub fn hours_left(by: OffsetDateTime, now: OffsetDateTime) -> i64 {
    (by - now).whole_seconds().div_euclid(SECONDS_AN_HOUR)
}

impl Lost {
    /// Under which name its clock runs.
    pub(in crate::flow) fn name(&self) -> String {
        match self {
            Self::Release(release) => release.to_string(),
            Self::Key(key) => key.clone(),
            Self::School(school) => school.to_string(),
        }
    }

    /// As the trail speaks of it: no key stands there, but its fingerprint.
    fn on_trail(&self) -> String {
        match self {
            Self::Key(key) if !key.starts_with(FINGERPRINT) => {
                format!("sha256:{}", to_hex(&sha256(key.as_bytes())))
            }
            _ => self.name(),
        }
    }

    fn school(&self) -> Option<SchoolId> {
        match self {
            Self::School(school) => Some(*school),
            Self::Release(_) | Self::Key(_) => None,
        }
    }

    /// No clock starts for a slip of the keyboard.
    fn unknown(&self) -> Reply {
        let (why, next) = match self {
            Self::Release(id) => (
                format!("there never was a file of {id}"),
                "see «pillarbox status» for releases",
            ),
            Self::Key(_) => (
                "no school has this key, and nothing on record was sent, fetched or sealed with it"
                    .to_owned(),
                "say it as receipts do: SHA256:… for an SSH key, age1… for an age key",
            ),
            Self::School(id) => (
                format!("there is no school {id}, and nothing of it is on record"),
                "see «pillarbox school list»",
            ),
        };
        refused(why, next)
    }
}

/// What a loss reaches.
#[derive(Default)]
struct Reach {
    releases: Vec<Release>,
    uploads: Vec<UploadBy>,
    /// The key that was lost.
    key: Option<String>,
    /// The person who holds it, and of which schools.
    holders: Vec<(SchoolId, Person)>,
    schools: BTreeSet<SchoolId>,
}

impl Reach {
    fn of(house: &House, about: &Lost) -> Result<Self, FlowError> {
        let view = house.ledger.view();
        let mut reach = Self::default();
        match about {
            Lost::Release(id) => {
                let release = view.release(*id)?;
                reach
                    .releases
                    .extend(release.filter(|one| !one.files.is_empty()));
            }
            Lost::Key(key) => {
                reach.releases = view.releases_within_reach(key)?;
                reach.uploads = view.uploads_by(key)?;
                reach.key = Some(key.clone());
                let holders = house.schools.iter().filter_map(|school| {
                    owner(school, key).map(|person| (school.id, person.clone()))
                });
                reach.holders = holders.collect();
            }
            Lost::School(id) => {
                reach.releases = view.releases_with_files(*id)?;
                let known = house.schools.of(*id).is_some();
                reach.schools.extend(known.then_some(*id));
            }
        }
        let of_releases = reach.releases.iter().map(|release| release.plan.school);
        let of_uploads = reach.uploads.iter().map(|upload| upload.school);
        let of_holders = reach.holders.iter().map(|(school, _)| *school);
        let schools: Vec<SchoolId> = of_releases.chain(of_uploads).chain(of_holders).collect();
        reach.schools.extend(schools);
        Ok(reach)
    }

    fn is_nothing(&self) -> bool {
        self.schools.is_empty()
    }

    /// The report, without its clock.
    fn report(&self, house: &House, about: &Lost) -> Result<BreachReport, FlowError> {
        let now = house.now();
        let (pupils, erased) = self.pupils(house)?;
        let releases = self.releases.iter().map(|one| self.release(house, one));
        let holder = self.holders.first();
        let other_keys = holder.map(|(_, person)| keys(person)).into_iter().flatten();
        Ok(BreachReport {
            about: about.clone(),
            known_at: now,
            tell_ico_by: now,
            hours_left: 0,
            reported_at: None,
            holder: self.key.as_ref().map(|key| Holder {
                key: key.clone(),
                person: holder.map(|(_, person)| person.name.clone()),
            }),
            other_keys: other_keys
                .filter(|key| Some(key) != self.key.as_ref())
                .collect(),
            schools: self.schools.iter().map(|id| school(house, *id)).collect(),
            releases: releases.collect::<Result<_, _>>()?,
            uploads: self.uploads.iter().map(upload).collect(),
            pupils,
            erased,
            next: self.next(about),
        })
    }

    fn release(&self, house: &House, release: &Release) -> Result<AffectedRelease, FlowError> {
        let plan = &release.plan;
        let of = house.schools.of(plan.school).map(AsRef::as_ref);
        let recipients = release.recipients.iter();
        let opens = |key: &String| release.recipients.contains(key);
        Ok(AffectedRelease {
            release: plan.id,
            school: plan.school,
            at: plan.at,
            trigger: plan.trigger,
            state: release.state.word().to_owned(),
            pupils: plan.counts.shared,
            opens: self.key.as_ref().is_none_or(opens),
            recipients: recipients.map(|key| Holder::of(of, key)).collect(),
            served: served(&house.ledger.view().servings(plan.id)?, of),
            serving_is_known: serving_is_known(house, plan.school)?,
        })
    }

    /// The pupils of all these releases, as the last of them told, and how many of them were erased since.
    fn pupils(&self, house: &House) -> Result<(Vec<AffectedPupil>, u32), FlowError> {
        let mut known = BTreeMap::<PupilId, AffectedPupil>::new();
        let mut erased = 0_u32;
        for release in &self.releases {
            let told = house.ledger.view().disclosures(release.plan.id)?;
            let left = u32::try_from(told.len()).unwrap_or(u32::MAX);
            erased = erased.max(release.plan.counts.shared.saturating_sub(left));
            for sealed in told {
                let disclosed = sealed.open(&house.vault)?;
                let before = known.remove(&sealed.pupil());
                let mut releases = before.map(|one| one.releases).unwrap_or_default();
                releases.push(release.plan.id);
                let pupil = AffectedPupil {
                    school: release.plan.school,
                    pupil: sealed.pupil(),
                    surname: disclosed.surname.reveal().to_owned(),
                    forename: disclosed.forename.reveal().to_owned(),
                    date_of_birth: disclosed.born,
                    releases,
                };
                known.insert(sealed.pupil(), pupil);
            }
        }
        let mut pupils: Vec<AffectedPupil> = known.into_values().collect();
        pupils.sort_by(|a, b| {
            let order = |one: &AffectedPupil| (one.school, one.surname.clone(), one.pupil);
            order(a).cmp(&order(b))
        });
        Ok((pupils, erased))
    }

    /// What to do next, in words.
    fn next(&self, about: &Lost) -> Vec<String> {
        let mut next = Vec::new();
        if let Some((school, person)) = self.holders.first() {
            next.push(format!(
                "Take the key of {} out of schools.d/{school}.toml: it stops working at once, and uncollected files are made again without it.",
                person.name
            ));
            next.push(format!(
                "Give the person a new key («pillarbox school person {school} …»); what was made again is sealed to it at the next «pillarbox release --school {school}»."
            ));
        }
        let live = |release: &&Release| release.state == ReleaseState::Published;
        let live = self.releases.iter().filter(live);
        let schools: BTreeSet<SchoolId> = match about.school() {
            Some(school) => [school].into(),
            None => live.map(|release| release.plan.school).collect(),
        };
        for school in schools {
            next.push(format!(
                "To stop all sharing with school {school} and empty its outbox meanwhile: «pillarbox hold --school {school} --recall --reason …»."
            ));
        }
        if !self.uploads.is_empty() {
            next.push(
                "Ask the school whether it sent the files below itself; a list that it did not send is set right by its next one.".to_owned(),
            );
        }
        next.push(
            "Tell the schools' key contacts, and the pupils where the risk to them is high (clause 2.8).".to_owned(),
        );
        next.push(
            "When the ICO is told, or need not be: say this again with --reported.".to_owned(),
        );
        next
    }
}

fn school(house: &House, id: SchoolId) -> AffectedSchool {
    let known = house.schools.of(id).map(AsRef::as_ref);
    let contacts = known.map_or(&[][..], |school: &School| &school.contacts);
    AffectedSchool {
        school: id,
        name: name_of(known, id),
        contacts: contacts.iter().map(contact).collect(),
    }
}

fn contact(contact: &Contact) -> ContactToTell {
    ContactToTell {
        name: contact.name.clone(),
        role: contact.role.clone(),
        email: contact.email.clone(),
        telephone: contact.telephone.clone(),
    }
}

fn upload(upload: &UploadBy) -> Upload {
    Upload {
        submission: upload.id,
        school: upload.school,
        kind: kind_named(upload.kind),
        at: upload.at,
    }
}

/// Within this time the regulator must have been told (UK GDPR, Article 33).
const TIME_TO_TELL: Duration = Duration::hours(72);
const SECONDS_AN_HOUR: i64 = 3600;
/// What an SSH key's fingerprint begins with.
const FINGERPRINT: &str = "SHA256:";
