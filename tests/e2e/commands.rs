//! The other commands: what they answer and how they exit (spec 7).

use std::{fs, process::Command};

use serde_json::Value;

use crate::{
    opened::decrypted,
    programs::{finish, finish_quietly, finish_told},
    pupils::{list, names_only, pupil, pupils, records},
    world::{SCHOOL, World, names_in},
};

fn released() -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world.release();
    world
}

#[test]
fn unknown_words_and_flags_are_wrong_use() {
    let world = World::new();
    for arguments in [
        &["made-up"][..],
        &["status", "--made-up"],
        &["release", "--school"],
        &["release", "--school", "nowhere"],
        &["hold", "--all"],
        &["hold", "--reason", "no scope"],
        &["run", "--at", "2026-11-21T10:00:00Z"],
        &["open"],
        &["school", "add"],
        &["validate"],
    ] {
        world.run(arguments).exits(2, &arguments.join(" "));
    }
}

#[test]
fn help_and_version_are_there() {
    let world = World::bare();
    for arguments in [&["--help"][..], &["release", "--help"], &["--version"]] {
        let mut command = world.program();
        command.args(arguments);
        assert!(!finish(command).done("help").is_empty());
    }
}

#[test]
fn status_tells_what_stands_and_what_waits() {
    let world = released();
    let words = world.run(&["status"]).done("status");
    assert!(words.contains(SCHOOL), "{words}");
    let json: Value =
        serde_json::from_str(&world.run(&["status", "--json"]).done("status --json")).unwrap();
    assert!(json.to_string().contains(SCHOOL));
    for name in [pupil(0).surname, pupil(0).forename, pupil(0).upn] {
        assert!(!words.contains(&name) && !json.to_string().contains(&name));
    }
}

#[test]
fn status_works_before_anything_happened() {
    let world = World::bare();
    world.run(&["status"]).done("status");
    serde_json::from_str::<Value>(&world.run(&["status", "--json"]).done("status")).unwrap();
}

#[test]
fn release_prints_json_for_programs() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    for extra in [&["--dry-run"][..], &[]] {
        let arguments = [&["release", "--school", SCHOOL, "--json"][..], extra].concat();
        let words = world.run_at(&arguments).done("release --json");
        serde_json::from_str::<Value>(&words).unwrap();
    }
}

#[test]
fn a_hold_stops_all_sharing_and_resume_ends_it() {
    let world = released();
    world
        .run(&["hold", "--all", "--reason", "made-up incident"])
        .done("hold");
    assert_eq!(
        world.outbox(SCHOOL).len(),
        1,
        "without --recall the outbox stays"
    );
    world.on("2026-11-22");
    world
        .run_at(&["release", "--school", SCHOOL])
        .exits(1, "release under a hold");
    world
        .run_at(&["release", "--all"])
        .exits(1, "release under a hold");
    assert!(world.outbox(SCHOOL)[0].contains("R000001"));
    world.run(&["resume", "--all"]).done("resume");
    assert_eq!(world.release().outcome(), "released");
}

#[test]
fn a_hold_of_one_school_leaves_the_others() {
    let world = World::with_two_schools();
    for school in [SCHOOL, crate::world::OTHER] {
        world.send_as(school, "leavers.csv", list(&pupils(0..2)));
    }
    let mut rows = records(&pupils(0..2));
    rows[1].school = crate::world::OTHER.to_owned();
    world.extract(&rows);
    world
        .run(&["hold", "--school", SCHOOL, "--reason", "made-up"])
        .done("hold");
    world
        .run_at(&["release", "--school", SCHOOL])
        .exits(1, "release under a hold");
    assert!(world.outbox(SCHOOL).is_empty());
    assert_eq!(world.release_to(crate::world::OTHER).outcome(), "released");
    world.run(&["resume", "--school", SCHOOL]).done("resume");
    assert_eq!(world.release().outcome(), "released");
}

#[test]
fn a_hold_with_recall_empties_the_outboxes() {
    let world = released();
    world
        .run(&["hold", "--all", "--recall", "--reason", "made-up"])
        .done("hold --recall");
    world.once();
    assert!(world.outbox(SCHOOL).is_empty());
    assert!(
        world
            .receipts(SCHOOL)
            .iter()
            .any(|r| r.outcome() == "recalled")
    );
}

