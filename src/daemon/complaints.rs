//! What is wrong with schools' files, said once as long as it holds.

use std::collections::HashSet;

use tracing::{error, warn};

use crate::config::{Complaint, Severity};

/// Complaints that were said already and still hold.
#[derive(Debug, Default)]
pub(super) struct Said(HashSet<String>);

impl Said {
    /// Says what was not said yet.
    pub(super) fn say(&mut self, complaints: &[Complaint]) {
        let now: HashSet<String> = complaints.iter().map(ToString::to_string).collect();
        for complaint in complaints {
            let words = complaint.to_string();
            if self.0.contains(&words) {
                continue;
            }
            match complaint.severity {
                Severity::Error => error!(
                    complaint = words,
                    "a school's file is wrong; what was last good stays in force"
                ),
                Severity::Warning => warn!(complaint = words, "a school's file needs a look"),
            }
        }
        self.0 = now;
    }
}
