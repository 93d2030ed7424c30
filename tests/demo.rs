//! `pillarbox demo` as a person runs it who has never seen Pillarbox: it tells the whole story, soon, and
//! leaves nothing behind unless it was told to.

#![expect(
    clippy::unwrap_used,
    reason = "what can't be done here is a failed test"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::{TempDir, tempdir};

#[test]
fn the_story_is_whole_and_leaves_nothing_behind() {
    let temporary = tempdir().unwrap();
    let began = Instant::now();
    let demo = finished(&mut demo(&temporary));
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(demo.status.success(), "{}", text(&demo.stderr));
    assert_eq!(text(&demo.stderr), "");
    assert!(is_empty(temporary.path()));

    let story = text(&demo.stdout);
    let mut rest = story.as_str();
    for told in IN_THIS_ORDER {
        let Some((_, after)) = rest.split_once(told) else {
            panic!("«{told}» is not told, or not in its place:\n{story}");
        };
        rest = after;
    }
    assert_eq!(story.matches(".receipt.txt\n  | ").count(), 11);
    assert_eq!(story.matches("\n  | REHEARSAL: ").count(), 11);
    // Only destination files have ISO dates of birth: Noor is in both, Ola in the first.
    assert_eq!(story.matches("Invented  2010-02-03").count(), 2);
    assert_eq!(story.matches("Madeup    2009-11-21").count(), 1);
    assert!(!story.contains('\r'));
    let widest = story.lines().filter(|line| line.starts_with("  |"));
    assert!(widest.map(|line| line.chars().count()).max() <= Some(100));
}

#[test]
fn what_is_kept_works() {
    let temporary = tempdir().unwrap();
    let kept = temporary.path().join("kept here");
    let told = finished(demo(&temporary).arg("--keep").arg(&kept));
    assert!(told.status.success(), "{}", text(&told.stderr));
    let told = text(&told.stdout);
    let config = kept.join("pillarbox.toml");
    assert!(told.contains(&format!(
        "$ export PILLARBOX_CONFIG=\"{}\"",
        config.display()
    )));
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 1);

    let pillarbox = |words: &[&str]| {
        let mut command = pillarbox(&temporary);
        command.env("PILLARBOX_CONFIG", &config);
        let done = finished(command.args(words));
        assert!(done.status.success(), "{words:?}: {}", text(&done.stderr));
        text(&done.stdout)
    };
    assert!(pillarbox(&["check"]).contains("All is well."));
    let status = pillarbox(&["status"]);
    assert!(status.contains("Eastbrook High School  in force"));
    assert!(pillarbox(&["audit", "verify"]).starts_with("The trail holds"));
    assert!(pillarbox(&["release", "--all", "--dry-run"]).contains("Dry run"));

    let outbox = kept.join("state/boxes/8994001/outbox");
    let file = fs::read_dir(outbox)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let (file, key) = (file.display().to_string(), kept.join("persons/alex"));
    assert!(told.contains(&format!("$ pillarbox open \"{file}\"")));
    let opened = pillarbox(&["open", &file, "-i", &key.display().to_string()]);
    assert!(opened.contains("Noor,Invented,2010-02-03,Apprenticeship,"));
    assert!(!opened.contains("Madeup"));
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let temporary = tempdir().unwrap();
    fs::write(temporary.path().join("mine"), "x").unwrap();
    let refused = finished(demo(&temporary).arg("--keep").arg(temporary.path()));
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("is there already"));
    assert_eq!(text(&refused.stdout), "");
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 1);
}

#[test]
fn who_wants_to_try_it_by_hand_is_given_the_command_and_comes_in_with_it() {
    let temporary = tempdir().unwrap();
    let mut running = demo(&temporary)
        .arg("--serve")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut story = BufReader::new(running.stdout.take().unwrap()).lines();
    let mut next = || story.next().unwrap().unwrap();
    let mut told = String::new();
    while !told.starts_with("$ sftp ") || told.ends_with('\\') {
        told = match told.strip_suffix('\\') {
            Some(begun) => format!("{begun} {}", next().trim()),
            None => next(),
        };
    }
    // As typed by hand, but for a person who is no terminal and types one command.
    let command = told.replacen("$ sftp ", "sftp -q -b - ", 1);
    let typed = "put consent.csv inbox/\n";
    let list = "Forename,Surname,Date of birth\nZed,Typed,2010-05-05\n";
    fs::write(temporary.path().join("consent.csv"), list).unwrap();
    let mut sftp = Command::new("sh")
        .args(["-c", &format!("printf '{typed}' | {command}")])
        .current_dir(temporary.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    assert!(sftp.wait().unwrap().success());
    while !next().contains("_S000007_consent.csv.receipt.txt") {}
    let id = i32::try_from(running.id()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), Signal::INT).unwrap();
    for line in story {
        line.unwrap();
    }
    assert!(running.wait().unwrap().success());
    fs::remove_file(temporary.path().join("consent.csv")).unwrap();
    assert!(is_empty(temporary.path()));
}

