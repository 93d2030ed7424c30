//! How many of what, as people read it: of a list's rows, of a release's pupils, of consents that end soon.

use super::Page;
use crate::domain::receipt::{Counts, Receipt, ReleaseCounts, RowCounts, Trigger};

pub(super) fn counts(page: &mut Page, receipt: &Receipt) {
    match receipt.counts {
        Some(Counts::Rows(counts)) => rows(page, &counts),
        Some(Counts::Release(counts)) => {
            page.line(match receipt.release.as_ref().map(|facts| facts.trigger) {
                Some(Trigger::Recall) => "Of the pupils in the earlier file who still consent",
                _ => "Of the pupils on your list who consent",
            });
            pupils(page, &counts);
        }
        None => return,
    }
    page.blank();
}

fn rows(page: &mut Page, counts: &RowCounts) {
    page.line("What was in it");
    page.count(
        counts.rows,
        "pupil's row, of which",
        "rows of pupils, of which",
    );
    page.count(counts.consented, "consents", "consent");
    page.count(counts.not_consented, "does not consent", "do not consent");
    page.count(
        counts.withdrawn,
        "withdraws consent",
        "withdraw their consent",
    );
    page.count(counts.rejected, "could not be used", "could not be used");
    page.line("What it changed");
    page.count(counts.new, "pupil is new", "pupils are new");
    page.count(
        counts.renewed,
        "pupil was on record already",
        "pupils were on record already",
    );
    page.count(
        counts.lapsed,
        "pupil is no longer on your list; sharing for this pupil has stopped",
        "pupils are no longer on your list; sharing for them has stopped",
    );
}

fn pupils(page: &mut Page, counts: &ReleaseCounts) {
    page.count(counts.consented, "in all, of which", "in all, of which");
    page.count(counts.shared, "is in the file", "are in the file");
    page.count(
        counts.no_record,
        "has no record that fits with the council",
        "have no record that fits with the council",
    );
    let ambiguous = "can't be told apart from another record with certainty";
    page.count(counts.ambiguous, ambiguous, ambiguous);
    let expired = "gave a consent that has expired";
    page.count(counts.expired, expired, expired);
    let not_eligible = "can't be shared under the agreement";
    page.count(counts.not_eligible, not_eligible, not_eligible);
    page.count(
        counts.held,
        "is with a council officer first",
        "are with a council officer first",
    );
}

pub(super) fn expiring(page: &mut Page, receipt: &Receipt) {
    let Some(soon) = receipt.expiring.filter(|soon| soon.in_90_days > 0) else {
        return;
    };
    page.line("Consents that end soon; nothing is shared about those pupils after that");
    page.count(soon.in_30_days, "ends within 30 days", "end within 30 days");
    let within_90 = "within 90 days, those among them";
    page.count(
        soon.in_90_days,
        &format!("ends {within_90}"),
        &format!("end {within_90}"),
    );
    page.blank();
}
