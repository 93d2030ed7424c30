//! The log as an operator's machinery reads it (docs/logs.md): lines of JSON with stable fields, the
//! journal where there is one.

use std::{fs, os::unix::fs::MetadataExt, process::Command};

use serde_json::Value;

use crate::{
    pupils::names_only,
    running::{Daemon, answered, grown, lay_extract, list, present, soon},
    world::SCHOOL,
};

/// The fields of every line that tells of this act.
fn acts(log: &str, act: &str) -> Vec<Value> {
    let lines = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    lines
        .map(|line| line["fields"].clone())
        .filter(|fields| fields["act"] == act)
        .collect()
}

#[test]
fn each_act_is_one_line_with_stable_fields() {
    let world = present();
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    lay_extract(&world, 3);
    world.run(&["release", "--school", SCHOOL]).done("release");
    world
        .run(&["hold", "--all", "--reason", "made-up"])
        .done("hold");
    world.run(&["resume", "--all"]).done("resume");
    world.drop_file(SCHOOL, "withdrawals.csv", names_only(&[grown(1)]));
    soon("a recall", || {
        !acts(&daemon.log(), "release-recalled").is_empty()
    });
    let log = daemon.log();
    let judged = acts(&log, "submission-judged");
    assert_eq!(judged.len(), 2, "{log}");
    for (field, expected) in [
        ("school", SCHOOL),
        ("submission", "S000001"),
        ("kind", "consent-list"),
        ("outcome", "accepted"),
        ("actor", "daemon"),
        ("counts", "consented=3 new=3 rows=3"),
        ("message", "A submission had its outcome."),
    ] {
        assert_eq!(judged[0][field], expected, "{field} of {}", judged[0]);
    }
    let released = &acts(&log, "release-planned")[0];
    assert_eq!(released["release"], "R000001");
    assert_eq!(released["trigger"], "operator");
    assert_eq!(released["actor"], "operator");
    assert!(released["uid"].is_u64());
    assert!(released["counts"].as_str().unwrap().contains("shared=3"));
    assert_eq!(acts(&log, "hold-set").len(), 1);
    assert_eq!(acts(&log, "hold-lifted").len(), 1);
    // What is only a step on the way is for those who ask for it.
    assert!(acts(&log, "upload-taken").is_empty());
    assert!(
        !log.contains("leavers.csv") && !log.contains("made-up"),
        "{log}"
    );
    assert!(daemon.stop().success());
}

#[test]
fn the_level_is_set_by_pillarbox_log_and_libraries_stay_silent() {
    let world = present();
    let mut command = world.command(&["run"]);
    command.env(
        "PILLARBOX_LOG",
        "trace,russh=trace,notify=trace,hyper=trace",
    );
    let daemon = Daemon::start_by(&world, command);
    world.drop_file(SCHOOL, "leavers.csv", list(1));
    soon("the receipt", || answered(&world) == 1);
    let log = daemon.log();
    assert_eq!(acts(&log, "upload-taken").len(), 1, "{log}");
    for stranger in ["russh", "notify", "inotify", "hyper", "leavers"] {
        assert!(!log.contains(stranger), "{stranger}\n{log}");
    }
    assert!(daemon.stop().success());
}

#[test]
fn a_level_that_is_none_is_told_and_taken_for_info() {
    let world = present();
    let mut command = world.command(&["run"]);
    command.env("PILLARBOX_LOG", "=loud=");
    let daemon = Daemon::start_by(&world, command);
    assert!(
        daemon.log().contains("it is taken for info"),
        "{}",
        daemon.log()
    );
    assert!(daemon.stop().success());
}

#[test]
fn without_a_journal_that_listens_nothing_is_lost() {
    let world = present();
    if fs::exists("/run/systemd/journal/socket").unwrap() {
        eprintln!("skipped: this machine has a journal");
        return;
    }
    let file = world.outside("journal-stream");
    fs::write(&file, "").unwrap();
    let stat = fs::metadata(&file).unwrap();
    let mut command = world.command(&["run", "--once"]);
    command
        .env("JOURNAL_STREAM", format!("{}:{}", stat.dev(), stat.ino()))
        .stderr(fs::File::options().append(true).open(&file).unwrap());
    let status = command.status().unwrap();
    assert!(status.success());
    let log = fs::read_to_string(&file).unwrap();
    assert!(log.contains("the journal can't be reached"), "{log}");
    assert!(
        serde_json::from_str::<Value>(log.lines().next().unwrap()).is_ok(),
        "{log}"
    );
}

/// A journal of our own, in a folder `/run` that nobody else sees; the daemon's lines are asked of it.
const PLAYED_WITH_A_JOURNAL: &str = r#"
mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/log && mkdir -p /run/systemd/journal /run/log/journal || exit 77
/lib/systemd/systemd-journald 2> /dev/null & journal=$!
until test -S /run/systemd/journal/socket; do sleep 0.1; kill -0 $journal || exit 77; done
JOURNAL_STREAM=$(stat -c %d:%i "$1") "$2" run --once --config "$3" 2>> "$1"
sleep 1
journalctl -D /run/log/journal -t pillarbox -o json --no-pager
kill $journal
"#;

#[test]
fn a_journal_gets_each_act_with_fields_and_standard_error_nothing() {
    if !fs::exists("/lib/systemd/systemd-journald").unwrap()
        || !rustix::process::geteuid().is_root()
    {
        eprintln!("skipped: it takes root and a systemd-journald");
        return;
    }
    let world = present();
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    let stream = world.outside("stream");
    fs::write(&stream, "").unwrap();
    let mut played = Command::new("unshare");
    played
        .args(["--mount", "sh", "-c", PLAYED_WITH_A_JOURNAL, "sh"])
        .arg(&stream)
        .arg(env!("CARGO_BIN_EXE_pillarbox"))
        .arg(world.config())
        .env("PILLARBOX_LOG", "info");
    let played = played.output().unwrap();
    if played.status.code() == Some(77) {
        eprintln!("skipped: this machine runs no journal of its own for a test");
        return;
    }
    let told = String::from_utf8(played.stdout).unwrap();
    let lines: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let judged = lines
        .iter()
        .find(|line| line["PILLARBOX_ACT"] == "submission-judged")
        .unwrap_or_else(|| panic!("no such entry\n{told}"));
    for (field, expected) in [
        ("MESSAGE", "A submission had its outcome."),
        ("PILLARBOX_SCHOOL", SCHOOL),
        ("PILLARBOX_SUBMISSION", "S000001"),
        ("PILLARBOX_OUTCOME", "accepted"),
        ("PRIORITY", "6"),
        ("SYSLOG_IDENTIFIER", "pillarbox"),
    ] {
        assert_eq!(judged[field], expected, "{field} of {judged}");
    }
    let beside = fs::read_to_string(&stream).unwrap();
    assert!(!beside.contains("submission-judged"), "{beside}");
}
