//! The agreement as a small machine, written from the spec's words (sections 3, 5, 6 and 7) and from the
//! clauses, never from the code: what each school's consents are, whom a release may and must hold, and what
//! lies in each outbox. Slow and plain; a sentence of the spec stands where a rule follows it.

mod known;
mod school;
mod sent;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use time::{Date, Duration, OffsetDateTime};

use crate::{
    acts::{Agreement, RecordIs},
    days::{Lasts, cohort, end_of_consent, instant, local_day, september_after_leaving, turns},
    people::{PUPILS, Pupil, SCHOOLS},
};

pub(crate) use known::{Consent, Known, Standing};
use school::Latest;
pub(crate) use school::{File, School};
pub(crate) use sent::{Kind, Told, Upload};

/// What a destination file tells of a pupil: label, provider, start, confirmed.
pub(crate) type Row = [String; 4];

/// The whole council.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) schools: Vec<School>,
    pub(crate) on_hold: bool,
    lasts: Lasts,
    year12_hold: bool,
    /// In the council's folder, not yet looked at.
    pub(crate) exported: Option<Extract>,
    /// The last one that was used.
    extract: Option<Extract>,
    /// One that fell by too much, and that nobody has accepted.
    fallen: Option<Extract>,
    /// Moments of the schedule that were dealt with, and the last one that came before the story began.
    pub(crate) moments: Vec<OffsetDateTime>,
    moment_done: OffsetDateTime,
}

/// The council's records.
#[derive(Clone, Debug)]
pub(crate) struct Extract {
    pub(crate) of: Date,
    pub(crate) records: [Vec<RecordIs>; 2],
    pub(crate) rows: usize,
}

/// What a release's receipt must tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) consented: usize,
    pub(crate) shared: usize,
}

impl Model {
    pub(crate) fn new(lasts: Lasts, year12_hold: bool, moments: Vec<OffsetDateTime>) -> Self {
        let school = |pupils: &&[Pupil]| School {
            pupils: pupils.iter().map(|_| Known::default()).collect(),
            signed: Some(time::macros::date!(2020 - 01 - 01)),
            terminated: None,
            suspended: false,
            collectors: BTreeSet::from([0, 1]),
            on_hold: false,
            lists: BTreeMap::new(),
            lists_by: BTreeMap::new(),
            latest: BTreeMap::new(),
            inbox: VecDeque::new(),
            outbox: Vec::new(),
            owed: None,
            asked: 0,
            granted: false,
            last_grant: None,
            moment_served: None,
            made: Vec::new(),
            reached_otherwise: false,
            withdrawn: Vec::new(),
            notices: Vec::new(),
        };
        Self {
            schools: PUPILS.iter().map(school).collect(),
            on_hold: false,
            lasts,
            year12_hold,
            exported: None,
            extract: None,
            fallen: None,
            moments,
            moment_done: OffsetDateTime::UNIX_EPOCH,
        }
    }

    // ---- what is done

    /// All that is due: "what stops sharing comes before what shares".
    pub(crate) fn pass(&mut self, now: OffsetDateTime) {
        for school in 0..SCHOOLS.len() {
            while let Some(upload) = self.schools[school].inbox.pop_front() {
                self.judge(school, &upload, now);
            }
        }
        let today = local_day(now);
        for school in &mut self.schools {
            school.outbox.retain(|file| today < file.until);
        }
        self.take_back(now);
        for school in &mut self.schools {
            school.send_notices();
        }
        self.adopt();
        for school in self.due_by_schedule(now) {
            self.release(school, now);
        }
        self.moment_done = self.latest_moment(now).unwrap_or(self.moment_done);
        for school in 0..SCHOOLS.len() {
            // What waits when an agreement ends is answered: nothing can come of it.
            if !self.schools[school].in_force(today) {
                self.schools[school].asked = 0;
            }
            // Under a hold it keeps its place.
            if self.holds(school) {
                continue;
            }
            self.grant(school, now);
            if self.take_grant(school) {
                self.release(school, now);
            }
        }
    }

