//! Where an extract's rows come from: a stream of separated values, or a workbook in memory. Both end as
//! the same records.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};

use super::{
    super::{
        decode::{Encoding, mark, windows_1252},
        kind::FileFormat,
        parse,
        table::{Limits, Row, Table},
        unreadable::Unreadable,
    },
    columns::ExtractColumns,
    fault::{ExtractFault, RowFault},
    records::{Cells, record},
    survey::Survey,
};
use crate::domain::{destination::DestinationRecord, problem::ProblemCode};

/// Opens an extract that was surveyed, from its first byte again.
pub fn open(read: Box<dyn Read + Send>, survey: &Survey) -> Result<ExtractReader, ExtractFault> {
    let rows =
        match survey.format {
            FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt => Rows::Text(Box::new(
                CsvRows::new(read, survey.encoding, survey.separator)?,
            )),
            FileFormat::Xlsx => Rows::Sheet {
                table: sheet_rows(read)?,
                next: 0,
            },
            FileFormat::Xls | FileFormat::Ods => return Err(ExtractFault::Format),
        };
    Ok(ExtractReader {
        rows,
        columns: survey.columns.clone(),
        skip: survey.skip,
        broken: false,
    })
}

/// The records of an extract, one after another.
pub struct ExtractReader {
    rows: Rows,
    columns: ExtractColumns,
    skip: usize,
    broken: bool,
}

enum Rows {
    Text(Box<CsvRows<Box<dyn Read + Send>>>),
    Sheet { table: Table, next: usize },
}

impl Iterator for ExtractReader {
    type Item = Result<DestinationRecord, RowFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let found = self.find();
        let found = found.map_err(RowFault::Broken).transpose()?;
        self.broken = matches!(found, Err(RowFault::Broken(_)));
        Some(found.and_then(|row| row))
    }
}

type Found = Result<DestinationRecord, RowFault>;

impl ExtractReader {
    fn find(&mut self) -> Result<Option<Found>, ExtractFault> {
        let columns = &self.columns;
        match &mut self.rows {
            Rows::Text(rows) => {
                while rows.read()? {
                    if rows.is_blank() {
                        continue;
                    }
                    if self.skip == 0 {
                        let line = rows.line();
                        return Ok(Some(found(rows.as_ref(), columns, line)));
                    }
                    self.skip -= 1;
                }
                Ok(None)
            }
            Rows::Sheet { table, next } => {
                *next = (*next).max(self.skip);
                let row = table.row(*next);
                *next += 1;
                Ok(row.map(|row| found(&row, columns, row.number().into())))
            }
        }
    }
}

fn found(row: &impl Cells, columns: &ExtractColumns, line: u64) -> Found {
    record(row, columns).map_err(|field| RowFault::Unreadable { line, field })
}

/// An extract's workbook, whole in memory: a zip folder can't be read as a stream.
pub(super) fn sheet_rows(read: impl Read) -> Result<Table, ExtractFault> {
    let mut bytes = Vec::new();
    read.take(LARGEST_WORKBOOK).read_to_end(&mut bytes)?;
    match parse::table(&bytes, FileFormat::Xlsx, &Limits::EXTRACTS) {
        Ok(table) if table.has_hidden_rows() => {
            Err(ExtractFault::Workbook(ProblemCode::HiddenRows))
        }
        Ok(table) => Ok(table),
        Err(Unreadable::Empty) => Err(ExtractFault::Empty),
        Err(why) => Err(ExtractFault::Workbook(why.code())),
    }
}

impl Cells for Row<'_> {
    fn text(&self, column: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.cell(column).text)
    }

    fn is_blank(&self) -> bool {
        false
    }
}

/// Rows of separated values. One record is in memory at a time.
pub(super) struct CsvRows<R> {
    reader: csv::Reader<Bounded<Transcoded<R>>>,
    record: ByteRecord,
    windows_1252: bool,
}

