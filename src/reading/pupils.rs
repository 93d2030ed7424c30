//! A table to a list of pupils: each cell read, nothing judged but what concerns the file as a whole.
//! What a list changes is for `policy` to say.

use std::ops::RangeInclusive;

use time::Date;

use super::{
    aliases::{Field, SCHOOL_NAMES, SEN},
    cells::{self, EhcpColumn, SchoolColumn},
    dates::{self, Time, Written},
    header::{Column, Header, shown},
    kind::tells_of_refusal,
    names,
    table::{Row, Table},
};
use crate::domain::{
    days::years_after,
    list::{Answer, Cell, Columns, FileKind, ListRow, PupilList, Refusal, SchoolNamed, Withdrawal},
    problem::{Problem, ProblemCode},
};

/// What the reader of a list must be told.
#[derive(Clone, Debug)]
pub struct ListAsk {
    /// The file's name holds a word of refusal ([`super::names_refusals`]).
    pub file_refuses: bool,
    /// The days on which a pupil of today can be born. A bare number is a date only within them.
    pub pupil_born: RangeInclusive<Date>,
}

/// The list in a table, or why it can't be read at all (spec 3).
pub fn pupils(table: &Table, kind: FileKind, ask: &ListAsk) -> Result<PupilList, Problem> {
    let header = Header::find(table, kind)?;
    refuse_stray_cells(table, &header)?;
    let lists_consents = kind != FileKind::Withdrawal;
    if lists_consents && header.column(Field::Consent).is_none() && refuses(table, &header, ask) {
        return Err(Problem::of_file(ProblemCode::KindUnclear));
    }
    let reader = ListReader::new(table, header, ask);
    let mut warnings = Vec::new();
    if table.is_encoding_assumed() {
        warnings.push(Problem::of_file(ProblemCode::EncodingAssumed));
    }
    Ok(PupilList {
        columns: reader.columns(),
        rows: reader.data().map(|row| reader.row(&row)).collect(),
        warnings,
        refusal: reader.refusal(lists_consents),
    })
}

/// A comma within a name that is not quoted moves all cells behind it.
fn refuse_stray_cells(table: &Table, header: &Header<'_>) -> Result<(), Problem> {
    let stray = |row: &Row<'_>| row.cells().len() > header.width;
    let rows = table.rows().skip(header.at + 1);
    match rows.filter(|_| table.is_delimited()).find(stray) {
        Some(row) => Err(
            Problem::of_file(ProblemCode::FileUnreadable).saying(format!(
                "Row {} has more cells than the header row; there may be a comma within a name.",
                row.number()
            )),
        ),
        None => Ok(()),
    }
}

/// Whether a list that has no consent column may be one of those who said no: by its file's name, its
/// sheet's name or the title above it.
fn refuses(table: &Table, header: &Header<'_>, ask: &ListAsk) -> bool {
    let titles = table.rows().take(header.at).flat_map(|row| row.cells());
    ask.file_refuses
        || tells_of_refusal(table.sheet())
        || titles.map(|cell| cell.text).any(tells_of_refusal)
}

/// Reads rows under one header.
struct ListReader<'t> {
    table: &'t Table,
    header: Header<'t>,
    by_field: [Option<Column<'t>>; Field::ALL.len()],
    born: DateColumn,
    consented: DateColumn,
    withdrawn: DateColumn,
}

/// What a whole column of dates says of each of its cells.
#[derive(Clone, Copy, Default)]
struct DateColumn {
    month_first: bool,
    /// Every cell is a bare number that is a plausible day.
    serials: bool,
}

impl<'t> ListReader<'t> {
    fn new(table: &'t Table, header: Header<'t>, ask: &ListAsk) -> Self {
        let by_field = Field::ALL.map(|field| header.column(field));
        let mut reader = Self {
            table,
            header,
            by_field,
            born: DateColumn::default(),
            consented: DateColumn::default(),
            withdrawn: DateColumn::default(),
        };
        let (first, last) = (*ask.pupil_born.start(), *ask.pupil_born.end());
        let consents = years_after(first, YOUNGEST_CONSENT)..=years_after(last, OLDEST_CONSENT);
        reader.born = reader.date_column(Field::Born, Some(&ask.pupil_born));
        reader.consented = reader.date_column(Field::ConsentDate, Some(&consents));
        // A number read as a day too early would let a consent outlive its withdrawal.
        reader.withdrawn = reader.date_column(Field::Withdrawn, None);
        reader
    }

