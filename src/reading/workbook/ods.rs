//! `OpenDocument` spreadsheets, as a stream of their XML: rows and cells that are said to repeat a million
//! times take no room, and hidden rows are seen.

use std::{collections::BTreeSet, io::BufRead};

use quick_xml::{
    Reader,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::super::{
    content::Content,
    table::{Ended, Kind, Limits, Table, TableBuilder, cell_too_long, too_wide},
    unreadable::Unreadable,
};
use super::{
    FORMULAS_WITHOUT_RESULT,
    calamined::guarded,
    container::{Bounds, Container},
    damaged,
    identity::refuse_others,
    only_sheet::{OnlySheet, Sheet},
    xml::attribute,
};

/// The only sheet with data.
pub(in super::super) fn ods(bytes: &[u8], limits: &Limits) -> Result<Table, Unreadable> {
    guarded(|| {
        let mut container = walked(bytes, limits)?;
        let content = container.xml(CONTENT).ok_or_else(damaged)?;
        let mut sheets = Sheets::new(limits);
        read(content, |event| sheets.see(event))?;
        sheets.only.table()
    })
}

fn walked<'b>(bytes: &'b [u8], limits: &Limits) -> Result<Container<'b>, Unreadable> {
    let mut container = Container::open(bytes, limits)?;
    refuse_others(&mut container, Content::Ods)?;
    container.refuse_traps()?;
    let manifest = container.place(MANIFEST);
    if let Some(at) = manifest {
        container.walk(at, OPENED, refuse_encrypted)?;
    }
    let content = container.place(CONTENT);
    for at in (0..container.len()).filter(|at| Some(*at) != manifest) {
        if Some(at) == content {
            container.walk(at, OPENED, |_| Ok(()))?;
        } else {
            container.drain(at)?;
        }
    }
    Ok(container)
}

fn refuse_encrypted(event: &Event<'_>) -> Result<(), Unreadable> {
    match event {
        Event::Start(element) if element.local_name().as_ref() == "encryption-data" => {
            Err(Unreadable::PasswordProtected)
        }
        _ => Ok(()),
    }
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
    only: OnlySheet<'l>,
    sheet: Option<Sheet<'l>>,
    hidden_styles: HiddenStyles,
    /// For each open group of rows, whether it is folded away.
    groups: Vec<bool>,
    without_result: u32,
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
    formula: bool,
    /// It tells what kind of value it has, so it has one, if only an empty text.
    typed: bool,
    repeats: usize,
    value: Option<String>,
    text: String,
    paragraphs: usize,
}

