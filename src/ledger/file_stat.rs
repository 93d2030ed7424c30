//! By what a file in an inbox is known to be the same after a restart. Knows nothing of submissions.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use super::encoding::{Reader, Writer};

/// By what a file in a folder is known again (spec 2, folder mode), just as the boxes tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileStat {
    /// The file system.
    pub dev: u64,
    /// The file on it.
    pub ino: u64,
    /// The change time, in nanoseconds since 1970.
    pub ctime_ns: i128,
    /// The modification time, in nanoseconds since 1970.
    pub mtime_ns: i128,
    /// Bytes.
    pub size: u64,
    /// Names that the file has.
    pub nlink: u64,
}

impl ToSql for FileStat {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let mut stat = Writer::new(FORM, 72);
        stat.u64(self.dev).u64(self.ino);
        stat.raw(&self.ctime_ns.to_le_bytes());
        stat.raw(&self.mtime_ns.to_le_bytes());
        stat.u64(self.size).u64(self.nlink);
        Ok(ToSqlOutput::from(stat.as_slice().to_vec()))
    }
}

impl FromSql for FileStat {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        read_stat(value.as_blob()?).ok_or(FromSqlError::InvalidType)
    }
}

fn read_stat(bytes: &[u8]) -> Option<FileStat> {
    let mut stat = Reader::new(bytes, FORM)?;
    let read = FileStat {
        dev: stat.u64()?,
        ino: stat.u64()?,
        ctime_ns: stat.array().map(i128::from_le_bytes)?,
        mtime_ns: stat.array().map(i128::from_le_bytes)?,
        size: stat.u64()?,
        nlink: stat.u64()?,
    };
    stat.end(read)
}

/// The version of a stat in its column.
const FORM: u8 = 1;
