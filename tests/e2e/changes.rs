//! What the council changes at a school is in the trail: who may log in and open files, and what was signed.

use std::fs;

use serde_json::Value;

use crate::{
    running::{Daemon, list, soon},
    world::{SCHOOL, World},
};

fn changes(world: &World) -> Vec<Value> {
    let trail = world.run(&["audit", "export"]).done("audit export");
    let rows = trail
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    rows.filter(|row: &Value| row["verb"] == "school-changed")
        .collect()
}

#[test]
fn a_change_in_a_schools_file_is_a_row_of_the_trail_once() {
    let world = World::new();
    world.once();
    assert_eq!(changes(&world).len(), 0, "nothing has happened yet");
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    for _ in 0..3 {
        world.once();
    }
    let at_first = changes(&world);
    assert_eq!(at_first.len(), 1);
    assert_eq!(at_first[0]["subject"], SCHOOL);
    assert_eq!(at_first[0]["actor"]["kind"], "system");
    let person = &at_first[0]["detail"]["persons"][0];
    assert!(person["keys"][0].as_str().unwrap().starts_with("SHA256:"));

    let daemon = Daemon::start(&world);
    let file = world.school_file(SCHOOL);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        text.replace("[[person]]", "[[person]]\nuntil = 2030-07-31"),
    )
    .unwrap();
    soon("the change", || changes(&world).len() == 2);
    assert!(daemon.stop().success());
    let now = changes(&world).pop().unwrap();
    assert_eq!(now["detail"]["persons"][0]["until"], "2030-07-31");
    assert_eq!(now["detail"]["persons"][0]["keys"], person["keys"]);
    // No name of a person, and no key.
    let told = now.to_string();
    assert!(!told.contains("name") && !told.contains("age1") && !told.contains("AAAA"));
}

#[test]
fn a_change_while_nobody_ran_is_met_at_the_next_look() {
    let world = World::new();
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    world.once();
    world.once();
    world.run(&["school", "suspend", SCHOOL]).done("suspend");
    world.once();
    let changes = changes(&world);
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[1]["detail"]["suspended"], true);
    let trail = world.run(&["audit", "export"]).done("audit export");
    assert_eq!(trail.matches("settings-changed").count(), 1);
}
