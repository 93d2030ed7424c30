//! Why the bytes of a file give neither rows nor text: facts without a word from the file itself, so that a
//! process that nobody trusts may tell them. The sentences for people are made of them here.

use serde::{Deserialize, Serialize};

use super::content::Content;
use crate::domain::problem::{Problem, ProblemCode};

/// What keeps a file from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unreadable {
    /// Nothing stands in it.
    Empty,
    /// More bytes or letters than are taken.
    TooLarge,
    /// More rows than are taken.
    TooManyRows,
    /// Something stands beyond the last column that is looked at.
    TooManyColumns {
        /// Columns that are looked at.
        most: u32,
    },
    /// A cell holds more characters than any cell of a list.
    CellTooLong {
        /// Characters that a cell may hold.
        most: u32,
    },
    /// Damaged, or not what its name says.
    Damaged,
    /// The letters can't be read in any encoding that is known here.
    NotText,
    /// UTF-16 without the mark that tells which of its two kinds it is.
    Utf16Unmarked,
    /// A quotation mark is opened and never closed.
    QuoteUnclosed,
    /// A container that unpacks to far more than a list holds.
    UnpacksTooLarge,
    /// A container whose parts contradict each other, lie in one another or have names that readers take
    /// in different ways.
    OddlyBuilt,
    /// Cells so far apart that a sheet with all cells between them would be too large.
    CellsFarApart,
    /// Something else under a spreadsheet's name.
    NotWhatItsNameSays(Content),
    /// Protected by a password.
    PasswordProtected,
    /// Protected by a sensitivity label.
    Labelled,
    /// Several sheets hold data.
    SheetAmbiguous,
    /// Several sheets hold data, and one of them is hidden.
    HiddenSheetToo,
    /// Formulas were saved without their results, and nobody evaluates formulas here.
    FormulasWithoutResult {
        /// One of their rows, as the spreadsheet shows it.
        row: u32,
    },
    /// An error in place of a value, of a kind that is not known here.
    UnknownError {
        /// The row, as the spreadsheet shows it.
        row: u32,
    },
    /// Reading it took longer than any list does.
    TooSlow,
    /// It broke its reader, or wanted more memory than a reader has.
    BrokeReader,
}

impl Unreadable {
    /// The stable code.
    pub fn code(self) -> ProblemCode {
        match self {
            Self::Empty => ProblemCode::FileEmpty,
            Self::TooLarge => ProblemCode::FileTooLarge,
            Self::TooManyRows => ProblemCode::FileTooManyRows,
            Self::PasswordProtected | Self::Labelled => ProblemCode::FilePasswordProtected,
            Self::SheetAmbiguous | Self::HiddenSheetToo => ProblemCode::SheetAmbiguous,
            // It has the letters of a list, but nothing that could be its header.
            Self::NotWhatItsNameSays(Content::Json) => ProblemCode::HeaderNotFound,
            Self::TooManyColumns { .. }
            | Self::CellTooLong { .. }
            | Self::Damaged
            | Self::NotText
            | Self::Utf16Unmarked
            | Self::QuoteUnclosed
            | Self::UnpacksTooLarge
            | Self::OddlyBuilt
            | Self::CellsFarApart
            | Self::NotWhatItsNameSays(_)
            | Self::FormulasWithoutResult { .. }
            | Self::UnknownError { .. }
            | Self::TooSlow
            | Self::BrokeReader => ProblemCode::FileUnreadable,
        }
    }

