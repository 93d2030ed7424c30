//! What is kept only so long, and what is kept because it is still needed (clause 2.5, spec 9).

use serde_json::Value;

use crate::{
    opened::{decrypted, try_decrypt},
    pupils::{list, names_only, pupil, pupils, records},
    world::{SCHOOL, World, names_in},
};

/// What `status` tells of one store: for how many days, from when, how many.
fn kept(world: &World, what: &str) -> (i64, Option<String>, u64) {
    let out = world.run(&["status", "--json"]).done("status");
    let status: Value = serde_json::from_str(&out).unwrap();
    let all = status["retention"].as_array().unwrap();
    let line = all.iter().find(|line| line["what"] == what).unwrap();
    (
        line["keeps_days"].as_i64().unwrap(),
        line["next"].as_str().map(str::to_owned),
        line["count"].as_u64().unwrap(),
    )
}

fn on(day: &str) -> String {
    day.to_owned()
}

fn erased(world: &World, verb: &str) -> usize {
    let trail = world.run(&["audit", "export"]).done("audit export");
    trail.matches(verb).count()
}

fn released() -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    world.extract(&records(&pupils(0..3)));
    world.release().counts(&[("shared", 3)]);
    world
}

#[test]
fn each_store_has_a_time_and_status_tells_what_goes_next() {
    let world = released();
    assert_eq!(kept(&world, "uploads"), (30, Some(on("2026-12-21")), 1));
    assert_eq!(
        kept(&world, "disclosures"),
        (3 * 365, None, 0),
        "the file is there"
    );
    assert_eq!(
        kept(&world, "receipts"),
        (6 * 365, Some(on("2032-11-19")), 1),
        "the release is live"
    );
    assert_eq!(kept(&world, "notices"), (2 * 365, None, 0));
    world.on("2026-12-21").once();
    assert_eq!(
        kept(&world, "disclosures"),
        (3 * 365, Some(on("2029-11-20")), 1)
    );
    let shown = world.run(&["status"]).done("status");
    assert!(
        shown.contains("Kept 1095 days: disclosures; next to go 2029-11-20 (1)"),
        "{shown}"
    );
}

#[test]
fn uploads_go_after_their_days() {
    let world = released();
    let spool = world.state().join("spool");
    world.on("2026-12-21T09:59:59Z").once();
    assert_eq!(names_in(&spool).len(), 1);
    world.on("2026-12-21T10:00:01Z").once();
    assert!(names_in(&spool).is_empty());
    assert_eq!(erased(&world, "uploads-erased"), 1);
    assert_eq!(kept(&world, "uploads").1, None);
}

#[test]
fn the_words_of_an_answered_discrepancy_go_with_the_uploads() {
    let world = World::new();
    world.send("discrepancy.txt", "Wrong.");
    world.on("2027-01-10").once();
    let open = world
        .run_at(&["discrepancy", "list", "--json"])
        .done("list");
    assert!(open.contains("Wrong."), "what is open keeps its words");
    world
        .run_at(&["discrepancy", "resolve", "S000001", "--note", "Mended."])
        .done("resolve");
    world.on("2027-02-09T09:00:00Z").once();
    let before = erased(&world, "uploads-erased");
    world.on("2027-02-10").once();
    assert_eq!(erased(&world, "uploads-erased"), before + 1);
}

