//! Whether a list as a whole is taken. Where it is not, "withdrawals and plain Noes always take
//! effect" (spec 3), as far as the reason for the refusal leaves them trustworthy.

use crate::domain::{
    destination::SchoolMention,
    list::{FileKind, PupilList, SchoolNamed},
    problem::{Problem, ProblemCode as Code},
    school::{AgreementStanding, School},
};

use super::{judgement::Situation, rows::Row};

/// What is taken of a list.
#[must_use]
pub(super) enum Taking {
    /// All of its good rows.
    All,
    /// "Withdraw whom they fit exactly, hold whom they fit nearly, and add nothing else": the list as
    /// such is doubtful.
    WhomItFits(Problem),
    /// What withdraws, also whom it does not know yet: the list may be right, and is not taken.
    Withdrawals(Problem),
    /// The same, because too many rows are bad; each is told of.
    WithdrawalsForBadRows(Problem),
}

impl Taking {
    /// What is taken of this list.
    pub(super) fn decide(
        kind: FileKind,
        list: &PupilList,
        rows: &[Row<'_>],
        situation: &Situation<'_>,
    ) -> Self {
        if let Some(refusal) = &list.refusal {
            return Self::WhomItFits(refusal.problem.clone());
        }
        if let Some(problem) = wrong_school(list, situation.school) {
            return Self::WhomItFits(problem);
        }
        // A file of withdrawals needs no agreement, and each of its rows stands alone.
        if kind == FileKind::Withdrawal {
            return Self::All;
        }
        if situation.school.standing(situation.today) != AgreementStanding::InForce {
            return Self::Withdrawals(Problem::of_file(Code::AgreementNotInForce));
        }
        match too_many_bad(rows, situation.rules.max_bad_rows) {
            Some(problem) => Self::WithdrawalsForBadRows(problem),
            None => Self::All,
        }
    }

    /// Whether the good rows of the list are taken.
    pub(super) fn takes_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// Whether a withdrawal that fits nobody is kept for later.
    pub(super) fn remembers(&self) -> bool {
        !matches!(self, Self::WhomItFits(_))
    }

    /// Whether the school is told what is wrong row by row: only where mending the rows helps.
    pub(super) fn tells_rows(&self) -> bool {
        matches!(self, Self::All | Self::WithdrawalsForBadRows(_))
    }

    /// Why the list was refused.
    pub(super) fn problem(&self) -> Option<&Problem> {
        match self {
            Self::All => None,
            Self::WhomItFits(problem)
            | Self::Withdrawals(problem)
            | Self::WithdrawalsForBadRows(problem) => Some(problem),
        }
    }
}

/// "school, LAESTAB, URN: must be this school: another school's id refuses the list" (spec 3). A name
/// proves nothing, and a URN only where the school's own is known.
fn wrong_school(list: &PupilList, school: &School) -> Option<Problem> {
    let elsewhere = |mention: &SchoolMention| match mention {
        SchoolMention::Laestab(laestab) => *laestab != school.id.laestab(),
        SchoolMention::Urn(urn) => school.urn.is_some_and(|own| own != *urn),
    };
    let offends = |named: Option<&SchoolNamed>| match named {
        Some(SchoolNamed::Number(mention)) => elsewhere(mention),
        Some(SchoolNamed::Name) | None => false,
    };
    let offenders = list.rows.iter().filter(|row| offends(row.school.value()));
    let first = offenders.map(|row| row.number).min()?;
    let column = list.columns.school.as_deref();
    Some(Problem::of_row(Code::WrongSchool, first, column))
}

/// "Good rows are taken and bad rows reported, unless at least 3 rows and more than
/// `intake.max_bad_rows` of the rows are bad: then the list is rejected whole and nothing changes. All
/// rows bad: rejected, however few" (spec 3).
fn too_many_bad(rows: &[Row<'_>], per_cent: u8) -> Option<Problem> {
    let bad = rows.iter().filter(|row| row.is_bad()).count();
    let problem = Problem::of_file(Code::TooManyBadRows);
    if bad == rows.len() {
        let message = "No row of the list can be used as it is, so nothing changed.";
        return Some(problem.saying(message));
    }
    let many = bad >= FEWEST_BAD && bad * 100 > rows.len() * usize::from(per_cent);
    let message = || {
        let all = rows.len();
        format!("{bad} of {all} rows need mending, so the whole list was refused.")
    };
    many.then(|| problem.saying(message()))
}

/// So many bad rows never refuse a list, whatever their share.
pub const FEWEST_BAD: usize = 3;
