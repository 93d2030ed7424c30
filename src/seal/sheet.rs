//! The destination sheet: the seven columns of spec 5, as CSV and as a workbook of text cells. Knows how
//! a sheet looks; who may be on it was decided before.

use std::cmp::Ordering;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use thiserror::Error;
use time::Date;
use zeroize::Zeroizing;

use crate::{domain::names, policy::gate::ShareableRow};

/// What a row of the sheet tells; names and date of birth as the school gave them.
trait SheetRow {
    /// Forename.
    fn forename(&self) -> &str;
    /// Surname.
    fn surname(&self) -> &str;
    /// Date of birth.
    fn born(&self) -> Date;
    /// The plain label of the destination.
    fn destination(&self) -> &str;
    /// Provider or employer, where it is told.
    fn provider(&self) -> Option<&str>;
    /// The day on which it began, where it is told.
    fn started(&self) -> Option<Date>;
    /// The day on which the council last heard of it, where it is told.
    fn confirmed(&self) -> Option<Date>;
}

impl SheetRow for ShareableRow {
    fn forename(&self) -> &str {
        self.forename().reveal()
    }

    fn surname(&self) -> &str {
        self.surname().reveal()
    }

    fn born(&self) -> Date {
        self.born()
    }

    fn destination(&self) -> &str {
        self.label().words()
    }

    fn provider(&self) -> Option<&str> {
        self.provider()
    }

    fn started(&self) -> Option<Date> {
        self.started()
    }

    fn confirmed(&self) -> Option<Date> {
        self.confirmed()
    }
}

/// The workbook could not be written.
#[derive(Debug, Error)]
#[error("the workbook could not be written")]
pub struct SheetError(#[source] pub(super) XlsxError);

/// The sheet as CSV: UTF-8 with BOM, CRLF, ISO dates, sorted by surname.
pub fn destination_csv(rows: &[ShareableRow]) -> Zeroizing<Vec<u8>> {
    csv(rows)
}

fn csv<R: SheetRow>(rows: &[R]) -> Zeroizing<Vec<u8>> {
    let mut out = String::with_capacity(BOM.len() + (rows.len() + 1) * USUAL_LINE);
    out.push_str(BOM);
    write_line(&mut out, DESTINATION_COLUMNS.into_iter());
    for row in sorted(rows) {
        write_line(&mut out, cells(row).iter().map(String::as_str));
    }
    Zeroizing::new(out.into_bytes())
}

/// The sheet as a workbook in which every cell is typed as text, so that no program runs or reshapes it.
pub fn destination_xlsx(rows: &[ShareableRow]) -> Result<Zeroizing<Vec<u8>>, SheetError> {
    xlsx(rows)
}

fn xlsx<R: SheetRow>(rows: &[R]) -> Result<Zeroizing<Vec<u8>>, SheetError> {
    workbook(rows).map(Zeroizing::new).map_err(SheetError)
}

fn workbook<R: SheetRow>(rows: &[R]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = empty_workbook()?;
    let sheet = workbook.add_worksheet();
    sheet.set_name("Destinations")?;
    let text = lay_out(sheet, DESTINATION_COLUMNS.into_iter().zip(WIDTHS))?;
    for (line, row) in (1..).zip(sorted(rows)) {
        for (column, cell) in (0..).zip(cells(row)) {
            if !cell.is_empty() {
                sheet.write_string_with_format(line, column, cell, &text)?;
            }
        }
    }
    workbook.save_to_buffer()
}

/// A workbook that is the same whenever it is made.
pub(super) fn empty_workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    Ok(workbook)
}

