//! What can be wrong with an extract or one of its rows. Tells lines and columns, never a cell.

use std::io;

use thiserror::Error;

use super::columns::ExtractField;
use crate::domain::problem::ProblemCode;

/// Why an extract can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExtractFault {
    /// Nothing but blank lines.
    #[error("the extract is empty")]
    Empty,
    /// The bytes could not be fetched.
    #[error("the extract could not be read: {0}")]
    Io(io::ErrorKind),
    /// The bytes are neither UTF-8 nor UTF-16 with its mark nor Windows-1252.
    #[error("the extract is not text in an encoding that is known")]
    Encoding,
    /// The file is another kind of file than its name says, or a broken one.
    #[error("the extract is not what its name says, or damaged ({})", .0.code())]
    Workbook(ProblemCode),
    /// The format is none that extracts come in.
    #[error("an extract must be a .csv or .xlsx file")]
    Format,
    /// None of the first rows names the columns.
    #[error("no row of headers was found in the first rows of the extract")]
    HeaderNotFound,
    /// A column that is needed is missing.
    #[error("the extract has no column for {}", .0.key())]
    ColumnMissing(ExtractField),
    /// A setting names a column that the extract does not have.
    #[error("the extract has no column with the name that is set for {}", .0.key())]
    NamedColumnMissing(ExtractField),
    /// Two columns have the same header.
    #[error("the extract has two columns with the same name for {}", .0.key())]
    ColumnTwice(ExtractField),
    /// A date only reads month first, so none can be trusted.
    #[error("line {line} of the extract has a date that only reads month first, in the column for {}", field.key())]
    MonthFirst {
        /// The line in the file, or the row in the sheet.
        line: u64,
        /// The column.
        field: ExtractField,
    },
    /// A record is longer than any real one: a quotation mark may be missing.
    #[error("the extract has a record of several million characters after line {line}")]
    RecordTooLong {
        /// The line before it.
        line: u64,
    },
}

impl From<io::Error> for ExtractFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

/// Why a row gave no record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RowFault {
    /// A cell without which there is no record is empty or can't be read; the next row may be read.
    #[error("line {line}: nothing that can be read in the column for {}", field.key())]
    Unreadable {
        /// The line in the file, or the row in the sheet.
        line: u64,
        /// The column.
        field: ExtractField,
    },
    /// The stream broke: nothing follows, and what came before is not the whole extract.
    #[error(transparent)]
    Broken(ExtractFault),
}
