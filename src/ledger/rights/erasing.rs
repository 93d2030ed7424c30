//! Erasure of one person: what is sealed of them goes, in every table that has it. That it was there, and
//! what was done with it, stays in the trail.

use crate::{
    domain::{
        ids::{PupilId, SchoolId, SubmissionId},
        pupil::Remembered,
    },
    ledger::{
        LedgerError,
        access::{Keyless, Tx, View},
        columns::Whole,
        consents::{REMEMBERED, remembered_row},
    },
};

impl Tx<'_> {
    /// Removes all that is sealed of a pupil: the consent with its look-ups, what each release told, the
    /// name in notices, a tie. What a submission's withdrawal could be undone to goes as well.
    /// Tells how many releases told of the pupil.
    pub fn erase_pupil(&self, school: SchoolId, pupil: PupilId) -> Result<usize, LedgerError> {
        let disclosures = self.run(
            "DELETE FROM disclosure WHERE pupil = ?2
               AND release IN (SELECT id FROM release WHERE school = ?1)",
            (school, pupil),
        )?;
        self.erase_from_notices(pupil)?;
        self.run(
            "DELETE FROM withdrawal WHERE school = ?1 AND pupil = ?2",
            (school, pupil),
        )?;
        self.erase_consents(school, &[pupil])?;
        Ok(disclosures)
    }

    /// Forgets withdrawals that were remembered, by the numbers of their rows.
    pub fn forget_rows(&self, school: SchoolId, rows: &[u64]) -> Result<(), LedgerError> {
        for row in rows {
            self.must(
                REMEMBERED,
                *row,
                "DELETE FROM remembered WHERE school = ?1 AND id = ?2",
                (school, Whole(*row)),
            )?;
        }
        Ok(())
    }
}

impl Keyless<'_> {
    /// Whether nothing that these withdrew is left of which the consequences are still to be drawn.
    pub fn withdrawals_are_drawn(&self, submissions: &[SubmissionId]) -> Result<bool, LedgerError> {
        for submission in submissions {
            if !self.withdrawals_of(*submission)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl View<'_> {
    /// The school's withdrawals that fitted nobody yet, each with the number of its row.
    pub fn remembered_rows(&self, school: SchoolId) -> Result<Vec<(u64, Remembered)>, LedgerError> {
        self.all(
            "SELECT id, sealed FROM remembered WHERE school = ?1 ORDER BY id",
            [school],
            |row| {
                let number = row.get::<_, Whole>(0)?.0;
                let sealed = row.get_ref(1)?.as_blob().unwrap_or_default();
                Ok((
                    number,
                    remembered_row(self.vault(), school, number, sealed)?,
                ))
            },
        )
    }
}
