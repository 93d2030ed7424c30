//! One school's line: its agreement, its consents, its last release, and what waits.

use serde::Serialize;
use time::{Date, OffsetDateTime};

use crate::{
    calendar::local_day,
    config::Settings,
    domain::{
        days::years_after,
        ids::{ReleaseId, SchoolId},
        receipt::Expiring,
        school::{AgreementStanding, School},
    },
    ledger::{ListMark, SchoolStatus},
    policy::gate::{LastList, Year12List, year12_list},
};

#[derive(Debug, Serialize)]
pub(super) struct SchoolLine {
    pub(super) id: SchoolId,
    pub(super) name: String,
    pub(super) agreement: &'static str,
    pub(super) review_due: Option<Date>,
    pub(super) on_hold: bool,
    pub(super) last_list: Option<Date>,
    /// A cohort's Year 11 list still counts, and no list has come since the September after it left.
    pub(super) year12_list_missing: bool,
    pub(super) consents: Consents,
    pub(super) last_release: Option<LastRelease>,
    pub(super) outbox: Vec<String>,
    /// When a person last collected a destination file; unknown in folder mode.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) last_collection: Option<OffsetDateTime>,
    pub(super) waiting_requests: u32,
    /// Notices that the school has not confirmed.
    pub(super) open_notices: u32,
    /// Since when the oldest of them waits.
    pub(super) oldest_notice: Option<Date>,
    /// True where the school has been reminded, or is about to be.
    pub(super) notice_overdue: bool,
    /// Withdrawals of a large file, whose notices wait for an analyst.
    pub(super) braked_withdrawals: u32,
    pub(super) open_discrepancies: u32,
    /// Consents that end soon; null until the daemon has counted them.
    pub(super) expiring: Option<Soon>,
}

#[derive(Debug, Serialize)]
pub(super) struct Soon {
    #[serde(flatten)]
    pub(super) expiring: Expiring,
    /// The local day on which that was counted.
    pub(super) counted_on: Date,
}

#[derive(Debug, Serialize)]
pub(super) struct Consents {
    pub(super) in_force: u32,
    pub(super) lapsed: u32,
    pub(super) withdrawn: u32,
    pub(super) held: u32,
}

#[derive(Debug, Serialize)]
pub(super) struct LastRelease {
    pub(super) id: ReleaseId,
    pub(super) on: Date,
    pub(super) state: String,
}

/// What is known of a school.
pub(super) fn line(
    school: &School,
    known: SchoolStatus,
    today: Date,
    settings: &Settings,
) -> SchoolLine {
    let reviewed = school.agreement.reviewed.or(school.agreement.signed);
    SchoolLine {
        id: school.id,
        name: school.name.clone(),
        agreement: match school.standing(today) {
            AgreementStanding::InForce => "in force",
            AgreementStanding::NotSigned => "not signed",
            AgreementStanding::Ended(_) => "ended",
            AgreementStanding::Suspended => "suspended",
        },
        review_due: reviewed
            .map(|last| last + settings.review.agreement)
            .filter(|due| *due <= today),
        on_hold: known.held_since.is_some(),
        last_list: known.last_lists.iter().map(|list| list.on).max(),
        year12_list_missing: misses_year12_list(&known.last_lists, today),
        consents: Consents {
            in_force: known.in_force,
            lapsed: known.lapsed,
            withdrawn: known.withdrawn,
            held: known.held,
        },
        last_release: known.last_release.map(|last| LastRelease {
            id: last.id,
            on: local_day(last.at),
            state: last.state.word().to_owned(),
        }),
        outbox: known.open_files,
        last_collection: known.last_collection,
        waiting_requests: known.waiting_requests,
        open_notices: known.open_notices,
        oldest_notice: known.oldest_notice.map(local_day),
        notice_overdue: known
            .oldest_notice
            .is_some_and(|sent| local_day(sent + settings.notices.remind_after) <= today),
        braked_withdrawals: known.braked_withdrawals,
        open_discrepancies: known.open_discrepancies,
        expiring: known.expiring.map(|(counted_on, expiring)| Soon {
            expiring,
            counted_on,
        }),
    }
}

/// Two years after leaving, no consent of the cohort is left that a list could keep.
fn misses_year12_list(lists: &[ListMark], today: Date) -> bool {
    let came: Vec<LastList> = lists
        .iter()
        .map(|list| LastList {
            cohort: list.cohort,
            came_on: list.on,
        })
        .collect();
    came.iter().any(|list| {
        today < years_after(list.cohort.leaves(), 2)
            && year12_list(list.cohort, &came, today) == Year12List::Missing
    })
}
