//! «What was shared about me?» (clause 2.6), asked by an officer.

use pillarbox::boxes::handover::Served as What;
use serde_json::Value;

use crate::{
    asked::{about, acts, collect, fingerprint, json, json_about, released, send},
    handed_over::{hand_over, key, serve},
    programs::finish_told,
    pupils::{LIST_HEADER, Pupil, list, list_of, list_row, names_only, pupil, pupils, record},
    running::{grown, soon},
    served::Served,
    world::{OTHER, SCHOOL, World},
};

/// The one pupil of an answer.
fn only(report: &Value) -> &Value {
    let schools = report["schools"].as_array().unwrap();
    assert_eq!(schools.len(), 1, "{report}");
    let pupils = schools[0]["pupils"].as_array().unwrap();
    assert_eq!(pupils.len(), 1, "{report}");
    &pupils[0]
}

#[test]
fn it_tells_the_consent_and_each_disclosure_with_its_values_and_who_fetched_it() {
    let world = released(3);
    collect(&world);
    let report = json_about(&world, "subject", &pupil(1));
    let found = only(&report);
    assert_eq!(found["pupil"], "S000001.1");
    assert_eq!(found["identity"]["forename"], pupil(1).forename);
    assert_eq!(found["identity"]["date_of_birth"], pupil(1).born);
    assert_eq!(found["identity"]["upn"], pupil(1).upn);
    let consent = &found["consent"];
    assert_eq!(consent["standing"], "in-force");
    assert_eq!(consent["given_on"], "2026-05-11");
    assert_eq!(consent["assumed"], false);
    assert_eq!(consent["source"], "S000001");
    assert_eq!(consent["lasts_until"], "2027-12-01", "the day before 18");
    let disclosures = found["disclosures"].as_array().unwrap();
    assert_eq!(disclosures.len(), 1);
    let told = &disclosures[0];
    assert_eq!(told["release"], "R000001");
    assert_eq!(told["at"], "2026-11-21T10:00:00Z");
    assert_eq!(told["trigger"], "operator");
    assert_eq!(told["state"], "published");
    assert_eq!(told["told"]["destination_type"], "School sixth form");
    assert_eq!(told["told"]["provider_or_employer"], "Nowhere Sixth Form");
    assert_eq!(told["told"]["start_date"], "2026-09-03");
    assert_eq!(told["consent"]["given_on"], "2026-05-11");
    assert_eq!(told["consent"]["source"], "S000001");
    assert_eq!(told["consent"]["tied_by_hand"], false);
    assert_eq!(told["recipients"][0]["person"], "Pat Invented");
    assert_eq!(told["recipients"][0]["key"], world.keys(SCHOOL).recipient);
    assert_eq!(told["serving_is_known"], true);
    let served = &told["served"][0];
    assert_eq!(served["person"], "Pat Invented");
    assert_eq!(served["key"], fingerprint(&world, SCHOOL));
    assert!(served["collected_at"].is_string());
}

#[test]
fn people_read_it_without_knowing_json() {
    let world = released(3);
    collect(&world);
    let said = about(&world, "subject", &pupil(1), &[]).done("subject");
    for words in [
        "Made-up County Council",
        &pupil(1).full_name(),
        "in force until 1 December 2027",
        "Shared on 21 November 2026",
        "School sixth form, Nowhere Sixth Form, from 3 September 2026",
        "Collected on",
        "Pat Invented",
    ] {
        assert!(said.contains(words), "«{words}» is missing in\n{said}");
    }
    assert!(!said.contains(&pupil(0).surname.to_uppercase()));
    assert!(!said.contains(&pupil(2).full_name()), "only the one");
}

#[test]
fn every_spelling_that_matching_equates_finds_the_person() {
    let world = World::new();
    let zoe = Pupil {
        forename: "Zoë".into(),
        surname: "O'Bramblesnap-Vane".into(),
        ..pupil(4)
    };
    world.send("leavers.csv", list_of(&zoe));
    for (forename, surname, born) in [
        ("zoe", "obramblesnap vane", "2009-12-05"),
        ("ZOË", "O’BRAMBLESNAP‐VANE", "05/12/2009"),
        ("Zoe\u{308}", "O`Bramblesnap - Vane", "5 Dec 2009"),
    ] {
        let asked = serde_json::json!({"forename": forename, "surname": surname, "dob": born});
        let mut command = world.command(&["subject", "-", "--json"]);
        command.args(["--at", &world.now()]);
        let report = json(finish_told(command, &asked.to_string()));
        assert_eq!(only(&report)["identity"]["forename"], "Zoë", "{surname}");
    }
    let by_upn = world.run_at(&[
        "subject",
        "--upn",
        &zoe.upn,
        "--dob",
        "2009-12-05",
        "--json",
    ]);
    assert_eq!(only(&json(by_upn))["identity"]["forename"], "Zoë");
}

