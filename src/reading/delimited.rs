//! Text with separators to a table: RFC 4180 as spreadsheet programs really write it. Counts rows as the
//! school's spreadsheet does: a line break within quotes adds none, a blank line is one.

use super::{
    header,
    table::{Kind, Limits, Table, TableBuilder, cell_too_long, too_wide, trim},
    unreadable::Unreadable,
};

/// The table of a text file.
pub(super) fn table(text: &str, assumed: bool, limits: &Limits) -> Result<Table, Unreadable> {
    let (text, declared) = declared_separator(text);
    let separator = declared
        .unwrap_or_else(|| separator(text, limits, |cells| header::known(cells.iter().copied())));
    let mut records = Records::new(text, separator, limits);
    let mut builder = TableBuilder::new(limits);
    let mut record = Record::default();
    let mut number = 0;
    while records.read(&mut record)? {
        number += 1;
        for (column, cell) in record.cells().enumerate() {
            builder.cell(column, Kind::Text, cell)?;
        }
        let _ = builder.end_row(number, record.width)?;
    }
    builder.delimited(assumed)
}

/// `sep=;` in the first line, which Excel obeys and does not count as a row.
fn declared_separator(text: &str) -> (&str, Option<u8>) {
    let first = text.lines().next().unwrap_or_default();
    let told = match first.trim_matches('"').as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => *separator,
        _ => return (text, None),
    };
    if !SEPARATORS.contains(&told) {
        return (text, None);
    }
    let rest = text[first.len()..].trim_start_matches('\r');
    (rest.strip_prefix('\n').unwrap_or(rest), Some(told))
}

/// The separator under which a header row reads best; where none does, the one that the first line
/// that is not blank has most of.
pub(super) fn separator(text: &str, limits: &Limits, known: impl Fn(&[&str]) -> usize) -> u8 {
    let best = SEPARATORS.map(|separator| {
        let mut records = Records::new(text, separator, limits);
        let mut record = Record::default();
        let mut best = 0;
        for _ in 0..HEADER_WITHIN {
            match records.read(&mut record) {
                Ok(true) if best < SURELY_A_HEADER => {
                    best = best.max(known(&record.cells().collect::<Vec<_>>()));
                }
                Ok(_) | Err(_) => break,
            }
        }
        (best, separator)
    });
    let most = best.iter().map(|(known, _)| *known).max().unwrap_or(0);
    if most > 0 {
        let first_of_most = best.iter().find(|(known, _)| *known == most);
        return first_of_most.map_or(b',', |(_, separator)| *separator);
    }
    let line = text.lines().find(|line| !trim(line).is_empty());
    let line = line.unwrap_or_default();
    let count = |separator: &u8| line.matches(char::from(*separator)).count();
    let frequent = SEPARATORS.iter().rev().max_by_key(|s| count(s));
    frequent.copied().unwrap_or(b',')
}

/// One line of cells, kept from one reading to the next so that it allocates nothing.
#[derive(Default)]
pub(super) struct Record {
    text: String,
    ends: Vec<usize>,
    /// Cells in the file, of which blank ones beyond the widest column are not kept.
    pub(super) width: usize,
}

impl Record {
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.text[start..*end])
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.width = 0;
    }

    fn end_cell(&mut self, limits: &Limits) -> Result<(), Unreadable> {
        self.width += 1;
        let start = self.ends.last().copied().unwrap_or(0);
        if self.ends.len() < limits.max_columns as usize {
            self.ends.push(self.text.len());
        } else if trim(&self.text[start..]).is_empty() {
            self.text.truncate(start);
        } else {
            return Err(too_wide(limits));
        }
        Ok(())
    }
}

/// Reads records one after another.
pub(super) struct Records<'t, 'l> {
    text: &'t str,
    at: usize,
    separator: u8,
    limits: &'l Limits,
}

impl<'t, 'l> Records<'t, 'l> {
    pub(super) fn new(text: &'t str, separator: u8, limits: &'l Limits) -> Self {
        Self {
            text,
            at: 0,
            separator,
            limits,
        }
    }

    /// Reads the next record; false at the end of the text.
    pub(super) fn read(&mut self, record: &mut Record) -> Result<bool, Unreadable> {
        record.clear();
        if self.at >= self.text.len() {
            return Ok(false);
        }
        loop {
            if self.here() == Some(b'"') {
                self.quoted(record)?;
            }
            self.plain(record)?;
            record.end_cell(self.limits)?;
            match self.here() {
                Some(b'\r') => {
                    self.at += 1;
                    if self.here() == Some(b'\n') {
                        self.at += 1;
                    }
                    return Ok(true);
                }
                Some(b'\n') => {
                    self.at += 1;
                    return Ok(true);
                }
                Some(_) => self.at += 1,
                None => return Ok(true),
            }
        }
    }

