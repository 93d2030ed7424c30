//! Withdrawals whose consequences are still to be drawn: a notice to the school, or none; and, of a large
//! file that waits for an analyst, what it would take to undo it. Names nobody.

use std::ffi::OsStr;

use rusqlite::{Params, Row};
use time::OffsetDateTime;

use crate::{
    domain::{
        ids::{PupilId, SchoolId, SubmissionId},
        list::FileKind,
        pupil::Standing,
        receipt::Outcome,
    },
    ledger::{
        LedgerError,
        access::{Keyless, Tx},
        columns::{At, Day},
        consents::{IN_FORCE, LAPSED, WITHDRAWN},
    },
};

/// A consent that was withdrawn, and what it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// What withdrew it.
    pub submission: SubmissionId,
    /// Whose consent.
    pub pupil: PupilId,
    /// To which school it was given.
    pub school: SchoolId,
    /// When it was withdrawn.
    pub at: OffsetDateTime,
    /// Whether the notice waits for an analyst (spec 3: a large file of withdrawals).
    pub braked: bool,
    /// Where the consent stood before.
    pub was: Standing,
    /// What held it before.
    pub was_held_by: Option<SubmissionId>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT submission, pupil, school, at, braked, was_standing, was_withdrawn_on, was_held_by
             FROM withdrawal ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Keeps a withdrawal until its consequences are drawn.
    pub fn withdrew(&self, withdrawal: &Withdrawal) -> Result<(), LedgerError> {
        let (standing, on) = match withdrawal.was {
            Standing::InForce => (IN_FORCE, None),
            Standing::Lapsed => (LAPSED, None),
            Standing::Withdrawn(on) => (WITHDRAWN, Some(Day(on))),
        };
        self.run(
            "INSERT INTO withdrawal (submission, pupil, school, at, braked, was_standing,
               was_withdrawn_on, was_held_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
            (
                withdrawal.submission,
                withdrawal.pupil,
                withdrawal.school,
                At(withdrawal.at),
                withdrawal.braked,
                standing,
                on,
                withdrawal.was_held_by,
            ),
        )?;
        Ok(())
    }

    /// The consequences of these are drawn, or they were undone: nothing is left to do.
    pub fn withdrawals_settled(
        &self,
        submission: SubmissionId,
        pupils: &[PupilId],
    ) -> Result<(), LedgerError> {
        for pupil in pupils {
            self.run(
                "DELETE FROM withdrawal WHERE submission = ?1 AND pupil = ?2",
                (submission, pupil),
            )?;
        }
        Ok(())
    }

    /// A number for a withdrawal that a pupil told the council: there is no file, and nothing to judge.
    pub fn told_to_council(
        &self,
        school: SchoolId,
        at: OffsetDateTime,
    ) -> Result<SubmissionId, LedgerError> {
        let id = self.next_submission()?;
        let mut identity = [0; 16];
        identity[8..].copy_from_slice(&id.number().to_be_bytes());
        self.run(
            "INSERT INTO submission (id, school, kind, taken_at, taken_real, bytes, sha256, identity,
               lingering, judged, outcome, effective, sealed, by_council)
             VALUES (?1, ?2, ?3, ?4, ?4, 0, zeroblob(32), ?5, 0, 1, ?6, 1, ?7, 1)",
            (
                id,
                school,
                FileKind::Withdrawal,
                At(at),
                identity,
                Outcome::Accepted,
                self.seal_name(id, OsStr::new("")),
            ),
        )?;
        Ok(id)
    }

    /// What a submission withdrew was undone: the same bytes again are judged anew, and so are those of the
    /// lists that came after it.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where there is no such submission.
    pub fn undone(&self, school: SchoolId, id: SubmissionId) -> Result<(), LedgerError> {
        self.must(
            "submission",
            id.number(),
            "UPDATE submission SET effective = 0
             WHERE school = ?1 AND judged = 1 AND (id = ?2 OR id > ?2 AND kind = ?3)",
            (school, id, FileKind::ConsentList),
        )
    }

    /// An analyst says that a large file was meant: its notices wait no longer.
    pub fn release_brake(&self, submission: SubmissionId) -> Result<(), LedgerError> {
        self.run(
            "UPDATE withdrawal SET braked = 0 WHERE submission = ?1",
            [submission],
        )?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// Withdrawals whose consequences are to be drawn now, side by side for each submission.
    pub fn withdrawals_due(&self) -> Result<Vec<Withdrawal>, LedgerError> {
        self.withdrawals(select!("WHERE braked = 0 ORDER BY submission, pupil"), [])
    }

    /// Withdrawals that wait for an analyst, side by side for each submission.
    pub fn withdrawals_braked(&self) -> Result<Vec<Withdrawal>, LedgerError> {
        self.withdrawals(select!("WHERE braked = 1 ORDER BY submission, pupil"), [])
    }

    /// The school's submissions whose withdrawals an analyst may still undo.
    pub fn undoable_withdrawals(&self, school: SchoolId) -> Result<Vec<SubmissionId>, LedgerError> {
        self.all(
            "SELECT DISTINCT submission FROM withdrawal WHERE braked = 1 AND school = ?1",
            [school],
            |row| Ok(row.get(0)?),
        )
    }

    /// What one submission withdrew and is not settled.
    pub fn withdrawals_of(&self, submission: SubmissionId) -> Result<Vec<Withdrawal>, LedgerError> {
        self.withdrawals(
            select!("WHERE submission = ?1 ORDER BY pupil"),
            [submission],
        )
    }

    /// Whether the school's box is reached in another way than through our SFTP server, which tells who
    /// was served: a file came by the folder (spec 2, folder mode).
    pub fn is_reached_otherwise(&self, school: SchoolId) -> Result<bool, LedgerError> {
        let found = self.one(
            "SELECT 1 FROM submission
             WHERE school = ?1 AND uploaded_by IS NULL AND by_council = 0 LIMIT 1",
            [school],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    fn withdrawals(&self, sql: &str, params: impl Params) -> Result<Vec<Withdrawal>, LedgerError> {
        self.all(sql, params, read)
    }
}

fn read(row: &Row<'_>) -> Result<Withdrawal, LedgerError> {
    let pupil: PupilId = row.get(1)?;
    let was = match (row.get::<_, u8>(5)?, row.get::<_, Option<Day>>(6)?) {
        (IN_FORCE, _) => Standing::InForce,
        (LAPSED, _) => Standing::Lapsed,
        (WITHDRAWN, Some(Day(on))) => Standing::Withdrawn(on),
        _ => {
            return Err(LedgerError::Unreadable {
                table: "withdrawal",
                row: pupil.number(),
            });
        }
    };
    Ok(Withdrawal {
        submission: row.get(0)?,
        pupil,
        school: row.get(2)?,
        at: row.get::<_, At>(3)?.0,
        braked: row.get(4)?,
        was,
        was_held_by: row.get(7)?,
    })
}
