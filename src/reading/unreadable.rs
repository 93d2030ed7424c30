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
    /// A quotation mark is opened and never closed.
    QuoteUnclosed,
    /// A container that unpacks to far more than a list holds.
    UnpacksTooLarge,
    /// Cells so far apart that a sheet with all cells between them would be too large.
    CellsFarApart,
    /// Something else under a spreadsheet's name.
    NotWhatItsNameSays(Content),
    /// Protected by a password or a sensitivity label.
    PasswordProtected,
    /// Several sheets hold data.
    SheetAmbiguous,
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
            Self::PasswordProtected => ProblemCode::FilePasswordProtected,
            Self::SheetAmbiguous => ProblemCode::SheetAmbiguous,
            Self::TooManyColumns { .. }
            | Self::CellTooLong { .. }
            | Self::Damaged
            | Self::NotText
            | Self::QuoteUnclosed
            | Self::UnpacksTooLarge
            | Self::CellsFarApart
            | Self::NotWhatItsNameSays(_)
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
            Self::QuoteUnclosed => "A quotation mark is opened in the file and never closed, so it can't be told where its cells end.".to_owned(),
            Self::UnpacksTooLarge => "The workbook unpacks to far more than a list of pupils holds, so it was not opened.".to_owned(),
            Self::CellsFarApart => {
                "The sheet has cells so far apart that it can't be a list of pupils.".to_owned()
            }
            Self::NotWhatItsNameSays(content) => {
                format!("The file is not what its name says: it is {}.", content.words())
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
}

impl From<Unreadable> for Problem {
    fn from(why: Unreadable) -> Self {
        let problem = Self::of_file(why.code());
        match why.told() {
            Some(told) => problem.saying(told),
            None => problem,
        }
    }
}
