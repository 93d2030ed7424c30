use tempfile::{TempDir, tempdir};
use time::macros::date;

use crate::{
    config::Schools,
    domain::school::{Agreement, AgreementStanding, Format},
};

use super::*;

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB6FYVQNSzoAYHjLcHMOdL6/BTDvSBKRmmfGRvBzNpme";

fn person(name: &str, keys: &[&str]) -> Person {
    Person {
        name: name.to_owned(),
        keys: keys.iter().map(|&key| key.to_owned()).collect(),
        age: None,
        rights: vec![Right::Upload, Right::Collect],
        authorised_by: Some("Headteacher".to_owned()),
        authorised_on: Some(date!(2026 - 09 - 14)),
        until: Some(date!(2028 - 07 - 31)),
    }
}

fn school() -> School {
    School {
        id: "8604001".parse().unwrap(),
        name: "Cannock \"Vale\" High School".to_owned(),
        urn: Some("124001".parse().unwrap()),
        formats: vec![Format::Csv, Format::Xlsx],
        agreement: Agreement {
            signed: Some(date!(2026 - 09 - 14)),
            ..Agreement::default()
        },
        suspended: false,
        persons: vec![person("Alex Example", &[KEY])],
        contacts: vec![Contact {
            name: "Sam Example".to_owned(),
            role: Some("Careers leader".to_owned()),
            email: None,
            telephone: Some("01234 567890".to_owned()),
        }],
    }
}

fn written() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = write_school(folder.path(), &school()).unwrap();
    (folder, path)
}

fn read_back(folder: &TempDir) -> School {
    let (schools, complaints) = Schools::load(folder.path());
    assert_eq!(complaints, []);
    let school = schools.iter().next().unwrap();
    School::clone(school)
}

#[test]
fn a_school_is_read_back_as_it_was_written() {
    let (folder, path) = written();
    assert!(path.ends_with("8604001.toml"));
    assert_eq!(read_back(&folder), school());
}

#[test]
fn a_school_is_never_written_over() {
    let (folder, _) = written();
    let error = write_school(folder.path(), &school()).unwrap_err();
    assert!(matches!(error, EditError::Exists { .. }));
}

#[test]
fn a_change_keeps_what_people_wrote() {
    let (folder, path) = written();
    let text = fs::read_to_string(&path).unwrap();
    let text = text
        .replace("signed = 2026-09-14", "signed = 2026-09-14 # by post")
        .replace(
            "[[person]]",
            "# The head wrote on 14 September.\n[[person]]",
        );
    fs::write(&path, text).unwrap();
    set_signed(&path, date!(2026 - 09 - 15)).unwrap();
    set_terminated(&path, date!(2027 - 07 - 31)).unwrap();
    set_suspended(&path, true).unwrap();
    add_person(&path, &person("Kim Example", &[])).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("signed = 2026-09-15 # by post"), "{text}");
    assert!(text.contains("# The head wrote on 14 September."));
    let school = read_back(&folder);
    assert_eq!(school.agreement.terminated, Some(date!(2027 - 07 - 31)));
    assert!(school.suspended);
    assert_eq!(school.persons.len(), 2);
    assert_eq!(school.contacts.len(), 1);
    set_suspended(&path, false).unwrap();
    let standing = read_back(&folder).standing(date!(2026 - 10 - 01));
    assert_eq!(standing, AgreementStanding::InForce);
}

#[test]
fn a_change_that_would_break_the_file_is_refused_and_nothing_is_written() {
    let (_folder, path) = written();
    let before = fs::read_to_string(&path).unwrap();
    let twice = add_person(&path, &person("Kim Example", &[KEY])).unwrap_err();
    assert!(twice.to_string().contains("this key is there twice"));
    let early = set_terminated(&path, date!(2026 - 09 - 01)).unwrap_err();
    assert!(matches!(early, EditError::Refused(_)));
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_wrong_already_is_for_people_to_mend() {
    let (_folder, path) = written();
    fs::write(&path, "id = \"8604001\"\n").unwrap();
    let error = set_suspended(&path, true).unwrap_err();
    assert!(matches!(error, EditError::Broken(_)));
    let error = set_suspended(&path.with_file_name("8604002.toml"), true).unwrap_err();
    assert!(matches!(error, EditError::Missing { .. }));
}

#[test]
fn an_agreement_written_in_one_line_can_be_changed_too() {
    let (folder, path) = written();
    let text = "id = \"8604001\"\nname = \"Made-up\"\nagreement = { signed = 2026-09-14 }\n";
    fs::write(&path, text).unwrap();
    set_terminated(&path, date!(2027 - 07 - 31)).unwrap();
    let agreement = read_back(&folder).agreement;
    assert_eq!(agreement.terminated, Some(date!(2027 - 07 - 31)));
    assert_eq!(agreement.signed, Some(date!(2026 - 09 - 14)));
}

#[test]
fn a_person_is_added_to_persons_written_in_one_line() {
    let (folder, path) = written();
    for written in [
        "[]",
        "[{ name = \"Alex Example\", keys = [], until = 2028-07-31 }]",
    ] {
        let text = format!("id = \"8604001\"\nname = \"Made-up\"\nperson = {written}\n");
        fs::write(&path, text).unwrap();
        let before = read_back(&folder).persons.len();
        let kim = person("Kim Example", &[KEY]);
        add_person(&path, &kim).unwrap();
        let persons = read_back(&folder).persons;
        assert_eq!(persons.len(), before + 1, "{written}");
        assert_eq!(persons.last(), Some(&kim));
    }
}
