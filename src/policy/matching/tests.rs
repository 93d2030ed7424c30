//! Matching: the rules one by one, twins, and that no order changes anything. All persons are made up.

use std::ops::Range;

use proptest::{
    prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, proptest},
    sample::select,
};
use time::macros::date;

use super::*;
use crate::domain::{
    destination::{ActivityCode, CohortStatus, DestinationRecord, SchoolMention},
    identifiers::{Uln, Upn, Urn},
    ids::{PupilId, RecordMark, SchoolId},
    names::{Name, PersonName},
    pupil::{Pupil, Standing},
};

const BORN: time::Date = date!(2010 - 03 - 01);

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn upn(number: u64) -> Upn {
    let letters = "ABCDEFGHJKLMNPQRTUVWXYZ".chars();
    let mut found = letters.filter_map(|letter| format!("{letter}{number:012}").parse().ok());
    found.next().unwrap()
}

fn temporary() -> Upn {
    "A86040012001A".parse().unwrap()
}

fn uln(number: u64) -> Uln {
    let mut found = (0..).filter_map(|check| format!("{}", number * 100 + check).parse().ok());
    found.next().unwrap()
}

fn school() -> SchoolId {
    "8604001".parse().unwrap()
}

fn other_school() -> SchoolId {
    "8604002".parse().unwrap()
}

#[derive(Clone, Debug)]
struct Asked {
    id: PupilId,
    school: SchoolId,
    urn: Option<Urn>,
    pupil: Pupil,
    standing: Standing,
    tie: Option<Tie>,
}

fn asked(id: u64, forename: &str, surname: &str) -> Asked {
    Asked {
        id: PupilId::from_number(id),
        school: school(),
        urn: None,
        pupil: Pupil {
            name: PersonName {
                forename: name(forename),
                surname: name(surname),
            },
            born: BORN,
            upn: None,
            uln: None,
        },
        standing: Standing::InForce,
        tie: None,
    }
}

impl Asked {
    fn upn(mut self, upn: Upn) -> Self {
        self.pupil.upn = Some(upn);
        self
    }

    fn uln(mut self, uln: Uln) -> Self {
        self.pupil.uln = Some(uln);
        self
    }

    fn of(mut self, school: SchoolId) -> Self {
        self.school = school;
        self
    }

    fn lapsed(mut self) -> Self {
        self.standing = Standing::Lapsed;
        self
    }
}

fn record(client: &str, forename: &str, surname: &str) -> DestinationRecord {
    DestinationRecord {
        client: Some(client.to_owned()).filter(|client| !client.is_empty()),
        forename: name(forename),
        surname: name(surname),
        born: BORN,
        upn: None,
        uln: None,
        year11_school: Some(SchoolMention::Laestab(school().laestab())),
        activity: Some(ActivityCode(210)),
        provider: Some(format!("College of {client}")),
        started: None,
        confirmed: Some(date!(2027 - 01 - 10)),
        lapsed: false,
        lapses: None,
        status: CohortStatus::Open,
        send: false,
    }
}

const MARK: RecordMark = RecordMark([7; 8]);

fn tie_to(record: &DestinationRecord) -> Tie {
    Tie {
        mark: MARK,
        record: RecordIdentity::of(record),
    }
}

fn judged(rule: Year11Rule, pupils: &[Asked], records: &[DestinationRecord]) -> Vec<Match> {
    let seekers = pupils.iter().map(|asked| Seeker {
        id: asked.id,
        school: asked.school,
        urn: asked.urn,
        pupil: &asked.pupil,
        standing: asked.standing,
        tied_to: asked.tie.as_ref(),
    });
    let index = Index::new(rule, seekers);
    // Two threads' worth.
    let (mut one, mut two) = (index.hits(), index.hits());
    for (at, record) in records.iter().enumerate() {
        if at % 2 == 0 {
            one.offer(record);
        } else {
            two.offer(record);
        }
    }
    let matches = index.judge(vec![one, two]);
    let mut ids: Vec<_> = pupils.iter().map(|asked| asked.id).collect();
    ids.sort_unstable();
    assert!(matches.iter().map(|(id, _)| id).eq(ids.iter().copied()));
    ids.into_iter().map(|id| matches.of(id)).collect()
}

