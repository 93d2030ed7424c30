//! What follows a withdrawal: a notice to destroy where the school may have read something, its
//! confirmation, and the brake on large files (clauses 2.2 and 2.5).

use pillarbox::boxes::handover::Served;

use crate::{
    answers::Receipt,
    handed_over::{hand_over, key, serve},
    opened::{decrypted, names},
    pupils::{Pupil, list, list_dated, names_only, pupil, pupils, records},
    recalls::released,
    world::{SCHOOL, World},
};

/// A world with a file for this many pupils in the outbox, the list sent over our own server, which tells who reads what.
fn released_over_sftp(number: usize) -> World {
    let world = World::new();
    hand_over(&world, SCHOOL, "leavers.csv", list(&pupils(0..number)));
    world.once();
    world.extract(&records(&pupils(0..number)));
    world.release().counts(&[("shared", number as u64)]);
    world
}

/// The receipts of notices and of reminders of them.
pub(crate) fn notices(world: &World) -> Vec<Receipt> {
    let mut all = world.receipts(SCHOOL);
    all.retain(|receipt| receipt.id().starts_with('D'));
    all
}

/// Each notice's id with what its receipts say.
fn told(world: &World) -> Vec<(String, String)> {
    let words = |r: &Receipt| (r.id().to_owned(), r.safe_name());
    notices(world).iter().map(words).collect()
}

/// Whom a notice lists, and of which releases, opened with stock `age`.
pub(crate) fn listed(world: &World, notice: &Receipt) -> Vec<(String, String)> {
    let name = notice.json["notice"]["file"]["name"].as_str().unwrap();
    let file = world.box_of(SCHOOL).join("receipts").join(name);
    let text = String::from_utf8(decrypted(&file, &world.keys(SCHOOL).age)).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("\u{feff}Forename,Surname,Date of birth,Releases")
    );
    let row = |line: &str| {
        let cells = line.split(',').collect::<Vec<_>>();
        (format!("{} {}", cells[0], cells[1]), cells[3].to_owned())
    };
    lines.map(row).collect()
}

fn pair(pupil: &Pupil, releases: &str) -> (String, String) {
    (pupil.full_name(), releases.to_owned())
}

#[test]
fn a_withdrawal_after_a_file_that_may_have_been_read_sends_a_notice() {
    let world = released(3);
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&[pupil(1)]));
    let open = notices(&world);
    assert_eq!(told(&world), [("D000001".to_owned(), "open".to_owned())]);
    assert_eq!((open[0].kind(), open[0].outcome()), ("notice", "open"));
    assert_eq!(open[0].json["notice"]["pupils"], 1);
    assert_eq!(open[0].json["notice"]["submission"], "S000002");
    assert_eq!(open[0].json["notice"]["releases"][0], "R000001");
    assert_eq!(listed(&world, &open[0]), [pair(&pupil(1), "R000001")]);
    assert!(open[0].text.contains("destroyed.txt"), "{}", open[0].text);
    let status = world.run(&["status", "--json"]).done("status");
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["schools"][0]["open_notices"], 1);
    assert_eq!(status["schools"][0]["oldest_notice"], "2026-11-22");
    // Once is enough, however often the daemon looks.
    world.on("2026-11-23").once();
    assert_eq!(notices(&world).len(), 1);
}

#[test]
fn what_nobody_read_needs_no_notice() {
    let world = released_over_sftp(3);
    hand_over(&world, SCHOOL, "withdrawals.csv", names_only(&[pupil(1)]));
    world.on("2026-11-22").once();
    assert_eq!(world.shared().len(), 2, "the file was made again");
    assert!(notices(&world).is_empty());
}

#[test]
fn one_byte_read_is_enough_for_a_notice_and_it_names_that_file_alone() {
    let world = released_over_sftp(3);
    let first = world.outbox(SCHOOL).remove(0);
    world.on("2026-11-22").release();
    let second = world.outbox(SCHOOL).remove(0);
    assert_ne!(first, second);
    serve(&world, SCHOOL, &second, Served::Touched, &key("b"));
    hand_over(&world, SCHOOL, "withdrawals.csv", names_only(&[pupil(1)]));
    world.on("2026-11-23").once();
    let open = notices(&world);
    assert_eq!(listed(&world, &open[0]), [pair(&pupil(1), "R000002")]);
}

#[test]
fn where_files_also_come_by_the_folder_nobody_can_tell_what_was_read() {
    let world = released_over_sftp(3);
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&[pupil(1)]));
    assert_eq!(notices(&world).len(), 1);
    let world = released_over_sftp(3);
    world.drop_section("sftp");
    hand_over(&world, SCHOOL, "withdrawals.csv", names_only(&[pupil(1)]));
    world.on("2026-11-22").once();
    assert_eq!(notices(&world).len(), 1);
}