#[test]
fn a_hold_does_not_stop_withdrawals() {
    let world = released();
    world
        .run(&["hold", "--all", "--reason", "made-up"])
        .done("hold");
    let receipt = world
        .on("2026-11-22")
        .send("withdraw.csv", names_only(&[pupil(0)]));
    receipt.counts(&[("withdrawn", 1)]);
    let shared = crate::opened::names(&world.shared());
    assert!(
        !shared.contains(&pupil(0).full_name()),
        "the old file is recalled"
    );
    world.run(&["resume", "--all"]).done("resume");
    world.release().counts(&[("shared", 1)]);
}

#[test]
fn open_decrypts_a_destination_file() {
    let world = released();
    let name = world.outbox(SCHOOL).pop().unwrap();
    let file = world.box_of(SCHOOL).join("outbox").join(name);
    let keys = world.keys(SCHOOL);
    let mut open = world.command(&["open"]);
    open.arg(&file).arg("-i").arg(&keys.age);
    let opened = finish(open).done("open");
    assert_eq!(opened.into_bytes(), decrypted(&file, &keys.age));
    let mut wrong = world.command(&["open"]);
    wrong.arg(&file).arg("-i").arg(world.keys("a stranger").age);
    finish(wrong).exits(1, "open with a stranger's key");
}

#[test]
fn open_asks_at_the_terminal_for_a_keys_passphrase() {
    let world = World::bare();
    let [key, plain, sealed, opened] =
        ["key", "plain", "file.age", "opened"].map(|name| world.outside(name));
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "correct horse", "-f"]);
    finish_quietly(keygen.arg(&key));
    fs::write(&plain, "Robin,Example").unwrap();
    let mut age = Command::new("age");
    age.arg("-R").arg(key.with_extension("pub"));
    finish_quietly(age.arg("-o").arg(&sealed).arg(&plain));
    let typed = |passphrase: &str| {
        let open = format!(
            "{} open {} -i {} -o {}",
            env!("CARGO_BIN_EXE_pillarbox"),
            sealed.display(),
            key.display(),
            opened.display()
        );
        let mut terminal = Command::new("script");
        terminal.args(["-qec", &open, "/dev/null"]);
        finish_told(terminal, passphrase)
    };
    let words = typed("wrong\n").exits(1, "a wrong passphrase");
    assert!(words.contains("does not fit"), "{words}");
    typed("correct horse\n").done("open");
    assert_eq!(fs::read_to_string(&opened).unwrap(), "Robin,Example");
}

#[test]
fn validate_judges_without_sending() {
    let world = World::new();
    world.once();
    let good = world.outside("leavers.csv");
    fs::write(&good, list(&pupils(0..3))).unwrap();
    let mut command = world.command(&["validate"]);
    command.arg(&good);
    let words = finish(command).done("validate");
    assert!(words.contains('3'), "{words}");

    let bad = world.outside("bad leavers.csv");
    let text = list(&pupils(0..3)).replace(&pupil(0).british_birthday(), "08/31/2009");
    fs::write(&bad, text).unwrap();
    let mut command = world.command(&["validate", "--json"]);
    command.arg(&bad);
    let ended = finish(command);
    assert_eq!(
        ended.code,
        Some(1),
        "a list that would be refused: {}",
        ended.err
    );
    let json: Value = serde_json::from_str(&ended.out).unwrap();
    assert!(json.to_string().contains("dates-month-first"), "{json}");
    assert!(!json.to_string().contains(&pupil(1).surname));
    assert!(world.receipts(SCHOOL).is_empty(), "nothing was sent");
    assert!(bad.exists());
}

