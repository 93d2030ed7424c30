use proptest::prelude::*;
use time::macros::date;

use super::*;
use crate::{
    domain::list::SchoolNamed,
    reading::{FileFormat, Limits, parse},
};

fn ask() -> ListAsk {
    ListAsk {
        file_refuses: false,
        pupil_born: date!(2007 - 09 - 01)..=date!(2013 - 08 - 31),
    }
}

fn parsed(text: &str) -> Table {
    parse::table(text.as_bytes(), FileFormat::Csv, &Limits::LISTS).unwrap()
}

fn read(kind: FileKind, text: &str) -> Result<PupilList, Problem> {
    pupils(&parsed(text), kind, &ask())
}

fn list(text: &str) -> PupilList {
    read(FileKind::ConsentList, text).unwrap()
}

fn refused(text: &str) -> Problem {
    read(FileKind::ConsentList, text).unwrap_err()
}

fn doubt_of(text: &str) -> (ProblemCode, bool) {
    let refusal = list(text).refusal.unwrap();
    (refusal.problem.code, refusal.identifies_nobody)
}

fn names(row: &ListRow) -> (&str, &str) {
    (
        row.forename.value().unwrap().reveal(),
        row.surname.value().unwrap().reveal(),
    )
}

#[test]
fn a_plain_list_reads_clean() {
    let list = list(
        "Year 11 leavers\n\nSurname,Forename,DOB,Consent,Consent date,UPN,ULN,Year group,SEN status,LAESTAB,Notes\n\
         Example,Robin,01/09/2010,Yes,11/05/2026,P860400119001,9276308686,11A,E,860/4001,x\n\
         ,,,,\n\
         Sample,Zoë,2010-10-02,No,,,,,K,,\n",
    );
    assert_eq!(list.refusal, None);
    assert!(list.warnings.is_empty());
    assert_eq!(list.columns.born.as_deref(), Some("DOB"));
    let [robin, zoe] = &list.rows[..] else {
        panic!("two rows")
    };
    assert_eq!((robin.number, zoe.number), (4, 6));
    assert_eq!(names(robin), ("Robin", "Example"));
    assert_eq!(robin.born, Cell::Read(date!(2010 - 09 - 01)));
    assert_eq!(robin.consented_on, Cell::Read(date!(2026 - 05 - 11)));
    assert_eq!(robin.answer, Answer::Yes);
    assert!(robin.upn.value().is_some() && robin.uln.value().is_some());
    assert_eq!(robin.year_group, Some(11));
    assert!(robin.ehcp);
    assert!(matches!(robin.school, Cell::Read(SchoolNamed::Number(_))));
    assert_eq!(zoe.answer, Answer::No);
    assert_eq!(zoe.consented_on, Cell::Blank);
    assert!(!zoe.ehcp);
}

#[test]
fn bad_cells_are_told_by_their_code() {
    let list = list(
        "Forename,Surname,DOB,UPN,ULN,Consent date,School\n\
         J0hn,#N/A,1/9/10,A860400119001,9.27631E+09,soon,4001\n",
    );
    let row = &list.rows[0];
    assert_eq!(row.forename.fault(), Some(ProblemCode::NameInvalid));
    assert_eq!(row.surname.fault(), Some(ProblemCode::NameInvalid));
    assert_eq!(row.born.fault(), Some(ProblemCode::DobNotADate));
    assert_eq!(row.upn.fault(), Some(ProblemCode::UpnInvalid));
    assert_eq!(row.uln.fault(), Some(ProblemCode::UlnInvalid));
    assert_eq!(
        row.consented_on.fault(),
        Some(ProblemCode::ConsentDateInvalid)
    );
    assert_eq!(row.school.fault(), Some(ProblemCode::WrongSchool));
    assert_eq!(row.answer, Answer::NoColumn);
}

