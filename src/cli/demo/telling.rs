//! How the story looks on the terminal: headings, paragraphs, commands, receipts. Knows nothing of what
//! they say.

use std::mem::replace;

use time::{OffsetDateTime, PrimitiveDateTime, macros::format_description};

use crate::{
    calendar::local_time,
    cli::{error::CliError, print},
    flow::words::long_day,
};

/// A heading, and the moment at which it happens.
pub(super) fn heading(title: &str, when: Option<OffsetDateTime>) -> Result<(), CliError> {
    let when = when.map_or_else(String::new, |at| moment(local_time(at)));
    let fill = WIDTH.saturating_sub(title.chars().count() + when.chars().count());
    print::line("")?;
    print::line(format!("{title}{}{when}", " ".repeat(fill)).trim_end())?;
    print::line("=".repeat(WIDTH))?;
    Ok(())
}

/// A paragraph, and the blank line behind it.
pub(super) fn say(text: impl AsRef<str>) -> Result<(), CliError> {
    for line in wrapped(text.as_ref(), WIDTH) {
        print::line(line)?;
    }
    Ok(print::line("")?)
}

/// What somebody does by hand.
pub(super) fn act(text: impl AsRef<str>) -> Result<(), CliError> {
    for line in wrapped(&format!("* {}", text.as_ref()), WIDTH) {
        print::line(line)?;
    }
    Ok(())
}

/// A command as a person types it: one that is too long goes on in the next line, as a shell allows.
pub(super) fn command(words: &str) -> Result<(), CliError> {
    let mut line = String::from("$");
    for (nth, part) in words.split(" -").enumerate() {
        let part = match nth {
            0 => format!(" {part}"),
            _ => format!(" -{part}"),
        };
        if nth > 0 && line.chars().count() + part.chars().count() > WIDTH - " \\".len() {
            print::line(format!("{line} \\"))?;
            line = " ".repeat(CONTINUED);
        }
        line.push_str(&part);
    }
    Ok(print::line(line)?)
}

/// A receipt, word for word, beside a rule; only lines that are too long are broken.
pub(super) fn receipt(name: &str, text: &str) -> Result<(), CliError> {
    print::line("")?;
    print::line(format!("  {name}"))?;
    for line in text.lines() {
        for part in wrapped(line, WIDTH - GUTTER.len()) {
            print::line(format!("{GUTTER}{part}").trim_end())?;
        }
    }
    Ok(print::line("")?)
}

/// A text in lines of at most this width, the later ones as far in as the words of the first.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let hang = hang(text);
    let mut lines = Vec::new();
    let (head, rest) = text.split_at(hang);
    let mut line = head.to_owned();
    let mut begun = false;
    for word in rest.split(' ') {
        if begun && line.chars().count() + 1 + word.chars().count() > width {
            let next = " ".repeat(head.chars().count());
            lines.push(replace(&mut line, next));
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    lines.push(line);
    lines
}

/// Where the words of a line begin, behind its mark or its name: `  `, `* `, `From:           `.
fn hang(text: &str) -> usize {
    if text.starts_with("* ") {
        return "* ".len();
    }
    let deepest = text.len().min(DEEPEST_HANG);
    let head = text.get(..deepest).unwrap_or_default();
    let gap = head.rfind("  ").map_or(0, |at| at + "  ".len());
    let indent = text.len() - text.trim_start().len();
    gap.max(indent)
}

fn moment(at: PrimitiveDateTime) -> String {
    let clock = at
        .time()
        .format(format_description!("[hour]:[minute]"))
        .unwrap_or_default();
    format!("{} {}, {clock}", at.date().weekday(), long_day(at.date()))
}

/// Characters in a line: a receipt's longest line, which is a hash, fits.
const WIDTH: usize = 94;
/// What stands before each line of a receipt.
const GUTTER: &str = "  | ";
/// How far in a command goes on.
const CONTINUED: usize = 5;
/// The names of a receipt's fields are no longer than this.
const DEEPEST_HANG: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_words_and_hang_below_their_words() {
        let check = |text, lines: &[&str]| assert_eq!(wrapped(text, 24), lines);
        check("", &[""]);
        check("short", &["short"]);
        check(
            "one two three four five six",
            &["one two three four five", "six"],
        );
        check(
            "  Row 7: not a date of birth",
            &["  Row 7: not a date of", "  birth"],
        );
        check(
            "From:           a b c d e",
            &["From:           a b c d", "                e"],
        );
        check(
            "* Alex puts it into inbox/",
            &["* Alex puts it into", "  inbox/"],
        );
        check("0123456789012345678901234", &["0123456789012345678901234"]);
    }
}
