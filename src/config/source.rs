//! A TOML text with its file's name: parsed keeping the place of every key and value, so that a
//! complaint can say where. Knows nothing of what the keys mean.

use std::{
    cell::RefCell,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use toml::{Spanned, de::DeTable};

use super::complaint::{Complaint, Complaints, Place, Severity};

/// The text of one file, and what was found wrong with it so far.
pub(super) struct Source {
    file: PathBuf,
    text: String,
    complaints: RefCell<Vec<Complaint>>,
}

impl Source {
    /// Reads the file. Where there is none, `if_absent` says what to do.
    pub(super) fn read(file: &Path, if_absent: &str) -> Result<Self, Complaints> {
        let bytes = fs::read(file).map_err(|error| {
            let hint = match error.kind() {
                ErrorKind::NotFound => if_absent,
                ErrorKind::PermissionDenied => "let the user that Pillarbox runs as read it",
                _ => "look at the file system",
            };
            let what = format!("cannot be read: {}", error.kind());
            Complaints::new(vec![Complaint::of_file(file, Severity::Error, what, hint)])
        })?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(file, text)),
            Err(error) => {
                let sound = error.utf8_error().valid_up_to();
                let start = String::from_utf8_lossy(error.as_bytes().get(..sound).unwrap_or(&[]));
                let source = Self::new(file, start.into_owned());
                source.error(sound, "the text is not UTF-8", "save the file as UTF-8");
                Err(source.into_complaints())
            }
        }
    }

    /// A text that did not come from a file, or not yet went into one.
    pub(super) fn new(file: &Path, text: String) -> Self {
        Self {
            file: file.to_owned(),
            text,
            complaints: RefCell::default(),
        }
    }

    /// The tables and values; `None`, and complaints, where the text is not TOML.
    pub(super) fn parse(&self) -> Option<Spanned<DeTable<'_>>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        for error in &errors {
            let at = error.span().unwrap_or_default().start;
            let hint = "mend the line; the rest was not looked at";
            self.error(at, error.message(), hint);
        }
        errors.is_empty().then_some(table)
    }

    /// Notes what makes the file unusable.
    pub(super) fn error(&self, at: usize, what: impl Into<String>, hint: impl Into<String>) {
        self.note(Severity::Error, at, what.into(), hint.into());
    }

    /// Notes what a person should look at.
    pub(super) fn warning(&self, at: usize, what: impl Into<String>, hint: impl Into<String>) {
        self.note(Severity::Warning, at, what.into(), hint.into());
    }

    /// The value where nothing but warnings was found, and these; else all that was found.
    pub(super) fn judge<T>(self, value: T) -> Result<(T, Vec<Complaint>), Complaints> {
        let Complaints(complaints) = self.into_complaints();
        let bad = complaints.iter().any(|c| c.severity == Severity::Error);
        if bad {
            Err(Complaints::new(complaints))
        } else {
            Ok((value, complaints))
        }
    }

    fn note(&self, severity: Severity, at: usize, what: String, hint: String) {
        self.complaints.borrow_mut().push(Complaint {
            file: self.file.clone(),
            place: Some(self.place(at)),
            severity,
            what,
            hint,
        });
    }

    fn into_complaints(self) -> Complaints {
        let mut complaints = self.complaints.into_inner();
        complaints.sort_by_key(|complaint| complaint.place);
        Complaints::new(complaints)
    }

    /// The place of the byte at this offset.
    fn place(&self, at: usize) -> Place {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
        }
    }
}
