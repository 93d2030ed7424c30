//! Worlds: a few schools, pupils and records drawn from pools so small that everything collides. All
//! persons are made up.

use pillarbox::{
    domain::{
        days::Cohort,
        destination::{ActivityCode, CohortStatus, DestinationRecord, SchoolMention},
        identifiers::{Uln, Upn},
        ids::{PupilId, RecordMark, SubmissionId},
        names::{Name, PersonName},
        pupil::{Consent, Pupil, Standing},
        receipt::ExpiryRule,
        school::{Agreement, Format, School},
    },
    policy::{
        gate::{HoldProviders, LastList, SharingRules, Year12Rule},
        matching::{RecordIdentity, Tie, Year11Rule},
    },
};
use proptest::{
    prelude::{Just, Strategy, any, prop},
    sample::{Index, select},
};
use time::{Date, Duration, macros::date};

/// Everything that decides what is shared.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) today: Date,
    pub(crate) schools: Vec<School>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) records: Vec<DestinationRecord>,
    pub(crate) rules: SharingRules,
    pub(crate) held: Vec<&'static str>,
    pub(crate) lists: Vec<LastList>,
    pub(crate) year11: Year11Rule,
}

/// A pupil on record.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The place of the school in the world.
    pub(crate) school: usize,
    pub(crate) consent: Consent,
    pub(crate) tie: Option<Tie>,
}

impl World {
    /// The world in words: the types themselves print nothing that names anybody.
    pub(crate) fn told(&self) -> String {
        let pupils = self.asked.iter().map(|asked| {
            let p = &asked.consent.pupil;
            let (upn, uln) = (
                p.upn.as_ref().map(Upn::reveal),
                p.uln.as_ref().map(Uln::reveal),
            );
            let names = (p.name.forename.reveal(), p.name.surname.reveal());
            let tie = asked
                .tie
                .as_ref()
                .and_then(|tie| tie.record.client.as_deref());
            let standing = (
                asked.consent.standing,
                asked.consent.given_on,
                asked.consent.ehcp,
            );
            format!(
                "pupil {} {names:?} {} {upn:?} {uln:?} {standing:?} {tie:?}\n",
                asked.school, p.born
            )
        });
        let records = self.records.iter().map(|r| {
            let (upn, uln) = (
                r.upn.as_ref().map(Upn::reveal),
                r.uln.as_ref().map(Uln::reveal),
            );
            let names = (r.forename.reveal(), r.surname.reveal());
            let rest = (
                &r.client,
                r.confirmed,
                r.year11_school,
                r.activity,
                r.status,
                r.send,
            );
            format!("record {names:?} {} {upn:?} {uln:?} {rest:?}\n", r.born)
        });
        let told: String = pupils.chain(records).collect();
        format!("{} {:?}\n{:?}\n{told}", self.today, self.year11, self.rules)
    }
}

pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let days = select(vec![
        date!(2027 - 03 - 01),
        date!(2027 - 03 - 01),
        date!(2027 - 03 - 01),
        date!(2027 - 03 - 01),
        date!(2027 - 03 - 01),
        date!(2027 - 03 - 01),
        date!(2026 - 08 - 31),
        date!(2026 - 09 - 01),
        date!(2028 - 02 - 28),
        date!(2028 - 02 - 29),
        date!(2028 - 06 - 26),
    ]);
    days.prop_flat_map(|today| {
        (
            prop::collection::vec(pupil(today), 1..6),
            prop::collection::vec(sketch(today), 1..9),
            prop::collection::vec(agreement(today), 3),
            rules(),
            select(vec![
                Year11Rule::Required,
                Year11Rule::Required,
                Year11Rule::WhenPresent,
            ]),
            prop::collection::vec(any::<(bool, Index, Index)>(), 2),
            prop::collection::vec((0_u8..9, any::<Index>(), any::<Index>()), 2),
        )
            .prop_map(
                move |(asked, sketches, agreements, rules, year11, ties, kin)| {
                    let mut world = World {
                        today,
                        schools: agreements.into_iter().zip(0..).map(school).collect(),
                        asked: (1..)
                            .zip(asked)
                            .map(|(id, asked)| numbered(id, asked))
                            .collect(),
                        records: Vec::new(),
                        rules: rules.0,
                        held: rules.1,
                        lists: rules.2,
                        year11,
                    };
                    for kin in &kin {
                        make_kin(&mut world, kin);
                    }
                    world.records = (0..)
                        .zip(&sketches)
                        .map(|(at, sketch)| sketch.drawn(at, &world))
                        .collect();
                    tie_some(&mut world, &ties);
                    world
                },
            )
    })
}

