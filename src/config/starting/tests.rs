use std::fs::read_to_string;

use tempfile::tempdir;

use super::*;

fn made_up() -> Start {
    Start {
        name: "Made-up \"County\" Council".to_owned(),
        la: 860,
        domain: None,
        contact: None,
        privacy_notice: None,
        places: Places::system(),
    }
}

fn read(text: &str) -> Settings {
    match Settings::parse(Path::new("/etc/pillarbox/pillarbox.toml"), text) {
        Ok(settings) => settings,
        Err(complaints) => panic!("{complaints}\n\n{text}"),
    }
}

/// The text with the comment taken from every line that sets something to its default.
fn defaults_uncommented(text: &str) -> String {
    let lines = text.lines().scan("", |section, line| {
        if line.starts_with('[') {
            *section = line.trim_matches(['[', ']']);
        }
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let sets_default = SETTINGS.0.iter().filter(|s| s.name == *section).any(|s| {
            s.settings.iter().any(|setting| {
                matches!(setting.when_absent, WhenAbsent::Default(_))
                    && bare.starts_with(&format!("{} = ", setting.key))
            })
        });
        Some(if sets_default { bare } else { line })
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_init_writes_is_read_back_as_it_was_told() {
    let settings = read(&made_up().text());
    assert_eq!(settings.council.name, "Made-up \"County\" Council");
    assert_eq!(settings.council.la, 860);
    assert_eq!(settings.state, Path::new("/var/lib/pillarbox"));
    assert!(settings.sftp.is_some());
    assert_eq!(settings.schedules, []);
    let told = Start {
        domain: Some("council.example".to_owned()),
        contact: Some("careers@council.example".to_owned()),
        privacy_notice: Some("https://council.example/privacy".to_owned()),
        places: Places::under(Path::new("/srv/box")),
        ..made_up()
    };
    let settings = read(&told.text());
    assert_eq!(settings.council.domain, "council.example");
    assert_eq!(settings.council.contact, told.contact);
    assert_eq!(settings.keys, Path::new("/srv/box/keys"));
}

#[test]
fn every_default_in_the_comments_is_the_default_in_force() {
    let text = made_up().text();
    let uncommented = defaults_uncommented(&text);
    assert!(uncommented.contains("\nlinger = ") && uncommented.contains("\nmax_fall = "));
    assert_eq!(read(&uncommented), read(&text));
}

#[test]
fn every_setting_is_in_the_text() {
    let text = made_up().text();
    for section in SETTINGS.0 {
        let header = match section.name {
            "" => String::new(),
            name if section.is_repeated() => format!("# [[{name}]]"),
            name => format!("[{name}]"),
        };
        let from = text.find(&header).expect(section.name) + header.len();
        let body = text[from..].split("\n[").next().unwrap();
        for setting in section.settings {
            let line = format!("\n{} = ", setting.key);
            let comment = format!("\n# {} = ", setting.key);
            let is_there = body.contains(&line) || body.contains(&comment);
            assert!(is_there, "[{}] {}", section.name, setting.key);
            assert!(setting.about.ends_with('.'), "{}", setting.about);
        }
    }
}

#[test]
fn the_schedule_in_the_comments_can_be_taken_as_it_is() {
    let text = made_up().text();
    let (before, schedule) = text.split_once("# [[schedule]]\n").unwrap();
    let kept = |line: &&str| line.starts_with("# name") || line.starts_with("# dates");
    let lines: Vec<_> = schedule.lines().filter(kept).collect();
    let uncommented = lines
        .join("\n")
        .replace("# name", "name")
        .replace("# dates", "dates");
    let settings = read(&format!("{before}[[schedule]]\n{uncommented}\n"));
    assert_eq!(settings.schedules.len(), 1);
}

#[test]
fn the_person_in_the_comments_is_the_councils_once_there_is_a_key() {
    let text = made_up().text();
    let (before, person) = text.split_once("# [[council.person]]\n").unwrap();
    let kept = |line: &&str| line.starts_with("# name") || line.starts_with("# may");
    let lines: Vec<_> = person.lines().filter(kept).take(2).collect();
    let lines = lines
        .join("\n")
        .replace("# name", "name")
        .replace("# may", "may");
    let settings = read(&format!("{before}[[council.person]]\n{lines}\n"));
    assert_eq!(settings.council.persons.len(), 1);
    assert_eq!(settings.council.persons[0].name, "Jo Example");
}

#[test]
fn init_never_writes_over_settings() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("pillarbox.toml");
    made_up().write(&file).unwrap();
    let error = made_up().write(&file).unwrap_err();
    assert!(matches!(error, EditError::Exists { .. }));
    assert_eq!(read_to_string(&file).unwrap(), made_up().text());
}

#[test]
fn init_writes_nothing_that_check_would_refuse() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("pillarbox.toml");
    let wrong = Start {
        la: 12,
        ..made_up()
    };
    let error = wrong.write(&file).unwrap_err();
    assert!(matches!(error, EditError::Refused(_)));
    assert!(!file.exists());
}
