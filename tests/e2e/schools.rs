//! Schools, their agreements and their persons, as operators keep them (spec 7).

use std::{fs, process::Command};

use serde_json::Value;

use crate::{
    programs::{finish, finish_quietly},
    pupils::{list, pupils, records},
    world::{OTHER, SCHOOL, World},
};

fn school_json(world: &World) -> Value {
    let words = world
        .run(&["school", "show", SCHOOL, "--json"])
        .done("school show --json");
    serde_json::from_str(&words).unwrap()
}

fn set_date(world: &World, table: &str, key: &str, day: &str) {
    world.edit_school(SCHOOL, |school| {
        school[table][key] = day.parse::<toml_edit::Value>().unwrap().into();
    });
}

#[test]
fn a_school_is_written_as_the_contract_shows_it() {
    let world = World::new();
    let text = fs::read_to_string(world.school_file(SCHOOL)).unwrap();
    let school = text.parse::<toml_edit::DocumentMut>().unwrap();
    assert_eq!(school["id"].as_str(), Some(SCHOOL));
    assert!(school["name"].as_str().unwrap().contains("Nowhere"));
    assert_eq!(
        school["agreement"]["signed"].to_string().trim(),
        "2026-09-14"
    );
    let person = school["person"]
        .as_array_of_tables()
        .unwrap()
        .get(0)
        .unwrap();
    assert_eq!(person["name"].as_str(), Some("Pat Invented"));
    let key = person["keys"][0].as_str().unwrap();
    assert!(key.starts_with("ssh-ed25519 "), "{key}");
    assert_eq!(
        person["age"].as_str(),
        Some(world.keys(SCHOOL).recipient.as_str())
    );
}

#[test]
fn a_school_is_added_once() {
    let world = World::new();
    let before = fs::read_to_string(world.school_file(SCHOOL)).unwrap();
    world
        .run(&["school", "add", SCHOOL, "--name", "Another"])
        .fails("adding it again");
    assert_eq!(
        fs::read_to_string(world.school_file(SCHOOL)).unwrap(),
        before
    );
}

#[test]
fn a_schools_id_is_a_laestab() {
    let world = World::bare();
    for wrong in ["860400", "86040011", "abc4001", "../8604001", "0004001"] {
        world
            .run(&["school", "add", wrong, "--name", "Nowhere"])
            .exits(2, wrong);
    }
}

#[test]
fn urn_and_formats_are_kept() {
    let world = World::bare();
    world
        .run(&[
            "school", "add", SCHOOL, "--name", "Nowhere", "--urn", "124001", "--format", "csv",
            "--format", "xlsx",
        ])
        .done("school add");
    world.run(&["check"]).done("check");
    let text = fs::read_to_string(world.school_file(SCHOOL)).unwrap();
    let school = text.parse::<toml_edit::DocumentMut>().unwrap();
    assert!(school["urn"].to_string().contains("124001"));
    assert_eq!(school["formats"].as_array().unwrap().len(), 2);
}

#[test]
fn persons_are_added_with_what_they_may_do() {
    let world = World::new();
    let keys = world.keys("second");
    let mut add = world.command(&["school", "person", SCHOOL, "--name", "Sam Second"]);
    add.arg("--key").arg(&keys.ssh_public).args([
        "--may",
        "collect",
        "--authorised-by",
        "Headteacher",
        "--until",
        "2028-07-31",
    ]);
    finish(add).done("school person");
    let text = fs::read_to_string(world.school_file(SCHOOL)).unwrap();
    let school = text.parse::<toml_edit::DocumentMut>().unwrap();
    let person = school["person"]
        .as_array_of_tables()
        .unwrap()
        .get(1)
        .unwrap();
    assert_eq!(person["name"].as_str(), Some("Sam Second"));
    assert_eq!(person["may"].as_array().unwrap().len(), 1);
    assert_eq!(person["authorised_by"].as_str(), Some("Headteacher"));
    assert_eq!(person["until"].to_string().trim(), "2028-07-31");
    world.run(&["check"]).done("check");
}

#[test]
fn keys_that_cannot_open_files_are_refused() {
    let world = World::bare();
    let key = world.outside("id_ecdsa");
    let mut keygen = Command::new("ssh-keygen");
    finish_quietly(keygen.args(["-q", "-t", "ecdsa", "-N", "", "-f"]).arg(&key));
    let mut add = world.command(&["school", "add", SCHOOL, "--name", "Nowhere"]);
    add.args([
        "--signed",
        "2026-09-14",
        "--person",
        "Pat Invented",
        "--key",
    ]);
    add.arg(key.with_extension("pub"));
    if finish(add).code == Some(0) {
        // Where it could be added, `check` must still say that nobody can open a file.
        world.run(&["check"]).exits(78, "check");
    }
}

