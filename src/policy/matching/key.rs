//! The form in which names are compared. Knows [`k2`], and what to do with a
//! name of which it leaves nothing.

use crate::domain::names::{k1, k2};

/// The form k2. Names that are equal under k1 are equal under k2 as well, so that one comparison serves
/// for both; a text without any letter left under k2 is compared by k1, because two nothings are equal
/// and their owners are not.
pub(in crate::policy) fn key(text: &str) -> String {
    let letters = k2(text);
    if letters.is_empty() {
        // A mark that no k2 holds keeps the two forms apart.
        format!("\u{1}{}", k1(text))
    } else {
        letters
    }
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn what_has_no_letters_is_not_equal_to_all_else_that_has_none() {
        assert_eq!(key("Zoë"), key("ZOE"));
        assert_ne!(key("12"), key("34"));
    }
}
