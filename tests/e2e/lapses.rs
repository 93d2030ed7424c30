//! A list is complete: who is missing has lapsed. Additions, thresholds, slips of a birth year and
//! files that came before (spec 3).

use crate::{
    opened::names,
    pupils::{
        CONSENTED, LIST_HEADER, Pupil, list, list_row, list_saying, pupil, pupils, records, younger,
    },
    world::World,
};

fn shared_count(world: &World, known: usize) -> usize {
    world.extract(&records(&pupils(0..known)));
    world.release();
    world.shared().len()
}

#[test]
fn who_is_missing_has_lapsed_and_the_first_line_says_so() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..10)));
    let receipt = world.send("leavers.csv", list(&pupils(2..10)));
    assert_eq!(receipt.outcome(), "accepted");
    receipt.counts(&[("renewed", 8), ("lapsed", 2)]);
    let first = receipt.first_line();
    assert!(
        first.contains("2 pupils on your last list are not on this one"),
        "{first}"
    );
    assert!(
        receipt.text.contains("add"),
        "says how to send additions only"
    );
    assert_eq!(shared_count(&world, 10), 8);
}

#[test]
fn a_later_list_restores_who_had_lapsed() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..10)));
    world.send("leavers.csv", list(&pupils(2..10)));
    world
        .send("leavers.csv", list(&pupils(0..10)))
        .counts(&[("lapsed", 0)]);
    assert_eq!(shared_count(&world, 10), 10);
}

#[test]
fn a_lapse_of_more_than_a_third_takes_effect_and_is_flagged() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..30)));
    let receipt = world.send("leavers.csv", list(&pupils(0..15)));
    receipt.counts(&[("lapsed", 15)]);
    assert!(
        receipt.text.to_lowercase().contains("incomplete"),
        "{}",
        receipt.text
    );
    assert_eq!(shared_count(&world, 30), 15);
}

#[test]
fn a_list_of_one_cohort_leaves_the_other_alone() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..4)));
    let next = (0..4).map(younger).collect::<Vec<_>>();
    world
        .send("year 11.csv", list(&next))
        .is("accepted", &[])
        .counts(&[("lapsed", 0)]);
    assert_eq!(shared_count(&world, 4), 4);
}

#[test]
fn a_pupil_whose_own_new_row_is_bad_is_not_on_the_new_list() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..12)));
    let bad = list(&pupils(0..12)).replace(&pupil(3).british_birthday(), "31/02/2010");
    let receipt = world.send("leavers.csv", bad);
    receipt.is("accepted-with-errors", &["dob-not-a-date"]);
    receipt.counts(&[("rejected", 1), ("lapsed", 1)]);
    assert_eq!(shared_count(&world, 12), 11);
}

#[test]
fn an_addition_lapses_nobody_and_lengthens_the_last_list() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    let added = world.send("Add three more.csv", list(&pupils(3..6)));
    added
        .is("accepted", &[])
        .counts(&[("new", 3), ("lapsed", 0)]);
    assert_eq!(added.kind(), "addition");
    assert_eq!(shared_count(&world, 6), 6);

    let shorter = world.send("leavers.csv", list(&pupils(0..4)));
    shorter.counts(&[("renewed", 4), ("lapsed", 2)]);
    assert_eq!(shared_count(&world, 6), 4);
}

#[test]
fn an_addition_renews_who_is_there_already() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    let added = world.send("late.csv", list(&pupils(2..4)));
    added.counts(&[("new", 1), ("renewed", 1), ("lapsed", 0)]);
}

/// A list whose last `bad` rows have no surname.
fn with_bad_rows(good: usize, bad: usize) -> String {
    let mut text = list(&pupils(0..good));
    for p in pupils(good..good + bad) {
        let nameless = Pupil {
            surname: String::new(),
            ..p
        };
        text.push_str(&list_row(&nameless, "Yes", CONSENTED));
    }
    text
}

#[test]
fn too_many_bad_rows_are_three_and_more_than_a_tenth() {
    let cases = [
        (18, 2, "accepted-with-errors"),
        (3, 2, "accepted-with-errors"),
        (27, 3, "accepted-with-errors"),
        (26, 3, "rejected"),
        (4, 3, "rejected"),
        (0, 1, "rejected"),
        (0, 2, "rejected"),
    ];
    let world = World::bare();
    for (i, (good, bad, _)) in cases.iter().enumerate() {
        let school = (8_604_001 + i).to_string();
        world.write_school(&school);
        world.drop_file(&school, "leavers.csv", with_bad_rows(*good, *bad));
    }
    world.once();
    for (i, (good, bad, outcome)) in cases.into_iter().enumerate() {
        let receipts = world.submissions(&(8_604_001 + i).to_string());
        let receipt = &receipts[0];
        assert_eq!(receipt.outcome(), outcome, "{good} good, {bad} bad");
        let missing = receipt
            .codes()
            .iter()
            .filter(|c| *c == "surname-missing")
            .count();
        assert_eq!(missing, bad, "each bad row is told of");
        let refused_whole = good > 0 && outcome == "rejected";
        assert!(
            !refused_whole || receipt.has("too-many-bad-rows"),
            "{}",
            receipt.text
        );
    }
}

