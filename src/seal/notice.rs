//! The list that a notice encloses: the pupils whom a school is asked to destroy, and in which files they
//! were. It tells nothing that those files did not tell, and of destinations nothing at all.

use std::fmt;

use time::Date;
use zeroize::Zeroizing;

use super::sheet::{BOM, in_order, iso, write_line};
use crate::domain::names::PersonName;

/// One pupil of a notice. Personal: prints as an ellipsis.
#[derive(Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// As the files told it.
    pub name: PersonName,
    /// As the files told it.
    pub born: Date,
    /// The files' releases, such as `R000001 R000004`.
    pub releases: String,
}

impl fmt::Debug for NoticeRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoticeRow(…)")
    }
}

/// The list as CSV, like a destination file: UTF-8 with BOM, CRLF, ISO dates, sorted by surname.
pub fn notice_csv(rows: &[NoticeRow]) -> Zeroizing<Vec<u8>> {
    let mut out = String::from(BOM);
    write_line(&mut out, HEADER.into_iter());
    let key = |row: &NoticeRow| {
        let (surname, forename) = (row.name.surname.reveal(), row.name.forename.reveal());
        in_order(surname, forename)
    };
    let mut sorted: Vec<&NoticeRow> = rows.iter().collect();
    sorted.sort_by_cached_key(|row| (key(row), row.born));
    for row in sorted {
        let born = iso(row.born);
        let name = [row.name.forename.reveal(), row.name.surname.reveal()];
        let cells = name
            .into_iter()
            .chain([born.as_str(), row.releases.as_str()]);
        write_line(&mut out, cells);
    }
    Zeroizing::new(out.into_bytes())
}

/// The columns; the first three as in a destination file.
const HEADER: [&str; 4] = ["Forename", "Surname", "Date of birth", "Releases"];

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::domain::names::Name;

    fn row(forename: &str, surname: &str) -> NoticeRow {
        NoticeRow {
            name: PersonName {
                forename: Name::parse(forename).unwrap(),
                surname: Name::parse(surname).unwrap(),
            },
            born: date!(2010 - 03 - 01),
            releases: "R000001 R000004".to_owned(),
        }
    }

    #[test]
    fn a_notice_lists_whom_to_destroy_and_nothing_of_their_destinations() {
        let csv = notice_csv(&[row("Zoë", "Example, Jr"), row("Ann", "=Cmd")]);
        let text = String::from_utf8(csv.to_vec()).unwrap();
        assert_eq!(
            text,
            "\u{feff}Forename,Surname,Date of birth,Releases\r\n\
             Ann,'=Cmd,2010-03-01,R000001 R000004\r\n\
             Zoë,\"Example, Jr\",2010-03-01,R000001 R000004\r\n"
        );
        assert_eq!(format!("{:?}", row("Zoë", "Example")), "NoticeRow(…)");
    }
}
