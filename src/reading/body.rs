//! The bodies of requests, discrepancies and confirmations: text and ids, nothing else.
//! Nothing in a body chooses a recipient, a path or a pupil.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    content::Content,
    decode::decode,
    header,
    kind::FileFormat,
    parse::table,
    table::{Limits, Table},
    unreadable::Unreadable,
};
use crate::domain::{
    ids::{NoticeId, ReleaseId},
    problem::{Problem, ProblemCode},
};

/// The text of a file, as far as anybody reads it, and whether it is a list of pupils under another name.
/// Personal: prints nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    text: String,
    lists_pupils: bool,
}

impl Body {
    /// Reads a file that is no list: its letters without control characters. A workbook's cells stand in
    /// lines, with spaces between them. What is neither text nor a workbook (`request.docx`) has no body.
    pub(super) fn of(bytes: &[u8], format: Option<FileFormat>) -> Result<Self, Unreadable> {
        let body = match format {
            Some(format) if !format.is_delimited() => sheet(bytes, format)?,
            _ => Self {
                text: letters(bytes)?,
                lists_pupils: lists_pupils(bytes),
            },
        };
        Ok(body.cut_to(LONGEST_BODY))
    }

    /// Whether it could be a body that was read: not too long, and nothing in it that steers a terminal.
    pub(super) fn is_within_bounds(&self) -> bool {
        self.text.chars().all(is_kept) && self.text.chars().nth(LONGEST_BODY).is_none()
    }

    /// Its letters.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn cut_to(mut self, characters: usize) -> Self {
        if let Some((end, _)) = self.text.char_indices().nth(characters) {
            self.text.truncate(end);
        }
        self
    }

    fn refuse_pupils(&self) -> Result<(), Problem> {
        if self.lists_pupils {
            return Err(Problem::of_file(ProblemCode::KindUnclear));
        }
        Ok(())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(…)")
    }
}

/// The reason that a request gives: at most 500 characters of its body, in one line. A list of pupils
/// that was named a request is `kind-unclear`.
pub fn request_reason(body: &Body) -> Result<String, Problem> {
    body.refuse_pupils()?;
    let words: Vec<&str> = body.text.split_whitespace().collect();
    Ok(words.join(" ").chars().take(LONGEST_REASON).collect())
}

/// The notices that a confirmation names. A list of pupils that was named a confirmation is
/// `kind-unclear`.
pub fn confirmed_notices(body: &Body) -> Result<Vec<NoticeId>, Problem> {
    body.refuse_pupils()?;
    Ok(notice_ids(&body.text))
}

/// The ids of notices in a text (`D000003`), each once, in the order in which they stand there.
pub fn notice_ids(text: &str) -> Vec<NoticeId> {
    ids_in(text)
}

/// The ids of releases in a text (`R000045`), each once, in the order in which they stand there.
pub fn release_ids(text: &str) -> Vec<ReleaseId> {
    ids_in(text)
}

fn ids_in<T: FromStr + Ord + Copy>(text: &str) -> Vec<T> {
    let (mut ids, mut met) = (Vec::new(), BTreeSet::new());
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if word.len() <= LONGEST_ID
            && ids.len() < MOST_IDS
            && let Ok(id) = word.parse::<T>()
            && met.insert(id)
        {
            ids.push(id);
        }
    }
    ids
}

/// A workbook's body; an empty one is empty.
fn sheet(bytes: &[u8], format: FileFormat) -> Result<Body, Unreadable> {
    match table(bytes, format, &Limits::LISTS) {
        Ok(table) => Ok(Body {
            text: lines(&table),
            lists_pupils: header::is_of_pupils(&table),
        }),
        Err(Unreadable::Empty) => Ok(Body::default()),
        Err(why) => Err(why),
    }
}

fn letters(bytes: &[u8]) -> Result<String, Unreadable> {
    match Content::of(bytes) {
        Content::Other => Ok(plain(&decode(bytes)?.text)),
        _ => Ok(String::new()),
    }
}

fn lists_pupils(bytes: &[u8]) -> bool {
    match table(bytes, FileFormat::Txt, &Limits::LISTS) {
        Ok(table) => header::is_of_pupils(&table),
        // A table that breaks off may be a list all the same, and no reason to keep its pupils.
        Err(_) => decode(bytes).is_ok_and(|decoded| header::is_in_lines(&decoded.text)),
    }
}

fn lines(table: &Table) -> String {
    let mut text = String::new();
    for row in table.rows() {
        for cell in row.cells() {
            text.push_str(cell.text);
            text.push(' ');
        }
        text.push('\n');
    }
    plain(&text)
}

fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| is_kept(*c));
    kept.collect::<String>().trim().to_owned()
}

fn is_kept(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\t')
}

/// Characters of a body that are read at all: far more than anybody writes by hand.
pub(super) const LONGEST_BODY: usize = 1 << 18;

/// Characters of a request's reason.
pub(super) const LONGEST_REASON: usize = 500;

/// Characters of an id, its letter included.
pub(super) const LONGEST_ID: usize = 16;

/// Ids in one text.
pub(super) const MOST_IDS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn body(bytes: &[u8], format: Option<FileFormat>) -> Body {
        Body::of(bytes, format).unwrap()
    }

    fn reason(bytes: &[u8], format: Option<FileFormat>) -> Result<String, Problem> {
        request_reason(&body(bytes, format))
    }

    fn ids(text: &str) -> Vec<u64> {
        notice_ids(text).iter().map(|id| id.number()).collect()
    }

    #[test]
    fn a_request_gives_its_reason_in_one_line() {
        let told = reason(b"\xef\xbb\xbfFor the governors'\r\n\tmeeting\x07\n", None);
        assert_eq!(told.unwrap(), "For the governors' meeting");
        let long = reason("ë".repeat(600).as_bytes(), Some(FileFormat::Txt));
        assert_eq!(long.unwrap().chars().count(), 500);
        assert_eq!(reason(b"", None).unwrap(), "");
        assert_eq!(reason(b"PK\x03\x04...", None).unwrap(), "");
    }

    #[test]
    fn a_list_of_pupils_under_a_requests_name_is_unclear() {
        for text in [
            "Forename,Surname,Date of birth\nRobin,Example,01/09/2010\n",
            "Please\n\nUPN;Surname\nP860400119001;Example\n",
            "Forename\tSurname\tConsent\n",
            "Forename,Surname,DOB\n\"Robin,Example,01/09/2010\n",
        ] {
            for format in [None, Some(FileFormat::Txt), Some(FileFormat::Csv)] {
                let problem = reason(text.as_bytes(), format).unwrap_err();
                assert_eq!(problem.code, ProblemCode::KindUnclear, "{text}");
                assert!(confirmed_notices(&body(text.as_bytes(), format)).is_err());
            }
        }
        let sentence = "Please send it again, the file was lost";
        assert!(reason(sentence.as_bytes(), None).is_ok());
    }

    #[test]
    fn a_confirmation_names_notices() {
        assert_eq!(ids("D000003, d000004 and D000003.\nD12"), [3, 4, 12]);
        assert_eq!(
            ids("DD000003 D S000001 xD000005 D99999999999999999999"),
            [] as [u64; 0]
        );
        assert_eq!(ids(body(b"Done: D000003", None).text()), [3]);
    }

    #[test]
    fn bytes_that_are_no_text_have_no_reading() {
        assert!(Body::of(b"a\0b", Some(FileFormat::Txt)).is_err());
    }
}
