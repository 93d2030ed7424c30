//! `OpenDocument` spreadsheets, as a stream of their XML: rows and cells that are said to repeat a million
//! times take no room, and hidden rows are seen.

use std::io::BufRead;

use quick_xml::{
    Reader,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::super::unreadable::Unreadable;
use super::{
    super::table::{Ended, Kind, Limits, Table, TableBuilder, cell_too_long, too_wide},
    container::{attribute, walk},
    damaged,
};

/// The only sheet with data.
pub(in super::super) fn ods(bytes: &[u8], limits: &Limits) -> Result<Table, Unreadable> {
    let mut container = walk(bytes, limits)?;
    if let Some(manifest) = container.xml("META-INF/manifest.xml") {
        refuse_encrypted(manifest)?;
    }
    let content = container.xml("content.xml").ok_or_else(damaged)?;
    let mut sheets = Sheets::new(limits);
    read(content, |event| sheets.see(event))?;
    let (name, builder) = sheets.found.ok_or(Unreadable::Empty)?;
    builder.sheet(&name, sheets.hidden_rows)
}

fn refuse_encrypted(manifest: Reader<impl BufRead>) -> Result<(), Unreadable> {
    read(manifest, |event| match event {
        Event::Start(element) | Event::Empty(element)
            if element.local_name().as_ref() == "encryption-data" =>
        {
            Err(Unreadable::PasswordProtected)
        }
        _ => Ok(()),
    })
}

fn read(
    mut xml: Reader<impl BufRead>,
    mut see: impl FnMut(&Event<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    xml.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Eof) => return Ok(()),
            Ok(event) => see(&event)?,
            Err(_) => return Err(damaged()),
        }
    }
}