#[test]
fn a_name_in_one_column_is_read_where_its_order_is_clear() {
    let list = list("Name,DOB\n\"Example, Robin\",1/9/2010\nRobin Ann Example,1/9/2010\n");
    assert_eq!(names(&list.rows[0]), ("Robin", "Example"));
    assert_eq!(
        list.rows[1].surname.fault(),
        Some(ProblemCode::NameAmbiguous)
    );
    assert_eq!(list.columns.surname.as_deref(), Some("Name"));
}

#[test]
fn legal_names_go_before_preferred_ones() {
    let list = list(
        "Preferred Forename,Legal Forename,Surname,Legal Surname,Name,DOB\n\
         Bob,Robin,Other,Example,Bob Other,1/9/2010\n",
    );
    assert_eq!(names(&list.rows[0]), ("Robin", "Example"));
    assert_eq!(list.refusal, None);
}

#[test]
fn a_header_that_is_not_there_is_not_guessed() {
    let header = refused("Robin,Example,01/09/2010\nAnn,Sample,02/09/2010\n");
    assert_eq!(header.code, ProblemCode::HeaderNotFound);
    let late = format!(
        "{}Forename,Surname,DOB\nA,B,1/9/2010\n",
        "title\n".repeat(10)
    );
    assert_eq!(refused(&late).code, ProblemCode::HeaderNotFound);
    let in_time = format!(
        "{}Forename,Surname,DOB\nA,B,1/9/2010\n",
        "title\n".repeat(9)
    );
    assert_eq!(list(&in_time).rows[0].number, 11);
}

#[test]
fn a_missing_column_is_named_with_the_headers_that_were_found() {
    let missing = refused("Forename,Surname,Born when,Consent\nRobin,Example,01/09/2010,Yes\n");
    assert_eq!(missing.code, ProblemCode::ColumnMissing);
    assert!(missing.message.contains("«Date of birth»"));
    assert!(missing.message.contains("«Born when»"));
    assert!(!missing.message.contains("Robin"));
}

#[test]
fn cells_of_a_row_that_may_be_a_pupil_are_never_echoed() {
    let form = refused("Name,Robin Example,UPN,P860400119001,Form,11B,Tutor,Ms Made-Up\n");
    assert_eq!(form.code, ProblemCode::ColumnMissing);
    assert!(form.message.contains("«Name»"));
    assert!(!form.message.contains("Robin"), "{}", form.message);
}

#[test]
fn two_columns_for_what_identifies_a_pupil_make_the_list_useless() {
    for text in [
        "Forename,Surname,Surname,DOB\nA,B,C,1/9/2010\n",
        "Forename,Surname,DOB,Date of birth\nA,B,1/9/2010,1/9/2010\n",
        "Forename,Surname,DOB,UPN,upn\nA,B,1/9/2010,,\n",
    ] {
        assert_eq!(
            doubt_of(text),
            (ProblemCode::ColumnAmbiguous, true),
            "{text}"
        );
    }
}

#[test]
fn two_consent_columns_refuse_the_list_and_a_no_in_either_is_a_no() {
    let text = "Forename,Surname,DOB,Consent,Consent,Withdrawn,Withdrawn\n\
                A,B,1/9/2010,Yes,No,,\nC,D,1/9/2010,Yes,Yes,,Yes\nE,F,1/9/2010,Yes,,,\n";
    assert_eq!(doubt_of(text), (ProblemCode::ColumnAmbiguous, false));
    let list = list(text);
    assert_eq!(list.rows[0].answer, Answer::No);
    assert_eq!(list.rows[1].answer, Answer::Yes);
    assert_eq!(list.rows[1].withdrawn, Withdrawal::Yes);
    assert_eq!(list.rows[2].answer, Answer::Unclear);
}

#[test]
fn a_column_about_some_other_consent_is_not_taken_for_none() {
    for header in [
        "Parental consent",
        "Photo consent",
        "Opted out",
        "Permission",
    ] {
        let text = format!("Forename,Surname,DOB,{header}\nA,B,1/9/2010,No\n");
        assert_eq!(doubt_of(&text), (ProblemCode::ColumnAmbiguous, false));
        let both = format!("Forename,Surname,DOB,{header},Consent\nA,B,1/9/2010,No,Yes\n");
        assert_eq!(list(&both).refusal, None);
    }
}

