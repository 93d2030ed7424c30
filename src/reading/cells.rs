//! Single cells to the words of the field: identifiers, answers, year groups, schools. Strips what a
//! spreadsheet put around a value, and repairs nothing that it lost.

use super::table::{Kind, Value};
use crate::domain::{
    destination::SchoolMention,
    identifiers::{Uln, Upn},
    list::{Answer, Cell, SchoolNamed, Withdrawal},
    problem::ProblemCode,
};

/// The text within `="0123"`, or behind the apostrophe of `'0123`.
pub(super) fn unwrapped(text: &str) -> &str {
    let text = unquoted(text);
    text.strip_prefix('\'').unwrap_or(text).trim()
}

/// The text within `="Smith"`. A name may begin with an apostrophe of its own (`'t Hooft`).
pub(super) fn unquoted(text: &str) -> &str {
    text.strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text)
        .trim()
}

/// A UPN: its case and inner spaces do not matter.
pub(super) fn upn(text: &str) -> Cell<Upn> {
    let text = unwrapped(text);
    if text.is_empty() {
        return Cell::Blank;
    }
    if let Ok(upn) = text.parse() {
        return Cell::Read(upn);
    }
    let bare: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{200b}')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    bare.parse()
        .map_or(Cell::Bad(ProblemCode::UpnInvalid), Cell::Read)
}

/// A ULN: `.0` at its end is stripped, lost digits are not.
pub(super) fn uln(text: &str) -> Cell<Uln> {
    let text = unwrapped(text);
    if text.is_empty() {
        return Cell::Blank;
    }
    let digits = text.strip_suffix(".0").unwrap_or(text);
    digits
        .parse()
        .map_or(Cell::Bad(ProblemCode::UlnInvalid), Cell::Read)
}

/// What a consent column says: a closed list of yes words is consent, and nothing else is.
pub(super) fn answer(value: Value<'_>) -> Answer {
    match said(value) {
        Said::Yes => Answer::Yes,
        Said::No => Answer::No,
        Said::Nothing | Said::Other => Answer::Unclear,
    }
}

/// What a withdrawn column says where it tells no date: whatever is no plain no withdraws.
pub(super) fn withdrawal(value: Value<'_>) -> Withdrawal {
    let text = unwrapped(value.text).to_lowercase();
    let none = NOT_WITHDRAWN.contains(&text.as_str());
    let declined = DECLINED.contains(&text.as_str());
    match said(value) {
        Said::Nothing => Withdrawal::No,
        Said::No if !declined => Withdrawal::No,
        _ if none => Withdrawal::No,
        _ => Withdrawal::Yes,
    }
}

/// A plain yes, for columns that flag something.
pub(super) fn is_yes(value: Value<'_>) -> bool {
    matches!(said(value), Said::Yes)
}

/// Whether an EHCP or SEN column says that there is an Education, Health and Care plan.
pub(super) fn ehcp(value: Value<'_>, column: EhcpColumn) -> bool {
    let letters: String = value.text.chars().filter(|c| c.is_alphanumeric()).collect();
    let plan = PLANS.contains(&letters.to_lowercase().as_str());
    plan || (column == EhcpColumn::Ehcp && is_yes(value))
}

/// Which of the two columns it is: a yes in a SEN column is no EHCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EhcpColumn {
    Ehcp,
    Sen,
}

/// `11`, `Year 11`, `Yr11`, `Y11`, `11A`.
pub(super) fn year_group(text: &str) -> Option<u8> {
    let text = unwrapped(text).to_ascii_lowercase();
    let rest = ["year", "yr", "y"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .unwrap_or(&text)
        .trim_start_matches([' ', '.']);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let year = rest.get(..digits)?.parse().ok()?;
    let class = rest.get(digits..)?.trim();
    let short = class.len() <= 4 && class.chars().all(char::is_alphanumeric);
    (short && (1..=14).contains(&year)).then_some(year)
}

/// The school that a row names.
pub(super) fn school(text: &str, column: SchoolColumn) -> Cell<SchoolNamed> {
    let text = unwrapped(text);
    if text.is_empty() {
        return Cell::Blank;
    }
    match school_number(text) {
        Some(mention) => Cell::Read(SchoolNamed::Number(mention)),
        None if column == SchoolColumn::Name && text.chars().any(char::is_alphabetic) => {
            Cell::Read(SchoolNamed::Name)
        }
        None => Cell::Bad(ProblemCode::WrongSchool),
    }
}

/// Whether a column of schools may hold names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SchoolColumn {
    Number,
    Name,
}

/// A LAESTAB in any spelling, or a URN.
pub(super) fn school_number(text: &str) -> Option<SchoolMention> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let laestab = text.parse().map(SchoolMention::Laestab);
    laestab
        .or_else(|_| text.parse().map(SchoolMention::Urn))
        .ok()
}

enum Said {
    Nothing,
    Yes,
    No,
    Other,
}

fn said(value: Value<'_>) -> Said {
    let text = unwrapped(value.text).trim_end_matches('\u{fe0f}');
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match text {
        "" => Said::Nothing,
        _ if value.kind == Kind::Date => Said::Other,
        _ if is(&YES) => Said::Yes,
        _ if is(&NO) => Said::No,
        _ => Said::Other,
    }
}

