//! One school as the model knows it: its agreement, its pupils' consents, its outbox, its notices.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use time::{Date, OffsetDateTime};

use super::{Consent, Kind, Known, Row, Standing, Told, Upload};
use crate::{
    acts::{Names, Says},
    days::{cohort, september_after_leaving},
    people::PUPILS,
};

#[expect(
    clippy::struct_excessive_bools,
    reason = "a school's state is that many answers to yes-or-no questions"
)]
#[derive(Clone, Debug)]
pub(crate) struct School {
    pub(crate) pupils: Vec<Known>,
    pub(crate) signed: Option<Date>,
    pub(crate) terminated: Option<Date>,
    pub(crate) suspended: bool,
    /// Who may collect.
    pub(crate) collectors: BTreeSet<usize>,
    pub(crate) on_hold: bool,
    /// When the last list of each cohort came.
    pub(crate) lists: BTreeMap<i32, Date>,
    /// And which it was, of those that are complete.
    pub(crate) lists_by: BTreeMap<i32, u32>,
    /// The latest list and the latest addition.
    pub(crate) latest: BTreeMap<Kind, Latest>,
    pub(crate) inbox: VecDeque<Upload>,
    pub(crate) outbox: Vec<File>,
    /// What was taken back and can't be made again yet.
    pub(crate) owed: Option<File>,
    pub(crate) asked: u32,
    pub(crate) granted: bool,
    pub(crate) last_grant: Option<Date>,
    /// The moment of the schedule that was served last.
    pub(crate) moment_served: Option<OffsetDateTime>,
    /// Every file that was ever in the outbox.
    pub(crate) made: Vec<Made>,
    /// A file came by the folder, so that nobody can tell who reads what.
    pub(crate) reached_otherwise: bool,
    /// Consents that were withdrawn and of which nothing has followed yet.
    pub(crate) withdrawn: Vec<Withdrawn>,
    /// Notices to destroy: whom each lists, and of which files.
    pub(crate) notices: Vec<BTreeMap<usize, BTreeSet<u64>>>,
}

/// The latest file of a kind.
#[derive(Clone, Debug)]
pub(crate) struct Latest {
    pub(crate) text: String,
    pub(crate) number: u32,
    pub(crate) took_effect: bool,
}

/// A file that was made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) number: u64,
    pub(crate) pupils: BTreeSet<usize>,
    /// "any byte was served"
    pub(crate) read: bool,
}

/// A consent that was withdrawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Withdrawn {
    pub(crate) by: u32,
    pub(crate) pupil: usize,
    pub(crate) was: Consent,
    /// A large file's: an analyst looks first.
    pub(crate) braked: bool,
}

/// A destination file in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// The first day on which it is no longer there.
    pub(crate) until: Date,
    /// Each pupil's row, and whether the extract told of an EHCP.
    pub(crate) rows: BTreeMap<usize, (Row, bool)>,
    pub(crate) sealed_to: BTreeSet<usize>,
    /// Every byte was served to somebody.
    pub(crate) collected: bool,
    /// In which order they were made.
    pub(crate) number: u64,
}

impl School {
    /// "the school's agreement is signed and no termination date has come"
    pub(crate) fn in_force(&self, today: Date) -> bool {
        let signed = self.signed.is_some_and(|day| day <= today);
        let ended = self.terminated.is_some_and(|day| day <= today);
        signed && !ended && !self.suspended
    }

    /// "where no list has come since the September after leaving"
    pub(super) fn list_is_due(&self, cohort: i32, today: Date) -> bool {
        let september = september_after_leaving(cohort);
        let came = self.lists.get(&cohort);
        today >= september && came.is_none_or(|day| *day < september)
    }

    /// A list that is taken: "complete for each leaving cohort that it mentions"; an addition lapses nobody.
    pub(super) fn take_list(&mut self, at: usize, upload: &Upload, today: Date) {
        let mut named = BTreeSet::new();
        let mut cohorts = BTreeSet::new();
        for (pupil, told) in &upload.rows {
            let Told::Listed(says, day) = *told else {
                continue;
            };
            // A bad row tells nothing: "a pupil whose own new row is bad is not on the new list".
            if says == Says::BadYes {
                continue;
            }
            cohorts.insert(cohort(PUPILS[at][*pupil].born));
            match says {
                Says::Yes(_) => self.pupils[*pupil].says_yes(day, today, upload.number),
                // Who withdraws does not lapse: it is more than that.
                Says::No | Says::Withdrawn(_) => {}
                Says::Unclear | Says::Nothing | Says::BadYes => continue,
            }
            named.insert(*pupil);
        }
        if upload.kind == Kind::Addition {
            for cohort in cohorts {
                self.lists.entry(cohort).or_insert(today);
            }
            return;
        }
        for (number, known) in self.pupils.iter_mut().enumerate() {
            let cohort = cohort(PUPILS[at][number].born);
            if !named.contains(&number) && cohorts.contains(&cohort) {
                known.lapses(upload.number);
            }
        }
        let numbers = cohorts.iter().map(|one| (*one, upload.number));
        self.lists_by.extend(numbers);
        self.lists
            .extend(cohorts.into_iter().map(|one| (one, today)));
    }

