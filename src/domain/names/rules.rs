//! The rules on names as plain data, for a reader of lists that is not written in this language: it can't
//! differ from what is done here, because it is made of it.

use std::collections::BTreeMap;

use caseless::Caseless;
use serde::Serialize;

use super::{
    BETWEEN_NAMES, GARBLED, Name, TORN_FIRSTS, TORN_SECONDS, is_invisible, one_mark, undecomposed,
};

/// What may be a name, and how two are compared.
#[derive(Clone, Debug, Serialize)]
pub struct NameRules {
    longest: usize,
    /// Characters that are compared as `'`.
    apostrophes: String,
    /// Characters that are compared as `-`.
    hyphens: String,
    /// Letters that no normal form takes apart.
    undecomposed: BTreeMap<char, String>,
    garbled: [&'static str; 4],
    torn_firsts: &'static str,
    torn_seconds: &'static str,
    between_names: &'static str,
    /// Ranges of invisible characters, each with its first and its last.
    invisible: Vec<(u32, u32)>,
    /// What Unicode's default case folding makes of a character, where that is not its lower case.
    folds: BTreeMap<char, String>,
}

impl NameRules {
    /// The rules of [`NORMAL_FORM`](super::NORMAL_FORM).
    pub fn in_force() -> Self {
        let marked = |mark| characters().filter(move |c| *c != mark && one_mark(*c) == mark);
        Self {
            longest: Name::LONGEST,
            apostrophes: marked('\'').collect(),
            hyphens: marked('-').collect(),
            undecomposed: changed(|c| undecomposed(c).into_owned(), |c| c.to_string()),
            garbled: GARBLED,
            torn_firsts: TORN_FIRSTS,
            torn_seconds: TORN_SECONDS,
            between_names: BETWEEN_NAMES,
            invisible: ranges(characters().filter(|c| is_invisible(*c))),
            folds: changed(
                |c| std::iter::once(c).default_case_fold().collect(),
                |c| c.to_lowercase().collect(),
            ),
        }
    }
}

/// Characters of which two ways of writing them differ, each with the first way.
fn changed(one: impl Fn(char) -> String, other: impl Fn(char) -> String) -> BTreeMap<char, String> {
    let written = characters().map(|c| (c, one(c)));
    written.filter(|(c, one)| *one != other(*c)).collect()
}

fn ranges(characters: impl Iterator<Item = char>) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for at in characters.map(u32::from) {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == at => *last = at,
            _ => ranges.push((at, at)),
        }
    }
    ranges
}

fn characters() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_what_is_done_here() {
        let rules = NameRules::in_force();
        assert_eq!(rules.undecomposed[&'ł'], "l");
        assert_eq!(rules.folds[&'ß'], "ss");
        assert!(rules.apostrophes.contains('’') && rules.hyphens.contains('–'));
        assert!(rules.invisible.contains(&(0x200b, 0x200f)));
        assert!(!rules.folds.contains_key(&'A'), "its lower case is enough");
    }
}
