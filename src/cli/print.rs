//! The one place that writes to the terminal: answers on standard output, all else on standard error.
//! A closed pipe ends the program quietly instead of with a panic.

use std::{
    io::{self, Write as _},
    panic,
};

use serde::Serialize;

/// One line of the answer.
pub(crate) fn line(text: impl AsRef<str>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_ref().as_bytes())?;
    out.write_all(b"\n")
}

/// Bytes of the answer, as they are.
pub(crate) fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// The answer for a program.
pub(crate) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")
}

/// A word to the person at the terminal that is no part of the answer.
pub(crate) fn aside(text: impl AsRef<str>) {
    // Nobody is left to tell if standard error is gone.
    let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
}

/// A fault of this program is told by its place in the code and nothing else: what a panic says may hold
/// a piece of a school's file.
pub(crate) fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string);
        aside(format!(
            "pillarbox: a fault of this program at {}; please report it",
            place.unwrap_or_default()
        ));
    }));
}

/// A table for people: columns as wide as their widest cell, numbers to the right.
pub(crate) fn table(headers: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let mut widths: Vec<usize> = headers.iter().map(|h| h.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let headers: Vec<String> = headers.iter().map(|&h| h.to_owned()).collect();
    for row in std::iter::once(&headers).chain(rows) {
        let mut text = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let fill = " ".repeat(width - cell.chars().count());
            let number = !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit());
            let (before, behind) = if number { (&*fill, "") } else { ("", &*fill) };
            text.extend([before, cell, behind, "  "]);
        }
        line(text.trim_end())?;
    }
    Ok(())
}
