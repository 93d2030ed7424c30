//! What the SFTP front end hands over, played by the tests themselves: taken at once, exactly once, with the
//! key of whoever sent it; collections and bans (spec 2, 5, 8).

use std::{
    collections::BTreeSet,
    io::Write,
    net::IpAddr,
    path::Path,
    thread::sleep,
    time::{Duration as Wait, Instant},
};

use pillarbox::boxes::handover::{Ban, Ending, Event, Front, Served, Slip, UploadId};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::{
    answers::Receipt,
    pupils::{list, names_only, pupil, pupils, records},
    running::{Daemon, answered, present, soon},
    world::{OTHER, SCHOOL, World},
};

/// A key that the front end knew.
pub(crate) fn key(letter: &str) -> String {
    format!("SHA256:{}", letter.repeat(43))
}

pub(crate) fn front(world: &World) -> Front {
    Front::open(&world.state().join("front")).unwrap()
}

fn slip(name: &str, ending: Ending) -> Slip {
    Slip {
        name: name.into(),
        by: key("a"),
        ending,
    }
}

fn ended(world: &World, name: &str, content: impl AsRef<[u8]>, ending: Ending) -> UploadId {
    hand_over_to(world, SCHOOL, &slip(name, ending), content)
}

pub(crate) fn hand_over_to(
    world: &World,
    school: &str,
    slip: &Slip,
    content: impl AsRef<[u8]>,
) -> UploadId {
    let school = front(world).school(school.parse().unwrap()).unwrap();
    let mut part = school.begin().unwrap();
    part.file.write_all(content.as_ref()).unwrap();
    school.hand_over(&part.name, &part.file, slip).unwrap()
}

/// The same where only the front end's folder is known.
pub(crate) fn hand_over_at(front: &Path, school: &str, name: &str, content: impl AsRef<[u8]>) {
    let school = Front::open(front).unwrap().school(school.parse().unwrap());
    let school = school.unwrap();
    let mut part = school.begin().unwrap();
    part.file.write_all(content.as_ref()).unwrap();
    let slip = slip(name, Ending::Complete);
    school.hand_over(&part.name, &part.file, &slip).unwrap();
}

pub(crate) fn hand_over(world: &World, school: &str, name: &str, content: impl AsRef<[u8]>) {
    hand_over_to(world, school, &slip(name, Ending::Complete), content);
}

/// Tells what was served of a school's one destination file.
pub(crate) fn serve(world: &World, school: &str, file: &str, what: Served, by: &str) {
    let event = Event {
        school: school.parse().unwrap(),
        what,
        file: file.to_owned(),
        by: by.to_owned(),
        at: OffsetDateTime::now_utc(),
    };
    front(world).publish_event(&event).unwrap();
}

fn left(world: &World, school: &str) -> usize {
    let school = front(world).school(school.parse().unwrap()).unwrap();
    let folder = world.state().join("front/boxes").join(SCHOOL);
    let names = crate::world::names_in(&folder).len();
    assert_eq!(names, 2 * school.uploads().unwrap().len(), "no litter");
    names / 2
}

