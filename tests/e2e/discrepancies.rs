//! What schools find wrong in what they received: a queue, an answer, a file that takes the wrong one's place.

use pillarbox::boxes::handover::Served;
use serde_json::Value;

use crate::{
    answers::Receipt,
    handed_over::{hand_over, key, serve},
    pupils::{Record, list, names_only, pupil, pupils, records},
    world::{OTHER, SCHOOL, World},
};

fn listed(world: &World) -> Vec<Value> {
    let out = world
        .run_at(&["discrepancy", "list", "--json"])
        .done("list");
    serde_json::from_str(&out).unwrap()
}

fn resolve(world: &World, id: &str, note: &str) -> crate::programs::Ended {
    world.run_at(&["discrepancy", "resolve", id, "--note", note])
}

fn status(world: &World) -> Value {
    let out = world.run(&["status", "--json"]).done("status");
    serde_json::from_str(&out).unwrap()
}

/// A file for three pupils, collected by one person over our own server.
fn collected() -> World {
    let world = World::new();
    hand_over(&world, SCHOOL, "leavers.csv", list(&pupils(0..3)));
    world.once();
    world.extract(&records(&pupils(0..3)));
    world.release();
    let file = world.outbox(SCHOOL).pop().unwrap();
    serve(&world, SCHOOL, &file, Served::Collected, &key("a"));
    world.once();
    world
}

fn report(world: &World, words: &str) -> Receipt {
    hand_over(world, SCHOOL, "discrepancy.txt", words);
    world.once();
    world.submissions(SCHOOL).pop().unwrap()
}

#[test]
fn a_discrepancy_waits_for_an_analyst_and_is_answered() {
    let world = World::with_two_schools();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.on("2026-11-22");
    let words = "R000001: the provider in row 3 is wrong.\nIt should be Nowhere Sixth Form.";
    let receipt = world.send("Discrepancy R000002.txt", words);
    assert_eq!(
        (receipt.kind(), receipt.outcome()),
        ("discrepancy", "accepted")
    );
    world.send_as(OTHER, "discrepancies.txt", "Made-up College has moved.");
    let all = listed(&world);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0]["id"], "S000002");
    assert_eq!(all[0]["school"], SCHOOL);
    assert_eq!(all[0]["reported_at"], "2026-11-22T10:00:00Z");
    assert_eq!(all[0]["text"], words);
    assert_eq!(
        all[0]["releases"],
        serde_json::json!(["R000002", "R000001"])
    );
    let shown = world.run_at(&["discrepancy", "list"]).done("list");
    assert!(
        shown.contains("S000002") && shown.contains("| It should be"),
        "{shown}"
    );
    let now = status(&world);
    assert_eq!(now["waiting"]["discrepancies"], 2);
    assert_eq!(now["schools"][0]["open_discrepancies"], 1);

    resolve(
        &world,
        "S000002",
        "The caseload system is right;\nthe college told us.",
    )
    .done("resolve");
    let mut answers = world.submissions(SCHOOL);
    answers.retain(|receipt| receipt.outcome() == "closed");
    let closed = answers.pop().unwrap();
    assert_eq!((closed.id(), closed.kind()), ("S000002", "discrepancy"));
    assert_eq!(closed.safe_name(), "closed");
    let note = closed.json["notes"][0].as_str().unwrap();
    assert!(note.contains("is right; the college told us."), "{note}");
    assert!(
        closed.first_line().contains("22 November 2026"),
        "{}",
        closed.text
    );
    assert_eq!(listed(&world).len(), 1);
    assert_eq!(status(&world)["schools"][0]["open_discrepancies"], 0);
    let trail = world.run(&["audit", "export"]).done("audit export");
    assert_eq!(trail.matches("discrepancy-reported").count(), 2);
    assert_eq!(trail.matches("discrepancy-resolved").count(), 1);
    assert!(
        trail.contains("review-listed"),
        "whoever reads them leaves a trace"
    );
    assert!(
        !trail.contains("college told"),
        "words are for the receipt alone"
    );
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn what_is_not_open_cant_be_resolved() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..1)));
    let unknown = resolve(&world, "S000009", "Why not.").exits(1, "unknown");
    assert!(
        unknown.contains("no discrepancy came in S000009"),
        "{unknown}"
    );
    resolve(&world, "S000001", "Why not.").exits(1, "a list is no discrepancy");
    world.send("discrepancy.txt", "Wrong.");
    resolve(&world, "S000002", "\n").exits(1, "a note must say something");
    resolve(&world, "S000002", "Mended.").done("resolve");
    let twice = resolve(&world, "S000002", "Mended.").exits(1, "answered");
    assert!(twice.contains("answered on 21 November 2026"), "{twice}");
}

