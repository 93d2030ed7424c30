//! A story as it is played: each act is done to the house and to the model, and then both are compared.

mod comparing;
mod dying;
mod making;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use pillarbox::flow::{command::Reply, fault::STEPS};
use proptest::test_runner::TestCaseError;
use time::{Duration, OffsetDateTime};

use crate::{
    acts::{Act, Deed, RecordIs, Says, Sent, Story, When},
    days::local_day,
    model::{Counted, Extract, Model, School, Told, Upload, moments},
    people::{MOST, PUPILS, SCHOOLS},
    world::{DieAt, Ended, World, extract_of, write_schools},
};

/// What happened in the stories that were played.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Played {
    acts: u32,
    uploads: u32,
    releases: u32,
    /// Releases that were held.
    held: u32,
    recalls: u32,
    remakes: u32,
    /// Rows in the outboxes, counted after each act.
    rows_seen: u32,
    reads: u32,
    deaths: u32,
    /// Of those, while recovering from another one.
    died_again: u32,
    notices: u32,
    /// Large files of withdrawals that an analyst decided on.
    decided: u32,
}

impl Played {
    /// Plays a story to its end.
    pub(crate) fn of(story: &Story) -> Result<Self, TestCaseError> {
        let mut play = Play::begin(story);
        let ended = catch_unwind(AssertUnwindSafe(|| play.all(story)));
        let ended = ended.unwrap_or_else(|_| Err("it panicked, see above".to_owned()));
        ended.map_err(|why| TestCaseError::fail(format!("{why}\n{}", play.told)))?;
        Ok(play.played)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let sums = [
            (&mut self.acts, other.acts),
            (&mut self.uploads, other.uploads),
            (&mut self.releases, other.releases),
            (&mut self.held, other.held),
            (&mut self.recalls, other.recalls),
            (&mut self.remakes, other.remakes),
            (&mut self.rows_seen, other.rows_seen),
            (&mut self.reads, other.reads),
            (&mut self.deaths, other.deaths),
            (&mut self.died_again, other.died_again),
            (&mut self.notices, other.notices),
            (&mut self.decided, other.decided),
        ];
        for (sum, more) in sums {
            *sum += more;
        }
    }

    fn count(&mut self, outcome: &str, trigger: Option<&str>) {
        match (outcome, trigger) {
            ("released", Some("recall")) => self.remakes += 1,
            ("released", _) => self.releases += 1,
            ("held", _) => self.held += 1,
            ("recalled", _) => self.recalls += 1,
            _ => {}
        }
    }

    /// Stories in which nothing happens would prove nothing.
    pub(crate) fn prove_something(&self, stories: u32) {
        let enough = |what: &str, number: u32, of_each_hundred: u32| {
            let least = stories * of_each_hundred / 100;
            assert!(number >= least, "only {number} {what} in {stories} stories");
        };
        enough("uploads", self.uploads, 300);
        enough("releases", self.releases, 100);
        enough("recalls", self.recalls, 40);
        enough("remakes", self.remakes, 10);
        enough("rows", self.rows_seen, 1500);
        enough("reads", self.reads, 20);
        enough("notices", self.notices, 20);
        enough("large files decided on", self.decided, 1);
        if cfg!(feature = "faults") {
            enough("deaths", self.deaths, 30);
            enough("deaths while recovering", self.died_again, 2);
        }
    }
}

type Checked<T = ()> = Result<T, String>;

/// A story under way.
struct Play {
    world: World,
    model: Model,
    now: OffsetDateTime,
    uploads: usize,
    /// The last list or addition of each school, to send it again.
    last_list: Vec<Option<Upload>>,
    receipts_seen: BTreeSet<PathBuf>,
    played: Played,
    told_to_council: u32,
    /// What was sent while nothing ran.
    waiting: Option<(usize, Upload)>,
    /// Notices that were counted.
    notices_seen: usize,
    /// Acts of the council that the trail told of before the last one.
    decided_before: usize,
    /// The story in words, as far as it came.
    told: String,
}

