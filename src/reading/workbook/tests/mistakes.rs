//! Files as schools really send them by mistake, each with what its sender is told.

use rust_xlsxwriter::{Format, Workbook};

use super::{by_hand, cells, ods, packed, parts, pupils, read, refused, why, xlsx, zipped};
use crate::{
    domain::problem::{Problem, ProblemCode},
    reading::{Content, FileFormat, Kind, Unreadable},
};

fn told(bytes: &[u8], format: FileFormat) -> Content {
    match why(bytes, format) {
        Unreadable::NotWhatItsNameSays(content) => content,
        other => panic!("{other:?}"),
    }
}

fn named(names: &[&str]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"<x/>"[..])).collect();
    zipped(&parts)
}

#[test]
fn other_documents_in_a_zip_container_are_told_apart() {
    let office = |part| named(&["[Content_Types].xml", "_rels/.rels", part]);
    let open = |kind: &str| {
        let kind = format!("application/vnd.oasis.opendocument.{kind}");
        zipped(&[("mimetype", kind.as_bytes()), ("content.xml", b"<x/>")])
    };
    for (bytes, content) in [
        (office("word/document.xml"), Content::Word),
        (office("ppt/presentation.xml"), Content::Presentation),
        (office("xl/workbook.bin"), Content::Xlsb),
        (office("xl/vbaProject.bin"), Content::Xlsm),
        (open("text"), Content::TextDocument),
        (open("presentation"), Content::Presentation),
        (named(&["Index/Document.iwa"]), Content::Numbers),
        (named(&["list.csv", "list.xlsx"]), Content::Zip),
    ] {
        for format in [
            FileFormat::Xlsx,
            FileFormat::Xls,
            FileFormat::Ods,
            FileFormat::Csv,
        ] {
            assert_eq!(told(&bytes, format), content);
        }
    }
}

#[test]
fn a_workbook_under_another_workbooks_name_is_told_its_own() {
    for format in [
        FileFormat::Csv,
        FileFormat::Txt,
        FileFormat::Xls,
        FileFormat::Ods,
    ] {
        assert_eq!(told(&xlsx(pupils), format), Content::Xlsx);
    }
    assert_eq!(told(&ods("<table:table/>"), FileFormat::Xlsx), Content::Ods);
    let problem = Problem::from(why(&xlsx(pupils), FileFormat::Xls));
    assert_eq!(problem.code, ProblemCode::FileUnreadable);
    assert_eq!(
        problem.message,
        "The file is not what its name says: it is an Excel workbook (.xlsx)."
    );
    assert_eq!(
        problem.fix,
        "Give the file a name that ends in .xlsx, and send it again."
    );
}

#[test]
fn text_under_a_workbooks_name_is_told_from_a_page_and_from_xml() {
    for (text, content) in [
        ("Forename\tSurname\n", Content::Text),
        (
            "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table>",
            Content::WebPage,
        ),
        (
            "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?><Workbook>",
            Content::SpreadsheetXml,
        ),
        ("<?xml version=\"1.0\"?><CTfile>", Content::Ctf),
    ] {
        for format in [FileFormat::Xls, FileFormat::Xlsx] {
            assert_eq!(told(text.as_bytes(), format), content);
        }
    }
    assert_eq!(refused(b" \r\n", FileFormat::Xls), ProblemCode::FileEmpty);
    let json = Problem::from(why(b"[{\"surname\": \"Example\"}]", FileFormat::Csv));
    assert_eq!(json.code, ProblemCode::HeaderNotFound);
    assert!(json.message.contains("JSON"));
}

#[test]
fn a_filter_that_hides_nobody_and_a_merged_title_do_no_harm() {
    let bytes = xlsx(|workbook| {
        let sheet = workbook.add_worksheet();
        let format = Format::new();
        sheet
            .merge_range(0, 0, 0, 3, "Year 11 leavers", &format)
            .unwrap();
        sheet.write(2, 0, "Forename").unwrap();
        sheet.write(3, 0, "Robin").unwrap();
        sheet.autofilter(2, 0, 3, 3).unwrap();
    });
    let table = read(&bytes, FileFormat::Xlsx);
    assert!(!table.has_hidden_rows());
    assert_eq!(cells(&table, 0), [(Kind::Text, "Year 11 leavers")]);
    assert_eq!(table.rows().len(), 3);
}

#[test]
fn a_sheet_that_nobody_sees_is_not_taken_for_the_list() {
    let hide =
        |name: &str, hidden: fn(&mut rust_xlsxwriter::Worksheet), workbook: &mut Workbook| {
            hidden(workbook.worksheet_from_name(name).unwrap());
        };
    let states: [fn(&mut rust_xlsxwriter::Worksheet); 2] = [
        |sheet| {
            sheet.set_hidden(true);
        },
        |sheet| {
            sheet.set_very_hidden(true);
        },
    ];
    for hidden in states {
        let only = xlsx(|workbook| {
            workbook.add_worksheet();
            pupils(workbook);
            hide("Pupils", hidden, workbook);
        });
        assert!(read(&only, FileFormat::Xlsx).has_hidden_rows());
        let second = xlsx(|workbook| {
            pupils(workbook);
            let sheet = workbook.add_worksheet();
            sheet.write(0, 0, "Last year").unwrap();
            hidden(sheet);
        });
        assert_eq!(why(&second, FileFormat::Xlsx), Unreadable::HiddenSheetToo);
    }
}

