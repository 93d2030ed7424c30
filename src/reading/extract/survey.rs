//! The first pass over an extract: is it text, where is its header, how many rows, when was it made.
//! Keeps nothing of what it reads.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

use time::Date;

use super::{
    super::{
        decode::{Encoding, UNDEFINED_IN_1252, mark},
        delimited,
        kind::FileFormat,
        table::Limits,
    },
    columns::{ExtractColumns, ExtractField, Overrides, known},
    fault::ExtractFault,
    records::{Cells, Day, day},
    source::{CsvRows, sheet_rows},
};

/// What one pass over an extract found; it is also what a second pass needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// How its bytes stand for letters.
    pub encoding: Encoding,
    /// Rows below the header that are not blank.
    pub rows: u64,
    /// The day of `PeriodEnd`, else of `DateOfSend`, in the first row.
    pub exported_on: Option<Date>,
    /// The columns that will be read.
    pub columns: ExtractColumns,
    pub(super) format: FileFormat,
    pub(super) separator: u8,
    /// Rows up to the header, itself included, blank ones not counted.
    pub(super) skip: usize,
}

impl Survey {
    /// Whether the extract itself tells the Year 11 school.
    pub fn tells_school(&self) -> bool {
        self.columns.at(ExtractField::Year11School).is_some()
    }

    /// Whether the extract tells the caseload system's ids.
    pub fn tells_client(&self) -> bool {
        self.columns.at(ExtractField::Client).is_some()
    }
}

/// Reads an extract once from end to end, and keeps nothing of it.
pub fn survey(
    mut read: impl Read,
    format: FileFormat,
    overrides: &Overrides,
) -> Result<Survey, ExtractFault> {
    match format {
        FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt => survey_text(read, format, overrides),
        FileFormat::Xlsx => {
            let table = sheet_rows(&mut read)?;
            let mut tally = Tally::new(overrides);
            for (at, row) in table.rows().enumerate() {
                tally.see(at, row.number().into(), &row)?;
            }
            tally.finish(Encoding::Utf8, format, b',')
        }
        FileFormat::Xls | FileFormat::Ods => Err(ExtractFault::Format),
    }
}

fn survey_text(
    mut read: impl Read,
    format: FileFormat,
    overrides: &Overrides,
) -> Result<Survey, ExtractFault> {
    let head = head(&mut read)?;
    let marked = mark(&head);
    let start = head
        .get(marked.map_or(0, |(_, length)| length)..)
        .unwrap_or_default();
    let separator = separator(start, marked.map(|(encoding, _)| encoding), overrides);
    let seen = Rc::new(Cell::new(Letters::default()));
    let watched = Watched {
        inner: io::Cursor::new(head).chain(read),
        seen: Rc::clone(&seen),
        carry: [0; 4],
        carried: 0,
    };
    let first_guess = marked.map_or(Encoding::Utf8, |(encoding, _)| encoding);
    let mut rows = CsvRows::new(watched, first_guess, separator)?;
    let mut tally = Tally::new(overrides);
    let mut at = 0;
    while rows.read()? {
        if !rows.is_blank() {
            tally.see(at, rows.line(), &rows)?;
            at += 1;
        }
    }
    let encoding = seen.get().encoding(marked.map(|(encoding, _)| encoding))?;
    tally.finish(encoding, format, separator)
}

/// What the rows tell, one after another.
struct Tally<'o> {
    overrides: &'o Overrides,
    header: Option<(usize, ExtractColumns)>,
    best: (usize, ExtractFault),
    dates: Vec<(ExtractField, usize)>,
    rows: u64,
    exported_on: Option<Date>,
}

impl<'o> Tally<'o> {
    fn new(overrides: &'o Overrides) -> Self {
        Self {
            overrides,
            header: None,
            best: (FEWEST_KNOWN, ExtractFault::HeaderNotFound),
            dates: Vec::new(),
            rows: 0,
            exported_on: None,
        }
    }

    fn see(&mut self, at: usize, line: u64, row: &impl Cells) -> Result<(), ExtractFault> {
        let Some((_, columns)) = &self.header else {
            return self.seek_header(at, row);
        };
        for (field, column) in &self.dates {
            if day(&row.text(*column)) == Day::MonthFirst {
                return Err(ExtractFault::MonthFirst {
                    line,
                    field: *field,
                });
            }
        }
        if self.rows == 0 {
            let told = |field| day(&row.text(columns.at(field)?)).read();
            self.exported_on =
                told(ExtractField::PeriodEnd).or_else(|| told(ExtractField::DateOfSend));
        }
        self.rows += 1;
        Ok(())
    }

