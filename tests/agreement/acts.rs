//! What may happen, as plain values: proptest makes them up and makes a failing story shorter.

use std::fmt;

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any},
    prop_oneof,
    sample::select,
};
use time::{OffsetDateTime, macros::datetime};

use crate::{
    days::Lasts,
    people::{MOST, PERSONS, SCHOOLS},
};

/// A council's story.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) start: OffsetDateTime,
    pub(crate) lasts: Lasts,
    /// `consent.year12_list = "hold"`.
    pub(crate) year12_hold: bool,
    pub(crate) deeds: Vec<Deed>,
}

impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year12 = if self.year12_hold {
            ", year 12 list required"
        } else {
            ""
        };
        writeln!(
            f,
            "from {}, consents last {:?}{year12}",
            self.start, self.lasts
        )?;
        for Deed { act, death } in &self.deeds {
            writeln!(f, "  {act:?}")?;
            if let Some(death) = death {
                writeln!(f, "    {death:?}")?;
            }
        }
        Ok(())
    }
}

/// One act, and whether the process dies of it.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) act: Act,
    pub(crate) death: Option<Death>,
}

/// The process dies at a step, stays down, and may die again while it recovers.
#[derive(Clone, Debug)]
pub(crate) struct Death {
    /// Which of the named steps, and how often it is passed before.
    pub(crate) at: (usize, u32),
    pub(crate) down: Option<Step>,
    /// What else happens before it is started again.
    pub(crate) meanwhile: Option<Box<Act>>,
    pub(crate) again: Option<(usize, u32)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// All that is due is done.
    Pass,
    Clock(Step),
    /// A file is put into the inbox; the next pass takes it.
    Send {
        school: usize,
        what: Sent,
        handed_over: bool,
    },
    /// The council exports its records.
    Export {
        /// Of each school's pupils; who has none is not in it.
        records: [Vec<RecordIs>; 2],
        /// How many days ago.
        age: i64,
        /// Rows of young people whom no school asks about.
        others: usize,
    },
    /// An operator releases to one school, or to all.
    Release {
        school: Option<usize>,
        accept_extract: bool,
    },
    /// Somebody at the school reads a file in the outbox.
    Read {
        school: usize,
        file: usize,
        whole: bool,
    },
    Hold {
        school: Option<usize>,
        recall: bool,
    },
    Resume {
        school: Option<usize>,
    },
    Agreement {
        school: usize,
        becomes: Agreement,
    },
    /// A pupil tells the council that consent is withdrawn.
    Tell {
        school: usize,
        pupil: usize,
        names: Names,
    },
    /// An analyst looks at the large file of withdrawals that waits longest.
    Decide {
        school: usize,
        undo: bool,
    },
    /// A person may collect from now on, or no longer.
    Person {
        school: usize,
        person: usize,
        may: bool,
    },
}

/// What becomes of an agreement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Agreement {
    InForce,
    Suspended,
    /// So many days from now.
    SignedIn(i64),
    TerminatedIn(i64),
}

/// What a school sends.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    /// What the complete list says of each pupil.
    List(Vec<Says>),
    /// What an `add` file says.
    Addition(Vec<Says>),
    /// Whom a file of withdrawals names.
    Withdrawal(Vec<Names>),
    /// The last list or addition once more, byte for byte.
    Again,
    Request,
}

/// A row of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Nothing,
    Yes(When),
    /// The row is bad: its UPN is wrong.
    BadYes,
    Unclear,
    No,
    Withdrawn(When),
}

/// The day of a consent, or of a withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    DaysAgo(i64),
    Untold,
}

/// A row of a file of withdrawals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    NotThisPupil,
    Exactly(When),
    /// With another surname.
    Nearly,
    /// Somebody whom nobody knows.
    Somebody,
}

/// What the extract knows of a pupil.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordIs {
    Plain,
    Missing,
    AtWork,
    Seeking,
    SpecialCollege,
    CodeHeld,
    CodeUnknown,
    ProviderHeld,
    Lapsed,
    DueYesterday,
    Closed,
    Twice,
    OfAnotherSchool,
    WithoutUpn,
    Renamed,
}

