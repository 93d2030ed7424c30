//! The records of an old workbook (MS-XLS), walked before it is opened: how far apart its cells lie, how
//! much text they refer to, and which rows are hidden. What is only a promise of a size, and what nobody
//! needs, is struck out, so that no room is made for it.

use std::collections::HashSet;

use super::super::{table::Limits, unreadable::Unreadable};
use super::{
    MOST_SHEETS,
    compound::{u16_at, u32_at},
    damaged, strings,
};

/// The rows of each sheet that are hidden, counted from 0, in the order of the sheets.
pub(super) type HiddenRows = Vec<HashSet<u32>>;

/// Walks all sheets, and refuses cells so far apart that a sheet with all cells between them would be
/// too large.
pub(super) fn walk(stream: &mut [u8], limits: &Limits) -> Result<HiddenRows, Unreadable> {
    let mut book = Book::default();
    let end = book.walk(stream, limits)?;
    let mut places = vec![(0, end)];
    let (mut cells, mut text) = (0_u64, 0_u64);
    let mut hidden = Vec::new();
    for start in &book.starts {
        let mut sheet = Sheet::default();
        let end = sheet.walk(stream, *start, &book.strings)?;
        places.push((*start, end));
        cells = cells.saturating_add(sheet.area());
        text = text.saturating_add(sheet.text);
        hidden.push(sheet.hidden);
        book.struck.append(&mut sheet.struck);
        if cells > limits.max_cells.into() {
            return Err(Unreadable::CellsFarApart);
        }
        if text > limits.max_inflated {
            return Err(Unreadable::UnpacksTooLarge);
        }
    }
    places.sort_unstable();
    if !places.windows(2).all(|pair| pair[0].1 <= pair[1].0) {
        return Err(Unreadable::OddlyBuilt);
    }
    for (at, bytes) in book.struck {
        stream[at..at + 2].copy_from_slice(&bytes);
    }
    Ok(hidden)
}

/// Two bytes to put in a place.
type Struck = (usize, [u8; 2]);

/// What stands before the sheets.
#[derive(Default)]
struct Book {
    starts: Vec<usize>,
    strings: Vec<u64>,
    struck: Vec<Struck>,
}

impl Book {
    /// Walks to the end of what stands before the sheets, and tells where that is.
    fn walk(&mut self, stream: &[u8], limits: &Limits) -> Result<usize, Unreadable> {
        let mut records = Records { stream, at: 0 };
        let mut blocks: Vec<&[u8]> = Vec::new();
        let mut continues = false;
        for record in records.by_ref() {
            continues &= record.kind == CONTINUE;
            match record.kind {
                FILE_PASS if record.data.iter().any(|byte| *byte != 0) => {
                    return Err(Unreadable::PasswordProtected);
                }
                BOUND_SHEET => {
                    let start = u32_at(record.data, 0).ok_or_else(damaged)?;
                    self.starts.push(start as usize);
                }
                STRINGS => {
                    (blocks, continues) = (vec![record.data], true);
                }
                CONTINUE if continues => blocks.push(record.data),
                NAME | EXTERNAL_SHEETS => self.struck.push((record.at, NOTHING)),
                END => break,
                _ => {}
            }
        }
        if self.starts.len() > MOST_SHEETS || blocks.len() > MOST_BLOCKS {
            return Err(Unreadable::OddlyBuilt);
        }
        if !blocks.is_empty() {
            let most = limits.max_strings as usize;
            self.strings = strings::lengths(&blocks, most).ok_or_else(damaged)?;
        }
        Ok(records.at)
    }
}

/// One sheet's extent, its hidden rows and the text that its cells refer to.
#[derive(Default)]
struct Sheet {
    corners: Option<[u64; 4]>,
    formula: (u64, u64),
    text: u64,
    hidden: HashSet<u32>,
    struck: Vec<Struck>,
}

impl Sheet {
    /// Walks to the sheet's end, and tells where that is.
    fn walk(&mut self, stream: &[u8], start: usize, strings: &[u64]) -> Result<usize, Unreadable> {
        if start >= stream.len() {
            return Err(damaged());
        }
        let mut records = Records { stream, at: start };
        let mut depth = 0_usize;
        for record in records.by_ref() {
            match record.kind {
                BEGIN => depth += 1,
                END if depth <= 1 => break,
                END => depth -= 1,
                _ if depth > 1 => {}
                _ => self.see(&record, strings),
            }
        }
        Ok(records.at)
    }

