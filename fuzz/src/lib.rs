//! What holds of every table, whichever target read it.

use pillarbox::reading::{Limits, Table};

/// A table keeps its limits, whatever file it was read from: rows that are not blank, under growing numbers,
/// of trimmed cells.
pub fn assert_table(table: &Table, limits: &Limits) {
    let rows = table.rows();
    assert!(rows.len() > 0 && rows.len() <= limits.max_rows as usize);
    let mut last = 0;
    for (at, row) in rows.enumerate() {
        assert!(row.number() > last, "row numbers grow");
        last = row.number();
        let cells = row.cells();
        let width = cells.len();
        assert!(width > 0 && width <= limits.max_columns as usize);
        assert!(row.width() >= width);
        for (column, cell) in cells.enumerate() {
            assert!(cell.text.chars().count() <= limits.max_cell_chars as usize);
            assert_eq!(cell.text.trim(), cell.text);
            assert!(cell == row.cell(column));
        }
        assert!(
            !row.cell(width - 1).text.is_empty(),
            "a row ends with a cell that is not blank"
        );
        assert!(row.cell(width).text.is_empty());
        assert_eq!(table.row(at).map(|row| row.number()), Some(last));
    }
    assert!(table.row(table.rows().len()).is_none());
    assert!(table.is_within(limits), "the daemon would refuse it");
}

/// The cells of all rows, blank ones at a row's end left out.
pub fn cells(table: &Table) -> Vec<Vec<&str>> {
    let rows = table.rows();
    rows.map(|row| row.cells().map(|cell| cell.text).collect())
        .collect()
}

/// Small limits, so that the fuzzer gets to all of them.
pub const SMALL: Limits = Limits {
    max_rows: 40,
    max_columns: 20,
    max_cell_chars: 60,
    max_cells: 400,
    max_strings: 100,
    max_inflated: 1 << 20,
};
