//! The records of an old workbook (MS-XLS), walked before it is opened: how far apart its cells lie, and
//! which rows are hidden.

use std::collections::HashSet;

use super::super::unreadable::Unreadable;
use super::{
    compound::{u16_at, u32_at},
    damaged,
};

/// The rows of each sheet that are hidden, counted from 0, in the order of the sheets.
pub(super) type HiddenRows = Vec<HashSet<u32>>;

/// Walks all sheets, and refuses cells so far apart that a sheet with all cells between them would be
/// too large.
pub(super) fn walk(stream: &[u8]) -> Result<HiddenRows, Unreadable> {
    let mut starts = Vec::new();
    for (kind, data) in Records(stream) {
        match kind {
            FILE_PASS if u16_at(data, 0) != Some(0) => {
                return Err(Unreadable::PasswordProtected);
            }
            BOUND_SHEET => starts.push(u32_at(data, 0).ok_or_else(damaged)? as usize),
            END => break,
            _ => {}
        }
    }
    if starts.len() > MOST_SHEETS {
        return Err(damaged());
    }
    let (mut area, mut walked) = (0, 0);
    let mut hidden = Vec::new();
    for start in starts {
        let mut sheet = Sheet::default();
        walked += sheet.walk(stream.get(start..).ok_or_else(damaged)?);
        if walked > stream.len() {
            // Two sheets that lie in one place are a trap.
            return Err(damaged());
        }
        area += sheet.area();
        if area > MOST_CELLS {
            return Err(Unreadable::CellsFarApart);
        }
        hidden.push(sheet.hidden);
    }
    Ok(hidden)
}

/// One sheet's extent, declared or real, and its hidden rows.
#[derive(Default)]
struct Sheet {
    corners: Option<[u64; 4]>,
    declared: u64,
    hidden: HashSet<u32>,
}

impl Sheet {
    /// Walks to the sheet's end, and tells how many bytes it has.
    fn walk(&mut self, stream: &[u8]) -> usize {
        let mut depth = 0_usize;
        let mut records = Records(stream);
        for (kind, data) in records.by_ref() {
            match kind {
                BEGIN => depth += 1,
                END if depth <= 1 => break,
                END => depth -= 1,
                _ if depth > 1 => {}
                _ => self.see(kind, data),
            }
        }
        stream.len() - records.0.len()
    }

    fn see(&mut self, kind: u16, data: &[u8]) {
        let word = |at| u16_at(data, at).map(u64::from);
        match kind {
            DIMENSIONS => self.declared = self.declared.max(declared(data).unwrap_or(u64::MAX)),
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
            _ if CELLS.contains(&kind) => self.reach(word(0), word(2)),
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
        let real = self.corners.map_or(0, |[top, left, bottom, right]| {
            (bottom - top + 1) * (right - left + 1)
        });
        real.max(self.declared)
    }
}

/// The cells between the corners that the sheet declares, in either of the two forms of the record.
fn declared(data: &[u8]) -> Option<u64> {
    let (top, bottom, columns) = if data.len() == 10 {
        (u16_at(data, 0)?.into(), u16_at(data, 2)?.into(), 4)
    } else {
        (u32_at(data, 0)?, u32_at(data, 4)?, 8)
    };
    let (left, right) = (u16_at(data, columns)?, u16_at(data, columns + 2)?);
    let high = u64::from(bottom.saturating_sub(top)) + 1;
    let wide = u64::from(right.saturating_sub(left)) + 1;
    Some(high.saturating_mul(wide))
}

struct Records<'s>(&'s [u8]);

impl<'s> Iterator for Records<'s> {
    type Item = (u16, &'s [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = u16_at(self.0, 0)?;
        let length = u16_at(self.0, 2)? as usize;
        let data = self.0.get(4..4 + length)?;
        self.0 = &self.0[4 + length..];
        Some((kind, data))
    }
}

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const FILE_PASS: u16 = 0x002f;
const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const ROW: u16 = 0x0208;
const MULTIPLE_NUMBERS: u16 = 0x00bd;

/// Number, Label, `RString`, `BoolErr`, Rk, `LabelSst`, Formula.
const CELLS: [u16; 7] = [0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd, 0x0006];

/// The flag of a row that can't be seen.
const ZERO_HEIGHT: u16 = 0x20;

/// Sheets in one workbook.
const MOST_SHEETS: usize = 256;

/// Cells of all sheets, blank ones between the others included.
const MOST_CELLS: u64 = 4_000_000;
