//! Which destination record is a pupil's: never a guess (spec 6).

use crate::{
    pupils::{LIST_HEADER, Record, list, list_of, pupil, pupils, record, records, uln, upn},
    world::{OTHER, SCHOOL, World},
};

/// Counts of a release over one consent (or as many as the list has) and these records.
fn counts(list: &str, records: &[Record]) -> (u64, u64, u64, u64, u64) {
    let world = World::new();
    world.send("leavers.csv", list);
    world.extract(records);
    let receipt = world.release();
    let counts = (
        receipt.count("shared"),
        receipt.count("no_record"),
        receipt.count("ambiguous"),
        receipt.count("not_eligible"),
        receipt.count("held"),
    );
    assert_eq!(world.shared().len() as u64, counts.0);
    counts
}

const SHARED: (u64, u64, u64, u64, u64) = (1, 0, 0, 0, 0);

fn without_upn(record: Record) -> Record {
    Record {
        upn: String::new(),
        ..record
    }
}

/// One pupil of this name, without identifiers.
fn named(forename: &str, surname: &str) -> String {
    format!("{LIST_HEADER}\n{forename},{surname},01/12/2009,,Yes,11/05/2026\n")
}

fn known_as(forename: &str, surname: &str) -> Record {
    Record {
        forename: forename.to_owned(),
        surname: surname.to_owned(),
        ..without_upn(record(&pupil(0)))
    }
}

#[test]
fn names_equal_in_letters_are_the_same_person() {
    let pairs = [
        ("Ambrosine", "O'Bramble", "Ambrosine", "O’Bramble"),
        ("Ambrosine", "Bramble-Snap", "ambrosine", "BRAMBLE SNAP"),
        ("Siân", "Bramble", "Sian", "Bramble"),
        ("Łukasz", "Bramble", "Lukasz", "Bramble"),
        ("Ambrosine", "Strauß", "Ambrosine", "STRAUSS"),
        ("Ambrosine", "Mc Bramble", "Ambrosine", "McBramble"),
    ];
    for (a, b, c, d) in pairs {
        assert_eq!(counts(&named(a, b), &[known_as(c, d)]), SHARED, "{a} {b}");
    }
}

#[test]
fn names_that_differ_stay_different() {
    let pairs = [
        ("Ann", "Bramble", "Anne", "Bramble"),
        ("Ambrosine", "Bramble", "Ambrosine", "Bramble-Snap"),
        ("Ambrosine", "McBramble", "Ambrosine", "MacBramble"),
        ("Mohammed", "Bramble", "Muhammad", "Bramble"),
        ("Аmbrosine", "Bramble", "Ambrosine", "Bramble"),
        ("Bramble", "Ambrosine", "Ambrosine", "Bramble"),
        ("Ambrosine", "Saint Bramble", "Ambrosine", "St Bramble"),
        ("Ambrosine", "Özil", "Ambrosine", "Oezil"),
    ];
    for (a, b, c, d) in pairs {
        let found = counts(&named(a, b), &[known_as(c, d)]);
        assert_eq!((found.0, found.1 + found.2), (0, 1), "{a} {b}");
    }
}

#[test]
fn another_date_of_birth_is_another_person() {
    let p = pupil(0);
    let other_day = Record {
        born: "2009-12-02".into(),
        ..record(&p)
    };
    assert_eq!(
        counts(&list(&[p]), &[other_day]).0,
        0,
        "even with the same UPN"
    );
}

#[test]
fn a_upn_finds_who_changed_the_surname_but_not_the_twin() {
    let p = pupil(0);
    let married = Record {
        surname: "Nettlepuff".into(),
        ..record(&p)
    };
    assert_eq!(counts(&list_of(&p), &[married]), SHARED);
    let twin = Record {
        forename: "Barnabee".into(),
        ..record(&p)
    };
    assert_eq!(counts(&list(&[p]), &[twin]).0, 0);
}

#[test]
fn a_uln_finds_where_there_is_no_upn() {
    let p = pupil(0);
    let header = "Forename,Surname,DOB,ULN,Consent,Consent date\n";
    let (born, number) = (p.british_birthday(), &p.uln);
    let text = format!(
        "{header}{},Nettlepuff,{born},{number},Yes,11/05/2026\n",
        p.forename
    );
    let by_uln = Record {
        uln: p.uln.clone(),
        ..without_upn(record(&p))
    };
    assert_eq!(counts(&text, &[by_uln]), SHARED);
}

#[test]
fn identifiers_that_contradict_each_other_match_nobody() {
    let p = pupil(0);
    let other_upn = Record {
        upn: upn(77),
        ..record(&p)
    };
    assert_eq!(
        counts(&list_of(&p), &[other_upn]).0,
        0,
        "names and days agree"
    );
    let header = "Forename,Surname,DOB,UPN,ULN,Consent,Consent date\n";
    let (born, upn, number) = (p.british_birthday(), &p.upn, &p.uln);
    let (a, b) = (&p.forename, &p.surname);
    let text = format!("{header}{a},{b},{born},{upn},{number},Yes,11/05/2026\n");
    let contradicted = Record {
        uln: uln(77),
        ..record(&p)
    };
    assert_eq!(
        counts(&text, &[contradicted]).0,
        0,
        "UPN agrees, ULN doesn't"
    );
}