fn numbered(id: u64, mut asked: Asked) -> Asked {
    asked.consent.id = PupilId::from_number(id);
    asked
}

/// Makes namesakes, twins and pupils with each other's numbers of some.
fn make_kin(world: &mut World, (how, one, other): &(u8, Index, Index)) {
    let model = one.get(&world.asked).consent.pupil.clone();
    let at = other.index(world.asked.len());
    let pupil = &mut world.asked[at].consent.pupil;
    match how {
        0 => {
            pupil.name = model.name;
            pupil.born = model.born;
        }
        1 => {
            pupil.name.surname = model.name.surname;
            pupil.born = model.born;
        }
        2 => pupil.upn = model.upn,
        3 => {
            (pupil.upn, pupil.uln) = (model.upn, model.uln);
            (pupil.name.forename, pupil.born) = (model.name.forename, model.born);
        }
        _ => {}
    }
}

/// Now and then an analyst has tied somebody to something.
fn tie_some(world: &mut World, ties: &[(bool, Index, Index)]) {
    for (rarely, pupil, record) in ties {
        if world.records.is_empty() || *rarely || record.index(4) != 0 {
            continue;
        }
        let tie = Tie {
            mark: RecordMark([1; 8]),
            record: RecordIdentity::of(record.get(&world.records)),
        };
        let at = pupil.index(world.asked.len());
        world.asked[at].tie = Some(tie);
    }
}

fn school((agreement, at): (Agreement, u32)) -> School {
    School {
        id: format!("860400{at}").parse().unwrap(),
        name: format!("Example School {at}"),
        urn: (at > 1).then(|| format!("12400{at}").parse().unwrap()),
        formats: vec![Format::Csv],
        agreement,
        suspended: false,
        persons: Vec::new(),
        contacts: Vec::new(),
    }
}

fn agreement(today: Date) -> impl Strategy<Value = Agreement> {
    let rarely = |days: Vec<i64>| {
        let days = select(days).prop_map(move |days| Some(today + Duration::days(days)));
        prop::option::weighted(0.03, days).prop_map(Option::flatten)
    };
    (rarely(vec![0, 1]), rarely(vec![0, 1])).prop_map(move |(signed, terminated)| Agreement {
        signed: Some(signed.unwrap_or(today - Duration::days(900))),
        reviewed: None,
        terminated,
    })
}

