mod mistakes;
mod old_workbooks;
mod traps;

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    domain::problem::ProblemCode,
    reading::{FileFormat, Kind, Limits, Table, Unreadable, table},
};

fn read(bytes: &[u8], format: FileFormat) -> Table {
    table(bytes, format, &Limits::LISTS).unwrap()
}

fn refused(bytes: &[u8], format: FileFormat) -> ProblemCode {
    why(bytes, format).code()
}

fn why(bytes: &[u8], format: FileFormat) -> Unreadable {
    table(bytes, format, &Limits::LISTS).unwrap_err()
}

fn cells(table: &Table, row: usize) -> Vec<(Kind, &str)> {
    let row = table.row(row).unwrap();
    row.cells().map(|cell| (cell.kind, cell.text)).collect()
}

fn numbers(table: &Table) -> Vec<u32> {
    table.rows().map(|row| row.number()).collect()
}

fn xlsx(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

fn pupils(workbook: &mut Workbook) {
    let dates = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = workbook.add_worksheet();
    sheet.set_name("Pupils").unwrap();
    for (column, header) in (0..).zip(["Forename", "Surname", "DOB", "Consent", "ULN"]) {
        sheet.write(0, column, header).unwrap();
    }
    sheet.write(2, 0, " Zoë ").unwrap();
    sheet.write(2, 1, "Example").unwrap();
    let born = ExcelDateTime::from_ymd(2010, 9, 1).unwrap();
    sheet.write_with_format(2, 2, &born, &dates).unwrap();
    sheet.write(2, 3, true).unwrap();
    sheet.write(2, 4, 9_276_308_686_u64).unwrap();
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    zipped_with(CompressionMethod::Deflated, parts)
}

fn zipped_with(method: CompressionMethod, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in parts {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The parts of a workbook with one sheet that has these rows, written by hand.
fn parts(rows: &str) -> Vec<(&'static str, String)> {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |told: &[(&str, &str)]| {
        let told = told.iter().enumerate().map(|(at, (ending, target))| {
            format!("<Relationship Id=\"r{at}\" Type=\"{kind}/{ending}\" Target=\"{target}\"/>")
        });
        format!(
            "<Relationships>{}</Relationships>",
            told.collect::<String>()
        )
    };
    vec![
        (
            "_rels/.rels",
            relations(&[("officeDocument", "xl/workbook.xml")]),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relations(&[("worksheet", "worksheets/sheet1.xml")]),
        ),
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"Pupils\" r:id=\"r0\"/></sheets></workbook>".to_owned(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ]
}

fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, xml)| (*name, xml.as_bytes()))
        .collect();
    zipped_with(CompressionMethod::Stored, &parts)
}

/// A workbook with one sheet that has these rows, written by hand.
fn by_hand(rows: &str) -> Vec<u8> {
    packed(&parts(rows))
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\">\
         <office:body><office:spreadsheet>{rows}</office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        (
            "META-INF/manifest.xml",
            b"<manifest:manifest xmlns:manifest=\"m\"/>",
        ),
        ("content.xml", content.as_bytes()),
    ])
}

#[test]
fn an_xlsx_sheet_tells_kinds_and_the_spreadsheets_row_numbers() {
    let table = read(&xlsx(pupils), FileFormat::Xlsx);
    assert_eq!(table.sheet(), "Pupils");
    assert_eq!(numbers(&table), [1, 3]);
    assert_eq!(
        cells(&table, 1),
        [
            (Kind::Text, "Zoë"),
            (Kind::Text, "Example"),
            (Kind::Date, "2010-09-01"),
            (Kind::Bool, "TRUE"),
            (Kind::Number, "9276308686"),
        ]
    );
    assert!(!table.has_hidden_rows() && !table.is_delimited());
}

#[test]
fn a_workbook_is_read_by_its_only_sheet_with_data() {
    let with_empty = xlsx(|workbook| {
        workbook.add_worksheet();
        pupils(workbook);
        workbook.add_worksheet().set_hidden(true);
    });
    assert_eq!(read(&with_empty, FileFormat::Xlsx).sheet(), "Pupils");
    for hidden in [false, true] {
        let two = xlsx(|workbook| {
            pupils(workbook);
            workbook
                .add_worksheet()
                .set_hidden(hidden)
                .write(9, 9, "x")
                .unwrap();
        });
        assert_eq!(refused(&two, FileFormat::Xlsx), ProblemCode::SheetAmbiguous);
    }
    let none = xlsx(|workbook| {
        workbook.add_worksheet();
    });
    assert_eq!(refused(&none, FileFormat::Xlsx), ProblemCode::FileEmpty);
}

