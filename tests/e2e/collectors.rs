//! Who can open a destination file (spec 5).

use crate::{
    opened::try_decrypt,
    programs::{finish, finish_quietly},
    pupils::{list, pupils, records},
    world::{OTHER, SCHOOL, World},
};

#[test]
fn everyone_who_may_collect_can_open_it_and_nobody_else() {
    let world = World::with_two_schools();
    let collector = world.keys("a collector");
    let uploader = world.keys("an uploader");
    for (name, keys, may) in [
        ("Col Lector", &collector, "collect"),
        ("Upl Oader", &uploader, "upload"),
    ] {
        let mut add = world.command(&["school", "person", SCHOOL, "--name", name, "--may", may]);
        add.arg("--key").arg(&keys.ssh_public);
        add.args(["--authorised-by", "Headteacher", "--until", "2028-07-31"]);
        finish(add).done("school person");
    }
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    let receipt = world.release();
    assert_eq!(
        receipt.json["release"]["recipients"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let name = world.outbox(SCHOOL).pop().unwrap();
    let file = world.box_of(SCHOOL).join("outbox").join(name);
    let first = world.keys(SCHOOL);
    assert!(try_decrypt(&file, &first.age).is_ok(), "by age key");
    assert!(
        try_decrypt(&file, &first.ssh).is_err(),
        "the age key stands for the SSH keys"
    );
    assert!(
        try_decrypt(&file, &collector.ssh).is_ok(),
        "by SSH key, without an age key"
    );
    assert!(
        try_decrypt(&file, &uploader.ssh).is_err(),
        "may not collect"
    );
    assert!(
        try_decrypt(&file, &world.keys(OTHER).age).is_err(),
        "another school"
    );
}

#[test]
fn an_rsa_key_opens_it_too() {
    let world = World::bare();
    let key = world.outside("id_rsa");
    let mut keygen = std::process::Command::new("ssh-keygen");
    keygen.args(["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f"]);
    finish_quietly(keygen.arg(&key));
    let mut add = world.command(&["school", "add", SCHOOL, "--name", "Nowhere School"]);
    add.args([
        "--signed",
        "2026-09-14",
        "--person",
        "Pat Invented",
        "--key",
    ]);
    finish({
        add.arg(key.with_extension("pub"));
        add
    })
    .done("school add");
    world.send("leavers.csv", list(&pupils(0..1)));
    world.extract(&records(&pupils(0..1)));
    world.release();
    let name = world.outbox(SCHOOL).pop().unwrap();
    let file = world.box_of(SCHOOL).join("outbox").join(name);
    assert!(try_decrypt(&file, &key).is_ok());
}

#[test]
fn where_nobody_can_open_it_nothing_is_shared() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    world.edit_school(SCHOOL, |school| {
        let person = school["person"]
            .as_array_of_tables_mut()
            .unwrap()
            .get_mut(0)
            .unwrap();
        person["until"] = "2026-11-20".parse::<toml_edit::Value>().unwrap().into();
    });
    world.extract(&records(&pupils(0..2)));
    let receipt = world.release();
    assert_eq!(receipt.outcome(), "held");
    assert!(world.outbox(SCHOOL).is_empty());
}
