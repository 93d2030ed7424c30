//! A backup comes back: into an empty state only, whole or not at all, and then everything stands still.

use std::{fs, path::PathBuf};

use crate::{
    programs::Ended,
    pupils::{list, pupils, records},
    world::{SCHOOL, World, names_in},
};

/// A council that has shared a file, with a backup of that moment.
fn backed_up() -> (World, PathBuf) {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.extract(&records(&pupils(0..3)));
    world.release();
    let file = world.outside("backup.age");
    let keys = world.keys("keeper of backups");
    world.set("backup.recipient", &format!("\"{}\"", keys.recipient));
    world
        .run(&["backup", file.to_str().unwrap()])
        .done("backup");
    (world, file)
}

fn restore(world: &World, file: &std::path::Path) -> Ended {
    let key = world.keys("keeper of backups").age;
    world.run(&[
        "restore",
        file.to_str().unwrap(),
        "-i",
        key.to_str().unwrap(),
    ])
}

fn lose_the_ledger(world: &World) {
    fs::remove_file(world.state().join("ledger.db")).unwrap();
}

#[test]
fn it_is_put_into_an_empty_state_only() {
    let (world, file) = backed_up();
    let before = fs::read(world.state().join("ledger.db")).unwrap();
    let said = restore(&world, &file).exits(1, "restore over a ledger");
    assert!(said.contains("there is a ledger already"), "{said}");
    assert_eq!(fs::read(world.state().join("ledger.db")).unwrap(), before);
}

#[test]
fn after_it_everything_stands_still_and_says_so() {
    let (world, file) = backed_up();
    lose_the_ledger(&world);
    let said = restore(&world, &file).done("restore");
    assert!(said.contains("EVERYTHING IS ON HOLD"), "{said}");
    assert!(world.outbox(SCHOOL).is_empty(), "nothing lies in an outbox");
    let config = world.state().join("restored-config");
    assert!(config.join("pillarbox.toml").exists());
    assert!(config.join(format!("schools.d/{SCHOOL}.toml")).exists());

    world.drop_file(
        SCHOOL,
        "withdrawals.csv",
        crate::pupils::names_only(&pupils(0..1)),
    );
    let said = world.run(&["run", "--once"]).exits(1, "run --once");
    assert!(said.contains("EVERYTHING IS ON HOLD"), "{said}");
    let inbox = names_in(&world.box_of(SCHOOL).join("inbox"));
    assert_eq!(inbox, ["withdrawals.csv"], "it waits where it is");
    for command in [
        &["resume", "--all"][..],
        &["release", "--all"],
        &["release", "--all", "--dry-run"],
        &["hold", "--all", "--reason", "x"],
        &["review", "list"],
    ] {
        let said = world.run(command).exits(1, "any command");
        assert!(said.contains("restore --reconcile"), "{said}");
    }
    let status = world.run(&["status"]).done("status");
    assert!(status.contains("! EVERYTHING IS ON HOLD"), "{status}");
    assert!(status.contains("on hold"), "{status}");
    let check = world.run(&["check"]).done("check");
    assert!(check.contains("on hold after a restore"), "{check}");
    world.run(&["audit", "verify"]).done("audit verify");

    // The withdrawal that waited counts before anything is shared.
    let said = world
        .run(&["restore", "--reconcile", "--confirm"])
        .done("reconcile");
    assert!(said.contains("Confirmed"), "{said}");
    world.once();
    let mut shared = crate::opened::names(&world.shared());
    shared.sort();
    let mut wanted = pupils(1..3)
        .iter()
        .map(crate::pupils::Pupil::full_name)
        .collect::<Vec<_>>();
    wanted.sort();
    assert_eq!(shared, wanted);
    world.run(&["audit", "verify"]).done("audit verify");
    let said = world
        .run(&["restore", "--reconcile"])
        .exits(1, "nothing waits");
    assert!(said.contains("no restored backup waits"), "{said}");
}

#[test]
fn another_ledger_key_another_identity_and_a_damaged_file_are_refused() {
    let (world, file) = backed_up();
    lose_the_ledger(&world);
    let key = world.dir().join("keys/ledger.key");
    let key = if key.exists() {
        key
    } else {
        let names = names_in(&world.dir().join("keys"));
        let name = names.iter().find(|name| name.contains("ledger")).unwrap();
        world.dir().join("keys").join(name)
    };
    let right = fs::read(&key).unwrap();
    let other = World::new();
    let other = fs::read(other.dir().join("keys").join(key.file_name().unwrap())).unwrap();
    fs::write(&key, other).unwrap();
    let said = restore(&world, &file).exits(1, "another ledger key");
    assert!(said.contains("ledger key here is not the one"), "{said}");
    fs::write(&key, right).unwrap();

    let mut stranger = world.command(&["restore"]);
    stranger
        .arg(&file)
        .arg("-i")
        .arg(world.keys("a stranger").age);
    let said = crate::programs::finish(stranger).exits(1, "another identity");
    assert!(said.contains("not sealed to this key"), "{said}");

    let sealed = fs::read(&file).unwrap();
    let damaged = world.outside("damaged.age");
    for at in [sealed.len() / 3, sealed.len() - 5] {
        fs::write(&damaged, &sealed[..at]).unwrap();
        restore(&world, &damaged).exits(1, "cut short");
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        fs::write(&damaged, changed).unwrap();
        restore(&world, &damaged).exits(1, "changed");
    }
    assert!(!world.state().join("ledger.db").exists(), "still empty");
    restore(&world, &file).done("the right one");
}

#[cfg(feature = "faults")]
#[test]
fn killed_at_any_step_it_leaves_an_empty_or_a_whole_state() {
    for step in pillarbox::flow::fault::RESTORE_STEPS {
        let (world, file) = backed_up();
        world.drop_file(
            SCHOOL,
            "withdrawals.csv",
            crate::pupils::names_only(&pupils(0..1)),
        );
        lose_the_ledger(&world);
        let key = world.keys("keeper of backups").age;
        let mut dies = world.command(&["restore", file.to_str().unwrap(), "-i"]);
        dies.arg(&key).env("PILLARBOX_FAULT", step);
        let ended = crate::programs::finish(dies);
        let whole = world.state().join("ledger.db").exists();
        if step.starts_with("restore") {
            assert_eq!(ended.code, None, "{step}: it should die\n{}", ended.err);
            assert_eq!(whole, *step == "restore-after-ledger", "{step}");
        }
        if !whole {
            restore(&world, &file).done(step);
        }
        let mut dies = world.command(&["restore", "--reconcile", "--confirm"]);
        dies.env("PILLARBOX_FAULT", step);
        if crate::programs::finish(dies).code.is_none() {
            let status = world.run(&["status"]).done("status");
            assert!(status.contains("EVERYTHING IS ON HOLD"), "{step}: {status}");
            world
                .run(&["restore", "--reconcile", "--confirm"])
                .done(step);
        }
        world.once();
        assert_eq!(world.shared().len(), 2, "{step}");
        let trail = world.run(&["audit", "export"]).done(step);
        assert_eq!(trail.matches("\"ledger-restored\"").count(), 1, "{step}");
        assert_eq!(trail.matches("\"ledger-reconciled\"").count(), 1, "{step}");
        let ids: Vec<String> = world
            .submissions(SCHOOL)
            .iter()
            .map(|r| r.id().to_owned())
            .collect();
        assert_eq!(ids, ["S000001", "S001002"], "{step}");
        world.run(&["audit", "verify"]).done(step);
    }
}