#[test]
fn who_stops_it_half_way_is_left_with_nothing_either() {
    let temporary = tempdir().unwrap();
    let mut running = demo(&temporary)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut story = BufReader::new(running.stdout.take().unwrap());
    // The first line is told once the folder is there and the signals are heard.
    story.read_line(&mut String::new()).unwrap();
    let id = i32::try_from(running.id()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), Signal::INT).unwrap();
    story.read_to_end(&mut Vec::new()).unwrap();
    let ended = running.wait().unwrap();
    assert!(ended.code().is_some(), "killed where it should have ended");
    assert!(is_empty(temporary.path()));
}

#[test]
fn who_reads_no_further_is_left_with_nothing_either() {
    let temporary = tempdir().unwrap();
    let mut running = demo(&temporary)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(running.stdout.take());
    let ended = running.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(text(&ended.stderr), "");
    assert!(is_empty(temporary.path()));
}

fn demo(temporary: &TempDir) -> Command {
    let mut command = pillarbox(temporary);
    command.arg("demo");
    command
}

fn pillarbox(temporary: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pillarbox"));
    command
        .env("TMPDIR", temporary.path())
        .env_remove("PILLARBOX_CONFIG");
    command
}

fn finished(command: &mut Command) -> Output {
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

/// What must be told, in the order of the story.
const IN_THIS_ORDER: [&str; 47] = [
    "Pillarbox: the whole story, on made-up data",
    "1  A council begins",
    "$ pillarbox init . --council \"Middleshire County Council\" --la 899",
    "$ pillarbox school add 8994001 --name \"Northmoor Academy\" --signed 2026-09-14",
    "$ pillarbox school add 8994003 --name \"Westlea School\"\n",
    "2  A clean list",
    "* Northmoor Academy sends «Leavers 2026.csv» to inbox/",
    "_S000001_Leavers_2026.csv.receipt.txt",
    "S000001: your file was taken. There is nothing that must be mended.",
    "6 consent",
    "1 does not consent",
    "Questions:      careers@middleshire.example",
    "Privacy notice: https://middleshire.example/privacy",
    "3  A messy workbook",
    "The council would NOT take this file.",
    "[dates-month-first]",
    "S000002: your file was taken, but some rows need mending.",
    "2 could not be used",
    "Row 7, column «DOB»: The date of birth is missing.",
    "[upn-invalid]",
    "[duplicate-merged]",
    "[consent-date-assumed]",
    "4  A school without an agreement",
    "S000003: your file was NOT taken.",
    "[agreement-not-in-force]",
    "5  A request",
    "S000004: your request was taken and is granted.",
    "R000001: a destination file is in your outbox.",
    "4 are in the file",
    "6  The destination file, opened",
    "* Alex Example collects outbox/8994001_destinations_2026-11-20_R000001.csv.age",
    "pillarbox: the file was not sealed to this key",
    "Forename  Surname   Date of birth  Destination type",
    "Apprenticeship     Made-up Joinery",
    "7  A withdrawal",
    "1 withdraws consent",
    "R000001: the destination file was taken back out of your outbox.",
    "R000002: a destination file is in your outbox.",
    "It takes the place of R000001.",
    "D000001: please destroy what you hold on the pupils in this notice.",
    "R000001.csv.age is gone.",
    "D000001: your school confirmed, and the notice is closed.",
    "8  The proof",
    "There are 11; the signatures of 11 are good, and after a\nchange of one character 11 would",
    "The trail holds: ",
    "Of the 19 surnames in this story, 0 can be read",
    "Nothing is left behind",
];
