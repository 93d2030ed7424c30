//! When a consent ends: the edge days, leap days, and the longer road with an EHCP (spec 6).

use crate::{
    pupils::{LIST_HEADER, Pupil, Record, british, pupil, record},
    world::{SCHOOL, World},
};

/// A world in which the agreement is old, and one pupil of this birthday consented on this day.
fn consented(born: &str, on: &str, rule: Option<&str>, sent: &str) -> (World, Pupil) {
    let world = World::new();
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["signed"] = "2023-09-14".parse::<toml_edit::Value>().unwrap().into();
    });
    if let Some(rule) = rule {
        world.set("consent.expires", &format!("\"{rule}\""));
    }
    let p = pupil(0).born_on(born);
    let (birthday, day) = (p.british_birthday(), british(on));
    let text = format!(
        "{LIST_HEADER}\n{},{},{birthday},{},Yes,{day}\n",
        p.forename, p.surname, p.upn
    );
    world.on(sent);
    let receipt = world.send("leavers.csv", text);
    assert_eq!(receipt.outcome(), "accepted", "{}", receipt.text);
    (world, p)
}

/// Whether the pupil is shared on this day, from an extract of the day.
fn shared_on(world: &World, p: &Pupil, day: &str) -> bool {
    world.on(day).extract(&[record(p)]);
    let receipt = world.release();
    // What expired today is recalled by the daemon's own round.
    world.once();
    let shared = !world.shared().is_empty();
    assert_eq!(receipt.count("shared") == 1, shared, "{day}");
    assert!(
        shared || receipt.count("expired") + receipt.count("not_eligible") == 1,
        "{day}"
    );
    shared
}

/// Birthday, day of consent, the last day on which sharing is allowed, the first on which it isn't.
const EDGES: [(&str, &str, &str, &str); 8] = [
    ("2009-09-01", "2026-05-11", "2027-08-31", "2027-09-01"),
    ("2010-02-28", "2026-05-11", "2028-02-27", "2028-02-28"),
    ("2010-03-01", "2026-05-11", "2028-02-29", "2028-03-01"),
    ("2010-08-31", "2026-05-11", "2028-05-10", "2028-05-11"),
    ("2010-08-31", "2025-10-06", "2027-10-05", "2027-10-06"),
    ("2010-06-26", "2026-06-26", "2028-06-25", "2028-06-26"),
    ("2008-02-29", "2024-05-13", "2026-02-27", "2026-02-28"),
    ("2012-02-29", "2028-05-08", "2030-02-27", "2030-02-28"),
];

#[test]
fn a_consent_ends_at_the_earliest_of_three_days() {
    for (born, on, last, first) in EDGES {
        let (world, p) = consented(born, on, None, on);
        assert!(shared_on(&world, &p, last), "born {born}, {last}");
        assert!(!shared_on(&world, &p, first), "born {born}, {first}");
    }
}

#[test]
fn two_years_after_leaving_is_a_setting() {
    // Who left on 26 June 2026, consented in 2025 and turns eighteen in 2028.
    let rule = Some("two-years-after-leaving");
    let (world, p) = consented("2010-08-31", "2025-10-06", rule, "2026-05-11");
    assert!(
        shared_on(&world, &p, "2027-10-06"),
        "the two years from consent do not count"
    );
    assert!(shared_on(&world, &p, "2028-06-25"));
    assert!(!shared_on(&world, &p, "2028-06-26"));
    let receipt = world.releases(SCHOOL).pop().unwrap();
    assert_eq!(
        receipt.json["release"]["expiry_rule"],
        "two-years-after-leaving"
    );
}

#[test]
fn who_is_under_sixteen_is_not_shared() {
    let (world, p) = consented("2011-03-10", "2026-11-01", None, "2026-11-21");
    assert!(!shared_on(&world, &p, "2027-03-09"));
    assert!(
        shared_on(&world, &p, "2027-03-10"),
        "from the sixteenth birthday on"
    );
}

/// A nineteen-year-old with what list and extract say of an EHCP.
fn with_plan(on_list: &str, send: &str, consented: &str, day: &str) -> bool {
    let world = World::new();
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["signed"] = "2023-09-14".parse::<toml_edit::Value>().unwrap().into();
    });
    let p = pupil(0).born_on("2007-10-10");
    let (born, given) = (p.british_birthday(), british(consented));
    let text = format!(
        "Forename,Surname,Date of birth,UPN,Consent,Consent date,EHCP\n\
         {},{},{born},{},Yes,{given},{on_list}\n",
        p.forename, p.surname, p.upn
    );
    world.on("2026-11-01");
    world.send("leavers.csv", text);
    world.on(day).extract(&[Record {
        send: send.to_owned(),
        ..record(&p)
    }]);
    world.release();
    !world.shared().is_empty()
}