fn required(pupils: &[Asked], records: &[DestinationRecord]) -> Vec<Match> {
    judged(Year11Rule::Required, pupils, records)
}

/// The one record's provider, which names its client.
fn found(matched: &Match) -> Option<&str> {
    match matched {
        Match::One(one) => one.destination.provider.as_deref(),
        _ => None,
    }
}

const fn doubt(doubt: Doubt) -> Match {
    Match::Ambiguous(doubt)
}

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

fn dated(
    client: &str,
    surname: &str,
    confirmed: Option<time::Date>,
    provider: &str,
) -> DestinationRecord {
    DestinationRecord {
        confirmed,
        provider: Some(provider.to_owned()),
        ..record(client, "Ann", surname)
    }
}

#[test]
fn of_one_clients_rows_the_latest_confirmed_counts() {
    let pupil = [asked(1, "Ann", "Archer")];
    let rows = [
        dated("c1", "Archer", Some(date!(2026 - 10 - 01)), "old"),
        dated("c1", "Archer", Some(date!(2027 - 01 - 01)), "new"),
        dated("c1", "Archer", None, "undated"),
    ];
    assert_eq!(found(&required(&pupil, &rows)[0]), Some("new"));
}

#[test]
fn a_tie_of_one_clients_newest_rows_is_held() {
    let pupil = [asked(1, "Ann", "Archer")];
    let tied = [
        dated("c1", "Archer", Some(date!(2027 - 01 - 01)), "one"),
        dated("c1", "Archer", Some(date!(2027 - 01 - 01)), "other"),
    ];
    assert_eq!(required(&pupil, &tied), [Match::Tied]);
    let undated = [
        dated("c1", "Archer", None, "one"),
        dated("c1", "Archer", None, "other"),
    ];
    assert_eq!(required(&pupil, &undated), [Match::Tied]);
}

#[test]
fn an_outdated_row_matches_nobody_though_the_newest_names_somebody_else() {
    let pupil = [asked(1, "Ann", "Archer")];
    let rows = [
        dated("c1", "Archer", Some(date!(2026 - 10 - 01)), "old"),
        dated("c1", "Baker", Some(date!(2027 - 01 - 01)), "new"),
    ];
    assert_eq!(required(&pupil, &rows), [Match::None(Miss::Nothing)]);
    let tied = [
        rows[0].clone(),
        DestinationRecord {
            confirmed: rows[0].confirmed,
            ..rows[1].clone()
        },
    ];
    assert_eq!(required(&pupil, &tied), [Match::Tied]);
}

#[test]
fn rows_without_a_client_id_are_persons_of_their_own() {
    let pupil = [asked(1, "Ann", "Archer")];
    let rows = [
        dated("", "Archer", Some(date!(2026 - 10 - 01)), "old"),
        dated("", "Archer", Some(date!(2027 - 01 - 01)), "new"),
    ];
    assert_eq!(required(&pupil, &rows), [doubt(Doubt::SeveralRecords)]);
}

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

