//! Withdrawals always take effect: from their own files, from lists, from lists that are otherwise
//! refused (spec 3).

use crate::{
    opened::names,
    pupils::{
        CONSENTED, LIST_HEADER, Pupil, british, list, list_dated, list_row, list_saying,
        names_only, pupil, pupils, records,
    },
    world::{SCHOOL, World},
};

/// A school with this many consents.
fn school_of(number: usize) -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..number)));
    world
}

/// Who would be shared now, by number.
fn shared(world: &World, known: usize) -> Vec<usize> {
    world.extract(&records(&pupils(0..known)));
    world.release();
    let shared = names(&world.shared());
    (0..known)
        .filter(|&i| shared.contains(&pupil(i).full_name()))
        .collect()
}

#[test]
fn a_file_of_withdrawals_withdraws_by_name_and_date_of_birth() {
    let world = school_of(4);
    let receipt = world.send("withdrawals.csv", names_only(&[pupil(1), pupil(2)]));
    receipt.is("accepted", &[]);
    receipt.counts(&[
        ("rows", 2),
        ("withdrawn", 2),
        ("rejected", 0),
        ("lapsed", 0),
    ]);
    assert_eq!(receipt.kind(), "withdrawal");
    assert_eq!(shared(&world, 4), [0, 3]);
}

#[test]
fn an_identifier_with_a_date_of_birth_or_a_surname_is_enough() {
    let world = World::new();
    let header = "Forename,Surname,DOB,UPN,ULN,Consent,Consent date\n";
    let rows = pupils(0..6).into_iter().map(|p| {
        let (born, date) = (p.british_birthday(), british(CONSENTED));
        let (a, b, c, d) = (p.forename, p.surname, p.upn, p.uln);
        format!("{a},{b},{born},{c},{d},Yes,{date}\n")
    });
    world.send(
        "leavers.csv",
        format!("{header}{}", rows.collect::<String>()),
    );
    let p = pupils(0..6);
    let files = [
        format!("UPN,DOB\n{},{}\n", p[0].upn, p[0].british_birthday()),
        format!("UPN,Surname\n{},{}\n", p[1].upn, p[1].surname),
        format!(
            "ULN,Date of birth\n{},{}\n",
            p[2].uln,
            p[2].british_birthday()
        ),
        format!(
            "Surname,ULN\n{},{}\n",
            p[3].surname.to_uppercase(),
            p[3].uln
        ),
    ];
    for (i, file) in files.iter().enumerate() {
        let receipt = world.send(&format!("withdraw {i}.csv"), file);
        assert_eq!(receipt.count("withdrawn"), 1, "{file}: {}", receipt.text);
    }
    assert_eq!(shared(&world, 6), [4, 5]);
}

#[test]
fn a_plain_no_after_a_yes_is_a_withdrawal() {
    let world = school_of(3);
    let text = list_saying(&pupils(0..3), |i| if i == 1 { "No" } else { "Yes" });
    let receipt = world.send("leavers.csv", text);
    receipt.counts(&[
        ("consented", 2),
        ("withdrawn", 1),
        ("not_consented", 0),
        ("lapsed", 0),
    ]);
    assert_eq!(shared(&world, 3), [0, 2]);
}

#[test]
fn a_plain_no_from_the_start_is_no_consent() {
    let world = World::new();
    let text = list_saying(&pupils(0..3), |i| if i == 1 { "No" } else { "Yes" });
    world.send("leavers.csv", text).counts(&[
        ("consented", 2),
        ("withdrawn", 0),
        ("not_consented", 1),
    ]);
    assert_eq!(shared(&world, 3), [0, 2]);
}

#[test]
fn the_withdrawn_column_goes_before_the_consent_column() {
    let world = school_of(4);
    let header = "Forename,Surname,DOB,Consent,Consent date,Withdrawn\n";
    let marks = ["", "18/11/2026", "yes", "No"];
    let rows = pupils(0..4).into_iter().zip(marks).map(|(p, mark)| {
        let (born, date) = (p.british_birthday(), british(CONSENTED));
        format!("{},{},{born},Yes,{date},{mark}\n", p.forename, p.surname)
    });
    let receipt = world.send(
        "leavers.csv",
        format!("{header}{}", rows.collect::<String>()),
    );
    receipt.counts(&[("consented", 2), ("withdrawn", 2)]);
    assert_eq!(shared(&world, 4), [0, 3]);
}

#[test]
fn an_addition_with_a_no_withdraws() {
    let world = school_of(3);
    let text = list_saying(&[pupil(0), pupil(5)], |i| if i == 0 { "No" } else { "Yes" });
    world
        .send("add.csv", text)
        .counts(&[("withdrawn", 1), ("new", 1), ("lapsed", 0)]);
    assert_eq!(shared(&world, 6), [1, 2, 5]);
}

