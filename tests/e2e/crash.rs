//! Killed at every named step of taking and releasing, Pillarbox ends where it would have ended: each
//! upload has exactly one receipt and each release exactly one file. Needs the feature `faults`.

use std::collections::BTreeSet;

use pillarbox::{boxes::handover::Served, flow::fault::STEPS};

use crate::{
    handed_over::{hand_over, key, serve},
    opened::names,
    programs::{Ended, finish},
    pupils::{list, names_only, pupil, pupils, records},
    world::{SCHOOL, World},
};

const SCHOOLS: [&str; 3] = [SCHOOL, "8604002", "8604003"];

/// Three schools: the first has a file in its outbox and withdraws a pupil, the second asks for a
/// release, the third sends a newer list. All of it waits to be done.
fn waiting() -> World {
    let world = World::bare();
    let mut known = records(&pupils(0..9));
    for (i, school) in SCHOOLS.into_iter().enumerate() {
        world.write_school(school);
        world.drop_file(school, "leavers.csv", list(&pupils(3 * i..3 * i + 3)));
        for row in &mut known[3 * i..3 * i + 3] {
            school.clone_into(&mut row.school);
        }
    }
    world.extract(&known);
    world.once();
    world.release_to(SCHOOL);
    world.on("2026-11-22");
    world.drop_file(SCHOOLS[0], "withdrawals.csv", names_only(&[pupil(1)]));
    world.drop_file(SCHOOLS[1], "request.txt", "For the governors.");
    hand_over(&world, SCHOOLS[2], "leavers.csv", list(&pupils(6..8)));
    let file = world.outbox(SCHOOL).pop().unwrap();
    serve(&world, SCHOOL, &file, Served::Touched, &key("a"));
    world.drop_file(SCHOOLS[2], "leavers.pdf", "not read");
    world
}

fn once_with_fault(world: &World, step: &str) -> Ended {
    let mut command = world.command(&["run", "--once", "--at", &world.now()]);
    command.env("PILLARBOX_FAULT", step);
    finish(command)
}

fn release_with_fault(world: &World, step: &str) -> Ended {
    let mut command = world.command(&["release", "--school", SCHOOLS[2], "--at", &world.now()]);
    command.env("PILLARBOX_FAULT", step);
    finish(command)
}

fn died(ended: &Ended) -> bool {
    ended.code.is_none()
}

/// Asserts what must hold once all is done, however often it died before.
#[track_caller]
fn all_is_done(world: &World, step: &str) {
    let mut ids = BTreeSet::new();
    for (school, uploads) in SCHOOLS.into_iter().zip([2, 2, 3]) {
        let receipts = world.receipts(school);
        let submissions = receipts.iter().filter(|r| r.id().starts_with('S'));
        let submissions = submissions
            .map(|r| r.id().to_owned())
            .collect::<BTreeSet<_>>();
        assert_eq!(submissions.len(), uploads, "{step}: uploads of {school}");
        for receipt in &receipts {
            let name = receipt.path.to_string_lossy();
            assert!(
                ids.insert(name.clone().into_owned()),
                "{step}: {name} twice"
            );
        }
        let once = receipts.iter().filter(|r| r.id().starts_with('S')).count();
        assert_eq!(once, uploads, "{step}: one receipt each");
        let inbox = world.box_of(school).join("inbox");
        assert!(
            crate::world::names_in(&inbox).is_empty(),
            "{step}: left in the inbox of {school}"
        );
        assert_eq!(
            world.outbox(school).len(),
            1,
            "{step}: one file for {school}"
        );
        one_file_a_release(world, school, step);
    }
    let with = |school: &str| {
        let mut shared = names(&world.shared_with(school));
        shared.sort();
        shared
    };
    let expected = |numbers: &[usize]| {
        let mut all = numbers
            .iter()
            .map(|&n| pupil(n).full_name())
            .collect::<Vec<_>>();
        all.sort();
        all
    };
    assert_eq!(
        with(SCHOOLS[0]),
        expected(&[0, 2]),
        "{step}: the withdrawal"
    );
    assert_eq!(
        with(SCHOOLS[1]),
        expected(&[3, 4, 5]),
        "{step}: the request"
    );
    assert_eq!(
        with(SCHOOLS[2]),
        expected(&[6, 7]),
        "{step}: the newer list"
    );
    what_the_front_end_told_is_done(world, step);
    world.run(&["audit", "verify"]).done(step);
}

/// What was served is recorded once, and nothing is left between front end and daemon.
#[track_caller]
fn what_the_front_end_told_is_done(world: &World, step: &str) {
    let trail = world.run(&["audit", "export"]).done(step);
    assert_eq!(
        trail.matches("file-touched").count(),
        1,
        "{step}: served once"
    );
    let notices = crate::notices::notices(world);
    assert_eq!(notices.len(), 1, "{step}: one notice, sent once");
    let handed_over = world.state().join("front/boxes").join(SCHOOLS[2]);
    assert!(
        crate::world::names_in(&handed_over).is_empty(),
        "{step}: left between front end and daemon"
    );
}

