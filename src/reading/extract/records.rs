//! One row of an extract to a record. Runs two million times: parses from where the cells lie, and
//! allocates nothing but what the record keeps.

use std::borrow::Cow;

use time::Date;

use super::{
    super::{
        cells::{self, school_number},
        dates::{self, Time, Written},
        names,
        table::trim,
    },
    columns::{ExtractColumns, ExtractField as Field},
};
use crate::domain::{
    destination::{ActivityCode, CohortStatus, DestinationRecord, SchoolMention},
    identifiers::Laestab,
    list::Cell,
};

/// The cells of one row, wherever they lie.
pub(super) trait Cells {
    /// The text in a column; empty where the row is shorter.
    fn text(&self, column: usize) -> Cow<'_, str>;

    /// Whether all cells are blank.
    fn is_blank(&self) -> bool;
}

/// The record in a row, or the column for want of which there is none.
pub(super) fn record(
    row: &impl Cells,
    columns: &ExtractColumns,
) -> Result<DestinationRecord, Field> {
    let row = Fields { row, columns };
    let name = |field| match names::part(&row.cell(field)) {
        Cell::Read(name) => Ok(name),
        Cell::Blank | Cell::Bad(_) => Err(field),
    };
    let activity = activity(trim(&row.cell(Field::Activity)));
    let lapses = row.day(Field::Lapses);
    Ok(DestinationRecord {
        client: row.kept(Field::Client),
        forename: name(Field::Forename)?,
        surname: name(Field::Surname)?,
        born: row.day(Field::Born).read().ok_or(Field::Born)?,
        // Wrong check letters do occur in national data: such a number identifies nobody.
        upn: cells::upn(trim(&row.cell(Field::Upn))).value().copied(),
        uln: cells::uln(trim(&row.cell(Field::Uln))).value().copied(),
        year11_school: school(&row.cell(Field::Year11School)),
        activity,
        provider: row.provider(activity),
        started: row.day(Field::Started).read(),
        confirmed: row.day(Field::Confirmed).read(),
        // A day that can't be read may have passed.
        lapsed: flag(&row.cell(Field::Lapsed)) || lapses == Day::Unreadable,
        lapses: lapses.read(),
        status: status(&row.cell(Field::Status)),
        send: plan(&row.cell(Field::Send)),
    })
}

/// The day in a cell of an extract, in whichever of the forms that one file may mix.
pub(super) fn day(text: &str) -> Day {
    let text = trim(text);
    if text.is_empty() {
        return Day::Blank;
    }
    match dates::read(text.as_bytes(), Time::Any) {
        Written::Day(day) => Day::Read(day),
        Written::Serial(serial) if SERIALS.contains(&serial) => {
            dates::of_serial(serial).map_or(Day::Unreadable, Day::Read)
        }
        Written::MonthFirst => Day::MonthFirst,
        Written::Serial(_) | Written::Unreadable => Day::Unreadable,
    }
}

/// What a cell of dates says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    Blank,
    Read(Date),
    MonthFirst,
    Unreadable,
}

impl Day {
    pub(super) fn read(self) -> Option<Date> {
        match self {
            Self::Read(day) => Some(day),
            Self::Blank | Self::MonthFirst | Self::Unreadable => None,
        }
    }
}

/// The Year 11 school in a cell. Text that is no school's number stands for a school that is not known,
/// and fits none: it must not pass for a column that says nothing.
pub(super) fn school(text: &str) -> Option<SchoolMention> {
    let text = trim(text);
    if text.is_empty() {
        return None;
    }
    let unknown = || {
        UNKNOWN_SCHOOL
            .parse::<Laestab>()
            .ok()
            .map(SchoolMention::Laestab)
    };
    school_number(text).or_else(unknown)
}

struct Fields<'r, R> {
    row: &'r R,
    columns: &'r ExtractColumns,
}

