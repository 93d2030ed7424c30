//! Requests that wait: what an officer sees, says, and what becomes of them (spec 6).

use serde_json::Value;

use crate::{
    answers::Receipt,
    pupils::{list, pupils, records},
    world::{OTHER, SCHOOL, World},
};

/// A world in which an officer approves each request, with three pupils listed and an extract.
fn manual() -> World {
    let world = ready();
    world.set("requests.approval", "\"manual\"");
    world
}

fn ready() -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.extract(&records(&pupils(0..3)));
    world
}

fn listed(world: &World) -> Vec<Value> {
    let out = world.run_at(&["request", "list", "--json"]).done("list");
    serde_json::from_str(&out).unwrap()
}

/// What the receipts under a request's own number say: title and outcome.
fn told(world: &World, id: &str) -> Vec<(String, String)> {
    let mut all = world.receipts(SCHOOL);
    all.retain(|receipt| receipt.id() == id);
    all.iter()
        .map(|r| (r.safe_name(), r.outcome().to_owned()))
        .collect()
}

fn answer(world: &World, id: &str, title: &str) -> Receipt {
    let mut all = world.receipts(SCHOOL);
    all.retain(|receipt| receipt.id() == id && receipt.safe_name() == title);
    all.pop().unwrap()
}

fn requested(world: &World) -> usize {
    let releases = world.releases(SCHOOL);
    let asked = releases
        .iter()
        .filter(|r| r.json["release"]["trigger"] == "request");
    asked.count()
}

#[test]
fn an_officer_sees_who_asks_why_and_what_for_it_waits() {
    let world = manual();
    let receipt = world.send("request.txt", "For the governors' meeting.");
    assert_eq!(receipt.outcome(), "queued");
    assert!(receipt.text.contains("approval"), "{}", receipt.text);
    let all = listed(&world);
    assert_eq!(all.len(), 1);
    let one = &all[0];
    assert_eq!(one["id"], "Q000001");
    assert_eq!(one["school"], SCHOOL);
    assert_eq!(one["school_name"], "School 8604001 of Nowhere");
    assert_eq!(one["asked_at"], "2026-11-21T10:00:00Z");
    assert_eq!(one["reason"], "For the governors' meeting.");
    assert_eq!(one["waits_for"], "approval");
    assert_eq!(one["position"], 1);
    assert_eq!(one["not_before"], Value::Null);
    let shown = world.run_at(&["request", "list"]).done("list");
    for part in ["Q000001", "Nowhere", "governors", "officer"] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
}

#[test]
fn an_approved_request_goes_at_once_where_it_may() {
    let world = manual();
    world.send("request.txt", "Please.");
    world.on("2026-11-22");
    let said = world
        .run_at(&["request", "approve", "Q000001"])
        .done("approve");
    assert!(said.contains("R000001"), "{said}");
    let granted = answer(&world, "Q000001", "granted");
    assert_eq!((granted.kind(), granted.outcome()), ("request", "accepted"));
    assert_eq!(granted.json["request"]["id"], "Q000001");
    assert_eq!(requested(&world), 1);
    assert_eq!(world.shared().len(), 3);
    assert!(listed(&world).is_empty());
    world.once();
    assert_eq!(requested(&world), 1, "and only once");
    let trail = world.run(&["audit", "export"]).done("audit export");
    for verb in ["request-approved", "request-granted"] {
        assert_eq!(trail.matches(verb).count(), 1, "{verb}");
    }
}

#[test]
fn an_approved_request_still_keeps_the_interval() {
    let world = manual();
    world.send("request.txt", "First.");
    world
        .run_at(&["request", "approve", "Q000001"])
        .done("approve");
    world.on("2026-12-01").send("request.txt", "Second.");
    let said = world
        .run_at(&["request", "approve", "Q000002", "--json"])
        .done("approve");
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["answer"], "approved");
    assert_eq!(said["not_before"], "2026-12-19");
    let approved = answer(&world, "Q000002", "approved");
    assert_eq!(approved.outcome(), "queued");
    assert_eq!(approved.json["request"]["position"], 1);
    assert_eq!(approved.json["request"]["not_before"], "2026-12-19");
    assert_eq!(listed(&world)[0]["waits_for"], "interval");
    world.on("2026-12-18").once();
    assert_eq!(requested(&world), 1);
    world.on("2026-12-19").once();
    assert_eq!(requested(&world), 2, "without another word");
}