#[test]
fn the_trail_verifies_and_every_change_in_it_is_found() {
    let world = released();
    world
        .on("2026-11-22")
        .send("withdraw.csv", names_only(&[pupil(0)]));
    world.run(&["audit", "verify"]).done("audit verify");
    let ledger = ledger_of(&world);
    let whole = fs::read(&ledger).unwrap();
    let tables = trail_tables(&ledger);
    assert!(!tables.is_empty(), "no table of the trail found");
    for table in tables {
        for change in [
            format!(
                "DELETE FROM {table} WHERE rowid = (SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET 1)"
            ),
            format!("DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})"),
            format!("UPDATE {table} SET rowid = rowid + 1000 WHERE rowid = 1"),
        ] {
            fs::write(&ledger, &whole).unwrap();
            let base = rusqlite::Connection::open(&ledger).unwrap();
            drop_triggers(&base);
            if base.execute(&change, []).unwrap() > 0 {
                drop(base);
                world.run(&["audit", "verify"]).exits(1, &change);
            }
        }
    }
    fs::write(&ledger, &whole).unwrap();
    world.run(&["audit", "verify"]).done("audit verify");
}

/// The SQLite file of the ledger, its write-ahead log folded in.
fn ledger_of(world: &World) -> std::path::PathBuf {
    let mut folders = vec![world.state()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read(&path).is_ok_and(|b| b.starts_with(b"SQLite format 3\0")) {
                let base = rusqlite::Connection::open(&path).unwrap();
                let fold = "PRAGMA wal_checkpoint(TRUNCATE)";
                base.query_row(fold, [], |_| Ok(())).unwrap();
                return path;
            }
        }
    }
    panic!("no ledger below {}", world.state().display());
}

/// The tables that look like a chain: one column is a hash, and the name says so.
fn trail_tables(ledger: &std::path::Path) -> Vec<String> {
    let base = rusqlite::Connection::open(ledger).unwrap();
    let mut query = base
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE '%trail%' OR name LIKE '%audit%') AND sql LIKE '%hash%'")
        .unwrap();
    let names = query.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

fn drop_triggers(base: &rusqlite::Connection) {
    let mut query = base
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .unwrap();
    let names = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
    for name in names.map(Result::unwrap).collect::<Vec<_>>() {
        base.execute(&format!("DROP TRIGGER \"{name}\""), [])
            .unwrap();
    }
}

#[test]
fn the_demo_tells_the_whole_story_and_leaves_nothing() {
    let world = World::bare();
    let scratch = world.outside("scratch");
    fs::create_dir_all(&scratch).unwrap();
    let mut demo = world.program();
    demo.arg("demo").env("TMPDIR", &scratch);
    let words = finish(demo).done("demo");
    for part in ["S000001", "R000001", "Forename", "withdr"] {
        assert!(words.contains(part), "{part} in\n{words}");
    }
    assert!(names_in(&scratch).is_empty(), "{:?}", names_in(&scratch));
}

#[test]
fn the_demo_can_be_kept() {
    let world = World::bare();
    let kept = world.outside("kept demo");
    let mut demo = world.program();
    demo.arg("demo").arg("--keep").arg(&kept);
    finish(demo).done("demo --keep");
    assert!(!names_in(&kept).is_empty());
}

#[test]
fn a_command_on_a_school_that_is_not_there_fails() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..1)));
    for arguments in [
        &["release", "--school", "8609999"][..],
        &["hold", "--school", "8609999", "--reason", "x"],
        &["resume", "--school", "8609999"],
        &["school", "suspend", "8609999"],
    ] {
        world.run(arguments).fails(&arguments.join(" "));
    }
}

#[test]
fn a_ledger_that_cannot_be_written_stops_all_and_names_the_next_step() {
    let world = World::new();
    world.once();
    let ledger = ledger_of(&world);
    fs::write(&ledger, b"SQLite format 3\0 and then nothing of the kind").unwrap();
    for end in ["-wal", "-shm"] {
        let mut beside = ledger.clone().into_os_string();
        beside.push(end);
        let _ = fs::remove_file(beside);
    }
    world.drop_file(SCHOOL, "leavers.csv", list(&pupils(0..2)));
    let words = world.run_at(&["run", "--once"]).fails("a damaged ledger");
    assert!(
        !words.trim().is_empty() && !words.contains("panicked"),
        "{words}"
    );
    let inbox = world.box_of(SCHOOL).join("inbox");
    assert!(
        inbox.join("leavers.csv").exists(),
        "nothing received is lost"
    );
}
