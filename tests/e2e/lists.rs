//! Consent lists as schools really write them, each taken (spec 3).

use std::{
    fmt::Write as _,
    io::{Cursor, Read as _, Write as _},
};

use serde_json::Value;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    pupils::{
        CONSENTED, LIST_HEADER, Pupil, british, list, list_of, list_row, list_saying, names_only,
        pupil, pupils, record, records,
    },
    world::{SCHOOL, World},
};

#[test]
fn a_clean_list_is_accepted_and_counted() {
    let world = World::new();
    let text = list(&pupils(0..3));
    let receipt = world.send("leavers.csv", &text);
    receipt.is("accepted", &[]).counts(&[
        ("rows", 3),
        ("consented", 3),
        ("not_consented", 0),
        ("withdrawn", 0),
        ("rejected", 0),
        ("new", 3),
        ("renewed", 0),
        ("lapsed", 0),
    ]);
    assert_eq!(receipt.id(), "S000001");
    assert_eq!(receipt.kind(), "consent-list");
    assert_eq!(receipt.json["by"], Value::Null, "a folder tells no person");
    assert_eq!(receipt.json["file"]["name"], "leavers.csv");
    assert_eq!(receipt.json["file"]["bytes"], text.len());
    assert_eq!(receipt.word("at"), "2026-11-21T10:00:00Z");
    assert!(
        world
            .box_of(SCHOOL)
            .join("inbox")
            .read_dir()
            .unwrap()
            .next()
            .is_none(),
        "run --once removes what it took"
    );
}

#[test]
fn the_same_pupils_again_are_renewed() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    let receipt = world.send("leavers.csv", list(&pupils(0..5)));
    receipt
        .is("accepted", &[])
        .counts(&[("new", 2), ("renewed", 3), ("lapsed", 0)]);
}

/// Writes one list in many ways; every one of them must be read as two consenting pupils.
#[test]
fn separators_encodings_titles_and_extra_columns_are_all_read() {
    let plain = list(&pupils(0..2));
    let utf16 = |text: &str| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let titled = format!("Made-up leavers,,,,,\nSummer 2026,,,,,\n\n{plain}");
    let shuffled = "Form,Consent,D.O.B.,legal_surname,Consent Date,First Name,Shoe size\n\
        11A,y,01/12/2009,Bramblesnap,11/05/2026,Ambrosine,5\n\
        11B,TRUE,02/12/2009,Bramblesnap,11/05/2026,Barnabee,6\n";
    let cases: [(&str, Vec<u8>); 11] = [
        ("plain.csv", plain.clone().into()),
        ("crlf.csv", plain.replace('\n', "\r\n").into()),
        ("bom.csv", format!("\u{feff}{plain}").into()),
        ("tabs.tsv", plain.replace(',', "\t").into()),
        ("tabs.txt", utf16(&plain.replace(',', "\t"))),
        ("semicolons.csv", plain.replace(',', ";").into()),
        ("bars.csv", plain.replace(',', "|").into()),
        ("titled.csv", titled.into()),
        ("blank rows.csv", plain.replace('\n', "\n,,,,,\n\n").into()),
        ("shuffled.csv", shuffled.into()),
        ("no newline.CSV", plain.trim_end().to_owned().into()),
    ];
    let world = World::bare();
    for (i, (name, bytes)) in cases.iter().enumerate() {
        let school = (8_604_001 + i).to_string();
        world.write_school(&school);
        world.drop_file(&school, name, bytes);
    }
    world.once();
    for (i, (name, _)) in cases.iter().enumerate() {
        let receipts = world.submissions(&(8_604_001 + i).to_string());
        let [receipt] = receipts.as_slice() else {
            panic!("{name} has {} receipts", receipts.len())
        };
        assert_eq!(receipt.outcome(), "accepted", "{name}: {}", receipt.text);
        assert_eq!(receipt.codes(), Vec::<String>::new(), "{name}");
        assert_eq!(receipt.count("consented"), 2, "{name}");
    }
}

