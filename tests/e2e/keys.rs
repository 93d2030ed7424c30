//! Changing keys: whatever was made with the old one still proves, opens or serves as long as it was promised
//! to, with the real `ssh-keygen`, `sftp` and `age`.

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
};

use pillarbox::vault::{LedgerKey, Place, Vault};
use rusqlite::{Connection, types::Value as Cell};
use serde_json::Value;

use crate::{
    programs::{finish, finish_quietly, finish_told},
    pupils::{list, pupil, pupils, records},
    running::{Daemon, present, soon},
    visitors::Door,
    world::{SCHOOL, World, names_in},
};

fn keys(world: &World, arguments: &[&str]) -> Value {
    let arguments = [&["keys"], arguments, &["--json"]].concat();
    let out = world.run(&arguments).done("keys");
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}"))
}

/// The key's lines in `keys list`, as state and fingerprint.
fn listed(world: &World, key: &str) -> Vec<(String, String)> {
    let told = keys(world, &["list"]);
    let lines = told["keys"].as_array().unwrap().iter();
    let part = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    lines
        .filter(|line| line["key"] == key)
        .map(|line| (part(line, "state"), part(line, "id")))
        .collect()
}

fn verbs(world: &World, wanted: &str) -> Vec<Value> {
    let export = world.run(&["audit", "export"]).done("audit export");
    let lines = export
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    lines
        .filter(|line: &Value| line["verb"] == wanted)
        .collect()
}

fn verify_holds(world: &World) {
    let said = world.run(&["audit", "verify"]).done("audit verify");
    assert!(said.starts_with("The trail holds"), "{said}");
}

// ---- receipts

/// The plain command of spec 4, and with more options.
fn proves(world: &World, receipt: &Path, options: &[&str]) -> bool {
    let mut verify = Command::new("ssh-keygen");
    verify.args([
        "-Y",
        "verify",
        "-I",
        "receipts@council.example",
        "-n",
        "pillarbox-receipt",
    ]);
    verify
        .args(options)
        .arg("-f")
        .arg(world.box_of(SCHOOL).join("allowed_signers"));
    verify.arg("-s").arg(format!("{}.sig", receipt.display()));
    verify.stdin(File::open(receipt).unwrap());
    verify.stdout(Stdio::null()).stderr(Stdio::null());
    verify.status().unwrap().success()
}

#[test]
fn receipts_of_before_and_after_a_rotation_are_proved_by_the_plain_command() {
    let world = World::new();
    let before = world.send("leavers.csv", list(&pupils(0..3))).path;
    let changed = keys(&world, &["rotate", "receipts"]);
    world.on("2026-11-22");
    let after = world.send("add.csv", list(&pupils(3..4))).path;
    assert!(proves(&world, &before, &[]) && proves(&world, &after, &[]));
    // Each by a key of its own.
    let signers = fs::read_to_string(world.box_of(SCHOOL).join("allowed_signers")).unwrap();
    let lines = signers
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect::<Vec<_>>();
    assert_eq!(lines.len(), 2, "{signers}");
    assert!(
        lines[0].contains("valid-before=\"2032112"),
        "as long as receipts are kept: {signers}"
    );
    assert!(
        !lines[1].contains("valid-"),
        "any OpenSSH reads the present key: {signers}"
    );
    assert_eq!(
        fs::read_to_string(world.state().join("allowed_signers")).unwrap(),
        signers
    );
    let [old, new] = [&changed["old"][0], &changed["new"]].map(|id| id.as_str().unwrap());
    let expected = [
        ("present".to_owned(), new.to_owned()),
        ("retired".to_owned(), old.to_owned()),
    ];
    assert_eq!(listed(&world, "receipts"), expected);
    let told = verbs(&world, "key-rotated");
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["detail"]["old"], &told[0]["detail"]["new"]),
        (&changed["old"][0], &changed["new"])
    );
    assert_eq!(told[0]["actor"]["kind"], "operator");
    verify_holds(&world);
}

