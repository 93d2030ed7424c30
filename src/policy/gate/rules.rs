//! What the gate goes by: the council's rules, and where the school stands on the day.

use std::collections::BTreeSet;

use time::Date;

use crate::{
    domain::{
        days::{Cohort, school_year_start, years_after},
        receipt::ExpiryRule,
        school::School,
    },
    policy::matching::key,
};

/// The school, the day and the rules.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The school that asks; its agreement stands in its file.
    pub school: &'a School,
    /// The local day.
    pub today: Date,
    /// The council's rules.
    pub rules: &'a SharingRules,
    /// When the school's last list of each cohort came; cohorts without one are absent.
    pub lists: &'a [LastList],
}

/// The council's rules on sharing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharingRules {
    /// What the signed form says (`consent.expires`).
    pub expiry: ExpiryRule,
    /// Providers of which no pupil is shared (`destinations.hold_providers`).
    pub hold_providers: HoldProviders,
    /// What a missing Year 12 list means (`consent.year12_list`).
    pub year12_list: Year12Rule,
}

/// Providers whose name alone would tell what nobody agreed to share, such as a secure unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoldProviders(BTreeSet<String>);

impl HoldProviders {
    /// Takes names as the council writes them. Case, accents and punctuation don't matter; all else does.
    pub fn new<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Self {
        let entries = names
            .into_iter()
            .filter(|name| !name.as_ref().trim().is_empty());
        Self(entries.map(|name| key(name.as_ref())).collect())
    }

    /// Whether the list names this provider.
    pub(super) fn name(&self, provider: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&key(provider))
    }
}

/// What it means that no list has come since the September after leaving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Year12Rule {
    /// `status` and the receipt say so.
    #[default]
    Warn,
    /// Nothing is shared until one comes.
    Hold,
}

/// The day on which a school's last list that was about this cohort came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastList {
    /// The year group.
    pub cohort: Cohort,
    /// The local day.
    pub came_on: Date,
}

/// Where a cohort's Year 12 list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Year12List {
    /// The September after leaving has not come.
    NotDue,
    /// A list has come since.
    Came,
    /// None has: the Year 11 list still counts, and this is said.
    Missing,
}

/// 1 September after this cohort left, from which a Year 12 list is asked for.
pub fn year12_due(cohort: Cohort) -> Date {
    // The June one year after leaving lies in the school year that began the September between.
    school_year_start(years_after(cohort.leaves(), 1))
}

/// Whether a list has come since 1 September after this cohort left (clause 2.2, spec 6).
pub fn year12_list(cohort: Cohort, lists: &[LastList], today: Date) -> Year12List {
    let due = year12_due(cohort);
    let mut of_cohort = lists.iter().filter(|list| list.cohort == cohort);
    if today < due {
        Year12List::NotDue
    } else if of_cohort.any(|list| list.came_on >= due) {
        Year12List::Came
    } else {
        Year12List::Missing
    }
}
