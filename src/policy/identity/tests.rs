use proptest::prelude::*;
use time::macros::date;

use super::*;

const BORN: Date = date!(2011 - 01 - 15);
const UPNS: [&str; 2] = ["L860410020101", "A860410020102"];
const ULNS: [&str; 2] = ["9276308686", "1000000019"];

/// `Forename Surname`, and identifiers by their place above (9: none).
fn traits(name: &str, upn: usize, uln: usize) -> Traits {
    let (forename, surname) = name.split_once(' ').unwrap();
    Traits::of_description(&Description {
        forename: Some(Name::parse(forename).unwrap()),
        surname: Some(Name::parse(surname).unwrap()),
        born: Some(BORN),
        upn: UPNS.get(upn).map(|upn| upn.parse().unwrap()),
        uln: ULNS.get(uln).map(|uln| uln.parse().unwrap()),
    })
}

const NONE: usize = 9;

fn people(all: &[Traits]) -> Vec<usize> {
    Crowd::new(all.iter().collect()).people(0)
}

#[test]
fn the_same_identifier_and_day_of_birth_is_the_same_pupil_whatever_the_name() {
    assert_eq!(
        people(&[traits("Ann Smith", 0, NONE), traits("Ann Jones", 0, NONE)]),
        [0, 0]
    );
    assert_eq!(
        people(&[traits("Ann Smith", NONE, 0), traits("Ann Jones", NONE, 0)]),
        [0, 0]
    );
    let other_day = Traits {
        born: Some(date!(2011 - 01 - 16)),
        ..traits("Ann Smith", 0, NONE)
    };
    assert_eq!(people(&[traits("Ann Smith", 0, NONE), other_day]), [0, 1]);
}

#[test]
fn the_same_name_and_day_of_birth_is_the_same_pupil_unless_identifiers_contradict() {
    assert_eq!(
        people(&[traits("Ann O'Dell", 0, NONE), traits("ann odell", NONE, 0)]),
        [0, 0]
    );
    assert_eq!(
        people(&[traits("Ann Smith", 0, NONE), traits("Ann Smith", 1, NONE)]),
        [0, 1]
    );
    assert_eq!(
        people(&[traits("Ann Smith", NONE, 0), traits("Ann Smith", NONE, 1)]),
        [0, 1]
    );
    assert_eq!(
        people(&[traits("Ann Smith", 0, 0), traits("Ann Smith", 1, 0)]),
        [0, 1]
    );
    assert_eq!(
        people(&[
            traits("Ann Smith", NONE, NONE),
            traits("Anne Smith", NONE, NONE)
        ]),
        [0, 1]
    );
}

#[test]
fn a_name_that_two_pupils_share_matches_nobody_but_itself() {
    let nameless = || traits("Ann Smith", NONE, NONE);
    let all = [
        traits("Ann Smith", 0, NONE),
        nameless(),
        traits("Ann Smith", 1, NONE),
        nameless(),
    ];
    assert_eq!(people(&all), [0, 1, 2, 1]);
}

#[test]
fn a_learner_number_that_two_pupils_share_matches_nobody() {
    let all = [
        traits("Ann Smith", 0, 0),
        traits("Bea Smith", 1, 0),
        traits("Cy Smith", NONE, 0),
    ];
    assert_eq!(people(&all), [0, 1, 2]);
}

#[test]
fn who_is_who_follows_chains_of_identifiers() {
    let all = [
        traits("Ann Smith", 0, NONE),
        traits("Ann Jones", NONE, 0),
        traits("Ann Brown", 0, 0),
    ];
    assert_eq!(people(&all), [0, 0, 0]);
}

#[test]
fn two_rows_are_never_one_pupil_because_of_the_record() {
    // Bea's number was a slip, and is Ann's.
    let record = traits("Bea Smith", NONE, 0);
    let all = [
        record,
        traits("Ann Smith", NONE, 0),
        traits("Bea Smith", NONE, NONE),
    ];
    assert_eq!(Crowd::new(all.iter().collect()).people(1), [0, 0, 2]);
}