#[test]
fn a_key_in_puttys_form_is_read() {
    let world = World::bare();
    let keys = world.keys(SCHOOL);
    let openssh = fs::read_to_string(&keys.ssh_public).unwrap();
    let body = openssh.split(' ').nth(1).unwrap();
    let (head, tail) = body.split_at(body.len() / 2);
    let putty = world.outside("putty.pub");
    fs::write(
        &putty,
        format!(
            "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"made-up\"\n{head}\n{tail}\n\
             ---- END SSH2 PUBLIC KEY ----\n"
        ),
    )
    .unwrap();
    let mut add = world.command(&["school", "add", SCHOOL, "--name", "Nowhere"]);
    add.args([
        "--signed",
        "2026-09-14",
        "--person",
        "Pat Invented",
        "--key",
    ])
    .arg(putty);
    finish(add).done("school add with a PuTTY key");
    let school = fs::read_to_string(world.school_file(SCHOOL)).unwrap();
    assert!(school.contains(body), "{school}");
}

#[test]
fn a_private_key_is_never_taken_for_a_public_one() {
    let world = World::bare();
    let keys = world.keys(SCHOOL);
    let mut add = world.command(&["school", "add", SCHOOL, "--name", "Nowhere"]);
    add.args(["--person", "Pat Invented", "--key"])
        .arg(&keys.ssh);
    let words = finish(add).fails("a private key");
    let secret = fs::read_to_string(&keys.ssh).unwrap();
    let line = secret.lines().nth(2).unwrap();
    assert!(!words.contains(line), "a key is never echoed");
    assert!(!world.school_file(SCHOOL).exists());
}

#[test]
fn before_the_signature_nothing_is_taken_and_nothing_shared() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    set_date(&world, "agreement", "signed", "2026-11-22");
    let receipt = world.release();
    assert_eq!(receipt.outcome(), "held");
    assert!(world.outbox(SCHOOL).is_empty());
    world
        .send("more.csv", list(&pupils(0..3)))
        .is("rejected", &["agreement-not-in-force"]);
    world.on("2026-11-22");
    assert_eq!(world.release().outcome(), "released", "from that day on");
}

#[test]
fn from_the_day_of_termination_nothing_is_taken_or_shared() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    set_date(&world, "agreement", "terminated", "2026-11-23");
    world.on("2026-11-22");
    assert_eq!(world.release().outcome(), "released", "the day before");
    world.on("2026-11-23");
    assert_eq!(world.release().outcome(), "held");
    world
        .send("more.csv", list(&pupils(0..3)))
        .is("rejected", &["agreement-not-in-force"]);
    assert!(world.outbox(SCHOOL).is_empty());
}

#[test]
fn a_suspended_school_is_as_good_as_one_without_agreement() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world
        .run(&["school", "suspend", SCHOOL])
        .done("school suspend");
    assert_eq!(world.release().outcome(), "held");
    assert!(world.outbox(SCHOOL).is_empty());
    let receipt = world.send("more.csv", list(&pupils(0..3)));
    receipt.is("rejected", &["agreement-not-in-force"]);
}

#[test]
fn terminating_a_school_writes_its_day() {
    let world = World::new();
    world
        .run(&["school", "terminate", SCHOOL])
        .done("school terminate");
    let school = fs::read_to_string(world.school_file(SCHOOL)).unwrap();
    assert!(school.contains("terminated"), "{school}");
    world.run(&["check"]).done("check");
}

#[test]
fn an_overdue_review_never_blocks() {
    let world = World::new();
    set_date(&world, "agreement", "signed", "2019-09-14");
    set_date(&world, "agreement", "reviewed", "2020-09-14");
    world
        .send("leavers.csv", list(&pupils(0..2)))
        .is("accepted", &[]);
    world.extract(&records(&pupils(0..2)));
    world.release().counts(&[("shared", 2)]);
    let status = world.run(&["status"]).done("status").to_lowercase();
    assert!(status.contains("review"), "but status says so: {status}");
}

#[test]
fn list_show_and_welcome_tell_people_and_programs() {
    let world = World::with_two_schools();
    let names = world.run(&["school", "list"]).done("school list");
    assert!(names.contains(SCHOOL) && names.contains(OTHER), "{names}");
    let all: Value =
        serde_json::from_str(&world.run(&["school", "list", "--json"]).done("list")).unwrap();
    assert!(all.to_string().contains(OTHER));
    world.edit_school(SCHOOL, |school| {
        let text = "[[contact]]\nname = \"Sam Madeup\"\nrole = \"Careers leader\"\n\
                    email = \"s.madeup@school.example\"\n";
        let contact = text.parse::<toml_edit::DocumentMut>().unwrap();
        school["contact"] = contact["contact"].clone();
    });
    let shown = world.run(&["school", "show", SCHOOL]).done("school show");
    for words in [
        "Pat Invented",
        "2026-09-14",
        "Sam Madeup",
        "s.madeup@school.example",
    ] {
        assert!(shown.contains(words), "{words} in\n{shown}");
    }
    assert!(school_json(&world).to_string().contains("Sam Madeup"));
    let welcome = world
        .run(&["school", "welcome", SCHOOL])
        .done("school welcome");
    assert!(welcome.contains(SCHOOL), "{welcome}");
    world
        .run(&["school", "show", "8609999"])
        .fails("a school that is not there");
}

#[test]
fn no_secret_is_printed() {
    let world = World::new();
    for arguments in [
        ["school", "show", SCHOOL],
        ["school", "welcome", SCHOOL],
        ["school", "list", "--json"],
    ] {
        let words = world.run(&arguments).done("a school command");
        assert!(!words.contains("AGE-SECRET-KEY") && !words.contains("PRIVATE KEY"));
    }
}