impl Play {
    /// A council, and its first list and extract: the ledger is a rehearsal's from here on, and the schedule
    /// known.
    fn begin(story: &Story) -> Self {
        let world = World::new(story.lasts, story.year12_hold);
        let mut model = Model::new(story.lasts, story.year12_hold, moments());
        write_schools(&world, &model);
        world.found(story.start);
        model.begins(story.start);
        Self {
            world,
            model,
            now: story.start,
            uploads: 0,
            last_list: vec![None; SCHOOLS.len()],
            receipts_seen: BTreeSet::new(),
            played: Played::default(),
            told_to_council: 0,
            waiting: None,
            notices_seen: 0,
            decided_before: 0,
            told: format!(
                "{} {:?} {}\n",
                story.start,
                story.lasts,
                if story.year12_hold {
                    "year 12 list required"
                } else {
                    ""
                }
            ),
        }
    }

    fn all(&mut self, story: &Story) -> Checked {
        for act in prologue() {
            self.deed(&Deed { act, death: None })?;
        }
        for deed in &story.deeds {
            self.deed(deed)?;
        }
        self.deed(&Deed {
            act: Act::Pass,
            death: None,
        })?;
        if self.world.trail_is_whole() {
            Ok(())
        } else {
            Err("the trail does not verify".to_owned())
        }
    }

    fn deed(&mut self, deed: &Deed) -> Checked {
        writeln!(self.told, "{}  {:?}", self.now, deed.act).unwrap();
        self.played.acts += 1;
        let die_at = deed.death.as_ref().map(|death| step_named(death.at));
        let meanwhile = deed
            .death
            .as_ref()
            .and_then(|death| death.meanwhile.as_deref());
        let die_at = die_at.filter(|_| !self.nobody_could_tell(&deed.act, meanwhile));
        if die_at.is_some() && matches!(deed.act, Act::Tell { .. } | Act::Decide { .. }) {
            self.decided_before = self.decisions();
        }
        match self.act(&deed.act, die_at)? {
            Came::Done => {}
            Came::Died(step) => {
                writeln!(self.told, "    dies at {step}").unwrap();
                let death = deed.death.as_ref().expect("only who is told to dies");
                self.recover(&deed.act, death)?;
            }
        }
        let passed = matches!(deed.act, Act::Pass);
        self.compare(passed)
    }

    /// Whether nobody could tell afterwards what came first: the remake and the notices that follow from the
    /// council's decision, or a file that waits, which may change whom they hold.
    fn nobody_could_tell(&self, act: &Act, meanwhile: Option<&Act>) -> bool {
        let mut schools = self.model.schools.iter();
        matches!(act, Act::Tell { .. } | Act::Decide { .. })
            && (schools.any(|school| !school.inbox.is_empty())
                || matches!(meanwhile, Some(Act::Send { .. })))
    }

    /// Does an act to the house, and to the model if nobody died of it.
    fn act(&mut self, act: &Act, die_at: DieAt) -> Checked<Came> {
        match act {
            Act::Pass => match self.world.pass(self.now, die_at) {
                Ended::Died(step) => return Ok(Came::Died(step)),
                Ended::Done(()) => self.model.pass(self.now),
            },
            Act::Clock(step) => self.now = self.step(*step),
            Act::Send {
                school,
                what,
                handed_over,
            } => {
                let upload = self.upload(*school, what);
                let upload = Upload {
                    by_folder: !handed_over,
                    ..upload
                };
                self.world.send(*school, &upload);
                self.model.schools[*school].inbox.push_back(upload);
            }
            Act::Export {
                records,
                age,
                others,
            } => {
                let today = local_day(self.now);
                let of = today - Duration::days(*age);
                let (text, rows) = extract_of(records, *others, of, today);
                self.world.export(&text);
                self.model.exported = Some(Extract {
                    of,
                    records: records.clone(),
                    rows,
                });
            }
            Act::Read {
                school,
                file,
                whole,
            } => self.read(*school, *file, *whole),
            Act::Agreement { .. } | Act::Person { .. } => {
                self.edit_school(act, self.now);
                write_schools(&self.world, &self.model);
            }
            Act::Release { .. }
            | Act::Hold { .. }
            | Act::Resume { .. }
            | Act::Tell { .. }
            | Act::Decide { .. } => {
                return self.command(act, die_at);
            }
        }
        Ok(Came::Done)
    }

