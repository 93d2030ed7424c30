//! What is planted in an inbox does no harm and gets a receipt (spec 2, issue «Bad input»).

use std::{
    ffi::OsString,
    fs,
    os::unix::{ffi::OsStringExt, fs::symlink},
};

use crate::{
    programs::finish_quietly,
    pupils::{list, pupils},
    world::{SCHOOL, World},
};

/// Plants something as `leavers.csv`, runs twice, and expects one refusal.
fn refused_once(world: &World) {
    world.once();
    world.once();
    let receipts = world.submissions(SCHOOL);
    assert_eq!(
        receipts.len(),
        1,
        "exactly one receipt, however often one looks"
    );
    assert_eq!(receipts[0].outcome(), "rejected");
    assert!(!receipts[0].codes().is_empty(), "a refusal has a code");
    // A good list still goes through beside it.
    world
        .send("good list.csv", list(&pupils(0..2)))
        .is("accepted", &[]);
}

fn planted(name: &str) -> (World, std::path::PathBuf) {
    let world = World::new();
    let inbox = world.box_of(SCHOOL).join("inbox");
    fs::create_dir_all(&inbox).unwrap();
    let path = inbox.join(name);
    (world, path)
}

#[test]
fn a_symlink_to_a_list_is_not_followed() {
    let (world, path) = planted("leavers.csv");
    let target = world.outside("target.csv");
    fs::write(&target, list(&pupils(0..2))).unwrap();
    symlink(&target, path).unwrap();
    refused_once(&world);
    assert_eq!(fs::read_to_string(target).unwrap(), list(&pupils(0..2)));
}

#[test]
fn a_symlink_to_nowhere_or_to_a_folder_is_not_followed() {
    let (world, path) = planted("leavers.csv");
    symlink("/nowhere/at/all", path).unwrap();
    refused_once(&world);
    let (world, path) = planted("leavers.csv");
    let target = world.outside("folder");
    fs::create_dir_all(&target).unwrap();
    fs::write(target.join("kept.txt"), "kept").unwrap();
    symlink(&target, path).unwrap();
    refused_once(&world);
    assert!(target.join("kept.txt").exists());
}

#[test]
fn a_folder_with_lists_in_it_is_not_read() {
    let (world, path) = planted("leavers.csv");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("inner.csv"), list(&pupils(0..2))).unwrap();
    refused_once(&world);
}

#[test]
fn a_fifo_does_not_block() {
    let (world, path) = planted("leavers.csv");
    finish_quietly(std::process::Command::new("mkfifo").arg(path));
    refused_once(&world);
}

#[test]
fn a_socket_is_refused() {
    let (world, path) = planted("leavers.csv");
    // Bound from inside the folder: a socket's path may be no longer than 108 bytes.
    let short = world.outside("s");
    let _listener = std::os::unix::net::UnixListener::bind(&short).unwrap();
    fs::rename(short, path).unwrap();
    refused_once(&world);
}

#[test]
fn a_hard_link_is_refused_and_its_other_name_keeps_its_bytes() {
    let (world, path) = planted("leavers.csv");
    let target = world.outside("target.csv");
    fs::write(&target, list(&pupils(0..2))).unwrap();
    fs::hard_link(&target, path).unwrap();
    refused_once(&world);
    assert_eq!(fs::read_to_string(&target).unwrap(), list(&pupils(0..2)));
}

#[test]
fn an_inbox_that_is_a_symlink_leads_nowhere() {
    let world = World::new();
    world.once();
    let inbox = world.box_of(SCHOOL).join("inbox");
    fs::remove_dir_all(&inbox).unwrap();
    let elsewhere = world.outside("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    fs::write(elsewhere.join("leavers.csv"), list(&pupils(0..2))).unwrap();
    symlink(&elsewhere, &inbox).unwrap();
    let _ = world.run_at(&["run", "--once"]);
    assert!(
        elsewhere.join("leavers.csv").exists(),
        "nothing outside the box is removed"
    );
    assert!(world.submissions(SCHOOL).is_empty());
}

#[test]
fn strange_names_are_taken_and_made_safe() {
    let world = World::new();
    let long = format!("{}.csv", "l".repeat(251));
    let names: [Vec<u8>; 9] = [
        b"list\xff\xfe.csv".to_vec(),
        b"two\nlines.csv".to_vec(),
        b"quote\"and'tick.csv".to_vec(),
        b"back\\slash.csv".to_vec(),
        "right\u{202e}vsc.csv".into(),
        "Ã¼ml äut Zoë.csv".into(),
        b"$(touch made-up);.csv".to_vec(),
        b"-rf.csv".to_vec(),
        long.into_bytes(),
    ];
    for (i, name) in names.iter().enumerate() {
        let name = OsString::from_vec(name.clone());
        let receipt = world.send_as(SCHOOL, &name, list(&pupils(0..i + 1)));
        assert_eq!(receipt.outcome(), "accepted", "{name:?}");
        let safe = receipt.safe_name();
        assert!(safe.len() <= 80, "{safe} is too long");
        let risky = |c: char| c.is_control() || "/\\\"'$;*?<>|&\u{202e}".contains(c);
        assert!(!safe.contains(risky), "{safe:?}");
        assert!(
            !receipt.text.contains('\u{202e}'),
            "no turning of the reading direction"
        );
    }
}

#[test]
fn two_files_of_one_safe_name_keep_their_own_receipts() {
    let world = World::new();
    world.drop_file(SCHOOL, "a?b.csv", list(&pupils(0..2)));
    world.drop_file(SCHOOL, "a*b.csv", list(&pupils(0..3)));
    world.once();
    assert_eq!(world.submissions(SCHOOL).len(), 2);
}

#[test]
fn a_box_of_a_school_that_the_council_does_not_know_gets_a_refusal() {
    let world = World::new();
    let stranger = world.state().join("boxes").join("8609999");
    fs::create_dir_all(stranger.join("inbox")).unwrap();
    fs::write(stranger.join("inbox/leavers.csv"), list(&pupils(0..2))).unwrap();
    world
        .send("leavers.csv", list(&pupils(0..2)))
        .is("accepted", &[]);
    let receipts = fs::read_dir(stranger.join("receipts")).unwrap();
    let told: Vec<String> = receipts
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("\"school-unknown\""), "{}", told[0]);
    assert!(told[0].contains("\"rejected\""), "{}", told[0]);
}

#[test]
fn many_files_at_once_each_get_one_receipt() {
    let world = World::new();
    for i in 1..=40 {
        world.drop_file(SCHOOL, format!("leavers {i}.csv"), list(&pupils(0..i)));
    }
    world.once();
    let receipts = world.submissions(SCHOOL);
    let mut ids = receipts
        .iter()
        .map(|r| r.id().to_owned())
        .collect::<Vec<_>>();
    ids.dedup();
    assert_eq!(ids.len(), 40);
    let mut names = receipts
        .iter()
        .map(|r| r.json["file"]["name"].as_str().unwrap().to_owned())
        .collect::<Vec<_>>();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 40);
}