#[test]
fn a_temporary_upn_neither_matches_nor_contradicts() {
    let temporary = |name: &str| {
        let (forename, surname) = name.split_once(' ').unwrap();
        Traits::of_description(&Description {
            forename: Some(Name::parse(forename).unwrap()),
            surname: Some(Name::parse(surname).unwrap()),
            born: Some(BORN),
            upn: Some("A86040012001A".parse().unwrap()),
            uln: None,
        })
    };
    let all = [
        temporary("Ann Smith"),
        temporary("Bea Smith"),
        traits("Ann Smith", 0, NONE),
    ];
    assert_eq!(people(&all), [0, 1, 0]);
}

#[test]
fn the_crowd_finds_whom_a_plain_search_finds() {
    let names = ["Ann Smith", "Anne Smith", "Ann Jones", "Bea Brown"];
    let numbers = [(NONE, NONE), (0, NONE), (1, 0), (NONE, 1)];
    let all = names
        .iter()
        .flat_map(|name| numbers.map(|(upn, uln)| traits(name, upn, uln)));
    let mut asked = all.clone().collect::<Vec<_>>();
    let all = all.collect::<Vec<_>>();
    asked.extend(all.iter().map(|one| Traits {
        born: None,
        ..one.clone()
    }));
    asked.extend(all.iter().map(|one| Traits {
        forename: None,
        ..one.clone()
    }));
    asked.extend(all.iter().map(|one| Traits {
        surname: None,
        ..one.clone()
    }));
    let crowd = Crowd::new(all.iter().collect());
    for who in &asked {
        let with = |wanted| {
            let places = (0..all.len()).filter(|at| fit(who, &all[*at]) == Some(wanted));
            places.collect::<Vec<_>>()
        };
        let fits = Fits {
            exact: with(Fit::Exact),
            close: with(Fit::Close),
            namesakes: with(Fit::Namesake),
            near: with(Fit::Near),
        };
        assert_eq!(crowd.fits(who), fits);
    }
}

#[test]
fn traits_print_as_an_ellipsis() {
    assert_eq!(format!("{:?}", traits("Ann Smith", 0, 0)), "Traits(…)");
}

/// Traits of few values, so that many agree; any of them may be missing.
fn some_traits() -> impl Strategy<Value = Traits> {
    let name = || proptest::option::of(prop_oneof!["ann", "bea"].prop_map(String::from));
    let born = proptest::option::of((0_i64..2).prop_map(|days| BORN + time::Duration::days(days)));
    let upn = proptest::option::of((0..UPNS.len()).prop_map(|at| UPNS[at].parse().unwrap()));
    let uln = proptest::option::of((0..ULNS.len()).prop_map(|at| ULNS[at].parse().unwrap()));
    (born, name(), name(), upn, uln).prop_map(|(born, surname, forename, upn, uln)| Traits {
        born,
        surname,
        forename,
        upn,
        uln,
    })
}

proptest! {
    #[test]
    fn descriptions_are_found_as_if_each_were_compared(
        all in proptest::collection::vec(some_traits(), 0..12),
        pupil in some_traits(),
    ) {
        let fits = |at: &usize| fit(&all[*at], &pupil).is_some();
        let each: Vec<usize> = (0..all.len()).filter(fits).collect();
        prop_assert_eq!(Descriptions::of(&all).fitting(&pupil), each);
    }

    #[test]
    fn no_more_are_looked_at_than_were_counted(
        all in proptest::collection::vec(some_traits(), 0..12),
        who in some_traits(),
    ) {
        let crowd = Crowd::new(all.iter().collect());
        let Fits { exact, close, namesakes, near } = crowd.fits(&who);
        let found = exact.len() + close.len() + namesakes.len() + near.len();
        prop_assert!(found <= crowd.candidates(&who));
    }
}
