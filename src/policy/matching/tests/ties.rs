//! What an analyst ties by hand, and what is shown for it.

use super::*;

#[test]
fn a_tie_by_hand_holds_until_the_record_changes() {
    let mut pupil = asked(1, "Anne", "Archer");
    let mut there = record("c1", "Ann", "Archer");
    pupil.tie = Some(tie_to(&there));
    let one = |pupil: &Asked, record: &DestinationRecord| {
        required(std::slice::from_ref(pupil), std::slice::from_ref(record)).remove(0)
    };
    there.provider = Some("elsewhere since".to_owned());
    assert_eq!(found(&one(&pupil, &there)), Some("elsewhere since"));
    assert!(matches!(one(&pupil, &there), Match::One(matched) if matched.by() == By::Hand(MARK)));
    let renamed = DestinationRecord {
        surname: name("Baker"),
        ..there.clone()
    };
    assert_eq!(one(&pupil, &renamed), Match::None(Miss::Nothing));
    let moved = DestinationRecord {
        year11_school: None,
        ..there.clone()
    };
    pupil.tie = Some(tie_to(&moved));
    assert_eq!(
        one(&pupil, &moved),
        Match::None(Miss::Nothing),
        "no tie stands in for the school"
    );
}

#[test]
fn a_tie_by_hand_settles_a_doubt_and_takes_the_record_from_all_others() {
    let mut pupils = [asked(1, "Ann", "Archer"), asked(2, "Ann", "Archer")];
    let there = record("c1", "Ann", "Archer");
    pupils[0].tie = Some(tie_to(&there));
    let matches = required(&pupils, std::slice::from_ref(&there));
    assert!(found(&matches[0]).is_some());
    assert_eq!(matches[1], doubt(Doubt::SeveralPupils));
    pupils[1].tie = Some(tie_to(&there));
    for matched in required(&pupils, &[there]) {
        assert_eq!(matched, doubt(Doubt::SeveralPupils));
    }
}

#[test]
fn analysts_see_what_comes_near() {
    let pupil = asked(1, "Ann", "Archer").upn(upn(7)).pupil;
    let numbered = DestinationRecord {
        upn: Some(upn(7)),
        ..record("c1", "Bea", "Baker")
    };
    assert_eq!(nearness(&pupil, &numbered), Some(Nearness::Number));
    let near = |forename, surname| nearness(&pupil, &record("c1", forename, surname));
    assert_eq!(near("Ann", "Archer"), Some(Nearness::NamesAndBirth));
    assert_eq!(near("Anne", "Archer"), Some(Nearness::BirthAndOneName));
    assert_eq!(near("Archer", "Ann"), Some(Nearness::BirthAndOneName));
    assert_eq!(near("Bea", "Baker"), None);
}

#[test]
fn a_record_of_another_school_is_shown_and_cannot_be_tied() {
    let pupil = asked(1, "Ann", "Archer");
    let there = record("c1", "Anne", "Archer");
    let elsewhere = DestinationRecord {
        year11_school: Some(SchoolMention::Laestab(other_school().laestab())),
        ..record("c0", "Anne", "Archer")
    };
    let found = nearest(&[pupil], &[elsewhere, there]).remove(0);
    let told = found
        .iter()
        .map(|one| (one.record.client.as_deref(), one.open));
    assert!(told.eq([(Some("c1"), true), (Some("c0"), false)]));
}