type Rules = (SharingRules, Vec<&'static str>, Vec<LastList>);

fn rules() -> impl Strategy<Value = Rules> {
    let expiry = select(vec![
        ExpiryRule::Earliest,
        ExpiryRule::Earliest,
        ExpiryRule::TwoYearsAfterLeaving,
    ]);
    let year12 = prop::bool::weighted(0.05);
    let came = select(vec![
        date!(2026 - 06 - 01),
        date!(2026 - 09 - 01),
        date!(2027 - 09 - 30),
    ]);
    let lists = prop::collection::vec((2007..2012, came), 0..3);
    (expiry, year12, lists).prop_map(|(expiry, hold, lists)| {
        let held = vec!["HILL HOUSE – secure unit"];
        let rules = SharingRules {
            expiry,
            hold_providers: HoldProviders::new(&held),
            year12_list: if hold {
                Year12Rule::Hold
            } else {
                Year12Rule::Warn
            },
        };
        let lists = lists.into_iter().map(|(year, came_on)| LastList {
            cohort: Cohort::from_birth_year(year),
            came_on,
        });
        (rules, held, lists.collect())
    })
}

fn forename() -> impl Strategy<Value = Name> {
    select(vec!["Zoe", "Zoë", "Zoey", "Amy", "Bea", "Cat"]).prop_map(name)
}

fn surname() -> impl Strategy<Value = Name> {
    select(vec!["O'Neil", "O’NEIL", "O'Neill", "Baker", "Cooper"]).prop_map(name)
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

/// Birthdays on and beside every edge, and most of them nowhere near.
fn born(today: Date) -> impl Strategy<Value = Date> {
    let ordinary = [
        date!(2010 - 03 - 05),
        date!(2010 - 08 - 31),
        date!(2009 - 12 - 01),
    ];
    let mut days: Vec<Date> = ordinary.into_iter().cycle().take(36).collect();
    for years in [16, 18, 25] {
        for off in [-1, 0, 1] {
            let day = today + Duration::days(off);
            days.extend(day.replace_year(day.year() - years));
        }
    }
    days.extend([
        date!(2008 - 02 - 29),
        date!(2012 - 02 - 29),
        date!(2010 - 09 - 01),
    ]);
    select(days)
}

fn given(today: Date) -> impl Strategy<Value = Date> {
    let mut days = vec![today - Duration::days(200); 24];
    days.extend([
        today,
        today + Duration::DAY,
        date!(2026 - 05 - 11),
        date!(2024 - 02 - 29),
    ]);
    for off in [-1, 0, 1] {
        let day = today + Duration::days(off);
        days.extend(day.replace_year(day.year() - 2));
    }
    select(days)
}

fn upn() -> impl Strategy<Value = Option<Upn>> {
    select(vec![
        None,
        None,
        None,
        Some(0),
        Some(1),
        Some(2),
        Some(3),
        Some(4),
        Some(5),
        Some(6),
    ])
    .prop_map(|number| match number {
        Some(0) => Some("A86040012001A".parse().unwrap()),
        number => number.map(valid_upn),
    })
}

fn valid_upn(number: u64) -> Upn {
    let letters = "ABCDEFGHJKLMNPQRTUVWXYZ".chars();
    let mut valid =
        letters.filter_map(|letter| format!("{letter}86040012{number:04}").parse().ok());
    valid.next().unwrap()
}

fn uln() -> impl Strategy<Value = Option<Uln>> {
    select(vec![
        None,
        None,
        None,
        None,
        Some(1_u64),
        Some(2),
        Some(3),
        Some(4),
    ])
    .prop_map(|number| number.map(valid_uln))
}

fn valid_uln(number: u64) -> Uln {
    let mut valid = (0..).filter_map(|check| {
        (1_000_000_000 + number * 1000 + check)
            .to_string()
            .parse()
            .ok()
    });
    valid.next().unwrap()
}

fn standing(today: Date) -> impl Strategy<Value = Standing> {
    let mut all = vec![Standing::InForce; 18];
    all.extend([Standing::Lapsed, Standing::Withdrawn(today)]);
    select(all)
}

fn pupil(today: Date) -> impl Strategy<Value = Asked> {
    let person = (forename(), surname(), born(today), upn(), uln());
    let terms = (
        given(today),
        standing(today),
        any::<bool>(),
        prop::bool::weighted(0.02),
    );
    (select(vec![0_usize, 0, 0, 1, 2]), person, terms).prop_map(|(school, person, terms)| {
        let (forename, surname, born, upn, uln) = person;
        let (given_on, standing, ehcp, held) = terms;
        Asked {
            school,
            consent: Consent {
                id: PupilId::from_number(0),
                pupil: Pupil {
                    name: PersonName { forename, surname },
                    born,
                    upn,
                    uln,
                },
                given_on,
                assumed: false,
                ehcp,
                standing,
                held_by: held.then(|| SubmissionId::new(9)),
                source: SubmissionId::new(1),
                version: 1,
            },
            tie: None,
        }
    })
}

/// A record as a change of what is known of some pupil; what is not changed is the pupil's own.
#[derive(Clone, Debug)]
struct Sketch {
    /// Somebody; else the pupil in the same place.
    of: Option<Index>,
    forename: Option<Name>,
    surname: Option<Name>,
    born: Option<Date>,
    upn: Told<Upn>,
    uln: Told<Uln>,
    school: School11,
    client: Option<&'static str>,
    blank: DestinationRecord,
}

/// A number as the extract has it.
#[derive(Clone, Copy, Debug)]
enum Told<T> {
    Same,
    Changed(Option<T>),
}

impl<T> Told<T> {
    fn over(self, own: Option<T>) -> Option<T> {
        match self {
            Self::Same => own,
            Self::Changed(told) => told,
        }
    }
}

fn changed<T: Copy + std::fmt::Debug>(
    number: impl Strategy<Value = Option<T>>,
) -> impl Strategy<Value = Told<T>> {
    (prop::bool::weighted(0.2), number).prop_map(|(changed, number)| {
        if changed {
            Told::Changed(number)
        } else {
            Told::Same
        }
    })
}

#[derive(Clone, Copy, Debug)]
enum School11 {
    Own,
    OwnUrn,
    Other(usize),
    Untold,
}

impl Sketch {
    fn drawn(&self, at: usize, world: &World) -> DestinationRecord {
        let place = self.of.map_or(at, |of| of.index(world.asked.len()));
        let asked = &world.asked[place % world.asked.len()];
        let pupil = &asked.consent.pupil;
        let laestab = |at: usize| Some(SchoolMention::Laestab(world.schools[at].id.laestab()));
        DestinationRecord {
            client: self.client.map(str::to_owned),
            forename: self
                .forename
                .clone()
                .unwrap_or_else(|| pupil.name.forename.clone()),
            surname: self
                .surname
                .clone()
                .unwrap_or_else(|| pupil.name.surname.clone()),
            born: self.born.unwrap_or(pupil.born),
            upn: self.upn.over(pupil.upn),
            uln: self.uln.over(pupil.uln),
            year11_school: match self.school {
                School11::Own => laestab(asked.school),
                School11::OwnUrn => world.schools[asked.school].urn.map(SchoolMention::Urn),
                School11::Other(at) => laestab(at),
                School11::Untold => None,
            },
            ..self.blank.clone()
        }
    }
}

fn sketch(today: Date) -> impl Strategy<Value = Sketch> {
    let own = 0.1;
    let names = (
        prop::option::weighted(own, forename()),
        prop::option::weighted(own, surname()),
    );
    let rest = (
        prop::option::weighted(0.05, born(today)),
        changed(upn()),
        changed(uln()),
    );
    let mut schools = vec![School11::Own; 14];
    schools.extend([
        School11::OwnUrn,
        School11::Other(0),
        School11::Other(1),
        School11::Untold,
    ]);
    let clients = select(vec![
        None,
        None,
        Some("c1"),
        Some("c2"),
        Some("c3"),
        Some("c4"),
    ]);
    (
        prop::option::weighted(0.25, any::<Index>()),
        names,
        rest,
        select(schools),
        clients,
        blank(today),
    )
        .prop_map(
            |(of, (forename, surname), (born, upn, uln), school, client, blank)| Sketch {
                of,
                forename,
                surname,
                born,
                upn,
                uln,
                school,
                client,
                blank,
            },
        )
}

/// All that a record says beside who it is about.
fn blank(today: Date) -> impl Strategy<Value = DestinationRecord> {
    let mut codes: Vec<_> = [210_u16, 220, 310, 330, 280, 460, 619, 640, 810]
        .map(Some)
        .into();
    codes.extend([Some(710), Some(130), Some(840), None]);
    let providers = select(vec![
        None,
        Some("Cannock College"),
        Some("Hill House, Secure Unit"),
        Some("Cannock College"),
    ]);
    let confirmed = select(vec![
        None,
        Some(date!(2026 - 01 - 01)),
        Some(date!(2026 - 02 - 01)),
        Some(date!(2026 - 03 - 01)),
    ]);
    let lapses = select(vec![None, None, Some(-1_i64), Some(0), Some(1)]);
    let flags = (
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.07),
        any::<bool>(),
    );
    (
        select(codes),
        providers,
        confirmed,
        lapses,
        flags,
        Just(today),
    )
        .prop_map(
            |(code, provider, confirmed, lapses, (lapsed, closed, send), today)| {
                DestinationRecord {
                    client: None,
                    forename: name("Nobody"),
                    surname: name("Nobody"),
                    born: today,
                    upn: None,
                    uln: None,
                    year11_school: None,
                    activity: code.map(ActivityCode),
                    provider: provider.map(str::to_owned),
                    started: Some(date!(2026 - 09 - 07)),
                    confirmed,
                    lapsed,
                    lapses: lapses.map(|days| today + Duration::days(days)),
                    status: if closed {
                        CohortStatus::Closed
                    } else {
                        CohortStatus::Open
                    },
                    send,
                }
            },
        )
}