#[test]
fn one_file_of_withdrawals_is_one_notice() {
    let world = released(4);
    let both = names_only(&[pupil(1), pupil(3)]);
    world.on("2026-11-22").send("withdrawals.csv", both);
    let open = notices(&world);
    assert_eq!(open.len(), 1);
    let mut listed = listed(&world, &open[0]);
    listed.sort();
    let mut expected = [pair(&pupil(1), "R000001"), pair(&pupil(3), "R000001")];
    expected.sort();
    assert_eq!(listed, expected);
}

#[test]
fn a_plain_no_after_a_yes_sends_a_notice_and_mere_omission_none() {
    let world = released(3);
    let no = crate::pupils::list_saying(&pupils(0..3), |i| if i == 1 { "No" } else { "Yes" });
    world.on("2026-11-22").send("leavers.csv", no);
    assert_eq!(
        listed(&world, &notices(&world)[0]),
        [pair(&pupil(1), "R000001")]
    );
    let world = released(3);
    let fewer = list(&pupils(0..2));
    world.on("2026-11-22").send("leavers.csv", fewer);
    assert_eq!(world.shared().len(), 2);
    assert!(notices(&world).is_empty(), "never mere omission");
}

#[test]
fn a_confirmation_closes_a_notice_by_its_number() {
    let world = released(3);
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    let done = world.on("2026-11-23").send("destroyed.txt", "D000001 done");
    done.is("accepted", &[]);
    assert_eq!(done.kind(), "destruction");
    let closed = notices(&world).pop().unwrap();
    assert_eq!(
        (closed.id(), closed.outcome(), closed.safe_name().as_str()),
        ("D000001", "closed", "closed")
    );
    // Said twice, it stays closed, and nothing is wrong.
    world
        .on("2026-11-24")
        .send("destroyed again.txt", "D000001")
        .is("accepted", &[]);
    assert_eq!(notices(&world).len(), 2);
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn a_confirmation_of_what_nobody_asked_is_told() {
    let world = released(3);
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    world
        .send("destroyed.txt", "D000007")
        .is("rejected", &["notice-unknown"]);
    world
        .send("destroyed 2.txt", "all of it")
        .is("rejected", &["notice-unknown"]);
    world
        .on("2026-11-22")
        .send("destroyed 3.txt", "D000001 and D000007")
        .is("accepted-with-errors", &["notice-unknown"]);
    assert_eq!(told(&world).last().unwrap().1, "closed");
}

#[test]
fn another_school_can_not_confirm() {
    let world = World::with_two_schools();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.extract(&records(&pupils(0..3)));
    world.release();
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    world
        .send_as(crate::world::OTHER, "destroyed.txt", "D000001")
        .is("rejected", &["notice-unknown"]);
    assert_eq!(notices(&world).len(), 1);
}

#[test]
fn reminders_come_every_fourteen_days_until_the_school_confirms() {
    let world = released(3);
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    let words = |world: &World| {
        let told = told(world);
        told.into_iter().map(|(_, word)| word).collect::<Vec<_>>()
    };
    world.on("2026-12-05T09:59:59Z").once();
    assert_eq!(words(&world), ["open"]);
    world.on("2026-12-05T10:00:00Z").once();
    assert_eq!(words(&world), ["open", "reminder-1"]);
    let reminder = notices(&world).pop().unwrap();
    assert_eq!((reminder.kind(), reminder.outcome()), ("reminder", "open"));
    assert_eq!(listed(&world, &reminder), [pair(&pupil(1), "R000001")]);
    world.on("2026-12-19").once();
    assert_eq!(words(&world), ["open", "reminder-1", "reminder-2"]);
    world.on("2026-12-20").send("destroyed.txt", "D000001");
    world.on("2027-03-01").once();
    assert_eq!(words(&world).last().unwrap(), "closed");

    let world = released(3);
    world.set("notices.remind_after", "\"3 days\"");
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    world.on("2026-12-01").once();
    // After a silence one reminder says it all.
    assert_eq!(words(&world), ["open", "reminder-3"]);
}

#[test]
fn a_second_withdrawal_speaks_only_of_what_was_shared_since() {
    let world = released(2);
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    // The same again asks for nothing that was not asked.
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&[pupil(1)]));
    assert_eq!(notices(&world).len(), 1);
    world
        .on("2026-11-24")
        .send("leavers.csv", list_dated(&pupils(0..2), "2026-11-23"));
    let again = world.release();
    assert_eq!(again.count("shared"), 2);
    world
        .on("2026-11-25")
        .send("withdrawals.csv", names_only(&[pupil(1)]));
    let second = notices(&world).pop().unwrap();
    assert_eq!(second.id(), "D000002");
    assert_eq!(listed(&world, &second), [pair(&pupil(1), again.id())]);
}

#[test]
fn an_ended_agreement_leaves_the_ways_to_withdraw_and_to_confirm() {
    let world = released(3);
    world
        .run(&["school", "terminate", SCHOOL, "--from", "2026-11-22"])
        .done("terminate");
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&[pupil(1)]))
        .is("accepted", &[]);
    assert!(world.outbox(SCHOOL).is_empty());
    let open = notices(&world).pop().expect("a notice all the same");
    assert_eq!(listed(&world, &open), [pair(&pupil(1), "R000001")]);
    world
        .on("2026-11-23")
        .send("destroyed.txt", "D000001")
        .is("accepted", &[]);
    assert_eq!(told(&world).last().unwrap().1, "closed");
}

