//! Old workbooks, record by record.

use super::{super::compound::wrapped, cells, read, why};
use crate::reading::{Content, FileFormat, Kind, Unreadable};

/// What stands before the sheet, the sheet's visibility, and its records.
struct Book {
    before: Vec<u8>,
    visibility: u8,
    sheet: Vec<u8>,
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

/// A number of words, then bytes.
fn data(words: &[u16], bytes: &[u8]) -> Vec<u8> {
    let mut data: Vec<u8> = words.iter().copied().flat_map(u16::to_le_bytes).collect();
    data.extend(bytes);
    data
}

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;

impl Book {
    fn of(sheet: Vec<u8>) -> Self {
        Self {
            before: Vec::new(),
            visibility: 0,
            sheet,
        }
    }

    fn file(&self) -> Vec<u8> {
        let begin = record(BEGIN, &data(&[0x0600, 0x0005], &[0; 12]));
        let name = [&[self.visibility, 0, 1, 0][..], b"A"].concat();
        let length = begin.len()
            + self.before.len()
            + record(0x0085, &[&[0; 4][..], &name].concat()).len()
            + 4;
        let start = u32::try_from(length).unwrap();
        let listed = record(0x0085, &[&start.to_le_bytes()[..], &name].concat());
        let sheet = [begin.clone(), self.sheet.clone(), record(END, &[])].concat();
        wrapped(&[begin, self.before.clone(), listed, record(END, &[]), sheet].concat()).unwrap()
    }

    fn refusal(&self) -> Unreadable {
        why(&self.file(), FileFormat::Xls)
    }
}

fn label(row: u16, column: u16) -> Vec<u8> {
    record(0x0204, &data(&[row, column, 0, 1], b"\0x"))
}

fn shared(row: u16, column: u16) -> Vec<u8> {
    record(0x00fd, &data(&[row, column, 0, 0, 0], &[]))
}

#[test]
fn a_sheet_of_labels_is_read() {
    let table = read(&Book::of(label(0, 0)).file(), FileFormat::Xls);
    assert_eq!(cells(&table, 0), [(Kind::Text, "x")]);
    assert!(!table.has_hidden_rows());
}

#[test]
fn the_only_sheet_counts_as_hidden_rows_where_it_is_hidden() {
    for visibility in [1, 2] {
        let mut book = Book::of(label(0, 0));
        book.visibility = visibility;
        assert!(read(&book.file(), FileFormat::Xls).has_hidden_rows());
    }
}

#[test]
fn dates_are_counted_from_1904_where_the_workbook_says_so() {
    let format = record(0x00e0, &data(&[0, 14], &[0; 16]));
    let number = record(0x0203, &data(&[0, 0, 0], &38_960_f64.to_le_bytes()));
    for (mode, born) in [(0_u16, "2006-08-31"), (1, "2010-09-01")] {
        let mut book = Book::of(number.clone());
        book.before = [record(0x0022, &mode.to_le_bytes()), format.clone()].concat();
        let table = read(&book.file(), FileFormat::Xls);
        assert_eq!(cells(&table, 0), [(Kind::Date, born)]);
    }
}

#[test]
fn a_size_that_is_only_promised_takes_no_room() {
    for promised in [
        data(&[0, 0, 0xffff, 0xffff, 0, 0xffff, 0], &[]),
        data(&[9, 0, 1, 0, 0xffff, 0xffff, 0], &[]),
    ] {
        let sheet = [record(0x0200, &promised), label(0, 0)].concat();
        assert_eq!(
            read(&Book::of(sheet).file(), FileFormat::Xls).rows().len(),
            1
        );
    }
}

#[test]
fn cells_far_apart_are_refused_however_they_got_their_place() {
    let far = label(0xffff, 255);
    let text_without_formula = record(0x0207, &data(&[1], b"\0x"));
    for near in [label(0, 0), text_without_formula] {
        let book = Book::of([near, far.clone()].concat());
        assert_eq!(book.refusal(), Unreadable::CellsFarApart);
    }
}

#[test]
fn one_long_string_in_very_many_cells_is_refused() {
    let string = data(&[1, 0, 1, 0, 8_000], &[&[0][..], &[b'x'; 8_000]].concat());
    let strings = record(0x00fc, &string);
    let cells: Vec<u8> = (0..5_000).flat_map(|row| shared(row, 0)).collect();
    let mut book = Book::of(cells);
    book.before = strings;
    assert_eq!(book.refusal(), Unreadable::UnpacksTooLarge);
    book.sheet = shared(0, 0);
    assert_eq!(book.refusal(), Unreadable::CellTooLong { most: 2_000 });
}

#[test]
fn a_table_of_strings_in_very_many_pieces_is_refused() {
    let mut book = Book::of(label(0, 0));
    book.before = [record(0x00fc, &[0; 8]), record(0x003c, b"").repeat(20_000)].concat();
    assert_eq!(book.refusal(), Unreadable::OddlyBuilt);
}

#[test]
fn a_sheet_that_lies_in_another_is_refused() {
    let mut book = Book::of(label(0, 0));
    // Begins where everything begins.
    book.before = record(0x0085, &[&[0; 4][..], &[0, 0, 1, 0], b"B"].concat());
    assert_eq!(book.refusal(), Unreadable::OddlyBuilt);
}

#[test]
fn any_kind_of_password_is_one() {
    for protection in [
        &[0, 0, 0x12, 0x34, 0x56, 0x78][..],
        &[1, 0],
        &[0x12, 0x34, 0, 0],
    ] {
        let mut book = Book::of(label(0, 0));
        book.before = record(0x002f, protection);
        assert_eq!(book.refusal(), Unreadable::PasswordProtected);
    }
}

#[test]
fn documents_in_the_same_container_are_told_apart() {
    for (name, expected) in [
        (
            "WordDocument",
            Unreadable::NotWhatItsNameSays(Content::Word),
        ),
        (
            "PowerPoint Document",
            Unreadable::NotWhatItsNameSays(Content::Presentation),
        ),
        (
            "__properties_version1.0",
            Unreadable::NotWhatItsNameSays(Content::Mail),
        ),
        ("EncryptedPackage", Unreadable::PasswordProtected),
        ("DRMEncryptedTransform", Unreadable::Labelled),
        ("\tDRMContent", Unreadable::Labelled),
        ("Quill", Unreadable::NotWhatItsNameSays(Content::Compound)),
    ] {
        let file = renamed(&Book::of(label(0, 0)).file(), name);
        for format in [FileFormat::Xls, FileFormat::Xlsx, FileFormat::Csv] {
            assert_eq!(why(&file, format), expected, "{name}");
        }
    }
    let workbook = Book::of(label(0, 0)).file();
    for format in [FileFormat::Xlsx, FileFormat::Ods, FileFormat::Csv] {
        assert_eq!(
            why(&workbook, format),
            Unreadable::NotWhatItsNameSays(Content::Xls)
        );
    }
}

#[test]
fn the_name_of_a_workbooks_stream_is_read_in_any_case() {
    let file = renamed(&Book::of(label(0, 0)).file(), "WORKBOOK");
    assert_eq!(read(&file, FileFormat::Xls).rows().len(), 1);
}

/// The container with another name for the workbook's stream.
fn renamed(file: &[u8], name: &str) -> Vec<u8> {
    let letters = |name: &str| {
        name.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let (old, mut new) = (letters("Workbook"), letters(name));
    new.resize(64, 0);
    let at = file
        .windows(old.len())
        .rposition(|window| window == old)
        .unwrap();
    let mut file = file.to_vec();
    file[at..at + 64].copy_from_slice(&new);
    file
}
