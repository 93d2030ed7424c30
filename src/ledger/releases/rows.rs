//! Releases: planned, sealed, published, and at some time closed. Each step is in the ledger before
//! anyone can see it, so that after a crash it is known what was begun (design, invariant 2).

use std::collections::HashSet;

use rusqlite::{Row, params};
use serde::Serialize;
use time::{Date, OffsetDateTime};

use crate::domain::{
    ids::{ReleaseId, SchoolId},
    receipt::{ExpiryRule, ReleaseCounts, Trigger},
    school::Format,
};
use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx},
    columns::{At, Day, Whole, words},
    extracts::ExtractId,
    releases::SealedDisclosure,
};

/// A release as it is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRelease {
    /// Its number, reserved before.
    pub id: ReleaseId,
    /// For whom.
    pub school: SchoolId,
    /// Why.
    pub trigger: Trigger,
    /// The moment of a schedule that it answers: one moment makes one release for a school, whatever
    /// crashes between.
    pub occasion: Option<String>,
    /// The instant at which all rules were applied.
    pub at: OffsetDateTime,
    /// The release that it takes the place of.
    pub supersedes: Option<ReleaseId>,
    /// From which extract; `None` where none was fit.
    pub extract: Option<ExtractId>,
    /// The rule by which consents expired.
    pub expiry_rule: ExpiryRule,
    /// How many of what.
    pub counts: ReleaseCounts,
    /// The day from which the file is no longer in the outbox.
    pub keep_until: Option<Date>,
    /// The first day on which the gate would say no to one of its rows.
    pub sound_until: Option<Date>,
    /// The revision of the school's consents that the plan saw.
    pub revision: u64,
}

/// Where a release stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReleaseState {
    /// It is settled what is shared; no file yet.
    Planned,
    /// The file is made, and not in the outbox yet.
    Sealed,
    /// The file lies in the outbox.
    Published,
    /// Nothing was made, for a reason that the receipt tells.
    Held,
    /// Taken back.
    Recalled,
    /// Its time in the outbox is over.
    Removed,
    /// A newer release took its place.
    Superseded,
}

words! {
    ReleaseState {
        Planned "planned" Sealed "sealed" Published "published" Held "held" Recalled "recalled"
        Removed "removed" Superseded "superseded"
    }
}

impl ReleaseState {
    /// The state in one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sealed => "sealed",
            Self::Published => "published",
            Self::Held => "held",
            Self::Recalled => "recalled",
            Self::Removed => "removed",
            Self::Superseded => "superseded",
        }
    }
}

/// How a release ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Closed {
    /// Nothing is made.
    Held,
    /// Taken back.
    Recalled,
    /// Its time in the outbox is over.
    Removed,
    /// A newer release took its place.
    Superseded,
}

impl From<Closed> for ReleaseState {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Held => Self::Held,
            Closed::Recalled => Self::Recalled,
            Closed::Removed => Self::Removed,
            Closed::Superseded => Self::Superseded,
        }
    }
}

/// A release on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// As it was planned.
    pub plan: NewRelease,
    /// Where it stands.
    pub state: ReleaseState,
    /// Its files; empty until sealed.
    pub files: Vec<ReleaseFile>,
    /// Fingerprints of the keys that open them; empty until sealed.
    pub recipients: Vec<String>,
    /// When it ended.
    pub closed_at: Option<OffsetDateTime>,
    /// How often the school was reminded of its files.
    pub reminders: u32,
}

