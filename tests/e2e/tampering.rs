//! What an intruder could do to the trail, each done to a copy of a real ledger with real releases, and what
//! `audit verify` says of it. `--nocapture` prints the table.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rusqlite::Connection;
use serde_json::Value;

use crate::{
    canon,
    programs::{finish, finish_quietly},
    pupils::{list, pupils, records},
    world::{OTHER, SCHOOL, World, names_in},
};

/// A council whose trail has rows of all sorts, three releases and three days.
fn council() -> World {
    let world = World::with_two_schools();
    world.extract(&records(&pupils(0..6)));
    world.send("leavers.csv", list(&pupils(0..4)));
    world.release();
    world.on("2026-11-22");
    world.send_as(OTHER, "leavers.csv", list(&pupils(4..6)));
    world
        .run_at(&["hold", "--all", "--reason", "A made-up doubt."])
        .done("hold");
    world.run(&["resume", "--all"]).done("resume");
    world.send("add.csv", list(&pupils(4..5)));
    world.release();
    world.on("2026-11-23");
    world.send("add more.csv", list(&pupils(5..6)));
    world.release();
    world
}

/// A copy of it, to be tampered with.
struct Copy {
    root: tempfile::TempDir,
    before: Facts,
}

/// What the trail was like.
#[derive(Clone)]
struct Facts {
    last: u64,
    /// Rows with a checkpoint.
    signed: Vec<u64>,
    /// A row in the middle with no witness of its own, and one further on.
    middle: u64,
    later: u64,
    /// A row that an operator caused.
    operator: u64,
}