/// Time goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Hours(i64),
    Days(i64),
    /// To the nth of the days ahead on which something ends or begins: in the last minutes before it, in its
    /// first, or in its morning.
    ToTheDay(usize, Moment),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    JustBefore,
    JustAfter,
    Morning,
}

pub(crate) fn stories() -> impl Strategy<Value = Story> {
    let starts = [
        datetime!(2026-11-21 10:00 UTC),
        datetime!(2025-11-24 10:00 UTC),
        datetime!(2026-02-20 10:00 UTC),
        datetime!(2027-02-22 10:00 UTC),
        datetime!(2027-06-20 10:00 UTC),
    ];
    let lasts = prop_oneof![3 => Just(Lasts::Earliest), 1 => Just(Lasts::TwoYearsAfterLeaving)];
    (
        select(starts.to_vec()),
        lasts,
        proptest::bool::weighted(0.15),
        vec(deed(), 1..28),
    )
        .prop_map(|(start, lasts, year12_hold, deeds)| Story {
            start,
            lasts,
            year12_hold,
            deeds,
        })
}

fn deed() -> impl Strategy<Value = Deed> {
    (act(), proptest::option::weighted(0.5, death())).prop_map(|(act, death)| Deed { act, death })
}

fn death() -> impl Strategy<Value = Death> {
    let at = || {
        (any::<proptest::sample::Index>(), 0..3_u32).prop_map(|(at, n)| (at.index(STEPS), n / 2))
    };
    let down = proptest::option::weighted(0.3, step());
    let meanwhile = proptest::option::weighted(0.3, meanwhile().prop_map(Box::new));
    (at(), down, meanwhile, proptest::option::weighted(0.3, at())).prop_map(
        |(at, down, meanwhile, again)| Death {
            at,
            down,
            meanwhile,
            again,
        },
    )
}

/// What may happen while the process is down, and only ever means that less is shared: of the rest nobody
/// could tell from outside whether it came before or after what the process had just done.
fn meanwhile() -> impl Strategy<Value = Act> {
    let withdrawal = vec(names(), 0..=MOST).prop_map(Sent::Withdrawal);
    prop_oneof![
        3 => (school(), withdrawal).prop_map(|(school, what)| {
            Act::Send { school, what, handed_over: true }
        }),
        1 => one_or_all().prop_map(|school| Act::Hold { school, recall: true }),
        1 => school().prop_map(|school| Act::Agreement { school, becomes: Agreement::Suspended }),
        1 => (school(), 0..PERSONS)
            .prop_map(|(school, person)| Act::Person { school, person, may: false }),
    ]
}

/// More than there are named steps, so that a new one is met without a change here.
const STEPS: usize = 1 << 16;

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => Just(Act::Pass),
        5 => step().prop_map(Act::Clock),
        8 => (school(), sent(), proptest::bool::weighted(0.9))
            .prop_map(|(school, what, handed_over)| Act::Send { school, what, handed_over }),
        2 => export(),
        4 => (one_or_all(), proptest::bool::weighted(0.15))
            .prop_map(|(school, accept_extract)| Act::Release { school, accept_extract }),
        3 => (school(), 0..3_usize, any::<bool>())
            .prop_map(|(school, file, whole)| Act::Read { school, file, whole }),
        1 => (one_or_all(), any::<bool>()).prop_map(|(school, recall)| Act::Hold { school, recall }),
        1 => one_or_all().prop_map(|school| Act::Resume { school }),
        2 => (school(), 0..MOST, names_somebody())
            .prop_map(|(school, pupil, names)| Act::Tell { school, pupil, names }),
        3 => (school(), any::<bool>()).prop_map(|(school, undo)| Act::Decide { school, undo }),
        2 => (school(), agreement()).prop_map(|(school, becomes)| Act::Agreement { school, becomes }),
        2 => (school(), 0..PERSONS, proptest::bool::weighted(0.6))
            .prop_map(|(school, person, may)| Act::Person { school, person, may }),
    ]
}

