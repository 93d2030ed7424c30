//! The gate: each condition alone says no, the table of labels, and what the receipt counts.

use std::sync::Arc;

use proptest::{
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
    sample::select,
};
use time::{Date, Duration, macros::date};

use super::*;
use crate::{
    domain::{
        days::{Cohort, years_after},
        destination::ActivityCode,
        ids::{PupilId, SchoolId, SubmissionId},
        names::{Name, PersonName},
        pupil::Pupil,
        receipt::{ExpiryRule, ReleaseCounts},
        school::{Agreement, Format, School},
    },
    policy::{
        expiry::Binding,
        matching::{By, Doubt, Miss},
    },
};

mod breaks;
mod codes;

const TODAY: Date = date!(2027 - 03 - 01);

/// All that the gate is asked with.
#[derive(Clone, Debug)]
struct Case {
    consent: Consent,
    matched: Match,
    school: School,
    rules: SharingRules,
    lists: Vec<LastList>,
    today: Date,
}

impl Case {
    fn circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            school: &self.school,
            today: self.today,
            rules: &self.rules,
            lists: &self.lists,
        }
    }

    fn asked(&self) -> Verdict {
        gate(&self.consent, &self.matched, &self.circumstances())
    }

    fn found(&mut self) -> &mut Destination {
        match &mut self.matched {
            Match::One(found) => &mut found.destination,
            _ => panic!("the case has a record"),
        }
    }

    fn row(&self) -> ShareableRow {
        match self.asked() {
            Verdict::Share(row) => row,
            Verdict::Withhold(reason) => panic!("withheld: {reason:?}"),
        }
    }

    fn reason(&self) -> Option<Reason> {
        match self.asked() {
            Verdict::Share(_) => None,
            Verdict::Withhold(reason) => Some(reason),
        }
    }
}

/// A case with nothing against it.
fn shared() -> Case {
    let id = PupilId::from_number(1);
    let school: SchoolId = "8604001".parse().unwrap();
    Case {
        consent: consent(id),
        matched: Match::One(Matched {
            pupil: id,
            school,
            by: By::Number,
            destination: Destination {
                activity: Some(ActivityCode(210)),
                provider: Some(Arc::from("Cannock Sixth Form")),
                started: Some(date!(2026 - 09 - 07)),
                confirmed: Some(date!(2027 - 01 - 12)),
                lapsed: false,
                lapses: Some(TODAY),
                status: CohortStatus::Open,
                send: false,
            },
        }),
        school: School {
            id: school,
            name: "Cannock Vale High School".to_owned(),
            urn: None,
            formats: vec![Format::Csv],
            agreement: Agreement {
                signed: Some(date!(2026 - 04 - 01)),
                ..Agreement::default()
            },
            suspended: false,
            persons: Vec::new(),
            contacts: Vec::new(),
        },
        rules: SharingRules::default(),
        lists: Vec::new(),
        today: TODAY,
    }
}

fn consent(id: PupilId) -> Consent {
    let name = |text| Name::parse(text).unwrap();
    Consent {
        id,
        pupil: Pupil {
            name: PersonName {
                forename: name("Ann"),
                surname: name("Archer"),
            },
            born: date!(2010 - 03 - 02),
            upn: None,
            uln: None,
        },
        given_on: date!(2026 - 05 - 11),
        assumed: false,
        ehcp: false,
        standing: Standing::InForce,
        held_by: None,
        source: SubmissionId::new(1),
        version: 1,
    }
}

#[test]
fn clause_1_1_six_facts_are_shared_names_as_the_school_gave_them() {
    let row = shared().row();
    assert_eq!(row.forename().reveal(), "Ann");
    assert_eq!(row.surname().reveal(), "Archer");
    assert_eq!(row.born(), date!(2010 - 03 - 02));
    assert_eq!(row.label(), Label::SchoolSixthForm);
    assert_eq!(row.provider(), Some("Cannock Sixth Form"));
    assert_eq!(row.started(), Some(date!(2026 - 09 - 07)));
    assert_eq!(row.confirmed(), Some(date!(2027 - 01 - 12)));
    assert_eq!(format!("{row:?}"), "ShareableRow(…)");
}

