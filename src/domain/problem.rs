//! What can be wrong with a file or a row: stable codes for programs, plain sentences for people.
//! A problem never names a pupil: it points at a row by the number that the school's spreadsheet shows.

use serde::{Deserialize, Serialize};

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The row or the file was taken all the same.
    Warning,
    /// The row or the file was not taken.
    Error,
}

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The spreadsheet's own row number; `None` for what is wrong with the file as a whole.
    pub row: Option<u32>,
    /// The column's header as the school wrote it.
    pub column: Option<String>,
    /// The stable code.
    pub code: ProblemCode,
    /// Whether the row or file was taken all the same.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub fix: String,
}

impl Problem {
    /// A problem of the whole file, in its code's own words.
    pub fn of_file(code: ProblemCode) -> Self {
        let (severity, message, fix) = code.words();
        Self {
            row: None,
            column: None,
            code,
            severity,
            message: message.to_owned(),
            fix: fix.to_owned(),
        }
    }

    /// A problem of one row, in its code's own words.
    pub fn of_row(code: ProblemCode, row: u32, column: Option<&str>) -> Self {
        Self {
            row: Some(row),
            column: column.map(str::to_owned),
            ..Self::of_file(code)
        }
    }

    /// The same problem with a message that tells more.
    #[must_use]
    pub fn saying(self, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..self
        }
    }

    /// The same problem with a column.
    #[must_use]
    pub fn in_column(self, column: &str) -> Self {
        Self {
            column: Some(column.to_owned()),
            ..self
        }
    }

    /// The same problem as an error, or as a warning.
    #[must_use]
    pub fn weighing(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }
}

macro_rules! codes {
    ($($name:ident $code:literal $severity:ident $message:literal $fix:literal;)*) => {
        /// The stable codes of spec 3, each with its sentence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ProblemCode {
            $(#[doc = $message] #[serde(rename = $code)] $name,)*
        }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as receipts print it.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The code that receipts print as this.
            pub fn of(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == code)
            }

            /// The usual weight, what is wrong, and how to mend it.
            pub fn words(self) -> (Severity, &'static str, &'static str) {
                match self { $(Self::$name => (Severity::$severity, $message, $fix),)* }
            }
        }
    };
}

