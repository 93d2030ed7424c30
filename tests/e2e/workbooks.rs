//! Lists as workbooks (spec 3).

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use crate::{
    opened::{HEADER, decrypted},
    pupils::{Pupil, pupil, pupils, record, records},
    world::{SCHOOL, World},
};

/// Writes these pupils from this row on, dates as real date cells.
fn fill(sheet: &mut Worksheet, first_row: u32, pupils: &[Pupil]) {
    let titles = [
        "Legal Surname",
        "Legal Forename",
        "DOB",
        "UPN",
        "Consent",
        "Consent date",
    ];
    for (column, title) in (0..).zip(titles) {
        sheet.write(first_row, column, title).unwrap();
    }
    let date = Format::new().set_num_format("dd/mm/yyyy");
    for (row, p) in (first_row + 1..).zip(pupils) {
        sheet.write(row, 0, &p.surname).unwrap();
        sheet.write(row, 1, &p.forename).unwrap();
        sheet
            .write_with_format(row, 2, day(&p.born), &date)
            .unwrap();
        sheet.write(row, 3, &p.upn).unwrap();
        sheet.write(row, 4, "Yes").unwrap();
        sheet
            .write_with_format(row, 5, day("2026-05-11"), &date)
            .unwrap();
    }
}

fn day(iso: &str) -> ExcelDateTime {
    ExcelDateTime::parse_from_str(iso).unwrap()
}

fn workbook(change: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    change(&mut book);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_with_date_cells_is_read() {
    let world = World::new();
    let book = workbook(|book| fill(book.add_worksheet(), 0, &pupils(0..3)));
    world
        .send("leavers.xlsx", book)
        .is("accepted", &[])
        .counts(&[("new", 3)]);
    world.extract(&records(&pupils(0..3)));
    world.release();
    let mut born = world
        .shared()
        .into_iter()
        .map(|row| row.born)
        .collect::<Vec<_>>();
    born.sort();
    assert_eq!(born, [pupil(0).born, pupil(1).born, pupil(2).born]);
}

#[test]
fn rows_of_a_workbook_are_numbered_as_excel_shows_them() {
    let world = World::new();
    let book = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.write(1, 0, "Made-up leavers of 2026").unwrap();
        fill(sheet, 3, &pupils(0..11));
        sheet.write(9, 2, "soon").unwrap();
    });
    let receipt = world.send("leavers.xlsx", book);
    assert_eq!(
        receipt.problems(),
        [(Some(10), "dob-not-a-date".to_owned())]
    );
}

#[test]
fn an_empty_second_sheet_does_no_harm_and_a_full_one_refuses() {
    let world = World::new();
    let one = workbook(|book| {
        fill(book.add_worksheet(), 0, &pupils(0..3));
        book.add_worksheet();
    });
    world.send("leavers.xlsx", one).is("accepted", &[]);
    let two = workbook(|book| {
        fill(book.add_worksheet(), 0, &pupils(0..3));
        fill(book.add_worksheet(), 0, &pupils(3..6));
    });
    world
        .send("leavers.xlsx", two)
        .is("rejected", &["sheet-ambiguous"]);
}

#[test]
fn a_filter_hides_those_who_did_not_consent() {
    let world = World::new();
    world.send("leavers.csv", crate::pupils::list(&pupils(0..3)));
    let book = workbook(|book| {
        let sheet = book.add_worksheet();
        fill(sheet, 0, &pupils(0..6));
        sheet.write(2, 4, "No").unwrap();
        sheet.set_row_hidden(2).unwrap();
    });
    let receipt = world.send("leavers.xlsx", book);
    receipt.is("rejected", &["hidden-rows"]);
    receipt.counts(&[("new", 0), ("withdrawn", 1)]);
    world.extract(&records(&pupils(0..6)));
    world.release();
    let shared = crate::opened::names(&world.shared());
    assert_eq!(
        shared.len(),
        2,
        "the No on the hidden row counts, the new pupils don't"
    );
    assert!(!shared.contains(&pupil(1).full_name()));
}

#[test]
fn hidden_columns_are_read() {
    let world = World::new();
    let book = workbook(|book| {
        let sheet = book.add_worksheet();
        fill(sheet, 0, &pupils(0..3));
        sheet.write(1, 4, "No").unwrap();
        sheet.set_column_hidden(4).unwrap();
    });
    world
        .send("leavers.xlsx", book)
        .is("accepted", &[])
        .counts(&[("consented", 2), ("not_consented", 1)]);
}

