//! A table: the rows and cells of a spreadsheet as plain data, without a reference into anything, so
//! that it can be handed from one process to another. Knows where a cell stood and what kind of value
//! it was; what a column means is for the readers above.

mod checking;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::unreadable::Unreadable;
use crate::domain::list_template::is_instruction;

/// How large a table may get, whatever the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Rows that are not blank.
    pub max_rows: u32,
    /// The last column in which anything may stand.
    pub max_columns: u32,
    /// Characters in one cell.
    pub max_cell_chars: u32,
    /// Cells up to the last that is not blank of each row, all rows together.
    pub max_cells: u32,
    /// Texts that a workbook may keep for its cells to refer to.
    pub max_strings: u32,
    /// Bytes that a workbook may unpack to, all of its parts together; and bytes of a table's text, which
    /// outgrows the workbook where many cells refer to one long text.
    pub max_inflated: u64,
}

impl Limits {
    /// For what schools send.
    pub const LISTS: Self = Self {
        max_rows: 20_000,
        max_columns: 256,
        max_cell_chars: 2_000,
        max_cells: 2_000_000,
        max_strings: 1_000_000,
        max_inflated: 64 << 20,
    };

    /// For the council's own extract.
    pub const EXTRACTS: Self = Self {
        max_rows: 1_048_576,
        max_columns: 1_024,
        max_cell_chars: 32_767,
        max_cells: 100_000_000,
        max_strings: 8_000_000,
        max_inflated: 2 << 30,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::LISTS
    }
}

/// The rows of a sheet that are not blank. Personal: prints only its size.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    text: String,
    cells: Vec<Span>,
    rows: Vec<RowSpan>,
    sheet: String,
    delimited: bool,
    hidden_rows: bool,
    encoding_assumed: bool,
}

/// What a cell held. Of text files all is text; a workbook tells more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Text, or an error value as the sheet shows it (`#N/A`).
    #[default]
    Text,
    /// A number, written out without an exponent.
    Number,
    /// A date as `yyyy-mm-dd`, with `Thh:mm:ss` behind it where there is a time.
    Date,
    /// `TRUE` or `FALSE`.
    Bool,
}

/// One cell's value: trimmed of spaces and invisible characters; empty text for a blank cell.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Value<'t> {
    /// What it was.
    pub kind: Kind,
    /// As text.
    pub text: &'t str,
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(…)")
    }
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Span {
    start: u32,
    end: u32,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct RowSpan {
    number: u32,
    first: u32,
    end: u32,
    width: u32,
}

impl Table {
    /// The rows that are not blank, from above.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.rows.iter().map(|span| self.row_of(span))
    }

    /// The row at this place among those that are not blank.
    pub fn row(&self, at: usize) -> Option<Row<'_>> {
        self.rows.get(at).map(|span| self.row_of(span))
    }

    /// The sheet's name; empty for text files.
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// True for text with separators, where a stray separator moves all cells behind it.
    pub fn is_delimited(&self) -> bool {
        self.delimited
    }

    /// True where rows that hold something are hidden or filtered away.
    pub fn has_hidden_rows(&self) -> bool {
        self.hidden_rows
    }

    /// True where Windows-1252 was assumed.
    pub fn is_encoding_assumed(&self) -> bool {
        self.encoding_assumed
    }

    fn row_of(&self, span: &RowSpan) -> Row<'_> {
        Row {
            text: &self.text,
            cells: self
                .cells
                .get(span.first as usize..span.end as usize)
                .unwrap_or_default(),
            number: span.number,
            width: span.width as usize,
        }
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} rows, …)", self.rows.len())
    }
}

/// One row of a table.
#[derive(Clone, Copy)]
pub struct Row<'t> {
    text: &'t str,
    cells: &'t [Span],
    number: u32,
    width: usize,
}

impl<'t> Row<'t> {
    /// The number that the school's spreadsheet shows.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The cells up to the last that is not blank.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = Value<'t>> + use<'t> {
        let text = self.text;
        self.cells.iter().map(move |span| value(text, span))
    }

    /// The cell in this column, counted from 0; blank where the row is shorter.
    pub fn cell(&self, column: usize) -> Value<'t> {
        match self.cells.get(column) {
            Some(span) => value(self.text, span),
            None => value("", &Span::default()),
        }
    }

    /// How many cells the file gave the row, blank ones at its end included.
    pub fn width(&self) -> usize {
        self.width
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({}, …)", self.number)
    }
}

