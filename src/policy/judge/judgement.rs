//! What a list is judged by, and what comes of it.

use time::Date;

use crate::domain::{
    days::Cohort,
    ids::SubmissionId,
    problem::Problem,
    pupil::{Consent, Description, Remembered},
    receipt::{Outcome, RowCounts},
    school::School,
};

/// The council's settings on lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListRules {
    /// More bad rows than this, in per cent of the rows, refuse the list (`intake.max_bad_rows`).
    pub max_bad_rows: u8,
}

impl Default for ListRules {
    fn default() -> Self {
        Self { max_bad_rows: 10 }
    }
}

/// All that is known of the school when its list comes.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// Whose list it is.
    pub school: &'a School,
    /// The local day on which the list came.
    pub today: Date,
    /// The list's own id, which becomes the source of all that it changes.
    pub submission: SubmissionId,
    /// The council's settings.
    pub rules: &'a ListRules,
    /// All consents of the school, whatever their standing.
    pub consents: &'a [Consent],
    /// The school's last list of each cohort.
    pub lists: &'a [LastList],
    /// Withdrawals that fitted nobody exactly when they came.
    pub remembered: &'a [Remembered],
    /// Large files of withdrawals that an analyst may still undo.
    pub undoable: &'a [SubmissionId],
}

/// The length of a school's last list of one cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastList {
    /// The cohort.
    pub cohort: Cohort,
    /// How many pupils were on it, with consent or without.
    pub rows: u32,
}

/// What a list changes, and what the school is told of it. A refused list is a judgement like any other.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Judgement {
    /// How it ended.
    pub outcome: Outcome,
    /// How many rows of what.
    pub counts: RowCounts,
    /// What to mend: of the file first, then by row.
    pub problems: Vec<Problem>,
    /// What the school must know first, in sentences for the receipt's head.
    pub notes: Vec<String>,
    /// What to write into the ledger. A consent that stays as it was is not among them.
    pub changes: Vec<Change>,
    /// Whether the notices that follow wait for an analyst.
    pub withdrawals: WithdrawalScale,
}

/// One thing to write into the ledger.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A consent's whole new state. Its version counts on, and its source is the submission.
    Consent {
        /// What happened to it.
        effect: Effect,
        /// What it is now.
        consent: Box<Consent>,
    },
    /// A withdrawal that fits no pupil on record exactly, for lists that come later.
    Remember(Remembered),
    /// Someone who did not consent: kept only as keyed hashes.
    Refused(Description),
    /// The school's last list of a cohort is now this long.
    Listed(LastList),
    /// The school's last list of a cohort is so much longer, and came when it came; what an addition brought
    /// where there was none is the first.
    Lengthened(LastList),
}

/// What happened to a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The pupil was not on record. Such a consent may be withdrawn or held from its first day, by a
    /// withdrawal that was remembered.
    New,
    /// In force before and now, with other details or another day.
    Renewed,
    /// Lapsed or withdrawn before, in force now.
    Restored,
    /// No longer on the school's list.
    Lapsed,
    /// Withdrawn.
    Withdrawn,
    /// Held, because a withdrawal nearly fits.
    Held,
    /// No longer held, because a clearer file told whom the withdrawal meant.
    Cleared,
}

/// How many pupils a file withdraws: "a file that withdraws more than 5 pupils and more than 10 % of
/// a cohort stops sharing at once, but its notices wait for an analyst" (spec 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum WithdrawalScale {
    /// Few, or none.
    Usual,
    /// So many that it may be a mistake: the notices wait.
    Large,
}
