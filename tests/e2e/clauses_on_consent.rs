//! The agreement, clause by clause, from 2.2 on: how long consent lasts, how it ends, how files travel
//! and who may open them (`clauses.md`).

use crate::{
    opened::{names, try_decrypt},
    pupils::{list, list_saying, names_only, pupil, pupils, records},
    world::{OTHER, SCHOOL, World},
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
fn clause_2_2_the_school_keeps_its_list_accurate() {
    let world = listed(12);
    let receipt = world.send("leavers.csv", list(&pupils(1..12)));
    receipt.counts(&[("lapsed", 1)]);
    world.release();
    assert!(!names(&world.shared()).contains(&pupil(0).full_name()));
}

#[test]
fn clause_2_2_an_undated_list_never_lengthens_a_consent() {
    let world = World::new();
    agreement(&world, "signed", "2023-09-14");
    let p = pupil(0).born_on("2010-08-31");
    let signed = [p.clone()];
    world.on("2026-05-11").send(
        "leavers.csv",
        crate::pupils::list_dated(&signed, "2025-10-06"),
    );
    world
        .on("2026-11-21")
        .send("leavers.csv", names_only(&signed));
    world.on("2027-10-06").extract(&records(&signed));
    assert_eq!(world.release().count("expired"), 1);
    assert!(world.outbox(SCHOOL).is_empty());
}

#[test]
fn clause_2_2_consent_lasts_until_eighteen_or_two_years() {
    let world = World::new();
    let by_age = pupil(0).born_on("2008-12-01");
    let by_date = pupil(1).born_on("2010-08-01");
    let stays = pupil(2).born_on("2010-08-02");
    let text = format!(
        "{}\n{}{}{}",
        crate::pupils::LIST_HEADER,
        crate::pupils::list_row(&by_age, "Yes", "2026-05-11"),
        crate::pupils::list_row(&by_date, "Yes", "2024-12-01"),
        crate::pupils::list_row(&stays, "Yes", "2026-05-11"),
    );
    let all = [by_age, by_date, stays.clone()];
    world.send("leavers.csv", text);
    world.on("2026-11-30").extract(&records(&all));
    world.release();
    assert_eq!(world.shared().len(), 3, "the last day");
    world.on("2026-12-01").extract(&records(&all));
    world.release().counts(&[("shared", 1), ("expired", 2)]);
    assert_eq!(names(&world.shared()), [stays.full_name()]);
}

#[test]
fn clause_2_2_withdrawal_stops_sharing_at_once() {
    let world = listed(3);
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    world.release();
    let shared = names(&world.shared());
    assert_eq!(shared.len(), 2);
    assert!(!shared.contains(&pupil(1).full_name()));
}

#[test]
fn clause_2_2_withdrawal_recalls_what_lies_uncollected() {
    let world = listed(3);
    world.release();
    let first = world.outbox(SCHOOL);
    world.send("withdrawals.csv", names_only(&[pupil(1)]));
    let second = world.outbox(SCHOOL);
    assert_eq!(second.len(), 1);
    assert_ne!(first, second);
    assert!(!names(&world.shared()).contains(&pupil(1).full_name()));
}

#[test]
fn clause_2_2_withdrawal_acts_from_any_readable_file() {
    let world = listed(6);
    let no_for = |n: usize| list_saying(&pupils(0..6), move |i| if i == n { "No" } else { "Yes" });
    let refused = no_for(0)
        .replace("Forename,", "LAESTAB,Forename,")
        .replace('\n', "\n8604999,");
    let refused = refused.trim_end_matches("8604999,").to_owned();
    assert_eq!(world.send("leavers.csv", refused).outcome(), "rejected");
    world.send("add.csv", list_saying(&[pupil(1)], |_| "No"));
    world.send("withdrawals.txt", names_only(&[pupil(2)]).replace(',', ";"));
    world.send("leavers 2.csv", no_for(3));
    world.release();
    let mut shared = names(&world.shared());
    shared.sort();
    let mut left = [pupil(4).full_name(), pupil(5).full_name()];
    left.sort();
    assert_eq!(shared, left);
}

#[test]
fn clause_2_2_withdrawal_does_not_touch_the_councils_own_records() {
    let world = listed(2);
    world.release();
    world.send("withdrawals.csv", names_only(&[pupil(0)]));
    let extracts = world.state().join("council").join("extracts");
    assert!(
        crate::world::names_in(&extracts).is_empty(),
        "nothing is written for the caseload system"
    );
}

#[test]
fn clause_2_3_files_are_encrypted_to_the_school() {
    let world = World::with_two_schools();
    world.send_as(SCHOOL, "leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world.release();
    let file = world
        .box_of(SCHOOL)
        .join("outbox")
        .join(&world.outbox(SCHOOL)[0]);
    assert!(try_decrypt(&file, &world.keys(SCHOOL).age).is_ok());
    assert!(try_decrypt(&file, &world.keys(OTHER).age).is_err());
    assert!(world.outbox(OTHER).is_empty());
}

#[test]
fn clause_2_3_either_partner_reports_discrepancies() {
    let world = listed(2);
    world.release();
    let receipt = world.send("discrepancy.txt", "R000001: the second row is out of date.");
    assert_eq!(receipt.kind(), "discrepancy");
    assert!(
        ["accepted", "open"].contains(&receipt.outcome()),
        "{}",
        receipt.text
    );
}

#[test]
fn clause_2_5_only_persons_authorised_by_name_can_open_files() {
    let world = listed(2);
    world.edit_school(SCHOOL, |school| {
        let person = school["person"]
            .as_array_of_tables_mut()
            .unwrap()
            .get_mut(0)
            .unwrap();
        person["until"] = "2026-11-21".parse::<toml_edit::Value>().unwrap().into();
    });
    assert_eq!(
        world.release().outcome(),
        "released",
        "the last day of the person's rights"
    );
    world.on("2026-11-22").once();
    assert!(
        world.outbox(SCHOOL).is_empty(),
        "nobody is left who may open it"
    );
}

#[test]
fn clause_2_7_anyone_can_verify_the_trail() {
    let world = listed(2);
    world.release();
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn clause_derbyshire_nine_points_are_shown_for_a_school() {
    let world = World::new();
    let shown = world
        .run(&["school", "show", SCHOOL])
        .done("school show")
        .to_lowercase();
    for point in [
        "purpose",
        "recipient",
        "data",
        "quality",
        "security",
        "retention",
        "right",
        "review",
        "sanction",
    ] {
        assert!(shown.contains(point), "{point} in\n{shown}");
    }
}

#[test]
fn clause_derbyshire_people_know_who_shares_what_and_why() {
    let world = World::new();
    let notice = "https://council.example/privacy";
    world.set("council.privacy_notice", &format!("\"{notice}\""));
    let receipt = world.send("leavers.csv", list(&pupils(0..1)));
    assert!(receipt.text.contains(notice));
    let readme = std::fs::read_to_string(world.box_of(SCHOOL).join("README.txt")).unwrap();
    assert!(readme.contains(notice));
}
