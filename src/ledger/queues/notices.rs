//! Notices: what schools were asked to destroy, about whom, and whether they did (clause 2.5). Who is
//! meant is sealed.

use std::{collections::BTreeSet, fmt};

use rusqlite::{Params, Row};
use time::{Date, OffsetDateTime};

use crate::{
    domain::{
        ids::{NoticeId, PupilId, ReleaseId, SchoolId, SubmissionId},
        names::{Name, PersonName},
    },
    ledger::{
        LedgerError,
        access::{Keyless, Tx, View},
        columns::At,
        encoding::{Reader, Writer},
    },
    vault::Place,
};

/// A notice on record, without whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub id: NoticeId,
    /// To which school.
    pub school: SchoolId,
    /// What withdrew.
    pub submission: SubmissionId,
    /// When it was sent.
    pub opened_at: OffsetDateTime,
    /// When the school confirmed.
    pub closed_at: Option<OffsetDateTime>,
    /// In which file it did.
    pub closed_by: Option<SubmissionId>,
    /// How often the school was reminded.
    pub reminders: u32,
}

/// A pupil of a notice.
#[derive(Clone, PartialEq, Eq)]
pub struct NoticePupil {
    /// The pupil's place in the ledger.
    pub pupil: PupilId,
    /// The releases that told of the pupil, oldest first.
    pub releases: Vec<ReleaseId>,
    /// As those releases told it; `None` once it was erased.
    pub person: Option<(PersonName, Date)>,
}

impl fmt::Debug for NoticePupil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoticePupil({}, {:?}, …)", self.pupil, self.releases)
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, school, submission, opened_at, closed_at, closed_by, reminders FROM notice ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Opens a notice about these pupils.
    pub fn open_notice(
        &self,
        school: SchoolId,
        submission: SubmissionId,
        at: OffsetDateTime,
        pupils: &[NoticePupil],
    ) -> Result<NoticeId, LedgerError> {
        let id = self.next_notice()?;
        self.run(
            "INSERT INTO notice (id, school, submission, opened_at) VALUES (?1, ?2, ?3, ?4)",
            (id, school, submission, At(at)),
        )?;
        for pupil in pupils {
            let sealed = pupil.person.as_ref().map(|(name, born)| {
                let mut row = Writer::new(FORM, ROOM);
                row.u64(id.number()).text(name.forename.reveal());
                row.text(name.surname.reveal()).day(*born);
                self.vault().seal(place(pupil.pupil), row.as_slice())
            });
            self.run(
                "INSERT INTO notice_pupil (notice, pupil, releases, sealed) VALUES (?1, ?2, ?3, ?4)",
                (id, pupil.pupil, to_text(&pupil.releases), sealed),
            )?;
        }
        Ok(id)
    }

    /// The school confirmed, in this file.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where the notice is unknown or closed already.
    pub fn close_notice(
        &self,
        id: NoticeId,
        at: OffsetDateTime,
        by: SubmissionId,
    ) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE notice SET closed_at = ?2, closed_by = ?3 WHERE id = ?1 AND closed_at IS NULL",
            (id, At(at), by),
        )
    }

    /// The school was reminded so often by now.
    pub fn reminded_of_notice(&self, id: NoticeId, reminders: u32) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE notice SET reminders = ?2 WHERE id = ?1",
            (id, reminders),
        )
    }

    /// Erases who this pupil is from every notice; that there were notices stays on record.
    pub fn erase_from_notices(&self, pupil: PupilId) -> Result<(), LedgerError> {
        self.run(
            "UPDATE notice_pupil SET sealed = NULL WHERE pupil = ?1",
            [pupil],
        )?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// Notices that schools have not confirmed, of one school or of all, oldest first.
    pub fn open_notices(&self, school: Option<SchoolId>) -> Result<Vec<Notice>, LedgerError> {
        match school {
            Some(school) => self.notices(
                select!("WHERE closed_at IS NULL AND school = ?1 ORDER BY id"),
                [school],
            ),
            None => self.notices(select!("WHERE closed_at IS NULL ORDER BY school, id"), []),
        }
    }

    /// Every notice to a school, oldest first.
    pub fn notices_of(&self, school: SchoolId) -> Result<Vec<Notice>, LedgerError> {
        self.notices(select!("WHERE school = ?1 ORDER BY id"), [school])
    }

    /// One notice.
    pub fn notice(&self, id: NoticeId) -> Result<Option<Notice>, LedgerError> {
        Ok(self.notices(select!("WHERE id = ?1"), [id])?.pop())
    }

    /// Every notice that is or was about this pupil, oldest first.
    pub fn notices_about(&self, pupil: PupilId) -> Result<Vec<Notice>, LedgerError> {
        self.notices(
            select!("WHERE id IN (SELECT notice FROM notice_pupil WHERE pupil = ?1) ORDER BY id"),
            [pupil],
        )
    }

    /// The releases of which the school was already asked to destroy what they tell of this pupil.
    pub fn releases_noticed(&self, pupil: PupilId) -> Result<BTreeSet<ReleaseId>, LedgerError> {
        let told = self.all(
            "SELECT releases FROM notice_pupil WHERE pupil = ?1",
            [pupil],
            |row| Ok(from_text(row.get_ref(0)?.as_str().unwrap_or_default())),
        )?;
        Ok(told.into_iter().flatten().collect())
    }

    fn notices(&self, sql: &str, params: impl Params) -> Result<Vec<Notice>, LedgerError> {
        self.all(sql, params, read)
    }
}