    fn data(&self) -> impl Iterator<Item = Row<'t>> {
        self.table.rows().skip(self.header.at + 1)
    }

    fn date_column(&self, field: Field, plausible: Option<&RangeInclusive<Date>>) -> DateColumn {
        let mut found = DateColumn {
            month_first: false,
            serials: plausible.is_some(),
        };
        for column in self.header.columns(field) {
            let filled = self.data().map(|row| row.cell(column.at).text);
            for text in filled.filter(|text| !text.is_empty()) {
                let written = date(text);
                found.month_first |= written == Written::MonthFirst;
                found.serials &= match (written, plausible) {
                    (Written::Serial(serial), Some(days)) => {
                        dates::of_serial(serial).is_some_and(|day| days.contains(&day))
                    }
                    _ => false,
                };
            }
        }
        found
    }

    fn columns(&self) -> Columns {
        let header = |field| self.column(field).map(|column| shown(column.header));
        let whole = || header(Field::WholeName).filter(|_| self.has_whole_names());
        Columns {
            forename: header(Field::Forename).or_else(whole),
            surname: header(Field::Surname).or_else(whole),
            born: header(Field::Born),
            upn: header(Field::Upn),
            uln: header(Field::Uln),
            consent: header(Field::Consent),
            consent_date: header(Field::ConsentDate),
            withdrawn: header(Field::Withdrawn),
            year_group: header(Field::YearGroup),
            ehcp: header(Field::Ehcp),
            school: header(Field::School),
        }
    }

    fn column(&self, field: Field) -> Option<&Column<'t>> {
        self.by_field[field as usize].as_ref()
    }

    fn text(&self, row: &Row<'t>, field: Field) -> &'t str {
        self.column(field)
            .map_or("", |column| row.cell(column.at).text)
    }

    fn has_whole_names(&self) -> bool {
        self.column(Field::Forename).is_none() && self.column(Field::Surname).is_none()
    }

    fn row(&self, row: &Row<'t>) -> ListRow {
        let (forename, surname) = if self.has_whole_names() {
            names::whole(self.text(row, Field::WholeName))
        } else {
            let part = |field| names::part(self.text(row, field));
            (part(Field::Forename), part(Field::Surname))
        };
        ListRow {
            number: row.number(),
            forename,
            surname,
            born: self.day(row, Field::Born, self.born, ProblemCode::DobNotADate),
            upn: cells::upn(self.text(row, Field::Upn)),
            uln: cells::uln(self.text(row, Field::Uln)),
            answer: self.answer(row),
            consented_on: self.day(
                row,
                Field::ConsentDate,
                self.consented,
                ProblemCode::ConsentDateInvalid,
            ),
            withdrawn: self.withdrawal(row),
            year_group: cells::year_group(self.text(row, Field::YearGroup)),
            ehcp: self.ehcp(row),
            school: self.school(row),
        }
    }

    fn day(&self, row: &Row<'t>, field: Field, column: DateColumn, bad: ProblemCode) -> Cell<Date> {
        let text = self.text(row, field);
        match date(text) {
            _ if text.is_empty() => Cell::Blank,
            Written::Day(day) => Cell::Read(day),
            Written::Serial(serial) if column.serials => {
                dates::of_serial(serial).map_or(Cell::Bad(bad), Cell::Read)
            }
            Written::Serial(_) | Written::MonthFirst | Written::Unreadable => Cell::Bad(bad),
        }
    }

    /// Where two columns are meant, a no in either is a no.
    fn answer(&self, row: &Row<'t>) -> Answer {
        let columns = self.header.columns(Field::Consent);
        let answers = columns.map(|column| cells::answer(row.cell(column.at)));
        answers.fold(Answer::NoColumn, |all, one| match (all, one) {
            (Answer::NoColumn, one) => one,
            (Answer::No, _) | (_, Answer::No) => Answer::No,
            (Answer::Yes, Answer::Yes) => Answer::Yes,
            _ => Answer::Unclear,
        })
    }

    /// Where two columns are meant, either withdraws.
    fn withdrawal(&self, row: &Row<'t>) -> Withdrawal {
        let mut said = Withdrawal::No;
        for column in self.header.columns(Field::Withdrawn) {
            let value = row.cell(column.at);
            let here = match date(cells::unwrapped(value.text)) {
                Written::Day(day) => Withdrawal::On(day),
                _ => cells::withdrawal(value),
            };
            if said == Withdrawal::No {
                said = here;
            }
        }
        said
    }

    fn ehcp(&self, row: &Row<'t>) -> bool {
        self.column(Field::Ehcp).is_some_and(|column| {
            let kind = match column.alias.rank {
                SEN.. => EhcpColumn::Sen,
                _ => EhcpColumn::Ehcp,
            };
            cells::ehcp(row.cell(column.at), kind)
        })
    }

    fn school(&self, row: &Row<'t>) -> Cell<SchoolNamed> {
        let Some(column) = self.column(Field::School) else {
            return Cell::Blank;
        };
        let kind = match column.alias.rank {
            SCHOOL_NAMES.. => SchoolColumn::Name,
            _ => SchoolColumn::Number,
        };
        cells::school(row.cell(column.at).text, kind)
    }

    /// What makes the list untrustworthy as a whole; what concerns who the pupils are goes first.
    fn refusal(&self, lists_consents: bool) -> Option<Refusal> {
        let mut doubts = self.doubtful_columns();
        doubts.extend(self.month_first());
        if self.table.has_hidden_rows() {
            doubts.push(doubt(Problem::of_file(ProblemCode::HiddenRows), false));
        }
        if lists_consents && self.column(Field::Consent).is_none() {
            doubts.extend(self.header.other_consent().map(|header| {
                let problem =
                    Problem::of_file(ProblemCode::ColumnAmbiguous).in_column(&shown(header));
                doubt(problem, false)
            }));
        }
        let worst = doubts.iter().position(|doubt| doubt.identifies_nobody);
        doubts.into_iter().nth(worst.unwrap_or(0))
    }

    fn doubtful_columns(&self) -> Vec<Refusal> {
        let fields = Field::ALL.into_iter().filter(|field| {
            (*field != Field::WholeName || self.has_whole_names())
                && self.header.columns(*field).count() > 1
        });
        let doubts = fields.filter_map(|field| {
            let header = self.column(field)?.header;
            let problem = Problem::of_file(ProblemCode::ColumnAmbiguous).in_column(&shown(header));
            Some(doubt(problem, field.identifies()))
        });
        doubts.collect()
    }

    fn month_first(&self) -> Vec<Refusal> {
        let columns = [
            (Field::Born, self.born),
            (Field::ConsentDate, self.consented),
            (Field::Withdrawn, self.withdrawn),
        ];
        let foreign = columns.into_iter().filter(|(_, dates)| dates.month_first);
        let doubts = foreign.filter_map(|(field, _)| {
            let header = self.column(field)?.header;
            let problem = Problem::of_file(ProblemCode::DatesMonthFirst).in_column(&shown(header));
            Some(doubt(problem, field.identifies()))
        });
        doubts.collect()
    }
}

fn date(text: &str) -> Written {
    dates::read(cells::unwrapped(text).as_bytes(), Time::ZeroOnly)
}

fn doubt(problem: Problem, identifies_nobody: bool) -> Refusal {
    Refusal {
        problem,
        identifies_nobody,
    }
}

/// The youngest age at which a bare number can be a day of consent.
pub(super) const YOUNGEST_CONSENT: i32 = 13;

/// The oldest.
pub(super) const OLDEST_CONSENT: i32 = 26;

#[cfg(test)]
mod tests;