    fn here(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What stands between quotation marks, two of which are one. What follows the closing one up to
    /// the separator is read as plain text, as Excel does.
    fn quoted(&mut self, record: &mut Record) -> Result<(), Unreadable> {
        loop {
            self.at += 1;
            let rest = &self.text[self.at..];
            let Some(length) = rest.bytes().position(|byte| byte == b'"') else {
                return Err(Unreadable::QuoteUnclosed);
            };
            self.keep(length, record)?;
            self.at += 1;
            if self.here() != Some(b'"') {
                return Ok(());
            }
            record.text.push('"');
        }
    }

    fn plain(&mut self, record: &mut Record) -> Result<(), Unreadable> {
        let separator = self.separator;
        let ends = |byte: u8| byte == separator || byte == b'\n' || byte == b'\r';
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|byte| ends(*byte));
        self.keep(length.unwrap_or(rest.len()), record)
    }

    fn keep(&mut self, length: usize, record: &mut Record) -> Result<(), Unreadable> {
        let start = record.ends.last().copied().unwrap_or(0);
        let longest = self.limits.max_cell_chars as usize * LONGEST_CHARACTER;
        if record.text.len() - start + length > longest {
            return Err(cell_too_long(self.limits));
        }
        record.text.push_str(&self.text[self.at..self.at + length]);
        self.at += length;
        Ok(())
    }
}

/// The separators that are looked for, the likeliest first.
pub(super) const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Records among which the header is looked for when a separator is chosen.
pub(super) const HEADER_WITHIN: usize = 20;

/// Known headers in one record after which no other record is looked at.
pub(super) const SURELY_A_HEADER: usize = 3;

/// Bytes of the longest character in UTF-8.
const LONGEST_CHARACTER: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Table {
        table(text, false, &Limits::LISTS).unwrap()
    }

    fn cells(table: &Table, row: usize) -> Vec<&str> {
        table.row(row).unwrap().cells().map(|c| c.text).collect()
    }

    #[test]
    fn quotes_hold_separators_line_breaks_and_doubled_quotes() {
        let table =
            read("Forename,Surname,DOB\r\n\"Mary \"\"Ann\"\"\",\"Smith,\nJones\",x\r\nB,C,D");
        assert_eq!(cells(&table, 1), ["Mary \"Ann\"", "Smith,\nJones", "x"]);
        assert_eq!(cells(&table, 2), ["B", "C", "D"]);
        assert_eq!(table.row(2).unwrap().number(), 3);
    }

    #[test]
    fn a_quote_within_a_cell_is_a_letter_like_any_other() {
        let table = read("Forename,Surname\nAn\"n,\"Smith\" Jr\n");
        assert_eq!(cells(&table, 1), ["An\"n", "Smith Jr"]);
    }

    #[test]
    fn blank_lines_count_and_are_dropped() {
        let table = read("Our pupils\n\nForename,Surname\n,,,\n \nA,B\n\n");
        let numbers: Vec<u32> = table.rows().map(|row| row.number()).collect();
        assert_eq!(numbers, [1, 3, 6]);
    }

    #[test]
    fn the_separator_is_the_one_under_which_the_header_reads() {
        for separator in [",", ";", "\t", "|"] {
            let text = "Year 11, all; of them | so far\nForename#Surname#DOB\nA,B#C;D#E|F\n"
                .replace('#', separator);
            let table = read(&text);
            assert_eq!(cells(&table, 1), ["Forename", "Surname", "DOB"]);
        }
        let declared = read("sep=;\r\nx,a;y\n1,2;3\n");
        assert_eq!(cells(&declared, 0), ["x,a", "y"]);
        assert_eq!(declared.row(0).unwrap().number(), 1);
        assert_eq!(cells(&read("x;y;z,a\n1;2;3\n"), 0), ["x", "y", "z,a"]);
    }

    #[test]
    fn all_line_ends_are_read() {
        for end in ["\n", "\r\n", "\r"] {
            let table = read(&["a,b", "c,d", ""].join(end));
            assert_eq!(table.rows().len(), 2);
            assert_eq!(cells(&table, 1), ["c", "d"]);
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_refuses_the_file() {
        let why = table("a,b\n\"c,d\n", false, &Limits::LISTS).unwrap_err();
        assert_eq!(why, Unreadable::QuoteUnclosed);
    }

    #[test]
    fn a_million_columns_and_endless_cells_are_refused() {
        let blank = ",".repeat(1_000_000);
        assert!(table(&format!("a{blank}\n"), false, &Limits::LISTS).is_ok());
        let wide = table(&format!("a{blank}z\n"), false, &Limits::LISTS).unwrap_err();
        assert_eq!(wide, Unreadable::TooManyColumns { most: 256 });
        let long = table(&"x".repeat(1 << 20), false, &Limits::LISTS).unwrap_err();
        assert_eq!(long, Unreadable::CellTooLong { most: 2_000 });
        let rows = table(&"a,b\n".repeat(20_001), false, &Limits::LISTS).unwrap_err();
        assert_eq!(rows, Unreadable::TooManyRows);
        assert!(table(&format!("a{}", "\n".repeat(1 << 20)), false, &Limits::LISTS).is_ok());
    }

    #[test]
    fn a_row_tells_how_many_cells_the_file_gave_it() {
        let table = read("Forename,Surname,,\nA,B\n");
        assert_eq!(table.row(0).unwrap().width(), 4);
        assert_eq!(table.row(1).unwrap().width(), 2);
    }
}
