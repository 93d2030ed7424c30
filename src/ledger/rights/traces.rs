//! Where a person or a key left traces: what an officer asks after a pupil's question, or after a loss.

use time::OffsetDateTime;

use crate::{
    domain::{
        ids::{ReleaseId, SchoolId, SubmissionId},
        list::FileKind,
    },
    ledger::{
        LedgerError,
        access::Keyless,
        columns::At,
        releases::{Release, ReleaseState},
    },
};

/// An upload by a certain key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadBy {
    /// Its number.
    pub id: SubmissionId,
    /// The box it came in.
    pub school: SchoolId,
    /// What it is, by its name.
    pub kind: FileKind,
    /// When.
    pub at: OffsetDateTime,
}

impl Keyless<'_> {
    /// Every school of which the ledger holds anything, in order.
    pub fn schools_met(&self) -> Result<Vec<SchoolId>, LedgerError> {
        self.all(
            "SELECT id FROM school UNION SELECT school FROM submission
             UNION SELECT school FROM release UNION SELECT school FROM remembered
             UNION SELECT school FROM barred ORDER BY 1",
            [],
            |row| Ok(row.get(0)?),
        )
    }

    /// When the last upload of a school was taken of which the spool still holds a sealed copy, and how
    /// many there are.
    pub fn copies_of(
        &self,
        school: SchoolId,
    ) -> Result<Option<(u32, OffsetDateTime)>, LedgerError> {
        let found = self.one(
            "SELECT count(*), max(taken_at) FROM submission WHERE school = ?1 AND spool IS NOT NULL",
            [school],
            |row| Ok((row.get(0)?, row.get::<_, Option<At>>(1)?)),
        )?;
        Ok(found.and_then(|(count, last)| Some((count, last?.0))))
    }

    /// The releases, of all schools, whose files this key opens or whose bytes it was served, oldest first.
    pub fn releases_within_reach(&self, key: &str) -> Result<Vec<Release>, LedgerError> {
        let mut ids: Vec<ReleaseId> = self.all(
            "SELECT release FROM served WHERE person = ?1
             UNION SELECT release.id FROM release, json_each(recipients) AS key
             WHERE key.value = ?1 ORDER BY 1",
            [key],
            |row| Ok(row.get(0)?),
        )?;
        ids.dedup();
        let releases = ids.into_iter().map(|id| self.release(id));
        let releases: Vec<Option<Release>> = releases.collect::<Result<_, _>>()?;
        Ok(releases.into_iter().flatten().collect())
    }

    /// The releases of a school of which there ever was a file, oldest first.
    pub fn releases_with_files(&self, school: SchoolId) -> Result<Vec<Release>, LedgerError> {
        let mut releases = self.releases_of(school)?;
        releases.retain(|release| {
            !matches!(release.state, ReleaseState::Planned | ReleaseState::Held)
                && !release.files.is_empty()
        });
        Ok(releases)
    }

    /// What a person sent with this key, oldest first.
    pub fn uploads_by(&self, key: &str) -> Result<Vec<UploadBy>, LedgerError> {
        self.all(
            "SELECT id, school, kind, taken_at FROM submission WHERE uploaded_by = ?1 ORDER BY id",
            [key],
            |row| {
                Ok(UploadBy {
                    id: row.get(0)?,
                    school: row.get(1)?,
                    kind: row.get(2)?,
                    at: row.get::<_, At>(3)?.0,
                })
            },
        )
    }
}