impl View<'_> {
    /// Whom a notice is about, in the order of the pupils' places.
    pub fn notice_pupils(&self, id: NoticeId) -> Result<Vec<NoticePupil>, LedgerError> {
        self.all(
            "SELECT pupil, releases, sealed FROM notice_pupil WHERE notice = ?1 ORDER BY pupil",
            [id],
            |row| {
                let pupil: PupilId = row.get(0)?;
                let sealed: Option<Vec<u8>> = row.get(2)?;
                Ok(NoticePupil {
                    pupil,
                    releases: from_text(row.get_ref(1)?.as_str().unwrap_or_default()),
                    person: sealed
                        .map(|sealed| self.open_pupil(id, pupil, &sealed))
                        .transpose()?,
                })
            },
        )
    }

    fn open_pupil(
        &self,
        id: NoticeId,
        pupil: PupilId,
        sealed: &[u8],
    ) -> Result<(PersonName, Date), LedgerError> {
        let place = place(pupil);
        let opened = self.vault().open(place, sealed)?;
        let (notice, person) = read_pupil(&opened).ok_or(LedgerError::unreadable(place))?;
        if notice == id.number() {
            Ok(person)
        } else {
            Err(LedgerError::tampered(place))
        }
    }
}

fn read(row: &Row<'_>) -> Result<Notice, LedgerError> {
    Ok(Notice {
        id: row.get(0)?,
        school: row.get(1)?,
        submission: row.get(2)?,
        opened_at: row.get::<_, At>(3)?.0,
        closed_at: row.get::<_, Option<At>>(4)?.map(|At(at)| at),
        closed_by: row.get(5)?,
        reminders: row.get(6)?,
    })
}

fn read_pupil(bytes: &[u8]) -> Option<(u64, (PersonName, Date))> {
    let mut row = Reader::new(bytes, FORM)?;
    let notice = row.u64()?;
    let name = PersonName {
        forename: Name::restored(row.text()?.to_owned()),
        surname: Name::restored(row.text()?.to_owned()),
    };
    let born = row.day()?;
    row.end((notice, (name, born)))
}

/// Releases as one text: `R000001 R000004`.
fn to_text(releases: &[ReleaseId]) -> String {
    let words: Vec<String> = releases.iter().map(ToString::to_string).collect();
    words.join(" ")
}

fn from_text(text: &str) -> Vec<ReleaseId> {
    let words = text.split_whitespace();
    words.filter_map(|word| word.parse().ok()).collect()
}

fn place(pupil: PupilId) -> Place {
    Place {
        table: "notice_pupil",
        row: pupil.number(),
    }
}

const TABLE: &str = "notice";
/// The version of the sealed form.
const FORM: u8 = 1;
/// Bytes that most rows need at most.
const ROOM: usize = 64;
