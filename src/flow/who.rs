//! A person as an operator tells of one, and as a reply tells of one: plain text in, plain text out, and
//! never into a log.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    domain::{names::Name, pupil::Description},
    policy::identity::Traits,
    reading::day_of,
};

/// Whom a command is about. Its JSON is what `withdraw`, `subject` and `erase` read from `-`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Who {
    /// Forename.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forename: Option<String>,
    /// Surname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surname: Option<String>,
    /// Date of birth, as lists may write it.
    #[serde(default, alias = "dob", skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<String>,
    /// Unique Pupil Number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upn: Option<String>,
    /// Unique Learner Number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uln: Option<String>,
}

impl fmt::Debug for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Who(…)")
    }
}

/// Why a person can't be looked for. It repeats nothing that was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WhoFault {
    /// No name at all can be made of it.
    #[error("the forename is not a name as lists have them")]
    Forename,
    /// No name at all can be made of it.
    #[error("the surname is not a name as lists have them")]
    Surname,
    /// Not a day.
    #[error("the date of birth is not a day; write it as 2010-03-01 or 01/03/2010")]
    DateOfBirth,
    /// Its check letter is wrong.
    #[error("the UPN is not one: its check letter is wrong")]
    Upn,
    /// Its check digit is wrong.
    #[error("the ULN is not one: its check digit is wrong")]
    Uln,
    /// Too little to find one person by.
    #[error(
        "that is too little to tell one person from another: tell forename, surname and date of birth, or a UPN or ULN with date of birth or surname"
    )]
    TooLittle,
}

impl Who {
    /// The person in the words of the field, told well enough to be one person.
    pub fn described(&self) -> Result<Description, WhoFault> {
        let who = Description {
            forename: read(self.forename.as_deref(), WhoFault::Forename, |text| {
                Name::parse(text).ok()
            })?,
            surname: read(self.surname.as_deref(), WhoFault::Surname, |text| {
                Name::parse(text).ok()
            })?,
            born: read(self.date_of_birth.as_deref(), WhoFault::DateOfBirth, day_of)?,
            upn: read(self.upn.as_deref(), WhoFault::Upn, |text| text.parse().ok())?,
            uln: read(self.uln.as_deref(), WhoFault::Uln, |text| text.parse().ok())?,
        };
        if Traits::of_description(&who).identify() {
            Ok(who)
        } else {
            Err(WhoFault::TooLittle)
        }
    }
}

/// What is not told, or told blank, is unknown.
fn read<T>(
    text: Option<&str>,
    fault: WhoFault,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, WhoFault> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => parse(text).map(Some).ok_or(fault),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn who(forename: &str, surname: &str, born: &str) -> Who {
        Who {
            forename: Some(forename.to_owned()),
            surname: Some(surname.to_owned()),
            date_of_birth: Some(born.to_owned()),
            ..Who::default()
        }
    }

    #[test]
    fn a_person_is_told_as_lists_tell_one() {
        for born in ["2010-03-01", "01/03/2010", " 1 Mar 2010 "] {
            let described = who("Zoë", " Example ", born).described();
            assert_eq!(
                described.map(|who| who.born),
                Ok(Some(date!(2010 - 03 - 01))),
                "{born}"
            );
        }
    }

    #[test]
    fn too_little_or_nonsense_finds_nobody() {
        let fault = |who: Who| who.described().unwrap_err();
        assert_eq!(fault(who("Zoë", "", "2010-03-01")), WhoFault::TooLittle);
        assert_eq!(
            fault(who("Z0ë", "Example", "2010-03-01")),
            WhoFault::Forename
        );
        assert_eq!(
            fault(who("Zoë", "Example", "08/31/2010")),
            WhoFault::DateOfBirth
        );
    }

    #[test]
    fn a_person_is_never_printed() {
        let who = who("Zoë", "Example", "2010-03-01");
        assert_eq!(format!("{who:?}"), "Who(…)");
    }
}