#[test]
fn disclosures_go_by_their_setting_and_never_of_a_live_file() {
    let world = released();
    world.set("retention.disclosures", "\"10 days\"");
    world.on("2026-12-20").once();
    assert_eq!(
        erased(&world, "disclosures-erased"),
        0,
        "the file is in the outbox"
    );
    // A pupil who withdraws is still known to the file that is made again.
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    assert_eq!(world.shared().len(), 2);
    world.on("2026-12-22").once();
    assert!(world.outbox(SCHOOL).is_empty());
    world.on("2026-12-31").once();
    assert!(erased(&world, "disclosures-erased") >= 1);
    assert_eq!(kept(&world, "disclosures"), (10, None, 0));
    let told = world.releases(SCHOOL);
    assert!(told.len() >= 2, "that they were made stays");
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn disclosures_go_on_their_local_day_and_once() {
    let world = released();
    world.set("retention.disclosures", "\"40 days\"");
    world.on("2026-12-30T23:59:59Z").once();
    assert_eq!(erased(&world, "disclosures-erased"), 0);
    assert_eq!(kept(&world, "disclosures"), (40, Some(on("2026-12-31")), 1));
    world.on("2026-12-31T00:00:00Z").once();
    assert_eq!(erased(&world, "disclosures-erased"), 1);
    world.once();
    world.on("2027-01-01").once();
    assert_eq!(erased(&world, "disclosures-erased"), 1);
}

#[test]
fn receipts_leave_the_box_and_are_never_written_again() {
    let world = released();
    world.set("retention.receipts", "\"40 days\"");
    let folder = world.box_of(SCHOOL).join("receipts");
    world.on("2026-12-30").once();
    let there = |id: &str| {
        let names = names_in(&folder);
        names.iter().filter(|name| name.contains(id)).count()
    };
    assert_eq!(there("S000001"), 3);
    world.on("2026-12-31").once();
    assert_eq!(there("S000001"), 0);
    assert_eq!(erased(&world, "receipts-erased"), 1);
    let left = names_in(&folder);
    assert!(
        left.iter().all(|name| !name.starts_with("20261121")),
        "{left:?}"
    );
    world.once();
    world.on("2027-01-01").once();
    assert_eq!(names_in(&folder), left, "nothing is written twice");
    assert_eq!(world.receipts(SCHOOL).len() * 3, left.len());
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn receipts_of_what_is_still_open_stay() {
    let world = World::new();
    world.set("retention.receipts", "\"2 days\"");
    world.set("release.keep", "\"10 days\"");
    world.set("requests.approval", "\"manual\"");
    world.send("leavers.csv", list(&pupils(0..3)));
    world.send("request.txt", "Please.");
    world.send("discrepancy.txt", "Wrong.");
    world.extract(&records(&pupils(0..3)));
    world.release();
    world.on("2026-11-24").once();
    let ids = |world: &World| {
        let all = world.receipts(SCHOOL);
        all.iter()
            .filter(|receipt| receipt.word("at").starts_with("2026-11-21"))
            .map(|receipt| receipt.id().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&world), ["R000001", "S000002", "S000003"]);
    world
        .run_at(&["request", "decline", "Q000001", "--reason", "No."])
        .done("decline");
    world
        .run_at(&["discrepancy", "resolve", "S000003", "--note", "Mended."])
        .done("resolve");
    world.on("2026-11-25").once();
    assert_eq!(ids(&world), ["R000001"], "what was answered goes");
    world.on("2026-12-02").once();
    assert!(ids(&world).is_empty(), "and what was live");
}

#[test]
fn whom_a_closed_notice_was_about_goes_after_its_days() {
    let world = released();
    world.set("retention.notices", "\"10 days\"");
    // In folder mode nobody tells what was served, so that a withdrawal leads to a notice.
    world
        .on("2026-11-22")
        .send("withdrawals.csv", names_only(&[pupil(1)]));
    world.on("2026-12-20").once();
    assert_eq!(
        kept(&world, "notices"),
        (10, None, 0),
        "an open notice stays"
    );
    world.send("destroyed.txt", "D000001");
    assert_eq!(kept(&world, "notices"), (10, Some(on("2026-12-30")), 1));
    world.on("2026-12-29").once();
    assert_eq!(erased(&world, "notices-erased"), 0);
    world.on("2026-12-30").once();
    assert_eq!(erased(&world, "notices-erased"), 1);
    assert_eq!(kept(&world, "notices"), (10, None, 0));
    world.run(&["audit", "verify"]).done("audit verify");
}

/// A world whose uploads are archived to a key of their own.
fn archiving() -> World {
    let world = World::new();
    let archive = world.keys("archive").recipient;
    world.set("retention.archive_recipient", &format!("\"{archive}\""));
    world
}

#[test]
fn judged_uploads_are_sealed_to_the_archive_and_open_with_stock_age() {
    let world = archiving();
    let text = list(&pupils(0..3));
    world.send("leavers.csv", &text);
    let spool = world.state().join("spool");
    assert_eq!(names_in(&spool), ["S000001.age"]);
    let sealed = spool.join("S000001.age");
    assert_eq!(
        decrypted(&sealed, &world.keys("archive").age),
        text.as_bytes()
    );
    assert!(try_decrypt(&sealed, &world.keys(SCHOOL).age).is_err());
    world.once();
    assert_eq!(names_in(&spool), ["S000001.age"], "sealed once");
    world.on("2026-12-22").once();
    assert!(names_in(&spool).is_empty(), "and removed in time");
}

#[test]
fn what_was_kept_before_there_was_an_archive_goes_there_too() {
    let world = released();
    world.send("discrepancy.txt", "Wrong.");
    let archive = world.keys("archive").recipient;
    world.set("retention.archive_recipient", &format!("\"{archive}\""));
    world.once();
    let spool = world.state().join("spool");
    assert_eq!(names_in(&spool), ["S000001.age", "S000002.age"]);
}

#[cfg(feature = "faults")]
mod deaths {
    use pillarbox::flow::fault::UPKEEP_STEPS;

    use super::*;
    use crate::programs::finish;

    #[test]
    fn dying_at_any_step_of_upkeep_changes_nothing_in_the_end() {
        for step in UPKEEP_STEPS {
            let world = archiving();
            world.set("retention.receipts", "\"40 days\"");
            world.send("leavers.csv", list(&pupils(0..3)));
            world.on("2026-12-31");
            world.drop_file(SCHOOL, "add.csv", list(&[pupil(5)]));
            let mut died = 0;
            for _ in 0..3 {
                let mut command = world.command(&["run", "--once", "--at", &world.now()]);
                command.env("PILLARBOX_FAULT", step);
                died += usize::from(finish(command).code.is_none());
            }
            assert!(died > 0, "nothing died at {step}");
            world.once();
            let spool = world.state().join("spool");
            assert_eq!(names_in(&spool), ["S000002.age"], "{step}");
            let sealed = decrypted(&spool.join("S000002.age"), &world.keys("archive").age);
            assert_eq!(sealed, list(&[pupil(5)]).as_bytes(), "{step}");
            let receipts = world.receipts(SCHOOL);
            let ids: Vec<&str> = receipts.iter().map(crate::answers::Receipt::id).collect();
            assert_eq!(ids, ["S000002"], "{step}");
            assert_eq!(erased(&world, "receipts-erased"), 1, "{step}");
            world.run(&["audit", "verify"]).done(step);
        }
    }
}