#[test]
fn a_neighbour_is_a_number_and_nothing_else() {
    let world = World::new();
    let twin = Pupil {
        forename: "Dorabelle".into(),
        upn: crate::pupils::upn(77),
        ..pupil(1)
    };
    world.send("leavers.csv", list(&[pupil(1), twin.clone()]));
    let ended = about(&world, "subject", &pupil(1), &["--json"]);
    let report = json(ended);
    assert_eq!(only(&report)["identity"]["forename"], pupil(1).forename);
    assert_eq!(report["nearly"], 1, "the twin");
    assert!(!report.to_string().contains("Dorabelle"));
    let nobody = Pupil {
        forename: "Nemo".into(),
        ..pupil(1)
    };
    let said = about(&world, "subject", &nobody, &[]).done("subject");
    assert!(said.contains("Nothing is on record"), "{said}");
    assert!(said.contains("Nearly: 2 pupils"), "{said}");
    assert!(!said.contains("Dorabelle") && !said.contains(&pupil(1).forename));
}

#[test]
fn two_pupils_who_fit_alike_are_told_apart_first() {
    let world = World::with_two_schools();
    let namesake = Pupil {
        upn: crate::pupils::upn(77),
        ..pupil(1)
    };
    world.send("leavers.csv", list_of(&pupil(1)));
    world.send_as(OTHER, "leavers.csv", list_of(&namesake));
    let said = about(&world, "subject", &pupil(1), &[]).exits(1, "two pupils");
    assert!(said.contains("2 pupils") && said.contains("UPN"), "{said}");
    let report = json(world.run_at(&[
        "subject",
        "--upn",
        &namesake.upn,
        "--dob",
        &namesake.born,
        "--json",
    ]));
    assert_eq!(report["schools"][0]["school"], OTHER);
    only(&report);
}

#[test]
fn all_schools_are_asked_and_one_tells_the_number_by_which_another_is_found() {
    let world = World::with_two_schools();
    world.send("leavers.csv", list_of(&pupil(1)));
    let married = Pupil {
        surname: "Wobblestone".into(),
        ..pupil(1)
    };
    world.send_as(OTHER, "leavers.csv", list_of(&married));
    let report = json_about(&world, "subject", &pupil(1));
    let schools = report["schools"].as_array().unwrap();
    assert_eq!(schools.len(), 2, "{report}");
    assert_eq!(
        schools[1]["pupils"][0]["identity"]["surname"],
        "Wobblestone"
    );
}

#[test]
fn refusals_and_remembered_withdrawals_are_told() {
    let world = World::new();
    let no = format!("{LIST_HEADER}\n{}", list_row(&pupil(2), "No", "2026-05-11"));
    let no = no + &list_row(&pupil(3), "Yes", "2026-05-11");
    world.send("leavers.csv", no);
    world.send("withdrawals.csv", names_only(&[pupil(2)]));
    let report = json_about(&world, "subject", &pupil(2));
    let school = &report["schools"][0];
    assert_eq!(school["refused_in"], "S000001");
    assert_eq!(school["withdrawals"][0]["source"], "S000002");
    assert_eq!(school["withdrawals"][0]["on"], "2026-11-21");
    assert!(school["pupils"].as_array().unwrap().is_empty());
}

#[test]
fn a_withdrawal_is_told_with_its_notice() {
    let world = released(3);
    collect(&world);
    world.on("2026-11-22");
    send(&world, "withdrawals.csv", &names_only(&[pupil(1)]));
    let report = json_about(&world, "subject", &pupil(1));
    let found = only(&report);
    assert_eq!(found["consent"]["standing"], "withdrawn");
    assert_eq!(found["consent"]["withdrawn_on"], "2026-11-22");
    assert_eq!(found["disclosures"][0]["state"], "recalled");
    assert_eq!(found["notices"][0]["id"], "D000001");
    assert_eq!(found["notices"][0]["state"], "open");
    send(&world, "destroyed.txt", "D000001");
    let report = json_about(&world, "subject", &pupil(1));
    assert_eq!(only(&report)["notices"][0]["state"], "closed");
}