#[test]
fn windows_1252_is_read_with_a_warning_and_the_name_comes_back_right() {
    let world = World::new();
    let text = format!("{LIST_HEADER}\nZo\u{eb},Umberdell,03/02/2010,,Yes,11/05/2026\n");
    let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap());
    let receipt = world.send("leavers.csv", bytes.collect::<Vec<_>>());
    receipt.is("accepted", &["encoding-assumed"]);
    let zoe = crate::pupils::Record {
        forename: "Zoe".into(),
        born: "2010-02-03".into(),
        upn: String::new(),
        ..record(&pupil(180))
    };
    world.extract(&[zoe]);
    world.release();
    assert_eq!(world.shared()[0].forename, "Zoë");
}

#[test]
fn one_name_column_is_read_where_it_is_clear_and_refused_where_not() {
    let world = World::new();
    let text = "Pupil name,DOB,Consent,Date signed\n\
        \"Bramblesnap, Ambrosine\",01/12/2009,Yes,11/05/2026\n\
        Barnabee Bramblesnap,02/12/2009,Yes,11/05/2026\n\
        Clementyne van Bramblesnap,03/12/2009,Yes,11/05/2026\n";
    let receipt = world.send("leavers.csv", text);
    receipt.is("accepted-with-errors", &["name-ambiguous"]);
    assert_eq!(receipt.problems()[0].0, Some(4));
    world.extract(&records(&pupils(0..3)));
    world.release();
    let shared = crate::opened::names(&world.shared());
    assert_eq!(shared.len(), 2);
    assert!(shared.contains(&pupil(0).full_name()) && shared.contains(&pupil(1).full_name()));
}

#[test]
fn every_form_of_date_is_the_same_day() {
    let world = World::new();
    let forms = [
        "01/12/2009",
        "2009-12-02",
        "20091203",
        "04-Dec-2009",
        "05.12.2009",
        "06/12/2009 00:00",
        "2009-12-07T00:00:00",
        "2009-12-08 00:00:00",
    ];
    let rows = forms.iter().enumerate().map(|(i, form)| {
        let p = pupil(i);
        format!("{},{},{form},Yes,11/05/2026\n", p.forename, p.surname)
    });
    let text = format!(
        "Forename,Surname,DOB,Consent,Consent date\n{}",
        rows.collect::<String>()
    );
    world.send("leavers.csv", text).is("accepted", &[]);
    world.extract(&records(&pupils(0..8)));
    world.release().counts(&[("shared", 8)]);
    for row in world.shared() {
        let at = crate::pupils::FORENAMES
            .iter()
            .position(|f| *f == row.forename);
        assert_eq!(row.born, pupil(at.unwrap()).born);
    }
}

#[test]
fn a_column_of_excel_serials_is_read_but_a_lone_serial_is_not() {
    let world = World::new();
    let header = "Forename,Surname,DOB,Consent,Consent date\n";
    // 40148 is 1 December 2009.
    let serials = format!(
        "{header}Ambrosine,Bramblesnap,40148,Yes,11/05/2026\n\
         Barnabee,Bramblesnap,40149,Yes,11/05/2026\n"
    );
    world.send("leavers.csv", serials).is("accepted", &[]);
    world.extract(&records(&pupils(0..2)));
    world.release().counts(&[("shared", 2)]);

    let mixed = format!(
        "{header}Ambrosine,Bramblesnap,01/12/2009,Yes,11/05/2026\n\
         Barnabee,Bramblesnap,40149,Yes,11/05/2026\n"
    );
    let receipt = world.send("leavers.csv", mixed);
    assert_eq!(receipt.problems(), [(Some(3), "dob-not-a-date".to_owned())]);
}