#[test]
fn what_a_stolen_key_signed_is_refused_unless_asked_about_an_earlier_time() {
    let world = World::new();
    let before = world.send("leavers.csv", list(&pupils(0..3))).path;
    keys(&world, &["rotate", "receipts", "--stolen"]);
    let after = {
        world.on("2026-11-22");
        world.drop_file(SCHOOL, "add.csv", list(&pupils(3..4)));
        world.once();
        let folder = world.box_of(SCHOOL).join("receipts");
        let names = names_in(&folder);
        let name = names
            .iter()
            .find(|name| name.contains("S000002") && name.ends_with('n'))
            .unwrap();
        folder.join(name)
    };
    assert!(!proves(&world, &before, &[]));
    assert!(proves(&world, &before, &["-O", "verify-time=20261120"]));
    assert!(proves(&world, &after, &[]));
    assert_eq!(listed(&world, "receipts")[1].0, "stolen");
    verify_holds(&world);
}

#[test]
fn a_running_daemon_changes_its_key_and_names_who_asked() {
    let world = present();
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", crate::running::list(3));
    soon("the receipt", || crate::running::answered(&world) == 1);
    keys(&world, &["rotate", "receipts"]);
    world.drop_file(SCHOOL, "add.csv", crate::running::list(4));
    soon("the receipt", || crate::running::answered(&world) == 2);
    let receipts = world.receipts(SCHOOL);
    assert!(
        receipts
            .iter()
            .all(|receipt| proves(&world, &receipt.path, &[]))
    );
    verify_holds(&world);
    assert!(daemon.stop().success());
}

#[test]
fn a_key_that_somebody_put_there_is_adopted_and_told() {
    let world = World::new();
    let before = world.send("leavers.csv", list(&pupils(0..3))).path;
    let file = world.dir().join("keys/receipts");
    fs::remove_file(&file).unwrap();
    let mut keygen = Command::new("ssh-keygen");
    finish_quietly(
        keygen
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&file),
    );
    let said = world.run(&["check"]).done("check");
    assert!(said.contains("another than before"), "{said}");
    world.on("2026-11-22");
    let after = world.send("add.csv", list(&pupils(3..4))).path;
    assert!(proves(&world, &before, &[]) && proves(&world, &after, &[]));
    assert_eq!(verbs(&world, "key-rotated")[0]["actor"]["kind"], "system");
    verify_holds(&world);
}

// ---- intake

fn sealed_to(recipient: &str, content: &str) -> Vec<u8> {
    let mut age = assert_cmd::Command::new("age");
    age.args(["-r", recipient])
        .write_stdin(content)
        .output()
        .unwrap()
        .stdout
}

#[test]
fn the_old_intake_key_opens_until_it_is_dropped() {
    let world = World::new();
    // A rehearsal from here on, on 21 November.
    world.send("leavers.csv", list(&pupils(0..2)));
    let old = listed(&world, "intake")[0].1.clone();
    let changed = keys(&world, &["rotate", "intake", "--overlap", "30"]);
    let new = changed["new"].as_str().unwrap().to_owned();
    assert_eq!(changed["day"], "2026-12-21");
    let readme = fs::read_to_string(world.box_of(SCHOOL).join("README.txt")).unwrap();
    assert!(readme.contains(&new) && !readme.contains(&old), "{readme}");
    let file = list(&pupils(0..3));
    world
        .send("leavers.csv.age", sealed_to(&old, &file))
        .is("accepted", &[]);
    let more = list(&pupils(0..4));
    world
        .send("leavers.csv.age", sealed_to(&new, &more))
        .is("accepted", &[]);
    let early = world.run(&["keys", "drop", "intake"]).exits(1, "drop");
    assert!(early.contains("--all"), "{early}");
    world.on("2026-12-23");
    world.send("leavers.csv", list(&pupils(0..5)));
    let said = world.run(&["check"]).done("check");
    assert!(
        said.contains("drop it: pillarbox keys drop intake"),
        "{said}"
    );
    keys(&world, &["drop", "intake"]);
    assert_eq!(listed(&world, "intake"), [("present".to_owned(), new)]);
    let refused = world.send("leavers.csv.age", sealed_to(&old, &file));
    refused.is("rejected", &["file-encrypted-to-another-key"]);
    assert_eq!(verbs(&world, "key-dropped").len(), 1);
}

// ---- host

