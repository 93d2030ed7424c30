//! The headers that schools write, as a closed list (`domain.md` 3.1), and which of two goes first.
//! Knows no rows.

/// What a column of a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    let (field, rank) = name(compact)
        .or_else(|| identity(compact))
        .or_else(|| consent(compact))
        .or_else(|| circumstance(compact))?;
    Some(Alias { field, rank })
}

/// Whether a header speaks of agreeing or refusing, without being one that is known. Such a column may
/// be what decides who is on the list: it must not be overlooked (spec 3).
pub(super) fn speaks_of_consent(compact: &str) -> bool {
    const STEMS: [&str; 11] = [
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
    STEMS.iter().any(|stem| compact.contains(stem))
}

/// Legal names before plain ones, plain before chosen and preferred ones.
fn name(compact: &str) -> Option<(Field, u8)> {
    Some(match compact {
        "legalforename" | "legalforenames" | "legalfirstname" | "legalfirstnames"
        | "legalgivenname" => (Field::Forename, 0),
        "forename" | "forenames" | "firstname" | "firstnames" | "givenname" | "givennames"
        | "childfirstname" | "childforename" | "pupilforename" | "pupilfirstname"
        | "studentforename" | "studentfirstname" => (Field::Forename, 1),
        "chosenforename" => (Field::Forename, 2),
        "preferredforename"
        | "preferredname"
        | "preferredfirstname"
        | "usualfirstname"
        | "usualforename"
        | "knownas"
        | "chosenname"
        | "childpreferredfirstname" => (Field::Forename, 3),
        "legalsurname" | "legallastname" | "legalfamilyname" => (Field::Surname, 0),
        "surname" | "lastname" | "familyname" | "childlastname" | "childsurname"
        | "pupilsurname" | "pupillastname" | "studentsurname" | "studentlastname" => {
            (Field::Surname, 1)
        }
        "chosensurname" => (Field::Surname, 2),
        "preferredsurname" | "usualsurname" | "preferredlastname" | "childpreferredlastname" => {
            (Field::Surname, 3)
        }
        "pupilname" | "studentname" | "childname" => (Field::WholeName, 0),
        "name" | "fullname" => (Field::WholeName, 1),
        _ => return None,
    })
}

fn identity(compact: &str) -> Option<(Field, u8)> {
    Some(match compact {
        "dob"
        | "dateofbirth"
        | "birthdate"
        | "childdateofbirth"
        | "pupildateofbirth"
        | "studentdateofbirth"
        | "dobddmmyyyy"
        | "dateofbirthddmmyyyy"
        | "dateofbirthdob" => (Field::Born, 0),
        "upn" | "uniquepupilnumber" | "uniquepupilnumberupn" => (Field::Upn, 0),
        "uln" | "uniquelearnernumber" | "uniquelearnerno" | "uniquelearnernumberuln" => {
            (Field::Uln, 0)
        }
        _ => return None,
    })
}

fn consent(compact: &str) -> Option<(Field, u8)> {
    Some(match compact {
        "destinationsconsent" | "destinationconsent" => (Field::Consent, 0),
        "consent" | "consentgiven" | "consented" | "consentstatus" | "consentyn"
        | "consentyesno" | "consentgivenyn" => (Field::Consent, 1),
        "consentdate"
        | "dateofconsent"
        | "dateconsented"
        | "dateconsentgiven"
        | "consentgivendate"
        | "consentedon"
        | "destinationsconsentdate"
        | "consentdateddmmyyyy" => (Field::ConsentDate, 0),
        "datesigned" => (Field::ConsentDate, 1),
        "date" => (Field::ConsentDate, 2),
        "withdrawn"
        | "withdrawaldate"
        | "consentwithdrawn"
        | "withdrawndate"
        | "withdrawnon"
        | "dateofwithdrawal"
        | "datewithdrawn"
        | "consentwithdrawndate"
        | "dateconsentwithdrawn" => (Field::Withdrawn, 0),
        _ => return None,
    })
}

fn circumstance(compact: &str) -> Option<(Field, u8)> {
    Some(match compact {
        "yeargroup"
        | "ncyear"
        | "ncyeargroup"
        | "yearcurrentyear"
        | "nationalcurriculumyear"
        | "nationalcurriculumyeargroup"
        | "childyeargroup" => (Field::YearGroup, 0),
        "year" | "yr" => (Field::YearGroup, 1),
        "ehcp" | "ehcplan" | "hasehcp" | "ehcpyn" => (Field::Ehcp, 0),
        "senstatus" => (Field::Ehcp, SEN),
        "senprovision" => (Field::Ehcp, SEN + 1),
        "sencode" => (Field::Ehcp, SEN + 2),
        "laestab" | "leaestab" | "laestabnumber" | "schoollaestab" => (Field::School, 0),
        "dfenumber" | "dfesnumber" | "dfeno" | "dfesno" | "schooldfenumber" => (Field::School, 1),
        "urn" | "schoolurn" => (Field::School, 2),
        "school" => (Field::School, SCHOOL_NAMES),
        "schoolname" => (Field::School, SCHOOL_NAMES + 1),
        _ => return None,
    })
}

/// Columns of [`Field::Ehcp`] from this rank on hold SEN codes.
pub(super) const SEN: u8 = 1;

/// Columns of [`Field::School`] from this rank on may hold names.
pub(super) const SCHOOL_NAMES: u8 = 3;

#[cfg(test)]
mod tests {
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