impl<'l> Sheets<'l> {
    fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            only: OnlySheet::default(),
            sheet: None,
            hidden_styles: HiddenStyles::default(),
            groups: Vec::new(),
            without_result: 0,
            number: 0,
            row: RowAtHand::default(),
            cell: None,
            beside: 0,
        }
    }

    fn see(&mut self, event: &Event<'_>) -> Result<(), Unreadable> {
        match event {
            Event::Start(element) => self.start(element)?,
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

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), Unreadable> {
        let name = element.local_name();
        match name.as_ref() {
            "annotation" | "shapes" | "frame" | "custom-shape" => self.beside += 1,
            _ if self.beside > 0 => {}
            "style" | "table-properties" => self.hidden_styles.see(element),
            // A table within a table would end the sheet before its time.
            "table" if self.sheet.is_some() => return Err(Unreadable::OddlyBuilt),
            "table" => {
                self.sheet = Some(Sheet {
                    name: attribute(element, "name").unwrap_or_default(),
                    rows: TableBuilder::new(self.limits),
                    hidden_rows: false,
                    hidden: self.hidden_styles.has(attribute(element, "style-name")),
                });
                self.number = 0;
            }
            "table-row-group" => {
                let display = attribute(element, "display");
                self.groups
                    .push(display.is_some_and(|told| told == "false"));
            }
            "table-row" => {
                let visibility = attribute(element, "visibility").unwrap_or_default();
                self.row = RowAtHand {
                    repeats: number(element, "number-rows-repeated"),
                    hidden: matches!(visibility.as_str(), "collapse" | "filter")
                        || self.groups.contains(&true),
                    ..RowAtHand::default()
                };
            }
            "table-cell" | "covered-table-cell" => self.cell = Some(CellAtHand::of(element)),
            "p" => self.paragraph(),
            "s" => return self.spaces(number(element, "c")),
            "tab" => return self.spaces(1),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Unreadable> {
        match name {
            "annotation" | "shapes" | "frame" | "custom-shape" => {
                self.beside = self.beside.saturating_sub(1);
            }
            _ if self.beside > 0 => {}
            "table-cell" | "covered-table-cell" => self.end_cell()?,
            "table-row" => self.end_row()?,
            "table-row-group" => {
                self.groups.pop();
            }
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
        }
        self.refuse_long()
    }

    fn refuse_long(&self) -> Result<(), Unreadable> {
        let most = self.limits.max_cell_chars as usize * LONGEST_CHARACTER;
        let text = self.cell.as_ref().map_or(0, |cell| cell.text.len());
        if text > most {
            return Err(cell_too_long(self.limits));
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

    fn spaces(&mut self, count: u32) -> Result<(), Unreadable> {
        if let Some(cell) = &mut self.cell {
            let count = count.min(self.limits.max_cell_chars) as usize;
            cell.text.extend(std::iter::repeat_n(' ', count));
        }
        self.refuse_long()
    }

    fn end_cell(&mut self) -> Result<(), Unreadable> {
        let Some(cell) = self.cell.take() else {
            return Ok(());
        };
        let first = self.row.column;
        self.row.column = first.saturating_add(cell.repeats);
        self.without_result += u32::from(cell.lacks_result());
        if self.without_result >= FORMULAS_WITHOUT_RESULT {
            let row = self.number.saturating_add(1);
            return Err(Unreadable::FormulasWithoutResult { row });
        }
        let text = match cell.value {
            Some(value) if cell.kind != Kind::Text || cell.paragraphs == 0 => value,
            _ => cell.text,
        };
        if text.trim().is_empty() {
            return Ok(());
        }
        if self.row.column > self.limits.max_columns as usize {
            return Err(too_wide(self.limits));
        }
        if text.len() > self.limits.max_cell_chars as usize * LONGEST_CHARACTER {
            return Err(cell_too_long(self.limits));
        }
        let columns = first..self.row.column;
        let filled = columns.map(|column| (column, cell.kind, text.clone()));
        self.row.cells.extend(filled);
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Unreadable> {
        let row = std::mem::take(&mut self.row);
        let Some(sheet) = &mut self.sheet else {
            return Ok(());
        };
        if row.cells.is_empty() {
            self.number = self.number.saturating_add(row.repeats);
            return Ok(());
        }
        for _ in 0..row.repeats {
            self.number = self.number.saturating_add(1);
            for (column, kind, text) in &row.cells {
                sheet.rows.cell(*column, *kind, text)?;
            }
            if sheet.rows.end_row(self.number, 0)? == Ended::Kept {
                sheet.hidden_rows |= row.hidden;
            }
        }
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), Unreadable> {
        match self.sheet.take() {
            Some(sheet) => self.only.offer(sheet),
            None => Ok(()),
        }
    }
}

/// The styles of tables that can't be seen.
#[derive(Default)]
struct HiddenStyles {
    at_hand: String,
    names: BTreeSet<String>,
}

impl HiddenStyles {
    fn see(&mut self, element: &BytesStart<'_>) {
        if element.local_name().as_ref() == "style" {
            self.at_hand = attribute(element, "name").unwrap_or_default();
        } else if attribute(element, "display").is_some_and(|told| told == "false") {
            self.names.insert(self.at_hand.clone());
        }
    }

    fn has(&self, style: Option<String>) -> bool {
        style.is_some_and(|style| self.names.contains(&style))
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
            _ => (Kind::Text, attribute(element, "string-value")),
        };
        Self {
            kind,
            formula: attribute(element, "formula").is_some(),
            typed: attribute(element, "value-type").is_some(),
            repeats: number(element, "number-columns-repeated") as usize,
            value,
            text: String::new(),
            paragraphs: 0,
        }
    }

    fn lacks_result(&self) -> bool {
        self.formula && !self.typed && self.text.trim().is_empty()
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

/// What is opened of a container: its list of parts, and the part with the sheets.
const MANIFEST: &str = "META-INF/manifest.xml";
const CONTENT: &str = "content.xml";

/// How large what is opened may be, which is read as a stream.
const OPENED: Bounds = Bounds {
    share: 1,
    longest_event: 1 << 20,
};

/// Bytes of a character.
const LONGEST_CHARACTER: usize = 4;
