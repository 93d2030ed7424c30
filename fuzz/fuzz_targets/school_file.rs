//! A school's file: read, written, changed and read again, the school stays what it was.

#![no_main]

use std::{fs, path::PathBuf, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use pillarbox::{
    config::{
        Complaint, EditError, Schools, Severity, add_person, set_signed, set_suspended,
        set_terminated, write_school,
    },
    domain::school::{Person, School},
};
use time::macros::date;

struct Stage {
    file: PathBuf,
    copies: PathBuf,
    dir: tempfile::TempDir,
}

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let copies = dir.path().join("copies");
    fs::create_dir(&copies).expect("a folder");
    Stage {
        file: dir.path().join("8604001.toml"),
        copies,
        dir,
    }
});

fuzz_target!(|data: &[u8]| {
    let stage = &*STAGE;
    fs::write(&stage.file, data).expect("the school's file");
    let Ok(school) = read(stage, data) else {
        for change in [
            set_suspended(&stage.file, true),
            set_signed(&stage.file, date!(2026 - 09 - 14)),
        ] {
            assert!(matches!(
                change,
                Err(EditError::Broken(_) | EditError::Missing { .. } | EditError::Io { .. })
            ));
        }
        assert_eq!(
            fs::read(&stage.file).expect("it is there"),
            data,
            "a wrong file is not touched"
        );
        return;
    };
    assert_eq!(
        copied(stage, &school).as_ref(),
        Ok(&school),
        "written anew it is the same school"
    );
    set_suspended(&stage.file, true).expect("a right file can be changed");
    let suspended = School {
        suspended: true,
        ..school.clone()
    };
    assert_eq!(again(stage).as_ref(), Ok(&suspended));
    set_suspended(&stage.file, false).expect("and back");
    let mut known = School {
        suspended: false,
        ..school
    };
    assert_eq!(again(stage).as_ref(), Ok(&known));
    if let Ok(()) = set_signed(&stage.file, date!(2026 - 09 - 14)) {
        known.agreement.signed = Some(date!(2026 - 09 - 14));
    }
    if let Ok(()) = set_terminated(&stage.file, date!(2031 - 07 - 31)) {
        known.agreement.terminated = Some(date!(2031 - 07 - 31));
    }
    assert_eq!(
        again(stage).as_ref(),
        Ok(&known),
        "refused changes change nothing"
    );
    let person = known.persons.first().cloned();
    if let Some(person) = person.map(|first| Person {
        keys: Vec::new(),
        ..first
    }) {
        match add_person(&stage.file, &person) {
            Ok(()) => known.persons.push(person),
            Err(error) => assert!(matches!(error, EditError::Refused(_)), "{error}"),
        }
        assert_eq!(again(stage).as_ref(), Ok(&known));
    }
});

/// The school in the file as it is now, or what is wrong with it.
fn again(stage: &Stage) -> Result<School, Vec<Complaint>> {
    let text = fs::read(&stage.file).expect("it is there");
    read(stage, &text)
}

fn read(stage: &Stage, text: &[u8]) -> Result<School, Vec<Complaint>> {
    let (schools, complaints) = Schools::load(stage.dir.path());
    let lines = text.split(|byte| *byte == b'\n').count() + 1;
    for complaint in &complaints {
        assert!(!complaint.what.is_empty() && !complaint.hint.is_empty());
        assert!(
            complaint
                .place
                .is_none_or(|place| place.line <= lines && place.column > 0)
        );
    }
    let wrong = complaints
        .iter()
        .any(|complaint| complaint.severity == Severity::Error);
    let school = schools.iter().next().map(|school| School::clone(school));
    assert_eq!(
        wrong,
        school.is_none(),
        "a school, or what is wrong with its file"
    );
    school.ok_or(complaints)
}

fn copied(stage: &Stage, school: &School) -> Result<School, Vec<Complaint>> {
    let file = write_school(&stage.copies, school).expect("a school that was read can be written");
    let (schools, complaints) = Schools::load(&stage.copies);
    fs::remove_file(file).expect("it was written");
    let school = schools.iter().next().map(|school| School::clone(school));
    school.ok_or(complaints)
}
