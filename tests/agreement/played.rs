//! A story as it is played: each act is done to the house and to the model, and then both are compared.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use pillarbox::flow::{
    command::{Command, Reply},
    fault::STEPS,
    notices::Withdraw,
    review::ReviewCommand,
    who::Who,
};
use proptest::test_runner::TestCaseError;
use time::{Date, Duration, OffsetDateTime, macros::time};

use crate::{
    acts::{Act, Death, Deed, Moment, Names, Says, Sent, Step, Story, When},
    days::{instant, local_day},
    model::{Counted, Extract, Kind, Model, Told, Upload, moments},
    people::{PUPILS, SCHOOLS},
    world::{DieAt, Ended, World, extract_of, scope, text_of, write_schools},
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
            enough("deaths", self.deaths, 40);
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
        let die_at = die_at.filter(|_| !self.nobody_could_tell(&deed.act));
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

    /// Whether nobody could tell afterwards what came first: the council's decision, whose notices name what
    /// was read, or a file by the folder, since which nobody knows who reads what.
    fn nobody_could_tell(&self, act: &Act) -> bool {
        let mut waiting = self.model.schools.iter().flat_map(|school| &school.inbox);
        matches!(act, Act::Tell { .. } | Act::Decide { .. }) && waiting.any(|file| file.by_folder)
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
            Act::Resume { school } => self.world_on_hold(*school),
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
                self.counts_add_up(&reply, &made)?;
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

    fn council_decides(&mut self, act: &Act, at: OffsetDateTime) {
        match act {
            Act::Tell {
                school,
                pupil,
                names,
            } => {
                self.told_to_council += 1;
                let row = (pupil % PUPILS[*school].len(), Told::Named(*names, None));
                let by = TOLD_TO_COUNCIL + self.told_to_council;
                self.model.told_to_council(*school, row, by, at);
            }
            Act::Decide { school, undo } => {
                let school = &mut self.model.schools[*school];
                let Some(by) = school.braked() else { return };
                self.played.decided += 1;
                if *undo {
                    school.undo(by);
                } else {
                    school.was_meant(by);
                    let schools = self.model.schools.iter_mut();
                    schools.for_each(crate::model::School::send_notices);
                }
            }
            _ => {}
        }
    }

    fn world_on_hold(&self, school: Option<usize>) -> bool {
        match school {
            None => self.model.on_hold,
            Some(school) => self.model.schools[school].on_hold,
        }
    }

    /// What the command told of each school is what the model counts.
    fn counts_add_up(&self, reply: &Reply, made: &BTreeMap<usize, Counted>) -> Checked {
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

    // ---- dying

    /// The process died: nobody has seen what they must not; and when it was started again, all is as if it
    /// had never died, or as if it had died a moment earlier.
    fn recover(&mut self, act: &Act, death: &Death) -> Checked {
        self.played.deaths += 1;
        let mut lives = vec![(self.now, Some(act))];
        self.nobody_told_is_seen()?;
        let meanwhile = death.meanwhile.as_deref();
        if let Some(act) = meanwhile {
            writeln!(self.told, "{}  meanwhile {act:?}", self.now).unwrap();
            self.happen(act)?;
        }
        let down_since = self.now;
        if let Some(step) = death.down {
            self.now = self.step(step);
        }
        if let Some(again) = death.again
            && let Ended::Died(step) = self.world.pass(self.now, Some(step_named(again)))
        {
            writeln!(self.told, "{}  dies again at {step}", self.now).unwrap();
            self.played.died_again += 1;
            self.nobody_told_is_seen()?;
            lives.push((self.now, None));
        }
        writeln!(self.told, "{}  recovers", self.now).unwrap();
        match self.world.pass(self.now, None) {
            Ended::Died(_) => return Err("it died unasked".to_owned()),
            Ended::Done(()) => {}
        }
        // What was done at one instant is told by its receipts together.
        lives.dedup_by_key(|life| life.0);
        for (nth, (at, act)) in lives.into_iter().enumerate() {
            self.as_far_as_seen(at, act);
            if nth == 0 {
                self.model_happens(meanwhile, down_since);
            }
        }
        self.model.pass(self.now);
        Ok(())
    }

    /// What happens while nothing runs; what it means is for whoever comes next.
    fn happen(&mut self, act: &Act) -> Checked {
        match act {
            Act::Send { school, what, .. } => {
                let upload = self.upload(*school, what);
                self.world.send(*school, &upload);
                self.waiting = Some((*school, upload));
            }
            Act::Hold { .. } => {
                let command = self.command_of(act).expect("a command");
                if let Ended::Died(_) = self.world.command(&command, self.now, None) {
                    return Err("it died unasked".to_owned());
                }
            }
            _ => {
                let before = self.model.clone();
                self.edit_school(act, self.now);
                write_schools(&self.world, &self.model);
                self.model = before;
            }
        }
        Ok(())
    }

    fn model_happens(&mut self, act: Option<&Act>, at: OffsetDateTime) {
        match act {
            Some(Act::Hold { school, recall }) => self.model.hold(*school, *recall),
            Some(act) => self.edit_school(act, at),
            None => {}
        }
        if let Some((school, upload)) = self.waiting.take() {
            self.model.schools[school].inbox.push_back(upload);
        }
    }

    /// How often the council has decided something, as the trail tells.
    fn decisions(&self) -> usize {
        let verbs = ["consent-withdrawn", "review-undone", "review-settled"];
        verbs.into_iter().map(|verb| self.world.acts(verb)).sum()
    }

    /// "Never published after the withdrawal's receipt": whom an answered file withdraws is in no file that
    /// can be seen at this moment, although nothing has recovered yet.
    fn nobody_told_is_seen(&mut self) -> Checked {
        let answered = self.answered();
        for school in 0..SCHOOLS.len() {
            let told = self.model.schools[school].inbox.iter();
            let told = told.filter(|upload| answered.contains_key(&upload.name));
            let gone: BTreeSet<usize> = told.flat_map(Upload::withdraws).collect();
            for (name, file) in self.world.outbox(school) {
                let seen = file.rows.keys().any(|pupil| gone.contains(pupil));
                expect(!seen, || {
                    format!("{name} still holds a pupil whose withdrawal was answered")
                })?;
            }
        }
        Ok(())
    }

    /// The instant at which each upload was judged, by its name, as its receipt tells.
    fn answered(&mut self) -> BTreeMap<String, OffsetDateTime> {
        let receipts = self.world.receipts().values();
        let of_files = receipts.filter_map(|receipt| {
            let name = receipt.json["file"]["name"].as_str()?;
            Some((name.to_owned(), receipt.at))
        });
        of_files.collect()
    }

    /// What a life that ended early at this instant had done, as its receipts tell: the model does that, and
    /// leaves the rest to the next life.
    fn as_far_as_seen(&mut self, at: OffsetDateTime, act: Option<&Act>) {
        let released = self.released_at(at);
        if let Some(Act::Release {
            accept_extract: true,
            ..
        }) = act
            && !self.world.an_extract_waits()
        {
            self.model.accept();
        }
        match act {
            Some(Act::Release { school, .. })
                if released.iter().any(|(_, trigger)| trigger == "operator") =>
            {
                self.model.operator_releases(*school, false, at);
            }
            Some(Act::Hold { school, recall }) if self.world.is_on_hold(*school) => {
                self.model.hold(*school, *recall);
            }
            Some(Act::Resume { school }) if !self.world.is_on_hold(*school) => {
                self.model.resume(*school);
            }
            Some(act @ (Act::Tell { .. } | Act::Decide { .. }))
                if self.decisions() > self.decided_before =>
            {
                self.council_decides(act, at);
            }
            _ => {}
        }
        let noticed = self.noticed_at(at);
        let answered = self.answered();
        for school in 0..SCHOOLS.len() {
            while let Some(upload) = self.model.schools[school].inbox.front().cloned() {
                if answered.get(&upload.name) != Some(&at) {
                    break;
                }
                self.model.schools[school].inbox.pop_front();
                self.model.judge(school, &upload, at);
            }
        }
        for school in noticed {
            self.model.schools[school].send_notices();
        }
        let due: Vec<_> = released
            .into_iter()
            .filter(|(_, trigger)| ["schedule", "request"].contains(&trigger.as_str()))
            .collect();
        // What stops sharing came before.
        if !due.is_empty() {
            self.model.take_back(at);
            self.model.adopt();
        }
        for (school, trigger) in due {
            if trigger == "schedule" {
                self.model.served_by_schedule(school, at);
            } else {
                self.model.take_grant(school);
            }
            self.model.release(school, at);
        }
    }

    /// The schools that got a notice at this instant.
    fn noticed_at(&mut self, at: OffsetDateTime) -> Vec<usize> {
        let seen = &self.receipts_seen;
        let receipts = self.world.receipts().iter();
        let notices = receipts.filter(|(path, receipt)| {
            receipt.at == at && receipt.json["kind"] == "notice" && !seen.contains(*path)
        });
        notices.map(|(_, receipt)| receipt.school).collect()
    }

    /// The releases, held ones among them, that were made at this instant since the last comparison, in their
    /// order.
    fn released_at(&mut self, at: OffsetDateTime) -> Vec<(usize, String)> {
        let seen = &self.receipts_seen;
        let receipts = self.world.receipts().iter();
        let mut released: Vec<_> = receipts
            .filter(|(path, receipt)| receipt.at == at && !seen.contains(*path))
            .filter_map(|(_, receipt)| {
                let outcome = receipt.json["outcome"].as_str()?;
                let made = ["released", "held"].contains(&outcome);
                let release = receipt.json.get("release").filter(|_| made)?;
                let trigger = release["trigger"].as_str()?.to_owned();
                Some((release["id"].to_string(), (receipt.school, trigger)))
            })
            .collect();
        released.sort();
        released.into_iter().map(|(_, release)| release).collect()
    }

    // ---- comparing

    /// What can be seen is what the model says.
    fn compare(&mut self, passed: bool) -> Checked {
        let today = local_day(self.now);
        for school in 0..SCHOOLS.len() {
            let seen = self.world.outbox(school);
            let lying = &self.model.schools[school].outbox;
            let plain = |rows: &BTreeMap<usize, ([String; 4], bool)>| {
                let rows = rows.iter().map(|(pupil, (row, _))| (*pupil, row.clone()));
                rows.collect::<BTreeMap<_, _>>()
            };
            let mut wanted: Vec<_> = lying
                .iter()
                .map(|file| (plain(&file.rows), file.sealed_to.clone()))
                .collect();
            let mut there: Vec<_> = seen
                .values()
                .map(|file| (file.rows.clone(), file.opens_for.clone()))
                .collect();
            wanted.sort();
            there.sort();
            expect(there == wanted, || {
                let pupils = &self.model.schools[school].pupils;
                format!(
                    "in the outbox of {school} lie\n  {there:?}\nand should\n  {wanted:?}\n{pupils:?}"
                )
            })?;
            self.played.rows_seen += there
                .iter()
                .map(|file| u32::try_from(file.0.len()).unwrap())
                .sum::<u32>();
            for file in lying.iter().filter(|_| passed) {
                for (pupil, (_, send)) in &file.rows {
                    let may = self.model.may_be_shared(school, *pupil, *send, today);
                    expect(may, || format!("{pupil} of {school} may not be shared"))?;
                }
            }
        }
        self.notices_are_right()?;
        self.receipts_are_right(passed)
    }

    /// The notices to destroy: whom each lists, and of how many files. Where nobody can tell who reads what, a
    /// file that was begun by a process that died is named as well.
    fn notices_are_right(&mut self) -> Checked {
        let mut number = 0;
        for at in 0..SCHOOLS.len() {
            let mut there = self.world.notices(at);
            let school = &self.model.schools[at];
            let exact = !school.reached_otherwise || self.played.deaths == 0;
            let counted = |notice: &BTreeMap<usize, BTreeSet<u64>>| {
                let files = notice.iter().map(|(pupil, files)| (*pupil, files.len()));
                (notice.len(), Some(files.collect::<BTreeMap<_, _>>()))
            };
            let mut wanted: Vec<_> = school.notices.iter().map(counted).collect();
            there.sort();
            wanted.sort();
            number += there.len();
            let alike = there.len() == wanted.len()
                && there
                    .iter()
                    .zip(&wanted)
                    .all(|(there, wanted)| match (&there.1, &wanted.1) {
                        (Some(listed), Some(files)) if exact => listed == files,
                        (Some(listed), Some(files)) => listed.keys().eq(files.keys()),
                        _ => there.0 == wanted.0,
                    });
            expect(alike, || {
                format!("{at} got the notices\n  {there:?}\nand should\n  {wanted:?}")
            })?;
        }
        self.played.notices += u32::try_from(number - self.notices_seen).unwrap();
        self.notices_seen = number;
        Ok(())
    }

    /// One receipt for each upload that was taken, and none for the others; counts that add up.
    fn receipts_are_right(&mut self, passed: bool) -> Checked {
        let seen = self.receipts_seen.clone();
        let receipts = self.world.receipts();
        let mut of_files = BTreeMap::<&str, usize>::new();
        let mut of_releases = BTreeMap::<(&str, &str), usize>::new();
        let played = &mut self.played;
        for (path, receipt) in receipts {
            let json = &receipt.json;
            let (id, outcome) = (
                json["id"].as_str().unwrap(),
                json["outcome"].as_str().unwrap(),
            );
            if let Some(name) = json["file"]["name"].as_str() {
                *of_files.entry(name).or_default() += 1;
                continue;
            }
            if json["kind"] == "release" {
                *of_releases.entry((id, outcome)).or_default() += 1;
            }
            if seen.contains(path) {
                continue;
            }
            match (outcome, json["release"]["trigger"].as_str()) {
                ("released", Some("recall")) => played.remakes += 1,
                ("released", _) => played.releases += 1,
                ("held", _) => played.held += 1,
                ("recalled", _) => played.recalls += 1,
                _ => {}
            }
            let counts = &json["counts"];
            let count = |what: &str| counts[what].as_u64().unwrap_or(0);
            let parts = [
                "shared",
                "no_record",
                "ambiguous",
                "expired",
                "not_eligible",
                "held",
            ];
            let sum: u64 = parts.into_iter().map(count).sum();
            expect(count("consented") == sum, || format!("{id}: {counts}"))?;
        }
        let twice: Vec<_> = of_releases.iter().filter(|one| *one.1 > 1).collect();
        expect(twice.is_empty(), || {
            format!("receipts given twice: {twice:?}")
        })?;
        let waiting = self
            .model
            .schools
            .iter()
            .map(|school| school.inbox.len())
            .sum::<usize>();
        let each_once = of_files.values().all(|times| *times == 1);
        let all = of_files.len() + waiting == self.uploads;
        expect(each_once && all, || {
            format!(
                "{} uploads, {waiting} not taken, receipts {of_files:?}",
                self.uploads
            )
        })?;
        expect(!passed || waiting == 0, || "left in an inbox".to_owned())?;
        let new = self.world.receipts().keys().cloned();
        self.receipts_seen.extend(new);
        Ok(())
    }

    // ---- what acts need

    fn read(&mut self, school: usize, file: usize, whole: bool) {
        let seen: Vec<_> = self.world.outbox(school).into_iter().collect();
        let Some((name, opened)) = seen.get(file % seen.len().max(1)) else {
            return;
        };
        self.played.reads += 1;
        self.world.read(school, name, whole);
        // Of two files alike, the older one has the lower number.
        let alike = |rows: &BTreeMap<usize, ([String; 4], bool)>| {
            rows.iter()
                .map(|(pupil, row)| (pupil, &row.0))
                .eq(&opened.rows)
        };
        let nth = seen
            .iter()
            .filter(|(other, file)| file == opened && other < name)
            .count();
        let lying = self.model.schools[school].outbox.iter();
        let mut same = lying.filter(|file| alike(&file.rows) && file.sealed_to == opened.opens_for);
        if let Some(number) = same.nth(nth).map(|file| file.number) {
            self.model.schools[school].read(number, whole);
        }
    }

    fn upload(&mut self, school: usize, what: &Sent) -> Upload {
        self.uploads += 1;
        self.played.uploads += 1;
        let today = local_day(self.now);
        let number = self.uploads;
        let by = u32::try_from(number).unwrap();
        let (kind, rows, word) = match what {
            Sent::Again => {
                if let Some(last) = &self.last_list[school] {
                    let word = if last.kind == Kind::List {
                        "leavers"
                    } else {
                        "add"
                    };
                    return Upload {
                        name: format!("{word} {number}.csv"),
                        number: by,
                        ..last.clone()
                    };
                }
                (Kind::List, Vec::new(), "leavers")
            }
            Sent::List(says) => (Kind::List, listed(says, school, today), "leavers"),
            Sent::Addition(says) => (Kind::Addition, listed(says, school, today), "add"),
            Sent::Withdrawal(names) => (Kind::Withdrawal, named(names, school, today), "withdrawn"),
            Sent::Request => (Kind::Request, Vec::new(), "request"),
        };
        let ending = if kind == Kind::Request { "txt" } else { "csv" };
        let upload = Upload {
            number: by,
            name: format!("{word} {number}.{ending}"),
            by_folder: false,
            text: text_of(school, kind, &rows),
            kind,
            rows,
        };
        if matches!(kind, Kind::List | Kind::Addition) {
            self.last_list[school] = Some(upload.clone());
        }
        upload
    }

    /// The command; none where there is nothing to decide.
    fn command_of(&mut self, act: &Act) -> Option<Command> {
        Some(match act {
            Act::Release {
                school,
                accept_extract,
            } => Command::Release {
                scope: scope(*school),
                dry_run: false,
                at: None,
                accept_extract: *accept_extract,
            },
            Act::Hold { school, recall } => Command::Hold {
                scope: scope(*school),
                reason: "made up".to_owned(),
                recall: *recall,
            },
            Act::Resume { school } => Command::Resume {
                scope: scope(*school),
            },
            Act::Tell {
                school,
                pupil,
                names,
            } => Command::Withdraw(Withdraw {
                school: SCHOOLS[*school].parse().unwrap(),
                who: who(*school, *pupil, *names),
            }),
            Act::Decide { school, undo } => {
                let by = self.model.schools[*school].braked()?;
                let id = self.world.submission(by);
                Command::Review(if *undo {
                    ReviewCommand::Undo {
                        id,
                        reason: "made up".to_owned(),
                    }
                } else {
                    ReviewCommand::Settle {
                        id,
                        pupil: None,
                        meant: true,
                    }
                })
            }
            _ => return None,
        })
    }

    fn step(&self, step: Step) -> OffsetDateTime {
        match step {
            Step::Hours(hours) => self.now + Duration::hours(hours),
            Step::Days(days) => self.now + Duration::days(days),
            Step::ToTheDay(nth, moment) => {
                let days = self.model.days_ahead(self.now);
                let Some(day) = days.get(nth).or(days.last()) else {
                    return self.now + Duration::DAY;
                };
                let at = match moment {
                    Moment::JustBefore => instant(*day, time!(00:00)) - Duration::MINUTE,
                    Moment::JustAfter => instant(*day, time!(00:10)),
                    Moment::Morning => instant(*day, time!(10:00)),
                };
                at.max(self.now + Duration::HOUR)
            }
        }
    }
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
    let records = || vec![crate::acts::RecordIs::Plain; crate::people::MOST];
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

fn listed(says: &[Says], school: usize, today: Date) -> Vec<(usize, Told)> {
    let rows = says.iter().take(PUPILS[school].len()).enumerate();
    let rows = rows.filter(|(_, says)| **says != Says::Nothing);
    rows.map(|(pupil, says)| {
        let day = match says {
            Says::Yes(when) | Says::Withdrawn(when) => reckoned(*when, today),
            _ => None,
        };
        (pupil, Told::Listed(*says, day))
    })
    .collect()
}

fn named(names: &[Names], school: usize, today: Date) -> Vec<(usize, Told)> {
    let rows = names.iter().take(PUPILS[school].len()).enumerate();
    let rows = rows.filter(|(_, names)| **names != Names::NotThisPupil);
    rows.map(|(pupil, names)| {
        let day = match names {
            Names::Exactly(when) => reckoned(*when, today),
            _ => None,
        };
        (pupil, Told::Named(*names, day))
    })
    .collect()
}

fn reckoned(when: When, today: Date) -> Option<Date> {
    match when {
        When::DaysAgo(days) => Some(today - Duration::days(days)),
        When::Untold => None,
    }
}

/// The pupil as an officer tells of one.
fn who(school: usize, pupil: usize, names: Names) -> Who {
    let pupil = &PUPILS[school][pupil % PUPILS[school].len()];
    let (forename, surname, born) = match names {
        Names::Nearly => (pupil.forename, "Misspelt", pupil.born.to_string()),
        Names::Somebody => ("Nobody", "Knownly", "2009-07-10".to_owned()),
        Names::Exactly(_) | Names::NotThisPupil => {
            (pupil.forename, pupil.surname, pupil.born.to_string())
        }
    };
    Who {
        forename: Some(forename.to_owned()),
        surname: Some(surname.to_owned()),
        date_of_birth: Some(born),
        ..Who::default()
    }
}

fn step_named((at, passed): (usize, u32)) -> (&'static str, u32) {
    (STEPS[at % STEPS.len()], passed)
}

/// What a pupil told the council is numbered from here on.
const TOLD_TO_COUNCIL: u32 = 1 << 20;

fn expect(holds: bool, why: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(why()) }
}