#[test]
fn numbers_and_ticks_in_cells_are_read_for_what_they_are() {
    let world = World::new();
    let book = workbook(|book| {
        let sheet = book.add_worksheet();
        let titles = [
            "Forename",
            "Surname",
            "Date of birth",
            "ULN",
            "Consent",
            "Consent date",
        ];
        for (column, title) in (0..).zip(titles) {
            sheet.write(0, column, title).unwrap();
        }
        for (row, p) in (1..).zip(pupils(0..2)) {
            sheet.write(row, 0, &p.forename).unwrap();
            sheet.write(row, 1, &p.surname).unwrap();
            sheet.write(row, 2, p.british_birthday()).unwrap();
            sheet.write(row, 3, p.uln.parse::<f64>().unwrap()).unwrap();
            sheet.write(row, 4, row == 1).unwrap();
            sheet.write(row, 5, "11/05/2026").unwrap();
        }
    });
    world
        .send("leavers.xlsx", book)
        .is("accepted", &[])
        .counts(&[("consented", 1), ("not_consented", 1)]);
}

#[test]
fn a_workbook_under_a_password_is_told_so() {
    let world = World::new();
    world
        .send("leavers.xlsx", password_protected())
        .is("rejected", &["file-password-protected"]);
}

/// The compound file that Office makes of a workbook under a password, with nothing in its streams.
fn password_protected() -> Vec<u8> {
    const FREE: u32 = 0xffff_ffff;
    const END: u32 = 0xffff_fffe;
    const FAT: u32 = 0xffff_fffd;
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.resize(24, 0);
    for word in [0x3e_u16, 3, 0xfffe, 9, 6] {
        file.extend(word.to_le_bytes());
    }
    file.resize(44, 0);
    for word in [1, 1, 0, 4096, END, 0, END, 0, 0_u32] {
        file.extend(word.to_le_bytes());
    }
    file.resize(512, 0xff);
    // The one sector of the allocation table, then the folder of three entries.
    for word in [FAT, END] {
        file.extend(word.to_le_bytes());
    }
    file.resize(1024, 0xff);
    for (name, kind, child, right) in [
        ("Root Entry", 5, 1, FREE),
        ("EncryptionInfo", 2, FREE, 2),
        ("EncryptedPackage", 2, FREE, FREE),
        ("", 0, FREE, FREE),
    ] {
        file.extend(folder_entry(name, kind, child, right));
    }
    file
}

fn folder_entry(name: &str, kind: u8, child: u32, right: u32) -> Vec<u8> {
    let mut entry = name
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect::<Vec<_>>();
    let length = if name.is_empty() {
        0
    } else {
        u16::try_from(entry.len() + 2).unwrap()
    };
    entry.resize(64, 0);
    entry.extend(length.to_le_bytes());
    entry.extend([kind, 1]);
    for link in [u32::MAX, right, child] {
        entry.extend(link.to_le_bytes());
    }
    entry.resize(116, 0);
    entry.extend(0xffff_fffe_u32.to_le_bytes());
    entry.resize(128, 0);
    entry
}

#[test]
fn a_school_that_asks_for_workbooks_gets_typed_text() {
    let world = World::new();
    world.edit_school(SCHOOL, |school| {
        school["formats"] = "[\"csv\", \"xlsx\"]"
            .parse::<toml_edit::Value>()
            .unwrap()
            .into();
    });
    world.send("leavers.csv", crate::pupils::list(&pupils(0..2)));
    let mut rows = records(&pupils(0..2));
    rows[0].provider = "=HYPERLINK(\"http://made-up.example\")".to_owned();
    world.extract(&[rows[0].clone(), record(&pupil(1))]);
    world.release();
    let files = world.outbox(SCHOOL);
    assert_eq!(files.len(), 2, "{files:?}");
    let name = files
        .iter()
        .find(|name| name.ends_with(".xlsx.age"))
        .unwrap();
    assert!(
        name.starts_with("8604001_destinations_2026-11-21_R000001"),
        "{name}"
    );
    let file = world.box_of(SCHOOL).join("outbox").join(name);
    let opened = std::io::Cursor::new(decrypted(&file, &world.keys(SCHOOL).age));
    let mut book = Xlsx::new(opened).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let rows = range.rows().map(<[Data]>::to_vec).collect::<Vec<_>>();
    let titles = rows[0].iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(titles.join(","), HEADER);
    assert_eq!(rows.len(), 3);
    let text = |cell: &Data| matches!(cell, Data::String(_) | Data::Empty);
    assert!(rows.iter().flatten().all(text), "{rows:?}");
}
