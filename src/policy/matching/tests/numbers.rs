//! UPN and ULN: what they tell, and when they contradict.

use super::*;

#[test]
fn a_upn_matches_though_the_surname_changed() {
    let pupil = asked(1, "Ann", "Archer").upn(upn(7));
    let married = DestinationRecord {
        upn: Some(upn(7)),
        ..record("c1", "ANN", "Baker")
    };
    let matches = required(&[pupil], &[married]);
    assert_eq!(found(&matches[0]), Some("College of c1"));
    assert!(matches!(&matches[0], Match::One(one) if one.by() == By::Number));
}

#[test]
fn a_uln_matches_as_a_upn_does() {
    let pupil = asked(1, "Ann", "Archer").uln(uln(12_345_678));
    let record = DestinationRecord {
        uln: Some(uln(12_345_678)),
        ..record("c1", "Ann", "Baker")
    };
    assert!(found(&required(&[pupil], &[record])[0]).is_some());
}

#[test]
fn a_number_alone_is_nobodys() {
    let pupil = asked(1, "Ann", "Archer").upn(upn(7));
    let records = [
        DestinationRecord {
            upn: Some(upn(7)),
            ..record("c1", "Anne", "Archer")
        },
        DestinationRecord {
            upn: Some(upn(7)),
            born: date!(2010 - 03 - 02),
            ..record("c1", "Ann", "Archer")
        },
    ];
    for record in records {
        assert_eq!(
            required(std::slice::from_ref(&pupil), &[record]),
            [Match::None(Miss::Nothing)]
        );
    }
}

#[test]
fn a_temporary_upn_neither_matches_nor_contradicts() {
    let pupil = asked(1, "Ann", "Archer").upn(temporary());
    let same = DestinationRecord {
        upn: Some(temporary()),
        ..record("c1", "Ann", "Baker")
    };
    assert_eq!(
        required(std::slice::from_ref(&pupil), &[same]),
        [Match::None(Miss::Nothing)]
    );
    let permanent = DestinationRecord {
        upn: Some(upn(7)),
        ..record("c1", "Ann", "Archer")
    };
    assert!(found(&required(&[pupil], &[permanent])[0]).is_some());
}

#[test]
fn numbers_that_contradict_are_no_match_by_name_nor_by_the_other_number() {
    let pupil = asked(1, "Ann", "Archer").upn(upn(7)).uln(uln(12_345_678));
    let wrong_pupil = DestinationRecord {
        upn: Some(upn(8)),
        ..record("c1", "Ann", "Archer")
    };
    let wrong_learner = DestinationRecord {
        upn: Some(upn(7)),
        uln: Some(uln(87_654_321)),
        ..record("c1", "Ann", "Archer")
    };
    for record in [wrong_pupil, wrong_learner] {
        let matches = required(std::slice::from_ref(&pupil), &[record]);
        assert_eq!(matches, [doubt(Doubt::IdentifiersContradict)]);
    }
}

#[test]
fn numbers_that_point_at_two_records_match_neither() {
    let pupil = asked(1, "Ann", "Archer").upn(upn(7)).uln(uln(12_345_678));
    let numbered = DestinationRecord {
        upn: Some(upn(7)),
        ..record("c1", "Ann", "Archer")
    };
    let learner = DestinationRecord {
        uln: Some(uln(12_345_678)),
        ..record("c2", "Bea", "Archer")
    };
    assert_eq!(
        required(&[pupil], &[numbered, learner]),
        [doubt(Doubt::IdentifierShared)]
    );
}

#[test]
fn a_number_that_two_records_share_is_nobodys_wherever_they_went_to_school() {
    let pupil = asked(1, "Ann", "Archer").upn(upn(7));
    let own = DestinationRecord {
        upn: Some(upn(7)),
        ..record("c1", "Ann", "Archer")
    };
    let strangers = DestinationRecord {
        upn: Some(upn(7)),
        born: date!(2009 - 12 - 12),
        year11_school: None,
        ..record("c2", "Bea", "Baker")
    };
    assert_eq!(
        required(&[pupil], &[own, strangers]),
        [doubt(Doubt::IdentifierShared)]
    );
}

#[test]
fn a_number_that_two_pupils_share_is_nobodys() {
    let pupils = [
        asked(1, "Ann", "Archer").upn(upn(7)),
        asked(2, "Bea", "Baker").upn(upn(7)),
    ];
    let records = [record("c1", "Ann", "Archer"), record("c2", "Bea", "Baker")];
    assert_eq!(
        required(&pupils, &records),
        [
            doubt(Doubt::IdentifierShared),
            doubt(Doubt::IdentifierShared)
        ]
    );
}

#[test]
fn a_lapsed_pupils_number_is_free_for_the_corrected_entry() {
    let mut ghost = asked(1, "Ann", "Archer").upn(upn(7)).lapsed();
    ghost.pupil.born = date!(2010 - 01 - 03);
    let corrected = asked(2, "Ann", "Archer").upn(upn(7));
    let record = DestinationRecord {
        upn: Some(upn(7)),
        ..record("c1", "Ann", "Archer")
    };
    let matches = required(&[ghost, corrected], &[record]);
    assert_eq!(matches[0], Match::None(Miss::Nothing));
    assert!(found(&matches[1]).is_some());
}
