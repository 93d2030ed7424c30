//! Names and dates of birth, namesakes and twins.

use super::*;

#[test]
fn names_match_in_the_letters_only_form_and_no_further() {
    let matches = |one: &str, other: &str| {
        let matches = required(&[asked(1, "Zoë", one)], &[record("c1", "ZOE", other)]);
        found(&matches[0]).is_some()
    };
    assert!(matches("O’Brien", "OBRIEN"));
    assert!(matches("Smith-Jones", "Smith Jones"));
    for (one, other) in [
        ("Smith", "Smith-Jones"),
        ("Ann", "Anne"),
        ("McDonald", "MacDonald"),
        ("Ali", "Аli"),
    ] {
        assert!(!matches(one, other), "{one} {other}");
    }
}

#[test]
fn two_records_of_one_name_match_nobody() {
    let records = [record("c1", "Ann", "Archer"), record("c2", "Ann", "Archer")];
    assert_eq!(
        required(&[asked(1, "Ann", "Archer")], &records),
        [doubt(Doubt::SeveralRecords)]
    );
    let numbered = asked(1, "Ann", "Archer").upn(upn(7));
    let records = [
        DestinationRecord {
            upn: Some(upn(7)),
            ..record("c1", "Ann", "Archer")
        },
        record("c2", "Ann", "Archer"),
    ];
    assert_eq!(
        required(std::slice::from_ref(&numbered), &records),
        [doubt(Doubt::SeveralRecords)],
        "number and name point at two records"
    );
    let records = [
        records[0].clone(),
        DestinationRecord {
            upn: Some(upn(8)),
            ..record("c2", "Ann", "Archer")
        },
    ];
    assert_eq!(
        found(&required(&[numbered], &records)[0]),
        Some("College of c1"),
        "a number tells namesakes apart"
    );
}

#[test]
fn a_record_that_fits_two_pupils_is_neithers() {
    let pupils = [asked(1, "Ann", "Archer"), asked(2, "Ann", "Archer")];
    assert_eq!(
        required(&pupils, &[record("c1", "Ann", "Archer")]),
        [doubt(Doubt::SeveralPupils), doubt(Doubt::SeveralPupils)]
    );
    let namesakes = [
        asked(1, "Ann", "Archer").upn(upn(7)),
        asked(2, "Ann", "Archer").upn(upn(8)),
    ];
    assert_eq!(
        required(&namesakes, &[record("c1", "Ann", "Archer")]),
        [doubt(Doubt::SeveralPupils), doubt(Doubt::SeveralPupils)]
    );
}

#[test]
fn a_withdrawn_pupils_record_is_not_a_namesakes() {
    let mut withdrawn = asked(1, "Ann", "Archer");
    withdrawn.standing = Standing::Withdrawn(date!(2027 - 01 - 01));
    let pupils = [withdrawn, asked(2, "Ann", "Archer")];
    let matches = required(&pupils, &[record("c1", "Ann", "Archer")]);
    assert_eq!(matches[1], doubt(Doubt::SeveralPupils));
}

#[test]
fn twins_are_told_apart_by_forename_even_where_one_carries_the_others_number() {
    let twins = [
        asked(1, "Amy", "Archer").upn(upn(7)),
        asked(2, "Bea", "Archer").upn(upn(8)),
    ];
    let right = [
        DestinationRecord {
            upn: Some(upn(7)),
            ..record("amy", "Amy", "Archer")
        },
        DestinationRecord {
            upn: Some(upn(8)),
            ..record("bea", "Bea", "Archer")
        },
    ];
    let matches = required(&twins, &right);
    assert_eq!(found(&matches[0]), Some("College of amy"));
    assert_eq!(found(&matches[1]), Some("College of bea"));

    let mut swapped = right;
    swapped[0].upn = Some(upn(8));
    swapped[1].upn = Some(upn(7));
    for matched in required(&twins, &swapped) {
        assert_eq!(matched, doubt(Doubt::IdentifiersContradict));
    }
    let one_record = DestinationRecord {
        upn: Some(upn(7)),
        ..record("bea", "Bea", "Archer")
    };
    let numberless = [twins[0].clone(), asked(2, "Bea", "Archer")];
    let matches = required(&numberless, &[one_record]);
    assert_eq!(matches[0], Match::None(Miss::Nothing));
    assert_eq!(
        matches[1],
        doubt(Doubt::IdentifierShared),
        "the list says the number is Amy's"
    );
}
