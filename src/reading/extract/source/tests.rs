use std::io::Cursor;

use time::macros::date;

use super::*;
use crate::{
    domain::destination::{ActivityCode, CohortStatus},
    reading::extract::{ExtractField, Overrides, survey},
};

const HEADER: &str = "YoungPersonsID,CohortStatus,GivenName,FamilyName,DOB,Ethnicity,UniqueLearnerNo,\
UniquePupilNumber,SENDFlag,ActivityCode,StartDate,DateVerified,DueToLapseDate,CurrencyLapsed,\
EstablishmentName,PeriodEnd,Year 11 school";

const ROBIN: &str = "8600000000001,P,Robin,Example,2010-09-01 00:00:00,ABCD,9276308686,P860400119001,N,210,\
01/09/2026,2026-10-02,44620,N,Made-up Sixth Form,46356,860/4001";

fn extract(bytes: &[u8]) -> Result<(Survey, Vec<Found>), ExtractFault> {
    let found = survey(Cursor::new(bytes), FileFormat::Csv, &Overrides::new())?;
    let reader = open(Box::new(Cursor::new(bytes.to_vec())), &found)?;
    Ok((found, reader.collect()))
}

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xff, 0xfe].into_iter().chain(units).collect()
}

#[test]
fn a_record_holds_the_allowed_columns_and_nothing_else() {
    let (survey, records) = extract(format!("{HEADER}\n{ROBIN}\n").as_bytes()).unwrap();
    assert_eq!(survey.rows, 1);
    assert_eq!(survey.exported_on, Some(date!(2026 - 11 - 30)));
    assert!(survey.tells_school() && survey.tells_client());
    let record = records[0].as_ref().unwrap();
    assert_eq!(record.client.as_deref(), Some("8600000000001"));
    assert_eq!(record.forename.reveal(), "Robin");
    assert_eq!(record.born, date!(2010 - 09 - 01));
    assert_eq!(record.activity, Some(ActivityCode(210)));
    assert_eq!(record.provider.as_deref(), Some("Made-up Sixth Form"));
    assert_eq!(record.started, Some(date!(2026 - 09 - 01)));
    assert_eq!(record.confirmed, Some(date!(2026 - 10 - 02)));
    assert_eq!(record.lapses, Some(date!(2022 - 02 - 28)));
    assert_eq!(record.status, CohortStatus::Open);
    assert!(record.upn.is_some() && record.uln.is_some());
    assert!(record.year11_school.is_some());
    assert!(!record.lapsed && !record.send);
}

#[test]
fn every_encoding_gives_the_same_records() {
    let text = format!("{HEADER}\r\n{ROBIN}\r\n").replace("Robin", "Zoë");
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let windows = text.replace('ë', "?").into_bytes();
    let windows: Vec<u8> = windows
        .iter()
        .map(|b| if *b == b'?' { 0xeb } else { *b })
        .collect();
    for (bytes, encoding) in [
        (text.as_bytes(), Encoding::Utf8),
        (&marked, Encoding::Utf8),
        (&windows, Encoding::Windows1252),
        (&utf16(&text.replace(',', "\t")), Encoding::Utf16Le),
    ] {
        let (survey, records) = extract(bytes).unwrap();
        assert_eq!(survey.encoding, encoding);
        assert_eq!(records[0].as_ref().unwrap().forename.reveal(), "Zoë");
    }
}

#[test]
fn bytes_of_no_encoding_refuse_the_extract() {
    let text = format!("{HEADER}\n{ROBIN}\n");
    for bytes in [&b"\xeb\x81"[..], b"\0", b"\xeb\x9d\n"] {
        let bytes = [text.as_bytes(), bytes].concat();
        assert_eq!(extract(&bytes).err(), Some(ExtractFault::Encoding));
    }
    let marked = [b"\xef\xbb\xbf", text.as_bytes(), b"\xeb\n"].concat();
    assert_eq!(extract(&marked).err(), Some(ExtractFault::Encoding));
    let cut = utf16(&text);
    assert_eq!(
        extract(&cut[..cut.len() - 1]).err(),
        Some(ExtractFault::Encoding)
    );
}