#[test]
fn hidden_rows_are_seen_where_they_hold_something() {
    for (row, seen) in [(2, true), (1, false), (7, false)] {
        let bytes = xlsx(|workbook| {
            pupils(workbook);
            let sheet = workbook.worksheet_from_name("Pupils").unwrap();
            sheet.set_row_hidden(row).unwrap();
        });
        assert_eq!(
            read(&bytes, FileFormat::Xlsx).has_hidden_rows(),
            seen,
            "{row}"
        );
    }
    let flat = xlsx(|workbook| {
        pupils(workbook);
        let sheet = workbook.worksheet_from_name("Pupils").unwrap();
        sheet.set_row_height(2, 0.5).unwrap();
    });
    assert!(read(&flat, FileFormat::Xlsx).has_hidden_rows());
}

#[test]
fn hidden_columns_are_read() {
    let bytes = xlsx(|workbook| {
        pupils(workbook);
        let sheet = workbook.worksheet_from_name("Pupils").unwrap();
        sheet.set_column_hidden(3).unwrap();
    });
    assert_eq!(cells(&read(&bytes, FileFormat::Xlsx), 1)[3].1, "TRUE");
}

#[test]
fn one_cell_far_away_takes_no_room() {
    let below = xlsx(|workbook| {
        pupils(workbook);
        let sheet = workbook.worksheet_from_name("Pupils").unwrap();
        sheet.write(1_048_575, 0, "x").unwrap();
    });
    assert_eq!(numbers(&read(&below, FileFormat::Xlsx)), [1, 3, 1_048_576]);
    let beside = xlsx(|workbook| {
        pupils(workbook);
        let sheet = workbook.worksheet_from_name("Pupils").unwrap();
        sheet.write(0, 16_383, "x").unwrap();
    });
    assert_eq!(
        refused(&beside, FileFormat::Xlsx),
        ProblemCode::FileUnreadable
    );
}

#[test]
fn a_container_that_unpacks_to_too_much_is_not_opened() {
    let zeros = vec![0; 8 << 20];
    let bomb = zipped(&[("xl/worksheets/sheet1.xml", &zeros)]);
    assert!(bomb.len() < 100_000);
    assert_eq!(
        refused(&bomb, FileFormat::Xlsx),
        ProblemCode::FileUnreadable
    );
    let names: Vec<String> = (0..2_001).map(|n| format!("{n}")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(
        refused(&zipped(&many), FileFormat::Ods),
        ProblemCode::FileUnreadable
    );
    let untrue = zipped(&[(
        "xl/sharedStrings.xml",
        b"<sst uniqueCount=\"99999999999\"/>",
    )]);
    assert_eq!(
        refused(&untrue, FileFormat::Xlsx),
        ProblemCode::FileUnreadable
    );
    let small = Limits {
        max_inflated: 1_000,
        ..Limits::LISTS
    };
    assert!(table(&xlsx(pupils), FileFormat::Xlsx, &small).is_err());
}

#[test]
fn an_xlsx_in_an_old_container_is_one_under_a_password() {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let bytes = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 600], &name].concat();
    for format in [FileFormat::Xlsx, FileFormat::Xls, FileFormat::Ods] {
        assert_eq!(refused(&bytes, format), ProblemCode::FilePasswordProtected);
    }
    let damaged = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 600]].concat();
    assert_eq!(
        refused(&damaged, FileFormat::Xlsx),
        ProblemCode::FileUnreadable
    );
}

