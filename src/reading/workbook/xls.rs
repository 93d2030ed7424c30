//! Excel's workbooks up to 2003, which schools' systems still print.

use std::{collections::HashSet, io::Cursor};

use calamine::{Data, Range, Reader, Xls, XlsError};

use super::super::unreadable::Unreadable;
use super::{
    super::table::{Ended, Limits, Table, TableBuilder},
    calamined::{guarded, put},
    compound, damaged, records,
};

/// The only sheet with data.
pub(in super::super) fn xls(bytes: &[u8], limits: &Limits) -> Result<Table, Unreadable> {
    let Some(stream) = compound::workbook_stream(bytes) else {
        return Err(if compound::is_encrypted_package(bytes) {
            Unreadable::PasswordProtected
        } else {
            damaged()
        });
    };
    let hidden = records::walk(&stream)?;
    guarded(|| {
        let mut workbook = Xls::new(Cursor::new(bytes)).map_err(refused)?;
        let mut found = None;
        for (at, name) in workbook.sheet_names().into_iter().enumerate() {
            let range = workbook.worksheet_range(&name).map_err(refused)?;
            let (builder, unseen) = read_sheet(&range, hidden.get(at), limits)?;
            if builder.has_rows() && found.replace((name, builder, unseen)).is_some() {
                return Err(Unreadable::SheetAmbiguous);
            }
        }
        let (name, builder, unseen) = found.ok_or(Unreadable::Empty)?;
        builder.sheet(&name, unseen)
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
