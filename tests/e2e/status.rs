//! `status` as people and programs read it: what to do first, no wider than the terminal, live on request.

use std::{
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration as Wait, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{
    programs::finish,
    running::{Daemon, answered, lay_extract, list, present, soon},
    world::{SCHOOL, World},
};

fn json(world: &World) -> Value {
    serde_json::from_str(&world.run(&["status", "--json"]).done("status --json")).unwrap()
}

/// What there is to do, and what to type.
fn todo(world: &World) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = json(world)["todo"].as_array().unwrap().clone();
    all.iter()
        .map(|todo| (text(&todo["what"]), text(&todo["next"])))
        .collect()
}

fn is_to_do(world: &World, what: &str, next: &str) -> bool {
    todo(world)
        .iter()
        .any(|todo| todo.0.contains(what) && todo.1.contains(next))
}

fn at_width(world: &World, columns: usize) -> String {
    let mut command = world.command(&["status"]);
    command.env("COLUMNS", columns.to_string());
    finish(command).done("status")
}

#[test]
fn what_needs_somebody_comes_first_with_what_to_type() {
    let world = present();
    assert!(is_to_do(
        &world,
        "The daemon is not running",
        "systemctl start"
    ));
    let daemon = Daemon::start(&world);
    let told = json(&world);
    assert_eq!(told["daemon"]["running"], true);
    assert!(told["daemon"]["since"].is_string());
    assert!(!is_to_do(&world, "The daemon is not running", ""));
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    assert!(is_to_do(
        &world,
        "There is no extract",
        "put a new one into"
    ));
    lay_extract(&world, 3);
    world.run(&["release", "--school", SCHOOL]).done("release");
    world
        .run(&["hold", "--all", "--reason", "made-up"])
        .done("hold");
    assert!(is_to_do(
        &world,
        "All sharing is on hold since",
        "pillarbox resume --all"
    ));
    assert!(json(&world)["all_on_hold_since"].is_string());
    let screen = at_width(&world, 100);
    let (first, second) = (
        screen.find("To do").unwrap(),
        screen.find("School ").unwrap(),
    );
    assert!(first < second, "{screen}");
    world.run(&["resume", "--all"]).done("resume");
    world
        .run(&["hold", "--school", SCHOOL, "--reason", "made-up"])
        .done("hold");
    assert!(is_to_do(
        &world,
        "1 school is on hold: 8604001",
        "pillarbox resume --school 8604001"
    ));
    world.run(&["resume", "--school", SCHOOL]).done("resume");
    world.set("requests.approval", "\"manual\"");
    assert!(daemon.stop().success());
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "request.txt", "For tonight.");
    soon("a request", || {
        is_to_do(&world, "1 request waits", "pillarbox request list")
    });
    assert!(daemon.stop().success());
}

#[test]
fn a_screen_is_no_wider_than_the_terminal() {
    let world = present();
    world.add_settings("[[schedule]]\nname = \"monthly\"\ncron = \"0 6 1 * *\"\n");
    world.edit_school(SCHOOL, |school| {
        school["name"] =
            toml_edit::value("The Very Long and Entirely Made-up High School of Nowhere");
    });
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    world.run(&["run", "--once"]).done("run --once");
    lay_extract(&world, 3);
    world.run(&["release", "--school", SCHOOL]).done("release");
    for columns in [80, 100, 120, 200] {
        let screen = at_width(&world, columns);
        // Commands stay in one piece, to be copied.
        for line in screen.lines().filter(|line| !line.starts_with("      ")) {
            assert!(
                line.chars().count() <= columns,
                "{columns}: {line}\n{screen}"
            );
        }
        assert!(screen.contains("Next      monthly on 1 "), "{screen}");
        assert!(screen.contains("R000001"), "{screen}");
    }
    assert!(at_width(&world, 80).contains("…"));
}

#[test]
fn watching_without_a_terminal_prints_plainly_and_ends_with_a_signal() {
    let world = present();
    let mut command = world.command(&["status", "--watch"]);
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    sleep(Wait::from_secs(3));
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let out = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert!(!out.contains('\x1b'), "{out:?}");
    assert_eq!(out.matches("Made-up County Council").count(), 2, "{out}");
}

#[test]
fn watching_on_a_terminal_ends_on_q_and_gives_the_terminal_back() {
    let world = present();
    let watch = format!(
        "stty rows 12 cols 80; {} status --watch --config {}; echo ended with $?",
        env!("CARGO_BIN_EXE_pillarbox"),
        world.config().display()
    );
    let mut script = Command::new("script");
    script.args(["-qec", &watch, "/dev/null"]);
    let mut child = script
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script, of util-linux");
    sleep(Wait::from_secs(3));
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"q").unwrap();
    let asked = Instant::now();
    let out = child.wait_with_output().unwrap();
    assert!(asked.elapsed() < Wait::from_secs(5));
    let out = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.contains("ended with 0"), "{out:?}");
    assert!(
        out.contains("\x1b[?1049h") && out.contains("\x1b[?1049l\r\n")
            || out.contains("\x1b[?25h\x1b[?1049l")
    );
    // Nothing is wiped before it is drawn anew, but for the first time.
    assert_eq!(out.matches("\x1b[2J").count(), 1, "{out:?}");
}

#[test]
fn a_hold_on_a_school_that_has_sent_nothing_shows() {
    let world = present();
    world
        .run(&["hold", "--school", SCHOOL, "--reason", "made-up"])
        .done("hold");
    assert!(is_to_do(
        &world,
        "1 school is on hold: 8604001",
        "pillarbox resume --school 8604001"
    ));
}
