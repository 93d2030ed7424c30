//! Who was served which destination file, as the SFTP front end tells. In folder mode nobody tells.

use time::OffsetDateTime;

use crate::domain::{
    ids::{ReleaseId, SchoolId},
    school::Format,
};
use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx},
    columns::{At, Whole},
    releases::rows::{Release, ReleaseFile},
};

/// What one person was served of one file of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serving {
    /// Which file.
    pub format: Format,
    /// The fingerprint of the person's key.
    pub by: String,
    /// When the first bytes were served.
    pub touched_at: OffsetDateTime,
    /// When every byte had been served to this person.
    pub collected_at: Option<OffsetDateTime>,
}

/// Whether something was recorded now or is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Noted {
    /// Recorded now.
    New,
    /// Recorded before; nothing changed.
    Known,
}

impl Tx<'_> {
    /// A person was served bytes of a file: once for each person and file.
    pub fn touched(
        &self,
        release: ReleaseId,
        format: Format,
        by: &str,
        at: OffsetDateTime,
    ) -> Result<Noted, LedgerError> {
        let rows = self.run(
            "INSERT INTO served (release, format, person, touched_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
            (release, format, by, At(at)),
        )?;
        Ok(Noted::of(rows))
    }

    /// A person was served every byte of a file: once for each person and file.
    pub fn collected(
        &self,
        release: ReleaseId,
        format: Format,
        by: &str,
        at: OffsetDateTime,
    ) -> Result<Noted, LedgerError> {
        let rows = self.run(
            "INSERT INTO served (release, format, person, touched_at, collected_at)
             VALUES (?1, ?2, ?3, ?4, ?4)
             ON CONFLICT DO UPDATE SET collected_at = ?4 WHERE collected_at IS NULL",
            (release, format, by, At(at)),
        )?;
        Ok(Noted::of(rows))
    }

    /// The school was reminded so often of the release's files by now.
    pub fn reminded_of_release(&self, id: ReleaseId, reminders: u32) -> Result<(), LedgerError> {
        self.must(
            "release",
            id.number(),
            "UPDATE release SET reminders = ?2 WHERE id = ?1",
            (id, reminders),
        )
    }
}

impl Keyless<'_> {
    /// The release that a school's file of this name belongs to, whatever became of it, and the file.
    pub fn file_named(
        &self,
        school: SchoolId,
        name: &str,
    ) -> Result<Option<(ReleaseId, ReleaseFile)>, LedgerError> {
        self.one(
            "SELECT release.id, format, name, bytes, sha256
             FROM release_file JOIN release ON release = release.id
             WHERE name = ?2 AND school = ?1",
            (school, name),
            |row| {
                let file = ReleaseFile {
                    format: row.get(1)?,
                    name: row.get(2)?,
                    bytes: row.get::<_, Whole>(3)?.0,
                    sha256: row.get(4)?,
                };
                Ok((row.get(0)?, file))
            },
        )
    }

    /// The releases in a school's outbox that a newer one takes the place of, oldest first.
    pub fn uncollected_releases(&self, school: SchoolId) -> Result<Vec<Release>, LedgerError> {
        let mut uncollected = Vec::new();
        for release in self.live_releases(Some(school))? {
            if !self.is_collected(release.plan.id)? {
                uncollected.push(release);
            }
        }
        Ok(uncollected)
    }

    /// The school's latest release that put a file into the outbox, whatever became of the file.
    pub fn last_filed(&self, school: SchoolId) -> Result<Option<ReleaseId>, LedgerError> {
        self.one(
            "SELECT id FROM release
             WHERE school = ?1 AND state IN ('published', 'recalled', 'removed', 'superseded')
               AND EXISTS (SELECT 1 FROM release_file WHERE release_file.release = release.id)
             ORDER BY id DESC LIMIT 1",
            [school],
            |row| Ok(row.get(0)?),
        )
    }

    /// Who was served files of this release, by file and person.
    pub fn servings(&self, release: ReleaseId) -> Result<Vec<Serving>, LedgerError> {
        self.all(
            "SELECT format, person, touched_at, collected_at FROM served
             WHERE release = ?1 ORDER BY format, person",
            [release],
            |row| {
                Ok(Serving {
                    format: row.get(0)?,
                    by: row.get(1)?,
                    touched_at: row.get::<_, At>(2)?.0,
                    collected_at: row.get::<_, Option<At>>(3)?.map(|At(at)| at),
                })
            },
        )
    }

    /// Whether every byte of a file of this release was served to one person.
    pub fn is_collected(&self, release: ReleaseId) -> Result<bool, LedgerError> {
        let found = self.one(
            "SELECT 1 FROM served WHERE release = ?1 AND collected_at IS NOT NULL",
            [release],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }
}

impl Noted {
    fn of(rows: usize) -> Self {
        if rows == 0 { Self::Known } else { Self::New }
    }
}
