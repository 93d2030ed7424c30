//! Floor 1: bytes to rows to domain values. Knows no files, no time, no ledger.
//!
//! ```text
//! name  ─▶ kind_of                      what an uploaded file is (spec 2)
//! bytes ─▶ table ─▶ pupils              a school's list (spec 3)
//! bytes ─▶ text_body, notice_ids        a request, a confirmation
//! bytes ─▶ survey ─▶ extract::open      the council's extract, as a stream (spec 7)
//! ```
//!
//! [`table()`] is the one place where a school's bytes are parsed: it takes bytes and gives plain data, so
//! that it can run in a process of its own.

mod aliases;
mod body;
mod cells;
mod dates;
mod decode;
mod delimited;
pub mod extract;
mod header;
mod kind;
mod names;
mod parse;
mod pupils;
mod table;
mod workbook;

pub use body::{confirmed_notices, notice_ids, release_ids, request_reason, text_body};
pub use dates::day_of;
pub use extract::{ExtractField, ExtractReader, Survey, survey, year11};
pub use kind::{FileFormat, Named, is_unfinished, kind_of, names_refusals};
pub use parse::table;
pub use pupils::{ListAsk, pupils};
pub use table::{Kind, Limits, Row, Table, Value};
