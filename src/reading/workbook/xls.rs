//! Excel's workbooks up to 2003, which schools' systems still print.

use std::{collections::HashSet, io::Cursor};

use calamine::{Data, Range, Reader, SheetVisible, Xls, XlsError};

use super::super::{
    table::{Ended, Limits, Table, TableBuilder},
    unreadable::Unreadable,
};
use super::{
    calamined::{guarded, put},
    compound, damaged,
    only_sheet::{OnlySheet, Sheet},
    records,
};

/// The only sheet with data.
pub(in super::super) fn xls(bytes: &[u8], limits: &Limits) -> Result<Table, Unreadable> {
    guarded(|| {
        let mut stream = compound::workbook_stream(bytes)?;
        let hidden = records::walk(&mut stream, limits)?;
        let wrapped = compound::wrapped(&stream).ok_or(Unreadable::TooLarge)?;
        drop(stream);
        let mut workbook = Xls::new(Cursor::new(wrapped)).map_err(refused)?;
        let mut only = OnlySheet::default();
        let sheets = workbook.sheets_metadata().to_vec();
        for (at, sheet) in sheets.into_iter().enumerate() {
            let range = workbook.worksheet_range(&sheet.name).map_err(refused)?;
            let (rows, hidden_rows) = read_sheet(&range, hidden.get(at), limits)?;
            only.offer(Sheet {
                name: sheet.name,
                rows,
                hidden_rows,
                hidden: sheet.visible != SheetVisible::Visible,
            })?;
        }
        only.table()
    })
}

fn read_sheet<'l>(
    range: &Range<Data>,
    hidden: Option<&HashSet<u32>>,
    limits: &'l Limits,
) -> Result<(TableBuilder<'l>, bool), Unreadable> {
    let mut builder = TableBuilder::new(limits);
    let (top, left) = range.start().unwrap_or_default();
    let mut unseen = false;
    for (row, cells) in (top..).zip(range.rows()) {
        for (column, cell) in (left as usize..).zip(cells) {
            put(&mut builder, column, cell)?;
        }
        if builder.end_row(row + 1, 0)? == Ended::Kept {
            unseen |= hidden.is_some_and(|rows| rows.contains(&row));
        }
    }
    Ok((builder, unseen))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it stands in `map_err`, which hands the error over"
)]
fn refused(error: XlsError) -> Unreadable {
    match error {
        XlsError::Password => Unreadable::PasswordProtected,
        _ => damaged(),
    }
}