#[test]
fn a_list_refused_for_its_bad_rows_changes_nothing() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..20)));
    let receipt = world.send("leavers.csv", with_bad_rows(10, 5));
    assert_eq!(receipt.outcome(), "rejected");
    receipt.counts(&[("new", 0), ("renewed", 0), ("lapsed", 0)]);
    assert_eq!(shared_count(&world, 20), 20);
}

#[test]
fn the_share_of_bad_rows_is_a_setting() {
    let world = World::new();
    world.set("intake.max_bad_rows", "50");
    let receipt = world.send("leavers.csv", with_bad_rows(10, 5));
    assert_eq!(
        receipt.outcome(),
        "accepted-with-errors",
        "{}",
        receipt.text
    );
}

#[test]
fn a_header_without_rows_is_refused_and_lapses_nobody() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    let receipt = world.send("leavers.csv", format!("{LIST_HEADER}\n"));
    assert_eq!(receipt.outcome(), "rejected");
    assert!(!receipt.codes().is_empty(), "a refusal has a code");
    assert_eq!(shared_count(&world, 3), 3);
}

#[test]
fn a_row_or_two_of_another_cohort_are_slips_that_lapse_nobody_else() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..12)));
    let next = (20..40).map(younger).collect::<Vec<_>>();
    for slips in [1, 2] {
        let mixed = [next.clone(), pupils(0..slips)].concat();
        let receipt = world.send("year 11.csv", list(&mixed));
        assert_eq!(
            receipt.outcome(),
            "accepted-with-errors",
            "{}",
            receipt.text
        );
        assert_eq!(receipt.codes(), vec!["cohort-unlikely"; slips]);
        receipt.counts(&[("rejected", slips as u64), ("lapsed", 0)]);
    }
    assert_eq!(shared_count(&world, 12), 12);
}

#[test]
fn a_short_cohort_may_really_have_shrunk() {
    // Ten on the last list is not «longer than ten»: the one row is the cohort's new list.
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..10)));
    let next = (20..40).map(younger).collect::<Vec<_>>();
    let mixed = [next, pupils(0..1)].concat();
    let receipt = world.send("both years.csv", list(&mixed));
    receipt.counts(&[("rejected", 0), ("lapsed", 9)]);
}

#[test]
fn the_same_bytes_again_change_nothing_and_get_a_receipt() {
    let world = World::new();
    let text = list(&pupils(0..3));
    world.send("leavers.csv", &text);
    let again = world.send("leavers (copy).csv", &text);
    again.is("accepted", &["same-as-earlier"]);
    assert_eq!(again.id(), "S000002");
    assert_eq!(shared_count(&world, 3), 3);
}

#[test]
fn bytes_equal_to_an_older_list_are_judged_in_full() {
    let world = World::new();
    let (first, second) = (list(&pupils(0..4)), list(&pupils(1..5)));
    world.send("a.csv", &first);
    world.send("b.csv", &second);
    let back = world.send("a.csv", &first);
    back.is("accepted", &[])
        .counts(&[("renewed", 4), ("lapsed", 1)]);
    world.extract(&records(&pupils(0..5)));
    world.release();
    assert!(!names(&world.shared()).contains(&pupil(4).full_name()));
}

#[test]
fn bytes_equal_to_a_refused_list_are_judged_in_full() {
    let world = World::new();
    world.edit_school(crate::world::SCHOOL, |school| {
        school["agreement"]["signed"] = "2026-11-25".parse::<toml_edit::Value>().unwrap().into();
    });
    let text = list(&pupils(0..3));
    world
        .send("leavers.csv", &text)
        .is("rejected", &["agreement-not-in-force"]);
    world.on("2026-11-25");
    world
        .send("leavers.csv", &text)
        .is("accepted", &[])
        .counts(&[("new", 3)]);
}

#[test]
fn who_no_longer_has_a_yes_is_not_shared() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..3)));
    let text = list_saying(&pupils(0..3), |i| if i == 1 { "TBC" } else { "Yes" });
    let receipt = world.send("leavers.csv", text);
    receipt.counts(&[("consented", 2), ("not_consented", 1), ("withdrawn", 0)]);
    assert_eq!(shared_count(&world, 3), 2);
}
