//! Bytes to a table: the one function in which a school's file is parsed. Pure, and bounded by its
//! limits whatever the bytes say.

use super::{
    content::Content,
    decode::decode,
    delimited,
    kind::FileFormat,
    table::{Limits, Table},
    unreadable::Unreadable,
    workbook,
};

/// The table of a file in this format, or what is wrong with the file (spec 3, *Reading*).
pub fn table(bytes: &[u8], format: FileFormat, limits: &Limits) -> Result<Table, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    match (format, Content::of(bytes)) {
        (FileFormat::Xlsx, Content::Zip) => workbook::xlsx(bytes, limits),
        (FileFormat::Ods, Content::Zip) => workbook::ods(bytes, limits),
        (FileFormat::Xls, Content::Compound) => workbook::xls(bytes, limits),
        (_, Content::Zip) => Err(workbook::refused_zip(bytes, limits)),
        (_, Content::Compound) => Err(workbook::refused_compound(bytes)),
        (format, Content::Other) if format.is_delimited() => {
            let decoded = decode(bytes)?;
            match Content::of_text(&decoded.text) {
                Some(content) => Err(Unreadable::NotWhatItsNameSays(content)),
                None => delimited::table(&decoded.text, decoded.assumed, limits),
            }
        }
        (_, Content::Other) => Err(refused_text(bytes)),
        (_, content) => Err(Unreadable::NotWhatItsNameSays(content)),
    }
}

/// Many systems print web pages and plain text under a workbook's name.
fn refused_text(bytes: &[u8]) -> Unreadable {
    match decode(bytes) {
        Ok(decoded) if decoded.text.trim().is_empty() => Unreadable::Empty,
        Ok(decoded) => {
            let content = Content::of_text(&decoded.text).unwrap_or(Content::Text);
            Unreadable::NotWhatItsNameSays(content)
        }
        Err(Unreadable::Utf16Unmarked) => Unreadable::NotWhatItsNameSays(Content::Text),
        Err(_) => Unreadable::NotWhatItsNameSays(Content::Other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::problem::ProblemCode;

    fn refused(bytes: &[u8], format: FileFormat) -> ProblemCode {
        table(bytes, format, &Limits::LISTS).unwrap_err().code()
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
