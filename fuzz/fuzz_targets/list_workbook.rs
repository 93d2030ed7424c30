//! The walk through workbooks. Bytes that begin like a container are read as what they are; anything else is
//! the text of parts, of which the target makes a valid container, so that the fuzzer need not guess zip.

#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use pillarbox::{
    domain::list::FileKind,
    reading::{Contents, Limits, ListAsk, contents, pupils},
};
use pillarbox_fuzz::{SMALL, assert_table};
use time::macros::date;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

fuzz_target!(
    // What calls calamine catches its panics, which the fuzzer's own hook would not allow; a panic that
    // nobody catches still ends the process.
    init: std::panic::set_hook(Box::new(|_| {})),
    |data: &[u8]| {
        let Some((first, rest)) = data.split_first() else {
            return;
        };
        if data.starts_with(b"\xd0\xcf\x11\xe0") {
            read("list.xls", data);
        } else if data.starts_with(b"PK") {
            read("list.xlsx", data);
            read("list.ods", data);
        } else if first % 2 == 0 {
            read("list.xlsx", &made(rest, *first, &XLSX));
        } else {
            read("list.ods", &made(rest, *first, &ODS));
        }
    }
);

fn read(name: &str, bytes: &[u8]) {
    for limits in [SMALL, Limits::LISTS] {
        match contents(name, bytes, &limits) {
            Ok(Contents::Rows(table)) => {
                assert_table(&table, &limits);
                assert!(!table.is_delimited() && !table.is_encoding_assumed());
                let ask = ListAsk {
                    file_refuses: false,
                    pupil_born: date!(1998 - 09 - 01)..=date!(2013 - 08 - 31),
                };
                if let Ok(list) = pupils(&table, FileKind::ConsentList, &ask) {
                    assert!(list.rows.len() < table.rows().len());
                    assert!(!table.has_hidden_rows() || list.refusal.is_some());
                }
            }
            Ok(Contents::Text(_)) => panic!("{name} is a list"),
            Err(_) => {}
        }
    }
    let request = name.replace("list", "request");
    if let Ok(read) = contents(&request, bytes, &Limits::LISTS) {
        let Contents::Text(body) = read else {
            panic!("{request} is a request");
        };
        assert!(body.text().chars().count() <= 1 << 18);
    }
}

/// A container of these parts. The data replaces them in turn, with a 0 between one and the next; of a part
/// that is not there the one of the plain workbook is taken, and of one that is `-` none.
fn made(data: &[u8], first: u8, parts: &[(&str, &str)]) -> Vec<u8> {
    let method = match first & 2 {
        0 => CompressionMethod::Stored,
        _ => CompressionMethod::Deflated,
    };
    let options = SimpleFileOptions::default().compression_method(method);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut told = data.split(|byte| *byte == 0);
    for (name, plain) in parts {
        let bytes = told.next().filter(|told| !told.is_empty());
        if bytes == Some(b"-") {
            continue;
        }
        writer.start_file(*name, options).expect("a part");
        writer
            .write_all(bytes.unwrap_or(plain.as_bytes()))
            .expect("its bytes");
    }
    writer.finish().expect("a container").into_inner()
}

/// The parts of a small workbook, those that matter most first.
const XLSX: [(&str, &str); 8] = [
    (
        "xl/worksheets/sheet1.xml",
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>DOB</t></is></c><c r="D1" t="str"><f>A1</f><v>Consent</v></c></row><row r="3" hidden="1" ht="0.5"><c r="A3" t="s"><v>2</v></c><c r="B3" t="e"><v>#N/A</v></c><c r="C3" s="1"><v>40422</v></c><c r="D3" t="b"><v>1</v></c><c r="E3" t="d"><v>2010-09-01T00:00:00</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells></worksheet>"#,
    ),
    (
        "xl/sharedStrings.xml",
        r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="3" uniqueCount="3"><si><t>Forename</t></si><si><r><t xml:space="preserve">Sur</t></r><r><t>name</t></r></si><si><t>Robin</t></si></sst>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="0"/><sheets><sheet name="Pupils" sheetId="1" r:id="rId1"/><sheet name="Other" sheetId="2" state="hidden" r:id="rId2"/></sheets><definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0">Pupils!$A$1:$D$3</definedName></definedNames></workbook>"#,
    ),
    (
        "xl/styles.xml",
        r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>"#,
    ),
    (
        "xl/worksheets/sheet2.xml",
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData/></worksheet>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#,
    ),
];

const ODS: [(&str, &str); 3] = [
    (
        "content.xml",
        r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="Pupils"><table:table-row><table:table-cell office:value-type="string"><text:p>Forename</text:p></table:table-cell><table:table-cell><text:p>Sur<text:span>name</text:span></text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>DOB</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="2" table:visibility="filter"><table:table-cell><text:p>Zo&#235;<text:s text:c="2"/><text:tab/>&amp;</text:p><office:annotation><text:p>note</text:p></office:annotation></table:table-cell><table:covered-table-cell/><table:table-cell office:value-type="date" office:date-value="2010-09-01"><text:p>1 Sep</text:p></table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell office:value-type="float" office:value="9276308686"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"#,
    ),
    (
        "META-INF/manifest.xml",
        r#"<manifest:manifest xmlns:manifest="m"><manifest:file-entry/></manifest:manifest>"#,
    ),
    ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
];