#[test]
fn a_list_of_refusals_is_not_read_as_a_list_of_consents() {
    let table = parsed("Forename,Surname,DOB\nA,B,1/9/2010\n");
    let refusing = ListAsk {
        file_refuses: true,
        ..ask()
    };
    let unclear =
        |table: &Table, kind, ask: &ListAsk| pupils(table, kind, ask).err().map(|p| p.code);
    for kind in [FileKind::ConsentList, FileKind::Addition] {
        assert_eq!(
            unclear(&table, kind, &refusing),
            Some(ProblemCode::KindUnclear)
        );
    }
    assert_eq!(unclear(&table, FileKind::Withdrawal, &refusing), None);
    let told = parsed("Forename,Surname,DOB,Consent\nA,B,1/9/2010,No\n");
    assert_eq!(unclear(&told, FileKind::ConsentList, &refusing), None);
    let titled = parsed("Pupils who did not consent\nForename,Surname,DOB\nA,B,1/9/2010\n");
    assert_eq!(
        unclear(&titled, FileKind::ConsentList, &ask()),
        Some(ProblemCode::KindUnclear)
    );
}

#[test]
fn one_date_that_only_reads_month_first_refuses_the_list() {
    let born = "Forename,Surname,DOB\nA,B,03/04/2010\nC,D,08/31/2009\n";
    assert_eq!(doubt_of(born), (ProblemCode::DatesMonthFirst, true));
    let signed = "Forename,Surname,DOB,Consent date\nA,B,1/9/2010,05/13/2026\n";
    assert_eq!(doubt_of(signed), (ProblemCode::DatesMonthFirst, false));
    let withdrawn = "Forename,Surname,DOB,Withdrawn\nA,B,1/9/2010,05/13/2026\n";
    assert_eq!(doubt_of(withdrawn), (ProblemCode::DatesMonthFirst, false));
    assert_eq!(list(withdrawn).rows[0].withdrawn, Withdrawal::Yes);
}

#[test]
fn bare_numbers_are_dates_only_as_a_whole_column_of_pupils() {
    let whole = list("Forename,Surname,DOB\nA,B,40422\nC,D,40786.0\n");
    assert_eq!(whole.rows[0].born, Cell::Read(date!(2010 - 09 - 01)));
    assert_eq!(whole.rows[1].born, Cell::Read(date!(2011 - 08 - 31)));
    for text in [
        "Forename,Surname,DOB\nA,B,40422\nC,D,01/09/2010\n",
        "Forename,Surname,DOB\nA,B,40422\nC,D,38960\n",
        "Forename,Surname,DOB\nA,B,40422\nC,D,x\n",
    ] {
        let row = &list(text).rows[0];
        assert_eq!(row.born.fault(), Some(ProblemCode::DobNotADate), "{text}");
    }
}

#[test]
fn a_withdrawn_column_tells_a_day_or_a_yes() {
    let list = list(
        "Forename,Surname,DOB,Withdrawn\nA,B,1/9/2010,12/05/2026\nC,D,1/9/2010,yes\n\
         E,F,1/9/2010,No\nG,H,1/9/2010,\nI,J,1/9/2010,46154\n",
    );
    let said: Vec<Withdrawal> = list.rows.iter().map(|row| row.withdrawn).collect();
    assert_eq!(
        said,
        [
            Withdrawal::On(date!(2026 - 05 - 12)),
            Withdrawal::Yes,
            Withdrawal::No,
            Withdrawal::No,
            Withdrawal::Yes,
        ]
    );
}

#[test]
fn a_withdrawal_needs_a_name_and_a_birthday_or_a_number_and_one_of_them() {
    for header in [
        "Forename,Surname,DOB",
        "Name,DOB",
        "UPN,DOB",
        "ULN,Surname",
        "UPN,Name",
    ] {
        let read = read(FileKind::Withdrawal, &format!("{header}\nx,y\n"));
        assert!(read.is_ok(), "{header}");
    }
    for header in ["Forename,Surname", "UPN,ULN", "UPN,Forename"] {
        let problem = read(FileKind::Withdrawal, &format!("{header}\nx,y\n")).unwrap_err();
        assert_eq!(problem.code, ProblemCode::ColumnMissing, "{header}");
    }
}

