//! The council's extracts: which is current, which waits to be accepted, which are gone (spec 7).
//! Only what tells one extract from another is here, never a record of it.

use std::fmt;

use rusqlite::{
    Params, Row,
    types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef},
};
use time::{Date, OffsetDateTime};

use super::{
    LedgerError,
    access::{Keyless, Tx, View},
    columns::{At, Day, Whole, words},
};
use crate::vault::Place;

/// An extract's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExtractId(u64);

impl ExtractId {
    /// The bare number.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// An extract that arrived, was read once and moved to where only the daemon reaches it.
#[derive(Clone, PartialEq, Eq)]
pub struct NewExtract {
    /// The file's name as the council wrote it.
    pub name: String,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Its records.
    pub rows: u64,
    /// The day on which the caseload system was read.
    pub exported_on: Date,
    /// When it arrived.
    pub received_at: OffsetDateTime,
    /// The file's name in `state/extracts/`, of our own making.
    pub path: String,
    /// The same of the file that tells the Year 11 schools, where one came beside it.
    pub year11_path: Option<String>,
    /// How its letters are encoded.
    pub encoding: String,
    /// The form of the file.
    pub format: String,
}

impl fmt::Debug for NewExtract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "NewExtract({} rows of {}, …)",
            self.rows, self.exported_on
        )
    }
}

/// An extract on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// Its number.
    pub id: ExtractId,
    /// As it arrived.
    pub arrived: NewExtract,
    /// Where it stands.
    pub state: ExtractState,
}

/// Where an extract stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExtractState {
    /// Releases are made from it.
    Current,
    /// A newer one took its place, or it is too old; its file is to go.
    Superseded,
    /// It could not be used.
    Refused,
    /// It looks incomplete, and waits for an analyst.
    WaitingAcceptance,
}

words! {
    ExtractState {
        Current "current" Superseded "superseded" Refused "refused"
        WaitingAcceptance "waiting-acceptance"
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, state, sha256, rows, exported_on, received_at, path, year11_path, encoding,
               format, sealed FROM extract ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Records an extract that arrived. One that is to be current supersedes the one that was.
    pub fn receive_extract(
        &self,
        extract: &NewExtract,
        state: ExtractState,
    ) -> Result<ExtractId, LedgerError> {
        let id = ExtractId(self.next_row(TABLE)?);
        if state == ExtractState::Current {
            self.supersede_current()?;
        }
        self.run(
            "INSERT INTO extract (id, state, sha256, rows, exported_on, received_at, path, year11_path,
               encoding, format, sealed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            (
                id,
                state,
                extract.sha256,
                Whole(extract.rows),
                Day(extract.exported_on),
                At(extract.received_at),
                &extract.path,
                &extract.year11_path,
                &extract.encoding,
                &extract.format,
                self.vault().seal(place(id), extract.name.as_bytes()),
            ),
        )?;
        Ok(id)
    }

    /// Moves an extract to another state. One that becomes current supersedes the one that was.
    pub fn extract_becomes(&self, id: ExtractId, state: ExtractState) -> Result<(), LedgerError> {
        if state == ExtractState::Current {
            self.supersede_current()?;
        }
        self.must(
            TABLE,
            id.0,
            "UPDATE extract SET state = ?2 WHERE id = ?1",
            (id, state),
        )
    }

    fn supersede_current(&self) -> Result<(), LedgerError> {
        self.run(
            "UPDATE extract SET state = 'superseded' WHERE state = 'current'",
            [],
        )?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// The day and the rows of the extract that releases are made from.
    pub fn extract_glance(&self) -> Result<Option<(Date, u64)>, LedgerError> {
        self.one(
            "SELECT exported_on, rows FROM extract WHERE state = 'current'",
            [],
            |row| Ok((row.get::<_, Day>(0)?.0, row.get::<_, Whole>(1)?.0)),
        )
    }
}

impl View<'_> {
    /// The extract that releases are made from.
    pub fn current_extract(&self) -> Result<Option<Extract>, LedgerError> {
        Ok(self.extracts_in(ExtractState::Current)?.pop())
    }

    /// One extract.
    pub fn extract(&self, id: ExtractId) -> Result<Option<Extract>, LedgerError> {
        Ok(self.extracts(select!("WHERE id = ?1"), [id])?.pop())
    }

    /// Every extract in this state, oldest first.
    pub fn extracts_in(&self, state: ExtractState) -> Result<Vec<Extract>, LedgerError> {
        self.extracts(select!("WHERE state = ?1 ORDER BY id"), [state])
    }

    fn extracts(&self, sql: &str, params: impl Params) -> Result<Vec<Extract>, LedgerError> {
        self.all(sql, params, |row| self.read_extract(row))
    }

    fn read_extract(&self, row: &Row<'_>) -> Result<Extract, LedgerError> {
        let id: ExtractId = row.get(0)?;
        let sealed = row.get_ref(10)?.as_blob().unwrap_or_default();
        let name = self.vault().open(place(id), sealed)?;
        Ok(Extract {
            id,
            state: row.get(1)?,
            arrived: NewExtract {
                name: String::from_utf8_lossy(&name).into_owned(),
                sha256: row.get(2)?,
                rows: row.get::<_, Whole>(3)?.0,
                exported_on: row.get::<_, Day>(4)?.0,
                received_at: row.get::<_, At>(5)?.0,
                path: row.get(6)?,
                year11_path: row.get(7)?,
                encoding: row.get(8)?,
                format: row.get(9)?,
            },
        })
    }
}

impl ToSql for ExtractId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.cast_signed()))
    }
}

impl FromSql for ExtractId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Whole::column_result(value).map(|Whole(number)| Self(number))
    }
}

fn place(id: ExtractId) -> Place {
    Place {
        table: TABLE,
        row: id.0,
    }
}

const TABLE: &str = "extract";
