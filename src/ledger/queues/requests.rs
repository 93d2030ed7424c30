//! Requests for a release outside the schedule: they wait, and are granted, declined or held (spec 6).
//! What a school gave as its reason is sealed.

use std::fmt;

use rusqlite::{Params, Row};
use time::OffsetDateTime;

use crate::{
    domain::ids::{ReleaseId, RequestId, SchoolId, SubmissionId},
    ledger::{
        LedgerError,
        access::{Keyless, Tx, View},
        columns::{At, words},
    },
    vault::Place,
};

/// A request as a school asks it.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// Who asks.
    pub school: SchoolId,
    /// In which file; `None` where the council asked for the school.
    pub submission: Option<SubmissionId>,
    /// When.
    pub asked_at: OffsetDateTime,
    /// Why, in the school's words; perhaps empty.
    pub reason: String,
}

impl fmt::Debug for NewRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewRequest({}, …)", self.school)
    }
}

/// A request on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number.
    pub id: RequestId,
    /// As it was asked.
    pub asked: NewRequest,
    /// Where it stands.
    pub state: RequestState,
    /// When an officer said yes; it may wait for its turn after that.
    pub approved_at: Option<OffsetDateTime>,
    /// When it was answered.
    pub answered_at: Option<OffsetDateTime>,
    /// The release that came of it.
    pub release: Option<ReleaseId>,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestState {
    /// For its turn, or for an officer.
    Waiting,
    /// A release was made, or is about to be.
    Granted,
    /// An officer said no.
    Declined,
    /// It met a hold, or an agreement that is not in force.
    Held,
}

words! {
    RequestState { Waiting "waiting" Granted "granted" Declined "declined" Held "held" }
}

/// An answer that makes no release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// An officer said no.
    Declined,
    /// It met a hold, or an agreement that is not in force.
    Held,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, school, submission, asked_at, state, answered_at, release, sealed, approved_at
             FROM request ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Records a request, which waits.
    pub fn ask(&self, request: &NewRequest) -> Result<RequestId, LedgerError> {
        let id = self.next_request()?;
        let sealed = self.vault().seal(place(id), request.reason.as_bytes());
        self.run(
            "INSERT INTO request (id, school, submission, asked_at, state, sealed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                id,
                request.school,
                request.submission,
                At(request.asked_at),
                RequestState::Waiting,
                sealed,
            ),
        )?;
        Ok(id)
    }

    /// An officer says yes to a request that waits; interval and capacity still count.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where it does not wait, or was approved before.
    pub fn approve(&self, id: RequestId, at: OffsetDateTime) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE request SET approved_at = ?2
             WHERE id = ?1 AND state = 'waiting' AND approved_at IS NULL",
            (id, At(at)),
        )
    }

    /// Grants a request that waits. `release` where its number is known already.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where it does not wait.
    pub fn grant(
        &self,
        id: RequestId,
        at: OffsetDateTime,
        release: Option<ReleaseId>,
    ) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE request SET state = 'granted', answered_at = ?2, release = ?3
             WHERE id = ?1 AND state = 'waiting'",
            (id, At(at), release),
        )
    }

    /// Tells which release came of a granted request.
    pub fn request_released(&self, id: RequestId, release: ReleaseId) -> Result<(), LedgerError> {
        self.must(
            TABLE,
            id.number(),
            "UPDATE request SET release = ?2 WHERE id = ?1 AND state = 'granted'",
            (id, release),
        )
    }

    /// Answers a request that waits without a release.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRow`] where it does not wait.
    pub fn answer(
        &self,
        id: RequestId,
        answer: Answer,
        at: OffsetDateTime,
    ) -> Result<(), LedgerError> {
        let state = match answer {
            Answer::Declined => RequestState::Declined,
            Answer::Held => RequestState::Held,
        };
        self.must(
            TABLE,
            id.number(),
            "UPDATE request SET state = ?2, answered_at = ?3 WHERE id = ?1 AND state = 'waiting'",
            (id, state, At(at)),
        )
    }
}

impl View<'_> {
    /// Requests that wait, in the order in which they were asked.
    pub fn waiting_requests(&self) -> Result<Vec<Request>, LedgerError> {
        self.requests(select!("WHERE state = 'waiting' ORDER BY id"), [])
    }

    /// Requests that were granted at this instant or later, whichever school's.
    pub fn granted_on_or_after(&self, at: OffsetDateTime) -> Result<Vec<Request>, LedgerError> {
        self.requests(
            select!("WHERE state = 'granted' AND answered_at >= ?1 ORDER BY answered_at, id"),
            [At(at)],
        )
    }

    /// Granted requests whose release is still to be made, first come first served.
    pub fn granted_unserved(&self) -> Result<Vec<Request>, LedgerError> {
        self.requests(
            select!("WHERE state = 'granted' AND release IS NULL ORDER BY id"),
            [],
        )
    }

    /// The school's request that was granted last.
    pub fn last_granted(&self, school: SchoolId) -> Result<Option<Request>, LedgerError> {
        let sql = select!(
            "WHERE school = ?1 AND state = 'granted' ORDER BY answered_at DESC, id DESC LIMIT 1"
        );
        Ok(self.requests(sql, [school])?.pop())
    }

    /// One request.
    pub fn request(&self, id: RequestId) -> Result<Option<Request>, LedgerError> {
        Ok(self.requests(select!("WHERE id = ?1"), [id])?.pop())
    }

    fn requests(&self, sql: &str, params: impl Params) -> Result<Vec<Request>, LedgerError> {
        self.all(sql, params, |row| self.read_request(row))
    }

    fn read_request(&self, row: &Row<'_>) -> Result<Request, LedgerError> {
        let id: RequestId = row.get(0)?;
        let sealed = row.get_ref(7)?.as_blob().unwrap_or_default();
        let reason = self.vault().open(place(id), sealed)?;
        Ok(Request {
            id,
            asked: NewRequest {
                school: row.get(1)?,
                submission: row.get(2)?,
                asked_at: row.get::<_, At>(3)?.0,
                reason: String::from_utf8_lossy(&reason).into_owned(),
            },
            state: row.get(4)?,
            answered_at: row.get::<_, Option<At>>(5)?.map(|At(at)| at),
            release: row.get(6)?,
            approved_at: row.get::<_, Option<At>>(8)?.map(|At(at)| at),
        })
    }
}

impl Keyless<'_> {
    /// How many of a school's requests wait.
    pub fn waiting_of(&self, school: SchoolId) -> Result<u32, LedgerError> {
        let count = self.one(
            "SELECT count(*) FROM request WHERE school = ?1 AND state = 'waiting'",
            [school],
            |row| Ok(row.get(0)?),
        )?;
        Ok(count.unwrap_or(0))
    }
}

fn place(id: RequestId) -> Place {
    Place {
        table: TABLE,
        row: id.number(),
    }
}

const TABLE: &str = "request";