#[test]
fn one_that_nearly_fits_holds_the_pupil() {
    let [anne, wrong_day, married] = [
        Pupil {
            forename: "Ambrosina".into(),
            ..pupil(0)
        },
        pupil(0).born_on("2009-12-31"),
        Pupil {
            surname: "Bramblesnapp".into(),
            ..pupil(0)
        },
    ];
    let by_upn = |p: &Pupil| {
        let (born, upn) = (p.british_birthday(), &p.upn);
        format!("Forename,Surname,DOB,UPN\nX,Wrongly,{born},{upn}\n")
    };
    let files = [
        names_only(&[anne]),
        names_only(&[married]),
        by_upn(&wrong_day),
    ];
    for file in files {
        let world = school_of(3);
        let receipt = world.send("withdrawals.csv", &file);
        assert!(receipt.has("withdrawal-near"), "{file}: {}", receipt.text);
        assert_eq!(shared(&world, 3), [1, 2], "{file}");
        assert_eq!(world.releases(SCHOOL).pop().unwrap().count("held"), 1);
    }
}

#[test]
fn a_clearer_file_settles_a_near_one() {
    let world = school_of(3);
    let near = Pupil {
        forename: "Ambrosina".into(),
        ..pupil(0)
    };
    world.send("withdrawals.csv", names_only(&[near]));
    let clear = world.send("withdraw again.csv", names_only(&[pupil(0)]));
    clear.is("accepted", &[]).counts(&[("withdrawn", 1)]);
    assert_eq!(shared(&world, 3), [1, 2]);
    assert_eq!(world.releases(SCHOOL).pop().unwrap().count("held"), 0);
}

#[test]
fn one_that_fits_nobody_is_remembered() {
    let world = school_of(2);
    let receipt = world.send("withdrawals.csv", names_only(&[pupil(5)]));
    assert_eq!(receipt.codes(), ["pupil-not-on-a-list"]);
    let later = world.send("leavers.csv", list(&pupils(0..6)));
    assert!(later.has("withdrawn-earlier"), "{}", later.text);
    assert_eq!(shared(&world, 6), [0, 1, 2, 3, 4]);
}

#[test]
fn an_older_yes_leaves_the_pupil_withdrawn() {
    let world = school_of(3);
    world.send("withdrawals.csv", names_only(&[pupil(0)]));
    let receipt = world.send("leavers.csv", list_dated(&pupils(0..3), "2026-11-20"));
    receipt.is("accepted", &["withdrawn-earlier"]);
    assert_eq!(receipt.json["problems"][0]["severity"], "warning");
    assert_eq!(receipt.json["problems"][0]["row"], 2);
    assert_eq!(shared(&world, 3), [1, 2]);
}

#[test]
fn a_yes_of_the_very_day_leaves_the_pupil_withdrawn() {
    let world = school_of(3);
    world.send("withdrawals.csv", names_only(&[pupil(0)]));
    let receipt = world.send("leavers.csv", list_dated(&pupils(0..3), "2026-11-21"));
    receipt.is("accepted", &["withdrawn-earlier"]);
    world.on("2026-11-22");
    assert_eq!(shared(&world, 3), [1, 2]);
}

#[test]
fn an_undated_yes_leaves_the_pupil_withdrawn() {
    let world = school_of(3);
    world.send("withdrawals.csv", names_only(&[pupil(0)]));
    world.on("2027-09-02");
    let receipt = world.send("leavers.csv", names_only(&pupils(0..3)));
    assert!(receipt.has("withdrawn-earlier"), "{}", receipt.text);
    assert_eq!(shared(&world, 3), [1, 2]);
}

#[test]
fn a_consent_dated_after_the_withdrawal_restores_sharing() {
    let world = school_of(3);
    world.send("withdrawals.csv", names_only(&[pupil(0)]));
    world.on("2026-11-23");
    let receipt = world.send("leavers.csv", list_dated(&pupils(0..3), "2026-11-22"));
    receipt.is("accepted", &[]);
    assert_eq!(shared(&world, 3), [0, 1, 2]);
}

#[test]
fn a_withdrawal_takes_effect_from_a_list_with_too_many_bad_rows() {
    let world = school_of(12);
    let mut text = list_saying(&pupils(0..12), |i| if i == 0 { "No" } else { "Yes" });
    for i in 1..6 {
        text = text.replace(&pupil(i).british_birthday(), "soon");
    }
    let receipt = world.send("leavers.csv", text);
    assert_eq!(receipt.outcome(), "rejected");
    receipt.counts(&[("withdrawn", 1), ("lapsed", 0)]);
    assert_eq!(shared(&world, 12), (1..12).collect::<Vec<_>>());
}

#[test]
fn a_withdrawal_takes_effect_from_another_schools_list() {
    let world = school_of(3);
    let rows = pupils(0..4).into_iter().map(|p| {
        let answer = if p == pupil(0) { "No" } else { "Yes" };
        let (born, date) = (p.british_birthday(), british(CONSENTED));
        format!(
            "{},{},{born},{answer},{date},8604999\n",
            p.forename, p.surname
        )
    });
    let header = "Forename,Surname,DOB,Consent,Consent date,LAESTAB\n";
    let receipt = world.send(
        "leavers.csv",
        format!("{header}{}", rows.collect::<String>()),
    );
    assert_eq!(receipt.outcome(), "rejected");
    assert!(receipt.has("wrong-school"));
    assert_eq!(
        shared(&world, 4),
        [1, 2],
        "the No counts, the new pupil doesn't"
    );
}

