//! The agreement, clause by clause: what follows a withdrawal, and who is authorised (`clauses.md`).

use crate::{
    notices::{listed, notices},
    pupils::{list, names_only, pupil, pupils, record, records},
    world::{OTHER, SCHOOL, World},
};

fn withdrawn() -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.extract(&records(&pupils(0..3)));
    world.release();
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&[pupil(1)]));
    world
}

fn status(world: &World) -> serde_json::Value {
    serde_json::from_str(&world.run(&["status", "--json"]).done("status")).unwrap()
}

#[test]
fn clause_2_1_to_twenty_five_with_an_ehcp() {
    let grown = pupil(0).born_on("2007-03-01");
    let world = World::new();
    world.send(
        "leavers.csv",
        format!(
            "Forename,Surname,Date of birth,Consent,Consent date,EHCP\n{},{},{},Yes,01/09/2026,Yes\n",
            grown.forename,
            grown.surname,
            grown.british_birthday()
        ),
    );
    let mut known = record(&grown);
    "Y".clone_into(&mut known.send);
    world.extract(&[known.clone()]);
    assert_eq!(world.release().count("shared"), 1, "nineteen, with a plan");
    let world = World::new();
    world.send("leavers.csv", list(&[grown]));
    world.extract(&[known]);
    assert_eq!(world.release().count("shared"), 0, "and without one");
}

#[test]
fn clause_2_2_the_pupil_may_tell_the_council() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.extract(&records(&pupils(0..3)));
    let one = pupil(1);
    let who = ["--forename", &one.forename, "--surname", &one.surname];
    let mut withdraw = vec!["withdraw", "--school", SCHOOL, "--dob", &one.born];
    withdraw.extend(who);
    world.run_at(&withdraw).done("withdraw");
    assert_eq!(world.release().count("shared"), 2);
}

#[test]
fn clause_2_5_a_notice_asks_the_school_to_destroy_its_copies() {
    let world = withdrawn();
    let open = notices(&world);
    assert_eq!(open.len(), 1);
    let who = [(pupil(1).full_name(), "R000001".to_owned())];
    assert_eq!(listed(&world, &open[0]), who);
    let stranger = world.keys(OTHER).age;
    let name = open[0].json["notice"]["file"]["name"].as_str().unwrap();
    let file = world.box_of(SCHOOL).join("receipts").join(name);
    assert!(crate::opened::try_decrypt(&file, &stranger).is_err());
}

#[test]
fn clause_2_5_the_school_confirms_that_it_destroyed() {
    let world = withdrawn();
    world
        .on("2026-11-25")
        .send("destroyed.txt", "D000001")
        .is("accepted", &[]);
    assert_eq!(notices(&world).pop().unwrap().outcome(), "closed");
    assert_eq!(status(&world)["schools"][0]["open_notices"], 0);
}

#[test]
fn clause_2_5_open_notices_show_in_status_and_are_reminded_of() {
    let world = withdrawn();
    assert_eq!(status(&world)["schools"][0]["open_notices"], 1);
    assert_eq!(status(&world)["schools"][0]["notice_overdue"], false);
    world.on("2026-12-06").once();
    assert_eq!(status(&world)["schools"][0]["notice_overdue"], true);
    assert_eq!(notices(&world).pop().unwrap().kind(), "reminder");
}

#[test]
fn clause_derbyshire_a_person_is_authorised_by_name_until_a_day_and_for_some_things_only() {
    let world = World::new();
    let keys = world.keys("somebody else");
    let mut person = world.command(&["school", "person", SCHOOL, "--name", "Sam Invented"]);
    person.arg("--key").arg(&keys.ssh_public);
    person.args(["--age", &keys.recipient, "--may", "upload"]);
    person.args(["--authorised-by", "Headteacher", "--until", "2027-07-31"]);
    crate::programs::finish(person).done("school person");
    let file = std::fs::read_to_string(world.school_file(SCHOOL)).unwrap();
    for kept in ["Sam Invented", "Headteacher", "2027-07-31", "authorised_on"] {
        assert!(file.contains(kept), "{kept} in\n{file}");
    }
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    let released = world.release();
    let recipients = released.json["release"]["recipients"].as_array().unwrap();
    assert_eq!(recipients.len(), 1, "who may only upload opens nothing");
}
