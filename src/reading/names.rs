//! Names of pupils in cells: two columns, or one that holds both names. Guesses no order.

use super::cells::unquoted;
use crate::domain::{
    list::Cell,
    names::{Name, NameFault},
    problem::ProblemCode,
};

/// One part of a name.
pub(super) fn part(text: &str) -> Cell<Name> {
    let text = unquoted(text);
    // An error value of a spreadsheet, such as `#N/A`.
    if text.starts_with('#') {
        return Cell::Bad(ProblemCode::NameInvalid);
    }
    match Name::parse(text) {
        Ok(name) => Cell::Read(name),
        Err(NameFault::Empty) => Cell::Blank,
        Err(NameFault::Characters | NameFault::TooLong) => Cell::Bad(ProblemCode::NameInvalid),
    }
}

/// Forename and surname out of one cell: `Surname, Forename` or `Forename Surname`.
pub(super) fn whole(text: &str) -> (Cell<Name>, Cell<Name>) {
    let text = unquoted(text);
    if text.is_empty() {
        return (Cell::Blank, Cell::Blank);
    }
    let ambiguous = || {
        let bad = Cell::Bad(ProblemCode::NameAmbiguous);
        (bad.clone(), bad)
    };
    let parts = match text.split_once(',') {
        Some((surname, forename)) if !forename.contains(',') => Some((forename, surname)),
        Some(_) => None,
        None => two_words(text),
    };
    match parts.map(|(forename, surname)| (part(forename), part(surname))) {
        None | Some((Cell::Blank, _) | (_, Cell::Blank)) => ambiguous(),
        Some(names) => names,
    }
}

fn two_words(text: &str) -> Option<(&str, &str)> {
    let mut words = text.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(forename), Some(surname), None) => Some((forename, surname)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, String)> {
        let (forename, surname) = whole(text);
        let reveal = |cell: &Cell<Name>| Some(cell.value()?.reveal().to_owned());
        Some((reveal(&forename)?, reveal(&surname)?))
    }

    #[test]
    fn one_comma_or_two_words_tell_which_is_which() {
        let robin = Some(("Robin".to_owned(), "Example".to_owned()));
        assert_eq!(read("Example, Robin"), robin);
        assert_eq!(read("Robin Example"), robin);
        assert_eq!(read("Robin\u{a0}Example"), robin);
        assert_eq!(
            read("De La Cruz, Mary Ann"),
            Some(("Mary Ann".to_owned(), "De La Cruz".to_owned()))
        );
    }

    #[test]
    fn any_other_value_is_ambiguous() {
        for text in [
            "Robin",
            "Mary Ann Example",
            "Example, Robin, Jr",
            "Example,",
            ", Robin",
        ] {
            let (forename, surname) = whole(text);
            assert_eq!(forename.fault(), Some(ProblemCode::NameAmbiguous), "{text}");
            assert_eq!(surname.fault(), Some(ProblemCode::NameAmbiguous), "{text}");
        }
        assert_eq!(whole(""), (Cell::Blank, Cell::Blank));
    }

    #[test]
    fn a_name_that_lost_letters_is_invalid() {
        for text in ["#N/A", "#REF!", "Zo?", "J0hn", "ZoÃ«"] {
            assert_eq!(part(text).fault(), Some(ProblemCode::NameInvalid), "{text}");
        }
        assert_eq!(part("=\"Smith\"").value().unwrap().reveal(), "Smith");
    }
}