    /// What a file in the inbox does.
    pub(crate) fn judge(&mut self, school: usize, upload: &Upload, now: OffsetDateTime) {
        let today = local_day(now);
        let in_force = self.schools[school].in_force(today);
        self.schools[school].reached_otherwise |= upload.by_folder;
        match upload.kind {
            Kind::Request => {
                // "Under a hold, schedules and requests get a `held` receipt"; without an agreement nothing is
                // taken.
                if in_force && !self.holds(school) {
                    self.schools[school].asked += 1;
                    self.grant(school, now);
                }
            }
            Kind::Withdrawal => self.schools[school].hear(upload.number, |record| {
                record.take_withdrawals(upload, today);
            }),
            Kind::List | Kind::Addition => {
                let latest = self.schools[school].latest.get_mut(&upload.kind);
                // "Bytes equal to the school's *latest* submission of the same kind, where that took effect,
                // change nothing."
                if let Some(latest) = latest
                    && in_force
                    && (&latest.text, latest.took_effect) == (&upload.text, true)
                {
                    latest.number = upload.number;
                    return;
                }
                let taken = in_force && !upload.is_refused();
                let record = &mut self.schools[school];
                record.hear(upload.number, |record| {
                    if taken {
                        record.take_list(school, upload, today);
                    }
                    // "Withdrawals and plain Noes always take effect, even then."
                    record.take_withdrawals(upload, today);
                });
                let latest = Latest {
                    text: upload.text.clone(),
                    number: upload.number,
                    took_effect: taken,
                };
                record.latest.insert(upload.kind, latest);
            }
        }
    }

    /// Every file goes that holds a pupil who may no longer be shared, or that somebody can open who may no
    /// longer collect. The newest of those is made again without them.
    pub(crate) fn take_back(&mut self, now: OffsetDateTime) {
        let today = local_day(now);
        for at in 0..SCHOOLS.len() {
            let kept = |file: &File| {
                file.rows
                    .iter()
                    .all(|(pupil, (_, send))| self.may_be_shared(at, *pupil, *send, today))
                    && file.sealed_to.is_subset(&self.schools[at].collectors)
                    && self.schools[at].in_force(today)
            };
            let lying = self.schools[at].outbox.iter().cloned();
            let (stay, go): (Vec<_>, Vec<_>) = lying.partition(|file| kept(file));
            let school = &mut self.schools[at];
            let owed = go.into_iter().chain(school.owed.take());
            school.owed = owed.max_by_key(|file| file.number);
            school.outbox = stay;
            self.make_again(at, today);
        }
    }

    /// "The remake is a new release, from the values already disclosed, with the first file's end date."
    fn make_again(&mut self, at: usize, today: Date) {
        if self.holds(at) {
            return;
        }
        let Some(mut file) = self.schools[at].owed.take() else {
            return;
        };
        // An older file never takes the place of a newer one; without an agreement the outbox is empty.
        let newer = |lying: &File| lying.number > file.number;
        if self.schools[at].outbox.iter().any(newer)
            || today >= file.until
            || !self.schools[at].in_force(today)
        {
            return;
        }
        // It waits until somebody can open it.
        if self.schools[at].collectors.is_empty() {
            self.schools[at].owed = Some(file);
            return;
        }
        let may = |pupil: usize, send: bool| self.may_be_shared(at, pupil, send, today);
        file.rows.retain(|pupil, (_, send)| may(*pupil, *send));
        if !file.rows.is_empty() {
            self.schools[at].publish(file.rows, file.until);
        }
    }

    /// A process that died owes this school what it took back, although no agreement was in force at that
    /// moment: whoever comes next gives it up, unless one is in force by then.
    pub(crate) fn owes_still(&mut self, at: usize, before: &School) {
        let school = &mut self.schools[at];
        let gone = before
            .outbox
            .iter()
            .filter(|file| !school.outbox.contains(file));
        let owed = gone.chain(&before.owed).max_by_key(|file| file.number);
        school.owed = school.owed.take().or_else(|| owed.cloned());
    }

    /// Takes the council's newest export in: "a fall of more than 20 % in rows against the last one holds all
    /// releases".
    pub(crate) fn adopt(&mut self) {
        let Some(new) = self.exported.take() else {
            return;
        };
        let fell = self
            .extract
            .as_ref()
            .is_some_and(|last| new.rows * 5 < last.rows * 4);
        if fell {
            self.fallen = Some(new);
        } else {
            (self.extract, self.fallen) = (Some(new), None);
        }
    }

    /// An operator says that the extract is right although it fell.
    pub(crate) fn accept(&mut self) {
        self.adopt();
        self.extract = self.fallen.take().or(self.extract.take());
    }

    /// An operator releases.
    pub(crate) fn operator_releases(
        &mut self,
        scope: Option<usize>,
        accept_extract: bool,
        now: OffsetDateTime,
    ) -> BTreeMap<usize, Counted> {
        if accept_extract {
            self.accept();
        }
        // "Under a hold `release` exits 1."
        let refused = match scope {
            None => self.on_hold,
            Some(school) => self.holds(school),
        };
        if refused {
            return BTreeMap::new();
        }
        self.adopt();
        let schools = (0..SCHOOLS.len()).filter(|at| scope.is_none_or(|one| one == *at));
        let made = schools.filter_map(|at| Some((at, self.release(at, now)?)));
        made.collect()
    }