codes! {
    FileEmpty "file-empty" Error
        "The file is empty."
        "Open the list, check that the pupils are in it, save it and send it again.";
    FileTooLarge "file-too-large" Error
        "The file is larger than the council takes."
        "Send only the pupil list, without pictures or other sheets.";
    FileTypeUnknown "file-type-unknown" Error
        "This kind of file can't be read."
        "Send the list as .csv, .tsv, .txt, .xlsx, .xls or .ods: one file, not a folder, a link or a shortcut.";
    FileUnreadable "file-unreadable" Error
        "The file could not be read: it is damaged, or not what its name says."
        "Open it in your spreadsheet program, save it again as .xlsx or as CSV UTF-8, and send that.";
    FileIncomplete "file-incomplete" Error
        "Only part of this file arrived. Nothing was taken from it."
        "Send the whole file again, and wait until your program says that it has finished.";
    FileEncryptedToAnotherKey "file-encrypted-to-another-key" Error
        "The file is encrypted to a key that the council does not have."
        "Encrypt it to the council's intake key, or send it without encryption: the connection protects it.";
    FilePasswordProtected "file-password-protected" Error
        "The workbook is protected by a password or a sensitivity label, so it can't be opened."
        "Save a copy without the password or label, and send that.";
    FileTooManyRows "file-too-many-rows" Error
        "The file has more rows than the council takes."
        "Check that it is the list of your own pupils, and remove empty rows below it.";
    SheetAmbiguous "sheet-ambiguous" Error
        "More than one sheet of the workbook holds data, so it is not clear which one is the list."
        "Keep only the sheet with the list, and send it again.";
    HiddenRows "hidden-rows" Error
        "The sheet is hidden, or has hidden or filtered rows. They may hide those who did not consent."
        "Unhide the sheet, clear the filter, show all rows, remove the rows that should not be there, and send it again.";
    HeaderNotFound "header-not-found" Error
        "No row of headers was found in the first rows."
        "Put one row of headers above the pupils: Forename, Surname, Date of birth, Consent.";
    ColumnMissing "column-missing" Error
        "A column that is needed is missing."
        "Add the column, with its name in the header row.";
    ColumnAmbiguous "column-ambiguous" Error
        "It is not clear which column is meant."
        "Keep one column for each thing, and name the consent column «Consent».";
    TooManyBadRows "too-many-bad-rows" Error
        "So many rows need mending that the whole list was refused, and nothing changed."
        "Mend the rows below and send the whole list again.";
    SchoolUnknown "school-unknown" Error
        "The council has no school by this number."
        "Ask the council which number is yours.";
    AgreementNotInForce "agreement-not-in-force" Error
        "There is no information sharing agreement in force between your school and the council, so the list was not kept."
        "Ask the council's contact about the agreement, and send the list again once it is in force.";
    ForenameMissing "forename-missing" Error
        "The forename is missing."
        "Fill in the legal forename.";
    SurnameMissing "surname-missing" Error
        "The surname is missing."
        "Fill in the legal surname.";
    NameAmbiguous "name-ambiguous" Error
        "It is not clear which part of the name is the surname."
        "Write it as «Surname, Forename», or use two columns.";
    NameInvalid "name-invalid" Error
        "The name holds characters that no name has; the file may have been saved in the wrong encoding."
        "Correct the name, and save the file as CSV UTF-8 or as .xlsx.";
    DobMissing "dob-missing" Error
        "The date of birth is missing."
        "Fill in the date of birth as dd/mm/yyyy.";
    DobNotADate "dob-not-a-date" Error
        "The date of birth is not a date that can be read."
        "Write it as dd/mm/yyyy, with all four digits of the year.";
    DatesMonthFirst "dates-month-first" Error
        "At least one date reads month first (mm/dd/yyyy), so none of the dates can be trusted."
        "Write all dates as dd/mm/yyyy and send the list again.";
    DobOutOfRange "dob-out-of-range" Error
        "The date of birth is not that of a pupil of this age group."
        "Check the year of birth.";
    WrongSchool "wrong-school" Error
        "The list names another school."
        "Send your own school's list, or correct the school's number in it.";
    YearGroupUnlikely "year-group-unlikely" Warning
        "The year group does not fit the date of birth."
        "Check the date of birth and the year group.";
    UpnInvalid "upn-invalid" Error
        "The UPN is not valid: a character is wrong or missing."
        "Copy the UPN again from your system, or leave the cell empty.";
    UlnInvalid "uln-invalid" Error
        "The ULN is not valid; a spreadsheet may have cut its digits (such as 9.27631E+09)."
        "Set the column to text, copy the ULN again from your system, or leave the cell empty.";
    ConsentDateInvalid "consent-date-invalid" Error
        "The date of consent is not a date that can be read."
        "Write it as dd/mm/yyyy.";
    ConsentDateInFuture "consent-date-in-future" Error
        "The date of consent lies in the future."
        "Correct the date of consent.";
    ConsentDateAssumed "consent-date-assumed" Warning
        "No date of consent is given, so 1 September of this school year was taken."
        "Add a column «Consent date» with the day on which each pupil consented.";
    DuplicateMerged "duplicate-merged" Warning
        "The same pupil is there more than once; the rows were taken as one."
        "Remove the row that is there twice.";
    DuplicateConflict "duplicate-conflict" Warning
        "The same pupil is there more than once, with and without consent; the no was taken."
        "Keep only the row that is right.";
    EncodingAssumed "encoding-assumed" Warning
        "The file does not say how its letters are encoded; Windows-1252 was assumed."
        "Save it as «CSV UTF-8», so that accents and apostrophes can't change.";
    WithdrawnEarlier "withdrawn-earlier" Warning
        "This pupil withdrew consent after the consent in this row, so nothing is shared."
        "If the pupil has consented again since, give the day of the new consent.";
    WithdrawalNear "withdrawal-near" Warning
        "The withdrawal fits a pupil on your list nearly, but not exactly. Sharing for whoever it may be is on hold."
        "Send a file «withdraw …» with forename, surname and date of birth exactly as on your list.";
    CohortUnlikely "cohort-unlikely" Error
        "Only this row is of another year group than the rest of the list; the year of birth may be a slip."
        "Check the year of birth, or send that year group's list as a file of its own.";
    KindUnclear "kind-unclear" Error
        "It is not clear whether this is a list of pupils who consented or who did not, so nothing was taken from it."
        "Name a list of consents «consent list …» and give it a column «Consent», or name a list of withdrawals «withdraw …».";
    SameAsEarlier "same-as-earlier" Warning
        "This is the same file as the last one; nothing changed."
        "There is nothing to mend. If you meant to send a newer list, check that you saved it.";
    PupilNotOnAList "pupil-not-on-a-list" Warning
        "This pupil is on none of your lists. The withdrawal is remembered, should a list name the pupil later."
        "If the pupil should be on your list, check the spelling and the date of birth.";
    NoticeUnknown "notice-unknown" Error
        "There is no open notice by this number for your school."
        "Copy the number from the notice, such as D000003.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_and_written_as_in_the_contract() {
        let codes: std::collections::BTreeSet<_> =
            ProblemCode::ALL.iter().map(|c| c.code()).collect();
        assert_eq!(codes.len(), 41);
        for code in ProblemCode::ALL {
            assert_eq!(
                serde_json::to_string(code).unwrap(),
                format!("\"{}\"", code.code())
            );
        }
    }

    #[test]
    fn every_code_says_what_is_wrong_and_what_to_do() {
        for code in ProblemCode::ALL {
            let (_, message, fix) = code.words();
            assert!(
                message.ends_with('.') && fix.ends_with('.'),
                "{}",
                code.code()
            );
        }
    }
}
