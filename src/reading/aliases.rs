//! The headers that schools write, as a closed list (`domain.md` 3.1), and which of two goes first.
//! Knows no rows.

use std::{collections::HashMap, sync::LazyLock};

use serde::Serialize;

/// What a column of a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Field {
    Forename,
    Surname,
    /// Both names in one column.
    WholeName,
    Born,
    Upn,
    Uln,
    Consent,
    ConsentDate,
    Withdrawn,
    YearGroup,
    Ehcp,
    School,
}

impl Field {
    /// Every field, in the order of a list's own template.
    pub(super) const ALL: [Self; 12] = [
        Self::Forename,
        Self::Surname,
        Self::WholeName,
        Self::Born,
        Self::Upn,
        Self::Uln,
        Self::Consent,
        Self::ConsentDate,
        Self::Withdrawn,
        Self::YearGroup,
        Self::Ehcp,
        Self::School,
    ];

    /// Whether the column says who a pupil is: where it is in doubt, nothing in the list is used.
    pub(super) fn identifies(self) -> bool {
        matches!(
            self,
            Self::Forename | Self::Surname | Self::WholeName | Self::Born | Self::Upn | Self::Uln
        )
    }
}

/// A header's field, and its rank among the headers of that field: the lowest is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Alias {
    pub(super) field: Field,
    pub(super) rank: u8,
}

/// The part of a header that is compared: letters and digits in lower case.
pub(super) fn compact(header: &str) -> String {
    let kept = header.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// What a column under this header holds; the header is [`compact`].
pub(super) fn alias(compact: &str) -> Option<Alias> {
    static KNOWN: LazyLock<HashMap<&'static str, Alias>> = LazyLock::new(|| {
        let known = HEADERS.iter().flat_map(|(field, rank, headers)| {
            let alias = Alias {
                field: *field,
                rank: *rank,
            };
            headers.iter().map(move |header| (*header, alias))
        });
        known.collect()
    });
    KNOWN.get(compact).copied()
}

/// Whether a header speaks of agreeing or refusing, without being one that is known. Such a column may
/// be what decides who is on the list: it must not be overlooked (spec 3).
pub(super) fn speaks_of_consent(compact: &str) -> bool {
    CONSENT_STEMS.iter().any(|stem| compact.contains(stem))
}

/// Every header that is known, [`compact`], with its field and rank: legal names before plain ones, plain
/// before chosen and preferred ones.
pub(super) const HEADERS: &[(Field, u8, &[&str])] = &[
    (
        Field::Forename,
        0,
        &[
            "legalforename",
            "legalforenames",
            "legalfirstname",
            "legalfirstnames",
            "legalgivenname",
        ],
    ),
    (
        Field::Forename,
        1,
        &[
            "forename",
            "forenames",
            "firstname",
            "firstnames",
            "givenname",
            "givennames",
            "childfirstname",
            "childforename",
            "pupilforename",
            "pupilfirstname",
            "studentforename",
            "studentfirstname",
        ],
    ),
    (Field::Forename, 2, &["chosenforename"]),
    (
        Field::Forename,
        3,
        &[
            "preferredforename",
            "preferredname",
            "preferredfirstname",
            "usualfirstname",
            "usualforename",
            "knownas",
            "chosenname",
            "childpreferredfirstname",
        ],
    ),
    (
        Field::Surname,
        0,
        &["legalsurname", "legallastname", "legalfamilyname"],
    ),
    (
        Field::Surname,
        1,
        &[
            "surname",
            "lastname",
            "familyname",
            "childlastname",
            "childsurname",
            "pupilsurname",
            "pupillastname",
            "studentsurname",
            "studentlastname",
        ],
    ),
    (Field::Surname, 2, &["chosensurname"]),
    (
        Field::Surname,
        3,
        &[
            "preferredsurname",
            "usualsurname",
            "preferredlastname",
            "childpreferredlastname",
        ],
    ),
    (
        Field::WholeName,
        0,
        &["pupilname", "studentname", "childname"],
    ),
    (Field::WholeName, 1, &["name", "fullname"]),
    (
        Field::Born,
        0,
        &[
            "dob",
            "dateofbirth",
            "birthdate",
            "childdateofbirth",
            "pupildateofbirth",
            "studentdateofbirth",
            "dobddmmyyyy",
            "dateofbirthddmmyyyy",
            "dateofbirthdob",
        ],
    ),
    (
        Field::Upn,
        0,
        &["upn", "uniquepupilnumber", "uniquepupilnumberupn"],
    ),
    (
        Field::Uln,
        0,
        &[
            "uln",
            "uniquelearnernumber",
            "uniquelearnerno",
            "uniquelearnernumberuln",
        ],
    ),
    (
        Field::Consent,
        0,
        &["destinationsconsent", "destinationconsent"],
    ),
    (
        Field::Consent,
        1,
        &[
            "consent",
            "consentgiven",
            "consented",
            "consentstatus",
            "consentyn",
            "consentyesno",
            "consentgivenyn",
        ],
    ),
    (
        Field::ConsentDate,
        0,
        &[
            "consentdate",
            "dateofconsent",
            "dateconsented",
            "dateconsentgiven",
            "consentgivendate",
            "consentedon",
            "destinationsconsentdate",
            "consentdateddmmyyyy",
        ],
    ),
    (Field::ConsentDate, 1, &["datesigned"]),
    (Field::ConsentDate, 2, &["date"]),
    (
        Field::Withdrawn,
        0,
        &[
            "withdrawn",
            "withdrawaldate",
            "consentwithdrawn",
            "withdrawndate",
            "withdrawnon",
            "dateofwithdrawal",
            "datewithdrawn",
            "consentwithdrawndate",
            "dateconsentwithdrawn",
        ],
    ),
    (
        Field::YearGroup,
        0,
        &[
            "yeargroup",
            "ncyear",
            "ncyeargroup",
            "yearcurrentyear",
            "nationalcurriculumyear",
            "nationalcurriculumyeargroup",
            "childyeargroup",
        ],
    ),
    (Field::YearGroup, 1, &["year", "yr"]),
    (Field::Ehcp, 0, &["ehcp", "ehcplan", "hasehcp", "ehcpyn"]),
    (Field::Ehcp, SEN, &["senstatus"]),
    (Field::Ehcp, SEN + 1, &["senprovision"]),
    (Field::Ehcp, SEN + 2, &["sencode"]),
    (
        Field::School,
        0,
        &["laestab", "leaestab", "laestabnumber", "schoollaestab"],
    ),
    (
        Field::School,
        1,
        &[
            "dfenumber",
            "dfesnumber",
            "dfeno",
            "dfesno",
            "schooldfenumber",
        ],
    ),
    (Field::School, 2, &["urn", "schoolurn"]),
    (Field::School, SCHOOL_NAMES, &["school"]),
    (Field::School, SCHOOL_NAMES + 1, &["schoolname"]),
];