/// What a withdrawn column says of somebody who did not withdraw, beside the no words.
pub(super) const NOT_WITHDRAWN: [&str; 8] =
    ["-", "–", "—", "n/a", "na", "none", "nil", "not withdrawn"];

/// A no to consent, and a yes to having withdrawn.
pub(super) const DECLINED: [&str; 4] = ["refused", "declined", "withdrawn", "not given"];

/// How an Education, Health and Care plan is written, letters and digits alone.
pub(super) const PLANS: [&str; 7] = [
    "e",
    "ehcp",
    "ehcplan",
    "eehcp",
    "eehcplan",
    "educationhealthandcareplan",
    "eeducationhealthandcareplan",
];

/// The yes words (`consent_values` in the vectors, and `agreed`).
pub(super) const YES: [&str; 12] = [
    "yes",
    "y",
    "1",
    "true",
    "✓",
    "✔",
    "☑",
    "consented",
    "consent given",
    "granted",
    "given",
    "agreed",
];

/// The no words.
pub(super) const NO: [&str; 11] = [
    "no",
    "n",
    "0",
    "false",
    "✗",
    "✘",
    "☐",
    "refused",
    "declined",
    "withdrawn",
    "not given",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value<'_> {
        Value {
            kind: Kind::Text,
            text,
        }
    }

    #[test]
    fn wrappers_of_spreadsheets_are_stripped() {
        assert_eq!(unwrapped("'0123"), "0123");
        assert_eq!(unwrapped("=\"0123\""), "0123");
        assert_eq!(unwrapped("=0123"), "=0123");
        assert_eq!(unquoted("'t Hooft"), "'t Hooft");
    }

    #[test]
    fn a_upn_is_read_in_any_case_and_with_spaces() {
        for good in [
            "P860400119001",
            "p860400119001",
            " P860 4001 19001",
            "'P860400119001",
        ] {
            assert!(matches!(upn(good), Cell::Read(_)), "{good}");
        }
        for bad in ["A860400119001", "P86040011900", "n/a", "P８60400119001"] {
            assert_eq!(upn(bad), Cell::Bad(ProblemCode::UpnInvalid), "{bad}");
        }
        assert_eq!(upn("  "), Cell::Blank);
    }

    #[test]
    fn a_uln_loses_its_wrapper_and_never_gains_digits() {
        for good in [
            "9276308686",
            "9276308686.0",
            "'9276308686",
            "=\"9276308686\"",
        ] {
            assert!(matches!(uln(good), Cell::Read(_)), "{good}");
        }
        for bad in [
            "9.27631E+09",
            "9276308687",
            "9276 308686",
            "9999999999",
            "9276308686.00",
        ] {
            assert_eq!(uln(bad), Cell::Bad(ProblemCode::UlnInvalid), "{bad}");
        }
    }

    #[test]
    fn whatever_is_no_plain_no_withdraws() {
        for yes in [
            "Yes",
            "withdrawn",
            "Declined",
            "last week",
            "32/13/2026",
            "x",
        ] {
            assert_eq!(withdrawal(text(yes)), Withdrawal::Yes, "{yes}");
        }
        for no in ["", "No", "N", "0", "FALSE", "-", "n/a", "None"] {
            assert_eq!(withdrawal(text(no)), Withdrawal::No, "{no}");
        }
    }

    #[test]
    fn year_groups_are_read_in_their_spellings() {
        for spelling in ["11", "Year 11", "Yr11", "Y11", "11A", "yr. 11", "Year 11 A"] {
            assert_eq!(year_group(spelling), Some(11), "{spelling}");
        }
        for other in ["", "Year", "99", "11 and 12", "Reception", "2010-2011"] {
            assert_eq!(year_group(other), None, "{other}");
        }
    }

    #[test]
    fn only_a_plan_is_a_plan() {
        assert!(ehcp(text("Yes"), EhcpColumn::Ehcp));
        assert!(!ehcp(text("Yes"), EhcpColumn::Sen));
        for plan in ["E", "e", "EHCP", "E - Education, health and care plan"] {
            assert!(ehcp(text(plan), EhcpColumn::Sen), "{plan}");
        }
        for none in ["K", "N", "S", ""] {
            assert!(!ehcp(text(none), EhcpColumn::Sen), "{none}");
        }
    }

    #[test]
    fn schools_are_told_by_number_or_by_name() {
        for number in [
            "8604001",
            "860/4001",
            "860-4001",
            "8604001.0",
            "124001",
            "'8604001",
        ] {
            let read = school(number, SchoolColumn::Number);
            assert!(
                matches!(read, Cell::Read(SchoolNamed::Number(_))),
                "{number}"
            );
        }
        assert_eq!(
            school("Cannock Vale High School", SchoolColumn::Name),
            Cell::Read(SchoolNamed::Name)
        );
        for wrong in [
            ("4001", SchoolColumn::Name),
            ("Cannock", SchoolColumn::Number),
        ] {
            assert_eq!(
                school(wrong.0, wrong.1),
                Cell::Bad(ProblemCode::WrongSchool)
            );
        }
    }
}