#[test]
fn who_left_the_school_is_told_by_key_alone() {
    let world = released(2);
    let file = world.outbox(SCHOOL).remove(0);
    serve(&world, SCHOOL, &file, What::Touched, &key("b"));
    world.once();
    let report = json_about(&world, "subject", &pupil(1));
    let served = &only(&report)["disclosures"][0]["served"][0];
    assert_eq!(
        (&served["key"], &served["person"]),
        (&key("b").into(), &Value::Null)
    );
    assert_eq!(served["collected_at"], Value::Null);
    let said = about(&world, "subject", &pupil(1), &[]).done("subject");
    assert!(said.contains("Read in part on"), "{said}");
}

#[test]
fn each_question_is_on_record_and_names_nobody() {
    let world = released(2);
    about(&world, "subject", &pupil(1), &[]).done("subject");
    about(&world, "subject", &pupil(9), &[]).done("subject");
    let asked = acts(&world, "subject-asked");
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0]["detail"]["pupils"][0], "S000001.1");
    assert_eq!(asked[0]["detail"]["disclosures"], 1);
    assert_eq!(asked[1]["detail"]["pupils"], serde_json::json!([]));
    assert_ne!(asked[0]["subject"], asked[1]["subject"]);
    let trail = world.run(&["audit", "export"]).done("audit export");
    for word in [&pupil(1).surname, &pupil(1).born, &pupil(1).upn] {
        assert!(!trail.contains(word.as_str()), "{word}");
    }
    world.run(&["audit", "verify"]).done("audit verify");
}

#[test]
fn who_is_known_nowhere_is_said_to_be() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    let said = about(&world, "subject", &pupil(9), &[]).done("subject");
    assert!(said.contains("Nothing is on record"), "{said}");
    let report = json_about(&world, "subject", &pupil(9));
    assert_eq!(report["schools"], serde_json::json!([]));
    assert_eq!(report["nearly"], 0);
}

#[test]
fn folders_can_not_tell_who_read_it() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..1)));
    hand_over(&world, SCHOOL, "add.csv", list_of(&pupil(1)));
    world.extract(&[record(&pupil(0))]);
    world.release();
    let report = json_about(&world, "subject", &pupil(0));
    assert_eq!(only(&report)["disclosures"][0]["serving_is_known"], false);
    let said = about(&world, "subject", &pupil(0), &[]).done("subject");
    assert!(said.contains("can't be told"), "{said}");
}

#[test]
fn the_daemon_answers_what_was_fetched_over_sftp_and_erases_at_once() {
    let served = Served::start();
    let path = served.release(3);
    served.account.get(&path);
    soon("the collection", || served.acts("file-collected") == 1);
    let world = &served.world;
    let told = |verb: &str, pupil: &Pupil| {
        let asked = serde_json::json!({
            "forename": pupil.forename, "surname": pupil.surname, "date_of_birth": pupil.born,
        });
        json(finish_told(
            world.command(&[verb, "-", "--json"]),
            &asked.to_string(),
        ))
    };
    let report = told("subject", &grown(1));
    let disclosure = &only(&report)["disclosures"][0];
    let key = fingerprint(world, SCHOOL);
    assert_eq!(disclosure["serving_is_known"], true);
    assert_eq!(disclosure["served"][0]["key"], key);
    assert_eq!(disclosure["served"][0]["person"], "Pat Invented");
    let report = json(world.run(&["breach", "--key", &key, "--json"]));
    assert_eq!(report["pupils"].as_array().unwrap().len(), 3);
    assert_eq!(report["releases"][0]["served"][0]["person"], "Pat Invented");
    assert_eq!(report["uploads"][0]["submission"], "S000001");
    let done = told("erase", &grown(1));
    assert_eq!(done["recalled"], serde_json::json!(["R000001"]));
    assert_eq!(
        done["schools"][0]["notices"],
        serde_json::json!(["D000001"])
    );
    assert!(
        told("subject", &grown(1))["schools"][0]["pupils"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    served.end();
}