#[test]
fn yes_words_consent_and_nothing_else_does() {
    let vectors: Value =
        serde_json::from_str(include_str!("../vectors/domain_vectors.json")).unwrap();
    let words = |kind: &str| -> Vec<String> {
        let words = vectors["consent_values"][kind].as_array().unwrap();
        words
            .iter()
            .map(|w| w.as_str().unwrap().to_owned())
            .collect()
    };
    let mut yes = words("yes");
    yes.push("agreed".to_owned());
    let other = [words("no"), words("reject_or_hold")].concat();
    let answers = yes.iter().chain(&other).enumerate();
    let rows = answers.map(|(i, answer)| {
        let p = pupil(i);
        let answer = answer.replace('"', "\"\"");
        let born = p.british_birthday();
        format!(
            "{},{},{born},\"{answer}\",11/05/2026\n",
            p.forename, p.surname
        )
    });
    let text = format!(
        "Forename,Surname,DOB,Consent,Consent date\n{}",
        rows.collect::<String>()
    );
    let world = World::new();
    world.send("leavers.csv", text).counts(&[
        ("consented", yes.len() as u64),
        ("not_consented", other.len() as u64),
        ("rejected", 0),
    ]);
    world.extract(&records(&pupils(0..yes.len() + other.len())));
    world.release();
    let mut shared = crate::opened::names(&world.shared());
    shared.sort();
    let mut consented = (0..yes.len())
        .map(|i| pupil(i).full_name())
        .collect::<Vec<_>>();
    consented.sort();
    assert_eq!(shared, consented);
}

#[test]
fn a_list_without_a_consent_column_says_that_all_in_it_consented() {
    let world = World::new();
    let receipt = world.send("leavers.csv", names_only(&pupils(0..3)));
    assert_eq!(receipt.outcome(), "accepted");
    assert!(receipt.has("consent-date-assumed"), "{}", receipt.text);
    receipt.counts(&[("consented", 3)]);
}

#[test]
fn the_same_pupil_twice_is_one_pupil() {
    let world = World::new();
    let p = pupil(0);
    let twice = list(&[p.clone(), pupil(1), p]);
    let receipt = world.send("leavers.csv", twice);
    receipt.is("accepted", &["duplicate-merged"]);
    receipt.counts(&[("rows", 3), ("new", 2)]);
    world.extract(&records(&pupils(0..2)));
    world.release().counts(&[("shared", 2)]);
}

#[test]
fn the_same_pupil_with_yes_and_no_is_a_no() {
    let world = World::new();
    let (p, q) = (pupil(0), pupil(1));
    let pair = [p.clone(), q, p];
    let text = list_saying(&pair, |i| if i == 2 { "No" } else { "Yes" });
    let receipt = world.send("leavers.csv", text);
    assert_eq!(receipt.codes(), ["duplicate-conflict"]);
    world.extract(&records(&pupils(0..2)));
    world.release().counts(&[("shared", 1)]);
    assert_eq!(
        crate::opened::names(&world.shared()),
        [pupil(1).full_name()]
    );
}

#[test]
fn rows_are_numbered_as_the_spreadsheet_shows_them() {
    let world = World::new();
    let mut text = format!("Made-up leavers,,,,,\n,,,,,\n\n{LIST_HEADER}\n");
    for (i, p) in pupils(0..12).iter().enumerate() {
        let mut row = list_row(p, "Yes", CONSENTED);
        if i == 5 {
            row = row.replace(&p.british_birthday(), "soon");
        }
        text.push_str(&row);
        text.push_str(if i == 2 { ",,,,,\n" } else { "" });
    }
    // Title 1, blanks 2 and 3, header 4, pupils 5 to 7, a blank 8: the sixth pupil stands on 11.
    let receipt = world.send("leavers.csv", text);
    assert_eq!(
        receipt.problems(),
        [(Some(11), "dob-not-a-date".to_owned())]
    );
    assert_eq!(receipt.json["problems"][0]["column"], "Date of birth");
    assert!(receipt.text.contains("11"), "{}", receipt.text);
}

#[test]
fn a_line_break_inside_quotes_does_not_shift_the_numbers() {
    let world = World::new();
    let mut text = "Forename,Surname,Date of birth,Consent,Consent date,Notes\n".to_owned();
    for (i, p) in pupils(0..11).iter().enumerate() {
        let born = if i == 10 {
            "soon".to_owned()
        } else {
            p.british_birthday()
        };
        let (a, b) = (&p.forename, &p.surname);
        writeln!(text, "{a},{b},{born},Yes,11/05/2026,\"two\nlines\"").unwrap();
    }
    let receipt = world.send("leavers.csv", text);
    assert_eq!(
        receipt.problems(),
        [(Some(12), "dob-not-a-date".to_owned())]
    );
}