/// One look around with strict checking, by this file of known hosts.
fn strict(world: &World, port: u16, known: &str) -> bool {
    let hosts = world.outside("strict_hosts");
    fs::write(&hosts, format!("[127.0.0.1]:{port} {known}\n")).unwrap();
    let batch = world.outside("strict.batch");
    fs::write(&batch, "ls -1 /\n").unwrap();
    let mut sftp = Command::new("sftp");
    sftp.args([
        "-F",
        "none",
        "-o",
        "BatchMode=yes",
        "-o",
        "IdentitiesOnly=yes",
    ]);
    sftp.args(["-o", "StrictHostKeyChecking=yes", "-o"]);
    sftp.arg(format!("UserKnownHostsFile={}", hosts.display()));
    sftp.arg("-i")
        .arg(world.keys(SCHOOL).ssh)
        .arg("-P")
        .arg(port.to_string());
    sftp.arg("-b").arg(batch).arg(format!("{SCHOOL}@127.0.0.1"));
    sftp.env_remove("SSH_AUTH_SOCK");
    finish(sftp).code == Some(0)
}

fn public(key: &Path) -> String {
    let line = finish_quietly(Command::new("ssh-keygen").arg("-y").arg("-f").arg(key));
    line.split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_host_key_is_announced_and_serves_when_its_day_has_come() {
    let world = present();
    let daemon = Daemon::start(&world);
    let port = Door::of(&world, &daemon).port;
    let folder = world.dir().join("keys");
    let old = public(&folder.join("host"));
    assert!(strict(&world, port, &old));
    let changed = keys(&world, &["rotate", "host"]);
    let new = public(&folder.join("host.next"));
    let fingerprint = changed["new"].as_str().unwrap();
    let readme = || fs::read_to_string(world.box_of(SCHOOL).join("README.txt")).unwrap();
    assert!(readme().contains(fingerprint), "{}", readme());
    assert!(
        readme().contains("THE SERVER'S KEY CHANGES ON"),
        "{}",
        readme()
    );
    let welcome = world.run(&["school", "welcome", SCHOOL]).done("welcome");
    assert!(welcome.contains(fingerprint), "{welcome}");
    assert_eq!(listed(&world, "host")[1].0, "coming");
    assert!(strict(&world, port, &old), "it serves on");
    assert!(!strict(&world, port, &new));
    // Its day comes: the comment says it.
    let mut date = Command::new("ssh-keygen");
    date.args(["-q", "-c", "-C"])
        .arg(format!("moved, from {}", crate::running::today()));
    finish_quietly(date.arg("-f").arg(folder.join("host.next")));
    soon("the new key", || strict(&world, port, &new));
    assert!(!strict(&world, port, &old));
    soon("its place", || !folder.join("host.next").exists());
    assert_eq!(public(&folder.join("host")), new);
    assert_eq!(verbs(&world, "key-announced").len(), 1);
    soon("the row", || verbs(&world, "key-rotated").len() == 1);
    soon("the end of the announcement", || {
        !readme().contains("CHANGES ON")
    });
    assert!(daemon.stop().success());
}

#[test]
fn a_host_key_can_change_at_once() {
    let world = present();
    let daemon = Daemon::start(&world);
    let port = Door::of(&world, &daemon).port;
    let host = world.dir().join("keys/host");
    let old = public(&host);
    keys(&world, &["rotate", "host", "--now"]);
    let new = public(&host);
    assert_ne!(old, new);
    soon("the new key", || strict(&world, port, &new));
    assert!(!strict(&world, port, &old));
    assert!(daemon.stop().success());
}

// ---- ledger

/// A council that holds something sealed in every table that has a sealed column.
fn full() -> World {
    let world = World::new();
    world.extract(&records(&pupils(0..4)));
    world.send("leavers.csv", list(&pupils(0..4)));
    world.release();
    world.drop_file(SCHOOL, "discrepancy.txt", "A made-up doubt about a row.");
    world.drop_file(SCHOOL, "request.txt", "For the governors.");
    world.once();
    world.on("2026-11-22");
    world.send("withdraw.csv", crate::pupils::names_only(&[pupil(0)]));
    world.send("withdraw more.csv", crate::pupils::names_only(&[pupil(9)]));
    world
        .run_at(&["hold", "--school", SCHOOL, "--reason", "A made-up doubt."])
        .done("hold");
    world
}

/// Everything sealed in the ledger and the spool: how much of it this key opens, of how much.
fn opened(world: &World, key: &LedgerKey) -> (usize, usize) {
    let vault = Vault::new(key);
    let ledger = Connection::open(world.state().join("ledger.db")).unwrap();
    let (mut opens, mut all) = (0, 0);
    let mut tables = ledger
        .prepare(
            "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.name = 'sealed'",
        )
        .unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    for table in tables.map(Result::unwrap) {
        let mut rows = ledger.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let width = rows.column_count();
        let at = rows.column_index("sealed").unwrap();
        let table: &'static str = Box::leak(table.into_boxed_str());
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let Cell::Blob(sealed) = row.get(at).unwrap() else {
                continue;
            };
            if sealed.is_empty() {
                continue;
            }
            all += 1;
            let mut places = (0..width).filter_map(|column| match row.get(column).unwrap() {
                Cell::Integer(row) => Some(Place {
                    table,
                    row: row.cast_unsigned(),
                }),
                _ => None,
            });
            opens += usize::from(places.any(|place| vault.open(place, &sealed).is_ok()));
        }
    }
    let spool = world.state().join("spool");
    for name in names_in(&spool) {
        let place = Place {
            table: "spool",
            row: 0,
        };
        all += 1;
        let sealed = fs::read(spool.join(name)).unwrap();
        opens += usize::from(vault.open(place, &sealed).is_ok());
    }
    (opens, all)
}

