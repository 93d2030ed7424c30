//! Text with separators, under each of its names: the table keeps its limits, and written anew it reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pillarbox::reading::{Contents, Limits, Table, contents};
use pillarbox_fuzz::{SMALL, assert_table, cells};

fuzz_target!(|data: &[u8]| {
    for name in ["list.csv", "add list.tsv", "withdrawn.txt"] {
        for limits in [SMALL, Limits::LISTS] {
            let Ok(read) = contents(name, data, &limits) else {
                continue;
            };
            let Contents::Rows(table) = read else {
                panic!("{name} is a list");
            };
            assert_table(&table, &limits);
            assert!(table.is_delimited() && table.sheet().is_empty() && !table.has_hidden_rows());
            let utf8 = std::str::from_utf8(data).is_ok();
            let marked = data.starts_with(b"\xff\xfe") || data.starts_with(b"\xfe\xff");
            assert_eq!(table.is_encoding_assumed(), !utf8 && !marked);
            reads_the_same_again(&table, &limits);
        }
    }
});

fn reads_the_same_again(table: &Table, limits: &Limits) {
    let mut text = "sep=;\n".to_owned();
    for row in cells(table) {
        let quoted = row
            .iter()
            .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        text.push_str(&(quoted.collect::<Vec<_>>().join(";") + "\r\n"));
    }
    let again = match contents("list.csv", text.as_bytes(), limits) {
        Ok(Contents::Rows(again)) => again,
        other => panic!("our own text is a list: {other:?}"),
    };
    assert!(cells(&again) == cells(table));
}