#[test]
fn a_temporary_upn_is_kept_and_never_contradicts() {
    let world = World::new();
    let p = pupil(0);
    let text = list_of(&p).replace(&p.upn, "A86040012001A");
    world.send("leavers.csv", text).is("accepted", &[]);
    world.extract(&[record(&p)]);
    world.release().counts(&[("shared", 1)]);
}

#[test]
fn a_upn_in_lower_case_with_spaces_is_that_upn() {
    let world = World::new();
    let p = pupil(0);
    let spaced = format!(" {} {} ", &p.upn[..4].to_lowercase(), &p.upn[4..]);
    let text = list_of(&p).replace(&p.upn, &spaced);
    world.send("leavers.csv", text).is("accepted", &[]);
}

#[test]
fn an_unlikely_year_group_is_a_warning() {
    let world = World::new();
    let p = pupil(0);
    let (born, signed) = (p.british_birthday(), british(CONSENTED));
    let header = "Forename,Surname,DOB,Consent,Consent date,Year group";
    let text = format!(
        "{header}\n{},{},{born},Yes,{signed},Year 7\n",
        p.forename, p.surname
    );
    world
        .send("leavers.csv", text)
        .is("accepted", &["year-group-unlikely"])
        .counts(&[("consented", 1)]);
}

#[test]
fn the_templates_in_the_box_read_clean() {
    let world = World::new();
    world.once();
    let folder = world.box_of(SCHOOL);
    let template = std::fs::read_to_string(folder.join("consent-list-template.csv")).unwrap();
    let header = template.trim_start_matches('\u{feff}').trim_end();
    let titles = "Forename,Surname,Date of birth,UPN,ULN,Consent,Consent date";
    assert_eq!(header, titles);
    let row = |p: &Pupil| {
        let [forename, surname, upn] = [&p.forename, &p.surname, &p.upn].map(String::clone);
        let (born, signed) = (p.british_birthday(), british(CONSENTED));
        let yes = "Yes".to_owned();
        [forename, surname, born, upn, String::new(), yes, signed]
    };
    world
        .send(
            "leavers.csv",
            format!("{template}{}\r\n", row(&pupil(0)).join(",")),
        )
        .is("accepted", &[])
        .counts(&[("consented", 1), ("new", 1)]);

    let workbook = std::fs::read(folder.join("consent-list-template.xlsx")).unwrap();
    let both = [row(&pupil(0)), row(&pupil(1))];
    world
        .send("leavers.xlsx", filled(&workbook, &both))
        .is("accepted", &[])
        .counts(&[("consented", 2), ("new", 1)]);
    let unfilled = world.send("leavers.xlsx", workbook);
    assert_eq!(unfilled.outcome(), "rejected");
    unfilled.counts(&[("lapsed", 0)]);
}

/// A workbook with rows below the header of its first sheet, as a spreadsheet saves it.
fn filled(workbook: &[u8], rows: &[[String; 7]]) -> Vec<u8> {
    let mut parts = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..parts.len() {
        let mut part = parts.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let end = "</sheetData>";
            text = text.replace(end, &(sheet_rows(rows) + end));
        }
        let options = SimpleFileOptions::default();
        writer.start_file(name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn sheet_rows(rows: &[[String; 7]]) -> String {
    let mut text = String::new();
    for (number, row) in (2..).zip(rows) {
        write!(text, "<row r=\"{number}\">").unwrap();
        for (cell, column) in row.iter().zip('A'..) {
            let inline = format!("t=\"inlineStr\"><is><t>{cell}</t></is></c>");
            write!(text, "<c r=\"{column}{number}\" {inline}").unwrap();
        }
        text.push_str("</row>");
    }
    text
}
