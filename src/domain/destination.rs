//! What the council knows of where a young person went: activity codes, and one record of an extract.
//! Source of the table: `domain.md` 1.3; the labels are coarse on purpose, because a raw code can tell
//! of health, religion or custody, which nobody agreed to share.

use std::fmt;

use time::Date;

use super::{
    identifiers::{Laestab, Uln, Upn, Urn},
    ids::{RecordMark, SubmissionId},
    names::{Name, PersonName},
};

/// A caseload system's activity code, such as 210.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActivityCode(pub u16);

/// The plain words that a school reads instead of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// 310.
    Apprenticeship,
    /// 330, 350, 360.
    Employment,
    /// 320, 340.
    EmploymentWithTraining,
    /// 230.
    FurtherEducation,
    /// 260.
    GapYear,
    /// 240.
    HigherEducation,
    /// All reasons for being out of work and learning; which one is never told.
    NotInEducation,
    /// 8xx, and every record that has lapsed.
    NotKnown,
    /// 530.
    OtherEducationOrTraining,
    /// 270, 280.
    OtherFullTimeEducation,
    /// 250.
    PartTimeEducation,
    /// 210.
    SchoolSixthForm,
    /// 380, 381.
    SelfEmployment,
    /// 220.
    SixthFormCollege,
    /// 410 to 460.
    Training,
    /// 540, 550.
    Volunteering,
}

impl Label {
    /// The words in the destination file.
    pub fn words(self) -> &'static str {
        match self {
            Self::Apprenticeship => "Apprenticeship",
            Self::Employment => "Employment",
            Self::EmploymentWithTraining => "Employment with training",
            Self::FurtherEducation => "Further education",
            Self::GapYear => "Gap year",
            Self::HigherEducation => "Higher education",
            Self::NotInEducation => "Not in education, employment or training",
            Self::NotKnown => "Not known",
            Self::OtherEducationOrTraining => "Other education or training",
            Self::OtherFullTimeEducation => "Other full-time education",
            Self::PartTimeEducation => "Part-time education",
            Self::SchoolSixthForm => "School sixth form",
            Self::SelfEmployment => "Self-employment",
            Self::SixthFormCollege => "Sixth form college",
            Self::Training => "Training",
            Self::Volunteering => "Volunteering",
        }
    }

    /// The label with these words.
    pub fn from_words(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.words() == words)
    }

    /// Every label.
    pub const ALL: [Self; 16] = [
        Self::Apprenticeship,
        Self::Employment,
        Self::EmploymentWithTraining,
        Self::FurtherEducation,
        Self::GapYear,
        Self::HigherEducation,
        Self::NotInEducation,
        Self::NotKnown,
        Self::OtherEducationOrTraining,
        Self::OtherFullTimeEducation,
        Self::PartTimeEducation,
        Self::SchoolSixthForm,
        Self::SelfEmployment,
        Self::SixthFormCollege,
        Self::Training,
        Self::Volunteering,
    ];

    /// Whether a provider may stand beside this label at all.
    pub fn tells_provider(self) -> bool {
        !matches!(self, Self::NotInEducation | Self::NotKnown)
    }
}

/// What an activity code means for sharing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Meaning {
    /// Shared under this label.
    Shared(Label),
    /// Shared under this label, without the provider, whose name alone would tell a special need.
    SharedWithoutProvider(Label),
    /// Never shared without an officer: custody and the like.
    Hold,
    /// In no list that we know: held as well.
    Unknown,
}

impl ActivityCode {
    /// What the code means for sharing.
    pub fn meaning(self) -> Meaning {
        use Label as L;
        let label = match self.0 {
            110 | 120 | 130 | 140 | 150 | 290 | 710 | 720 => return Meaning::Hold,
            280 => return Meaning::SharedWithoutProvider(L::OtherFullTimeEducation),
            460 => return Meaning::SharedWithoutProvider(L::Training),
            210 => L::SchoolSixthForm,
            220 => L::SixthFormCollege,
            230 => L::FurtherEducation,
            240 => L::HigherEducation,
            250 => L::PartTimeEducation,
            260 => L::GapYear,
            270 => L::OtherFullTimeEducation,
            310 => L::Apprenticeship,
            320 | 340 => L::EmploymentWithTraining,
            330 | 350 | 360 => L::Employment,
            380 | 381 => L::SelfEmployment,
            410 | 430 | 440 | 450 => L::Training,
            530 => L::OtherEducationOrTraining,
            540 | 550 => L::Volunteering,
            610 | 615 | 616 | 619 | 620 | 630 | 640 | 650 | 660 | 670 | 680 => L::NotInEducation,
            810 | 820 | 830 => L::NotKnown,
            _ => return Meaning::Unknown,
        };
        Meaning::Shared(label)
    }
}