#[test]
fn a_plan_lengthens_only_a_consent_given_at_eighteen() {
    let day = "2026-11-21";
    assert!(with_plan("Yes", "Y", "2026-10-20", day));
    assert!(with_plan("E", "Y", "2026-10-20", day));
    assert!(
        with_plan("Yes", "Y", "2025-10-10", day),
        "on the eighteenth birthday itself"
    );
    assert!(
        !with_plan("Yes", "Y", "2025-10-09", day),
        "the day before it"
    );
}

#[test]
fn a_plan_must_stand_on_the_list_and_in_the_extract() {
    let day = "2026-11-21";
    assert!(!with_plan("Yes", "N", "2026-10-20", day));
    assert!(!with_plan("Yes", "", "2026-10-20", day));
    assert!(!with_plan("No", "Y", "2026-10-20", day));
    assert!(!with_plan("K", "Y", "2026-10-20", day));
    assert!(!with_plan("", "Y", "2026-10-20", day));
}

#[test]
fn with_a_plan_a_consent_lasts_two_years() {
    assert!(with_plan("Yes", "Y", "2026-10-20", "2028-10-19"));
    assert!(!with_plan("Yes", "Y", "2026-10-20", "2028-10-20"));
}

#[test]
fn with_a_plan_no_consent_reaches_past_the_twenty_fifth_birthday() {
    let world = World::new();
    let p = pupil(0).born_on("2001-12-20");
    let born = p.british_birthday();
    let text = format!(
        "Forename,Surname,Date of birth,UPN,Consent,Consent date,EHCP\n\
         {},{},{born},{},Yes,01/11/2026,Yes\n",
        p.forename, p.surname, p.upn
    );
    let receipt = world.send("leavers.csv", text);
    assert_eq!(receipt.count("consented"), 1, "{}", receipt.text);
    let known = Record {
        send: "Y".into(),
        ..record(&p)
    };
    world.on("2026-12-19").extract(std::slice::from_ref(&known));
    world.release();
    assert_eq!(world.shared().len(), 1);
    world.on("2026-12-20").extract(&[known]);
    world.release();
    world.once();
    assert!(world.shared().is_empty());
}

#[test]
fn an_undated_list_never_lengthens_a_consent() {
    // Consent known from October 2025; the undated lists of 2026 would make it September 2026.
    let (world, p) = consented("2010-08-31", "2025-10-06", None, "2026-05-11");
    world.on("2026-11-21");
    let birthday = p.british_birthday();
    let undated = format!(
        "Forename,Surname,Date of birth,UPN\n{},{},{birthday},{}\n",
        p.forename, p.surname, p.upn
    );
    world.send("leavers.csv", undated).counts(&[("renewed", 1)]);
    assert!(shared_on(&world, &p, "2027-10-05"));
    assert!(!shared_on(&world, &p, "2027-10-06"));
}

#[test]
fn an_assumed_day_stays_what_it_was_first_assumed_to_be() {
    let world = World::new();
    let p = pupil(0).born_on("2010-08-31");
    let birthday = p.british_birthday();
    let (a, b) = (&p.forename, &p.surname);
    let undated =
        |note: &str| format!("Forename,Surname,Date of birth,{note}\n{a},{b},{birthday},\n");
    world.edit_school(SCHOOL, |school| {
        school["agreement"]["signed"] = "2023-09-14".parse::<toml_edit::Value>().unwrap().into();
    });
    world.on("2026-06-01").send("leavers.csv", undated("Tutor"));
    world.on("2026-11-21").send("leavers.csv", undated("House"));
    // Assumed as 1 September 2025 by the first list, so that it ends on 31 August 2027.
    assert!(shared_on(&world, &p, "2027-08-31"));
    assert!(!shared_on(&world, &p, "2027-09-01"));
}

#[test]
fn a_dated_list_renews_a_consent() {
    let (world, p) = consented("2010-08-31", "2025-10-06", None, "2026-05-11");
    world.on("2026-11-21");
    let (birthday, a, b, upn) = (p.british_birthday(), &p.forename, &p.surname, &p.upn);
    let renewed = format!("{LIST_HEADER}\n{a},{b},{birthday},{upn},Yes,01/11/2026\n");
    world.send("leavers.csv", renewed).counts(&[("renewed", 1)]);
    assert!(shared_on(&world, &p, "2027-10-06"));
    assert!(shared_on(&world, &p, "2028-06-25"));
    assert!(
        !shared_on(&world, &p, "2028-06-26"),
        "two years after leaving"
    );
}

#[test]
fn days_are_london_days() {
    // Midnight of 1 September 2027 in London is 23:00 on 31 August in UTC.
    let (world, p) = consented("2009-09-01", "2026-05-11", None, "2026-05-11");
    assert!(shared_on(&world, &p, "2027-08-31T22:30:00Z"));
    assert!(!shared_on(&world, &p, "2027-08-31T23:30:00Z"));
}
