//! Who is affected by a lost file or a stolen key, and the 72 hours (clause 2.8).

use serde_json::{Value, json};

use crate::{
    asked::{about, acts, collect, fingerprint, json as told, released, send},
    pupils::{list, pupil, pupils, records},
    world::{OTHER, SCHOOL, World},
};

fn breach(world: &World, arguments: &[&str]) -> Value {
    let mut all = vec!["breach", "--json"];
    all.extend(arguments);
    told(world.run_at(&all))
}

fn status(world: &World) -> Value {
    told(world.run(&["status", "--json"]))
}

fn with_contact(world: &World) {
    let path = world.school_file(SCHOOL);
    let text = std::fs::read_to_string(&path).unwrap();
    let contact = "\n[[contact]]\nname = \"Sam Made-Up\"\nrole = \"Careers leader\"\nemail = \"s@school.example\"\n";
    std::fs::write(&path, text + contact).unwrap();
}

#[test]
fn a_lost_file_affects_the_pupils_in_it() {
    let world = released(3);
    with_contact(&world);
    collect(&world);
    let report = breach(&world, &["--release", "R000001"]);
    assert_eq!(report["about"], json!({"release": "R000001"}));
    assert_eq!(report["known_at"], "2026-11-21T10:00:00Z");
    assert_eq!(report["tell_ico_by"], "2026-11-24T10:00:00Z");
    assert_eq!(report["hours_left"], 72);
    let pupils = report["pupils"].as_array().unwrap();
    assert_eq!(pupils.len(), 3);
    let surnames: Vec<_> = pupils
        .iter()
        .map(|p| p["surname"].as_str().unwrap())
        .collect();
    assert!(surnames.is_sorted());
    assert_eq!(pupils[0]["releases"], json!(["R000001"]));
    let release = &report["releases"][0];
    assert_eq!(release["state"], "published");
    assert_eq!(release["recipients"][0]["person"], "Pat Invented");
    assert_eq!(release["served"][0]["person"], "Pat Invented");
    assert_eq!(report["schools"][0]["contacts"][0]["name"], "Sam Made-Up");
}

#[test]
fn the_first_question_starts_the_clock_and_later_ones_show_it() {
    let world = released(2);
    world.on("2026-11-22T08:30:00Z");
    let known = ["--release", "R000001", "--known-at", "2026-11-22T07:00:00Z"];
    let first = breach(&world, &known);
    assert_eq!(first["tell_ico_by"], "2026-11-25T07:00:00Z");
    assert_eq!(first["hours_left"], 70);
    world.on("2026-11-23T08:30:00Z");
    let later = breach(&world, &["--release", "R000001"]);
    assert_eq!(later["known_at"], "2026-11-22T07:00:00Z");
    assert_eq!(later["hours_left"], 46);
    let clock = &status(&world)["breaches"][0];
    assert_eq!(clock["about"], "R000001");
    assert_eq!(clock["hours_left"], 46);
    // Known earlier than was thought: the time is shorter, never longer.
    let known = ["--release", "R000001", "--known-at", "2026-11-21T12:00:00Z"];
    assert_eq!(breach(&world, &known)["known_at"], "2026-11-21T12:00:00Z");
    world.on("2026-11-24T14:30:00Z");
    let said = world
        .run_at(&["breach", "--release", "R000001"])
        .done("breach");
    assert!(said.contains("Tell the ICO at once"), "{said}");
    let said = world.run(&["status"]).done("status");
    assert!(
        said.contains("R000001, tell the ICO by") && said.contains("OVERDUE"),
        "{said}"
    );
    // Told, it runs no longer.
    let told = breach(&world, &["--release", "R000001", "--reported"]);
    assert_eq!(told["reported_at"], "2026-11-24T14:30:00Z");
    assert_eq!(status(&world)["breaches"], json!([]));
    let later = breach(&world, &["--release", "R000001"]);
    assert_eq!(later["reported_at"], "2026-11-24T14:30:00Z");
}

#[test]
fn a_time_that_has_not_come_starts_no_clock() {
    let world = released(2);
    let known = [
        "breach",
        "--release",
        "R000001",
        "--known-at",
        "2026-11-22T00:00:00Z",
    ];
    world.run_at(&known).exits(1, "it has not come");
    assert_eq!(status(&world)["breaches"], json!([]));
}