    /// A release to one school: whoever may be shared, and nobody else; none where something stands in the
    /// way.
    pub(crate) fn release(&mut self, at: usize, now: OffsetDateTime) -> Option<Counted> {
        let today = local_day(now);
        let extract = self.extract.as_ref().filter(|_| self.fallen.is_none())?;
        let fresh = (0..=45).contains(&(today - extract.of).whole_days());
        let school = &self.schools[at];
        // "somebody can open the file; nobody has said `hold`"
        if !fresh || self.holds(at) || !school.in_force(today) || school.collectors.is_empty() {
            return None;
        }
        let mut rows = BTreeMap::new();
        for (number, pupil) in PUPILS[at].iter().enumerate() {
            let record = extract.records[at].get(number).copied();
            let told = told(record.unwrap_or(RecordIs::Missing));
            if let Some(row) = told.filter(|_| self.may_be_shared(at, number, pupil.send, today)) {
                rows.insert(number, (row, pupil.send));
            }
        }
        let counted = Counted {
            consented: school.pupils.iter().filter(|one| one.is_given()).count(),
            shared: rows.len(),
        };
        if rows.is_empty() {
            return None;
        }
        self.schools[at].publish(rows, today + Duration::days(30));
        Some(counted)
    }

    /// A pupil tells the council: "acts at once".
    pub(crate) fn told_to_council(
        &mut self,
        school: usize,
        row: (usize, Told),
        by: u32,
        now: OffsetDateTime,
    ) {
        let upload = Upload {
            number: by,
            name: String::new(),
            by_folder: false,
            kind: Kind::Withdrawal,
            text: String::new(),
            rows: vec![row],
        };
        self.schools[school].hear(by, |record| {
            record.take_withdrawals(&upload, local_day(now));
        });
        self.take_back(now);
        for school in &mut self.schools {
            school.send_notices();
        }
    }

    /// "stop all sharing at once (`--recall` also empties outboxes)"
    pub(crate) fn hold(&mut self, scope: Option<usize>, recall: bool) {
        match scope {
            None => self.on_hold = true,
            Some(school) => self.schools[school].on_hold = true,
        }
        for school in (0..SCHOOLS.len()).filter(|at| recall && scope.is_none_or(|one| one == *at)) {
            // "`--recall` also empties outboxes": what is still to be made again belongs to them.
            self.schools[school].outbox.clear();
            self.schools[school].owed = None;
        }
    }

    pub(crate) fn resume(&mut self, scope: Option<usize>) {
        match scope {
            None => self.on_hold = false,
            Some(school) => self.schools[school].on_hold = false,
        }
    }

    pub(crate) fn agreement(&mut self, school: usize, becomes: Agreement, now: OffsetDateTime) {
        let (school, today) = (&mut self.schools[school], local_day(now));
        let signed = Some(time::macros::date!(2020 - 01 - 01));
        (school.signed, school.terminated, school.suspended) = match becomes {
            Agreement::InForce => (signed, None, false),
            Agreement::Suspended => (signed, None, true),
            Agreement::SignedIn(days) => (Some(today + Duration::days(days)), None, false),
            Agreement::TerminatedIn(days) => (signed, Some(today + Duration::days(days)), false),
        };
    }

    // ---- the rules

    /// Whether anybody has said `hold`.
    pub(crate) fn holds(&self, school: usize) -> bool {
        self.on_hold || self.schools[school].on_hold
    }

    /// Spec 6, but for what is asked of a whole release: "consent given to this school, not withdrawn, not
    /// lapsed, not held, not expired; the pupil is 16 or over and under the age limit".
    pub(crate) fn may_be_shared(
        &self,
        school: usize,
        pupil: usize,
        send: bool,
        today: Date,
    ) -> bool {
        let Some(consent) = self.schools[school].pupils[pupil].consent else {
            return false;
        };
        let Pupil { born, ehcp, .. } = PUPILS[school][pupil];
        consent.standing == Standing::Given
            && !consent.held
            && !(self.year12_hold && self.schools[school].list_is_due(cohort(born), today))
            && today >= turns(born, 16)
            && today < end_of_consent(born, consent.given, ehcp && send, self.lasts)
    }

    // ---- requests and schedules

