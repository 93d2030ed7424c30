//! Workbooks to tables: the only sheet with data, read from memory. A container is walked before anything
//! opens it, because what it unpacks to is its author's choice.

mod calamined;
mod compound;
mod container;
mod identity;
mod ods;
mod only_sheet;
mod package;
mod records;
mod strings;
mod tallies;
mod worksheet;
mod xls;
mod xlsx;
mod xml;

pub(super) use compound::refusal as refused_compound;
pub(super) use identity::refused_zip;
pub(super) use ods::ods;
pub(super) use xls::xls;
pub(super) use xlsx::xlsx;

use super::unreadable::Unreadable;

fn damaged() -> Unreadable {
    Unreadable::Damaged
}

/// Formulas without a result that show that no result was saved. A single one is a blank cell like any
/// other; a column of them would be a list on which nobody consented.
const FORMULAS_WITHOUT_RESULT: u32 = 3;

/// Sheets in one workbook.
const MOST_SHEETS: usize = 256;

#[cfg(test)]
mod tests;