    /// What an operator says.
    fn command(&mut self, act: &Act, die_at: DieAt) -> Checked<Came> {
        let Some(command) = self.command_of(act) else {
            return Ok(Came::Done);
        };
        let was_on_hold = match act {
            Act::Resume { school } => self.model_on_hold(*school),
            _ => false,
        };
        let reply = match self.world.command(&command, self.now, die_at) {
            Ended::Died(step) => return Ok(Came::Died(step)),
            Ended::Done(reply) => reply,
        };
        match act {
            Act::Release {
                school,
                accept_extract,
            } => {
                let made = self
                    .model
                    .operator_releases(*school, *accept_extract, self.now);
                counts_add_up(&reply, &made)?;
            }
            Act::Hold { school, recall } => self.model.hold(*school, *recall),
            Act::Resume { school } => {
                let refused = matches!(reply, Reply::Refused { .. });
                expect(refused != was_on_hold, || format!("{reply:?}"))?;
                self.model.resume(*school);
            }
            Act::Tell { .. } | Act::Decide { .. } => {
                let done = matches!(reply, Reply::Done | Reply::Withdrawn(_));
                expect(done, || format!("{reply:?}"))?;
                self.council_decides(act, self.now);
            }
            _ => {}
        }
        Ok(Came::Done)
    }

    /// What changes in a school's file.
    fn edit_school(&mut self, act: &Act, at: OffsetDateTime) {
        match act {
            Act::Agreement { school, becomes } => self.model.agreement(*school, *becomes, at),
            Act::Person {
                school,
                person,
                may,
            } => {
                let collectors = &mut self.model.schools[*school].collectors;
                if *may {
                    collectors.insert(*person);
                } else {
                    collectors.remove(person);
                }
            }
            _ => {}
        }
    }

    fn council_decides(&mut self, act: &Act, now: OffsetDateTime) {
        match act {
            Act::Tell {
                school,
                pupil,
                names,
            } => {
                self.told_to_council += 1;
                let row = (pupil % PUPILS[*school].len(), Told::Named(*names, None));
                let by = TOLD_TO_COUNCIL + self.told_to_council;
                self.model.told_to_council(*school, row, by, now);
            }
            Act::Decide { school: at, undo } => {
                let school = &mut self.model.schools[*at];
                let Some(by) = school.braked() else { return };
                self.played.decided += 1;
                if *undo {
                    school.undo(*at, by);
                    self.model.take_back(now);
                } else {
                    school.was_meant(by);
                    let schools = self.model.schools.iter_mut();
                    schools.for_each(School::send_notices);
                }
            }
            _ => {}
        }
    }

    fn model_on_hold(&self, school: Option<usize>) -> bool {
        match school {
            None => self.model.on_hold,
            Some(school) => self.model.schools[school].on_hold,
        }
    }
}

/// What the command told of each school is what the model counts.
fn counts_add_up(reply: &Reply, made: &BTreeMap<usize, Counted>) -> Checked {
    let Reply::Releases { releases, .. } = reply else {
        return expect(made.is_empty(), || {
            format!("{reply:?}, and should be {made:?}")
        });
    };
    let told: BTreeMap<usize, Counted> = releases
        .iter()
        .filter(|one| !one.files.is_empty())
        .map(|one| {
            let id = one.school.to_string();
            let school = SCHOOLS.iter().position(|school| *school == id).unwrap();
            let counted = Counted {
                consented: one.counts.consented as usize,
                shared: one.counts.shared as usize,
            };
            (school, counted)
        })
        .collect();
    expect(told == *made, || {
        format!("released {told:?}, and should be {made:?}")
    })
}

/// How an act ended.
enum Came {
    Done,
    Died(&'static str),
}

/// Both schools send a list of all their pupils, the council exports its records and releases: most stories
/// would not get far without.
fn prologue() -> Vec<Act> {
    // Of each school one pupil is on no list yet.
    let all =
        |school: usize| Sent::List(vec![Says::Yes(When::DaysAgo(20)); PUPILS[school].len() - 1]);
    let send = |school| Act::Send {
        school,
        what: all(school),
        handed_over: true,
    };
    let records = || vec![RecordIs::Plain; MOST];
    let export = Act::Export {
        records: [records(), records()],
        age: 0,
        others: 20,
    };
    let release = Act::Release {
        school: None,
        accept_extract: false,
    };
    vec![send(0), send(1), export, Act::Pass, release]
}

fn step_named((at, passed): (usize, u32)) -> (&'static str, u32) {
    (STEPS[at % STEPS.len()], passed)
}

/// What a pupil told the council is numbered from here on.
const TOLD_TO_COUNCIL: u32 = 1 << 20;

fn expect(holds: bool, why: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(why()) }
}