    fn see(&mut self, record: &Record<'_>, strings: &[u64]) {
        let data = record.data;
        let word = |at| u16_at(data, at).map(u64::from);
        match record.kind {
            DIMENSIONS | MERGED_CELLS => self.struck.push((record.at, NOTHING)),
            ROW => {
                let unseen = u16_at(data, 12).is_some_and(|flags| flags & ZERO_HEIGHT != 0)
                    || u16_at(data, 6) == Some(0);
                if let Some(row) = u16_at(data, 0).filter(|_| unseen) {
                    self.hidden.insert(u32::from(row));
                }
            }
            MULTIPLE_NUMBERS => {
                let last = data.len().checked_sub(2).and_then(word);
                self.reach(word(0), word(2));
                self.reach(word(0), last);
            }
            // The text that a formula came to stands behind it, without a place of its own.
            FORMULAS_TEXT => self.reach(Some(self.formula.0), Some(self.formula.1)),
            _ if CELLS.contains(&record.kind) => self.reach(word(0), word(2)),
            _ => {}
        }
        match record.kind {
            FORMULA => {
                self.formula = (word(0).unwrap_or(0), word(2).unwrap_or(0));
                if data.len() >= FORMULAS_LENGTH + 2 {
                    self.struck.push((record.at + 4 + FORMULAS_LENGTH, [0, 0]));
                }
            }
            SHARED_STRING => {
                let string = u32_at(data, 6).and_then(|id| strings.get(id as usize));
                self.text = self.text.saturating_add(*string.unwrap_or(&0));
            }
            _ => {}
        }
    }

    fn reach(&mut self, row: Option<u64>, column: Option<u64>) {
        let (Some(row), Some(column)) = (row, column) else {
            return;
        };
        let [top, left, bottom, right] = self.corners.unwrap_or([row, column, row, column]);
        self.corners = Some([
            top.min(row),
            left.min(column),
            bottom.max(row),
            right.max(column),
        ]);
    }

    fn area(&self) -> u64 {
        self.corners.map_or(0, |[top, left, bottom, right]| {
            (bottom - top + 1) * (right - left + 1)
        })
    }
}

struct Records<'s> {
    stream: &'s [u8],
    at: usize,
}

struct Record<'s> {
    at: usize,
    kind: u16,
    data: &'s [u8],
}

impl<'s> Iterator for Records<'s> {
    type Item = Record<'s>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let kind = u16_at(self.stream, at)?;
        let end = at + 4 + u16_at(self.stream, at + 2)? as usize;
        let data = self.stream.get(at + 4..end)?;
        self.at = end;
        Some(Record { at, kind, data })
    }
}

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const CONTINUE: u16 = 0x003c;
const FILE_PASS: u16 = 0x002f;
const BOUND_SHEET: u16 = 0x0085;
const STRINGS: u16 = 0x00fc;
const NAME: u16 = 0x0018;
const EXTERNAL_SHEETS: u16 = 0x0017;
const DIMENSIONS: u16 = 0x0200;
const MERGED_CELLS: u16 = 0x00e5;
const ROW: u16 = 0x0208;
const MULTIPLE_NUMBERS: u16 = 0x00bd;
const FORMULA: u16 = 0x0006;
const FORMULAS_TEXT: u16 = 0x0207;
const SHARED_STRING: u16 = 0x00fd;

/// Number, Label, `RString`, `BoolErr`, Rk, `LabelSst`, Formula.
const CELLS: [u16; 7] = [
    0x0203,
    0x0204,
    0x00d6,
    0x0205,
    0x027e,
    SHARED_STRING,
    FORMULA,
];

/// A kind of record that nobody knows.
const NOTHING: [u8; 2] = [0xff, 0xff];

/// Where a formula tells how long it is. Its result stands before.
const FORMULAS_LENGTH: usize = 20;

/// The flag of a row that can't be seen.
const ZERO_HEIGHT: u16 = 0x20;

/// Records that continue the table of strings, of up to 8 KiB each.
const MOST_BLOCKS: usize = 16_384;
