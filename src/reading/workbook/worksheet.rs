//! What a worksheet shows and what it hides, as its XML goes by: rows that can't be seen, formulas that
//! were saved without a result, errors that nobody knows.

use quick_xml::events::{BytesStart, Event};

use super::super::unreadable::Unreadable;
use super::{FORMULAS_WITHOUT_RESULT, xml::attributes};

/// A worksheet at hand.
#[derive(Default)]
pub(super) struct Worksheet {
    /// True where a row that holds something is hidden.
    pub(super) has_hidden_rows: bool,
    row: u32,
    hidden: bool,
    without_result: u32,
    cell: Option<CellAtHand>,
    in_value: bool,
}

#[derive(Default)]
struct CellAtHand {
    kind: CellKind,
    formula: bool,
    filled: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum CellKind {
    /// Text that a formula came to, which may be empty.
    FormulasText,
    Error,
    #[default]
    Other,
}

impl Worksheet {
    pub(super) fn see(&mut self, event: &Event<'_>) -> Result<(), Unreadable> {
        match event {
            Event::Start(element) => self.start(element),
            Event::End(element) => return self.end(element.local_name().as_ref()),
            Event::Text(text) => return self.text(text.as_ref()),
            Event::CData(_) | Event::GeneralRef(_) => self.fill(),
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        match (element.local_name().as_ref(), &mut self.cell) {
            ("row", None) => {
                let told = attributes(element, "r").find_map(|number| number.parse().ok());
                self.row = told.unwrap_or(self.row.saturating_add(1));
                self.hidden = is_hidden(element);
            }
            ("c", None) => {
                self.cell = Some(CellAtHand {
                    kind: CellKind::of(element),
                    ..CellAtHand::default()
                });
            }
            ("f", Some(cell)) => cell.formula = true,
            ("v" | "t", Some(_)) => self.in_value = true,
            _ => {}
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Unreadable> {
        match name {
            "row" => self.hidden = false,
            "v" | "t" => self.in_value = false,
            "c" => {
                let cell = self.cell.take().unwrap_or_default();
                let may_be_empty = cell.kind == CellKind::FormulasText;
                if cell.formula && !cell.filled && !may_be_empty {
                    self.without_result += 1;
                }
                if self.without_result >= FORMULAS_WITHOUT_RESULT {
                    return Err(Unreadable::FormulasWithoutResult { row: self.row });
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Unreadable> {
        if !self.in_value || text.trim().is_empty() {
            return Ok(());
        }
        let error = self
            .cell
            .as_ref()
            .is_some_and(|cell| cell.kind == CellKind::Error);
        if error && !ERRORS.contains(&text) {
            return Err(Unreadable::UnknownError { row: self.row });
        }
        self.fill();
        Ok(())
    }

    fn fill(&mut self) {
        if let Some(cell) = self.cell.as_mut().filter(|_| self.in_value) {
            cell.filled = true;
            self.has_hidden_rows |= self.hidden;
        }
    }
}

impl CellKind {
    fn of(cell: &BytesStart<'_>) -> Self {
        match attributes(cell, "t").next().as_deref() {
            Some("str") => Self::FormulasText,
            Some("e") => Self::Error,
            _ => Self::Other,
        }
    }
}

fn is_hidden(row: &BytesStart<'_>) -> bool {
    let hidden = attributes(row, "hidden").any(|value| value == "1" || value == "true");
    let mut heights = attributes(row, "ht").filter_map(|value| value.parse::<f64>().ok());
    hidden || heights.any(|points| points < LOWEST_ROW)
}

/// Errors that a sheet shows in place of values.
const ERRORS: [&str; 7] = [
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!",
];

/// Points below which a row can't be seen.
const LOWEST_ROW: f64 = 1.0;
