//! Uploads: taken once, judged once, in the inbox for a little longer (spec 2). File names are sealed.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    os::unix::ffi::{OsStrExt, OsStringExt},
};

use rusqlite::{Row, params};
use time::OffsetDateTime;

use super::{
    LedgerError,
    access::{Keyless, Tx, View},
    columns::{At, Whole},
    file_stat::FileStat,
};
use crate::{
    domain::{
        ids::{SchoolId, SubmissionId},
        list::FileKind,
        problem::ProblemCode,
        receipt::Outcome,
    },
    vault::Place,
};

/// An upload that is complete and copied, about to be recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// The box it came in.
    pub school: SchoolId,
    /// What it is, by its name.
    pub kind: FileKind,
    /// When, by the ledger's time.
    pub taken_at: OffsetDateTime,
    /// When, by the real clock: lingering goes by it.
    pub taken_real: OffsetDateTime,
    /// The name as uploaded, byte for byte.
    pub name: OsString,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the bytes as they arrived.
    pub sha256: [u8; 32],
    /// The fingerprint of the uploading person's key, where the transport tells.
    pub by: Option<String>,
    /// Under which key the spool holds the sealed copy.
    pub spool: Option<String>,
    /// Why nothing of it is read, where nothing is.
    pub unread: Option<ProblemCode>,
    /// What makes this upload itself: the same identity is the same upload.
    pub identity: [u8; 16],
    /// The file in `inbox/`, where it lingers; `None` where it is gone already.
    pub lingers: Option<FileStat>,
}

/// Whether an upload is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Take {
    /// Recorded now, under this number.
    New(SubmissionId),
    /// Recorded before, under this number; nothing changed.
    Earlier(SubmissionId),
}

impl Take {
    /// The number, new or not.
    pub fn id(self) -> SubmissionId {
        match self {
            Self::New(id) | Self::Earlier(id) => id,
        }
    }
}

/// A submission that waits to be judged.
#[derive(Clone, PartialEq, Eq)]
pub struct TakenUpload {
    /// Its number.
    pub id: SubmissionId,
    /// The school.
    pub school: SchoolId,
    /// What it is, by its name.
    pub kind: FileKind,
    /// When it was taken, by the ledger's time.
    pub taken_at: OffsetDateTime,
    /// The name as uploaded.
    pub name: OsString,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the bytes as they arrived.
    pub sha256: [u8; 32],
    /// The fingerprint of the uploading person's key.
    pub by: Option<String>,
    /// Under which key the spool holds the sealed copy.
    pub spool: Option<String>,
    /// Why nothing of it is read, where nothing is.
    pub unread: Option<ProblemCode>,
}

/// A submission, judged or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// As it was taken.
    pub taken: TakenUpload,
    /// How it ended; `None` until it is judged.
    pub outcome: Option<Outcome>,
    /// Whether it took effect.
    pub effective: bool,
}

/// A file that was taken and still lies in `inbox/`.
#[derive(Clone, PartialEq, Eq)]
pub struct Lingering {
    /// Its submission.
    pub id: SubmissionId,
    /// The school.
    pub school: SchoolId,
    /// The name in `inbox/`.
    pub name: OsString,
    /// By what it is known to be still the same.
    pub stat: FileStat,
    /// When it was taken, by the real clock.
    pub taken_real: OffsetDateTime,
}

/// A sealed copy of an upload that the spool holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spooled {
    /// Its submission.
    pub id: SubmissionId,
    /// Its key in the spool.
    pub spool: String,
}

impl Tx<'_> {
    /// Records an upload, exactly once for its identity.
    pub fn take(&self, upload: &NewUpload) -> Result<Take, LedgerError> {
        let earlier = self.one(
            "SELECT id FROM submission WHERE identity = ?1",
            [upload.identity],
            |row| Ok(row.get(0)?),
        )?;
        if let Some(id) = earlier {
            return Ok(Take::Earlier(id));
        }
        let id = self.next_submission()?;
        self.run(
            "INSERT INTO submission (id, school, kind, taken_at, taken_real, bytes, sha256,
               uploaded_by, identity, spool, stat, lingering, sealed, unread)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            params![
                id,
                upload.school,
                upload.kind,
                At(upload.taken_at),
                At(upload.taken_real),
                Whole(upload.bytes),
                upload.sha256,
                upload.by,
                upload.identity,
                upload.spool,
                upload.lingers,
                upload.lingers.is_some(),
                self.seal_name(id, &upload.name),
                upload.unread.map(ProblemCode::code),
            ],
        )?;
        Ok(Take::New(id))
    }

    /// Settles how a submission ended. `effective` where it changed anything, or repeats the latest
    /// one that did (`same-as-earlier`).
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where it is unknown or judged already.
    pub fn judged(
        &self,
        id: SubmissionId,
        outcome: Outcome,
        effective: bool,
    ) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE submission SET judged = 1, outcome = ?2, effective = ?3
             WHERE id = ?1 AND judged = 0",
            (id, outcome, effective),
        )
    }

    /// These no longer lie in `inbox/`.
    pub fn lingering_gone(&self, ids: &[SubmissionId]) -> Result<(), LedgerError> {
        for id in ids {
            self.run("UPDATE submission SET lingering = 0 WHERE id = ?1", [id])?;
        }
        Ok(())
    }

    /// The file in `inbox/` is the same, though its times have changed.
    pub fn restat(&self, id: SubmissionId, stat: FileStat) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE submission SET stat = ?2 WHERE id = ?1",
            (id, stat),
        )
    }

    /// The spool no longer holds these.
    pub fn spool_removed(&self, ids: &[SubmissionId]) -> Result<(), LedgerError> {
        for id in ids {
            self.run("UPDATE submission SET spool = NULL WHERE id = ?1", [id])?;
        }
        Ok(())
    }

    /// The sealed copy lies under another key now, such as the archive's.
    pub fn respooled(&self, id: SubmissionId, spool: &str) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE submission SET spool = ?2 WHERE id = ?1",
            (id, spool),
        )
    }
}

