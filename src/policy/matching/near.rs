//! What an analyst looks at when nothing matched: how near a record comes to a pupil. It is shown, and
//! never acted on.

use super::bond::{Keys, agree, permanent};
use crate::domain::{destination::DestinationRecord, pupil::Pupil};

/// How near a record comes; the first is the nearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// UPN or ULN.
    Number,
    /// Both names and the date of birth.
    NamesAndBirth,
    /// The date of birth and one of the names, or both names the wrong way round.
    BirthAndOneName,
    /// Both names, but another date of birth.
    Names,
}

impl Nearness {
    /// The nearness in one word, for reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::NamesAndBirth => "names-and-birth",
            Self::BirthAndOneName => "birth-and-one-name",
            Self::Names => "names",
        }
    }
}

/// How near this record comes to this pupil, if it does.
pub fn nearness(pupil: &Pupil, record: &DestinationRecord) -> Option<Nearness> {
    let own = Keys::of(&pupil.name.forename, &pupil.name.surname);
    let told = Keys::of(&record.forename, &record.surname);
    nearness_of((pupil, &own), (record, &told))
}

/// The same where the names' keys are made already.
pub(super) fn nearness_of(
    (pupil, own): (&Pupil, &Keys),
    (record, told): (&DestinationRecord, &Keys),
) -> Option<Nearness> {
    let number =
        agree(pupil.permanent_upn(), permanent(record.upn)) || agree(pupil.uln, record.uln);
    if number {
        return Some(Nearness::Number);
    }
    let forename = own.forename == told.forename;
    let surname = own.surname == told.surname;
    let swapped = own.forename == told.surname && own.surname == told.forename;
    match (pupil.born == record.born, forename, surname) {
        (true, true, true) => Some(Nearness::NamesAndBirth),
        (true, ..) if forename || surname || swapped => Some(Nearness::BirthAndOneName),
        (false, true, true) => Some(Nearness::Names),
        _ => None,
    }
}
