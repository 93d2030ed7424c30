//! What goes over the control socket: one line of JSON each way.

use serde::{Deserialize, Serialize};

/// What the daemon answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer<A> {
    /// The request was understood; the answer to it.
    Reply(A),
    /// It was not: another version of this program, or none at all.
    NotUnderstood,
}

/// The longest request, in bytes.
pub(super) const LONGEST_REQUEST: u64 = 1 << 20;