#[test]
fn an_ods_sheet_tells_kinds_and_skips_what_repeats_blank() {
    let table = read(
        &ods("<table:table table:name=\"Pupils\">\
             <table:table-row><table:table-cell><text:p>Forename</text:p></table:table-cell>\
             <table:table-cell><text:p>DOB</text:p></table:table-cell></table:table-row>\
             <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
             <table:table-row><table:table-cell office:value-type=\"string\">\
             <office:annotation><text:p>a note</text:p></office:annotation>\
             <text:p>Mary<text:s/>Ann &amp; <text:span>Jo</text:span></text:p></table:table-cell>\
             <table:table-cell office:value-type=\"date\" office:date-value=\"2010-09-01\"><text:p>01/09/10</text:p></table:table-cell>\
             <table:table-cell office:value-type=\"float\" office:value=\"9276308686\"><text:p>9.28E+09</text:p></table:table-cell>\
             <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/>\
             <table:table-cell table:number-columns-repeated=\"16380\"/></table:table-row>\
             <table:table-row table:number-rows-repeated=\"1048572\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
             </table:table><table:table table:name=\"Sheet2\"/>"),
        FileFormat::Ods,
    );
    assert_eq!(table.sheet(), "Pupils");
    assert_eq!(numbers(&table), [1, 4]);
    assert_eq!(
        cells(&table, 1),
        [
            (Kind::Text, "Mary Ann & Jo"),
            (Kind::Date, "2010-09-01"),
            (Kind::Number, "9276308686"),
            (Kind::Bool, "TRUE"),
        ]
    );
}

#[test]
fn an_ods_with_hidden_rows_or_two_sheets_or_a_password_is_known() {
    let row = |attributes: &str| {
        format!(
            "<table:table-row {attributes}><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
        )
    };
    let sheet = |rows: &str| format!("<table:table table:name=\"A\">{rows}</table:table>");
    for visibility in ["collapse", "filter"] {
        let hidden = row(&format!("table:visibility=\"{visibility}\""));
        let bytes = ods(&sheet(&format!("{}{hidden}", row(""))));
        assert!(read(&bytes, FileFormat::Ods).has_hidden_rows());
    }
    let two = ods(&format!("{}{}", sheet(&row("")), sheet(&row(""))));
    assert_eq!(refused(&two, FileFormat::Ods), ProblemCode::SheetAmbiguous);
    let endless = ods(&sheet(&row("table:number-rows-repeated=\"1000000\"")));
    assert_eq!(
        refused(&endless, FileFormat::Ods),
        ProblemCode::FileTooManyRows
    );
    let encrypted = zipped(&[
        (
            "META-INF/manifest.xml",
            b"<m:manifest><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>",
        ),
        ("content.xml", b"\x01\x02\x03"),
    ]);
    assert_eq!(
        refused(&encrypted, FileFormat::Ods),
        ProblemCode::FilePasswordProtected
    );
}

#[test]
fn an_xls_sheet_reads_as_its_successors_do() {
    let table = read(
        include_bytes!("../../../tests/workbooks/list.xls"),
        FileFormat::Xls,
    );
    assert_eq!(table.sheet(), "Pupils");
    assert_eq!(numbers(&table), [1, 2, 4]);
    assert_eq!(
        cells(&table, 1),
        [
            (Kind::Text, "Robin"),
            (Kind::Text, "Example"),
            (Kind::Date, "2010-09-01"),
            (Kind::Text, "Yes"),
            (Kind::Number, "9276308686"),
        ]
    );
    assert_eq!(cells(&table, 2)[0].1, "Zoë");
    assert_eq!(cells(&table, 2)[3], (Kind::Bool, "TRUE"));
    assert!(!table.has_hidden_rows());
}

#[test]
fn an_xls_with_hidden_rows_two_sheets_or_far_cells_is_known() {
    let hidden = include_bytes!("../../../tests/workbooks/hidden-row.xls");
    assert!(read(hidden, FileFormat::Xls).has_hidden_rows());
    let two = include_bytes!("../../../tests/workbooks/two-sheets.xls");
    assert_eq!(refused(two, FileFormat::Xls), ProblemCode::SheetAmbiguous);
    let far = include_bytes!("../../../tests/workbooks/far-cell.xls");
    assert_eq!(refused(far, FileFormat::Xls), ProblemCode::FileUnreadable);
}

#[test]
fn a_workbook_with_a_wrong_byte_anywhere_never_panics_past_its_reader() {
    let xls = include_bytes!("../../../tests/workbooks/list.xls").to_vec();
    let files = [
        (xls, FileFormat::Xls, 61),
        (xlsx(pupils), FileFormat::Xlsx, 97),
        (ods("<table:table/>"), FileFormat::Ods, 7),
    ];
    for (bytes, format, step) in files {
        for at in (0..bytes.len()).step_by(step) {
            let mut broken = bytes.clone();
            broken[at] ^= 0xff;
            let _ = table(&broken, format, &Limits::LISTS);
            let _ = table(&bytes[..at], format, &Limits::LISTS);
        }
    }
}