fn ledger_key(file: &Path) -> LedgerKey {
    LedgerKey::parse(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn after_its_rotation_the_old_ledger_key_opens_nothing_and_everything_works_on() {
    let world = full();
    let (file, kept) = (
        world.dir().join("keys/ledger.key"),
        world.outside("old.key"),
    );
    let old = ledger_key(&file);
    let (opens, all) = opened(&world, &old);
    assert_eq!(opens, all);
    assert!(all > 25, "{all}");
    let mut rotate = world.command(&["keys", "rotate", "ledger"]);
    rotate.arg("--keep-old").arg(&kept);
    let said = finish(rotate).done("keys rotate ledger");
    assert!(said.contains("All is sealed anew"), "{said}");
    assert!(said.contains("Backups made before"), "{said}");
    assert_eq!(*ledger_key(&kept).to_text(), *old.to_text());
    let new = ledger_key(&file);
    assert!(!new.has_earlier(), "the old key is gone from the file");
    assert_eq!(
        opened(&world, &old),
        (0, all),
        "no blob opens with the old key"
    );
    assert_eq!(opened(&world, &new), (all, all));
    assert_eq!(verbs(&world, "ledger-resealed").len(), 1);
    verify_holds(&world);
    // Look-ups find what they found: who withdrew stays withdrawn, and the same list is the same.
    world.run(&["resume", "--school", SCHOOL]).done("resume");
    world.on("2026-11-23");
    world.extract(&records(&pupils(0..4)));
    world.release();
    assert_eq!(world.shared().len(), 3);
    let again = world.send("leavers.csv", list(&pupils(0..5)));
    assert!(again.has("withdrawn-earlier"), "{}", again.text);
    world.run(&["check"]).done("check");
    assert_eq!(opened(&world, &new).0, opened(&world, &new).1);
}

#[test]
fn a_running_daemon_seals_anew_while_it_serves() {
    let world = present();
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", crate::running::list(30));
    soon("the receipt", || crate::running::answered(&world) == 1);
    let old = ledger_key(&world.dir().join("keys/ledger.key"));
    world
        .run(&["keys", "rotate", "ledger"])
        .done("keys rotate ledger");
    world.drop_file(SCHOOL, "add.csv", crate::running::list(31));
    soon("the receipt", || crate::running::answered(&world) == 2);
    assert!(daemon.stop().success());
    assert_eq!(opened(&world, &old).0, 0);
    assert_eq!(verbs(&world, "key-rotated").len(), 1);
}

#[cfg(feature = "faults")]
#[test]
fn dying_at_any_step_of_a_change_loses_nothing() {
    let commands: [(&[&str], &str); 8] = [
        (&["rotate", "receipts"], "keys-after-file-before-trail"),
        (
            &["rotate", "receipts", "--stolen"],
            "keys-after-file-before-trail",
        ),
        (&["rotate", "intake"], "keys-after-file-before-trail"),
        (&["rotate", "host"], "keys-after-file-before-trail"),
        (&["rotate", "host", "--now"], "keys-after-file-before-trail"),
        (&["rotate", "ledger"], "keys-after-file-before-trail"),
        (&["rotate", "ledger"], "reseal-after-commit"),
        (&["rotate", "ledger"], "reseal-before-key-file"),
    ];
    for (arguments, step) in commands {
        let world = full();
        let old = ledger_key(&world.dir().join("keys/ledger.key"));
        let before = world.receipts(SCHOOL).len();
        let mut command = world.command(&[&["keys"], arguments].concat());
        command.env("PILLARBOX_FAULT", step);
        assert_eq!(finish(command).code, None, "{step}: nothing died");
        world.run(&["check"]).done(step);
        world.on("2026-11-23");
        let after = world.send("add.csv", list(&pupils(4..5)));
        after.is("accepted", &[]);
        if !arguments.contains(&"--stolen") {
            assert_eq!(
                world.receipts(SCHOOL).len(),
                before + 1,
                "{step}: all are proved"
            );
        }
        if arguments.contains(&"ledger") {
            let new = ledger_key(&world.dir().join("keys/ledger.key"));
            assert!(!new.has_earlier(), "{step}: it goes on by itself");
            assert_eq!(opened(&world, &old).0, 0, "{step}");
            let (opens, all) = opened(&world, &new);
            assert_eq!(opens, all, "{step}");
        }
        verify_holds(&world);
        println!("{arguments:?} died at {step}: nothing lost");
    }
}

// ---- credentials, and what is never told

#[test]
fn a_key_that_is_a_credential_is_changed_by_steps_that_are_told_exactly() {
    let world = World::new();
    world.once();
    let folder = world.outside("credentials");
    fs::create_dir(&folder).unwrap();
    for name in ["receipts", "host", "intake.age", "ledger.key"] {
        fs::rename(world.dir().join("keys").join(name), folder.join(name)).unwrap();
    }
    let with = |arguments: &[&str]| {
        let mut command = world.command(arguments);
        command.env("CREDENTIALS_DIRECTORY", &folder);
        command
    };
    for (key, file) in [
        ("receipts", "receipts"),
        ("intake", "intake.age"),
        ("ledger", "ledger.key"),
        ("host", "host.next"),
    ] {
        let said = finish(with(&["keys", "rotate", key])).exits(1, key);
        let step = format!("systemd-creds encrypt --name={file} ");
        assert!(said.contains(&step), "{said}");
    }
    // The pipe that the steps have: the service seals anew, and says when the old key can go.
    let old = fs::read_to_string(folder.join("ledger.key")).unwrap();
    let renew = |arguments: &[&str], key: &str| finish_told(with(arguments), key).done("renew");
    let both = renew(&["keys", "renew", "ledger"], &old);
    fs::write(folder.join("ledger.key"), &both).unwrap();
    finish(with(&["run", "--once"])).done("run --once");
    let old = LedgerKey::parse(old.as_bytes()).unwrap();
    let new = renew(&["keys", "renew", "ledger", "--drop"], &both);
    assert_eq!(opened(&world, &old).0, 0);
    let (opens, all) = opened(&world, &LedgerKey::parse(new.as_bytes()).unwrap());
    assert_eq!(opens, all);
    fs::write(folder.join("ledger.key"), new).unwrap();
    finish(with(&["run", "--once"])).done("run --once");
}

#[test]
fn no_command_prints_a_key() {
    let world = World::new();
    world.once();
    let secrets = || {
        let folder = world.dir().join("keys");
        let texts = names_in(&folder).into_iter();
        texts
            .flat_map(|name| {
                let text = fs::read_to_string(folder.join(name)).unwrap();
                let lines = text
                    .lines()
                    .filter(|line| !line.starts_with(['#', '-']) && line.len() > 20);
                lines
                    .map(|line| line.rsplit(':').next().unwrap().to_owned())
                    .collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
    };
    let mut known = secrets();
    for arguments in [
        &["list"][..],
        &["rotate", "receipts"],
        &["rotate", "intake"],
        &["rotate", "host"],
        &["rotate", "host", "--now"],
        &["rotate", "ledger"],
        &["list"],
        &["drop", "intake", "--all"],
    ] {
        let ended = world.run(&[&["keys"], arguments].concat());
        known.extend(secrets());
        let said = format!("{}{}", ended.out, ended.err);
        assert_eq!(ended.code, Some(0), "{arguments:?} {said}");
        // The line of a key's file that tells its kind is the same in all.
        let shown = known.iter().filter(|secret| said.contains(secret.as_str()));
        assert_eq!(shown.count(), 0, "{arguments:?}\n{said}");
    }
}
