//! What a new destination file takes the place of: older ones that nobody collected; and, where the school
//! has reported a discrepancy since, its latest one even if it was collected, so that the wrong file is not
//! fetched again (clause 2.3).

use time::OffsetDateTime;

use super::FlowError;
use crate::{
    domain::{
        ids::{ReleaseId, SchoolId, SubmissionId},
        receipt::Trigger,
    },
    ledger::{Closed, Tx},
};

/// What a release takes the place of.
#[derive(Default)]
pub(super) struct Superseded {
    /// The release that its receipt names.
    pub(super) id: Option<ReleaseId>,
    /// Releases whose files leave the outbox.
    pub(super) closes: Vec<ReleaseId>,
    /// The discrepancies that it follows.
    pub(super) reported: Vec<SubmissionId>,
}

impl Superseded {
    /// What a release that makes a file takes the place of. `replaces` is what a recalled file's remake
    /// stands for; a remake tells what was told before, and corrects nothing.
    pub(super) fn by_next_file(
        tx: &Tx<'_>,
        school: SchoolId,
        trigger: Trigger,
        replaces: Option<ReleaseId>,
    ) -> Result<Self, FlowError> {
        let reported = match trigger {
            Trigger::Recall => Vec::new(),
            _ => tx.uncorrected(school)?,
        };
        let closed = if reported.is_empty() {
            tx.uncollected_releases(school)?
        } else {
            tx.live_releases(Some(school))?
        };
        let closes: Vec<ReleaseId> = closed.iter().map(|release| release.plan.id).collect();
        let latest = if reported.is_empty() {
            closes.iter().max().copied()
        } else {
            tx.last_filed(school)?
        };
        Ok(Self {
            id: replaces.or(latest),
            closes,
            reported,
        })
    }

    /// Closes what the release takes the place of.
    pub(super) fn settle(
        &self,
        tx: &Tx<'_>,
        school: SchoolId,
        by: ReleaseId,
        now: OffsetDateTime,
    ) -> Result<(), FlowError> {
        for earlier in &self.closes {
            tx.close_release(*earlier, Closed::Superseded, now)?;
        }
        if !self.reported.is_empty() {
            tx.corrected(school, by)?;
        }
        Ok(())
    }

    /// What the school must know first.
    pub(super) fn note(&self) -> Option<String> {
        let earlier = self.id.filter(|_| !self.reported.is_empty())?;
        let reports: Vec<String> = self.reported.iter().map(ToString::to_string).collect();
        Some(format!(
            "Your school reported a discrepancy ({}). This file takes the place of {earlier}: use this one, and destroy the earlier one.",
            reports.join(", ")
        ))
    }
}
