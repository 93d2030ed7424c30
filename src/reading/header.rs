//! The header row of a list: where it is, which columns it has, and what is in doubt about them.

use super::{
    aliases::{Alias, Field, alias, compact, speaks_of_consent},
    table::{Row, Table, Value},
};
use crate::domain::{
    list::FileKind,
    names::is_invisible,
    problem::{Problem, ProblemCode},
};

/// A header row that has all columns that its kind of file needs.
pub(super) struct Header<'t> {
    /// Its place among the table's rows.
    pub(super) at: usize,
    /// How many cells the file gave it.
    pub(super) width: usize,
    columns: Vec<Column<'t>>,
    others: Vec<&'t str>,
}

/// One known column.
#[derive(Clone, Copy)]
pub(super) struct Column<'t> {
    /// Counted from 0.
    pub(super) at: usize,
    /// The header as the school wrote it.
    pub(super) header: &'t str,
    pub(super) alias: Alias,
}

impl<'t> Header<'t> {
    /// Finds the header among the first rows; title rows may stand above it.
    pub(super) fn find(table: &'t Table, kind: FileKind) -> Result<Self, Problem> {
        let mut best: Option<Self> = None;
        for (at, row) in table.rows().take(SEARCHED_ROWS).enumerate() {
            let header = Self::read(at, &row);
            if missing(kind, &header).is_none() {
                return Ok(header);
            }
            if best
                .as_ref()
                .is_none_or(|best| header.known() > best.known())
            {
                best = Some(header);
            }
        }
        match best.filter(|header| header.known() >= FEWEST_KNOWN) {
            Some(header) => Err(header.lacking(kind)),
            None => Err(Problem::of_file(ProblemCode::HeaderNotFound)),
        }
    }

    fn read(at: usize, row: &Row<'t>) -> Self {
        let mut columns = Vec::new();
        let mut others = Vec::new();
        for (at, Value { text, .. }) in row.cells().enumerate() {
            match alias(&compact(text)) {
                Some(alias) => columns.push(Column {
                    at,
                    header: text,
                    alias,
                }),
                None if !text.is_empty() => others.push(text),
                None => {}
            }
        }
        Self {
            at,
            width: row.width(),
            columns,
            others,
        }
    }

    /// The columns of a field that go first: more than one where it is not clear which is meant.
    pub(super) fn columns(&self, field: Field) -> impl Iterator<Item = Column<'t>> {
        let of_field = |column: &&Column<'t>| column.alias.field == field;
        let ranks = self
            .columns
            .iter()
            .filter(of_field)
            .map(|column| column.alias.rank);
        let first = ranks.min();
        self.columns
            .iter()
            .filter(move |column| column.alias.field == field && Some(column.alias.rank) == first)
            .copied()
    }

    /// The column of a field; the leftmost, where it is in doubt.
    pub(super) fn column(&self, field: Field) -> Option<Column<'t>> {
        self.columns(field).next()
    }

    /// A column that speaks of some consent which is not known here.
    pub(super) fn other_consent(&self) -> Option<&'t str> {
        let speaks = |header: &&&str| speaks_of_consent(&compact(header));
        self.others.iter().find(speaks).copied()
    }

    /// How many different fields the row names.
    fn known(&self) -> usize {
        count_fields(self.columns.iter().map(|column| column.alias.field))
    }

    fn has(&self, field: Field) -> bool {
        self.columns
            .iter()
            .any(|column| column.alias.field == field)
    }

    /// `column-missing`, with the headers that were found. A row that may hold a pupil instead of
    /// headers is not echoed.
    fn lacking(&self, kind: FileKind) -> Problem {
        let headers = |headers: Vec<&str>| {
            let quoted = headers.iter().take(SHOWN_HEADERS);
            let quoted = quoted.map(|header| format!("«{}»", shown(header)));
            quoted.collect::<Vec<_>>().join(", ")
        };
        let mut found: Vec<&str> = self.columns.iter().map(|column| column.header).collect();
        if self.known() > FEWEST_KNOWN || self.others.len() <= self.columns.len() {
            found.extend(&self.others);
        }
        let missing = missing(kind, self).unwrap_or_default();
        Problem::of_file(ProblemCode::ColumnMissing).saying(format!(
            "The list needs {missing}. The headers found were {}.",
            headers(found)
        ))
    }
}

