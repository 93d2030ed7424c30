//! Bytes to a table: the one function in which a school's file is parsed. Pure, and bounded by its
//! limits whatever the bytes say.

use super::{
    decode::decode,
    delimited,
    kind::FileFormat,
    table::{Limits, Table},
    workbook,
};
use crate::domain::problem::{Problem, ProblemCode};

/// The table of a file in this format, or what is wrong with the file (spec 3, *Reading*).
pub fn table(bytes: &[u8], format: FileFormat, limits: &Limits) -> Result<Table, Problem> {
    if bytes.is_empty() {
        return Err(Problem::of_file(ProblemCode::FileEmpty));
    }
    match (format, Content::of(bytes)) {
        (FileFormat::Xlsx, Content::Zip) => workbook::xlsx(bytes, limits),
        (FileFormat::Ods, Content::Zip) => workbook::ods(bytes, limits),
        (FileFormat::Xls, Content::Compound) => workbook::xls(bytes, limits),
        (_, Content::Compound) if workbook::is_encrypted_package(bytes) => {
            Err(Problem::of_file(ProblemCode::FilePasswordProtected))
        }
        (format, Content::Other) if format.is_delimited() => {
            let decoded = decode(bytes)?;
            refuse_markup(&decoded.text)?;
            delimited::table(&decoded.text, decoded.assumed, limits)
        }
        (_, content) => Err(content.refused()),
    }
}

/// What the first bytes of a file give away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Zip,
    Compound,
    Pdf,
    RichText,
    Encrypted,
    Picture,
    Archive,
    Other,
}

impl Content {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let begins = |marks: &[u8]| bytes.starts_with(marks);
        if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
            Self::Zip
        } else if begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            Self::Compound
        } else if begins(b"%PDF") {
            Self::Pdf
        } else if begins(b"{\\rtf") {
            Self::RichText
        } else if begins(b"age-encryption.org/") || begins(b"-----BEGIN ") {
            Self::Encrypted
        } else if begins(b"\x89PNG") || begins(b"\xff\xd8\xff") || begins(b"GIF8") {
            Self::Picture
        } else if begins(b"\x1f\x8b") || begins(b"7z\xbc\xaf") || begins(b"Rar!") {
            Self::Archive
        } else {
            Self::Other
        }
    }

    fn refused(self) -> Problem {
        let what = match self {
            Self::Zip => "a workbook or a zip folder",
            Self::Compound => "an old Office document",
            Self::Pdf => "a PDF",
            Self::RichText => "a text document with formatting",
            Self::Encrypted => "an encrypted file",
            Self::Picture => "a picture",
            Self::Archive => "a compressed folder",
            Self::Other => "something else",
        };
        Problem::of_file(ProblemCode::FileUnreadable)
            .saying(format!("The file is not what its name says: it is {what}."))
    }
}

/// Many systems print web pages under a spreadsheet's name.
fn refuse_markup(text: &str) -> Result<(), Problem> {
    let start = text.trim_start();
    let opens = |c: char| c.is_ascii_alphabetic() || c == '!' || c == '?';
    match start.strip_prefix('<') {
        Some(rest) if rest.starts_with(opens) => Err(Problem::of_file(ProblemCode::FileUnreadable)
            .saying("The file is not what its name says: it is a web page or XML.")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(bytes: &[u8], format: FileFormat) -> ProblemCode {
        table(bytes, format, &Limits::LISTS).unwrap_err().code
    }

    #[test]
    fn files_that_are_not_what_their_name_says_are_refused() {
        for bytes in [
            &b"%PDF-1.7 ..."[..],
            b"PK\x03\x04....",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
            b"<html><table></table></html>",
            b"\n  <?xml version='1.0'?>",
            b"{\\rtf1 }",
            b"age-encryption.org/v1\n",
            b"F\0o\0r\0",
        ] {
            assert_eq!(refused(bytes, FileFormat::Csv), ProblemCode::FileUnreadable);
        }
        for format in [FileFormat::Xlsx, FileFormat::Xls, FileFormat::Ods] {
            assert_eq!(
                refused(b"Forename,Surname\n", format),
                ProblemCode::FileUnreadable
            );
        }
    }

    #[test]
    fn empty_files_are_called_empty() {
        for bytes in [&b""[..], b"\n\r\n ,, \n", b"\xef\xbb\xbf", b"\x1a"] {
            assert_eq!(refused(bytes, FileFormat::Csv), ProblemCode::FileEmpty);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..600),
            head in 0_usize..5,
        ) {
            let heads: [&[u8]; 5] = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\"a\",\""];
            let bytes = [heads[head], &bytes].concat();
            for format in [
                FileFormat::Csv, FileFormat::Tsv, FileFormat::Txt,
                FileFormat::Xlsx, FileFormat::Xls, FileFormat::Ods,
            ] {
                let _ = table(&bytes, format, &Limits::LISTS);
            }
        }
    }
}