fn school() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(0_usize), 1 => 1..SCHOOLS.len()]
}

fn one_or_all() -> impl Strategy<Value = Option<usize>> {
    proptest::option::weighted(0.5, school())
}

fn agreement() -> impl Strategy<Value = Agreement> {
    prop_oneof![
        3 => Just(Agreement::InForce),
        1 => Just(Agreement::Suspended),
        1 => (-3..40_i64).prop_map(Agreement::SignedIn),
        2 => (-3..40_i64).prop_map(Agreement::TerminatedIn),
    ]
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        4 => vec(says(), 0..=MOST).prop_map(Sent::List),
        1 => vec(Just(Says::Yes(When::DaysAgo(20))), MOST).prop_map(Sent::List),
        2 => vec(said_of_few(), 0..=MOST).prop_map(Sent::Addition),
        4 => vec(names(), 0..=MOST).prop_map(Sent::Withdrawal),
        2 => vec(Just(Names::Exactly(When::Untold)), MOST).prop_map(Sent::Withdrawal),
        1 => Just(Sent::Again),
        2 => Just(Sent::Request),
    ]
}

fn says() -> impl Strategy<Value = Says> {
    prop_oneof![
        22 => when().prop_map(Says::Yes),
        3 => Just(Says::Nothing),
        1 => Just(Says::BadYes),
        1 => Just(Says::Unclear),
        1 => Just(Says::No),
        1 => when().prop_map(Says::Withdrawn),
    ]
}

fn said_of_few() -> impl Strategy<Value = Says> {
    prop_oneof![3 => Just(Says::Nothing), 1 => says()]
}

fn names() -> impl Strategy<Value = Names> {
    prop_oneof![
        12 => Just(Names::NotThisPupil),
        3 => when().prop_map(Names::Exactly),
        1 => Just(Names::Nearly),
        1 => Just(Names::Somebody),
    ]
}

fn names_somebody() -> impl Strategy<Value = Names> {
    prop_oneof![
        6 => Just(Names::Exactly(When::Untold)),
        1 => Just(Names::Nearly),
        1 => Just(Names::Somebody),
    ]
}

fn when() -> impl Strategy<Value = When> {
    let ago = vec![20, 0, 1, 2, 60, 150, 400, 725, 729, 731];
    prop_oneof![2 => select(ago).prop_map(When::DaysAgo), 1 => Just(When::Untold)]
}

fn export() -> impl Strategy<Value = Act> {
    let records = || vec(record(), 0..=MOST);
    let age = prop_oneof![4 => Just(0_i64), 2 => 1..40_i64, 1 => 44..48_i64];
    let others = prop_oneof![6 => Just(20_usize), 1 => 10..30_usize];
    (records(), records(), age, others).prop_map(|(one, two, age, others)| Act::Export {
        records: [one, two],
        age,
        others,
    })
}

fn record() -> impl Strategy<Value = RecordIs> {
    let rare = select(vec![
        RecordIs::Missing,
        RecordIs::AtWork,
        RecordIs::Seeking,
        RecordIs::SpecialCollege,
        RecordIs::CodeHeld,
        RecordIs::CodeUnknown,
        RecordIs::ProviderHeld,
        RecordIs::Lapsed,
        RecordIs::DueYesterday,
        RecordIs::Closed,
        RecordIs::Twice,
        RecordIs::OfAnotherSchool,
        RecordIs::WithoutUpn,
        RecordIs::Renamed,
    ]);
    prop_oneof![2 => Just(RecordIs::Plain), 1 => rare]
}

fn step() -> impl Strategy<Value = Step> {
    let moment = select(vec![Moment::Morning, Moment::JustAfter, Moment::JustBefore]);
    prop_oneof![
        1 => (1..30_i64).prop_map(Step::Hours),
        3 => (1..50_i64).prop_map(Step::Days),
        4 => (0..4_usize, moment).prop_map(|(nth, moment)| Step::ToTheDay(nth, moment)),
    ]
}
