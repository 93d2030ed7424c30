//! A pupil tells the council (clause 2.2): by arguments, as JSON, or by being asked.

use crate::{
    notices::{listed, notices},
    opened::names,
    programs::{Ended, finish_told},
    pupils::{Pupil, list, pupil, pupils, records},
    world::{SCHOOL, World},
};

fn released(number: usize) -> World {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..number)));
    world.extract(&records(&pupils(0..number)));
    world.release();
    world.on("2026-11-22");
    world
}

fn by_arguments(world: &World, pupil: &Pupil) -> Ended {
    world.run_at(&[
        "withdraw",
        "--school",
        SCHOOL,
        "--forename",
        &pupil.forename,
        "--surname",
        &pupil.surname,
        "--dob",
        &pupil.born,
    ])
}

fn by_input(world: &World, arguments: &[&str], input: &str) -> Ended {
    let mut command = world.command(arguments);
    command.args(["--school", SCHOOL, "--at", &world.now()]);
    finish_told(command, input)
}

#[test]
fn the_council_withdraws_for_a_pupil_at_once() {
    let world = released(3);
    let said = by_arguments(&world, &pupil(1)).done("withdraw");
    assert!(said.contains("S000002: consent withdrawn."), "{said}");
    assert!(
        said.contains("R000001") && said.contains("D000001"),
        "{said}"
    );
    assert_eq!(names(&world.shared()).len(), 2, "made again at once");
    let open = notices(&world);
    assert_eq!(listed(&world, &open[0])[0].0, pupil(1).full_name());
    assert_eq!(world.submissions(SCHOOL).len(), 1, "it is no upload");
    let trail = world.run(&["audit", "export"]).done("audit export");
    let act = trail.lines().find(|row| row.contains("consent-withdrawn"));
    assert!(
        act.is_some_and(|row| row.contains("\"operator\"")),
        "{trail}"
    );
    // The school's next list, undated, does not bring it back.
    let again = world
        .on("2026-11-23")
        .send("leavers 2.csv", list(&pupils(0..4)));
    assert!(again.has("withdrawn-earlier"));
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn the_person_may_come_as_json_or_be_asked_for() {
    let world = released(3);
    let one = pupil(0);
    let json = format!(
        r#"{{"forename": "{}", "surname": "{}", "date_of_birth": "{}"}}"#,
        one.forename, one.surname, one.born
    );
    by_input(&world, &["withdraw", "-"], &json).done("withdraw -");
    let two = pupil(1);
    let answers = format!(
        "{}\n{}\n{}\n\n\n",
        two.forename,
        two.surname,
        two.british_birthday()
    );
    let done = by_input(&world, &["withdraw", "--json"], &answers).done("withdraw");
    let done: serde_json::Value = serde_json::from_str(&done).unwrap();
    assert_eq!(done["withdrawn"], 1);
    assert_eq!(done["notices"][0], "D000002");
    assert_eq!(world.shared().len(), 1);
}

#[test]
fn what_is_told_badly_changes_nothing_and_is_not_repeated() {
    let world = released(3);
    let half = r#"{"forename": "Ambrosine", "date_of_birth": "2010-01-01"}"#;
    for (input, words) in [
        (half, "too little"),
        (r#"{"forename": "Ambrosine", "telephone": "1"}"#, "as JSON"),
        ("Ambrosine Bramblesnap", "as JSON"),
    ] {
        let said = by_input(&world, &["withdraw", "-"], input).exits(1, "withdraw -");
        assert!(
            said.contains(words) && !said.contains("Ambrosine"),
            "{said}"
        );
    }
    assert_eq!(world.submissions(SCHOOL).len(), 1);
    assert_eq!(world.shared().len(), 3);
}

#[test]
fn a_pupil_whom_no_list_names_is_remembered() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    let said = by_arguments(&world, &pupil(2)).done("withdraw");
    assert!(said.contains("remembered"), "{said}");
    let later = world
        .on("2026-11-23")
        .send("leavers.csv", list(&pupils(0..3)));
    assert!(later.has("withdrawn-earlier"));
    world.extract(&records(&pupils(0..3)));
    assert_eq!(world.release().count("shared"), 2);
}

#[test]
fn a_pupil_who_fits_nearly_is_held() {
    let world = released(3);
    let near = Pupil {
        surname: "Otherwise".to_owned(),
        ..pupil(1)
    };
    let said = by_arguments(&world, &near).done("withdraw");
    assert!(said.contains("nearly fit are held"), "{said}");
    assert_eq!(names(&world.shared()).len(), 2);
    assert!(notices(&world).is_empty(), "nobody knows yet who it is");
}
