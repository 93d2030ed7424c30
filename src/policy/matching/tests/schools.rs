//! The Year 11 school that a record tells.

use super::*;

#[test]
fn r12_only_this_year_11_school() {
    let told = |year11_school| DestinationRecord {
        upn: Some(upn(7)),
        year11_school,
        ..record("c1", "Ann", "Archer")
    };
    let mut pupil = asked(1, "Ann", "Archer").upn(upn(7));
    let elsewhere = told(Some(SchoolMention::Laestab(other_school().laestab())));
    let nowhere = told(None);
    let urn: Urn = "124001".parse().unwrap();
    let by_urn = told(Some(SchoolMention::Urn(urn)));
    for rule in [Year11Rule::Required, Year11Rule::WhenPresent] {
        let one = |pupil: &Asked, record: &DestinationRecord| {
            judged(
                rule,
                std::slice::from_ref(pupil),
                std::slice::from_ref(record),
            )
            .remove(0)
        };
        assert_eq!(
            one(&pupil, &elsewhere),
            Match::None(Miss::AnotherYear11School)
        );
        assert_eq!(one(&pupil, &by_urn), Match::None(Miss::AnotherYear11School));
        pupil.urn = Some(urn);
        assert!(found(&one(&pupil, &by_urn)).is_some());
        pupil.urn = None;
        match rule {
            Year11Rule::Required => {
                assert_eq!(
                    one(&pupil, &nowhere),
                    Match::None(Miss::Year11SchoolUnknown)
                );
            }
            Year11Rule::WhenPresent => assert!(found(&one(&pupil, &nowhere)).is_some()),
        }
    }
}

#[test]
fn a_record_without_a_school_that_two_schools_ask_for_is_neithers() {
    let pupils = [
        asked(1, "Ann", "Archer"),
        asked(2, "Ann", "Archer").of(other_school()),
    ];
    let record = DestinationRecord {
        year11_school: None,
        ..record("c1", "Ann", "Archer")
    };
    for matched in judged(Year11Rule::WhenPresent, &pupils, &[record]) {
        assert_eq!(matched, doubt(Doubt::SeveralSchools));
    }
}

#[test]
fn two_schools_pupils_of_one_name_each_find_their_own_record() {
    let pupils = [
        asked(1, "Ann", "Archer"),
        asked(2, "Ann", "Archer").of(other_school()),
    ];
    let records = [
        record("c1", "Ann", "Archer"),
        DestinationRecord {
            year11_school: Some(SchoolMention::Laestab(other_school().laestab())),
            ..record("c2", "Ann", "Archer")
        },
    ];
    let matches = required(&pupils, &records);
    assert_eq!(found(&matches[0]), Some("College of c1"));
    assert_eq!(found(&matches[1]), Some("College of c2"));
}