fn trail(world: &World) -> Vec<Value> {
    let exported = world.run(&["audit", "export"]).done("audit export");
    exported
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn acts(world: &World, verb: &str) -> Vec<Value> {
    let mut rows = trail(world);
    rows.retain(|row| row["verb"] == verb);
    rows
}

fn status(world: &World) -> Value {
    let ended = world.run(&["status", "--json"]).done("status");
    serde_json::from_str(&ended).unwrap()
}

fn last(world: &World) -> Receipt {
    world.submissions(SCHOOL).pop().unwrap()
}

/// A council in the present whose front end is played by the test: another one would take what lies half
/// handed over for what a crash has left.
fn played() -> World {
    let world = present();
    world.set("sftp.in_daemon", "false");
    world
}

#[test]
fn an_upload_is_answered_with_the_key_of_whoever_sent_it() {
    let world = World::new();
    hand_over(&world, SCHOOL, "leavers.csv", list(&pupils(0..3)));
    world.once();
    let receipt = last(&world);
    receipt.is("accepted", &[]).counts(&[("new", 3)]);
    assert_eq!(receipt.json["by"], key("a"));
    assert_eq!(receipt.json["file"]["name"], "leavers.csv");
    assert_eq!(left(&world, SCHOOL), 0, "removed at the end of --once");
    let taken = acts(&world, "upload-taken");
    assert_eq!(taken[0]["actor"]["key"], key("a"));
    world.once();
    assert_eq!(world.submissions(SCHOOL).len(), 1);
}

#[test]
fn uploads_are_judged_in_the_order_in_which_they_were_handed_over() {
    let world = World::new();
    hand_over(&world, SCHOOL, "leavers.csv", list(&pupils(0..3)));
    hand_over(&world, SCHOOL, "leavers.csv", list(&pupils(0..4)));
    hand_over(&world, SCHOOL, "withdrawn.csv", names_only(&[pupil(3)]));
    // A file's times are behind the clock by up to a tick of the kernel.
    sleep(Wait::from_millis(20));
    world.drop_file(SCHOOL, "add.csv", list(&pupils(4..6)));
    world.once();
    let receipts = world.submissions(SCHOOL);
    assert_eq!(receipts.len(), 4, "the same name twice is two submissions");
    receipts[1].counts(&[("new", 1), ("renewed", 3)]);
    receipts[2].counts(&[("withdrawn", 1)]);
    let by: Vec<bool> = receipts.iter().map(|r| r.json["by"].is_null()).collect();
    assert_eq!(by, [false, false, false, true], "folder mode tells nobody");
}

#[test]
fn what_did_not_arrive_whole_is_answered_and_changes_nothing() {
    let world = World::new();
    hand_over(&world, SCHOOL, "leavers.csv", list(&pupils(0..3)));
    world.once();
    let part = "Forename,Surn";
    for (ending, code) in [
        (Ending::CutShort, "file-incomplete"),
        (Ending::Abandoned, "file-incomplete"),
        (Ending::TooLarge, "file-too-large"),
    ] {
        ended(&world, "leavers.csv", part, ending);
        world.once();
        let receipt = last(&world);
        receipt.is("rejected", &[code]);
        assert_eq!(
            (receipt.kind(), &receipt.json["by"]),
            ("consent-list", &key("a").into())
        );
        assert_eq!(receipt.json["file"]["bytes"], 13);
        assert_eq!(receipt.json["file"]["sha256"].as_str().unwrap().len(), 64);
    }
    let incomplete = &world.submissions(SCHOOL)[1].text;
    assert!(
        incomplete.contains("Only part of this file arrived"),
        "{incomplete}"
    );
    assert!(
        incomplete.contains("Send the whole file again"),
        "{incomplete}"
    );
    assert_eq!(world.submissions(SCHOOL).len(), 4);
    assert_eq!(left(&world, SCHOOL), 0);
    let spool: Vec<_> = crate::world::names_in(&world.state().join("spool"));
    assert_eq!(spool.len(), 1, "nothing of a part is kept");
    assert_eq!(status(&world)["schools"][0]["consents"]["in_force"], 3);
    assert_eq!(acts(&world, "upload-refused").len(), 3);
}

#[test]
fn a_running_daemon_answers_at_once_and_lets_the_name_linger() {
    let world = played();
    let daemon = Daemon::start(&world);
    let id = ended(
        &world,
        "leavers.csv",
        crate::running::list(190),
        Ending::Complete,
    );
    let handed = Instant::now();
    while answered(&world) == 0 && handed.elapsed() < Wait::from_secs(5) {
        sleep(Wait::from_millis(1));
    }
    println!("190 rows: a receipt after {:?}", handed.elapsed());
    assert!(
        handed.elapsed() < Wait::from_secs(5),
        "{:?}",
        handed.elapsed()
    );
    let school = front(&world).school(SCHOOL.parse().unwrap()).unwrap();
    assert!(
        school.upload_is_there(&id),
        "clients still look at its name"
    );
    assert!(daemon.stop().success());
    let daemon = Daemon::start(&world);
    hand_over(&world, SCHOOL, "leavers.csv", crate::running::list(191));
    soon("the second receipt", || answered(&world) == 2);
    assert!(daemon.stop().success());
    assert_eq!(
        world.submissions(SCHOOL).len(),
        2,
        "a restart takes nothing twice"
    );
}

#[test]
fn a_lingering_upload_goes_when_its_time_is_up() {
    let world = played();
    world.set("intake.linger", "\"1 s\"");
    let daemon = Daemon::start(&world);
    hand_over(&world, SCHOOL, "leavers.csv", crate::running::list(3));
    let gone = ended(&world, "add.csv", crate::running::list(3), Ending::CutShort);
    soon("the receipts", || answered(&world) == 2);
    let school = front(&world).school(SCHOOL.parse().unwrap()).unwrap();
    school.remove(&gone).unwrap();
    soon("the folder empty", || left(&world, SCHOOL) == 0);
    assert!(!daemon.log().contains("tried again"), "{}", daemon.log());
    assert!(daemon.stop().success());
}

#[test]
fn a_killed_daemon_takes_what_was_handed_over_exactly_once() {
    let world = played();
    for round in 0..4_u64 {
        let daemon = Daemon::start(&world);
        hand_over(&world, SCHOOL, "leavers.csv", crate::running::list(3));
        sleep(Wait::from_millis(15 * round));
        daemon.kill();
    }
    let daemon = Daemon::start(&world);
    soon("all receipts", || answered(&world) == 4);
    assert!(daemon.stop().success());
    let ids: BTreeSet<String> = world
        .submissions(SCHOOL)
        .iter()
        .map(|receipt| receipt.id().to_owned())
        .collect();
    assert_eq!(ids.len(), 4);
    world.run(&["audit", "verify"]).done("audit verify");
}

fn released() -> World {
    let world = World::with_two_schools();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.extract(&records(&pupils(0..3)));
    world.release().counts(&[("shared", 3)]);
    world
}

#[test]
fn collections_are_recorded_once_with_the_key_and_never_for_another_school() {
    let world = released();
    let file = world.outbox(SCHOOL).pop().unwrap();
    for what in [
        Served::Touched,
        Served::Collected,
        Served::Touched,
        Served::Collected,
    ] {
        serve(&world, SCHOOL, &file, what, &key("a"));
    }
    serve(&world, SCHOOL, &file, Served::Touched, &key("b"));
    serve(&world, OTHER, &file, Served::Collected, &key("c"));
    world.once();
    world.once();
    let told = |verb: &str| {
        let acts = acts(&world, verb);
        acts.iter()
            .map(|act| act["actor"]["key"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(told("file-touched"), [key("a"), key("b")]);
    assert_eq!(told("file-collected"), [key("a")]);
    let act = acts(&world, "file-collected").remove(0);
    assert_eq!(
        (&act["subject"], &act["school"]),
        (&"R000001".into(), &SCHOOL.into())
    );
    assert_eq!(
        act["detail"]["sha256"],
        world.releases(SCHOOL)[0].json["release"]["sha256"]
    );
    assert!(front(&world).events().unwrap().is_empty());
    let status = status(&world);
    assert!(status["schools"][0]["last_collection"].is_string());
    assert!(status["schools"][1]["last_collection"].is_null());
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn a_newer_release_leaves_a_collected_file_until_its_end() {
    let world = released();
    let first = world.outbox(SCHOOL).pop().unwrap();
    serve(&world, SCHOOL, &first, Served::Collected, &key("a"));
    world.on("2026-11-22");
    let second = world.release();
    assert!(second.json["release"]["supersedes"].is_null());
    assert_eq!(
        world.outbox(SCHOOL).len(),
        2,
        "one is collected, one is new"
    );
    world.on("2026-11-23");
    let third = world.release();
    assert_eq!(third.json["release"]["supersedes"], second.id());
    let names = world.outbox(SCHOOL);
    assert_eq!(names.len(), 2);
    assert!(names.contains(&first));
    world.on("2026-12-21").once();
    assert_eq!(world.outbox(SCHOOL).len(), 1, "its time is up");
}

#[test]
fn a_withdrawal_takes_collected_files_back_and_makes_the_newest_again() {
    let world = released();
    let first = world.outbox(SCHOOL).pop().unwrap();
    serve(&world, SCHOOL, &first, Served::Collected, &key("a"));
    world.on("2026-11-22").release();
    hand_over(&world, SCHOOL, "withdrawn.csv", names_only(&[pupil(1)]));
    world.on("2026-11-23").once();
    let names = world.outbox(SCHOOL);
    assert_eq!(names.len(), 1, "{names:?}");
    let last = world.releases(SCHOOL).pop().unwrap();
    assert_eq!(last.json["release"]["supersedes"], "R000002");
    assert_eq!(world.shared().len(), 2);
}

#[test]
fn whoever_read_a_file_before_it_was_taken_back_is_known() {
    let world = released();
    let first = world.outbox(SCHOOL).pop().unwrap();
    world.on("2026-11-22").release();
    serve(&world, SCHOOL, &first, Served::Touched, &key("b"));
    world.once();
    let touched = acts(&world, "file-touched");
    assert_eq!(
        (touched.len(), &touched[0]["subject"]),
        (1, &"R000001".into())
    );
}

#[test]
fn bans_show_in_status_and_are_lifted_by_unban() {
    let world = World::new();
    let until = OffsetDateTime::now_utc() + Duration::HOUR;
    let ban = |address: &str, until| Ban {
        address: Ban::address_of(address.parse::<IpAddr>().unwrap()),
        account: Some(SCHOOL.to_owned()),
        failures: 6,
        until,
    };
    world
        .run(&["unban", "192.0.2.7"])
        .exits(1, "nothing is banned");
    for ban in [
        ban("192.0.2.7", until),
        ban("2001:db8::7", until),
        ban("192.0.2.9", until - Duration::DAY),
    ] {
        front(&world).ban(&ban).unwrap();
    }
    let shown = status(&world)["bans"].clone();
    assert_eq!(shown.as_array().unwrap().len(), 2, "one has ended: {shown}");
    assert_eq!(shown[0]["address"], "192.0.2.7");
    assert_eq!(shown[0]["account"], SCHOOL);
    world.run(&["unban", "192.0.2.7"]).done("unban alone");
    let daemon = Daemon::start(&world);
    world
        .run(&["unban", "2001:db8::99"])
        .done("unban of the /64");
    let again = world.run(&["unban", "2001:db8::/64"]);
    again.exits(1, "it is lifted");
    assert!(daemon.stop().success());
    assert_eq!(status(&world)["bans"].as_array().unwrap().len(), 0);
    let lifted = acts(&world, "ban-lifted");
    assert_eq!(lifted.len(), 2);
    assert_eq!(lifted[1]["subject"], "2001:db8::/64");
    world.run(&["unban", "somewhere"]).exits(2, "no address");
}

#[test]
#[ignore = "measures: how long a receipt takes where there are 4,000 schools"]
fn a_receipt_comes_soon_among_thousands_of_schools() {
    let world = played();
    for number in 1..4_000 {
        world.write_school(&format!("860{number:04}"));
    }
    let daemon = Daemon::start(&world);
    soon("a first look", || daemon.log().contains("ready"));
    sleep(Wait::from_secs(3));
    for (i, pause) in [2_000, 2_000, 300, 100, 0].into_iter().enumerate() {
        hand_over(&world, SCHOOL, "leavers.csv", crate::running::list(190 - i));
        let handed = Instant::now();
        while answered(&world) <= i && handed.elapsed() < Wait::from_secs(20) {
            sleep(Wait::from_millis(1));
        }
        println!("a receipt after {:?}", handed.elapsed());
        sleep(Wait::from_millis(pause));
    }
    assert_eq!(answered(&world), 5);
    assert!(daemon.stop().success());
}