/// The sheets as their events go by.
struct Sheets<'l> {
    limits: &'l Limits,
    found: Option<(String, TableBuilder<'l>)>,
    sheet: Option<(String, TableBuilder<'l>)>,
    hidden_rows: bool,
    number: u32,
    row: RowAtHand,
    cell: Option<CellAtHand>,
    /// Open elements within a cell whose text is not the cell's: comments, drawings.
    beside: usize,
}

#[derive(Default)]
struct RowAtHand {
    repeats: u32,
    hidden: bool,
    column: usize,
    cells: Vec<(usize, Kind, String)>,
}

struct CellAtHand {
    kind: Kind,
    repeats: usize,
    value: Option<String>,
    text: String,
    paragraphs: usize,
}

impl<'l> Sheets<'l> {
    fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            found: None,
            sheet: None,
            hidden_rows: false,
            number: 0,
            row: RowAtHand::default(),
            cell: None,
            beside: 0,
        }
    }

    fn see(&mut self, event: &Event<'_>) -> Result<(), Unreadable> {
        match event {
            Event::Start(element) => self.start(element),
            Event::End(element) => self.end(element.local_name().as_ref())?,
            Event::Text(text) => self.text(&text.xml10_content())?,
            Event::CData(text) => self.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let text = referred(reference).ok_or_else(damaged)?;
                self.text(&text)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        let name = element.local_name();
        match name.as_ref() {
            "annotation" | "shapes" | "frame" | "custom-shape" => self.beside += 1,
            _ if self.beside > 0 => {}
            "table" if self.sheet.is_none() => {
                let name = attribute(element, "name").unwrap_or_default();
                self.sheet = Some((name, TableBuilder::new(self.limits)));
                self.number = 0;
            }
            "table-row" => {
                let visibility = attribute(element, "visibility").unwrap_or_default();
                self.row = RowAtHand {
                    repeats: number(element, "number-rows-repeated"),
                    hidden: matches!(visibility.as_str(), "collapse" | "filter"),
                    ..RowAtHand::default()
                };
            }
            "table-cell" | "covered-table-cell" => self.cell = Some(CellAtHand::of(element)),
            "p" => self.paragraph(),
            "s" => self.spaces(number(element, "c")),
            "tab" => self.spaces(1),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Unreadable> {
        match name {
            "annotation" | "shapes" | "frame" | "custom-shape" => {
                self.beside = self.beside.saturating_sub(1);
            }
            _ if self.beside > 0 => {}
            "table-cell" | "covered-table-cell" => self.end_cell()?,
            "table-row" => self.end_row()?,
            "table" => self.end_sheet()?,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Unreadable> {
        if let Some(cell) = self.cell.as_mut().filter(|_| self.beside == 0)
            && cell.paragraphs > 0
        {
            cell.text.push_str(text);
            if cell.text.len() > self.limits.max_cell_chars as usize * 4 {
                return Err(cell_too_long(self.limits));
            }
        }
        Ok(())
    }

    fn paragraph(&mut self) {
        if let Some(cell) = &mut self.cell {
            if cell.paragraphs > 0 {
                cell.text.push('\n');
            }
            cell.paragraphs += 1;
        }
    }

    fn spaces(&mut self, count: u32) {
        if let Some(cell) = &mut self.cell {
            let count = count.min(self.limits.max_cell_chars) as usize;
            cell.text.extend(std::iter::repeat_n(' ', count));
        }
    }

    fn end_cell(&mut self) -> Result<(), Unreadable> {
        let Some(cell) = self.cell.take() else {
            return Ok(());
        };
        let first = self.row.column;
        self.row.column = first.saturating_add(cell.repeats);
        let text = cell.value.unwrap_or(cell.text);
        if text.trim().is_empty() {
            return Ok(());
        }
        if self.row.column > self.limits.max_columns as usize {
            return Err(too_wide(self.limits));
        }
        let columns = first..self.row.column;
        let filled = columns.map(|column| (column, cell.kind, text.clone()));
        self.row.cells.extend(filled);
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Unreadable> {
        let row = std::mem::take(&mut self.row);
        let Some((_, builder)) = &mut self.sheet else {
            return Ok(());
        };
        if row.cells.is_empty() {
            self.number = self.number.saturating_add(row.repeats);
            return Ok(());
        }
        for _ in 0..row.repeats {
            self.number = self.number.saturating_add(1);
            for (column, kind, text) in &row.cells {
                builder.cell(*column, *kind, text)?;
            }
            if builder.end_row(self.number, 0)? == Ended::Kept {
                self.hidden_rows |= row.hidden;
            }
        }
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), Unreadable> {
        let with_data = self.sheet.take().filter(|(_, sheet)| sheet.has_rows());
        if let Some(sheet) = with_data
            && self.found.replace(sheet).is_some()
        {
            return Err(Unreadable::SheetAmbiguous);
        }
        Ok(())
    }
}

impl CellAtHand {
    fn of(element: &BytesStart<'_>) -> Self {
        let (kind, value) = match attribute(element, "value-type").as_deref() {
            Some("float" | "percentage" | "currency") => {
                (Kind::Number, attribute(element, "value"))
            }
            Some("date") => (Kind::Date, attribute(element, "date-value")),
            Some("boolean") => {
                let truth = attribute(element, "boolean-value");
                (Kind::Bool, truth.map(|value| value.to_ascii_uppercase()))
            }
            _ => (Kind::Text, None),
        };
        Self {
            kind,
            repeats: number(element, "number-columns-repeated") as usize,
            value,
            text: String::new(),
            paragraphs: 0,
        }
    }
}

fn number(element: &BytesStart<'_>, name: &str) -> u32 {
    let told = attribute(element, name);
    told.and_then(|value| value.parse().ok()).unwrap_or(1)
}

fn referred(reference: &BytesRef<'_>) -> Option<String> {
    if let Some(text) = resolve_xml_entity(reference.as_ref()) {
        return Some(text.to_owned());
    }
    let character = reference.resolve_char_ref().ok()??;
    Some(character.to_string())
}