/// One file of a release, encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReleaseFile {
    /// Its form.
    pub format: Format,
    /// Its name in `outbox/`.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, school, cause, at, state, supersedes, extract, expiry_rule, counts, recipients,
               keep_until, revision, closed_at, occasion, sound_until, reminders FROM release ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Records what a release shares, before anything is made of it.
    pub fn plan_release(
        &self,
        plan: &NewRelease,
        disclosures: &[SealedDisclosure],
    ) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO release (id, school, cause, at, state, supersedes, extract, expiry_rule,
               counts, keep_until, revision, occasion, sound_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                plan.id,
                plan.school,
                plan.trigger,
                At(plan.at),
                ReleaseState::Planned,
                plan.supersedes,
                plan.extract,
                plan.expiry_rule,
                to_json(&plan.counts),
                plan.keep_until.map(Day),
                Whole(plan.revision),
                plan.occasion,
                plan.sound_until.map(Day),
            ],
        )?;
        self.disclose(disclosures)
    }

    /// The release's files are made, for these keys. Sealing again replaces what was said before.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where it is neither planned nor sealed.
    pub fn sealed(
        &self,
        id: ReleaseId,
        files: &[ReleaseFile],
        recipients: &[String],
    ) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE release SET state = 'sealed', recipients = ?2
             WHERE id = ?1 AND state IN ('planned', 'sealed')",
            (id, to_json(&recipients)),
        )?;
        self.run("DELETE FROM release_file WHERE release = ?1", [id])?;
        for file in files {
            self.run(
                "INSERT INTO release_file (release, format, name, bytes, sha256)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                (id, file.format, &file.name, Whole(file.bytes), file.sha256),
            )?;
        }
        Ok(())
    }

    /// The release's files lie in the outbox.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where it is not sealed.
    pub fn published(&self, id: ReleaseId) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE release SET state = 'published' WHERE id = ?1 AND state IN ('sealed', 'published')",
            [id],
        )
    }

    /// A live release was looked at again, and every row of it still stands.
    pub fn still_sound(
        &self,
        id: ReleaseId,
        revision: u64,
        sound_until: Date,
    ) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE release SET revision = ?2, sound_until = ?3 WHERE id = ?1 AND state = 'published'",
            (id, Whole(revision), Day(sound_until)),
        )
    }

    /// Ends a release. What it disclosed stays on record.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where it is unknown or has ended already.
    pub fn close_release(
        &self,
        id: ReleaseId,
        how: Closed,
        at: OffsetDateTime,
    ) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE release SET state = ?2, closed_at = ?3
             WHERE id = ?1 AND state IN ('planned', 'sealed', 'published')",
            (id, ReleaseState::from(how), At(at)),
        )
    }

    /// A recalled release is to be made again, without whom it may no longer hold.
    pub fn owe_remake(&self, id: ReleaseId) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE release SET owed = 1 WHERE id = ?1 AND state = 'recalled'",
            [id],
        )
    }

    /// A school's recalled releases need not be made again: one was made, or none can be.
    pub fn remakes_settled(&self, school: SchoolId) -> Result<(), LedgerError> {
        self.run(
            "UPDATE release SET owed = 0 WHERE owed = 1 AND school = ?1",
            [school],
        )?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// Releases that were begun and are not in the outbox yet, oldest first.
    pub fn unfinished_releases(&self) -> Result<Vec<Release>, LedgerError> {
        self.releases(
            select!("WHERE state IN ('planned', 'sealed') ORDER BY id"),
            [],
        )
    }

    /// Releases whose files lie in outboxes, of one school or of all, oldest first.
    pub fn live_releases(&self, school: Option<SchoolId>) -> Result<Vec<Release>, LedgerError> {
        match school {
            Some(school) => self.releases(
                select!("WHERE state = 'published' AND school = ?1 ORDER BY id"),
                [school],
            ),
            None => self.releases(select!("WHERE state = 'published' ORDER BY school, id"), []),
        }
    }

    /// Recalled releases that are still to be made again, oldest first.
    pub fn owed_remakes(&self) -> Result<Vec<Release>, LedgerError> {
        self.releases(select!("WHERE owed = 1 ORDER BY id"), [])
    }

    /// The schools that have had their release for this moment of a schedule.
    pub fn served_on(&self, occasion: &str) -> Result<HashSet<SchoolId>, LedgerError> {
        let schools = self.all(
            "SELECT school FROM release WHERE occasion = ?1",
            [occasion],
            |row| Ok(row.get(0)?),
        )?;
        Ok(schools.into_iter().collect())
    }

    /// One release.
    pub fn release(&self, id: ReleaseId) -> Result<Option<Release>, LedgerError> {
        let found = self.releases(select!("WHERE id = ?1"), [id])?;
        Ok(found.into_iter().next())
    }

    /// Every release that was made for a school, oldest first.
    pub fn releases_of(&self, school: SchoolId) -> Result<Vec<Release>, LedgerError> {
        self.releases(select!("WHERE school = ?1 ORDER BY id"), [school])
    }

    fn releases(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<Release>, LedgerError> {
        let mut found = self.all(sql, params, read)?;
        for release in &mut found {
            release.files = self.files(release.plan.id)?;
        }
        Ok(found)
    }

    fn files(&self, id: ReleaseId) -> Result<Vec<ReleaseFile>, LedgerError> {
        self.all(
            "SELECT format, name, bytes, sha256 FROM release_file WHERE release = ?1 ORDER BY format",
            [id],
            |row| {
                Ok(ReleaseFile {
                    format: row.get(0)?,
                    name: row.get(1)?,
                    bytes: row.get::<_, Whole>(2)?.0,
                    sha256: row.get(3)?,
                })
            },
        )
    }
}

fn read(row: &Row<'_>) -> Result<Release, LedgerError> {
    let id: ReleaseId = row.get(0)?;
    let unreadable = || LedgerError::Unreadable {
        table: TABLE,
        row: id.number(),
    };
    Ok(Release {
        plan: NewRelease {
            id,
            school: row.get(1)?,
            trigger: row.get(2)?,
            occasion: row.get(13)?,
            at: row.get::<_, At>(3)?.0,
            supersedes: row.get(5)?,
            extract: row.get(6)?,
            expiry_rule: row.get(7)?,
            counts: serde_json::from_str(row.get_ref(8)?.as_str().unwrap_or_default())
                .map_err(|_| unreadable())?,
            keep_until: row.get::<_, Option<Day>>(10)?.map(|Day(day)| day),
            sound_until: row.get::<_, Option<Day>>(14)?.map(|Day(day)| day),
            revision: row.get::<_, Whole>(11)?.0,
        },
        state: row.get(4)?,
        files: Vec::new(),
        recipients: serde_json::from_str(row.get_ref(9)?.as_str().unwrap_or_default())
            .map_err(|_| unreadable())?,
        closed_at: row.get::<_, Option<At>>(12)?.map(|At(at)| at),
        reminders: row.get(15)?,
    })
}

/// Counts and fingerprints always have a JSON form.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

const TABLE: &str = "release";