/// Parts of words that agree or refuse.
pub(super) const CONSENT_STEMS: [&str; 11] = [
    "consent",
    "permission",
    "agree",
    "optout",
    "optin",
    "opted",
    "refus",
    "declin",
    "withdr",
    "revok",
    "object",
];

/// Columns of [`Field::Ehcp`] from this rank on hold SEN codes.
pub(super) const SEN: u8 = 1;

/// Columns of [`Field::School`] from this rank on may hold names.
pub(super) const SCHOOL_NAMES: u8 = 3;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn field(header: &str) -> Option<Field> {
        alias(&compact(header)).map(|alias| alias.field)
    }

    #[test]
    fn case_spaces_and_punctuation_do_not_matter() {
        for header in [
            "Date of Birth",
            "date_of_birth",
            "D.O.B.",
            " DOB* ",
            "Date-Of-Birth",
        ] {
            assert_eq!(field(header), Some(Field::Born), "{header}");
        }
        assert_eq!(field("Forename(s)"), Some(Field::Forename));
        assert_eq!(field("CHILD_FIRST_NAME"), Some(Field::Forename));
        assert_eq!(field("Year (Current Year)"), Some(Field::YearGroup));
        assert_eq!(field("LEA/Estab"), Some(Field::School));
        assert_eq!(field("SEN Status"), Some(Field::Ehcp));
    }

    #[test]
    fn nothing_beyond_the_list_is_guessed() {
        for header in [
            "Former UPN",
            "Middle name",
            "Birth day",
            "",
            "Vorname",
            "Month/year of birth",
        ] {
            assert_eq!(field(header), None, "{header}");
        }
    }

    #[test]
    fn every_header_is_known_once_and_as_it_is_compared() {
        let headers: Vec<&str> = HEADERS
            .iter()
            .flat_map(|(.., one)| one.iter().copied())
            .collect();
        let different: BTreeSet<&str> = headers.iter().copied().collect();
        assert_eq!(different.len(), headers.len());
        assert!(headers.iter().all(|header| compact(header) == *header));
    }

    #[test]
    fn legal_names_go_before_preferred_ones() {
        let rank = |header: &str| alias(&compact(header)).unwrap().rank;
        assert!(rank("Legal Surname") < rank("Surname"));
        assert!(rank("Surname") < rank("Preferred Surname"));
        assert!(rank("First name") < rank("Known as"));
    }

    #[test]
    fn other_consents_are_noticed() {
        for header in [
            "Parental consent",
            "Photo consent",
            "Opted out",
            "Permission given",
            "Refused?",
        ] {
            assert_eq!(field(header), None, "{header}");
            assert!(speaks_of_consent(&compact(header)), "{header}");
        }
        assert!(!speaks_of_consent(&compact("Tutor group")));
    }
}
