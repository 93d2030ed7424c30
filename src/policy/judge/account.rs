//! The account of a judgement: how many rows of what, which problems, and the sentences at the head
//! of the receipt. None of it names a pupil.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    days::Cohort,
    list::{FileKind, PupilList, Refusal},
    problem::{Problem, ProblemCode as Code},
    pupil::{Remembered, Standing},
    receipt::{Outcome, RowCounts},
};

use super::{
    book::Book,
    cohorts::lengths,
    course::Hearing,
    faults,
    judgement::{Change, Judgement, Situation, WithdrawalScale},
    people::{Person, Word},
    rows::{Claim, Row},
    sentences::Told,
    yeses::Taken,
};

/// What is told of a list while it is judged.
#[derive(Default)]
pub(super) struct Account {
    counts: RowCounts,
    problems: Vec<Problem>,
    /// Lapsed although the list names them, without a yes.
    unsaid: u32,
    incomplete: Vec<Cohort>,
    /// Rows whose day of consent was assumed.
    assumed: Vec<u32>,
    /// Rows that stopped sharing, or keep it from beginning.
    stops: BTreeSet<usize>,
    /// Persons whose consent this list withdrew.
    stopped: BTreeSet<usize>,
    withdrawn: BTreeMap<Cohort, usize>,
    remembered: Vec<Remembered>,
}

/// A list in which it is doubtful who the pupils are: "they do nothing, and the receipt says so first"
/// (spec 3).
pub(super) fn nothing_used(list: &PupilList, refusal: &Refusal) -> Judgement {
    refused(list, refusal.problem.clone(), vec![NOTHING_USED.to_owned()])
}

/// A list in which so many rows tell alike that nobody could say whom each of them means.
pub(super) fn too_alike(list: &PupilList) -> Judgement {
    let mut problem = Problem::of_file(Code::FileUnreadable).saying(TOO_ALIKE);
    TOO_ALIKE_FIX.clone_into(&mut problem.fix);
    refused(list, problem, vec![NOTHING_USED.to_owned()])
}

/// "A header without rows: rejected, nothing lapses" (spec 3).
pub(super) fn no_rows(list: &PupilList) -> Judgement {
    let message = "The list has a row of headers and no pupils, so nothing changed.";
    let problem = Problem::of_file(Code::FileEmpty).saying(message);
    refused(list, problem, Vec::new())
}

fn refused(list: &PupilList, problem: Problem, notes: Vec<String>) -> Judgement {
    let rows = number(list.rows.len());
    let mut problems = vec![problem];
    problems.extend(list.warnings.iter().cloned());
    Judgement {
        outcome: Outcome::Rejected,
        counts: RowCounts {
            rows,
            rejected: rows,
            ..RowCounts::default()
        },
        problems,
        notes,
        changes: Vec::new(),
        withdrawals: WithdrawalScale::Usual,
    }
}

impl Account {
    /// An account with the problems of the list as a whole.
    pub(super) fn open(hearing: &Hearing<'_>) -> Self {
        Self {
            problems: hearing.taking.problem().cloned().into_iter().collect(),
            ..Self::default()
        }
    }

    /// Tells of a problem of a row.
    pub(super) fn tell(&mut self, code: Code, row: &Row<'_>, column: Option<&str>) {
        self.problems
            .push(Problem::of_row(code, row.told.number, column));
    }

    /// Tells what became of a person's yes.
    pub(super) fn tell_yes(&mut self, taken: &Taken, person: &Person, hearing: &Hearing<'_>) {
        let count = if taken.new {
            &mut self.counts.new
        } else {
            &mut self.counts.renewed
        };
        *count += 1;
        let rows = person.rows.iter().map(|at| &hearing.rows[*at]);
        let good = rows.filter(|row| !row.is_bad());
        let undated = good.clone().filter(|row| row.claim == Claim::Yes(None));
        if taken.assumed {
            self.assumed.extend(undated.map(|row| row.told.number));
        }
        let first = good.min_by_key(|row| row.told.number);
        if let (Some(code), Some(row)) = (taken.warning, first) {
            let column = hearing.columns.consent_date.as_deref();
            self.tell(code, row, column.filter(|_| code == Code::WithdrawnEarlier));
        }
    }

