//! The gate's dates and labels against the vectors that were computed apart from this program.
#![expect(
    clippy::unwrap_used,
    reason = "a vector that can't be read is a fault of this test"
)]

use pillarbox::{
    domain::{
        days::{Cohort, birthday},
        destination::{ActivityCode, Meaning},
        receipt::ExpiryRule,
    },
    policy::expiry::{Binding, Plan, first_day_not_allowed},
};
use serde_json::Value;
use time::{Date, macros::format_description};

const DOMAIN: &str = include_str!("vectors/domain_vectors.json");
const CODES: &str = include_str!("vectors/activity_codes.json");

fn vectors(text: &str, of: &str) -> Value {
    serde_json::from_str::<Value>(text).unwrap()[of].take()
}

fn day(value: &Value) -> Date {
    let form = format_description!("[year]-[month]-[day]");
    Date::parse(value.as_str().unwrap(), form).unwrap()
}

fn binding(words: &str) -> Binding {
    match words {
        "18th birthday" => Binding::EighteenthBirthday,
        "consent date + 2 years" => Binding::TwoYearsFromConsent,
        "leaving date + 2 years" => Binding::TwoYearsAfterLeaving,
        _ => panic!("no such end: {words}"),
    }
}

#[test]
fn every_vector_ends_on_its_day() {
    let vectors = vectors(DOMAIN, "consent_expiry");
    let vectors = vectors.as_array().unwrap();
    assert!(!vectors.is_empty());
    for vector in vectors {
        let (born, given_on) = (day(&vector["dob"]), day(&vector["consent"]));
        assert_eq!(Cohort::of(born).leaves(), day(&vector["left"]), "{vector}");
        let end = first_day_not_allowed(born, given_on, ExpiryRule::Earliest, Plan::NoPlan);
        assert_eq!(end.day, day(&vector["first_day_not_allowed"]), "{vector}");
        assert_eq!(
            end.binding,
            binding(vector["binding"].as_str().unwrap()),
            "{vector}"
        );
        let leaving = ExpiryRule::TwoYearsAfterLeaving;
        let end = first_day_not_allowed(born, given_on, leaving, Plan::NoPlan);
        assert_eq!(
            end.day,
            day(&vector["all"]["leaving date + 2 years"]),
            "{vector}"
        );
    }
}

#[test]
fn the_second_spring_finds_about_half_of_a_year_group_under_18() {
    let first = day(&Value::from("2009-09-01"));
    let birthdays: Vec<Date> = std::iter::successors(Some(first), |day| day.next_day())
        .take_while(|born| Cohort::of(*born) == Cohort::of(first))
        .collect();
    let days = u32::try_from(birthdays.len()).unwrap();
    for (on, percent) in vectors(DOMAIN, "share_under_18").as_object().unwrap() {
        let on = day(&Value::from(on.as_str()));
        let under = birthdays
            .iter()
            .filter(|born| on < birthday(**born, 18))
            .count();
        let share = f64::from(u32::try_from(under).unwrap()) * 100.0 / f64::from(days);
        assert!(
            (share - percent.as_f64().unwrap()).abs() < 0.06,
            "{on}: {share}"
        );
    }
}

#[test]
fn every_activity_code_means_what_the_table_says() {
    for vector in vectors(CODES, "codes").as_array().unwrap() {
        let code = u16::try_from(vector["code"].as_u64().unwrap()).unwrap();
        let release = vector["proposed_release"].as_str().unwrap();
        match ActivityCode(code).meaning() {
            Meaning::Hold => assert_eq!(release, "HOLD", "{code}"),
            Meaning::Unknown => panic!("{code} is in the table"),
            Meaning::Shared(label) | Meaning::SharedWithoutProvider(label) => {
                assert_eq!(release, label.words(), "{code}");
            }
        }
    }
}