#[test]
fn a_hidden_sheet_and_a_folded_group_of_an_ods_are_seen() {
    let row = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>";
    let styles = "<style:style style:name=\"ta2\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>";
    let hidden = format!(
        "{styles}<table:table table:name=\"A\" table:style-name=\"ta2\">{row}</table:table>"
    );
    assert!(read(&ods(&hidden), FileFormat::Ods).has_hidden_rows());
    let both = format!("{hidden}<table:table table:name=\"B\">{row}</table:table>");
    assert_eq!(
        why(&ods(&both), FileFormat::Ods),
        Unreadable::HiddenSheetToo
    );
    for (display, seen) in [("false", true), ("true", false)] {
        let group = format!(
            "<table:table><table:table-row-group table:display=\"{display}\">{row}</table:table-row-group></table:table>"
        );
        assert_eq!(read(&ods(&group), FileFormat::Ods).has_hidden_rows(), seen);
    }
}

#[test]
fn formulas_are_read_by_their_saved_results() {
    let table = read(
        &by_hand(
            "<row r=\"1\"><c><f>1+1</f><v>2</v></c><c t=\"str\"><f>A1&amp;\"x\"</f><v>2x</v></c></row>\
             <row r=\"2\"><c t=\"str\"><f>\"\"</f><v></v></c><c t=\"str\"><f>\"\"</f></c><c t=\"str\"><f>\"\"</f></c><c><v>7</v></c></row>\
             <row r=\"3\"><c t=\"b\"><f>TRUE()</f><v>1</v></c><c><f>A9</f></c></row>",
        ),
        FileFormat::Xlsx,
    );
    assert_eq!(cells(&table, 0), [(Kind::Number, "2"), (Kind::Text, "2x")]);
    assert_eq!(cells(&table, 1)[3], (Kind::Number, "7"));
    assert_eq!(cells(&table, 2), [(Kind::Bool, "TRUE")]);
}

#[test]
fn a_column_of_formulas_without_results_is_refused() {
    let row = |number: u32| {
        format!("<row r=\"{number}\"><c><v>1</v></c><c><f>A{number}</f><v/></c></row>")
    };
    let rows: String = (1..=9).map(row).collect();
    let refused = why(&by_hand(&rows), FileFormat::Xlsx);
    assert_eq!(refused, Unreadable::FormulasWithoutResult { row: 3 });
    let row = "<table:table-row><table:table-cell table:formula=\"of:=[.A1]\"/></table:table-row>";
    let refused = why(
        &ods(&format!("<table:table>{}</table:table>", row.repeat(4))),
        FileFormat::Ods,
    );
    assert_eq!(refused, Unreadable::FormulasWithoutResult { row: 3 });
    let empty = "<table:table-row><table:table-cell table:formula=\"of:=&quot;&quot;\" office:value-type=\"string\" office:string-value=\"\"/></table:table-row>";
    let empty = format!("<table:table>{}</table:table>", empty.repeat(4));
    assert_eq!(refused_as_empty(&empty), ProblemCode::FileEmpty);
}

fn refused_as_empty(rows: &str) -> ProblemCode {
    refused(&ods(rows), FileFormat::Ods)
}

#[test]
fn errors_are_read_as_the_sheet_shows_them() {
    let errors =
        "<row r=\"1\"><c t=\"e\"><v>#N/A</v></c><c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row>";
    let table = read(&by_hand(errors), FileFormat::Xlsx);
    assert_eq!(
        cells(&table, 0),
        [(Kind::Text, "#N/A"), (Kind::Text, "#DIV/0!")]
    );
    let unknown = "<row r=\"4\"><c t=\"e\"><v>#SPILL!</v></c></row>";
    assert_eq!(
        why(&by_hand(unknown), FileFormat::Xlsx),
        Unreadable::UnknownError { row: 4 }
    );
}

#[test]
fn dates_are_counted_from_1904_where_the_workbook_says_so() {
    let rows = "<row r=\"1\"><c s=\"0\"><v>38960</v></c></row>";
    for (told, born) in [
        ("", "2006-08-31"),
        ("<workbookPr date1904=\"1\"/>", "2010-09-01"),
    ] {
        let mut all = parts(rows);
        for (name, xml) in &mut all {
            if *name == "xl/workbook.xml" {
                *xml = xml.replace("<sheets>", &format!("{told}<sheets>"));
            }
        }
        let styles = "<styleSheet><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
        all.push(("xl/styles.xml", styles.to_owned()));
        let table = read(&packed(&all), FileFormat::Xlsx);
        assert_eq!(cells(&table, 0), [(Kind::Date, born)], "{told}");
    }
}

#[test]
fn dates_beyond_the_calendar_are_no_dates_of_pupils() {
    for serial in ["-1", "99999999999", "1e300"] {
        let mut all = parts(&format!(
            "<row r=\"1\"><c s=\"0\"><v>{serial}</v></c></row>"
        ));
        let styles = "<styleSheet><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
        all.push(("xl/styles.xml", styles.to_owned()));
        if let Ok(table) = crate::reading::table(
            &packed(&all),
            FileFormat::Xlsx,
            &crate::reading::Limits::LISTS,
        ) {
            let text = cells(&table, 0)[0].1.to_owned();
            assert!(!text.starts_with("20"), "{text}");
        }
    }
}