/// The Year 11 school as an extract writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SchoolMention {
    /// By LAESTAB, in any of its spellings.
    Laestab(Laestab),
    /// By URN.
    Urn(Urn),
}

/// An extract's `CohortStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CohortStatus {
    /// Nothing said, or a status under which sharing is possible.
    Open,
    /// D, M, T, E, X, L, or a letter that we don't know: never shared.
    Closed,
}

/// One record of an extract: only the allowed columns, the rest never left the parser.
#[derive(Clone, PartialEq, Eq)]
pub struct DestinationRecord {
    /// The caseload system's id for the young person, if the extract has one.
    pub client: Option<String>,
    /// Forename.
    pub forename: Name,
    /// Surname.
    pub surname: Name,
    /// Date of birth.
    pub born: Date,
    /// Unique Pupil Number, where valid.
    pub upn: Option<Upn>,
    /// Unique Learner Number, where valid.
    pub uln: Option<Uln>,
    /// The Year 11 school, if the extract or the file beside it tells.
    pub year11_school: Option<SchoolMention>,
    /// The activity; `None` where the cell is empty or no number.
    pub activity: Option<ActivityCode>,
    /// Provider or employer.
    pub provider: Option<String>,
    /// When the destination began.
    pub started: Option<Date>,
    /// When it was last confirmed (`DateVerified`).
    pub confirmed: Option<Date>,
    /// The extract's own flag that the record is no longer current.
    pub lapsed: bool,
    /// The day on which the record lapses.
    pub lapses: Option<Date>,
    /// The cohort status.
    pub status: CohortStatus,
    /// The council's flag that the young person has an EHCP.
    pub send: bool,
}

impl fmt::Debug for DestinationRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DestinationRecord(…)")
    }
}

/// The values of one row that was disclosed, as the ledger keeps them sealed. A recalled file is made
/// again from these, never from a newer extract. It is not a row that may be shared: only the gate
/// makes one of it, anew each time.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosed {
    /// Forename as the school gave it.
    pub forename: Name,
    /// Surname as the school gave it.
    pub surname: Name,
    /// Date of birth.
    pub born: Date,
    /// The type of destination.
    pub label: Label,
    /// Provider or employer.
    pub provider: Option<String>,
    /// Start date.
    pub started: Option<Date>,
    /// Confirmation date.
    pub confirmed: Option<Date>,
    /// The council's flag that the young person has an EHCP, on which the length of consent depends.
    pub send: bool,
    /// The record, where an analyst tied the pupil to it by hand: the row stands only as long as that tie.
    pub by_hand: Option<RecordMark>,
    /// The consent that the row rests on; `None` on rows from before it was kept.
    pub basis: Option<Basis>,
}

/// The consent that a disclosure rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The day on which the pupil consented.
    pub given_on: Date,
    /// The submission that told of the consent as it then stood.
    pub source: SubmissionId,
}

impl Disclosed {
    /// The pupil's names, as the school gave them.
    pub fn name(&self) -> PersonName {
        PersonName {
            forename: self.forename.clone(),
            surname: self.surname.clone(),
        }
    }
}

impl fmt::Debug for Disclosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disclosed(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reason_for_being_out_of_work_is_told() {
        for code in [610, 619, 620, 630, 640, 650, 660, 670, 680] {
            assert_eq!(
                ActivityCode(code).meaning(),
                Meaning::Shared(Label::NotInEducation)
            );
        }
    }

    #[test]
    fn codes_in_no_list_are_held() {
        for code in [0, 100, 420, 510, 520, 551, 840, 999] {
            assert_eq!(ActivityCode(code).meaning(), Meaning::Unknown);
        }
    }

    #[test]
    fn every_label_is_found_by_its_words() {
        for label in Label::ALL {
            assert_eq!(Label::from_words(label.words()), Some(label));
        }
    }
}