fn nearest(pupils: &[Asked], records: &[DestinationRecord]) -> Vec<Vec<Candidate>> {
    let sought = pupils.iter().map(|asked| Sought {
        school: asked.school,
        urn: asked.urn,
        pupil: asked.pupil.clone(),
    });
    let mut search = Search::new(Year11Rule::Required, sought.collect());
    for record in records {
        search.offer(record);
    }
    search.nearest()
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

fn maybe(
    number: impl Fn(u64) -> Upn + Clone,
    of: Range<u64>,
) -> impl Strategy<Value = Option<Upn>> {
    prop::option::of(of.prop_map(number))
}

fn pupils() -> impl Strategy<Value = Vec<Asked>> {
    let one = (
        select(vec!["Ann", "Ànn", "Anne", "Bea"]),
        select(vec!["Archer", "Baker"]),
        select(vec![date!(2010 - 03 - 01), date!(2010 - 03 - 02)]),
        maybe(upn, 1..4),
        any::<bool>(),
        select(vec![Standing::InForce, Standing::InForce, Standing::Lapsed]),
    );
    prop::collection::vec(one, 1..5).prop_map(|all| {
        (1..)
            .zip(all)
            .map(|(id, (forename, surname, born, upn, home, standing))| {
                let mut asked = asked(id, forename, surname);
                asked.pupil.born = born;
                asked.pupil.upn = upn;
                asked.standing = standing;
                if home {
                    asked
                } else {
                    asked.of(other_school())
                }
            })
            .collect()
    })
}

fn records() -> impl Strategy<Value = Vec<DestinationRecord>> {
    let schools = vec![
        None,
        Some(SchoolMention::Laestab(school().laestab())),
        Some(SchoolMention::Laestab(other_school().laestab())),
    ];
    let one = (
        select(vec!["", "c1", "c2", "c3"]),
        select(vec!["Ann", "Anne", "Bea"]),
        select(vec!["Archer", "ARCHER", "Baker"]),
        select(vec![date!(2010 - 03 - 01), date!(2010 - 03 - 02)]),
        maybe(upn, 1..4),
        select(schools),
        select(vec![
            None,
            Some(date!(2027 - 01 - 01)),
            Some(date!(2027 - 01 - 02)),
        ]),
    );
    prop::collection::vec(one, 0..7).prop_map(|all| {
        all.into_iter()
            .map(
                |(client, forename, surname, born, upn, year11_school, confirmed)| {
                    DestinationRecord {
                        born,
                        upn,
                        year11_school,
                        confirmed,
                        ..record(client, forename, surname)
                    }
                },
            )
            .collect()
    })
}

type World = (Vec<Asked>, Vec<DestinationRecord>);

fn worlds_twice() -> impl Strategy<Value = (World, World)> {
    (pupils(), records()).prop_flat_map(|(pupils, records)| {
        let shuffled = (
            Just(pupils.clone()).prop_shuffle(),
            Just(records.clone()).prop_shuffle(),
        );
        (Just((pupils, records)), shuffled)
    })
}

proptest! {
    #[test]
    fn no_order_of_pupils_or_records_changes_anything((world, shuffled) in worlds_twice()) {
        for rule in [Year11Rule::Required, Year11Rule::WhenPresent] {
            prop_assert_eq!(judged(rule, &world.0, &world.1), judged(rule, &shuffled.0, &shuffled.1));
        }
    }

    #[test]
    fn one_more_person_in_the_extract_never_makes_a_match((pupils, mut records) in (pupils(), records()), more in records()) {
        let before = required(&pupils, &records);
        let strangers = more.into_iter().map(|record| DestinationRecord { client: Some("new".to_owned()), year11_school: None, ..record });
        records.extend(strangers.take(1));
        for (before, after) in before.iter().zip(required(&pupils, &records)) {
            prop_assert!(found(&after).is_none() || *before == after);
        }
    }

    #[test]
    fn no_two_pupils_get_one_record((pupils, records) in (pupils(), records())) {
        let records: Vec<_> = (0..).zip(records).map(|(at, record)| DestinationRecord {
            provider: Some(format!("Row {at}")), ..record
        }).collect();
        for rule in [Year11Rule::Required, Year11Rule::WhenPresent] {
            let matches = judged(rule, &pupils, &records);
            let mut given: Vec<_> = matches.iter().filter_map(found).collect();
            given.sort_unstable();
            prop_assert!(given.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }

    #[test]
    fn the_nearest_few_are_found_whatever_the_order((world, shuffled) in worlds_twice()) {
        let found = nearest(&world.0, &world.1);
        for (asked, found) in world.0.iter().zip(&found) {
            let near = |record: &&DestinationRecord| nearness(&asked.pupil, record).is_some();
            let mut all: Vec<RecordIdentity> = Vec::new();
            for record in world.1.iter().filter(near) {
                if !all.iter().any(|known| known.is(record)) {
                    all.push(RecordIdentity::of(record));
                }
            }
            prop_assert_eq!(found.len(), all.len().min(5));
            prop_assert!(found.is_sorted_by_key(|one| one.near));
            let farthest = found.last().map(|one| one.near);
            for record in world.1.iter().filter(near) {
                let shown = found.iter().any(|one| one.record.is(record));
                prop_assert!(shown || nearness(&asked.pupil, record) >= farthest);
            }
        }
        let again = nearest(&shuffled.0, &shuffled.1);
        for (asked, found) in world.0.iter().zip(&found) {
            let at = shuffled.0.iter().position(|other| other.id == asked.id);
            prop_assert!(at.is_some_and(|at| again[at] == *found));
        }
    }
}