impl<R: Cells> Fields<'_, R> {
    fn cell(&self, field: Field) -> Cow<'_, str> {
        let column = self.columns.at(field);
        column.map_or(Cow::Borrowed(""), |column| self.row.text(column))
    }

    fn kept(&self, field: Field) -> Option<String> {
        let cell = self.cell(field);
        let text = cells::unwrapped(trim(&cell));
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn day(&self, field: Field) -> Day {
        day(&self.cell(field))
    }

    /// The employer's column tells of employment, the provider's of everything else.
    fn provider(&self, activity: Option<ActivityCode>) -> Option<String> {
        let employed = activity.is_some_and(|code| (300..400).contains(&code.0));
        let [first, second] = if employed {
            [Field::Employer, Field::Provider]
        } else {
            [Field::Provider, Field::Employer]
        };
        self.kept(first).or_else(|| self.kept(second))
    }
}

fn activity(text: &str) -> Option<ActivityCode> {
    let digits = text.strip_suffix(".0").unwrap_or(text);
    let number = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| number).map(ActivityCode)
}

/// A flag that stops something: set unless it plainly says no.
fn flag(text: &str) -> bool {
    let text = trim(text);
    let no = ["n", "no", "0", "false"];
    !text.is_empty() && !no.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A flag that lengthens something: set only if it plainly says yes.
fn plan(text: &str) -> bool {
    let text = trim(text);
    let yes = ["y", "yes", "1", "true", "e"];
    yes.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// P, G and A (primary, Guarantee only, aged out) are open; so is a cell that says nothing.
fn status(text: &str) -> CohortStatus {
    match trim(text) {
        "" | "P" | "p" | "G" | "g" | "A" | "a" => CohortStatus::Open,
        _ => CohortStatus::Closed,
    }
}

/// Bare numbers that are days of this century or the end of the last: 1954 to 2064.
const SERIALS: std::ops::Range<u32> = 20_000..60_000;

/// `9999` is how exports themselves write "no school".
const UNKNOWN_SCHOOL: &str = "9989999";

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn one_file_may_mix_three_forms_of_dates() {
        for text in [
            "44620",
            "2022-02-28 00:00:00",
            "28/02/2022 14:05",
            "2022-02-28",
        ] {
            assert_eq!(day(text), Day::Read(date!(2022 - 02 - 28)), "{text}");
        }
        assert_eq!(day(" "), Day::Blank);
        assert_eq!(day("02/28/2022"), Day::MonthFirst);
        for text in ["2022", "soon", "0"] {
            assert_eq!(day(text), Day::Unreadable, "{text}");
        }
    }

    #[test]
    fn a_school_that_is_no_number_fits_none_and_is_not_nothing() {
        assert_eq!(school(""), None);
        let known = school("860/4001").unwrap();
        assert_eq!(school("8604001.0"), Some(known));
        assert!(matches!(school("124001"), Some(SchoolMention::Urn(_))));
        for text in ["Out of county", "4001", "EHE"] {
            assert_eq!(school(text), school("9989999"), "{text}");
        }
    }

    #[test]
    fn flags_that_stop_are_set_by_anything_but_a_no() {
        for (text, set) in [
            ("Y", true),
            ("N", false),
            ("", false),
            ("?", true),
            ("False", false),
        ] {
            assert_eq!(flag(text), set, "{text}");
        }
        for (text, set) in [
            ("Y", true),
            ("N", false),
            ("", false),
            ("?", false),
            ("1", true),
        ] {
            assert_eq!(plan(text), set, "{text}");
        }
    }

    #[test]
    fn a_status_that_is_not_known_is_closed() {
        for open in ["", "P", "g", "A"] {
            assert_eq!(status(open), CohortStatus::Open, "{open}");
        }
        for closed in ["D", "M", "T", "E", "X", "L", "Q", "Primary?"] {
            assert_eq!(status(closed), CohortStatus::Closed, "{closed}");
        }
    }

    #[test]
    fn an_activity_is_a_number_or_nothing() {
        assert_eq!(activity("210"), Some(ActivityCode(210)));
        assert_eq!(activity("210.0"), Some(ActivityCode(210)));
        for text in ["", "+210", "sixth form", "99999"] {
            assert_eq!(activity(text), None, "{text}");
        }
    }
}