#[test]
fn a_schools_words_are_sealed_and_told_to_no_log() {
    let world = World::new();
    let p = pupil(7);
    world.send("discrepancy.txt", format!("{} left in May.", p.full_name()));
    assert!(
        listed(&world)[0]["text"]
            .as_str()
            .unwrap()
            .contains(&p.surname)
    );
    world
        .run_at(&["discrepancy", "resolve", "S000001", "--note", "Mended."])
        .done("resolve");
    for file in ["ledger.db", "ledger.db-wal"] {
        let bytes = std::fs::read(world.state().join(file)).unwrap_or_default();
        let needle = p.surname.as_bytes();
        assert!(
            !bytes.windows(needle.len()).any(|at| at == needle),
            "{file}"
        );
    }
}

#[test]
fn what_is_no_text_is_taken_without_words_and_says_so() {
    let world = World::new();
    let receipt = world.send("discrepancy.docx", b"PK\x03\x04 made up".as_slice());
    assert_eq!(receipt.outcome(), "accepted");
    assert!(
        receipt.first_line().contains("Only plain text"),
        "{}",
        receipt.text
    );
    assert_eq!(listed(&world)[0]["text"], "");
    let long = world.send("discrepancy.txt", "x".repeat(1_000_000));
    assert_eq!(long.outcome(), "accepted");
    assert_eq!(
        listed(&world)[1]["text"].as_str().unwrap().chars().count(),
        4_001
    );
}

#[test]
fn an_ended_agreement_still_takes_discrepancies() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..1)));
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["terminated"] =
            "2026-11-20".parse::<toml_edit::Value>().unwrap().into();
    });
    assert_eq!(
        world.send("discrepancy.txt", "Wrong.").outcome(),
        "accepted"
    );
    assert_eq!(listed(&world).len(), 1);
    resolve(&world, "S000002", "Mended.").done("resolve");
}

#[test]
fn the_next_file_takes_the_place_of_a_collected_one() {
    let world = collected();
    report(&world, "R000001 names a wrong provider.");
    let right: Vec<Record> = records(&pupils(0..3))
        .into_iter()
        .map(|known| Record {
            provider: "The Right College".into(),
            ..known
        })
        .collect();
    world.on("2026-11-23").extract(&right);
    let corrected = world.release();
    assert_eq!(corrected.json["release"]["supersedes"], "R000001");
    let note = corrected.json["notes"][0].as_str().unwrap();
    assert!(
        note.contains("S000002") && note.contains("R000001"),
        "{note}"
    );
    assert_eq!(world.outbox(SCHOOL).len(), 1, "the wrong file is gone");
    assert!(
        world
            .shared()
            .iter()
            .all(|row| row.provider == "The Right College")
    );
    assert_eq!(listed(&world)[0]["corrected_by"], "R000002");
    // Once corrected, a collected file stays as ever.
    let file = world.outbox(SCHOOL).pop().unwrap();
    serve(&world, SCHOOL, &file, Served::Collected, &key("a"));
    let later = world.release();
    assert_eq!(later.json["release"]["supersedes"], Value::Null);
    assert_eq!(world.outbox(SCHOOL).len(), 2);
}

#[test]
fn a_file_that_is_no_longer_there_is_superseded_all_the_same() {
    let world = collected();
    world.on("2026-12-21").once();
    assert!(world.outbox(SCHOOL).is_empty());
    report(&world, "Something is wrong.");
    world.extract(&records(&pupils(0..3)));
    assert_eq!(world.release().json["release"]["supersedes"], "R000001");
}

#[test]
fn a_remake_and_a_held_release_correct_nothing() {
    let world = collected();
    report(&world, "Something is wrong.");
    hand_over(&world, SCHOOL, "withdrawals.csv", names_only(&[pupil(1)]));
    world.on("2026-11-22").once();
    let remade = world.releases(SCHOOL).pop().unwrap();
    assert_eq!(remade.json["release"]["trigger"], "recall");
    assert_eq!(listed(&world)[0]["corrected_by"], Value::Null);
    let file = world.outbox(SCHOOL).pop().unwrap();
    serve(&world, SCHOOL, &file, Served::Collected, &key("a"));
    world.on("2027-01-30").once();
    world.release();
    assert_eq!(
        listed(&world)[0]["corrected_by"],
        Value::Null,
        "too old an extract"
    );
    world.extract(&records(&pupils(0..3)));
    let corrected = world.release();
    assert_eq!(corrected.json["release"]["supersedes"], remade.id());
    assert_eq!(listed(&world)[0]["corrected_by"], corrected.id());
}