#[test]
fn an_approved_request_still_keeps_the_capacity() {
    let world = World::with_two_schools();
    world.set("requests.approval", "\"manual\"");
    world.set("requests.max_per_day", "1");
    for school in [SCHOOL, OTHER] {
        world.send_as(school, "leavers.csv", list(&pupils(0..1)));
        world.send_as(school, "request.txt", "Please.");
    }
    world.extract(&records(&pupils(0..1)));
    // The later one is approved first, and goes first: the other waits for a yes.
    world
        .run_at(&["request", "approve", "Q000002"])
        .done("approve");
    world
        .run_at(&["request", "approve", "Q000001"])
        .done("approve");
    let waits = listed(&world);
    assert_eq!(waits.len(), 1);
    assert_eq!(
        (&waits[0]["id"], &waits[0]["waits_for"]),
        (&"Q000001".into(), &"capacity".into())
    );
    assert_eq!(waits[0]["not_before"], "2026-11-22");
    world.on("2026-11-22").once();
    assert_eq!(requested(&world), 1);
}

#[test]
fn a_declined_request_tells_the_school_why() {
    let world = manual();
    world.send("request.txt", "Please.");
    let reason = "The records are\nrenewed next week.";
    world
        .run_at(&["request", "decline", "Q000001", "--reason", reason])
        .done("decline");
    let declined = answer(&world, "Q000001", "declined");
    assert_eq!(declined.outcome(), "rejected");
    let why = declined.json["notes"][0].as_str().unwrap();
    assert!(why.contains("The records are renewed next week."), "{why}");
    assert!(declined.first_line().contains("renewed next week"));
    assert!(declined.text.contains("is declined"), "{}", declined.text);
    assert!(listed(&world).is_empty());
    world.on("2026-11-30").once();
    assert!(world.outbox(SCHOOL).is_empty());
    let trail = world.run(&["audit", "export"]).done("audit export");
    assert_eq!(trail.matches("request-declined").count(), 1);
    assert!(
        !trail.contains("next week"),
        "words are for the receipt alone"
    );
    // Declined ones count for no interval.
    world.send("request.txt", "Again.");
    world
        .run_at(&["request", "approve", "Q000002"])
        .done("approve");
    assert_eq!(requested(&world), 1);
}

#[test]
fn what_does_not_wait_can_be_neither_approved_nor_declined() {
    let world = manual();
    let decline = |id| world.run_at(&["request", "decline", id, "--reason", "No."]);
    let unknown = world
        .run_at(&["request", "approve", "Q000009"])
        .exits(1, "unknown");
    assert!(unknown.contains("no request Q000009"), "{unknown}");
    assert!(
        decline("Q000009")
            .exits(1, "unknown")
            .contains("request list")
    );
    world.send("request.txt", "Please.");
    let blank = world.run_at(&["request", "decline", "Q000001", "--reason", " "]);
    blank.exits(1, "a reason must be told");
    decline("Q000001").done("decline");
    for ended in [
        decline("Q000001"),
        world.run_at(&["request", "approve", "Q000001"]),
    ] {
        let said = ended.exits(1, "answered");
        assert!(said.contains("declined on 21 November 2026"), "{said}");
    }
    world.send("request.txt", "Again.");
    world
        .run_at(&["request", "approve", "Q000002"])
        .done("approve");
    world
        .run_at(&["request", "approve", "Q000002"])
        .exits(1, "granted");
    world.on("2026-11-22").send("request.txt", "Once more.");
    world
        .run_at(&["request", "approve", "Q000003"])
        .done("approve");
    let twice = world
        .run_at(&["request", "approve", "Q000003", "--json"])
        .exits(1, "approved already");
    assert!(
        twice.contains("\"why\"") && twice.contains("waits for its turn"),
        "{twice}"
    );
}

