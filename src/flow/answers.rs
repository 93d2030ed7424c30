//! Answers that a person at the council gives a school: words that may stand on a receipt, and the receipt
//! seen before the command ends.

use super::{command::Reply, house::House, receipts};
use crate::domain::{ids::SchoolId, names::is_invisible};

impl House {
    /// The school's name, as far as it is known.
    pub(super) fn name_of(&self, school: SchoolId) -> String {
        let known = self.schools.of(school);
        known.map_or_else(|| format!("School {school}"), |school| school.name.clone())
    }
}

/// Why words can't be told to a school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsayable {
    /// There are none.
    Nothing,
    /// There are too many.
    TooMuch,
}

impl From<Unsayable> for Reply {
    fn from(unsayable: Unsayable) -> Self {
        let why = match unsayable {
            Unsayable::Nothing => "the school is told nothing",
            Unsayable::TooMuch => "the words for the school are longer than 1,000 characters",
        };
        Self::Refused {
            why: why.to_owned(),
            next: "say it in a sentence or two, and name no pupil".to_owned(),
        }
    }
}

/// Words for a school in one line, or what is wrong with them.
pub(super) fn for_school(words: &str) -> Result<String, Unsayable> {
    let harmless = words.chars().map(|c| {
        let is_gap = c.is_control() || is_invisible(c);
        if is_gap { ' ' } else { c }
    });
    let one_line = harmless.collect::<String>();
    let one_line = one_line.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.chars().count() {
        0 => Err(Unsayable::Nothing),
        1..=LONGEST => Ok(one_line),
        _ => Err(Unsayable::TooMuch),
    }
}

/// Publishes the receipts of what was just committed. What can't be published now is at the next pass.
pub(super) fn publish(house: &mut House) {
    match receipts::publish_waiting(house) {
        Ok(()) => house.calm(ANSWERING),
        Err(error) => house.trouble(ANSWERING, &error),
    }
}

/// Characters of an answer.
const LONGEST: usize = 1_000;
/// The name of this work among those that may fail.
const ANSWERING: &str = "answering";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_school_are_one_line_of_some_length() {
        let said = |words: &str| for_school(words).ok();
        assert_eq!(
            said(" Not\r\nthis\tterm.\x1b[2J ").as_deref(),
            Some("Not this term. [2J")
        );
        assert_eq!(said(" \n\u{200b} "), None);
        assert_eq!(said(&"x".repeat(1_001)), None);
        assert!(said(&"é".repeat(1_000)).is_some());
    }
}