/// The table may come from another process, so no span is trusted to lie within the text.
fn value<'t>(text: &'t str, span: &Span) -> Value<'t> {
    Value {
        kind: span.kind,
        text: text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default(),
    }
}

/// Makes a table cell by cell and row by row, and stops at its limits.
pub(super) struct TableBuilder<'l> {
    table: Table,
    limits: &'l Limits,
    first: usize,
    filled: bool,
}

impl<'l> TableBuilder<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            table: Table::default(),
            limits,
            first: 0,
            filled: false,
        }
    }

    /// Puts a value into a column of the row at hand. Blank values take no room.
    pub(super) fn cell(&mut self, column: usize, kind: Kind, text: &str) -> Result<(), Unreadable> {
        let text = trim(text);
        if text.is_empty() {
            return Ok(());
        }
        if column >= self.limits.max_columns as usize {
            return Err(too_wide(self.limits));
        }
        let longest = self.limits.max_cell_chars as usize;
        if text.len() > longest && text.chars().count() > longest {
            return Err(cell_too_long(self.limits));
        }
        let start = self.table.text.len();
        let end = start + text.len();
        let at = self.first + column;
        if end as u64 > self.limits.max_inflated || at >= self.limits.max_cells as usize {
            return Err(Unreadable::TooLarge);
        }
        let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) else {
            return Err(Unreadable::TooLarge);
        };
        self.table.text.push_str(text);
        if at >= self.table.cells.len() {
            self.table.cells.resize(at + 1, Span::default());
        }
        self.table.cells[at] = Span { start, end, kind };
        self.filled = true;
        Ok(())
    }

    /// Ends the row at hand, which the spreadsheet shows under this number. Blank rows are dropped.
    pub(super) fn end_row(&mut self, number: u32, width: usize) -> Result<Ended, Unreadable> {
        if !self.filled {
            return Ok(Ended::Blank);
        }
        if self.table.rows.len() >= self.limits.max_rows as usize {
            return Err(Unreadable::TooManyRows);
        }
        let (Ok(first), Ok(end)) = (
            u32::try_from(self.first),
            u32::try_from(self.table.cells.len()),
        ) else {
            return Err(Unreadable::TooLarge);
        };
        self.table.rows.push(RowSpan {
            number,
            first,
            end,
            width: u32::try_from(width).unwrap_or(u32::MAX).max(end - first),
        });
        self.first = self.table.cells.len();
        self.filled = false;
        Ok(Ended::Kept)
    }

    /// Whether it has rows, other than the sentences on the second sheet of our own template: a sheet with
    /// anything beside them is one more sheet with data.
    pub(super) fn has_rows(&self) -> bool {
        let mut cells = self.table.rows().flat_map(|row| row.cells());
        !cells.all(|cell| cell.text.is_empty() || is_instruction(cell.text))
    }

    /// The table, as the text of a file with separators.
    pub(super) fn delimited(mut self, encoding_assumed: bool) -> Result<Table, Unreadable> {
        self.table.delimited = true;
        self.table.encoding_assumed = encoding_assumed;
        self.finish()
    }

    /// The table, as a workbook's sheet.
    pub(super) fn sheet(mut self, name: &str, hidden_rows: bool) -> Result<Table, Unreadable> {
        name.clone_into(&mut self.table.sheet);
        self.table.hidden_rows = hidden_rows;
        self.finish()
    }

    fn finish(self) -> Result<Table, Unreadable> {
        if self.table.rows.is_empty() {
            return Err(Unreadable::Empty);
        }
        Ok(self.table)
    }
}

/// Whether a row that ended held anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Ended {
    Kept,
    Blank,
}

pub(super) fn too_wide(limits: &Limits) -> Unreadable {
    Unreadable::TooManyColumns {
        most: limits.max_columns,
    }
}

