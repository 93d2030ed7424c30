//! Whether a table that another process made could have been made here: whoever broke that process may send
//! anything.

use super::{Limits, RowSpan, Span, Table, trim};

impl Table {
    /// Whether the table keeps its limits and is whole: rows in order and one behind the other, every cell within
    /// the text, at the borders of its letters, and no letter in two cells, so that the work on it is bounded by
    /// its size.
    pub fn is_within(&self, limits: &Limits) -> bool {
        let letters: u64 = self.cells.iter().map(Span::length).sum();
        !self.rows.is_empty()
            && self.rows.len() <= limits.max_rows as usize
            && self.cells.len() <= limits.max_cells as usize
            && self.text.len() as u64 <= limits.max_inflated
            && self.sheet.len() <= LONGEST_SHEET_NAME
            && letters <= self.text.len() as u64
            && self.cells.iter().all(|cell| self.holds(cell, limits))
            && self.rows_follow_each_other(limits)
    }

    fn holds(&self, cell: &Span, limits: &Limits) -> bool {
        let most = limits.max_cell_chars as usize;
        let text = self.text.get(cell.start as usize..cell.end as usize);
        text.is_some_and(|text| {
            let long = text.len() > most && text.chars().count() > most;
            !long && trim(text) == text
        })
    }

    fn rows_follow_each_other(&self, limits: &Limits) -> bool {
        let (mut number, mut end) = (0, 0);
        for row in &self.rows {
            let follows = row.number > number && row.first == end;
            if !follows || !row.is_within(limits) {
                return false;
            }
            (number, end) = (row.number, row.end);
        }
        end as usize == self.cells.len()
    }
}

impl Span {
    fn length(&self) -> u64 {
        u64::from(self.end.saturating_sub(self.start))
    }
}

impl RowSpan {
    fn is_within(&self, limits: &Limits) -> bool {
        let cells = self.end.checked_sub(self.first);
        cells.is_some_and(|cells| cells > 0 && cells <= limits.max_columns && cells <= self.width)
    }
}

/// Bytes of a sheet's name: Excel allows 31 characters, others more.
const LONGEST_SHEET_NAME: usize = 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Kind, TableBuilder},
        *,
    };

    fn sound() -> Table {
        let mut builder = TableBuilder::new(&Limits::LISTS);
        for (row, cells) in [(1, ["Forename", "Zoë"]), (4, ["Robin", ""])] {
            for (column, text) in cells.into_iter().enumerate() {
                builder.cell(column, Kind::Text, text).unwrap();
            }
            let _ = builder.end_row(row, 2).unwrap();
        }
        builder.sheet("Pupils", false).unwrap()
    }

    fn but(change: impl FnOnce(&mut Table)) -> bool {
        let mut table = sound();
        change(&mut table);
        table.is_within(&Limits::LISTS)
    }

    #[test]
    fn a_table_that_was_made_here_is_whole() {
        assert!(sound().is_within(&Limits::LISTS));
    }

    #[test]
    fn a_table_that_could_not_have_been_made_here_is_refused() {
        assert!(!but(|table| table.rows.clear()), "no row");
        assert!(!but(|table| table.rows[1].number = 1), "a number twice");
        assert!(!but(|table| table.rows[0].number = 0), "rows count from 1");
        assert!(!but(|table| table.rows[1].first = 0), "cells in two rows");
        assert!(!but(|table| table.rows[1].end = 9), "cells beyond the last");
        assert!(!but(|table| table.rows[0].width = 1), "wider than it is");
        assert!(!but(|table| table.cells[0].end = 400), "beyond the text");
        assert!(!but(|table| table.cells[1].start += 3), "within a letter");
        assert!(!but(|table| table.cells[2].start = 0), "letters twice");
        assert!(!but(|table| table.cells.truncate(1)), "cells missing");
        assert!(!but(|table| table.text.insert(0, ' ')), "not trimmed");
        assert!(
            !but(|table| table.sheet = "x".repeat(5_000)),
            "sheet's name"
        );
        let narrow = Limits {
            max_columns: 1,
            ..Limits::LISTS
        };
        let short = Limits {
            max_rows: 1,
            ..Limits::LISTS
        };
        let small = Limits {
            max_cell_chars: 7,
            ..Limits::LISTS
        };
        for limits in [narrow, short, small] {
            assert!(!sound().is_within(&limits));
        }
    }

    proptest! {
        #[test]
        fn no_forged_table_is_read_beyond_its_text(
            text in ".{0,20}",
            cells in proptest::collection::vec((0_u32..30, 0_u32..30), 0..6),
            rows in proptest::collection::vec((0_u32..5, 0_u32..7, 0_u32..7, 0_u32..7), 0..4),
        ) {
            let cells = cells.into_iter().map(|(start, end)| Span { start, end, kind: Kind::Text });
            let rows = rows.into_iter().map(|(number, first, end, width)| RowSpan { number, first, end, width });
            let table = Table { text, cells: cells.collect(), rows: rows.collect(), ..Table::default() };
            let whole = table.is_within(&Limits::LISTS);
            let read: usize = table.rows().map(|row| row.cells().map(|cell| cell.text.len()).sum::<usize>()).sum();
            prop_assert!(!whole || read <= table.text.len());
        }
    }
}