/// The newest release's receipt names the file that lies there, and no release was made twice.
#[track_caller]
fn one_file_a_release(world: &World, school: &str, step: &str) {
    let released = world
        .releases(school)
        .into_iter()
        .filter(|r| r.outcome() == "released")
        .collect::<Vec<_>>();
    let ids = released
        .iter()
        .map(|r| r.id().to_owned())
        .collect::<BTreeSet<_>>();
    assert_eq!(
        ids.len(),
        released.len(),
        "{step}: a release twice in {school}"
    );
    let there = &world.outbox(school)[0];
    let named = released
        .iter()
        .filter(|r| r.json["release"]["file"] == there.as_str());
    assert_eq!(named.count(), 1, "{step}: {there} is one release's file");
    let wanted = if school == SCHOOLS[0] { 2 } else { 1 };
    assert_eq!(released.len(), wanted, "{step}: releases to {school}");
}

/// Goes on after the death without a fault, to the end.
fn go_on(world: &World) {
    world.once();
    if world.outbox(SCHOOLS[2]).is_empty() {
        world.release_to(SCHOOLS[2]);
    }
    world.once();
}

#[test]
fn without_a_fault_all_is_done() {
    let world = waiting();
    go_on(&world);
    all_is_done(&world, "no fault");
}

/// Plays a story for each step and tells of all that failed, not of the first only.
fn at_every_step(story: impl Fn(&str) + std::panic::RefUnwindSafe) {
    let failed = STEPS
        .iter()
        .filter(|step| std::panic::catch_unwind(|| story(step)).is_err())
        .collect::<Vec<_>>();
    assert!(
        failed.is_empty(),
        "these steps fail (see above): {failed:?}"
    );
}

#[test]
fn dying_once_at_any_step_changes_nothing_in_the_end() {
    at_every_step(|step| {
        let world = waiting();
        let dead = died(&once_with_fault(&world, step)) || died(&release_with_fault(&world, step));
        assert!(dead, "nothing died at {step}");
        go_on(&world);
        all_is_done(&world, step);
        let counted = |count: fn(&World, &str) -> usize| {
            SCHOOLS
                .into_iter()
                .map(|school| count(&world, school))
                .sum::<usize>()
        };
        println!(
            "{step:<46} died; then {} uploads with one receipt each, {} releases, {} files in outboxes",
            counted(|world, school| world.submissions(school).len()),
            counted(|world, school| world
                .releases(school)
                .iter()
                .filter(|r| r.outcome() == "released")
                .count()),
            counted(|world, school| world.outbox(school).len()),
        );
    });
}

#[test]
fn dying_again_and_again_at_a_step_changes_nothing_in_the_end() {
    at_every_step(|step| {
        let world = waiting();
        for _ in 0..3 {
            once_with_fault(&world, step);
        }
        go_on(&world);
        all_is_done(&world, step);
    });
}

#[test]
fn nothing_half_done_is_visible_after_a_death() {
    for step in STEPS {
        let world = waiting();
        once_with_fault(&world, step);
        for school in SCHOOLS {
            // Reading them checks that whatever can be seen is whole and signed; a text is there
            // only with its proof.
            let folder = world.box_of(school).join("receipts");
            let there = crate::world::names_in(&folder);
            for text in there
                .iter()
                .filter_map(|name| name.strip_suffix(".receipt.txt"))
            {
                for end in [".receipt.json", ".receipt.json.sig"] {
                    assert!(
                        there.contains(&format!("{text}{end}")),
                        "{step}: {text}{end}"
                    );
                }
            }
            assert!(world.outbox(school).len() <= 1, "{step}");
            world.shared_with(school);
        }
    }
}

/// A release that died when it was recorded, and before anybody could see its file.
fn begun() -> World {
    let world = waiting();
    world.once();
    let ended = release_with_fault(&world, "release-after-commit-before-reveal");
    assert!(died(&ended));
    assert!(world.outbox(SCHOOLS[2]).is_empty());
    world
}

#[test]
fn a_hold_stops_a_release_that_was_begun_and_resume_lets_it_go_on() {
    let world = begun();
    let hold = [
        "hold",
        "--school",
        SCHOOLS[2],
        "--reason",
        "A made-up doubt.",
    ];
    world.run_at(&hold).done("hold");
    world.once();
    assert!(world.outbox(SCHOOLS[2]).is_empty(), "held");
    world
        .run(&["resume", "--school", SCHOOLS[2]])
        .done("resume");
    world.once();
    assert_eq!(world.outbox(SCHOOLS[2]).len(), 1);
}

#[test]
fn a_hold_with_recall_ends_a_release_that_was_begun() {
    let world = begun();
    let hold = ["hold", "--all", "--recall", "--reason", "A made-up doubt."];
    world.on("2026-11-23").run_at(&hold).done("hold");
    world.run(&["resume", "--all"]).done("resume");
    world.once();
    assert!(world.outbox(SCHOOLS[2]).is_empty(), "taken back for good");
    let last = world.releases(SCHOOLS[2]).pop().unwrap();
    assert_eq!(last.outcome(), "recalled");
}