#[test]
fn where_months_come_first_nobody_is_withdrawn_by_a_doubtful_birthday() {
    let world = school_of(4);
    let text = format!(
        "{}{}",
        list_saying(&pupils(0..3), |i| if i == 0 { "No" } else { "Yes" }),
        list_row(&pupil(3), "Yes", CONSENTED).replace(&pupil(3).british_birthday(), "08/31/2009")
    );
    let receipt = world.send("leavers.csv", text);
    receipt.is("rejected", &["dates-month-first"]);
    // Either the No still fits by UPN and name, or the receipt says first that it did nothing.
    if shared(&world, 4) != [1, 2, 3] {
        assert_eq!(shared(&world, 4), [0, 1, 2, 3]);
        let first = receipt.first_line().to_lowercase();
        assert!(first.contains("withdr"), "{first}");
    }
}

#[test]
fn a_withdrawal_takes_effect_without_an_agreement_in_force() {
    let world = school_of(3);
    let until = |world: &World, day: Option<&str>| {
        world.edit_school(SCHOOL, |school| match day {
            Some(day) => {
                school["agreement"]["terminated"] = day.parse::<toml_edit::Value>().unwrap().into();
            }
            None => {
                school["agreement"]
                    .as_table_mut()
                    .unwrap()
                    .remove("terminated");
            }
        });
    };
    until(&world, Some("2026-11-01"));
    let receipt = world.send("withdrawals.csv", names_only(&[pupil(0)]));
    receipt.counts(&[("withdrawn", 1)]);
    let text = list_saying(&pupils(0..3), |i| if i == 1 { "No" } else { "Yes" });
    let list = world.send("leavers.csv", text);
    assert_eq!(list.outcome(), "rejected");
    list.counts(&[("withdrawn", 1)]);
    until(&world, None);
    assert_eq!(shared(&world, 3), [2]);
}

#[test]
fn where_a_column_that_identifies_is_doubtful_nobody_is_withdrawn() {
    let world = school_of(3);
    let p = pupil(0);
    let born = p.british_birthday();
    let text = format!(
        "Forename,Surname,Surname,DOB,Consent\n{},{},Nobody,{born},No\n",
        p.forename, p.surname
    );
    let receipt = world.send("leavers.csv", text);
    receipt.is("rejected", &["column-ambiguous"]);
    assert_eq!(shared(&world, 3), [0, 1, 2]);
    assert!(
        receipt.first_line().to_lowercase().contains("withdr"),
        "the receipt says first that nobody was withdrawn: {}",
        receipt.first_line()
    );
}

#[test]
fn a_file_that_withdraws_many_stops_sharing_at_once() {
    let world = school_of(20);
    let receipt = world.send("withdrawals.csv", names_only(&pupils(0..10)));
    receipt.counts(&[("withdrawn", 10)]);
    assert_eq!(shared(&world, 20), (10..20).collect::<Vec<_>>());
}

#[test]
fn a_withdrawal_row_that_tells_nobody_is_a_bad_row() {
    let world = school_of(3);
    let text = format!("{}Mabella,,\n", names_only(&[pupil(0)]));
    let receipt = world.send("withdrawals.csv", text);
    assert_eq!(
        receipt.outcome(),
        "accepted-with-errors",
        "{}",
        receipt.text
    );
    receipt.counts(&[("withdrawn", 1), ("rejected", 1)]);
    assert_eq!(shared(&world, 3), [1, 2]);
}

#[test]
fn however_many_rows_are_bad_the_others_withdraw() {
    let world = school_of(3);
    let text = format!("{}?,?,?\n?,?,?\n?,?,?\n?,?,?\n", names_only(&[pupil(0)]));
    let receipt = world.send("withdrawals.csv", text);
    receipt.counts(&[("withdrawn", 1), ("rejected", 4)]);
    assert_eq!(shared(&world, 3), [1, 2]);
}

#[test]
fn the_same_withdrawals_again_change_nothing() {
    let world = school_of(3);
    let text = names_only(&[pupil(0)]);
    world.send("withdrawals.csv", &text);
    world
        .send("withdrawals.csv", &text)
        .is("accepted", &["same-as-earlier"]);
    assert_eq!(shared(&world, 3), [1, 2]);
}

#[test]
fn a_withdrawal_follows_the_pupil_whose_name_is_written_otherwise() {
    let world = World::new();
    let row = |surname: &str| format!("Ambrosine,{surname},01/12/2009,,Yes,11/05/2026\n");
    world.send(
        "leavers.csv",
        format!("{LIST_HEADER}\n{}", row("O'Bramble-Snap")),
    );
    let text = "Forename,Surname,DOB\nAMBROSINE,O’Bramble Snap,2009-12-01\n";
    world
        .send("withdrawals.csv", text)
        .is("accepted", &[])
        .counts(&[("withdrawn", 1)]);
}