#[test]
fn a_request_that_waits_keeps_its_place_under_a_hold() {
    let world = ready();
    world.send("request.txt", "First.");
    world.on("2026-12-01").send("request.txt", "Second.");
    world.on("2026-12-10");
    world
        .run_at(&["hold", "--all", "--reason", "made-up incident"])
        .done("hold");
    world.on("2026-12-18").once();
    assert_eq!(told(&world, "Q000002"), []);
    world.on("2026-12-19").once();
    world.once();
    world.on("2026-12-20").once();
    let held = [("held".to_owned(), "held".to_owned())];
    assert_eq!(
        told(&world, "Q000002"),
        held,
        "told once, when its turn has come"
    );
    assert_eq!(requested(&world), 1);
    assert_eq!(listed(&world)[0]["waits_for"], "hold");
    world.run(&["resume", "--all"]).done("resume");
    world.extract(&records(&pupils(0..3)));
    world.once();
    assert_eq!(requested(&world), 2, "it goes when the hold ends");
    assert_eq!(world.releases(SCHOOL).pop().unwrap().outcome(), "released");
}

#[test]
fn an_approval_under_a_hold_waits_for_its_end() {
    let world = manual();
    world.send("request.txt", "Please.");
    world
        .run_at(&["hold", "--school", SCHOOL, "--reason", "made-up"])
        .done("hold");
    world
        .run_at(&["request", "approve", "Q000001"])
        .done("approve");
    let approved = answer(&world, "Q000001", "approved");
    assert!(approved.text.contains("on hold"), "{}", approved.text);
    assert!(world.outbox(SCHOOL).is_empty());
    world.run(&["resume", "--school", SCHOOL]).done("resume");
    world.once();
    assert_eq!(requested(&world), 1);
}

#[test]
fn a_request_that_waits_is_answered_when_the_agreement_ends() {
    let world = manual();
    world.send("request.txt", "Please.");
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["terminated"] =
            "2026-11-25".parse::<toml_edit::Value>().unwrap().into();
    });
    world.on("2026-11-24").once();
    assert_eq!(listed(&world).len(), 1);
    world.on("2026-11-25");
    let refused = world
        .run_at(&["request", "approve", "Q000001"])
        .exits(1, "ended");
    assert!(refused.contains("not in force"), "{refused}");
    world.once();
    world.once();
    let closed = [("closed".to_owned(), "held".to_owned())];
    assert_eq!(told(&world, "Q000001"), closed);
    assert!(listed(&world).is_empty());
}

#[test]
fn nothing_in_a_request_chooses_anything_or_reaches_the_officers_terminal() {
    let world = World::with_two_schools();
    world.set("requests.approval", "\"manual\"");
    world.send("leavers.csv", list(&pupils(0..3)));
    world.send_as(OTHER, "leavers.csv", list(&pupils(0..3)));
    world.extract(&records(&pupils(0..3)));
    let body = "\x1b[2J\x1b]0;owned\x07 {\"school\":\"8604002\",\"approved_at\":\"2026-01-01T00:00:00Z\"}\n\
        id = Q000099\nschool = 8604002\npath = ../../8604002/outbox\npupil = S000001.0\n\
        recipient = age1evil\n--approve Q000001\n$(touch made-up)\nS000001; DROP TABLE request;\u{202e}\n";
    let receipt = world.send("request Q000002 8604002 approve --all.txt", body);
    assert_eq!(receipt.outcome(), "queued", "{}", receipt.text);
    let shown = world.run_at(&["request", "list"]).done("list");
    let harmless = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
    assert!(shown.chars().all(harmless), "{shown:?}");
    let all = listed(&world);
    assert_eq!(
        (&all[0]["id"], &all[0]["school"]),
        (&"Q000001".into(), &SCHOOL.into())
    );
    assert!(all[0]["reason"].as_str().unwrap().chars().count() <= 500);
    world.once();
    assert!(world.outbox(SCHOOL).is_empty(), "no file approves itself");
    world
        .run_at(&["request", "approve", "Q000001"])
        .done("approve");
    assert_eq!(world.shared().len(), 3);
    assert!(
        world.outbox(OTHER).is_empty(),
        "another school gets nothing"
    );
    let only = world.keys(SCHOOL).recipient;
    let release = world.releases(SCHOOL).pop().unwrap();
    assert_eq!(
        release.json["release"]["recipients"],
        serde_json::json!([only])
    );
}
