//! Who has logged in: an account, the key that opened the door, and what its owner may do.

use std::{fmt, sync::Arc};

use crate::domain::ids::SchoolId;

/// Whose box a login leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// A school, by its id.
    School(SchoolId),
    /// The council's own analysts (`council`).
    Council,
}

/// A person who has logged in.
#[derive(Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Whose box.
    pub account: Account,
    /// The fingerprint of the key (`SHA256:…`), which receipts and the trail show.
    pub key: Arc<str>,
    /// The person's place in the school's file: a person may have several keys.
    pub person: usize,
    /// Whether the person may put files into `inbox/` (for the council: `extracts/`).
    pub may_upload: bool,
    /// Whether the person may read `outbox/` (for the council: `reports/`).
    pub may_collect: bool,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::School(id) => id.fmt(f),
            Self::Council => f.write_str(COUNCIL),
        }
    }
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Visitor({}, {})", self.account, self.key)
    }
}

/// The login name of the council's own box.
pub const COUNCIL: &str = "council";
