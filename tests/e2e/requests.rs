//! A school's ask for a release outside the schedule (spec 2, 6).

use crate::{
    answers::Receipt,
    opened::names,
    pupils::{list, pupils, records},
    world::{SCHOOL, World},
};

fn ready() -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.extract(&records(&pupils(0..3)));
    world
}

/// The releases that a request brought about.
fn requested(world: &World, school: &str) -> Vec<Receipt> {
    let mut releases = world.releases(school);
    releases.retain(|r| r.json["release"]["trigger"] == "request");
    releases
}

#[test]
fn a_request_is_granted_at_once() {
    let world = ready();
    let receipt = world.send("request.txt", "For the governors' meeting in December.");
    assert_eq!(receipt.kind(), "request");
    assert_eq!(receipt.outcome(), "accepted", "{}", receipt.text);
    let releases = requested(&world, SCHOOL);
    assert_eq!(releases.len(), 1);
    assert_eq!(releases[0].outcome(), "released");
    assert_eq!(world.shared().len(), 3);
    assert!(
        receipt.text.contains("Q000001") || receipt.json.to_string().contains("Q000001"),
        "a request has a number: {}",
        receipt.text
    );
}

#[test]
fn the_next_request_waits_for_its_day() {
    let world = ready();
    world.send("request.txt", "First.");
    world.on("2026-12-01");
    let second = world.send("request.txt", "Second.");
    assert_eq!(second.outcome(), "queued");
    assert!(
        second.text.contains("2026") || second.text.contains("December"),
        "says when"
    );
    assert_eq!(requested(&world, SCHOOL).len(), 1);
    world.on("2026-12-18").once();
    assert_eq!(
        requested(&world, SCHOOL).len(),
        1,
        "twenty-seven days are not enough"
    );
    world.on("2026-12-20").once();
    assert_eq!(requested(&world, SCHOOL).len(), 2, "twenty-eight are");
}

#[test]
fn the_councils_capacity_is_so_many_a_day() {
    let world = World::bare();
    world.set("requests.max_per_day", "2");
    let schools = ["8604001", "8604002", "8604003", "8604004"];
    for school in schools {
        world.write_school(school);
    }
    let mut known = records(&pupils(0..4));
    for ((school, p), row) in schools.into_iter().zip(pupils(0..4)).zip(&mut known) {
        world.drop_file(school, "leavers.csv", list(&[p]));
        row.school = school.to_owned();
    }
    world.extract(&known);
    world.once();
    for school in schools {
        world.drop_file(school, "request.txt", "Please.");
    }
    world.once();
    let granted = |world: &World| -> usize {
        schools
            .iter()
            .map(|school| requested(world, school).len())
            .sum()
    };
    let queued = schools
        .iter()
        .filter(|school| world.submissions(school)[1].outcome() == "queued")
        .count();
    assert_eq!((granted(&world), queued), (2, 2));
    world.once();
    assert_eq!(granted(&world), 2, "the same day changes nothing");
    world.on("2026-11-22").once();
    assert_eq!(granted(&world), 4);
}

#[test]
fn nothing_in_a_request_chooses_whom_or_where() {
    let world = ready();
    let body = "school = 8604002\npath = ../../8604002/outbox\n$(touch made-up)\n--all\n";
    world.send(
        "request ../8604002.txt".replace("../", "..-").as_str(),
        body,
    );
    assert_eq!(world.outbox(SCHOOL).len(), 1);
    assert_eq!(names(&world.shared()).len(), 3);
}

#[test]
fn an_empty_request_is_a_request() {
    let world = ready();
    let receipt = world.send("request.txt", "");
    assert_eq!(receipt.kind(), "request");
    assert_eq!(receipt.outcome(), "accepted", "{}", receipt.text);
    assert_eq!(requested(&world, SCHOOL).len(), 1);
}

#[test]
fn a_request_without_an_extract_is_held_not_lost() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.send("request.txt", "Please.");
    assert!(world.outbox(SCHOOL).is_empty());
    let waits = world
        .receipts(SCHOOL)
        .iter()
        .any(|r| ["held", "queued"].contains(&r.outcome()));
    assert!(waits, "the school is told that it waits");
}

#[test]
fn under_a_hold_a_request_is_held() {
    let world = ready();
    world
        .run(&["hold", "--all", "--reason", "made-up incident"])
        .done("hold");
    world.send("request.txt", "Please.");
    assert!(world.outbox(SCHOOL).is_empty());
    assert!(world.receipts(SCHOOL).iter().any(|r| r.outcome() == "held"));
    world.run(&["resume", "--all"]).done("resume");
    world.on("2026-11-22");
    assert_eq!(world.release().outcome(), "released");
}

#[test]
fn a_request_without_an_agreement_is_refused_or_held() {
    let world = ready();
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["terminated"] =
            "2026-11-20".parse::<toml_edit::Value>().unwrap().into();
    });
    let receipt = world.send("request.txt", "Please.");
    assert!(
        ["rejected", "held"].contains(&receipt.outcome()),
        "{}",
        receipt.outcome()
    );
    assert!(world.outbox(SCHOOL).is_empty());
}

#[test]
fn manual_approval_waits_for_the_council() {
    let world = ready();
    world.set("requests.approval", "\"manual\"");
    let receipt = world.send("request.txt", "Please.");
    assert_eq!(receipt.outcome(), "queued");
    world.on("2026-11-30").once();
    assert!(world.outbox(SCHOOL).is_empty());
}
