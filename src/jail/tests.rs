//! Readers that lie: programs that speak as a reader does and say what none says.

use std::{
    fmt::Write as _,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    thread,
    time::Duration,
};

use tempfile::TempDir;

use super::{
    Bounds, Jail, JailError, Piece, Readers,
    proof::Leak,
    wire::{Answer, Hello, LONGEST_ANSWER, State, VERSION, message},
};
use crate::reading::{Contents, FileFormat, Limits, Table, Unreadable, contents, table};

/// A program that says these things, one for each file that it gets but the first, which is its greeting.
struct Liar {
    folder: TempDir,
    readers: Readers,
}

impl Liar {
    fn saying(messages: &[Vec<u8>]) -> Self {
        Self::doing("", messages)
    }

    /// It does this after its greeting, in a folder of its own.
    fn doing(what: &str, messages: &[Vec<u8>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut script = format!("#!/bin/sh\ncd {}\n", folder.path().display());
        for (number, message) in messages.iter().enumerate() {
            fs::write(folder.path().join(number.to_string()), message).unwrap();
            // What it is asked is left unread: it says what it would say anyway.
            writeln!(script, "cat {number} >&0").unwrap();
            if number == 0 {
                writeln!(script, "{what}").unwrap();
            }
        }
        script.push_str("exec sleep 60\n");
        let program = folder.path().join("reader");
        fs::write(&program, script).unwrap();
        // Readers that root starts are nobody.
        for path in [folder.path(), &program] {
            fs::set_permissions(path, Permissions::from_mode(0o777)).unwrap();
        }
        let bounds = Bounds {
            time: Duration::from_millis(500),
            program,
            ..BOUNDS
        };
        Self {
            folder,
            readers: Readers::new(Jail::Required(bounds)),
        }
    }

    fn answering(answer: Vec<u8>) -> Self {
        Self::saying(&[hello(VERSION, State::Confined), answer])
    }

    fn reads(&self) -> Result<Contents, Unreadable> {
        assert!(self.folder.path().exists());
        let read = self.readers.read("list.csv", LIST, &Limits::LISTS);
        read.unwrap()
    }
}

fn hello(version: u16, state: State) -> Vec<u8> {
    message(&Hello { version, state }, 64).unwrap()
}

fn rows() -> Table {
    table(LIST, FileFormat::Csv, &Limits::LISTS).unwrap()
}

const LIST: &[u8] = b"Forename,Surname\nRobin,Example\n";

const BOUNDS: Bounds = Bounds {
    memory: 512 << 20,
    time: Duration::from_secs(20),
    program: PathBuf::new(),
};

#[test]
fn what_a_reader_tells_is_taken_when_it_could_be_true() {
    let told: Answer = Ok(Contents::Rows(rows()));
    let liar = Liar::answering(message(&told, LONGEST_ANSWER).unwrap());
    assert_eq!(liar.reads(), told);
    let told: Answer = Err(Unreadable::PasswordProtected);
    let liar = Liar::answering(message(&told, LONGEST_ANSWER).unwrap());
    assert_eq!(liar.reads(), told);
}

#[test]
fn what_no_file_can_say_is_no_table() {
    let told = message(&Answer::Ok(Contents::Rows(rows())), LONGEST_ANSWER).unwrap();
    let mut forged = told.clone();
    // The last byte is a flag, the one before the name of the sheet: all of it is cut off or changed.
    *forged.last_mut().unwrap() = 7;
    let mut short = told.clone();
    short[0] -= 2;
    let mut beyond = told.clone();
    let at = beyond.windows(5).position(|bytes| bytes == b"Robin");
    beyond[at.unwrap() + 2] = 0xff;
    let mut longer = told.clone();
    longer[0] += 1;
    longer.push(0);
    let empty = message(
        &Answer::Ok(Contents::Rows(Table::default())),
        LONGEST_ANSWER,
    );
    let endless = u32::MAX.to_le_bytes().to_vec();
    for lie in [forged, short, beyond, longer, empty.unwrap(), endless] {
        let liar = Liar::answering(lie);
        assert_eq!(liar.reads(), Err(Unreadable::BrokeReader));
    }
}

#[test]
fn a_reader_that_says_nothing_or_half_of_it_is_waited_for_no_longer_than_the_time() {
    let told = message(&Answer::Ok(Contents::Rows(rows())), LONGEST_ANSWER).unwrap();
    for half in [Vec::new(), told[..told.len() / 2].to_vec()] {
        assert_eq!(Liar::answering(half).reads(), Err(Unreadable::TooSlow));
    }
}

#[test]
fn no_file_is_handed_to_a_reader_that_does_not_prove_that_it_is_locked_in() {
    let proves = |greeting| Liar::saying(&[greeting]).readers.prove();
    assert!(proves(hello(VERSION, State::Confined)).is_ok());
    let leaks = proves(hello(VERSION, State::Leaks(Leak::OpenFile)));
    assert!(matches!(
        leaks,
        Err(JailError::Leaks {
            could: "open a file"
        })
    ));
    let piece = Piece::Landlock;
    let missing = State::Missing {
        piece,
        errno: Some(38),
    };
    let missing = proves(hello(VERSION, missing)).unwrap_err().to_string();
    assert!(missing.contains("Landlock") && missing.contains("jail = \"none\""));
    for greeting in [
        hello(VERSION + 1, State::Confined),
        b"Usage: reader\n".to_vec(),
    ] {
        assert!(matches!(proves(greeting), Err(JailError::Hello)));
    }
    let gone = Bounds {
        program: "/nowhere/pillarbox".into(),
        ..BOUNDS
    };
    let gone = Readers::new(Jail::Required(gone)).prove();
    assert!(matches!(gone, Err(JailError::Start(_))));
}

#[test]
fn words_that_steer_a_terminal_are_no_body() {
    let body = |text: &str| {
        let Ok(Contents::Text(body)) = contents("request.txt", text.as_bytes(), &Limits::LISTS)
        else {
            panic!("a request has a body");
        };
        message(&Answer::Ok(Contents::Text(body)), LONGEST_ANSWER).unwrap()
    };
    let mut lie = body("For the governors [2J");
    let at = lie.windows(4).position(|bytes| bytes == b" [2J").unwrap();
    let honest = Liar::answering(lie.clone());
    assert!(honest.reads().is_ok());
    lie[at] = 0x1b;
    assert_eq!(Liar::answering(lie).reads(), Err(Unreadable::BrokeReader));
}

#[test]
fn a_reader_stays_for_the_next_file() {
    let told: Answer = Ok(Contents::Rows(rows()));
    let answer = message(&told, LONGEST_ANSWER).unwrap();
    let greeting = hello(VERSION, State::Confined);
    let liar = Liar::doing("echo >> started", &[greeting, answer.clone(), answer]);
    assert_eq!(liar.reads(), told);
    assert_eq!(liar.reads(), told);
    assert_eq!(fs::read(liar.folder.path().join("started")).unwrap(), b"\n");
}

#[test]
fn two_files_are_read_at_the_same_time() {
    let told: Answer = Ok(Contents::Rows(rows()));
    let answer = message(&told, LONGEST_ANSWER).unwrap();
    // It answers once another one is there as well.
    let waits = "echo >> started\nuntil [ \"$(wc -l < started)\" = 2 ]; do sleep 0.01; done";
    let liar = Liar::doing(waits, &[hello(VERSION, State::Confined), answer]);
    thread::scope(|scope| {
        let other = scope.spawn(|| liar.reads());
        assert_eq!(liar.reads(), told);
        assert_eq!(other.join().unwrap(), told);
    });
}
