//! Containers that are built to harm whoever opens them.

use zip::CompressionMethod;

use super::{by_hand, ods, packed, parts, pupils, read, why, xlsx, zipped, zipped_with};
use crate::reading::{Content, FileFormat, Limits, Unreadable, table};

const ROW: &str = "<row r=\"1\"><c t=\"inlineStr\"><is><t>Forename</t></is></c></row>";

fn with(more: &[(&'static str, &str)]) -> Vec<u8> {
    let mut all = parts(ROW);
    for (name, xml) in more {
        all.retain(|(known, _)| known != name);
        all.push((*name, (*xml).to_owned()));
    }
    packed(&all)
}

fn place(bytes: &[u8], what: &[u8]) -> usize {
    bytes
        .windows(what.len())
        .position(|window| window == what)
        .unwrap()
}

/// Where the header before this part begins.
fn header(bytes: &[u8], name: &str) -> usize {
    let ends = |at: &usize| bytes[*at + 30..].starts_with(name.as_bytes());
    let heads = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, four)| *four == b"PK\x03\x04");
    heads.map(|(at, _)| at).find(ends).unwrap()
}

fn last_place(bytes: &[u8], what: &[u8]) -> usize {
    bytes
        .windows(what.len())
        .rposition(|window| window == what)
        .unwrap()
}

fn xlsx_refusal(bytes: &[u8]) -> Unreadable {
    why(bytes, FileFormat::Xlsx)
}

#[test]
fn a_workbook_written_by_hand_is_read() {
    assert_eq!(read(&by_hand(ROW), FileFormat::Xlsx).sheet(), "Pupils");
}

#[test]
fn names_that_leave_the_container_are_refused() {
    for name in [
        "/etc/passwd",
        "../list.xml",
        "xl/../../list.xml",
        "C:/list.xml",
        "xl/./a.xml",
        "a\0b",
    ] {
        assert_eq!(
            xlsx_refusal(&with(&[(name, "x")])),
            Unreadable::OddlyBuilt,
            "{name:?}"
        );
    }
}

#[test]
fn one_name_for_two_parts_is_refused_in_whatever_case_or_slashes() {
    for name in ["XL/WorkBook.xml", "xl\\workbook.xml", "xl/workbook.xml"] {
        let mut bytes = with(&[("xl/workbo_k.xml", "<workbook/>")]);
        assert!(table(&bytes, FileFormat::Xlsx, &Limits::LISTS).is_ok());
        for _ in 0..2 {
            let at = place(&bytes, b"xl/workbo_k.xml");
            bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
        }
        assert_eq!(xlsx_refusal(&bytes), Unreadable::OddlyBuilt, "{name}");
    }
}

#[test]
fn backslashes_of_old_programs_are_read_as_slashes() {
    let mut bytes = by_hand(ROW);
    for name in ["xl/workbook.xml", "xl/worksheets/sheet1.xml"] {
        let heads = [
            header(&bytes, name) + 30,
            last_place(&bytes, name.as_bytes()),
        ];
        for at in heads {
            let name = name.replace('/', "\\");
            bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
        }
    }
    assert_eq!(read(&bytes, FileFormat::Xlsx).rows().len(), 1);
}

#[test]
fn a_part_that_is_described_in_two_ways_is_refused() {
    let sound = by_hand(ROW);
    let header = header(&sound, "xl/workbook.xml");
    // Its method, its packed size, its unpacked size, its name.
    for at in [8, 18, 22, 30] {
        let mut bytes = sound.clone();
        bytes[header + at] ^= 0x21;
        assert_eq!(xlsx_refusal(&bytes), Unreadable::OddlyBuilt, "{at}");
    }
}

