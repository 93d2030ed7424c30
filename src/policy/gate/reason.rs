//! Why a pupil is not shared, and under which count of the receipt that goes (spec 4).

use super::Verdict;
use crate::{
    domain::{receipt::ReleaseCounts, school::AgreementStanding},
    policy::{
        expiry::Expiry,
        matching::{Doubt, Miss},
    },
};

/// Why a pupil is not shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The school's agreement is not signed, has ended, or the school is suspended.
    AgreementNotInForce(AgreementStanding),
    /// The consent was withdrawn.
    Withdrawn,
    /// The pupil is not on the school's last list.
    Lapsed,
    /// A withdrawal that nearly fits the pupil waits to be settled.
    HeldNear,
    /// No list has come since the September after leaving, and the council asks for one.
    NoYear12List,
    /// The consent is dated on a day that has not come.
    NotYetGiven,
    /// The consent has ended.
    Expired(Expiry),
    /// Not yet 16.
    UnderSixteen,
    /// Past the age limit when the consent was given: 18, or 25 with a plan on both sides.
    OverAge,
    /// No record fits.
    NoRecord(Miss),
    /// It can't be told for certain which record is the pupil's.
    Ambiguous(Doubt),
    /// The pupil's newest rows are confirmed on one day.
    TiedRecords,
    /// The row rests on an analyst's tie that is no longer in force.
    TieDissolved,
    /// What was handed in is another pupil's. A fault of this program, and nothing leaves.
    NotThisPupil,
    /// Cohort status D, M, T, E, X, L, or one that we don't know.
    CohortStatusClosed,
    /// Custody and the like.
    CodeHeld,
    /// An activity code in no list.
    CodeUnknown,
    /// No activity code, or one that is no number.
    CodeAbsent,
    /// The provider is on the council's hold list.
    ProviderHeld,
}

/// What an analyst is asked where a pupil is not shared for a reason that only the council can mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Which record is the pupil's.
    WhichRecord,
    /// What the record says.
    WhatRecord,
    /// Whom a withdrawal meant.
    WhomMeant,
}

/// A count on a release's receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// `no_record`.
    NoRecord,
    /// `ambiguous`.
    Ambiguous,
    /// `expired`.
    Expired,
    /// `not_eligible`.
    NotEligible,
    /// `held`.
    Held,
}

impl Reason {
    /// The reason in one word, for reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::AgreementNotInForce(_) => "agreement-not-in-force",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
            Self::HeldNear => "withdrawal-near",
            Self::NoYear12List => "no-year-12-list",
            Self::NotYetGiven => "not-yet-given",
            Self::Expired(_) => "expired",
            Self::UnderSixteen => "under-sixteen",
            Self::OverAge => "over-age",
            Self::NoRecord(Miss::Nothing) => "no-record",
            Self::NoRecord(Miss::AnotherYear11School) => "another-year-11-school",
            Self::NoRecord(Miss::Year11SchoolUnknown) => "year-11-school-unknown",
            Self::Ambiguous(Doubt::SeveralRecords) => "several-records",
            Self::Ambiguous(Doubt::SeveralPupils) => "several-pupils",
            Self::Ambiguous(Doubt::SeveralSchools) => "several-schools",
            Self::Ambiguous(Doubt::IdentifierShared) => "identifier-shared",
            Self::Ambiguous(Doubt::IdentifiersContradict) => "identifiers-contradict",
            Self::TiedRecords => "tied-records",
            Self::TieDissolved => "tie-dissolved",
            Self::NotThisPupil => "not-this-pupil",
            Self::CohortStatusClosed => "cohort-status",
            Self::CodeHeld => "code-held",
            Self::CodeUnknown => "code-unknown",
            Self::CodeAbsent => "code-absent",
            Self::ProviderHeld => "provider-held",
        }
    }

    /// What an analyst is asked; nothing where the school, the calendar or the agreement decides.
    pub fn question(self) -> Option<Question> {
        Some(match self {
            Self::HeldNear => Question::WhomMeant,
            Self::NoRecord(_) | Self::Ambiguous(_) | Self::TieDissolved => Question::WhichRecord,
            Self::TiedRecords
            | Self::CodeHeld
            | Self::CodeUnknown
            | Self::CodeAbsent
            | Self::ProviderHeld => Question::WhatRecord,
            Self::AgreementNotInForce(_)
            | Self::Withdrawn
            | Self::Lapsed
            | Self::NoYear12List
            | Self::NotYetGiven
            | Self::Expired(_)
            | Self::UnderSixteen
            | Self::OverAge
            | Self::NotThisPupil
            | Self::CohortStatusClosed => return None,
        })
    }

    /// Where the pupil is counted; nowhere for one without a consent that stands, of whom the receipt
    /// does not speak.
    pub fn bucket(self) -> Option<Bucket> {
        Some(match self {
            Self::Withdrawn | Self::Lapsed => return None,
            Self::NoRecord(_) => Bucket::NoRecord,
            Self::Ambiguous(_) => Bucket::Ambiguous,
            Self::Expired(_) => Bucket::Expired,
            Self::NotYetGiven | Self::UnderSixteen | Self::OverAge | Self::CohortStatusClosed => {
                Bucket::NotEligible
            }
            Self::AgreementNotInForce(_)
            | Self::HeldNear
            | Self::NoYear12List
            | Self::TiedRecords
            | Self::TieDissolved
            | Self::NotThisPupil
            | Self::CodeHeld
            | Self::CodeUnknown
            | Self::CodeAbsent
            | Self::ProviderHeld => Bucket::Held,
        })
    }
}

/// Counts one pupil's verdict on the release's receipt: `consented` stays the sum of the others.
pub fn tally(counts: &mut ReleaseCounts, verdict: &Verdict) {
    let count = match verdict {
        Verdict::Share(_) => &mut counts.shared,
        Verdict::Withhold(reason) => match reason.bucket() {
            None => return,
            Some(Bucket::NoRecord) => &mut counts.no_record,
            Some(Bucket::Ambiguous) => &mut counts.ambiguous,
            Some(Bucket::Expired) => &mut counts.expired,
            Some(Bucket::NotEligible) => &mut counts.not_eligible,
            Some(Bucket::Held) => &mut counts.held,
        },
    };
    *count += 1;
    counts.consented += 1;
}
