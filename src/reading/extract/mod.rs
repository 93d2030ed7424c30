//! The council's extract: a stream of records of which only the allowed columns ever leave the parser.
//!
//! ```text
//! survey   one pass over the bytes: encoding, separator, header, rows, the day of export
//! open     a second pass, record by record, in memory that does not grow with the file
//! year11   the small file beside it that may tell each young person's Year 11 school
//! ```
//!
//! A workbook is the exception: it is a zip folder of XML, and is held in memory while it is read.

mod columns;
mod fault;
mod records;
mod source;
mod survey;
mod year11;

pub use columns::{ExtractColumns, ExtractField, Overrides};
pub use fault::{ExtractFault, RowFault};
pub use source::{ExtractReader, open};
pub use survey::{Survey, survey};
pub use year11::{Year11Schools, year11};

pub use super::decode::Encoding;
