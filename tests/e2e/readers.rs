//! The processes that read uploads: what they can't do, what kills one, and what becomes of the next file.

use std::{fs, thread};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use seccompiler::{TargetArch, apply_filter, compile_from_json};

use crate::{
    programs::{Ended, finish},
    running::{Daemon, answered, list, present, soon},
    world::{SCHOOL, World},
};

/// The readers of a daemon.
fn readers(daemon: &Daemon) -> Vec<i32> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| {
        let parent = format!("PPid:\t{}\n", daemon.id());
        let arguments = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        status(*id).contains(&parent)
            && arguments.split(|byte| *byte == 0).nth(1) == Some(b"reader")
    })
    .collect()
}

fn status(id: i32) -> String {
    fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default()
}

fn signal(id: i32, signal: Signal) {
    kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
}

/// Runs a command where the kernel refuses these system calls, as one without them would.
fn without(calls: &[&str], world: &World, arguments: &[&str]) -> Ended {
    let rules: Vec<String> = calls
        .iter()
        .map(|call| format!(r#"{{"syscall": "{call}"}}"#))
        .collect();
    let rules = rules.join(", ");
    let text = format!(
        r#"{{"old": {{"mismatch_action": "allow", "match_action": {{"errno": 38}}, "filter": [{rules}]}}}}"#
    );
    let command = world.command(arguments);
    // A filter is for ever and for all children: this thread and what it starts have it, and no other test.
    thread::spawn(move || {
        let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
        let filters = compile_from_json(text.as_bytes(), arch).unwrap();
        apply_filter(&filters["old"]).unwrap();
        finish(command)
    })
    .join()
    .unwrap()
}

#[test]
fn a_reader_has_no_rights_and_little_memory_and_is_there_before_the_first_file() {
    let world = present();
    let daemon = Daemon::start(&world);
    let ids = readers(&daemon);
    assert_eq!(ids.len(), 1, "one proves at the start that it is locked in");
    let status = status(ids[0]);
    for line in [
        "NoNewPrivs:\t1",
        "Seccomp:\t2",
        "Threads:\t1",
        "CapEff:\t0000000000000000",
    ] {
        assert!(status.contains(line), "{line}\n{status}");
    }
    let line = |begins: &str| status.lines().find(|line| line.starts_with(begins));
    // Only root may give up groups; others have nothing that a group of theirs could open.
    if geteuid().is_root() {
        assert_eq!(line("Groups:").unwrap().trim_end(), "Groups:");
        assert_eq!(line("Uid:").unwrap(), "Uid:\t65534\t65534\t65534\t65534");
    }
    let limits = fs::read_to_string(format!("/proc/{}/limits", ids[0])).unwrap();
    for (limit, most) in [
        ("Max address space", "536870912"),
        ("Max file size", "0"),
        ("Max processes", "0"),
        ("Max core file size", "0"),
        ("Max open files", "8"),
    ] {
        let line = limits.lines().find(|line| line.starts_with(limit)).unwrap();
        let told: Vec<&str> = line[limit.len()..].split_whitespace().take(2).collect();
        assert_eq!(told, [most, most], "{limit}");
    }
    assert!(
        fs::read(format!("/proc/{}/environ", ids[0]))
            .unwrap()
            .is_empty()
    );
    assert!(daemon.stop().success());
}

#[test]
fn without_landlock_or_seccomp_no_daemon_starts_unless_it_is_told_to() {
    let world = World::new();
    for (calls, piece) in [
        (&["landlock_create_ruleset"][..], "Landlock"),
        (&["seccomp"], "seccomp"),
    ] {
        for arguments in [&["run"][..], &["run", "--once"], &["check"]] {
            let told = without(calls, &world, arguments).exits(78, piece);
            assert!(
                told.contains(piece) && told.contains("jail = \"none\""),
                "{told}"
            );
        }
    }
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    world.set("reader.jail", "\"none\"");
    without(
        &["landlock_create_ruleset", "seccomp"],
        &world,
        &["run", "--once"],
    )
    .done("run");
    assert_eq!(answered(&world), 1);
    let told = world.run(&["check"]);
    assert!(told.done("check").contains("never do this with real data"));
}

#[test]
fn a_list_is_validated_on_a_machine_that_locks_nothing_in() {
    let world = World::bare();
    let file = world.outside("leavers.csv");
    fs::write(&file, list(3)).unwrap();
    let arguments = ["validate", file.to_str().unwrap()];
    let ended = without(&["landlock_create_ruleset"], &world, &arguments);
    assert!(
        ended.err.contains("can't lock the reader in"),
        "{}",
        ended.err
    );
    assert!(ended.done("validate").contains("3 rows: 3 consent"));
    let usual = finish(world.command(&arguments));
    assert_eq!(usual.err, "");
}

#[test]
fn a_reader_that_somebody_killed_is_replaced_and_the_file_is_read() {
    let world = present();
    let daemon = Daemon::start(&world);
    for (number, killed_by) in [Signal::KILL, Signal::TERM, Signal::INT]
        .into_iter()
        .enumerate()
    {
        let before = readers(&daemon);
        signal(before[0], killed_by);
        world.drop_file(SCHOOL, format!("add {number}.csv"), list(3 + number));
        soon("the receipt", || answered(&world) == number + 1);
        world.submissions(SCHOOL)[number].is("accepted", &[]);
        assert_ne!(readers(&daemon), before);
    }
    assert!(daemon.stop().success());
}

#[test]
fn a_file_that_takes_too_long_is_refused_and_the_next_one_is_read() {
    let world = present();
    world.set("reader.time", "\"1 s\"");
    let daemon = Daemon::start(&world);
    // Whatever keeps it busy: it does not answer.
    signal(readers(&daemon)[0], Signal::STOP);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    let receipts = world.submissions(SCHOOL);
    receipts[0].is("rejected", &["file-unreadable"]);
    assert!(
        receipts[0].text.contains("takes far longer"),
        "{}",
        receipts[0].text
    );
    // The log tells it by number, and never by the file's name.
    let log = daemon.log();
    let line = log
        .lines()
        .find(|line| line.contains("no answer from its reader"))
        .unwrap_or_else(|| panic!("no such line\n{log}"));
    for field in ["\"submission\":\"S000001\"", "\"why\":\"too-slow\"", SCHOOL] {
        assert!(line.contains(field), "{field}\n{line}");
    }
    assert!(!log.contains("leavers"), "{log}");
    world.drop_file(SCHOOL, "add later.csv", list(2));
    soon("the second receipt", || answered(&world) == 2);
    world.submissions(SCHOOL)[1].is("accepted", &[]);
    assert!(daemon.stop().success());
}

#[test]
fn a_daemon_that_is_told_to_stop_waits_for_no_reader_and_reads_the_file_later() {
    let world = present();
    world.set("reader.time", "\"10 min\"");
    let daemon = Daemon::start(&world);
    signal(readers(&daemon)[0], Signal::STOP);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("it to be taken", || {
        let spooled = fs::read_dir(world.state().join("spool")).unwrap();
        spooled.count() == 1
    });
    assert!(daemon.stop().success());
    assert_eq!(answered(&world), 0);
    let daemon = Daemon::start(&world);
    soon("the receipt", || answered(&world) == 1);
    world.submissions(SCHOOL)[0].is("accepted", &[]);
    assert!(daemon.stop().success());
}

#[test]
fn a_file_that_needs_too_much_memory_is_refused_and_the_next_one_is_read() {
    let world = World::new();
    world.set("reader.memory", "\"128 MiB\"");
    world.set("intake.max_bytes", "\"64 MiB\"");
    let cell = "x".repeat(1_990);
    let row = format!("{cell}\n");
    let large = format!("Forename,Surname,Date of birth\n{}", row.repeat(19_000));
    world.drop_file(SCHOOL, "1 large.csv", large);
    world.drop_file(SCHOOL, "2 leavers.csv", list(3));
    world.once();
    let receipts = world.submissions(SCHOOL);
    receipts[0].is("rejected", &["file-unreadable"]);
    assert!(
        receipts[0].text.contains("far more memory"),
        "{}",
        receipts[0].text
    );
    receipts[1].is("accepted", &[]);
}