impl<R: Read> CsvRows<R> {
    pub(super) fn new(
        mut read: R,
        encoding: Encoding,
        separator: u8,
    ) -> Result<Self, ExtractFault> {
        let mut head = [0; LONGEST_MARK];
        let mut filled = 0;
        while filled < head.len() {
            match read.read(&mut head[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        let start = mark(&head[..filled]).map_or(0, |(_, length)| length);
        let transcoded = Transcoded {
            head: head[start..filled].to_vec(),
            inner: read,
            decoder: match encoding {
                Encoding::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
                Encoding::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
                Encoding::Utf8 | Encoding::Windows1252 => None,
            },
            pending: Vec::new(),
            ended: false,
        };
        let bounded = Bounded {
            inner: transcoded,
            left: LONGEST_RECORD,
        };
        Ok(Self {
            reader: ReaderBuilder::new()
                .delimiter(separator)
                .has_headers(false)
                .flexible(true)
                .buffer_capacity(READ_AT_ONCE)
                .from_reader(bounded),
            record: ByteRecord::new(),
            windows_1252: encoding == Encoding::Windows1252,
        })
    }

    /// Reads the next record; false at the end.
    pub(super) fn read(&mut self) -> Result<bool, ExtractFault> {
        self.reader.get_mut().left = LONGEST_RECORD;
        let line = self.line();
        self.reader
            .read_byte_record(&mut self.record)
            .map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                    ExtractFault::RecordTooLong { line }
                }
                csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                    ExtractFault::Encoding
                }
                csv::ErrorKind::Io(error) => ExtractFault::Io(error.kind()),
                _ => ExtractFault::Io(io::ErrorKind::InvalidData),
            })
    }

    /// The line on which the record at hand begins.
    pub(super) fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }
}

impl<R> Cells for CsvRows<R> {
    fn text(&self, column: usize) -> Cow<'_, str> {
        let bytes = self.record.get(column).unwrap_or_default();
        match str::from_utf8(bytes) {
            Ok(text) if !self.windows_1252 || bytes.is_ascii() => Cow::Borrowed(text),
            _ => windows_1252(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes)),
        }
    }

    fn is_blank(&self) -> bool {
        self.record.iter().all(|cell| cell.trim_ascii().is_empty())
    }
}

/// Stops a record that never ends before it fills the memory.
struct Bounded<R> {
    inner: R,
    left: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let count = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(count);
        Ok(count)
    }
}

/// UTF-8 from UTF-16; all else as it is.
struct Transcoded<R> {
    head: Vec<u8>,
    inner: R,
    decoder: Option<Decoder>,
    pending: Vec<u8>,
    ended: bool,
}

impl<R: Read> Transcoded<R> {
    fn fetch(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.head.is_empty() {
            return self.inner.read(buffer);
        }
        let count = self.head.as_slice().read(buffer)?;
        self.head.drain(..count);
        Ok(count)
    }
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(mut decoder) = self.decoder.take() else {
            return self.fetch(buffer);
        };
        let result = self.decode(&mut decoder, buffer);
        self.decoder = Some(decoder);
        result
    }
}

impl<R: Read> Transcoded<R> {
    fn decode(&mut self, decoder: &mut Decoder, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.pending.is_empty() && !self.ended {
                let mut raw = vec![0; READ_AT_ONCE];
                let count = self.fetch(&mut raw)?;
                raw.truncate(count);
                self.ended = count == 0;
                self.pending = raw;
            }
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(&self.pending, buffer, self.ended);
            self.pending.drain(..read);
            match result {
                DecoderResult::Malformed(..) => return Err(io::ErrorKind::InvalidData.into()),
                _ if written > 0 || self.ended => return Ok(written),
                DecoderResult::OutputFull => return Err(io::ErrorKind::InvalidInput.into()),
                DecoderResult::InputEmpty => {}
            }
        }
    }
}

/// Bytes of the longest byte order mark.
const LONGEST_MARK: usize = 3;

/// Bytes that are fetched at once.
const READ_AT_ONCE: usize = 128 << 10;

/// Bytes of one record, what was fetched ahead included.
const LONGEST_RECORD: usize = 8 << 20;

/// Bytes of a workbook as it was packed.
const LARGEST_WORKBOOK: u64 = 512 << 20;

#[cfg(test)]
mod tests;