impl Copy {
    fn of(world: &World) -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut copy = Command::new("cp");
        finish_quietly(copy.arg("-a").arg(world.dir()).arg(root.path()));
        let config = root.path().join("council/pillarbox.toml");
        let text = fs::read_to_string(&config).unwrap();
        let (old, new) = (world.dir(), root.path().join("council"));
        let text = text.replace(old.to_str().unwrap(), new.to_str().unwrap());
        fs::write(&config, text).unwrap();
        let before = facts(&root.path().join("council/state/ledger.db"));
        Self { root, before }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join("council").join(path)
    }

    fn open(&self) -> Connection {
        Connection::open(self.path("state/ledger.db")).unwrap()
    }

    /// Does this to the database as somebody who knows of the triggers.
    fn sql(&self, sql: &str) {
        let ledger = self.open();
        let mut guards = ledger
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .unwrap();
        let guards = guards
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<Vec<(String, String)>, _>>()
            .unwrap();
        for (name, _) in &guards {
            ledger
                .execute_batch(&format!("DROP TRIGGER {name}"))
                .unwrap();
        }
        ledger.execute_batch(sql).unwrap();
        for (_, guard) in &guards {
            ledger.execute_batch(guard).unwrap();
        }
    }

    fn mend_counter(&self) {
        self.sql("UPDATE counter SET last = (SELECT max(seq) FROM trail) WHERE letter = 'T'");
    }

    /// Computes every hash from this row on again, as an intruder would who knows the form.
    fn rehash(&self, from: u64) {
        let export = self.run(&["audit", "export"]).out;
        let rows = canon::rows(&export);
        let mut previous = [0; 32];
        let mut sql = String::new();
        for row in &rows {
            if row.seq() < from {
                let written = row.row["hash"].as_str().unwrap();
                for (at, byte) in previous.iter_mut().enumerate() {
                    *byte = u8::from_str_radix(&written[2 * at..2 * at + 2], 16).unwrap();
                }
                continue;
            }
            previous = row.hash_behind(&previous);
            let hash = canon::hex(&previous);
            let seq = row.seq();
            writeln!(sql, "UPDATE trail SET hash = x'{hash}' WHERE seq = {seq};").unwrap();
        }
        self.sql(&sql);
    }

    fn remove_reports(&self) {
        self.remove("state/council/reports", ".json");
        self.remove("state/council/reports", ".sig");
    }

    fn remove_receipts(&self) {
        for school in [SCHOOL, OTHER] {
            self.remove(&format!("state/boxes/{school}/receipts"), "");
        }
    }

    fn remove(&self, folder: &str, end: &str) {
        let folder = self.path(folder);
        for name in names_in(&folder) {
            if name.ends_with(end) {
                fs::remove_file(folder.join(name)).unwrap();
            }
        }
    }

    fn run(&self, arguments: &[&str]) -> crate::programs::Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pillarbox"));
        command.env_remove("PILLARBOX_CONFIG").args(arguments);
        command.arg("--config").arg(self.path("pillarbox.toml"));
        finish(command)
    }

    /// What an intruder's own key would sign for the checkpoint of this row.
    fn forge(&self, seq: u64) {
        let ledger = self.open();
        let (hash, at): (Vec<u8>, i64) = ledger
            .query_row(
                "SELECT trail.hash, checkpoint.at FROM trail JOIN checkpoint USING (seq)
                 WHERE seq = ?1",
                [seq.cast_signed()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        let key = self.path("intruder");
        let mut keygen = Command::new("ssh-keygen");
        finish_quietly(
            keygen
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(&key),
        );
        let text = self.path("text");
        fs::write(&text, format!("{seq} {} {at}", canon::hex(&hash))).unwrap();
        let mut sign = Command::new("ssh-keygen");
        sign.args(["-Y", "sign", "-n", "pillarbox-checkpoint", "-f"]);
        finish_quietly(sign.arg(&key).arg(&text));
        let signature = fs::read(self.path("text.sig")).unwrap();
        ledger
            .execute(
                "UPDATE checkpoint SET hash = ?1, signature = ?2 WHERE seq = ?3",
                (hash, signature, seq.cast_signed()),
            )
            .unwrap();
    }
}

fn facts(ledger: &Path) -> Facts {
    let ledger = Connection::open(ledger).unwrap();
    let numbers = |sql: &str| -> Vec<u64> {
        let mut found = ledger.prepare(sql).unwrap();
        let found = found.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        found.map(|n| n.unwrap().cast_unsigned()).collect()
    };
    let signed = numbers("SELECT seq FROM checkpoint ORDER BY seq");
    let operator = numbers("SELECT min(seq) FROM trail WHERE verb = 'hold-set'")[0];
    let plain = numbers(
        "SELECT seq FROM trail WHERE verb IN ('upload-taken', 'consents-changed') ORDER BY seq",
    );
    let between = |low: u64, high: u64| *plain.iter().find(|n| (low..high).contains(n)).unwrap();
    Facts {
        last: numbers("SELECT max(seq) FROM trail")[0],
        middle: between(signed[0], operator),
        later: between(operator, u64::MAX),
        operator,
        signed,
    }
}

/// One tampering: its words, what is done, and what is to be found: the fault's word and its first row.
type Tampering = (
    &'static str,
    Box<dyn Fn(&Copy)>,
    Box<dyn Fn(&Facts) -> Option<(&'static str, u64)>>,
);

fn one(
    words: &'static str,
    act: impl Fn(&Copy) + 'static,
    found: impl Fn(&Facts) -> Option<(&'static str, u64)> + 'static,
) -> Tampering {
    (words, Box::new(act), Box::new(found))
}

fn column(words: &'static str, change: &'static str) -> Tampering {
    one(
        words,
        move |copy| {
            let row = copy.before.operator;
            copy.sql(&format!("UPDATE trail SET {change} WHERE seq = {row}"));
        },
        |before| Some(("changed", before.operator)),
    )
}

/// Changes of what stands in a row.
fn columns() -> Vec<Tampering> {
    vec![
        column("a row's time", "at = at + 1"),
        column("its actor", "actor = 'system'"),
        column("the operator's name", "actor_name = 'nobody'"),
        column("the operator's number", "actor_number = 4711"),
        column("a key put into it", "actor_key = 'SHA256:x'"),
        column("its verb", "verb = 'hold-lifted'"),
        column("its subject", "subject = 'R000001'"),
        column("its school", "school = 8604002"),
        column("its detail", "detail = '{}'"),
        column("its hash", "hash = zeroblob(32)"),
        column("its hash cut short", "hash = x'00'"),
        one(
            "its number, to one beyond the end",
            |copy| {
                let Facts { operator, last, .. } = copy.before;
                let beyond = last + 5;
                copy.sql(&format!(
                    "UPDATE trail SET seq = {beyond} WHERE seq = {operator}"
                ));
            },
            |before| Some(("missing", before.operator)),
        ),
    ]
}

/// Rows taken away, put in, or in each other's place.
#[expect(clippy::too_many_lines, reason = "a table")]
fn rows() -> Vec<Tampering> {
    vec![
        one(
            "a row removed in the middle",
            |copy| {
                copy.sql(&format!(
                    "DELETE FROM trail WHERE seq = {}",
                    copy.before.middle
                ));
            },
            |before| Some(("missing", before.middle)),
        ),
        one(
            "the first row removed",
            |copy| copy.sql("DELETE FROM trail WHERE seq = 1"),
            |_| Some(("missing", 1)),
        ),
        one(
            "a row removed, later ones moved up",
            |copy| {
                let middle = copy.before.middle;
                copy.sql(&format!(
                    "DELETE FROM trail WHERE seq = {middle};
                     UPDATE trail SET seq = -seq WHERE seq > {middle};
                     UPDATE trail SET seq = -seq - 1 WHERE seq < 0;"
                ));
                copy.mend_counter();
            },
            |before| Some(("changed", before.middle)),
        ),
        one(
            "the same, and all hashes computed again",
            |copy| {
                let middle = copy.before.middle;
                copy.sql(&format!(
                    "DELETE FROM trail WHERE seq = {middle};
                     UPDATE trail SET seq = -seq WHERE seq > {middle};
                     UPDATE trail SET seq = -seq - 1 WHERE seq < 0;"
                ));
                copy.mend_counter();
                copy.rehash(middle);
            },
            |_| Some(("rewritten", 0)),
        ),
        one(
            "two rows swapped, with their hashes",
            |copy| {
                swap(
                    copy,
                    "actor, actor_name, actor_number, actor_key, verb, subject, school, detail, at, hash",
                );
            },
            |before| Some(("moved", before.middle)),
        ),
        one(
            "two rows swapped, hashes left",
            |copy| {
                swap(
                    copy,
                    "actor, actor_name, actor_number, actor_key, verb, subject, school, detail, at",
                );
            },
            |before| Some(("moved", before.middle)),
        ),
        one(
            "two neighbours swapped, with their hashes",
            |copy| {
                let middle = copy.before.middle;
                let next = middle + 1;
                copy.sql(&format!(
                    "UPDATE trail SET seq = -1 WHERE seq = {middle};
                     UPDATE trail SET seq = {middle} WHERE seq = {next};
                     UPDATE trail SET seq = {next} WHERE seq = -1;"
                ));
            },
            |before| Some(("moved", before.middle)),
        ),
        one(
            "a row put in, later ones moved down",
            |copy| {
                insert(copy);
                copy.mend_counter();
            },
            |before| Some(("changed", before.middle)),
        ),
        one(
            "the same, and all hashes computed again",
            |copy| {
                insert(copy);
                copy.mend_counter();
                copy.rehash(copy.before.middle);
            },
            |_| Some(("rewritten", 0)),
        ),
        one("a row put behind the end", append, |before| {
            Some(("added", before.last + 1))
        }),
        one(
            "the same, with hash and counter mended",
            |copy| {
                append(copy);
                copy.rehash(copy.before.last + 1);
                copy.mend_counter();
            },
            |_| None,
        ),
    ]
}

fn swap(copy: &Copy, columns: &str) {
    let Facts { middle, later, .. } = copy.before;
    copy.sql(&format!(
        "CREATE TEMP TABLE two AS SELECT * FROM trail WHERE seq IN ({middle}, {later});
         UPDATE trail SET ({columns}) = (SELECT {columns} FROM two WHERE two.seq = {later}) WHERE seq = {middle};
         UPDATE trail SET ({columns}) = (SELECT {columns} FROM two WHERE two.seq = {middle}) WHERE seq = {later};"
    ));
}

fn insert(copy: &Copy) {
    let middle = copy.before.middle;
    copy.sql(&format!(
        "UPDATE trail SET seq = -seq - 1 WHERE seq >= {middle};
         UPDATE trail SET seq = -seq WHERE seq < 0;
         INSERT INTO trail SELECT {middle}, at, actor, actor_name, actor_number, actor_key, verb, 'S000999',
           school, detail, hash FROM trail WHERE seq = {middle} + 1;"
    ));
}

fn append(copy: &Copy) {
    let last = copy.before.last;
    copy.sql(&format!(
        "INSERT INTO trail SELECT seq + 1, at, actor, actor_name, actor_number, actor_key, 'upload-taken',
           'S000999', school, detail, hash FROM trail WHERE seq = {last};"
    ));
}

/// The end cut off, with more and more of what would tell of it.
fn ends() -> Vec<Tampering> {
    fn cut(copy: &Copy) {
        let from = copy.before.signed[1];
        copy.sql(&format!("DELETE FROM trail WHERE seq > {from}"));
    }
    fn cut_and_mended(copy: &Copy) {
        cut(copy);
        copy.mend_counter();
        let from = copy.before.signed[1];
        copy.sql(&format!("DELETE FROM checkpoint WHERE seq > {from}"));
    }
    vec![
        one("rows cut off at the end", cut, |before| {
            Some(("missing", before.signed[1] + 1))
        }),
        one(
            "the same, counter mended",
            |copy| {
                cut(copy);
                copy.mend_counter();
            },
            |before| Some(("cut-off", before.signed[1] + 1)),
        ),
        one(
            "the same, checkpoints of them removed too",
            cut_and_mended,
            |before| Some(("cut-off", before.signed[1] + 1)),
        ),
        one(
            "the same, and all files in reports/",
            |copy| {
                cut_and_mended(copy);
                copy.remove_reports();
            },
            |before| Some(("cut-off", before.signed[1] + 1)),
        ),
        one(
            "the same, and all receipts in boxes; a school has its own",
            |copy| {
                let theirs = copy.path("state/boxes");
                let mut keep = Command::new("cp");
                finish_quietly(keep.arg("-a").arg(theirs).arg(copy.path("given")));
                cut_and_mended(copy);
                copy.remove_reports();
                copy.remove_receipts();
            },
            |before| Some(("cut-off", before.signed[1] + 1)),
        ),
    ]
}

/// The trail written anew.
fn rewritten() -> Vec<Tampering> {
    fn rewrite(copy: &Copy) {
        let row = copy.before.middle;
        copy.sql(&format!(
            "UPDATE trail SET subject = 'S000999' WHERE seq = {row}"
        ));
        copy.rehash(row);
    }
    fn unsigned(copy: &Copy) {
        copy.sql("UPDATE trail SET verb = 'daemon-started' WHERE verb = 'checkpoint-signed'; DELETE FROM checkpoint");
    }
    vec![
        one(
            "a row changed, all hashes from it on computed again",
            rewrite,
            |_| Some(("rewritten", 0)),
        ),
        one(
            "the same, checkpoints removed",
            |copy| {
                rewrite(copy);
                copy.sql("DELETE FROM checkpoint");
            },
            |before| Some(("checkpoint-missing", before.signed[0])),
        ),
        one(
            "the same, checkpoints signed with another key",
            |copy| {
                rewrite(copy);
                copy.forge(copy.before.signed[1]);
            },
            |before| Some(("checkpoint-forged", before.signed[1])),
        ),
        one(
            "all of it written anew from row 1, no checkpoint left, reports/ emptied",
            |copy| {
                copy.sql("UPDATE trail SET subject = 'S000999' WHERE seq = 1");
                unsigned(copy);
                copy.remove_reports();
                copy.rehash(1);
            },
            |_| Some(("rewritten", 1)),
        ),
        one(
            "the triggers dropped",
            |copy| {
                copy.open()
                    .execute_batch("DROP TRIGGER trail_is_never_changed")
                    .unwrap();
            },
            |_| Some(("triggers-missing", 0)),
        ),
    ]
}

/// Checkpoints and other witnesses.
#[expect(clippy::too_many_lines, reason = "a table")]
fn witnesses() -> Vec<Tampering> {
    fn checkpoint(words: &'static str, change: &'static str) -> Tampering {
        one(
            words,
            move |copy| {
                let row = copy.before.signed[1];
                copy.sql(&format!("UPDATE checkpoint SET {change} WHERE seq = {row}"));
            },
            |before| Some(("checkpoint-forged", before.signed[1])),
        )
    }
    vec![
        checkpoint("a checkpoint's hash", "hash = zeroblob(32)"),
        checkpoint("its time", "at = at + 60000000"),
        checkpoint(
            "its signature",
            "signature = CAST(replace(signature, 'A', 'B') AS BLOB)",
        ),
        checkpoint(
            "another checkpoint's signature in its place",
            "signature = (SELECT signature FROM checkpoint ORDER BY seq LIMIT 1)",
        ),
        one(
            "its row's number",
            |copy| {
                let row = copy.before.signed[1];
                copy.sql(&format!(
                    "UPDATE checkpoint SET seq = seq - 1 WHERE seq = {row}"
                ));
            },
            |before| Some(("checkpoint-missing", before.signed[1])),
        ),
        one(
            "one checkpoint removed",
            |copy| {
                copy.sql(&format!(
                    "DELETE FROM checkpoint WHERE seq = {}",
                    copy.before.signed[1]
                ));
            },
            |before| Some(("checkpoint-missing", before.signed[1])),
        ),
        one(
            "all checkpoints removed",
            |copy| copy.sql("DELETE FROM checkpoint"),
            |before| Some(("checkpoint-missing", before.signed[0])),
        ),
        one(
            "a checkpoint's file in reports/ changed",
            |copy| {
                let folder = copy.path("state/council/reports");
                let mut names = names_in(&folder);
                names.retain(|name| name.strip_suffix(".json").is_some());
                let file = folder.join(&names[1]);
                let text = fs::read_to_string(&file).unwrap();
                fs::write(&file, text.replace("\"segment\": 1", "\"segment\": 2")).unwrap();
            },
            |before| Some(("checkpoint-file-forged", before.signed[1])),
        ),
        one(
            "the key in allowed_signers exchanged",
            |copy| {
                let key = copy.path("intruder");
                let mut keygen = Command::new("ssh-keygen");
                finish_quietly(
                    keygen
                        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                        .arg(&key),
                );
                let public = fs::read_to_string(copy.path("intruder.pub")).unwrap();
                let signers = copy.path("state/allowed_signers");
                let line = format!("receipts@council.example {public}");
                fs::write(signers, line).unwrap();
            },
            |before| Some(("checkpoint-forged", before.signed[0])),
        ),
        one(
            "the head on a receipt in a box changed",
            |copy| {
                let folder = copy.path(&format!("state/boxes/{SCHOOL}/receipts"));
                let name = names_in(&folder)
                    .into_iter()
                    .find(|name| name.ends_with(".receipt.json"))
                    .unwrap();
                let file = folder.join(name);
                let mut receipt: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
                receipt["audit"]["hash"] = Value::from("0".repeat(64));
                fs::write(&file, receipt.to_string()).unwrap();
            },
            |_| Some(("receipt-forged", 0)),
        ),
    ]
}

#[test]
fn every_tampering_is_found_and_placed() {
    let world = council();
    let all = [columns(), rows(), ends(), rewritten(), witnesses()];
    let mut failed = Vec::new();
    println!("| what was done to a copy | what `audit verify` said |\n| --- | --- |");
    for (words, act, found) in all.into_iter().flatten() {
        let copy = Copy::of(&world);
        act(&copy);
        if !told(&copy, words, found(&copy.before)) {
            failed.push(words);
        }
    }
    failed.extend(older_copies(&world));
    assert!(
        failed.is_empty(),
        "not found as they should be: {failed:#?}"
    );
}

/// An older copy of the database in the place of the present one.
fn older_copies(world: &World) -> Vec<&'static str> {
    let copy = Copy::of(world);
    world.on("2026-11-24");
    world.send("add.csv", list(&pupils(2..3)));
    world.release();
    let ledger = Connection::open(world.state().join("ledger.db")).unwrap();
    ledger
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    drop(ledger);
    let last = facts(&world.state().join("ledger.db")).last;
    assert!(last > copy.before.last);
    // What lies outside the database is of today.
    for folder in ["state/boxes", "state/council"] {
        fs::remove_dir_all(copy.path(folder)).unwrap();
        let mut bring = Command::new("cp");
        finish_quietly(
            bring
                .arg("-a")
                .arg(world.dir().join(folder))
                .arg(copy.path(folder)),
        );
    }
    let mut failed = Vec::new();
    let mut look = |words: &'static str, expected| {
        if !told(&copy, words, Some(expected)) {
            failed.push(words);
        }
    };
    let next = copy.before.last + 1;
    look("an older copy of the database put back", ("cut-off", next));
    copy.remove_reports();
    look("the same, reports/ emptied", ("cut-off", next));
    // And the daemon goes on from there, not knowing.
    let go_on = |day: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pillarbox"));
        command.args([
            "run",
            "--once",
            "--at",
            &format!("{day}T10:00:00Z"),
            "--config",
        ]);
        command.arg(copy.path("pillarbox.toml"));
        finish(command).done("run --once");
    };
    go_on("2026-11-25");
    look("the same, and the daemon went on", ("rewritten", next));
    for day in [
        "2026-11-26",
        "2026-11-27",
        "2026-11-28",
        "2026-11-29",
        "2026-11-30",
    ] {
        go_on(day);
    }
    look("the same, and it went on for long", ("rewritten", next));
    failed
}