    /// "`requests.min_interval` (28 days) per school"; first come, first served.
    fn grant(&mut self, school: usize, now: OffsetDateTime) {
        let (school, today) = (&mut self.schools[school], local_day(now));
        let rested = school
            .last_grant
            .is_none_or(|last| last + Duration::days(28) <= today);
        if school.asked > 0 && rested {
            school.asked -= 1;
            (school.granted, school.last_grant) = (true, Some(today));
        }
    }

    pub(crate) fn take_grant(&mut self, school: usize) -> bool {
        std::mem::take(&mut self.schools[school].granted)
    }

    /// The latest moment that has come: "a moment missed while the daemon was down is caught up once, if the
    /// moment is at most `release.catch_up` (7 days) old".
    fn latest_moment(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let come = self.moments.iter().filter(|moment| **moment <= now).max();
        come.copied()
            .filter(|moment| *moment > self.moment_done && now - *moment <= Duration::days(7))
    }

    fn due_by_schedule(&self, now: OffsetDateTime) -> Vec<usize> {
        let Some(moment) = self.latest_moment(now) else {
            return Vec::new();
        };
        let waits = |at: &usize| self.schools[*at].moment_served != Some(moment);
        (0..SCHOOLS.len()).filter(waits).collect()
    }

    /// The schedule was known from this instant on.
    pub(crate) fn begins(&mut self, now: OffsetDateTime) {
        self.moments.retain(|moment| *moment >= now);
    }

    /// The present moment is dealt with for this school.
    pub(crate) fn served_by_schedule(&mut self, school: usize, now: OffsetDateTime) {
        self.schools[school].moment_served = self.latest_moment(now);
    }

    /// Days ahead on which something ends or begins, in order.
    pub(crate) fn days_ahead(&self, now: OffsetDateTime) -> Vec<Date> {
        let today = local_day(now);
        let mut days = BTreeSet::new();
        for (at, school) in self.schools.iter().enumerate() {
            for (known, pupil) in school.pupils.iter().zip(PUPILS[at]) {
                let born = pupil.born;
                days.extend([turns(born, 16), september_after_leaving(cohort(born))]);
                let plan = pupil.ehcp && pupil.send;
                let given = known.consent.map(|one| one.given);
                days.extend(given.map(|day| end_of_consent(born, day, plan, self.lasts)));
            }
            days.extend(school.outbox.iter().map(|file| file.until));
            days.extend(school.signed.into_iter().chain(school.terminated));
            days.extend(school.last_grant.map(|last| last + Duration::days(28)));
        }
        days.extend(self.moments.iter().map(|moment| local_day(*moment)));
        days.extend(self.extract.iter().map(|one| one.of + Duration::days(46)));
        days.into_iter().filter(|day| *day > today).collect()
    }
}

/// When whoever is somewhere began there.
const STARTED: &str = "2025-09-03";

/// Spec 5: what may be told of a record, if anything. The table of labels is proved elsewhere.
fn told(record: RecordIs) -> Option<Row> {
    let row = |label: &str, provider: &str, started: &str| {
        Some([label, provider, started, "2025-09-15"].map(str::to_owned))
    };
    match record {
        RecordIs::Plain | RecordIs::WithoutUpn | RecordIs::Renamed => {
            row("School sixth form", "Nowhere Sixth Form", STARTED)
        }
        RecordIs::AtWork => row("Apprenticeship", "Nowhere Motors", STARTED),
        // "No provider on «Not in education, employment or training»"
        RecordIs::Seeking => row("Not in education, employment or training", "", STARTED),
        // "nor for codes whose provider alone would tell a special need (280, 460)"
        RecordIs::SpecialCollege => row("Other full-time education", "", STARTED),
        // "A lapsed record is shared as «Not known», without provider or start date."
        RecordIs::Lapsed | RecordIs::DueYesterday => row("Not known", "", ""),
        // Held, unknown, closed, more than one record, another school's: not shared.
        RecordIs::CodeHeld
        | RecordIs::CodeUnknown
        | RecordIs::ProviderHeld
        | RecordIs::Closed
        | RecordIs::Twice
        | RecordIs::OfAnotherSchool
        | RecordIs::Missing => None,
    }
}

/// The moments of the schedule, by the English clock: among them the days on which the clocks change.
pub(crate) fn moments() -> Vec<OffsetDateTime> {
    let days = [
        time::macros::date!(2026 - 03 - 29),
        time::macros::date!(2026 - 10 - 25),
        time::macros::date!(2027 - 03 - 01),
        time::macros::date!(2027 - 06 - 30),
        time::macros::date!(2027 - 10 - 31),
        time::macros::date!(2028 - 02 - 29),
    ];
    days.map(|day| instant(day, time::macros::time!(06:00)))
        .to_vec()
}
