//! What calamine finds, as cells of a table. Panics of those who read broken files end here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime};

use super::super::unreadable::Unreadable;
use super::{
    super::table::{Kind, TableBuilder},
    damaged,
};

/// Runs what reads a workbook. A panic on a broken file is a file that can't be read.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(damaged()))
}

/// Puts a cell of an xlsx sheet into the row at hand.
pub(super) fn put_ref(
    builder: &mut TableBuilder<'_>,
    column: usize,
    value: &DataRef<'_>,
) -> Result<(), Unreadable> {
    match value {
        DataRef::Empty => Ok(()),
        DataRef::String(text) | DataRef::DurationIso(text) => {
            builder.cell(column, Kind::Text, text)
        }
        DataRef::SharedString(text) => builder.cell(column, Kind::Text, text),
        DataRef::Int(number) => builder.cell(column, Kind::Number, &number.to_string()),
        DataRef::Float(number) => builder.cell(column, Kind::Number, &written_out(*number)),
        DataRef::Bool(truth) => builder.cell(column, Kind::Bool, boolean(*truth)),
        DataRef::DateTime(moment) => put_moment(builder, column, *moment),
        DataRef::DateTimeIso(text) => builder.cell(column, Kind::Date, text),
        DataRef::Error(error) => builder.cell(column, Kind::Text, &error.to_string()),
    }
}

/// Puts a cell of an xls sheet into the row at hand.
pub(super) fn put(
    builder: &mut TableBuilder<'_>,
    column: usize,
    value: &Data,
) -> Result<(), Unreadable> {
    match value {
        Data::Empty => Ok(()),
        Data::String(text) | Data::DurationIso(text) => builder.cell(column, Kind::Text, text),
        Data::Int(number) => builder.cell(column, Kind::Number, &number.to_string()),
        Data::Float(number) => builder.cell(column, Kind::Number, &written_out(*number)),
        Data::Bool(truth) => builder.cell(column, Kind::Bool, boolean(*truth)),
        Data::DateTime(moment) => put_moment(builder, column, *moment),
        Data::DateTimeIso(text) => builder.cell(column, Kind::Date, text),
        Data::Error(error) => builder.cell(column, Kind::Text, &error.to_string()),
    }
}

/// A number in full: a ULN has ten digits and no exponent.
pub(super) fn written_out(number: f64) -> String {
    format!("{number}")
}

pub(super) fn boolean(truth: bool) -> &'static str {
    if truth { "TRUE" } else { "FALSE" }
}

fn put_moment(
    builder: &mut TableBuilder<'_>,
    column: usize,
    moment: ExcelDateTime,
) -> Result<(), Unreadable> {
    if moment.is_duration() {
        return builder.cell(column, Kind::Number, &written_out(moment.as_f64()));
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second, milli) == (0, 0, 0, 0) {
        return builder.cell(column, Kind::Date, &date);
    }
    let time = format!("{date}T{hour:02}:{minute:02}:{second:02}");
    builder.cell(column, Kind::Date, &time)
}