#[test]
fn clause_2_2_withdrawal_stops_sharing_at_once() {
    let mut case = shared();
    case.consent.standing = Standing::Withdrawn(TODAY);
    assert_eq!(case.reason(), Some(Reason::Withdrawn));
    case.consent.standing = Standing::Lapsed;
    assert_eq!(case.reason(), Some(Reason::Lapsed));
    case.consent.standing = Standing::InForce;
    case.consent.held_by = Some(SubmissionId::new(2));
    assert_eq!(case.reason(), Some(Reason::HeldNear));
}

#[test]
fn clause_1_4_the_agreement_must_be_in_force_on_the_day() {
    let mut case = shared();
    case.school.agreement.terminated = Some(TODAY);
    let ended = AgreementStanding::Ended(TODAY);
    assert_eq!(case.reason(), Some(Reason::AgreementNotInForce(ended)));
    case.today = TODAY - Duration::DAY;
    assert_eq!(case.reason(), None);
    case.school.agreement.signed = None;
    assert_eq!(
        case.reason(),
        Some(Reason::AgreementNotInForce(AgreementStanding::NotSigned))
    );
}

#[test]
fn clause_2_1_sharing_begins_on_the_16th_birthday() {
    let mut case = shared();
    case.today = date!(2026 - 05 - 20);
    case.consent.pupil.born = date!(2010 - 05 - 20);
    assert_eq!(case.reason(), None);
    case.consent.pupil.born = date!(2010 - 05 - 21);
    assert_eq!(case.reason(), Some(Reason::UnderSixteen));
}

#[test]
fn clause_2_2_the_last_day_is_the_day_before_the_18th_birthday() {
    let mut case = shared();
    case.found().lapses = None;
    case.today = date!(2028 - 03 - 01);
    assert_eq!(case.reason(), None);
    case.today = date!(2028 - 03 - 02);
    assert!(matches!(
        case.reason(),
        Some(Reason::Expired(Expiry {
            binding: Binding::EighteenthBirthday,
            ..
        }))
    ));
}

#[test]
fn clause_2_1_beyond_18_needs_a_plan_on_both_sides_and_a_fresh_consent() {
    let mut case = shared();
    case.consent.given_on = date!(2028 - 03 - 02);
    case.today = date!(2028 - 09 - 01);
    case.found().lapses = None;
    for (list, council) in [(false, false), (true, false), (false, true)] {
        case.consent.ehcp = list;
        case.found().send = council;
        assert_eq!(case.reason(), Some(Reason::OverAge));
    }
    case.consent.ehcp = true;
    case.found().send = true;
    assert_eq!(case.reason(), None);
    case.consent.given_on = date!(2028 - 03 - 01);
    assert!(matches!(case.reason(), Some(Reason::Expired(_))));
}

#[test]
fn a_plan_that_only_the_list_tells_of_does_not_hide_a_missing_record() {
    let mut case = shared();
    case.consent.ehcp = true;
    case.consent.given_on = date!(2028 - 03 - 02);
    case.today = date!(2028 - 09 - 01);
    case.matched = Match::None(Miss::Nothing);
    assert_eq!(case.reason(), Some(Reason::NoRecord(Miss::Nothing)));
}

#[test]
fn only_exactly_one_record_is_shared() {
    let mut case = shared();
    case.matched = Match::None(Miss::AnotherYear11School);
    assert_eq!(
        case.reason().and_then(Reason::bucket),
        Some(Bucket::NoRecord)
    );
    case.matched = Match::Ambiguous(Doubt::SeveralPupils);
    assert_eq!(
        case.reason().and_then(Reason::bucket),
        Some(Bucket::Ambiguous)
    );
    case.matched = Match::Tied;
    assert_eq!(case.reason().and_then(Reason::bucket), Some(Bucket::Held));
}