/// How many different fields these cells name.
pub(super) fn known<'c>(cells: impl Iterator<Item = &'c str>) -> usize {
    count_fields(cells.filter_map(|cell| alias(&compact(cell)).map(|alias| alias.field)))
}

/// Whether a table has a header of pupils in its first rows, whatever else it is called.
pub(super) fn is_of_pupils(table: &Table) -> bool {
    Header::find(table, FileKind::Withdrawal).is_ok()
        || table
            .rows()
            .take(SEARCHED_ROWS)
            .any(|row| known(row.cells().map(|cell| cell.text)) > FEWEST_KNOWN)
}

/// Whether one of the first lines of a text that is no proper table names two fields of pupils.
pub(super) fn is_in_lines(text: &str) -> bool {
    let mut lines = text.lines().take(SEARCHED_ROWS * 2);
    lines.any(|line| known(line.split([',', ';', '\t', '|'])) >= FEWEST_KNOWN)
}

/// A header as a message may show it: nothing in it turns the sentence around it.
pub(super) fn shown(header: &str) -> String {
    let is_gap =
        |c: char| c.is_control() || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}');
    let plain = header.chars().map(|c| if is_gap(c) { ' ' } else { c });
    plain.take(SHOWN_CHARACTERS).collect()
}

fn count_fields(fields: impl Iterator<Item = Field>) -> usize {
    let seen = fields.fold(0_u32, |seen, field| seen | 1 << (field as u32));
    seen.count_ones() as usize
}

/// The columns that a file of this kind lacks, in words.
fn missing(kind: FileKind, header: &Header<'_>) -> Option<String> {
    let names =
        header.has(Field::WholeName) && !header.has(Field::Forename) && !header.has(Field::Surname);
    let mut lacks = Vec::new();
    for (field, words) in [
        (Field::Forename, "a column «Forename»"),
        (Field::Surname, "a column «Surname»"),
        (Field::Born, "a column «Date of birth»"),
    ] {
        let told_by_name = names && field != Field::Born;
        if !told_by_name && !header.has(field) {
            lacks.push(words);
        }
    }
    if lacks.is_empty() || (kind == FileKind::Withdrawal && identified(header)) {
        return None;
    }
    let words = lacks.join(" and ");
    Some(match kind {
        FileKind::Withdrawal => {
            format!("{words}, or a column «UPN» or «ULN» with date of birth or surname")
        }
        _ => words,
    })
}

/// A withdrawal may tell of its pupil by number.
fn identified(header: &Header<'_>) -> bool {
    let number = header.has(Field::Upn) || header.has(Field::Uln);
    let beside = [Field::Born, Field::Surname, Field::WholeName];
    number && beside.iter().any(|field| header.has(*field))
}

/// Rows, blank ones not counted, in which the header is looked for.
pub(super) const SEARCHED_ROWS: usize = 10;

/// Known headers that make a row a row of headers.
pub(super) const FEWEST_KNOWN: usize = 2;

/// Headers that a message shows.
pub(super) const SHOWN_HEADERS: usize = 20;

/// Characters of a header that a message shows.
pub(super) const SHOWN_CHARACTERS: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_shown_short_and_without_what_turns_a_sentence_around() {
        assert_eq!(shown("Fore\u{202e}name\u{2066}\u{feff}"), "Fore name  ");
        assert_eq!(shown("a\nb\u{2028}c"), "a b c");
        assert_eq!(shown(&"ë".repeat(50)), "ë".repeat(40));
    }
}