#[test]
fn a_stolen_key_affects_what_it_opens_fetched_and_sent() {
    let world = released(3);
    collect(&world);
    let ssh = fingerprint(&world, SCHOOL);
    let report = breach(&world, &["--key", &ssh]);
    assert_eq!(report["holder"]["person"], "Pat Invented");
    assert_eq!(report["other_keys"], json!([world.keys(SCHOOL).recipient]));
    let release = &report["releases"][0];
    assert_eq!(release["release"], "R000001");
    assert_eq!(
        release["opens"], false,
        "the age key opens, this one fetched"
    );
    assert_eq!(report["uploads"][0]["submission"], "S000001");
    assert_eq!(report["pupils"].as_array().unwrap().len(), 3);
    let age = world.keys(SCHOOL).recipient;
    let report = breach(&world, &["--key", &age]);
    assert_eq!(report["releases"][0]["opens"], true);
    assert_eq!(report["other_keys"], json!([ssh]));
    let next = report["next"].as_array().unwrap();
    assert!(next[0].as_str().unwrap().contains("schools.d/8604001.toml"));
    assert!(
        next.iter()
            .any(|step| step.as_str().unwrap().contains("pillarbox hold"))
    );
    let asked = acts(&world, "breach-asked");
    assert_eq!(asked[0]["subject"], ssh, "a fingerprint is a hash");
    assert!(!asked[1].to_string().contains(&age), "and a key is none");
}

#[test]
fn a_key_that_nobody_has_starts_no_clock() {
    let world = released(1);
    for (flag, value) in [
        ("--key", "SHA256:made-up"),
        ("--release", "R000099"),
        ("--school", "8604009"),
    ] {
        world
            .run_at(&["breach", flag, value])
            .exits(1, "nothing is on record");
    }
    assert_eq!(status(&world)["breaches"], json!([]));
    world
        .run_at(&["breach"])
        .exits(2, "one of three must be said");
}

#[test]
fn a_schools_loss_is_all_that_it_was_ever_sent() {
    let world = World::with_two_schools();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.send_as(OTHER, "leavers.csv", list(&pupils(5..7)));
    world.extract(&records(&pupils(0..3)));
    world.release();
    world.on("2026-11-22");
    world.send("add.csv", list(&[pupil(3)]));
    world.extract(&records(&pupils(0..4)));
    world.release();
    let report = breach(&world, &["--school", SCHOOL]);
    let ids: Vec<_> = report["releases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["release"])
        .collect();
    assert_eq!(ids, ["R000001", "R000002"]);
    assert_eq!(report["releases"][0]["state"], "superseded");
    assert_eq!(report["pupils"].as_array().unwrap().len(), 4);
    assert_eq!(report["schools"].as_array().unwrap().len(), 1);
    let both = &report["pupils"][0]["releases"];
    assert_eq!(both, &json!(["R000001", "R000002"]));
}

#[test]
fn people_read_whom_to_tell_and_what_to_do() {
    let world = released(3);
    with_contact(&world);
    collect(&world);
    let said = world.run_at(&["breach", "--school", SCHOOL]).done("breach");
    for words in [
        "Tell the ICO by 24 November 2026, 10:00:00: 72 hours left.",
        "Sam Made-Up, Careers leader, s@school.example",
        "Affected: 3 pupils",
        &format!("{}, {}", pupil(1).surname, pupil(1).forename),
        "Collected on",
        "Next:",
        "pillarbox hold --school 8604001 --recall",
    ] {
        assert!(said.contains(words), "«{words}» is missing in\n{said}");
    }
}

#[test]
fn each_run_is_on_record_without_names_and_erased_pupils_are_counted() {
    let world = released(3);
    collect(&world);
    world.on("2026-11-22");
    about(&world, "erase", &pupil(1), &[]).done("erase");
    let report = breach(&world, &["--release", "R000001"]);
    assert_eq!(report["pupils"].as_array().unwrap().len(), 2);
    assert_eq!(report["erased"], 1);
    let asked = acts(&world, "breach-asked");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["subject"], "R000001");
    assert_eq!(asked[0]["detail"]["pupils"], 2);
    world.run(&["audit", "verify"]).done("audit verify");
    send(&world, "destroyed.txt", "D000001");
}
