//! Excel's workbooks from 2007 on, cell by cell: one cell far away takes no more room than any other.

use std::io::Cursor;

use calamine::{Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::super::{
    content::Content,
    table::{Limits, Table, TableBuilder},
    unreadable::Unreadable,
};
use super::{
    MOST_SHEETS,
    calamined::{guarded, put_ref},
    container::Container,
    damaged,
    identity::refuse_others,
    only_sheet::{OnlySheet, Sheet},
    package,
};

/// The only sheet with data.
pub(in super::super) fn xlsx(bytes: &[u8], limits: &Limits) -> Result<Table, Unreadable> {
    guarded(|| {
        let mut container = Container::open(bytes, limits)?;
        refuse_others(&mut container, Content::Xlsx)?;
        container.refuse_traps()?;
        let hidden_rows = package::walk(&mut container, limits)?;
        drop(container);
        let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(refused)?;
        only_sheet(&mut workbook, hidden_rows, limits)?.table()
    })
}

type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

fn only_sheet<'l>(
    workbook: &mut Workbook<'_>,
    hidden_rows: bool,
    limits: &'l Limits,
) -> Result<OnlySheet<'l>, Unreadable> {
    let sheets = workbook.sheets_metadata().to_vec();
    if sheets.len() > MOST_SHEETS {
        return Err(damaged());
    }
    let mut only = OnlySheet::default();
    for sheet in sheets {
        if sheet.typ == SheetType::WorkSheet {
            only.offer(Sheet {
                rows: read_sheet(workbook, &sheet.name, limits)?,
                name: sheet.name,
                hidden_rows,
                hidden: sheet.visible != SheetVisible::Visible,
            })?;
        }
    }
    Ok(only)
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

/// Rows of a sheet, as Excel has them.
const LAST_ROW: u32 = 1 << 20;
