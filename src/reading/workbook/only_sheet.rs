//! The only sheet with data (spec 3). What can't be seen is not taken for what was meant: a hidden sheet
//! counts as well as any other, and if it is the only one, its rows are hidden rows.

use std::collections::BTreeSet;

use super::super::{
    table::{Table, TableBuilder},
    unreadable::Unreadable,
};
use super::MOST_SHEETS;

/// A sheet that was read.
pub(super) struct Sheet<'l> {
    pub(super) name: String,
    pub(super) rows: TableBuilder<'l>,
    /// True where a row that holds something is hidden.
    pub(super) hidden_rows: bool,
    /// True where the sheet as a whole can't be seen.
    pub(super) hidden: bool,
}

/// The sheets of a workbook, one after another.
#[derive(Default)]
pub(super) struct OnlySheet<'l> {
    found: Option<Sheet<'l>>,
    names: BTreeSet<String>,
}

impl<'l> OnlySheet<'l> {
    /// Takes the next sheet. Where two have one name, either may have been read for the other.
    pub(super) fn offer(&mut self, sheet: Sheet<'l>) -> Result<(), Unreadable> {
        let name = sheet.name.to_lowercase();
        if sheet.rows.has_rows() {
            let hidden = sheet.hidden;
            match self.found.replace(sheet) {
                Some(other) if other.hidden || hidden => return Err(Unreadable::HiddenSheetToo),
                Some(_) => return Err(Unreadable::SheetAmbiguous),
                None => {}
            }
        }
        let long = name.len() > LONGEST_NAME;
        if long || !self.names.insert(name) || self.names.len() > MOST_SHEETS {
            return Err(Unreadable::OddlyBuilt);
        }
        Ok(())
    }

    /// The table of the only sheet with data.
    pub(super) fn table(self) -> Result<Table, Unreadable> {
        let sheet = self.found.ok_or(Unreadable::Empty)?;
        let unseen = sheet.hidden || sheet.hidden_rows;
        sheet.rows.sheet(&sheet.name, unseen)
    }
}

/// Bytes of a sheet's name. Excel allows 31 characters, others more.
const LONGEST_NAME: usize = 1_024;