#[test]
fn another_pupils_or_another_schools_match_shares_nothing() {
    let mut case = shared();
    case.consent.id = PupilId::from_number(2);
    assert_eq!(case.reason(), Some(Reason::NotThisPupil));
    let mut case = shared();
    case.school.id = "8604002".parse().unwrap();
    assert_eq!(case.reason(), Some(Reason::NotThisPupil));
}

#[test]
fn a_consent_dated_tomorrow_shares_nothing_today() {
    let mut case = shared();
    case.consent.given_on = TODAY + Duration::DAY;
    assert_eq!(case.reason(), Some(Reason::NotYetGiven));
}

#[test]
fn r11_a_missing_year_12_list_warns_or_holds() {
    let cohort = Cohort::of(date!(2010 - 03 - 02));
    let list_of = |came_on| vec![LastList { cohort, came_on }];
    let mut case = shared();
    case.lists = list_of(date!(2026 - 08 - 31));
    assert_eq!(case.reason(), None);
    case.rules.year12_list = Year12Rule::Hold;
    assert_eq!(case.reason(), Some(Reason::NoYear12List));
    case.lists = list_of(date!(2026 - 09 - 01));
    assert_eq!(case.reason(), None);
    case.lists = Vec::new();
    case.today = date!(2026 - 08 - 31);
    assert_eq!(case.reason(), None);
    assert_eq!(
        year12_list(
            cohort,
            &list_of(date!(2026 - 06 - 01)),
            date!(2026 - 09 - 01)
        ),
        Year12List::Missing
    );
}

#[test]
fn a_disclosed_row_is_made_again_with_the_values_that_were_disclosed() {
    let mut case = shared();
    let first = case.row();
    case.consent.pupil.name.surname = Name::parse("Baker").unwrap();
    case.matched = Match::None(Miss::Nothing);
    let again = still_shareable(
        &case.consent,
        &first.disclosed(),
        None,
        &case.circumstances(),
    );
    assert_eq!(again, Verdict::Share(first));
}

#[test]
fn a_row_by_hand_stands_only_as_long_as_that_tie() {
    let (mark, other) = (RecordMark([1; 8]), RecordMark([2; 8]));
    let mut case = shared();
    if let Match::One(found) = &mut case.matched {
        found.by = By::Hand(mark);
    }
    let row = case.row();
    let again = |tie| still_shareable(&case.consent, &row.disclosed(), tie, &case.circumstances());
    assert_eq!(again(Some(mark)), Verdict::Share(row.clone()));
    let gone = Verdict::Withhold(Reason::TieDissolved);
    assert_eq!((again(None), again(Some(other))), (gone.clone(), gone));
    let basis = row
        .disclosed()
        .basis
        .map(|basis| (basis.given_on, basis.source));
    assert_eq!(basis, Some((case.consent.given_on, case.consent.source)));
}

#[test]
fn a_disclosed_row_of_another_birth_is_not_this_pupils() {
    let mut case = shared();
    let row = case.row();
    case.consent.pupil.born = date!(2010 - 03 - 03);
    assert_eq!(
        still_shareable(&case.consent, &row.disclosed(), None, &case.circumstances()),
        Verdict::Withhold(Reason::NotThisPupil)
    );
}

#[test]
fn the_receipt_counts_each_consent_once_and_no_withdrawn_one() {
    let mut counts = ReleaseCounts::default();
    let mut withdrawn = shared();
    withdrawn.consent.standing = Standing::Withdrawn(TODAY);
    let mut tied = shared();
    tied.matched = Match::Tied;
    for case in [shared(), withdrawn, tied] {
        tally(&mut counts, &case.asked());
    }
    assert_eq!((counts.consented, counts.shared, counts.held), (2, 1, 1));
}