pub(super) fn cell_too_long(limits: &Limits) -> Unreadable {
    Unreadable::CellTooLong {
        most: limits.max_cell_chars,
    }
}

/// The text without spaces and invisible characters at its ends, and without the end-of-file mark of old.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '\u{1a}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Limits = Limits {
        max_rows: 2,
        max_columns: 3,
        max_cell_chars: 4,
        max_cells: 6,
        max_strings: 0,
        max_inflated: 40,
    };

    #[test]
    fn cells_keep_their_place_and_rows_their_number() {
        let mut builder = TableBuilder::new(&SMALL);
        builder.cell(2, Kind::Text, " c ").unwrap();
        builder.cell(0, Kind::Number, "1").unwrap();
        assert_eq!(builder.end_row(1, 5).unwrap(), Ended::Kept);
        builder.cell(0, Kind::Text, " \u{200b}").unwrap();
        assert_eq!(builder.end_row(2, 1).unwrap(), Ended::Blank);
        builder.cell(1, Kind::Text, "x").unwrap();
        assert_eq!(builder.end_row(3, 0).unwrap(), Ended::Kept);
        let table = builder.delimited(false).unwrap();
        let row = table.row(0).unwrap();
        assert_eq!(row.cell(0).kind, Kind::Number);
        assert_eq!((row.cell(1).text, row.cell(2).text), ("", "c"));
        assert_eq!((row.number(), row.width()), (1, 5));
        assert_eq!(table.row(1).unwrap().number(), 3);
        assert_eq!(table.row(1).unwrap().cell(9).text, "");
    }

    #[test]
    fn a_table_stops_at_its_limits() {
        let mut builder = TableBuilder::new(&SMALL);
        assert!(builder.cell(3, Kind::Text, "").is_ok());
        let wide = builder.cell(3, Kind::Text, "x").unwrap_err();
        assert_eq!(wide, Unreadable::TooManyColumns { most: 3 });
        assert!(builder.cell(0, Kind::Text, "ëëëë").is_ok());
        assert!(builder.cell(0, Kind::Text, "ëëëëë").is_err());
        let _ = builder.end_row(1, 1).unwrap();
        for (row, fits) in [(2, true), (3, false)] {
            builder.cell(0, Kind::Text, "x").unwrap();
            assert_eq!(builder.end_row(row, 1).is_ok(), fits);
        }
    }

    #[test]
    fn a_table_stops_at_the_cells_and_the_text_of_all_its_rows() {
        for (limits, fits) in [
            (SMALL, true),
            (
                Limits {
                    max_cells: 5,
                    ..SMALL
                },
                false,
            ),
            (
                Limits {
                    max_inflated: 3,
                    ..SMALL
                },
                false,
            ),
        ] {
            let mut builder = TableBuilder::new(&limits);
            builder.cell(2, Kind::Text, "xy").unwrap();
            let _ = builder.end_row(1, 3).unwrap();
            let second = builder.cell(2, Kind::Text, "xy");
            assert_eq!(
                second,
                if fits {
                    Ok(())
                } else {
                    Err(Unreadable::TooLarge)
                }
            );
        }
    }

    #[test]
    fn a_table_without_rows_is_an_empty_file() {
        let nothing = TableBuilder::new(&SMALL).delimited(false).unwrap_err();
        assert_eq!(nothing, Unreadable::Empty);
    }

    #[test]
    fn a_table_prints_no_cell_and_survives_the_way_between_processes() {
        let mut builder = TableBuilder::new(&SMALL);
        builder.cell(0, Kind::Text, "Zoë").unwrap();
        let _ = builder.end_row(7, 1).unwrap();
        let table = builder.sheet("Pupils", true).unwrap();
        assert_eq!(format!("{table:?}"), "Table(1 rows, …)");
        assert_eq!(format!("{:?}", table.row(0).unwrap().cell(0)), "Value(…)");
        let json = serde_json::to_string(&table).unwrap();
        assert_eq!(serde_json::from_str::<Table>(&json).unwrap(), table);
        let forged = json.replace("\"end\":4", "\"end\":400");
        let forged: Table = serde_json::from_str(&forged).unwrap();
        assert_eq!(forged.row(0).unwrap().cell(0).text, "");
    }
}