#[test]
fn parts_that_lie_in_one_another_are_refused() {
    let inner = zipped_with(CompressionMethod::Stored, &[("b.xml", b"<b/>")]);
    let inner = &inner[..place(&inner, b"PK\x01\x02")];
    let mut all: Vec<(&str, Vec<u8>)> = parts(ROW)
        .into_iter()
        .map(|(name, xml)| (name, xml.into_bytes()))
        .collect();
    all.extend([("a.bin", inner.to_vec()), ("b.xml", b"<b/>".to_vec())]);
    let all: Vec<(&str, &[u8])> = all.iter().map(|(name, part)| (*name, &part[..])).collect();
    let mut bytes = zipped_with(CompressionMethod::Stored, &all);
    assert!(table(&bytes, FileFormat::Xlsx, &Limits::LISTS).is_ok());
    let within = u32::try_from(place(&bytes, inner)).unwrap();
    let offset = last_place(&bytes, b"b.xml") - 4;
    bytes[offset..offset + 4].copy_from_slice(&within.to_le_bytes());
    assert_eq!(xlsx_refusal(&bytes), Unreadable::OddlyBuilt);
}

#[test]
fn a_part_under_a_password_makes_the_workbook_one() {
    let mut bytes = by_hand(ROW);
    let local = header(&bytes, "xl/workbook.xml") + 6;
    let central = last_place(&bytes, b"xl/workbook.xml") - 46 + 8;
    bytes[local] |= 1;
    bytes[central] |= 1;
    assert_eq!(xlsx_refusal(&bytes), Unreadable::PasswordProtected);
}

#[test]
fn a_zip_within_the_workbook_is_opened_by_nobody() {
    let bomb = zipped(&[("bomb", &vec![0; 4 << 20])]);
    let mut all: Vec<(&str, Vec<u8>)> = parts(ROW)
        .into_iter()
        .map(|(name, xml)| (name, xml.into_bytes()))
        .collect();
    all.push(("xl/embeddings/workbook1.xlsx", bomb));
    let all: Vec<(&str, &[u8])> = all.iter().map(|(name, part)| (*name, &part[..])).collect();
    assert_eq!(read(&zipped(&all), FileFormat::Xlsx).rows().len(), 1);
}

#[test]
fn elements_that_nest_or_grow_without_end_are_refused() {
    let deep = format!("{}{}", "<x>".repeat(200), "</x>".repeat(200));
    let long = format!("<row r=\"1\" spans=\"{}\"/>", "1:9 ".repeat(600_000));
    for rows in [deep, long] {
        assert_eq!(xlsx_refusal(&by_hand(&rows)), Unreadable::OddlyBuilt);
        let table = format!("<table:table>{rows}</table:table>");
        let inflates = why(&ods(&table), FileFormat::Ods);
        assert!(matches!(
            inflates,
            Unreadable::OddlyBuilt | Unreadable::UnpacksTooLarge
        ));
    }
}

#[test]
fn strings_are_counted_whatever_the_table_says_of_their_number() {
    let limits = Limits {
        max_strings: 10,
        ..Limits::LISTS
    };
    let strings = "<si><t>x</t></si>".repeat(11);
    for table_of_strings in [
        format!("<sst uniqueCount=\"1\">{strings}</sst>"),
        "<sst uniqueCount=\"11\"/>".to_owned(),
        "<sst x:uniqueCount=\"1\" uniqueCount=\"99999999999\"/>".to_owned(),
    ] {
        let bytes = with(&[("xl/sharedStrings.xml", &table_of_strings)]);
        let refused = table(&bytes, FileFormat::Xlsx, &limits).unwrap_err();
        assert_eq!(refused, Unreadable::UnpacksTooLarge);
    }
}

#[test]
fn one_long_string_in_very_many_cells_is_refused() {
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(200);
    let rows = format!("<row>{cells}</row>").repeat(200);
    let mut all = parts(&rows);
    let string = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(1_900));
    all.push(("xl/sharedStrings.xml", string));
    assert_eq!(xlsx_refusal(&packed(&all)), Unreadable::TooLarge);
}

#[test]
fn styles_that_ask_for_too_much_room_are_refused() {
    let format = "x".repeat(4_000);
    let styles = format!(
        "<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"{format}\"/></numFmts><cellXfs>{}</cellXfs></styleSheet>",
        "<xf numFmtId=\"200\"/>".repeat(40_000)
    );
    assert_eq!(
        xlsx_refusal(&with(&[("xl/styles.xml", &styles)])),
        Unreadable::UnpacksTooLarge
    );
    let many = format!(
        "<styleSheet><cellXfs>{}</cellXfs></styleSheet>",
        "<xf/>".repeat(64_000)
    );
    assert_eq!(
        read(&with(&[("xl/styles.xml", &many)]), FileFormat::Xlsx)
            .rows()
            .len(),
        1
    );
}

