use time::macros::date;

use super::*;
use crate::{
    domain::school::{Agreement, School},
    transport::sftp::HostKey,
};

const DAY: Date = date!(2026 - 11 - 21);

/// A made-up public key; any ed25519 key is as good as a person's.
fn key() -> String {
    HostKey::generate().unwrap().line()
}

fn person(keys: &[&str]) -> Person {
    Person {
        name: "Pat Invented".to_owned(),
        keys: keys.iter().map(|key| format!("{key} pat")).collect(),
        age: None,
        rights: vec![Right::Upload, Right::Collect],
        authorised_by: None,
        authorised_on: None,
        until: None,
    }
}

fn school(id: &str, persons: Vec<Person>) -> School {
    School {
        agreement: Agreement {
            signed: Some(date!(2026 - 09 - 14)),
            ..Agreement::default()
        },
        suspended: false,
        persons,
        ..School::unknown(id.parse().unwrap())
    }
}

fn people(schools: Vec<School>, council: &[Person]) -> People {
    People::new(&Schools::from_iter(schools), council, DAY)
}

fn public(line: &str) -> PublicKey {
    PublicKey::from_openssh(line).unwrap()
}

#[test]
fn a_key_opens_its_own_account_and_no_other() {
    let (pat, jo) = (key(), key());
    let schools = vec![
        school("8604001", vec![person(&[&pat])]),
        school("8604002", vec![]),
    ];
    let people = people(schools, &[person(&[&jo])]);
    let visitor = people.find("8604001", &public(&pat)).unwrap();
    assert_eq!(visitor.account.to_string(), "8604001");
    assert!(visitor.may_upload && visitor.may_collect && visitor.person == 0);
    assert!(visitor.key.starts_with("SHA256:"));
    assert!(people.find("council", &public(&jo)).is_some());
    for user in [
        "8604002", "council", "8604003", "860/4001", " 8604001", "root", "",
    ] {
        assert!(people.find(user, &public(&pat)).is_none(), "{user}");
    }
    assert!(people.find("8604001", &public(&jo)).is_none());
}

#[test]
fn rights_end_with_the_last_day_and_are_only_those_given() {
    let (pat, jo) = (key(), key());
    let ended = Person {
        until: Some(date!(2026 - 11 - 20)),
        ..person(&[&pat])
    };
    let last_day = Person {
        rights: vec![Right::Collect],
        until: Some(DAY),
        ..person(&[&jo])
    };
    let people = people(vec![school("8604001", vec![ended, last_day])], &[]);
    assert!(people.find("8604001", &public(&pat)).is_none());
    let visitor = people.find("8604001", &public(&jo)).unwrap();
    assert!(!visitor.may_upload && visitor.may_collect && visitor.person == 1);
}

#[test]
fn what_was_taken_away_is_noticed_and_what_was_given_is_not() {
    let (pat, jo) = (key(), key());
    let before = people(vec![school("8604001", vec![person(&[&pat])])], &[]);
    let visitor = before.find("8604001", &public(&pat)).unwrap().clone();
    let standing = |persons: Vec<Person>| {
        people(vec![school("8604001", persons)], &[]).standing(&visitor, true)
    };
    assert_eq!(standing(vec![person(&[&pat])]), Standing::Kept);
    assert_eq!(
        standing(vec![person(&[&pat]), person(&[&jo])]),
        Standing::Kept
    );
    assert_eq!(standing(vec![person(&[&jo])]), Standing::RightsEnded);
    assert_eq!(standing(vec![]), Standing::RightsEnded);
    assert_eq!(
        standing(vec![person(&[&jo]), person(&[&pat])]),
        Standing::RightsEnded,
        "another place"
    );
    let reader = Person {
        rights: vec![Right::Collect],
        ..person(&[&pat])
    };
    assert_eq!(standing(vec![reader]), Standing::RightsEnded);
}

#[test]
fn an_agreement_that_ends_is_noticed_by_those_who_came_in_under_it() {
    let pat = key();
    let of = |suspended| {
        let school = School {
            suspended,
            ..school("8604001", vec![person(&[&pat])])
        };
        people(vec![school], &[])
    };
    let visitor = of(false).find("8604001", &public(&pat)).unwrap().clone();
    assert!(of(false).in_force(visitor.account));
    assert_eq!(of(true).standing(&visitor, true), Standing::AgreementEnded);
    // A school without an agreement still sends withdrawals.
    assert!(of(true).find("8604001", &public(&pat)).is_some());
    assert_eq!(of(true).standing(&visitor, false), Standing::Kept);
}

#[test]
fn a_day_that_begins_asks_for_new_people() {
    let people = people(vec![], &[]);
    assert!(people.is_of(DAY));
    assert!(!people.is_of(date!(2026 - 11 - 22)));
    assert!(!People::default().is_of(DAY));
}

#[test]
fn an_rsa_key_of_few_bits_opens_nothing() {
    assert!(sound_key(SHORT_RSA).is_none());
    assert!(public(SHORT_RSA).key_data().rsa().is_some());
}

/// Made for this test with `ssh-keygen -t rsa -b 1024`; its private half is gone.
const SHORT_RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDVjVAON1IaLU8JEYQrfiJVGWpmNP1W7aqBhm6T1pXWANApgvjFQguVcDIWV3U8FtvablhgQ5SEitN5j5/vdVyPsgBFpAGkxxgvS4cZNussAYTxiDtJ+cXv9qNSN4DHr2rezMrOIjN6532AKiQ+C2kZbLZ6BpUlzRSQtbLlyXruvw==";
