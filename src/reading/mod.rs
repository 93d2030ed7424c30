//! Floor 1: bytes to rows to domain values. Knows no files, no time, no ledger.
//!
//! ```text
//! name  ─▶ kind_of                      what an uploaded file is (spec 2)
//! bytes ─▶ contents ─▶ pupils           a school's list (spec 3)
//!                   └▶ request_reason, confirmed_notices
//! bytes ─▶ survey ─▶ extract::open      the council's extract, as a stream (spec 7)
//! ```
//!
//! [`contents()`] is the one place where a school's bytes are parsed: it takes bytes and gives plain data, so
//! that it can run in a process of its own.

mod aliases;
mod body;
mod cells;
mod content;
mod contents;
mod dates;
mod decode;
mod delimited;
pub mod extract;
mod header;
mod kind;
mod names;
mod parse;
mod pupils;
mod rules;
mod table;
mod unreadable;
mod workbook;

pub use body::{Body, confirmed_notices, notice_ids, release_ids, request_reason};
pub use content::Content;
pub use contents::{Contents, contents};
pub use dates::day_of;
pub use extract::{ExtractField, ExtractReader, Survey, survey, year11};
pub use kind::{FileFormat, Named, is_unfinished, kind_of, names_refusals};
pub use parse::table;
pub use pupils::{ListAsk, pupils};
pub use rules::ReadingRules;
pub use table::{Kind, Limits, Row, Table, Value};
pub use unreadable::Unreadable;