#[test]
fn one_part_is_not_two_sheets() {
    let twice = "<workbook><sheets><sheet name=\"A\" r:id=\"r0\"/><sheet name=\"B\" r:id=\"r0\"/></sheets></workbook>";
    assert_eq!(
        xlsx_refusal(&with(&[("xl/workbook.xml", twice)])),
        Unreadable::OddlyBuilt
    );
    let kind = "http://x/relationships/worksheet";
    let relation = |id: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
    };
    let relations = format!(
        "<Relationships>{}{}</Relationships>",
        relation("r0", "worksheets/sheet1.xml"),
        relation("r1", "/xl/worksheets/Sheet1.xml")
    );
    let bytes = with(&[("xl/_rels/workbook.xml.rels", &relations)]);
    assert_eq!(xlsx_refusal(&bytes), Unreadable::OddlyBuilt);
    let sheets = (0..300).map(|at| format!("<sheet name=\"{at}\" r:id=\"r{at}\"/>"));
    let many = sheets.collect::<Vec<_>>().concat();
    let many = format!("<workbook><sheets>{many}</sheets></workbook>");
    assert_eq!(
        xlsx_refusal(&with(&[("xl/workbook.xml", &many)])),
        Unreadable::UnpacksTooLarge
    );
}

#[test]
fn hidden_rows_are_seen_whatever_the_sheets_part_is_called() {
    let hidden = ROW.replace("<row", "<row hidden=\"1\"");
    let mut all = parts(&hidden);
    for (name, xml) in &mut all {
        *xml = xml.replace("sheet1.xml", "sheet1.dat");
        if name.ends_with("sheet1.xml") {
            *name = "xl/worksheets/sheet1.dat";
        }
    }
    assert!(read(&packed(&all), FileFormat::Xlsx).has_hidden_rows());
}

#[test]
fn spaces_and_repeats_of_an_ods_take_no_more_room_than_a_cell_may() {
    let spaces = "<text:s text:c=\"2000\"/>".repeat(50);
    let row = format!(
        "<table:table-row><table:table-cell><text:p>x{spaces}</text:p></table:table-cell></table:table-row>"
    );
    let long = format!(
        "<table:table-row><table:table-cell table:number-columns-repeated=\"200\" office:value-type=\"float\" office:value=\"{}\"/></table:table-row>",
        "1".repeat(9_000)
    );
    for row in [row, long] {
        let refused = why(
            &ods(&format!("<table:table>{row}</table:table>")),
            FileFormat::Ods,
        );
        assert_eq!(refused, Unreadable::CellTooLong { most: 2_000 });
    }
    let wide = format!(
        "<table:table-row table:number-rows-repeated=\"19000\"><table:table-cell table:number-columns-repeated=\"250\"><text:p>{}</text:p></table:table-cell></table:table-row>",
        "x".repeat(1_000)
    );
    let refused = why(
        &ods(&format!("<table:table>{wide}</table:table>")),
        FileFormat::Ods,
    );
    assert_eq!(refused, Unreadable::TooLarge);
    let nested = "<table:table><table:table-row><table:table-cell><table:table/></table:table-cell></table:table-row></table:table>";
    assert_eq!(why(&ods(nested), FileFormat::Ods), Unreadable::OddlyBuilt);
}

#[test]
fn a_container_with_a_crowd_of_entries_is_not_opened() {
    let mut bytes = xlsx(pupils);
    bytes.extend(b"PK\x01\x02".repeat(2_001));
    assert_eq!(xlsx_refusal(&bytes), Unreadable::UnpacksTooLarge);
    let told = why(&bytes, FileFormat::Csv);
    assert_eq!(told, Unreadable::NotWhatItsNameSays(Content::Zip));
}
