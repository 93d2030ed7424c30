//! A list of pupils as it was read, before anyone judged it: the seam between reading and policy.
//! Every field says what stood in its cell, so that a withdrawal can use what a consent can't.

use time::Date;

use super::{
    destination::SchoolMention,
    identifiers::{Uln, Upn},
    names::Name,
    problem::{Problem, ProblemCode},
    pupil::Description,
};

/// What a file in an inbox is, by its name (spec 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A school's list of pupils.
    ConsentList,
    /// A file that adds to the last list.
    Addition,
    /// A file of pupils whose consent is withdrawn.
    Withdrawal,
    /// An ask for a release.
    Request,
    /// A discrepancy that the school found.
    Discrepancy,
    /// A confirmation that notices were acted on.
    Destruction,
    /// None of these: never parsed.
    Unknown,
}

/// A whole list as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PupilList {
    /// Which columns the list has, by the headers that the school wrote.
    pub columns: Columns,
    /// The rows that are not blank, in order.
    pub rows: Vec<ListRow>,
    /// Warnings about the file as a whole, such as an assumed encoding.
    pub warnings: Vec<Problem>,
    /// Why nothing but withdrawals may be taken from it.
    pub refusal: Option<Refusal>,
}

/// The columns that a list has, each with its header as the school wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// `Forename`, or the one column with the whole name.
    pub forename: Option<String>,
    /// `Surname`, or the one column with the whole name.
    pub surname: Option<String>,
    /// `Date of birth`.
    pub born: Option<String>,
    /// `UPN`.
    pub upn: Option<String>,
    /// `ULN`.
    pub uln: Option<String>,
    /// `Consent`: without it the list itself says that all in it consented.
    pub consent: Option<String>,
    /// `Consent date`.
    pub consent_date: Option<String>,
    /// `Withdrawn`.
    pub withdrawn: Option<String>,
    /// `Year group`.
    pub year_group: Option<String>,
    /// `EHCP` or `SEN status`.
    pub ehcp: Option<String>,
    /// `School`, `LAESTAB`, `URN`.
    pub school: Option<String>,
}

/// A fault that makes a list as a whole untrustworthy, though its rows can still be read, because
/// whoever withdraws in it withdraws all the same (spec 3).
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// `dates-month-first`, `hidden-rows`, `column-ambiguous`, `kind-unclear` and the like.
    pub problem: Problem,
    /// True where the doubtful column is one that identifies a pupil: then nothing in the list is
    /// used at all, not even for withdrawing.
    pub identifies_nobody: bool,
}

/// One cell, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell<T> {
    /// No such column, or nothing in the cell.
    #[default]
    Blank,
    /// Read.
    Read(T),
    /// Something is there that can't be used.
    Bad(ProblemCode),
}

impl<T> Cell<T> {
    /// What was read.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Read(value) => Some(value),
            Self::Blank | Self::Bad(_) => None,
        }
    }

    /// What is wrong with the cell.
    pub fn fault(&self) -> Option<ProblemCode> {
        match self {
            Self::Bad(code) => Some(*code),
            Self::Blank | Self::Read(_) => None,
        }
    }
}

/// One row of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListRow {
    /// The number that the school's spreadsheet shows.
    pub number: u32,
    /// Legal forename.
    pub forename: Cell<Name>,
    /// Legal surname.
    pub surname: Cell<Name>,
    /// Date of birth.
    pub born: Cell<Date>,
    /// UPN, check letter proved.
    pub upn: Cell<Upn>,
    /// ULN, check digit proved.
    pub uln: Cell<Uln>,
    /// What the consent column says.
    pub answer: Answer,
    /// The day of consent.
    pub consented_on: Cell<Date>,
    /// What the withdrawn column says.
    pub withdrawn: Withdrawal,
    /// The year group, where one could be read.
    pub year_group: Option<u8>,
    /// The school says that the pupil has an EHCP.
    pub ehcp: bool,
    /// The school that the row names. [`Cell::Bad`] where something stands there that is no school.
    pub school: Cell<SchoolNamed>,
}

impl ListRow {
    /// Whom the row is about, as far as it can be read.
    pub fn description(&self) -> Description {
        Description {
            forename: self.forename.value().cloned(),
            surname: self.surname.value().cloned(),
            born: self.born.value().copied(),
            upn: self.upn.value().copied(),
            uln: self.uln.value().copied(),
        }
    }
}

/// The school that a row names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchoolNamed {
    /// By a number.
    Number(SchoolMention),
    /// By a name, which proves nothing and is not compared.
    Name,
}

/// What a consent column says of one pupil.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The list has no such column: being on it is the consent.
    #[default]
    NoColumn,
    /// One of the yes words.
    Yes,
    /// One of the no words: a plain No.
    No,
    /// Blank, or anything else. No consent, and no withdrawal.
    Unclear,
}

/// What a withdrawn column says of one pupil.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Withdrawal {
    /// No such column, a blank cell, or a no.
    #[default]
    No,
    /// A yes, or something that is neither a date nor a no: withdrawn, the day unknown.
    Yes,
    /// Withdrawn on this day.
    On(Date),
}
