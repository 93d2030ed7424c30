//! Excel's workbooks from 2007 on, cell by cell: one cell far away takes no more room than any other.

use std::io::Cursor;

use calamine::{Reader, SheetType, Xlsx, XlsxError};

use super::super::unreadable::Unreadable;
use super::{
    super::table::{Limits, Table, TableBuilder},
    calamined::{guarded, put_ref},
    container, damaged,
};

/// The only sheet with data.
pub(in super::super) fn xlsx(bytes: &[u8], limits: &Limits) -> Result<Table, Unreadable> {
    let hidden_rows = container::walk(bytes, limits)?.hidden_rows;
    guarded(|| {
        let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(refused)?;
        let (name, builder) = only_sheet(&mut workbook, limits)?;
        builder.sheet(&name, hidden_rows)
    })
}

type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

fn only_sheet<'l>(
    workbook: &mut Workbook<'_>,
    limits: &'l Limits,
) -> Result<(String, TableBuilder<'l>), Unreadable> {
    let sheets = workbook.sheets_metadata().to_vec();
    if sheets.len() > MOST_SHEETS {
        return Err(damaged());
    }
    let mut found = None;
    for sheet in sheets {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let builder = read_sheet(workbook, &sheet.name, limits)?;
        if builder.has_rows() && found.replace((sheet.name, builder)).is_some() {
            return Err(Unreadable::SheetAmbiguous);
        }
    }
    found.ok_or(Unreadable::Empty)
}

fn read_sheet<'l>(
    workbook: &mut Workbook<'_>,
    name: &str,
    limits: &'l Limits,
) -> Result<TableBuilder<'l>, Unreadable> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(refused)?;
    let mut builder = TableBuilder::new(limits);
    let mut row = 0;
    while let Some(cell) = cells.next_cell().map_err(refused)? {
        let (here, column) = cell.get_position();
        if here < row || here >= LAST_ROW {
            return Err(damaged());
        }
        if here > row {
            let _ = builder.end_row(row + 1, 0)?;
            row = here;
        }
        put_ref(&mut builder, column as usize, cell.get_value())?;
    }
    let _ = builder.end_row(row + 1, 0)?;
    Ok(builder)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it stands in `map_err`, which hands the error over"
)]
fn refused(error: XlsxError) -> Unreadable {
    match error {
        XlsxError::Password => Unreadable::PasswordProtected,
        _ => damaged(),
    }
}

/// Sheets in one workbook.
const MOST_SHEETS: usize = 256;

/// Rows of a sheet, as Excel has them.
const LAST_ROW: u32 = 1 << 20;