    pub(super) fn take_withdrawals(&mut self, upload: &Upload, today: Date) {
        let (by, waiting) = (upload.number, self.withdrawn.clone());
        let undoable = waiting.iter().filter(|one| one.braked).map(|one| one.by);
        let undoable: Vec<_> = undoable.collect();
        for (pupil, told) in &upload.rows {
            let known = &mut self.pupils[*pupil];
            match *told {
                Told::Listed(Says::No, _) => known.says_no(today, by),
                Told::Listed(Says::Withdrawn(_), day) | Told::Named(Names::Exactly(_), day) => {
                    known.withdraws(day, today, by, &undoable);
                }
                Told::Named(Names::Nearly, _) => known.is_doubted(today, by),
                Told::Listed(..) | Told::Named(..) => {}
            }
        }
        // Should a large file be undone, "whoever a later file speaks of stays as that file says".
        for pupil in upload.withdraws() {
            if let Some(consent) = self.pupils[pupil].consent.as_mut()
                && waiting.iter().any(|one| one.braked && one.by == consent.by)
            {
                consent.by = by;
            }
        }
    }

    /// Lets a file take effect, and notes whose consents it withdraws. "A file that withdraws more than 5
    /// pupils and more than 10 % of a cohort" is large; more than 5 of these few always are.
    pub(super) fn hear(&mut self, by: u32, file: impl FnOnce(&mut Self)) {
        let before = self.pupils.clone();
        file(self);
        let is = |consent: Consent| matches!(consent.standing, Standing::Withdrawn(_));
        let mut noted = Vec::new();
        for (pupil, (was, known)) in before.iter().zip(&self.pupils).enumerate() {
            if let (Some(was), Some(now)) = (was.consent, known.consent)
                && was != now
                && is(now)
            {
                noted.push((pupil, was));
            }
        }
        let braked = noted.iter().filter(|(_, was)| !is(*was)).count() > 5;
        let noted = noted.into_iter().map(|(pupil, was)| Withdrawn {
            by,
            pupil,
            was,
            braked,
        });
        self.withdrawn.extend(noted);
    }

    /// "Destroy notices follow withdrawals of pupils in files of which **any** byte was served, or where the
    /// transport cannot tell": one for each file of withdrawals; what an earlier one named is not named again.
    pub(crate) fn send_notices(&mut self) {
        let (waiting, due): (Vec<_>, Vec<_>) = self.withdrawn.iter().partition(|one| one.braked);
        self.withdrawn = waiting;
        for file in due.chunk_by(|one, next| one.by == next.by) {
            let listed = file.iter().filter_map(|one| {
                let consent = self.pupils[one.pupil].consent?;
                let still = matches!(consent.standing, Standing::Withdrawn(_));
                let files = self.to_destroy(one.pupil);
                (still && !files.is_empty()).then_some((one.pupil, files))
            });
            let listed: BTreeMap<_, _> = listed.collect();
            if !listed.is_empty() {
                self.notices.push(listed);
            }
        }
    }

    pub(super) fn to_destroy(&self, pupil: usize) -> BTreeSet<u64> {
        let named = |made: &Made| {
            let notices = self.notices.iter();
            notices
                .filter_map(|notice| notice.get(&pupil))
                .any(|files| files.contains(&made.number))
        };
        let held = self.made.iter().filter(|made| made.pupils.contains(&pupil));
        held.filter(|made| (made.read || self.reached_otherwise) && !named(made))
            .map(|made| made.number)
            .collect()
    }

    /// The file of withdrawals that waits for an analyst longest.
    pub(crate) fn braked(&self) -> Option<u32> {
        self.withdrawn
            .iter()
            .find(|one| one.braked)
            .map(|one| one.by)
    }

    /// An analyst says that it was meant.
    pub(crate) fn was_meant(&mut self, by: u32) {
        for one in self.withdrawn.iter_mut().filter(|one| one.by == by) {
            one.braked = false;
        }
    }

    /// An analyst undoes it: "whoever a later file speaks of stays as that file says". Who was on a list that
    /// came since is no longer known: "a pupil who is not on the school's last list has lapsed".
    pub(crate) fn undo(&mut self, at: usize, by: u32) {
        let (undone, waiting): (Vec<_>, Vec<_>) =
            self.withdrawn.iter().partition(|one| one.by == by);
        self.withdrawn = waiting;
        for one in undone {
            let known = &mut self.pupils[one.pupil];
            let is = known.consent.filter(|consent| consent.by == by);
            if is.is_some_and(|consent| matches!(consent.standing, Standing::Withdrawn(_))) {
                let list = self.lists_by.get(&cohort(PUPILS[at][one.pupil].born));
                let mut was = one.was;
                if was.standing == Standing::Given && list.is_some_and(|list| *list > by) {
                    was.standing = Standing::Lapsed;
                }
                known.consent = Some(was);
            }
        }
        for known in &mut self.pupils {
            known.withdrew.retain(|one| one.1 != by);
            known.doubted.retain(|one| one.1 != by);
        }
        // The same bytes may be sent again in earnest, and so may the list that came since.
        for (kind, latest) in &mut self.latest {
            if latest.number == by || *kind == Kind::List && latest.number > by {
                latest.took_effect = false;
            }
        }
    }

    /// Somebody read of a file.
    pub(crate) fn read(&mut self, number: u64, whole: bool) {
        if let Some(file) = self.outbox.iter_mut().find(|file| file.number == number) {
            file.collected |= whole;
        }
        if let Some(made) = self.made.iter_mut().find(|made| made.number == number) {
            made.read = true;
        }
    }

    /// "A newer release replaces an uncollected older one."
    pub(super) fn publish(&mut self, rows: BTreeMap<usize, (Row, bool)>, until: Date) {
        self.outbox.retain(|file| file.collected);
        let number = self.made.len() as u64 + 1;
        self.made.push(Made {
            number,
            pupils: rows.keys().copied().collect(),
            read: false,
        });
        self.outbox.push(File {
            number,
            until,
            rows,
            sealed_to: self.collectors.clone(),
            collected: false,
        });
        self.owed = None;
    }
}