    /// What people are told beyond the code's own words.
    fn told(self) -> Option<String> {
        Some(match self {
            Self::TooManyColumns { most } => {
                format!("The file has more than {most} columns, which no list of pupils has.")
            }
            Self::CellTooLong { most } => {
                format!("A cell holds more than {most} characters; a quotation mark may be missing.")
            }
            Self::NotText => "The file's letters could not be read: it is damaged, saved in an encoding that is not known here, or no text at all.".to_owned(),
            Self::Utf16Unmarked => "The file is «Unicode text» (UTF-16) without the mark at its beginning that such a file needs, so its letters can't be read safely.".to_owned(),
            Self::QuoteUnclosed => "A quotation mark is opened in the file and never closed, so it can't be told where its cells end.".to_owned(),
            Self::UnpacksTooLarge => "The workbook unpacks to far more than a list of pupils holds, so it was not opened.".to_owned(),
            Self::OddlyBuilt => "The workbook is built in a way in which no spreadsheet program builds one, so it was not opened.".to_owned(),
            Self::CellsFarApart => {
                "The sheet has cells so far apart that it can't be a list of pupils.".to_owned()
            }
            Self::NotWhatItsNameSays(content) => {
                format!("The file is not what its name says: it is {}.", content.words())
            }
            Self::PasswordProtected => "The workbook is protected by a password, so it can't be opened.".to_owned(),
            Self::Labelled => "The workbook is encrypted by a sensitivity label, so nobody outside your organisation can open it.".to_owned(),
            Self::HiddenSheetToo => "More than one sheet of the workbook holds data, and one of them is hidden, so it is not clear which one is the list.".to_owned(),
            Self::FormulasWithoutResult { row } => {
                format!("The workbook was saved without the results of its formulas, as in row {row}. Formulas are not calculated here.")
            }
            Self::UnknownError { row } => {
                format!("Row {row} holds an error in place of a value.")
            }
            Self::TooSlow => {
                "The file takes far longer to read than any list of pupils, so reading it was stopped.".to_owned()
            }
            Self::BrokeReader => {
                "The file is damaged in a way that stops whatever reads it, or needs far more memory than a list of pupils.".to_owned()
            }
            _ => return None,
        })
    }

    /// What people can do, where the code's own advice does not fit.
    fn remedy(self) -> Option<&'static str> {
        Some(match self {
            Self::NotWhatItsNameSays(content) => return content.remedy(),
            Self::UnpacksTooLarge | Self::OddlyBuilt => {
                "Copy the list into a new workbook, save that as .xlsx, and send it."
            }
            Self::CellsFarApart => {
                "Delete what stands far below the list or far to its right, or copy the list into a new workbook, and send that."
            }
            Self::TooManyColumns { .. } => {
                "Keep the columns that the list needs, delete all others, and send it again."
            }
            Self::PasswordProtected => {
                "Open it, remove the password («File», «Info», «Protect Workbook», «Encrypt with Password»: empty the box), save it, and send it again."
            }
            Self::Labelled => {
                "Open it, choose a label that does not encrypt («Home», «Sensitivity»), save a copy, and send that. The connection protects it on its way."
            }
            Self::HiddenSheetToo => {
                "Right-click the tab of a sheet, choose «Unhide», delete every sheet but the list, and send it again."
            }
            Self::FormulasWithoutResult { .. } => {
                "Open it in your spreadsheet program, which calculates the results, save it, and send it again."
            }
            Self::UnknownError { .. } => {
                "Put the right value in place of the error, and send it again."
            }
            Self::Utf16Unmarked => {
                "Open it in your spreadsheet program, save it as «CSV UTF-8» or as .xlsx, and send that."
            }
            _ => return None,
        })
    }
}

impl From<Unreadable> for Problem {
    fn from(why: Unreadable) -> Self {
        let mut problem = Self::of_file(why.code());
        if let Some(told) = why.told() {
            problem.message = told;
        }
        if let Some(remedy) = why.remedy() {
            remedy.clone_into(&mut problem.fix);
        }
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_a_sentence_and_so_is_its_remedy() {
        for why in [
            Unreadable::TooManyColumns { most: 256 },
            Unreadable::CellTooLong { most: 2_000 },
            Unreadable::NotText,
            Unreadable::Utf16Unmarked,
            Unreadable::OddlyBuilt,
            Unreadable::CellsFarApart,
            Unreadable::PasswordProtected,
            Unreadable::Labelled,
            Unreadable::HiddenSheetToo,
            Unreadable::FormulasWithoutResult { row: 7 },
            Unreadable::UnknownError { row: 7 },
            Unreadable::NotWhatItsNameSays(Content::Xlsx),
            Unreadable::NotWhatItsNameSays(Content::Other),
        ] {
            let problem = Problem::from(why);
            assert_eq!(problem.code, why.code());
            assert!(
                problem.message.ends_with('.') && problem.fix.ends_with('.'),
                "{why:?}"
            );
            assert_ne!(
                problem.message,
                Problem::of_file(why.code()).message,
                "{why:?}"
            );
        }
    }

    #[test]
    fn a_label_is_told_from_a_password() {
        let [label, password] =
            [Unreadable::Labelled, Unreadable::PasswordProtected].map(Problem::from);
        assert_eq!(label.code, password.code);
        assert!(label.message.contains("label") && !password.message.contains("label"));
        assert!(label.fix.contains("label") && password.fix.contains("password"));
    }
}
