//! Asking about one pupil, as an officer does, and what the trail says of it afterwards.

use pillarbox::boxes::handover::{Ending, Served, Slip};
use serde_json::Value;

use crate::{
    handed_over::{hand_over_to, serve},
    programs::{Ended, finish_quietly},
    pupils::{Pupil, list, pupils, records},
    world::{SCHOOL, World},
};

/// A command about this pupil, told by name and date of birth.
pub(crate) fn about(world: &World, verb: &str, pupil: &Pupil, more: &[&str]) -> Ended {
    let mut arguments = vec![verb, "--forename", &pupil.forename];
    arguments.extend(["--surname", &pupil.surname, "--dob", &pupil.born]);
    arguments.extend(more);
    world.run_at(&arguments)
}

/// The same, its answer for programs.
pub(crate) fn json_about(world: &World, verb: &str, pupil: &Pupil) -> Value {
    json(about(world, verb, pupil, &["--json"]))
}

/// What a command printed for programs.
#[track_caller]
pub(crate) fn json(ended: Ended) -> Value {
    let out = ended.done("a command with --json");
    serde_json::from_str(&out).unwrap_or_else(|fault| panic!("{fault}: {out}"))
}

/// The fingerprint of the SSH key of a made-up person.
pub(crate) fn fingerprint(world: &World, person: &str) -> String {
    let mut keygen = std::process::Command::new("ssh-keygen");
    let told = finish_quietly(keygen.arg("-lf").arg(world.keys(person).ssh_public));
    told.split_whitespace().nth(1).unwrap().to_owned()
}

/// A world in which this many pupils were listed and released, all over our own server, which tells who
/// sends and who reads.
pub(crate) fn released(number: usize) -> World {
    let world = World::new();
    send(&world, "leavers.csv", &list(&pupils(0..number)));
    world.extract(&records(&pupils(0..number)));
    world.release().counts(&[("shared", number as u64)]);
    world
}

/// Sends a file over our own server with the key of the school's person.
pub(crate) fn send(world: &World, name: &str, content: &str) {
    let slip = Slip {
        name: name.into(),
        by: fingerprint(world, SCHOOL),
        ending: Ending::Complete,
    };
    hand_over_to(world, SCHOOL, &slip, content);
    world.once();
}

/// Has the school's person fetch all of the file in the outbox.
pub(crate) fn collect(world: &World) {
    let file = world.outbox(SCHOOL).remove(0);
    let key = fingerprint(world, SCHOOL);
    serve(world, SCHOOL, &file, Served::Touched, &key);
    serve(world, SCHOOL, &file, Served::Collected, &key);
    world.once();
}

/// The rows of the trail with this verb.
pub(crate) fn acts(world: &World, verb: &str) -> Vec<Value> {
    let trail = world.run(&["audit", "export"]).done("audit export");
    let rows = trail.lines().map(|row| serde_json::from_str(row).unwrap());
    rows.filter(|row: &Value| row["verb"] == verb).collect()
}