impl View<'_> {
    /// Submissions that wait to be judged, in the order in which they were taken, at most so many.
    pub fn taken_unjudged(&self, limit: u32) -> Result<Vec<TakenUpload>, LedgerError> {
        self.all(
            "SELECT id, school, kind, taken_at, bytes, sha256, uploaded_by, spool, sealed, unread
             FROM submission WHERE judged = 0 ORDER BY id LIMIT ?1",
            [limit],
            |row| self.read_taken(row),
        )
    }

    /// One submission.
    pub fn submission(&self, id: SubmissionId) -> Result<Option<Submission>, LedgerError> {
        self.one(
            "SELECT id, school, kind, taken_at, bytes, sha256, uploaded_by, spool, sealed, unread,
               outcome, effective
             FROM submission WHERE id = ?1",
            [id],
            |row| {
                Ok(Submission {
                    taken: self.read_taken(row)?,
                    outcome: row.get(10)?,
                    effective: row.get(11)?,
                })
            },
        )
    }

    /// Everything that was taken and still lies in an inbox.
    pub fn lingering(&self) -> Result<Vec<Lingering>, LedgerError> {
        self.all(
            "SELECT id, school, sealed, stat, taken_real
             FROM submission WHERE lingering = 1 ORDER BY id",
            [],
            |row| {
                let id = row.get(0)?;
                Ok(Lingering {
                    id,
                    school: row.get(1)?,
                    name: self.open_name(id, row.get_ref(2)?.as_blob().unwrap_or_default())?,
                    stat: row.get(3)?,
                    taken_real: row.get::<_, At>(4)?.0,
                })
            },
        )
    }

    fn read_taken(&self, row: &Row<'_>) -> Result<TakenUpload, LedgerError> {
        let id = row.get(0)?;
        Ok(TakenUpload {
            id,
            school: row.get(1)?,
            kind: row.get(2)?,
            taken_at: row.get::<_, At>(3)?.0,
            name: self.open_name(id, row.get_ref(8)?.as_blob().unwrap_or_default())?,
            bytes: row.get::<_, Whole>(4)?.0,
            sha256: row.get(5)?,
            by: row.get(6)?,
            spool: row.get(7)?,
            unread: row
                .get::<_, Option<String>>(9)?
                .and_then(|code| ProblemCode::of(&code)),
        })
    }

    pub(super) fn seal_name(&self, id: SubmissionId, name: &OsStr) -> Vec<u8> {
        self.vault().seal(place(id), name.as_bytes())
    }

    fn open_name(&self, id: SubmissionId, sealed: &[u8]) -> Result<OsString, LedgerError> {
        let name = self.vault().open(place(id), sealed)?;
        Ok(OsString::from_vec(name.to_vec()))
    }
}

impl Keyless<'_> {
    /// The submission that an upload of this identity was taken as, and when, by the real clock.
    pub fn taken_as(
        &self,
        identity: [u8; 16],
    ) -> Result<Option<(SubmissionId, OffsetDateTime)>, LedgerError> {
        self.one(
            "SELECT id, taken_real FROM submission WHERE identity = ?1",
            [identity],
            |row| Ok((row.get(0)?, row.get::<_, At>(1)?.0)),
        )
    }

    /// The school's latest judged submission of this kind and the hash of its bytes, where that one
    /// took effect: equal bytes change nothing (spec 2, `same-as-earlier`).
    pub fn latest_effective(
        &self,
        school: SchoolId,
        kind: FileKind,
    ) -> Result<Option<(SubmissionId, [u8; 32])>, LedgerError> {
        let latest = self.one(
            "SELECT id, sha256, effective FROM submission
             WHERE school = ?1 AND kind = ?2 AND judged = 1 ORDER BY id DESC LIMIT 1",
            (school, kind),
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, bool>(2)?)),
        )?;
        Ok(latest.and_then(|(id, sha256, effective)| effective.then_some((id, sha256))))
    }

    /// What the spool holds of judged submissions that were taken before this instant.
    pub fn spooled_before(&self, at: OffsetDateTime) -> Result<Vec<Spooled>, LedgerError> {
        self.all(
            "SELECT id, spool FROM submission
             WHERE spool IS NOT NULL AND taken_at < ?1 AND judged = 1 ORDER BY taken_at",
            [At(at)],
            |row| {
                Ok(Spooled {
                    id: row.get(0)?,
                    spool: row.get(1)?,
                })
            },
        )
    }
}

/// File names are no less personal than what is in the files.
macro_rules! nameless {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
nameless! { NewUpload TakenUpload Lingering }

fn place(id: SubmissionId) -> Place {
    Place {
        table: TABLE,
        row: id.number(),
    }
}

const TABLE: &str = "submission";