    /// Tells of a consent that lapsed, of a person of whom the list says this.
    pub(super) fn tell_lapse(&mut self, word: Word) {
        self.counts.lapsed += 1;
        if word == Word::Unclear {
            self.unsaid += 1;
        }
    }

    /// Tells that more than a third of a cohort lapsed.
    pub(super) fn tell_incomplete(&mut self, cohort: Cohort) {
        self.incomplete.push(cohort);
    }

    /// Tells of a withdrawal that fits nobody.
    pub(super) fn tell_unlisted(&mut self, row: &Row<'_>, hearing: &Hearing<'_>) {
        let problem = Problem::of_row(Code::PupilNotOnAList, row.told.number, None);
        self.problems.push(if hearing.kind == FileKind::Withdrawal {
            problem
        } else {
            problem.saying(
                "This pupil had not consented on an earlier list. The withdrawal is remembered, should \
                 a later list say yes.",
            )
        });
    }

    /// Keeps a withdrawal for later.
    pub(super) fn remember(&mut self, one: Remembered) {
        self.remembered.push(one);
    }

    /// Counts a consent that was withdrawn by this list.
    pub(super) fn count_withdrawal(&mut self, person: usize, cohort: Cohort) {
        self.stopped.insert(person);
        *self.withdrawn.entry(cohort).or_default() += 1;
    }

    /// Whether this list withdrew a consent of this person.
    pub(super) fn stopped(&self, person: usize) -> bool {
        self.stopped.contains(&person)
    }

    /// Counts a row that took effect as a withdrawal.
    pub(super) fn count_stop(&mut self, row: usize) {
        self.stops.insert(row);
    }

    /// The judgement.
    pub(super) fn close(
        mut self,
        hearing: &Hearing<'_>,
        list: &PupilList,
        situation: &Situation<'_>,
        book: Book<'_>,
    ) -> Judgement {
        self.count_rows(hearing);
        self.problems.extend(list.warnings.iter().cloned());
        if hearing.taking.tells_rows() {
            let used = |at| self.fate(at, hearing) == Fate::Withdrawn;
            let cells = faults::cells(hearing, used).collect::<Vec<_>>();
            self.problems.extend(cells);
        }
        if hearing.taking.takes_all() {
            self.problems.extend(faults::duplicates(hearing));
            self.problems.extend(faults::year_groups(hearing));
            let assumed = faults::assumed(hearing, &self.assumed);
            self.problems.extend(assumed);
        }
        self.problems.sort_by_key(|problem| problem.row);
        let withdrawals = self.scale(situation);
        let refused = !hearing.taking.takes_all();
        let told = Told {
            missing: self.counts.lapsed - self.unsaid,
            unsaid: self.unsaid,
            incomplete: &self.incomplete,
            despite: if refused { self.stops.len() } else { 0 },
            withdrawals,
        };
        let notes = told.sentences();
        let mut changes = Vec::new();
        if hearing.taking.takes_all() && hearing.kind != FileKind::Withdrawal {
            changes.extend(self.refusals(hearing));
            let lengths = lengths(hearing, &book, situation.lists);
            let listed = match hearing.kind {
                FileKind::Addition => Change::Lengthened,
                _ => Change::Listed,
            };
            changes.extend(lengths.into_iter().map(listed));
        }
        changes.extend(self.remembered.into_iter().map(Change::Remember));
        Judgement {
            outcome: outcome(hearing, self.counts),
            counts: self.counts,
            problems: self.problems,
            notes,
            changes: book.close().chain(changes).collect(),
            withdrawals,
        }
    }