#[test]
fn a_character_on_the_border_of_two_reads_is_whole() {
    struct Dribble(Cursor<Vec<u8>>);
    impl Read for Dribble {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = buffer.len().min(1);
            self.0.read(&mut buffer[..count])
        }
    }
    let text = format!("{HEADER}\n{}\n", ROBIN.replace("Robin", "Zoë🙂ł"));
    let bytes = text.into_bytes();
    let found = survey(
        Dribble(Cursor::new(bytes.clone())),
        FileFormat::Csv,
        &Overrides::new(),
    );
    assert_eq!(found.as_ref().unwrap().encoding, Encoding::Utf8);
    let utf16 = utf16(&String::from_utf8(bytes).unwrap());
    let found = survey(
        Dribble(Cursor::new(utf16.clone())),
        FileFormat::Csv,
        &Overrides::new(),
    );
    let records = open(Box::new(Dribble(Cursor::new(utf16))), &found.unwrap()).unwrap();
    assert_eq!(records.count(), 1);
}

#[test]
fn rows_that_give_no_record_are_told_by_line_and_column() {
    let text = format!(
        "A title\n\n{HEADER}\n{ROBIN}\n{}\n,,,\n{}\n",
        ROBIN.replace("Robin", "R0bin"),
        ROBIN.replace("2010-09-01 00:00:00", "")
    );
    let (survey, records) = extract(text.as_bytes()).unwrap();
    assert_eq!(survey.rows, 3);
    assert_eq!(records.len(), 3);
    let fault = |at: usize| records[at].clone().err();
    assert_eq!(fault(0), None);
    let unreadable = |line, field| Some(RowFault::Unreadable { line, field });
    assert_eq!(fault(1), unreadable(5, ExtractField::Forename));
    assert_eq!(fault(2), unreadable(7, ExtractField::Born));
}

#[test]
fn a_date_that_only_reads_month_first_refuses_the_extract() {
    let text = format!(
        "{HEADER}\n{ROBIN}\n{}\n",
        ROBIN.replace("01/09/2026", "09/30/2026")
    );
    let fault = ExtractFault::MonthFirst {
        line: 3,
        field: ExtractField::Started,
    };
    assert_eq!(extract(text.as_bytes()).err(), Some(fault));
}

#[test]
fn an_extract_without_its_columns_is_refused() {
    assert_eq!(extract(b"").err(), Some(ExtractFault::Empty));
    assert_eq!(
        extract(b"a,b\n1,2\n").err(),
        Some(ExtractFault::HeaderNotFound)
    );
    let fault = extract(b"Forename,Surname,DOB\nA,B,1/9/2010\n").err();
    assert_eq!(
        fault,
        Some(ExtractFault::ColumnMissing(ExtractField::Activity))
    );
}

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_fill_the_memory() {
    struct Endless;
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'x');
            Ok(buffer.len())
        }
    }
    let head = Cursor::new(format!("{HEADER}\n\"").into_bytes());
    let fault = survey(head.chain(Endless), FileFormat::Csv, &Overrides::new()).err();
    assert_eq!(fault, Some(ExtractFault::RecordTooLong { line: 1 }));
}

#[test]
fn an_employer_of_its_own_tells_of_employment_only() {
    let header = "Forename,Surname,DOB,Activity code,Provider,Employer";
    let row = "Robin,Example,2010-09-01,CODE,Made-up College,Made-up Bakery";
    for (code, told) in [("310", "Made-up Bakery"), ("230", "Made-up College")] {
        let text = format!("{header}\n{}\n", row.replace("CODE", code));
        let (_, records) = extract(text.as_bytes()).unwrap();
        assert_eq!(records[0].as_ref().unwrap().provider.as_deref(), Some(told));
    }
}

#[test]
fn a_workbook_gives_the_same_records() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in ["Forename", "Surname", "DOB", "ActivityCode", "PeriodEnd"]
        .iter()
        .enumerate()
    {
        sheet
            .write(0, u16::try_from(column).unwrap(), *header)
            .unwrap();
    }
    sheet.write(1, 0, "Robin").unwrap();
    sheet.write(1, 1, "Example").unwrap();
    sheet.write(1, 2, 40422).unwrap();
    sheet.write(1, 3, 210).unwrap();
    sheet.write(1, 4, "2026-11-30").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let found = survey(Cursor::new(&bytes), FileFormat::Xlsx, &Overrides::new()).unwrap();
    assert_eq!(found.exported_on, Some(date!(2026 - 11 - 30)));
    let records: Vec<Found> = open(Box::new(Cursor::new(bytes)), &found)
        .unwrap()
        .collect();
    let record = records[0].as_ref().unwrap();
    assert_eq!(record.born, date!(2010 - 09 - 01));
    assert_eq!(record.activity, Some(ActivityCode(210)));
    assert_eq!(records.len(), 1);
}

#[test]
fn records_and_faults_print_nothing_personal() {
    let (_, records) = extract(format!("{HEADER}\n{ROBIN}\n").as_bytes()).unwrap();
    assert_eq!(format!("{:?}", records[0]), "Ok(DestinationRecord(…))");
}