    fn seek_header(&mut self, at: usize, row: &impl Cells) -> Result<(), ExtractFault> {
        if at >= SEARCHED_ROWS {
            return Err(self.best.1.clone());
        }
        let cells: Vec<String> = (0..WIDEST)
            .map(|column| row.text(column).into_owned())
            .collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let known = known(&cells, self.overrides);
        match ExtractColumns::of(&cells, self.overrides) {
            Ok(columns) => {
                let dates = ExtractField::DATES.iter();
                self.dates = dates
                    .filter_map(|field| Some((*field, columns.at(*field)?)))
                    .collect();
                self.header = Some((at + 1, columns));
            }
            Err(fault) if known > self.best.0 => self.best = (known, fault),
            Err(_) => {}
        }
        Ok(())
    }

    fn finish(
        self,
        encoding: Encoding,
        format: FileFormat,
        separator: u8,
    ) -> Result<Survey, ExtractFault> {
        let (skip, columns) = self.header.ok_or(self.best.1)?;
        Ok(Survey {
            encoding,
            rows: self.rows,
            exported_on: self.exported_on,
            columns,
            format,
            separator,
            skip,
        })
    }
}

fn head(read: &mut impl Read) -> Result<Vec<u8>, ExtractFault> {
    let mut head = Vec::new();
    read.by_ref().take(HEAD).read_to_end(&mut head)?;
    if head.is_empty() {
        return Err(ExtractFault::Empty);
    }
    Ok(head)
}

fn separator(head: &[u8], marked: Option<Encoding>, overrides: &Overrides) -> u8 {
    let text = match marked {
        Some(Encoding::Utf16Le) => encoding_rs::UTF_16LE.decode_without_bom_handling(head).0,
        Some(Encoding::Utf16Be) => encoding_rs::UTF_16BE.decode_without_bom_handling(head).0,
        _ => String::from_utf8_lossy(head),
    };
    delimited::separator(&text, &Limits::EXTRACTS, |cells| known(cells, overrides))
}

/// What the bytes that went by say of their encoding.
#[derive(Clone, Copy, Default)]
struct Letters {
    broken_utf8: bool,
    undefined_in_1252: bool,
    nul: bool,
}

impl Letters {
    fn encoding(self, marked: Option<Encoding>) -> Result<Encoding, ExtractFault> {
        match marked {
            Some(Encoding::Utf8) if self.broken_utf8 || self.nul => Err(ExtractFault::Encoding),
            Some(encoding) => Ok(encoding),
            None if self.nul => Err(ExtractFault::Encoding),
            None if !self.broken_utf8 => Ok(Encoding::Utf8),
            None if self.undefined_in_1252 => Err(ExtractFault::Encoding),
            None => Ok(Encoding::Windows1252),
        }
    }
}

/// Passes bytes on, and notes which encodings they rule out.
struct Watched<R> {
    inner: R,
    seen: Rc<Cell<Letters>>,
    /// The beginning of a character that the next bytes end.
    carry: [u8; 4],
    carried: usize,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let mut letters = self.seen.get();
        self.note(&mut letters, &buffer[..count]);
        self.seen.set(letters);
        Ok(count)
    }
}

impl<R> Watched<R> {
    fn note(&mut self, letters: &mut Letters, bytes: &[u8]) {
        letters.broken_utf8 |= bytes.is_empty() && self.carried > 0;
        letters.nul |= bytes.contains(&0);
        if bytes.is_ascii() && self.carried == 0 {
            return;
        }
        letters.undefined_in_1252 |= bytes.iter().any(|b| UNDEFINED_IN_1252.contains(b));
        if !letters.broken_utf8 {
            letters.broken_utf8 = self.breaks(bytes);
        }
    }

    fn breaks(&mut self, mut bytes: &[u8]) -> bool {
        while self.carried > 0 {
            let Some((first, rest)) = bytes.split_first() else {
                return false;
            };
            bytes = rest;
            self.carry[self.carried] = *first;
            self.carried += 1;
            match str::from_utf8(&self.carry[..self.carried]) {
                Ok(_) => self.carried = 0,
                Err(error) if error.error_len().is_some() || self.carried == 4 => return true,
                Err(_) => {}
            }
        }
        match str::from_utf8(bytes) {
            Ok(_) => false,
            Err(error) if error.error_len().is_some() => true,
            Err(error) => {
                let cut = &bytes[error.valid_up_to()..];
                self.carry[..cut.len()].copy_from_slice(cut);
                self.carried = cut.len();
                false
            }
        }
    }
}

/// Bytes in which the separator is looked for.
const HEAD: u64 = 64 << 10;

/// Rows in which the header is looked for.
const SEARCHED_ROWS: usize = 10;

/// Columns of an extract that are looked at.
const WIDEST: usize = 1_024;

/// Known headers that make a row a row of headers.
const FEWEST_KNOWN: usize = 1;