    /// "`rows` counts data rows without blank ones, and is the sum of `consented`, `not_consented`,
    /// `withdrawn` and `rejected`" (spec 3). Of a refused list all is rejected but what withdraws.
    fn count_rows(&mut self, hearing: &Hearing<'_>) {
        for at in 0..hearing.rows.len() {
            let fate = self.fate(at, hearing);
            let count = match fate {
                Fate::Consented => &mut self.counts.consented,
                Fate::NotConsented => &mut self.counts.not_consented,
                Fate::Withdrawn => &mut self.counts.withdrawn,
                Fate::Rejected => &mut self.counts.rejected,
            };
            *count += 1;
            self.counts.rows += 1;
        }
    }

    fn fate(&self, at: usize, hearing: &Hearing<'_>) -> Fate {
        if self.stops.contains(&at) {
            return Fate::Withdrawn;
        }
        let person = hearing.people.of_row[at];
        let Some(one) = person.filter(|_| hearing.taking.takes_all()) else {
            return Fate::Rejected;
        };
        if hearing.rows[at].is_bad() {
            return Fate::Rejected;
        }
        match hearing.people.persons[one].word {
            Word::Yes(_) => Fate::Consented,
            Word::No if self.stopped(one) => Fate::Withdrawn,
            Word::No | Word::Unclear | Word::Silent => Fate::NotConsented,
            Word::Withdrawn { .. } => Fate::Withdrawn,
        }
    }

    /// Those who did not consent, each once.
    fn refusals(&self, hearing: &Hearing<'_>) -> Vec<Change> {
        let persons = hearing.people.persons.iter().enumerate();
        let refused = persons.filter(|(one, person)| match person.word {
            // An addition lapses nobody, so that who consented earlier still does.
            Word::Unclear => hearing.kind != FileKind::Addition || person.consents.is_empty(),
            Word::No => !self.stopped(*one),
            Word::Silent | Word::Yes(_) | Word::Withdrawn { .. } => false,
        });
        let described = refused.filter_map(|(_, person)| person.described(&hearing.rows));
        described.map(Change::Refused).collect()
    }

    /// "A file that withdraws more than 5 pupils and more than 10 % of a cohort" (spec 3), of those of
    /// the cohort whose consent was in force.
    fn scale(&self, situation: &Situation<'_>) -> WithdrawalScale {
        if self.withdrawn.values().sum::<usize>() <= FEW_WITHDRAWALS {
            return WithdrawalScale::Usual;
        }
        let mut sizes = BTreeMap::<Cohort, usize>::new();
        let consents = situation.consents.iter();
        for consent in consents.filter(|one| one.standing == Standing::InForce) {
            *sizes.entry(consent.pupil.cohort()).or_default() += 1;
        }
        let size = |cohort| sizes.get(cohort).copied().unwrap_or_default();
        let mut withdrawn = self.withdrawn.iter();
        if withdrawn.any(|(cohort, pupils)| pupils * 100 > size(cohort) * SMALL_SHARE) {
            WithdrawalScale::Large
        } else {
            WithdrawalScale::Usual
        }
    }
}

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Consented,
    NotConsented,
    Withdrawn,
    Rejected,
}

fn outcome(hearing: &Hearing<'_>, counts: RowCounts) -> Outcome {
    if !hearing.taking.takes_all() || counts.rejected == counts.rows {
        Outcome::Rejected
    } else if counts.rejected > 0 {
        Outcome::AcceptedWithErrors
    } else {
        Outcome::Accepted
    }
}

fn number(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// The first sentence of a receipt where a list is doubtful in whom it means.
pub const NOTHING_USED: &str = "Nothing in this file was used, not even withdrawals, because it is not certain which \
                            pupils it means. If it withdraws consent, please send it again at once, corrected.";

/// What is wrong with a list of rows that tell alike.
pub const TOO_ALIKE: &str = "The same number, or the same name and date of birth, stands in so many rows that it \
                         can't be told whom they mean.";

/// How to mend it.
pub const TOO_ALIKE_FIX: &str =
    "Check that no column was filled down with one value, and send it again.";

/// Up to so many withdrawals are never large.
const FEW_WITHDRAWALS: usize = 5;

/// Up to this share of a cohort, in per cent, withdrawals are never large.
const SMALL_SHARE: usize = 10;
