//! Names that we give to files. What others call theirs is taken as it comes, and never used as a path.

use std::fmt;

use thiserror::Error;

/// A name for a file of ours: one step of a path, visible, printable, at most 255 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(String);

/// The text is no name for a file of ours. It is not told: it may hold an uploaded file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotAFileName {
    /// Nothing.
    #[error("a file's name is empty")]
    Empty,
    /// More bytes than a name may have.
    #[error("a file's name is longer than 255 bytes")]
    TooLong,
    /// A slash or a control character.
    #[error("a file's name holds a slash or a control character")]
    Characters,
    /// A leading dot, which hides a file, or leads elsewhere.
    #[error("a file's name begins with a dot")]
    Hidden,
}

impl FileName {
    /// The name, if it may be one.
    pub fn parse(text: &str) -> Result<Self, NotAFileName> {
        if text.is_empty() {
            return Err(NotAFileName::Empty);
        }
        if text.len() > LONGEST {
            return Err(NotAFileName::TooLong);
        }
        if text.starts_with('.') {
            return Err(NotAFileName::Hidden);
        }
        if text.contains(|c: char| c == '/' || c.is_control()) {
            return Err(NotAFileName::Characters);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileName(…)")
    }
}

/// The longest name, in bytes, that Linux file systems take.
pub(super) const LONGEST: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_visible_step_of_a_path() {
        assert_eq!(
            FileName::parse("a b.csv.age").unwrap().as_str(),
            "a b.csv.age"
        );
        assert!(FileName::parse(&"x".repeat(255)).is_ok());
        let check = |text: &str, fault| assert_eq!(FileName::parse(text).err(), Some(fault));
        check("", NotAFileName::Empty);
        check(".", NotAFileName::Hidden);
        check("..", NotAFileName::Hidden);
        check(".tmp-x", NotAFileName::Hidden);
        check("../x", NotAFileName::Hidden);
        check("a/b", NotAFileName::Characters);
        check("/etc/passwd", NotAFileName::Characters);
        check("a\0b", NotAFileName::Characters);
        check("a\nb", NotAFileName::Characters);
        check(&"é".repeat(128), NotAFileName::TooLong);
    }
}