#[test]
fn an_identifier_that_two_records_share_matches_nobody() {
    let p = pupil(0);
    let stranger = Record {
        client: "8609".into(),
        forename: "Barnabee".into(),
        born: "2009-12-30".into(),
        ..record(&p)
    };
    assert_eq!(counts(&list_of(&p), &[record(&p), stranger]).0, 0);
}

#[test]
fn two_candidates_on_either_side_are_ambiguous() {
    let two_records = [
        known_as("Ambrosine", "Bramble"),
        Record {
            client: "8609".into(),
            ..known_as("Ambrosine", "Bramble")
        },
    ];
    let found = counts(&named("Ambrosine", "Bramble"), &two_records);
    assert_eq!((found.0, found.2), (0, 1));

    // Two pupils of one name and birthday, told apart by their UPNs; the record has none.
    let (a, b) = (upn(1), upn(2));
    let text = format!(
        "{LIST_HEADER}\nAmbrosine,Bramble,01/12/2009,{a},Yes,11/05/2026\n\
         Ambrosine,Bramble,01/12/2009,{b},Yes,11/05/2026\n"
    );
    let found = counts(&text, &[known_as("Ambrosine", "Bramble")]);
    assert_eq!((found.0, found.1 + found.2), (0, 2));
}

#[test]
fn a_temporary_upn_is_never_matched_on() {
    let p = pupil(0);
    let text = named("Somebody", "Else").replace(",,Yes", ",A86040012001A,Yes");
    let same_temporary = Record {
        upn: "A86040012001A".into(),
        ..record(&p)
    };
    assert_eq!(counts(&text, &[same_temporary]).0, 0);
}

#[test]
fn the_year_11_school_must_be_this_school() {
    let p = pupil(0);
    let at = |school: &str| Record {
        school: school.to_owned(),
        ..record(&p)
    };
    for school in ["8604001", "860/4001", "860-4001"] {
        assert_eq!(counts(&list_of(&p), &[at(school)]), SHARED, "{school}");
    }
    for school in ["", "8604002", "860/4002", "4001", "8609999", "nowhere"] {
        assert_eq!(counts(&list_of(&p), &[at(school)]).0, 0, "{school:?}");
    }
}

#[test]
fn the_year_11_school_may_be_told_by_its_urn() {
    let world = World::new();
    world.edit_school(SCHOOL, |school| {
        school["urn"] = toml_edit::value(124_001);
    });
    let (p, q) = (pupil(0), pupil(1));
    world.send("leavers.csv", list(&[p.clone(), q.clone()]));
    let right = Record {
        school: "124001".into(),
        ..record(&p)
    };
    let wrong = Record {
        school: "124002".into(),
        ..record(&q)
    };
    world.extract(&[right, wrong]);
    world.release().counts(&[("shared", 1)]);
}

#[test]
fn a_council_may_accept_records_without_a_year_11_school() {
    let world = World::new();
    world.set("destinations.year11_school", "\"when-present\"");
    let (p, q) = (pupil(0), pupil(1));
    world.send("leavers.csv", list(&[p.clone(), q.clone()]));
    let untold = Record {
        school: String::new(),
        ..record(&p)
    };
    let other = Record {
        school: OTHER.into(),
        ..record(&q)
    };
    world.extract(&[untold, other]);
    world.release().counts(&[("shared", 1)]);
}

#[test]
fn two_schools_that_name_one_pupil_do_not_both_get_the_record() {
    let world = World::with_two_schools();
    for school in [SCHOOL, OTHER] {
        world.send_as(school, "leavers.csv", list(&pupils(0..1)));
    }
    world.extract(&records(&pupils(0..1)));
    world.release_to(SCHOOL);
    world.release_to(OTHER);
    assert_eq!(world.shared_with(SCHOOL).len(), 1, "the Year 11 school");
    assert!(world.shared_with(OTHER).is_empty(), "and no other");
}

#[test]
fn rows_of_one_client_are_one_person_and_the_latest_confirmed_counts() {
    let p = pupil(0);
    let at = |provider: &str, confirmed: &str| Record {
        provider: provider.into(),
        confirmed: confirmed.into(),
        ..record(&p)
    };
    let world = World::new();
    world.send("leavers.csv", list_of(&p));
    world.extract(&[
        at("Old College", "2026-09-01"),
        at("New College", "2026-10-01"),
    ]);
    world.release().counts(&[("shared", 1)]);
    assert_eq!(world.shared()[0].provider, "New College");

    let tie = [
        at("One College", "2026-10-01"),
        at("Two College", "2026-10-01"),
    ];
    let found = counts(&list(&[p]), &tie);
    assert_eq!((found.0, found.2 + found.4), (0, 1), "a tie is held");
}