/// Prints a row of the table, and tells whether it says what it should.
fn told(copy: &Copy, words: &str, expected: Option<(&str, u64)>) -> bool {
    let given = copy.path("given");
    let mut arguments = vec!["audit", "verify"];
    if given.exists() {
        arguments.extend(["--receipts", given.to_str().unwrap()]);
    }
    let people = copy.run(&arguments);
    arguments.push("--json");
    let programs = copy.run(&arguments);
    let json: Value = serde_json::from_str(&programs.out).unwrap_or_default();
    let faults = json["faults"].as_array().cloned().unwrap_or_default();
    let mut said = faults
        .iter()
        .map(|fault| fault["what"].as_str().unwrap().to_owned())
        .collect::<Vec<_>>();
    let more = said.len().saturating_sub(3);
    said.truncate(3);
    let more = if more > 0 {
        format!("; {more} more")
    } else {
        String::new()
    };
    let sound = json["sound"]["seq"].as_u64();
    let sound = sound.map_or_else(|| "none".to_owned(), |seq| format!("row {seq}"));
    let verdict = if faults.is_empty() { "holds" } else { "BROKEN" };
    println!(
        "| {words} | {verdict}: {}{more} (last sound checkpoint: {sound}) |",
        said.join("; ")
    );
    let is = |fault: &Value, (kind, first): (&str, u64)| {
        fault["kind"] == kind && (first == 0 || fault["first"] == first)
    };
    let (code, found) = match expected {
        None => (0, faults.is_empty()),
        Some(expected) => (1, faults.iter().any(|fault| is(fault, expected))),
    };
    let right = found && people.code == Some(code) && programs.code == Some(code);
    if !right {
        println!(
            "!!! {expected:?} {}\n{}\n{}{}",
            copy.before.last, people.out, people.err, programs.out
        );
    }
    right
}