/// Lays a sheet out in columns of text, each with its header and width, and returns their format. The
/// header row stays in sight.
pub(super) fn lay_out(
    sheet: &mut Worksheet,
    columns: impl Iterator<Item = (&'static str, f64)>,
) -> Result<Format, XlsxError> {
    let text = text_format();
    let head = text.clone().set_bold();
    for (column, (title, width)) in (0..).zip(columns) {
        sheet.set_column_format(column, &text)?;
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, title, &head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(text)
}

/// The format that spreadsheets call text.
pub(super) fn text_format() -> Format {
    Format::new().set_num_format_index(49)
}

/// By what a sheet is sorted: surname, then forename, both as people look them up, without accents, marks
/// and case.
pub(super) fn in_order(surname: &str, forename: &str) -> (String, String) {
    (names::k2(surname), names::k2(forename))
}

fn sorted<R: SheetRow>(rows: &[R]) -> Vec<&R> {
    let mut keyed = rows
        .iter()
        .map(|row| (in_order(row.surname(), row.forename()), row))
        .collect::<Vec<_>>();
    keyed.sort_by(|(key, row), (other_key, other)| {
        key.cmp(other_key).then_with(|| in_full(*row, *other))
    });
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// The rest of the order, so that the same rows always make the same sheet.
fn in_full<R: SheetRow>(row: &R, other: &R) -> Ordering {
    let whole = |row: &R| {
        (
            row.surname().to_owned(),
            row.forename().to_owned(),
            row.born(),
        )
    };
    whole(row).cmp(&whole(other))
}

fn cells<R: SheetRow>(row: &R) -> [String; 7] {
    let day = |day: Option<Date>| day.map_or_else(String::new, iso);
    [
        row.forename().to_owned(),
        row.surname().to_owned(),
        iso(row.born()),
        row.destination().to_owned(),
        row.provider().unwrap_or_default().to_owned(),
        day(row.started()),
        day(row.confirmed()),
    ]
}

pub(super) fn iso(day: Date) -> String {
    let (year, month, of_month) = day.to_calendar_date();
    format!("{year:04}-{:02}-{of_month:02}", u8::from(month))
}

pub(super) fn write_line<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_cell(out, cell);
    }
    out.push_str("\r\n");
}

/// Writes a cell, quoted where RFC 4180 asks for it. What a spreadsheet would run as a formula gets an
/// apostrophe in front and is otherwise left as it is: `-Smith` becomes `'-Smith`, and `O'Brien` stays.
fn write_cell(out: &mut String, cell: &str) {
    let quoted =
        cell.contains(['"', ',', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ');
    if quoted {
        out.push('"');
    }
    if runs_as_formula(cell) {
        out.push('\'');
    }
    if quoted {
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

/// The signs by which spreadsheets know a formula, also behind blanks and in their wide forms.
fn runs_as_formula(cell: &str) -> bool {
    cell.starts_with(['\t', '\r', '\n'])
        || cell
            .trim_start()
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

pub(super) const BOM: &str = "\u{feff}";

/// The columns, exactly (spec 5).
pub const DESTINATION_COLUMNS: [&str; 7] = [
    "Forename",
    "Surname",
    "Date of birth",
    "Destination type",
    "Provider or employer",
    "Start date",
    "Confirmed on",
];

/// The columns' widths in characters.
const WIDTHS: [f64; 7] = [18.0, 22.0, 14.0, 40.0, 36.0, 12.0, 14.0];

/// Bytes that a line usually takes.
const USUAL_LINE: usize = 96;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use time::macros::date;

    use super::*;

    #[derive(Clone)]
    struct Row {
        forename: &'static str,
        surname: &'static str,
        provider: Option<&'static str>,
        started: Option<Date>,
    }

    impl SheetRow for Row {
        fn forename(&self) -> &str {
            self.forename
        }
        fn surname(&self) -> &str {
            self.surname
        }
        fn born(&self) -> Date {
            date!(2010 - 03 - 01)
        }
        fn destination(&self) -> &'static str {
            "Apprenticeship"
        }
        fn provider(&self) -> Option<&str> {
            self.provider
        }
        fn started(&self) -> Option<Date> {
            self.started
        }
        fn confirmed(&self) -> Option<Date> {
            Some(date!(2026 - 11 - 02))
        }
    }

    fn row(forename: &'static str, surname: &'static str) -> Row {
        Row {
            forename,
            surname,
            provider: None,
            started: None,
        }
    }

    fn text(rows: &[Row]) -> String {
        String::from_utf8(csv(rows).to_vec()).unwrap()
    }

    #[test]
    fn the_csv_has_a_bom_crlf_iso_dates_and_exactly_the_seven_columns() {
        let rows = [Row {
            provider: Some("Vale Motors"),
            started: Some(date!(2026 - 09 - 07)),
            ..row("Robin", "Example")
        }];
        assert_eq!(
            text(&rows),
            "\u{feff}Forename,Surname,Date of birth,Destination type,Provider or employer,Start date,Confirmed on\r\n\
             Robin,Example,2010-03-01,Apprenticeship,Vale Motors,2026-09-07,2026-11-02\r\n"
        );
    }

    #[test]
    fn a_sheet_without_rows_is_its_header() {
        assert_eq!(text(&[]).lines().count(), 1);
        assert!(xlsx::<Row>(&[]).is_ok());
    }

    #[test]
    fn rows_are_sorted_by_surname_then_forename_as_people_look_them_up() {
        let rows = [
            row("Zed", "Öberg"),
            row("Robin", "de Example"),
            row("Bo", "O'Neil"),
            row("Ann", "oneil"),
            row("Ann", "Abbot"),
        ];
        let order = text(&rows)
            .lines()
            .skip(1)
            .map(|line| line.split(',').take(2).collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>();
        let expected = [
            "Ann Abbot",
            "Robin de Example",
            "Zed Öberg",
            "Ann oneil",
            "Bo O'Neil",
        ];
        assert_eq!(order, expected);
        let mut other_way = rows;
        other_way.reverse();
        assert_eq!(
            text(&other_way).lines().nth(4),
            Some("Ann,oneil,2010-03-01,Apprenticeship,,,2026-11-02")
        );
    }

    #[test]
    fn cells_are_quoted_as_rfc_4180_says_and_formulas_neutralised() {
        let check = |cell: &'static str, written: &str| {
            let mut out = String::new();
            write_cell(&mut out, cell);
            assert_eq!(out, written);
        };
        check("O'Brien", "O'Brien");
        check("Smith-Jones", "Smith-Jones");
        check("-Smith", "'-Smith");
        check(
            "=HYPERLINK(\"http://x\")",
            "\"'=HYPERLINK(\"\"http://x\"\")\"",
        );
        check("+44 Ltd", "'+44 Ltd");
        check("@home", "'@home");
        check("\tx", "'\tx");
        check("\rx", "\"'\rx\"");
        check(" =1+1", "\"' =1+1\"");
        check("＝1", "'＝1");
        check("Bed, Bath \"and\" more", "\"Bed, Bath \"\"and\"\" more\"");
        check("two\nlines", "\"two\nlines\"");
    }

    #[test]
    fn the_workbook_holds_text_cells_only_and_no_apostrophes() {
        let rows = [
            Row {
                provider: Some("=1+1"),
                ..row("Robin", "-Example")
            },
            row("Ann", "Abbot"),
        ];
        let bytes = xlsx(&rows).unwrap().to_vec();
        let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
        let sheet = workbook.worksheet_range("Destinations").unwrap();
        let rows = sheet.rows().map(<[Data]>::to_vec).collect::<Vec<_>>();
        assert!(
            rows.iter()
                .flatten()
                .all(|cell| matches!(cell, Data::String(_) | Data::Empty))
        );
        assert_eq!(
            rows[0].iter().map(ToString::to_string).collect::<Vec<_>>(),
            DESTINATION_COLUMNS
        );
        assert_eq!(rows[1][1], Data::String("Abbot".to_owned()));
        assert_eq!(rows[2][1], Data::String("-Example".to_owned()));
        assert_eq!(rows[2][4], Data::String("=1+1".to_owned()));
        assert_eq!(rows[2][2], Data::String("2010-03-01".to_owned()));
    }
}