/// Twenty pupils shared, and six of them withdrawn by one file.
fn braked() -> World {
    let world = released(20);
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&pupils(0..6)))
        .is("accepted", &[]);
    world
}

#[test]
fn a_large_file_stops_sharing_at_once_and_its_notices_wait() {
    let world = braked();
    assert_eq!(names(&world.shared()).len(), 14);
    assert!(notices(&world).is_empty());
    let status = world.run(&["status", "--json"]).done("status");
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["schools"][0]["braked_withdrawals"], 6);
    world.on("2026-12-22").once();
    assert!(notices(&world).is_empty(), "for an analyst, however long");
    world
        .run_at(&["review", "settle", "S000002", "--withdraw"])
        .done("review settle");
    let open = notices(&world);
    assert_eq!(open.len(), 1);
    assert_eq!(listed(&world, &open[0]).len(), 6);
    world
        .run_at(&["review", "undo", "S000002", "--reason", "too late"])
        .exits(1, "its notice went out");
}

#[test]
fn a_large_file_can_be_undone() {
    let world = braked();
    let undo = [
        "review",
        "undo",
        "S000002",
        "--reason",
        "The wrong file was sent.",
    ];
    world.on("2026-11-23").run_at(&undo).done("review undo");
    let told = world.submissions(SCHOOL).pop().unwrap();
    assert_eq!(
        (told.id(), told.outcome(), told.safe_name().as_str()),
        ("S000002", "closed", "undone")
    );
    assert!(told.text.contains("The wrong file was sent."));
    assert_eq!(world.release().count("shared"), 20);
    assert!(notices(&world).is_empty());
    world.run_at(&undo).exits(1, "it is undone already");
    // What was undone can be said again, in earnest.
    world
        .on("2026-11-24")
        .send("withdrawals.csv", names_only(&pupils(0..6)));
    assert_eq!(world.shared().len(), 14);
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn undoing_leaves_whom_a_later_file_speaks_of() {
    let world = braked();
    let born = pupil(2).british_birthday();
    let again = names_only(&[pupil(2)])
        .replace("Date of birth\n", "Date of birth,Withdrawn\n")
        .replace(&born, &format!("{born},23/11/2026"));
    world.on("2026-11-23").send("withdrawals 2.csv", again);
    let undo = [
        "review",
        "undo",
        "S000002",
        "--reason",
        "The wrong file was sent.",
    ];
    world.on("2026-11-24").run_at(&undo).done("review undo");
    let shared = world.release();
    assert_eq!(shared.count("shared"), 19);
    assert!(!names(&world.shared()).contains(&pupil(2).full_name()));
}

#[test]
fn six_of_a_hundred_are_not_too_many() {
    let world = released(100);
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&pupils(0..6)));
    assert_eq!(listed(&world, &notices(&world)[0]).len(), 6);
}

#[test]
fn undoing_gives_nobody_back_whom_a_later_list_may_have_left_out() {
    let world = braked();
    world
        .on("2026-11-23")
        .send("leavers 2.csv", list(&pupils(3..20)));
    let undo = [
        "review",
        "undo",
        "S000002",
        "--reason",
        "The wrong file was sent.",
    ];
    world.on("2026-11-24").run_at(&undo).done("review undo");
    assert_eq!(
        world.release().count("shared"),
        14,
        "lapsed until the next list"
    );
    let told = world.submissions(SCHOOL).pop().unwrap();
    assert!(
        told.text.contains("send that list once more"),
        "{}",
        told.text
    );
    let again = world
        .on("2026-11-25")
        .send("leavers 2.csv", list(&pupils(3..20)));
    assert!(!again.has("same-as-earlier"), "{}", again.text);
    assert_eq!(world.release().count("shared"), 17);
}

#[test]
fn who_was_restored_in_the_same_breath_keeps_no_notice_waiting_for_the_others() {
    let world = released(3);
    let born = [1, 2].map(|n| pupil(n).british_birthday());
    let dated = names_only(&[pupil(1), pupil(2)])
        .replace("Date of birth\n", "Date of birth,Withdrawn\n")
        .replace(&born[0], &format!("{},01/11/2026", born[0]))
        .replace(&born[1], &format!("{},21/11/2026", born[1]));
    world
        .on("2026-11-22")
        .drop_file(SCHOOL, "withdraw.csv", dated);
    // Both are taken in one look; the list comes after it, and one pupil consented since.
    let since = list_dated(&pupils(0..2), "2026-11-15");
    world.drop_file(SCHOOL, "zz leavers.csv", since);
    world.once();
    assert_eq!(names(&world.shared()).len(), 2);
    let open = notices(&world);
    assert_eq!(listed(&world, &open[0]), [pair(&pupil(2), "R000001")]);
    // What the first withdrawal left over does not slip past the brake of another one.
    world.on("2026-11-23").once();
    assert_eq!(notices(&world).len(), 1);
}
