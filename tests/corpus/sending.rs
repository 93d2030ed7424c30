//! Sends the whole corpus once: every file into the inbox of a school of its own, all judged by one pass.

use std::{collections::BTreeMap, fs, process::Command, sync::LazyLock, thread};

use crate::{
    answers::Receipt,
    programs::finish,
    table::{Agreement, Entry, Told, corpus, entries},
    world::{TODAY, World},
};

/// A file that was sent, and its answer.
pub(crate) struct Sent {
    pub(crate) path: String,
    pub(crate) receipt: Receipt,
}

/// Every file of the table, with its receipt. Sent once, whoever asks.
pub(crate) fn every_file_sent() -> &'static [Sent] {
    static SENT: LazyLock<Vec<Sent>> = LazyLock::new(send_every_file);
    &SENT
}

/// What `validate` says of every file that speaks for itself, by path.
pub(crate) fn validated() -> BTreeMap<String, Told> {
    let alone: Vec<_> = entries()
        .iter()
        .filter(|(path, entry)| entry.speaks_for_itself(path))
        .collect();
    let halves = alone.chunks(alone.len().div_ceil(2));
    thread::scope(|scope| {
        let halves: Vec<_> = halves.map(|half| scope.spawn(|| validate(half))).collect();
        let told = halves.into_iter().flat_map(|half| half.join().unwrap());
        told.collect()
    })
}

fn send_every_file() -> Vec<Sent> {
    let world = World::bare();
    let schools = enrol(&world);
    let rounds = entries().values().map(|entry| entry.before.len()).max();
    for round in 0..rounds.unwrap_or_default() {
        for (path, entry) in entries() {
            if let Some(before) = entry.before.get(round) {
                drop_file(&world, &schools[path], before);
            }
        }
        world.once();
    }
    for path in entries().keys() {
        drop_file(&world, &schools[path], path);
    }
    world.once();
    let sent = entries().iter().map(|(path, entry)| Sent {
        path: path.clone(),
        receipt: last_receipt(&world, &schools[path], entry),
    });
    sent.collect()
}

/// Gives every file a school, and returns their numbers by the files' paths.
fn enrol(world: &World) -> BTreeMap<String, String> {
    let numbered = (8_604_001..).zip(entries());
    let schools = numbered.map(|(number, (path, entry))| {
        let school = entry.school.clone().unwrap_or_else(|| number.to_string());
        if entry.agreement != Agreement::UnknownSchool {
            world.write_school(&school);
        }
        let change = |key: &str, value: Option<&str>| {
            world.edit_school(&school, |file| {
                let agreement = file["agreement"].as_table_mut().unwrap();
                match value {
                    Some(day) => drop(agreement.insert(key, day.parse().unwrap())),
                    None => drop(agreement.remove(key)),
                }
            });
        };
        match entry.agreement {
            Agreement::Unsigned => change("signed", None),
            Agreement::Ended => change("terminated", Some("2026-10-31")),
            Agreement::InForce | Agreement::UnknownSchool => {}
        }
        (path.clone(), school)
    });
    schools.collect()
}

fn drop_file(world: &World, school: &str, path: &str) {
    let entry = &entries()[path];
    world.drop_file(school, entry.name(path), content(path, entry));
}

fn content(path: &str, entry: &Entry) -> Vec<u8> {
    let mut content = fs::read(corpus().join(path)).unwrap();
    if let Some(bytes) = entry.grown_to {
        content.resize(usize::try_from(bytes).unwrap(), b' ');
    }
    content
}

/// The receipt that answers the file itself, after those of the files before it.
fn last_receipt(world: &World, school: &str, entry: &Entry) -> Receipt {
    if entry.agreement == Agreement::UnknownSchool {
        // Who is no school here has no box to speak of; the key that signs is the same for all.
        let key = world.box_of("8604001").join("allowed_signers");
        fs::copy(key, world.box_of(school).join("allowed_signers")).unwrap();
    }
    let mut receipts = world.submissions(school);
    assert_eq!(receipts.len(), entry.before.len() + 1, "{school}");
    receipts.pop().unwrap()
}

fn validate(files: &[(&String, &Entry)]) -> Vec<(String, Told)> {
    let folder = tempfile::tempdir().unwrap();
    let told = files.iter().map(|(path, entry)| {
        let file = folder.path().join(entry.name(path));
        fs::write(&file, content(path, entry)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pillarbox"));
        command.args(["validate", "--json", "--today", TODAY]);
        let ended = finish({
            command.arg(&file);
            command
        });
        let json = serde_json::from_str(&ended.out)
            .unwrap_or_else(|error| panic!("{path}: {error}\n{}\n{}", ended.out, ended.err));
        ((*path).clone(), Told::of(&json))
    });
    told.collect()
}
