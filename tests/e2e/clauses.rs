//! The agreement, clause by clause: one test each, named after it (`clauses.md`). The fine print of
//! each rule has tests of its own in the other modules; these let anyone see the agreement hold.

use crate::{
    opened::{HEADER, decrypted, names},
    pupils::{Record, list, list_saying, names_only, pupil, pupils, record, records},
    world::{SCHOOL, World},
};

fn listed(number: usize) -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..number)));
    world.extract(&records(&pupils(0..number)));
    world
}

fn agreement(world: &World, key: &str, day: &str) {
    world.edit_school(SCHOOL, |school| {
        school["agreement"][key] = day.parse::<toml_edit::Value>().unwrap().into();
    });
}

#[test]
fn clause_1_1_six_facts_and_no_others() {
    let world = listed(2);
    world.release();
    let file = world
        .box_of(SCHOOL)
        .join("outbox")
        .join(&world.outbox(SCHOOL)[0]);
    let opened = String::from_utf8(decrypted(&file, &world.keys(SCHOOL).age)).unwrap();
    let mut lines = opened.trim_start_matches('\u{feff}').lines();
    assert_eq!(
        lines.next(),
        Some(HEADER),
        "a name is two columns, the facts are six"
    );
    assert_eq!(lines.clone().count(), 2);
    assert!(lines.all(|line| line.matches(',').count() == 6));
    for p in pupils(0..2) {
        assert!(!opened.contains(&p.upn) && !opened.contains(&p.uln));
    }
}

#[test]
fn clause_2_1_nothing_else_of_the_extract_is_sent() {
    let world = listed(1);
    world.extract(&[Record {
        code: "650".into(),
        ..record(&pupil(0))
    }]);
    world.release();
    let row = world.shared().remove(0);
    assert_eq!(row.label, "Not in education, employment or training");
    assert_eq!(row.provider, "", "neither the reason nor the provider");
}

#[test]
fn clause_1_3_sharing_only_where_the_pupil_consented() {
    let world = World::new();
    let answers = ["Yes", "No", "Yes", "perhaps"];
    world.send("leavers.csv", list_saying(&pupils(0..4), |i| answers[i]));
    world.extract(&records(&pupils(0..8)));
    world.release();
    let mut shared = names(&world.shared());
    shared.sort();
    assert_eq!(shared, [pupil(0).full_name(), pupil(2).full_name()]);
}

#[test]
fn clause_1_3_no_switch_turns_consent_off() {
    let world = World::new();
    world.send("leavers.csv", list_saying(&pupils(0..2), |_| "No"));
    world.extract(&records(&pupils(0..2)));
    for extra in [&["--accept-extract"][..], &["--json"], &[]] {
        let arguments = [&["release", "--school", SCHOOL][..], extra].concat();
        let _ = world.run_at(&arguments);
        assert!(world.outbox(SCHOOL).is_empty(), "{extra:?}");
    }
    for flag in [
        "--force",
        "--all-pupils",
        "--no-consent",
        "--ignore-consent",
    ] {
        world
            .run(&["release", "--school", SCHOOL, flag])
            .exits(2, flag);
    }
}

#[test]
fn clause_form_no_completed_form_means_no() {
    let world = World::new();
    let answers = ["", "no", "?", "Yes (verbal)", "x", "Y/N"];
    world
        .send("leavers.csv", list_saying(&pupils(0..6), |i| answers[i]))
        .counts(&[("consented", 0), ("not_consented", 6)]);
    world.extract(&records(&pupils(0..6)));
    assert_eq!(world.release().outcome(), "held");
    assert!(world.outbox(SCHOOL).is_empty());
}

#[test]
fn clause_1_4_starts_when_both_have_signed() {
    let world = World::new();
    agreement(&world, "signed", "2026-11-22");
    let early = world.send("leavers.csv", list(&pupils(0..2)));
    early.is("rejected", &["agreement-not-in-force"]);
    world
        .on("2026-11-22")
        .send("leavers.csv", list(&pupils(0..2)))
        .is("accepted", &[]);
}

#[test]
fn clause_1_4_notice_ends_it_and_leaves_the_ways_to_withdraw_confirm_and_report_open() {
    let world = listed(3);
    world.release();
    agreement(&world, "terminated", "2026-11-22");
    world.on("2026-11-22").once();
    assert!(world.outbox(SCHOOL).is_empty());
    world
        .send("more.csv", list(&pupils(0..4)))
        .is("rejected", &["agreement-not-in-force"]);
    let withdrawn = world.send("withdrawals.csv", names_only(&[pupil(0)]));
    withdrawn.is("accepted", &[]).counts(&[("withdrawn", 1)]);
    let confirmed = world.send("destroyed.txt", "D000001");
    assert!(
        !confirmed.has("agreement-not-in-force"),
        "{}",
        confirmed.text
    );
    let reported = world.send("discrepancy.txt", "Row 2: another college, we think.");
    assert_eq!(reported.kind(), "discrepancy");
    assert!(
        ["accepted", "open"].contains(&reported.outcome()),
        "{}",
        reported.text
    );
}

#[test]
fn clause_1_4_review_is_due_yearly_and_never_blocks() {
    let world = World::new();
    agreement(&world, "signed", "2023-09-14");
    world
        .send("leavers.csv", list(&pupils(0..1)))
        .is("accepted", &[]);
    world.extract(&records(&pupils(0..1)));
    assert_eq!(world.release().outcome(), "released");
    let status = world.run(&["status"]).done("status");
    assert!(status.to_lowercase().contains("review"), "{status}");
}

#[test]
fn clause_1_5_receipts_name_the_councils_contact() {
    let world = World::new();
    world.set("council.contact", "\"careers@council.example\"");
    let receipt = world.send("leavers.csv", list(&pupils(0..1)));
    assert!(
        receipt.text.contains("careers@council.example"),
        "{}",
        receipt.text
    );
}

#[test]
fn clause_2_1_young_people_of_sixteen_to_eighteen() {
    let world = World::new();
    let (young, right, old) = (
        pupil(0).born_on("2010-11-22"),
        pupil(1).born_on("2010-11-21"),
        pupil(2).born_on("2008-11-21"),
    );
    let all = [young, right.clone(), old];
    world.send("leavers.csv", crate::pupils::list_dated(&all, "2026-10-01"));
    world.extract(&records(&all));
    world.release();
    assert_eq!(names(&world.shared()), [right.full_name()]);
}

#[test]
fn clause_2_1_released_in_the_spring_term_by_schedule() {
    let world = World::new();
    world.add_settings("[[schedule]]\nname = \"spring\"\ndates = [\"2027-03-01 06:00\"]\n");
    world.send("leavers.csv", list(&pupils(0..2)));
    world.on("2027-02-20").extract(&records(&pupils(0..2)));
    world.once();
    assert!(world.outbox(SCHOOL).is_empty());
    world.on("2027-03-01T06:00:30Z").once();
    assert_eq!(world.shared().len(), 2);
    assert_eq!(
        world.releases(SCHOOL)[0].json["release"]["trigger"],
        "schedule"
    );
}

#[test]
fn clause_2_1_other_times_on_request_subject_to_capacity() {
    let world = listed(2);
    world.send("request.txt", "For an open evening.");
    assert_eq!(
        world.releases(SCHOOL)[0].json["release"]["trigger"],
        "request"
    );
    world.on("2026-11-28");
    assert_eq!(
        world.send("request.txt", "And another.").outcome(),
        "queued"
    );
}