#[test]
fn a_comma_within_a_name_does_not_move_the_cells_behind_it() {
    let problem = refused("Surname,Forename,DOB\nExample,Robin,1/9/2010\nSmith, Jr,Ann,1/9/2010\n");
    assert_eq!(problem.code, ProblemCode::FileUnreadable);
    assert!(problem.message.contains("Row 3"));
    assert_eq!(problem.row, None);
    let blank = "Surname,Forename,DOB\nExample,Robin,1/9/2010,,,\n";
    assert_eq!(list(blank).rows.len(), 1);
    let noted = "Surname,Forename,DOB,\nExample,Robin,1/9/2010,a note\n";
    assert_eq!(list(noted).rows.len(), 1);
}

#[test]
fn an_assumed_encoding_is_a_warning() {
    let bytes = b"Forename,Surname,DOB\nZo\xeb,Example,01/09/2010\n";
    let table = parse::table(bytes, FileFormat::Csv, &Limits::LISTS).unwrap();
    let list = pupils(&table, FileKind::ConsentList, &ask()).unwrap();
    assert_eq!(list.warnings[0].code, ProblemCode::EncodingAssumed);
    assert_eq!(names(&list.rows[0]).0, "Zoë");
}

#[test]
fn a_header_without_rows_is_a_list_without_rows() {
    assert!(list("Forename,Surname,DOB\n").rows.is_empty());
}

#[test]
fn nothing_personal_is_printed() {
    let list = list("Forename,Surname,DOB,UPN\nRobin,Example,01/09/2010,P860400119001\n");
    let printed = format!("{:?}", list.rows[0]);
    for personal in ["Robin", "Example", "P8604"] {
        assert!(!printed.contains(personal), "{printed}");
    }
}

proptest! {
    #[test]
    fn no_table_makes_it_panic(
        rows in proptest::collection::vec(
            proptest::collection::vec("[ -~ëÃ\u{200b}✓]{0,12}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}|[0-9]{5}", 0..8),
            0..8,
        ),
        header in 0_usize..4,
    ) {
        let headers = [
            "Forename,Surname,DOB,UPN,ULN,Consent,Consent date,Withdrawn",
            "Name,DOB,School,EHCP,Year group,Photo consent,SEN status,Date",
            "UPN,Surname,Surname,Consent,Consent,Withdrawn,Withdrawn,DOB",
            "",
        ];
        let lines: Vec<String> = rows.iter().map(|cells| {
            cells.iter().map(|c| format!("\"{}\"", c.replace('"', ""))).collect::<Vec<_>>().join(",")
        }).collect();
        let text = format!("{}\n{}", headers[header], lines.join("\n"));
        let Ok(table) = parse::table(text.as_bytes(), FileFormat::Csv, &Limits::LISTS) else {
            return Ok(());
        };
        for kind in [FileKind::ConsentList, FileKind::Addition, FileKind::Withdrawal] {
            let _ = pupils(&table, kind, &ask());
        }
    }

    #[test]
    fn nothing_but_a_yes_word_is_a_yes(cell in "\\PC{0,12}") {
        let quoted = cell.replace('"', "\"\"");
        let text = format!("Forename,Surname,DOB,Consent\nA,B,1/9/2010,\"{quoted}\"\n");
        let yes_words = ["yes", "y", "1", "true", "✓", "✔", "☑", "consented", "consent given", "granted", "given", "agreed"];
        let consented = list(&text).rows[0].answer == Answer::Yes;
        let bare = cells::unwrapped(crate::reading::table::trim(&cell)).trim_end_matches('\u{fe0f}').to_ascii_lowercase();
        prop_assert_eq!(consented, yes_words.contains(&bare.as_str()));
    }
}
