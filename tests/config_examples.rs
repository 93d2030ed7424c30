//! The files in `config/` are what councils copy: each must be right, and say what the program says.
//! The files in `tests/config/` are wrong, each in its own way, and beside each stands what must be
//! said about it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use pillarbox::config::{Places, Schools, Settings, Start};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config");
const WRONG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config");

/// The made-up council of the example.
fn example() -> Start {
    Start {
        name: "Example County Council".to_owned(),
        la: 860,
        domain: Some("council.example".to_owned()),
        contact: Some("careers@council.example".to_owned()),
        privacy_notice: Some("https://council.example/privacy".to_owned()),
        places: Places::system(),
    }
}

#[test]
fn every_example_is_read_without_a_complaint() {
    for file in toml_files(Path::new(EXAMPLES)) {
        if let Err(complaints) = Settings::load(&file) {
            panic!("{complaints}");
        }
    }
    let (schools, complaints) = Schools::load(&Path::new(EXAMPLES).join("schools.d"));
    assert_eq!(complaints, []);
    let files = toml_files(&Path::new(EXAMPLES).join("schools.d"));
    assert_eq!(schools.len(), files.len());
    assert!(!schools.is_empty());
}

#[test]
fn the_example_settings_are_what_init_writes() {
    let file = Path::new(EXAMPLES).join("pillarbox.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(
        text,
        example().text(),
        "config/pillarbox.toml is not what init writes"
    );
}

#[test]
fn wrong_settings_are_told_all_that_is_wrong() {
    let folder = Path::new(WRONG).join("settings");
    let files = toml_files(&folder);
    assert!(!files.is_empty());
    for file in files {
        let told = match Settings::load(&file) {
            Ok(_) => String::new(),
            Err(complaints) => complaints.to_string(),
        };
        compare(&folder, &told, &file.with_extension("expected"));
    }
}

#[test]
fn wrong_schools_are_told_all_that_is_wrong() {
    for case in fs::read_dir(Path::new(WRONG).join("schools")).unwrap() {
        let folder = case.unwrap().path();
        let (_, complaints) = Schools::load(&folder);
        let told: Vec<String> = complaints.iter().map(ToString::to_string).collect();
        compare(&folder, &told.join("\n"), &folder.join("expected"));
    }
}

/// What is told, with paths from the case's folder on, against what is expected.
fn compare(folder: &Path, told: &str, expected: &Path) {
    let told = told.replace(&format!("{}/", folder.display()), "");
    let expected_text = fs::read_to_string(expected).unwrap_or_default();
    assert_eq!(
        told.trim_end(),
        expected_text.trim_end(),
        "\n{}\n{told}\n",
        expected.display()
    );
}

fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    files
}
