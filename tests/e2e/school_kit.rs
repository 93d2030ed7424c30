//! `school-kit.html` in each box: the page as it is built, told whose it is. What it does in a browser is proved
//! in `kit/tests`.

use std::fs;

use serde_json::Value;

use crate::world::{SCHOOL, World};

/// The page of a school's box.
fn page(world: &World) -> String {
    fs::read_to_string(world.box_of(SCHOOL).join("school-kit.html")).unwrap()
}

/// What the page is told.
fn told(page: &str) -> Value {
    let (_, rest) = page.split_once(BEGIN).unwrap();
    serde_json::from_str(rest.split_once(END).unwrap().0).unwrap()
}

/// The page without what it is told.
fn untold(page: &str) -> String {
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    format!("{before}{BEGIN}{{}}{END}{after}")
}

const BEGIN: &str = r#"<script id="council" type="application/json">"#;
const END: &str = "</script>";

#[test]
fn each_box_has_the_page_that_is_built_in_kit_and_it_knows_whose_it_is() {
    let world = World::new();
    world.set("council.contact", "\"careers@council.example\"");
    world.once();
    let page = page(&world);
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/kit/school-kit.html");
    assert!(untold(&page) == fs::read_to_string(built).unwrap());
    let told = told(&page);
    assert_eq!(told["school"]["id"], SCHOOL);
    assert_eq!(told["council"]["domain"], "council.example");
    assert_eq!(told["council"]["contact"], "careers@council.example");
    let beside = |name: &str| fs::read_to_string(world.box_of(SCHOOL).join(name)).unwrap();
    assert_eq!(told["signers"], beside("allowed_signers"));
    let intake = told["intake"].as_str().unwrap();
    assert!(intake.starts_with("age1") && beside("README.txt").contains(intake));
    assert!(beside("README.txt").contains("school-kit.html"));
}

#[test]
fn the_page_follows_the_keys_of_the_council() {
    let world = World::new();
    world.once();
    let before = told(&page(&world));
    world.run(&["keys", "rotate", "receipts"]).done("receipts");
    world.run(&["keys", "rotate", "intake"]).done("intake");
    let after = told(&page(&world));
    assert_ne!(after["intake"], before["intake"]);
    let signers = after["signers"].as_str().unwrap();
    let keys = signers.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(keys.count(), 2, "{signers}");
}

#[test]
fn the_page_holds_nothing_secret() {
    let world = World::new();
    world.once();
    let page = page(&world);
    for secret in ["AGE-SECRET-KEY-", "PRIVATE KEY"] {
        let line = page.lines().find(|line| line.contains(BEGIN)).unwrap();
        assert!(!line.contains(secret), "{secret}");
    }
    let mut looked_for = 0;
    for key in fs::read_dir(world.dir().join("keys")).unwrap() {
        let key = fs::read_to_string(key.unwrap().path()).unwrap_or_default();
        let secrets = key.lines().filter(|line| line.len() > 40);
        for line in secrets.filter(|line| !line.starts_with('#') && !line.starts_with("ssh-")) {
            looked_for += 1;
            assert!(!page.contains(line));
        }
    }
    assert!(looked_for > 5, "only {looked_for} lines of keys");
}
