//! What the ledger knows of one school, opened for a judgement.

use super::barring::Barred;
use crate::{
    domain::{
        ids::{SchoolId, SubmissionId},
        list::FileKind,
        pupil::{Consent, Remembered},
    },
    ledger::{LedgerError, Marks, Notice, SealedConsent, View},
    policy::judge::LastList,
    vault::Vault,
};

/// A school's facts as they lie in the ledger: reading them is the writer's work, opening them is not.
pub(super) struct SealedFacts {
    consents: Vec<SealedConsent>,
    lists: Vec<LastList>,
    remembered: Vec<Remembered>,
    undoable: Vec<SubmissionId>,
    latest: Vec<(FileKind, [u8; 32])>,
    notices: Vec<Notice>,
    school: SchoolId,
    marks: Marks,
}

/// A school's facts, opened.
#[derive(Default)]
pub(super) struct SchoolFacts {
    pub(super) consents: Vec<Consent>,
    pub(super) lists: Vec<LastList>,
    pub(super) remembered: Vec<Remembered>,
    /// Large files of withdrawals that an analyst may still undo.
    pub(super) undoable: Vec<SubmissionId>,
    latest: Vec<(FileKind, [u8; 32])>,
    /// The notices that went to the school; for a confirmation only.
    pub(super) notices: Vec<Notice>,
    /// Those who were erased and are not to be shared, where there are any.
    pub(super) barred: Option<Barred>,
}

impl SealedFacts {
    /// Reads a school's facts, as far as a file of this kind needs them.
    pub(super) fn read(
        view: &View<'_>,
        school: SchoolId,
        kind: FileKind,
    ) -> Result<Self, LedgerError> {
        if kind == FileKind::Destruction {
            return Self::of_notices(view, school);
        }
        let mut latest = Vec::new();
        for kind in [
            FileKind::ConsentList,
            FileKind::Addition,
            FileKind::Withdrawal,
        ] {
            latest.extend(
                view.latest_effective(school, kind)?
                    .map(|(_, sha256)| (kind, sha256)),
            );
        }
        Ok(Self {
            consents: view.consents(school)?,
            lists: view
                .last_lists(school)?
                .iter()
                .map(|l| LastList {
                    cohort: l.cohort,
                    rows: l.rows,
                })
                .collect(),
            remembered: view.remembered(school)?,
            undoable: view.undoable_withdrawals(school)?,
            latest,
            notices: Vec::new(),
            school,
            marks: view.marks(school)?,
        })
    }

    fn of_notices(view: &View<'_>, school: SchoolId) -> Result<Self, LedgerError> {
        Ok(Self {
            consents: Vec::new(),
            lists: Vec::new(),
            remembered: Vec::new(),
            undoable: Vec::new(),
            latest: Vec::new(),
            notices: view.notices_of(school)?,
            school,
            marks: Marks::default(),
        })
    }

    /// Opens them.
    pub(super) fn open(self, vault: &Vault) -> Result<SchoolFacts, LedgerError> {
        let consents = self
            .consents
            .iter()
            .map(|sealed| sealed.open(vault))
            .collect::<Result<_, _>>()?;
        Ok(SchoolFacts {
            consents,
            lists: self.lists,
            remembered: self.remembered,
            undoable: self.undoable,
            latest: self.latest,
            notices: self.notices,
            barred: Barred::of(vault, self.school, self.marks),
        })
    }
}

impl SchoolFacts {
    /// Nothing but these consents: for a change that no file brings.
    pub(super) fn of_consents(consents: Vec<Consent>) -> Self {
        Self {
            consents,
            ..Self::default()
        }
    }

    /// The hash of the school's latest submission of this kind that took effect.
    pub(super) fn latest(&self, kind: FileKind) -> Option<[u8; 32]> {
        self.latest
            .iter()
            .find(|(of_kind, _)| *of_kind == kind)
            .map(|(_, sha256)| *sha256)
    }
}
