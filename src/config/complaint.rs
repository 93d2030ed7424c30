//! What is wrong with a file of settings, and where. Complaints are collected, so that one reading
//! shows all of them. They name keys and say what is expected; they never repeat a value, because a
//! value may be a secret or a person's name put into the wrong place.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// One thing to mend in a file of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The file, as it was named by whoever asked.
    pub file: PathBuf,
    /// Where in the file; `None` where the file as a whole is meant.
    pub place: Option<Place>,
    /// Whether anything can be taken from the file in spite of it.
    pub severity: Severity,
    /// What is wrong, in a sentence without its full stop.
    pub what: String,
    /// What to do next.
    pub hint: String,
}

/// A place in a text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

/// How bad a complaint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file counts; a person should look at it.
    Warning,
    /// The file does not count.
    Error,
}

impl Complaint {
    /// A complaint about a file as a whole.
    pub(super) fn of_file(
        file: &Path,
        severity: Severity,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            place: None,
            severity,
            what: what.into(),
            hint: hint.into(),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(Place { line, column }) = self.place {
            write!(f, "{line}:{column}:")?;
        }
        if self.severity == Severity::Warning {
            f.write_str(" warning:")?;
        }
        write!(f, " {} ({})", self.what, self.hint)
    }
}

/// All that is wrong with a file, in the order of its lines; never empty as an error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct Complaints(pub(super) Vec<Complaint>);

impl Complaints {
    pub(super) fn new(complaints: Vec<Complaint>) -> Self {
        Self(complaints)
    }

    /// The complaints one by one.
    pub fn iter(&self) -> impl Iterator<Item = &Complaint> {
        self.0.iter()
    }

    /// The complaints, to be gathered with others.
    pub fn into_vec(self) -> Vec<Complaint> {
        self.0
    }
}

impl fmt::Display for Complaints {
    /// One complaint a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, complaint) in self.0.iter().enumerate() {
            let line_break = if at == 0 { "" } else { "\n" };
            write!(f, "{line_break}{complaint}")?;
        }
        Ok(())
    }
}
