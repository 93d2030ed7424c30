//! Erased persons on a school's list. A yes that is not dated after the erasure is no consent: the row
//! counts as one that says nothing, is kept by keyed hash only, and the receipt says which row it is.

use crate::{
    domain::{
        ids::SchoolId,
        list::{Answer, FileKind, ListRow, PupilList, Withdrawal},
        problem::{Problem, ProblemCode},
        pupil::{Consent, Standing},
        receipt::Outcome,
    },
    ledger::{Lookups, Marks, SealedConsent},
    policy::{
        identity::{Fit, Traits, fit},
        judge::Judgement,
    },
    vault::Vault,
};

/// Who of a school was erased. Most schools have none, and then nobody is looked up.
pub(super) struct Barred {
    vault: Vault,
    school: SchoolId,
    marks: Marks,
}

/// The rows of a list whose yes does not count.
#[must_use]
pub(super) struct BarredRows {
    rows: Vec<u32>,
    column: Option<String>,
}

impl Barred {
    /// The marks of a school, if it has any.
    pub(super) fn of(vault: &Vault, school: SchoolId, marks: Marks) -> Option<Self> {
        (!marks.is_empty()).then(|| Self {
            vault: vault.clone(),
            school,
            marks,
        })
    }

    /// Takes the yes from every row about an erased person that is not dated after the erasure.
    pub(super) fn sift(
        &self,
        kind: FileKind,
        list: &mut PupilList,
        consents: &[Consent],
    ) -> BarredRows {
        let mut rows = Vec::new();
        if kind != FileKind::Withdrawal {
            for row in list.rows.iter_mut().filter(|row| says_yes(row)) {
                if self.bars(row, consents) {
                    row.answer = Answer::Unclear;
                    rows.push(row.number);
                }
            }
        }
        BarredRows {
            rows,
            column: list.columns.consent_date.clone(),
        }
    }

    /// Whether this consent is one that an erased person gave since.
    pub(super) fn lifts(&self, consent: &SealedConsent) -> bool {
        let facts = consent.facts();
        let dated = facts.standing == Standing::InForce && !facts.assumed;
        let since = self.marks.since(consent.lookups()).filter(|_| dated);
        since.is_some_and(|since| facts.given_on > since)
    }

    fn bars(&self, row: &ListRow, consents: &[Consent]) -> bool {
        let who = row.description();
        let lookups = Lookups::of_description(&self.vault, self.school, &who);
        let Some(since) = self.marks.since(&lookups) else {
            return false;
        };
        if row.consented_on.value().is_some_and(|day| *day > since) {
            return false;
        }
        // Who consented again, and whose mark is left by another identifier, has a consent on record.
        let who = Traits::of_description(&who);
        let again = consents.iter().any(|consent| {
            let later = !consent.assumed && consent.given_on > since;
            later && fit(&who, &Traits::of_pupil(&consent.pupil)) == Some(Fit::Exact)
        });
        !again
    }
}

impl BarredRows {
    /// Says so on the receipt, where the list was taken.
    pub(super) fn tell(self, judgement: &mut Judgement) {
        if judgement.outcome == Outcome::Rejected || self.rows.is_empty() {
            return;
        }
        let column = self.column.as_deref();
        let problems = self.rows.iter().map(|row| {
            Problem::of_row(ProblemCode::WithdrawnEarlier, *row, column).saying(MESSAGE)
        });
        judgement.problems.extend(problems);
        judgement.problems.sort_by_key(|problem| problem.row);
    }
}

/// A withdrawal or a no is as good as ever.
fn says_yes(row: &ListRow) -> bool {
    row.withdrawn == Withdrawal::No && matches!(row.answer, Answer::Yes | Answer::NoColumn)
}

/// What the school reads: as much as of any withdrawal.
const MESSAGE: &str = "This pupil asked the council to stop sharing, and this consent is not dated after that day. Nothing is shared.";
