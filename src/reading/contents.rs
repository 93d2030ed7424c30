//! What a school's file holds, as plain data that can go from one process to another.

use serde::{Deserialize, Serialize};

use super::{
    body::Body,
    kind::kind_of,
    parse::table,
    table::{Limits, Table},
    unreadable::Unreadable,
};
use crate::domain::list::FileKind;

/// What was read of a file. Personal: its parts print nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contents {
    /// The rows of a list, whatever kind of list it is.
    Rows(Table),
    /// The text of anything else.
    Text(Body),
}

impl Contents {
    /// Whether this is what reading within these limits can give. Asked of all that another process tells.
    pub fn is_within(&self, limits: &Limits) -> bool {
        match self {
            Self::Rows(table) => table.is_within(limits),
            Self::Text(body) => body.is_within_bounds(),
        }
    }
}

/// Reads a file as its name says that it is (spec 2). This is the one place where a school's bytes are
/// parsed: it takes bytes and gives plain data, so that it can run in a process of its own.
pub fn contents(name: &str, bytes: &[u8], limits: &Limits) -> Result<Contents, Unreadable> {
    let named = kind_of(name);
    match (named.kind, named.format) {
        (FileKind::ConsentList | FileKind::Addition | FileKind::Withdrawal, Some(format)) => {
            table(bytes, format, limits).map(Contents::Rows)
        }
        (FileKind::Request | FileKind::Discrepancy | FileKind::Destruction, format) => {
            Body::of(bytes, format).map(Contents::Text)
        }
        // What is nothing that we know is refused by its name, and never parsed.
        _ => Err(Unreadable::Damaged),
    }
}
