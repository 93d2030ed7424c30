//! What activity codes, lapsed records, providers and cohort statuses do.

use super::*;

#[test]
fn every_activity_code_is_shared_as_the_table_says_or_held() {
    for code in 0..1000 {
        let mut case = shared();
        case.found().activity = Some(ActivityCode(code));
        let expected = match ActivityCode(code).meaning() {
            Meaning::Hold => Err(Reason::CodeHeld),
            Meaning::Unknown => Err(Reason::CodeUnknown),
            Meaning::SharedWithoutProvider(label)
            | Meaning::Shared(label @ (Label::NotInEducation | Label::NotKnown)) => {
                Ok((label, None))
            }
            Meaning::Shared(label) => Ok((label, Some("Cannock Sixth Form"))),
        };
        match (case.asked(), expected) {
            (Verdict::Share(row), Ok(told)) => assert_eq!((row.label(), row.provider()), told),
            (Verdict::Withhold(reason), Err(expected)) => assert_eq!(reason, expected),
            (verdict, _) => panic!("{code}: {verdict:?}"),
        }
    }
}

#[test]
fn a_lapsed_record_is_not_known_but_hold_goes_before_it() {
    let mut case = shared();
    case.found().lapsed = true;
    let row = case.row();
    assert_eq!(
        (row.label(), row.provider(), row.started()),
        (Label::NotKnown, None, None)
    );
    assert!(row.confirmed().is_some());

    let mut case = shared();
    case.found().lapses = Some(TODAY - Duration::DAY);
    assert_eq!(case.row().label(), Label::NotKnown);
    for (code, reason) in [
        (Some(ActivityCode(710)), Reason::CodeHeld),
        (Some(ActivityCode(840)), Reason::CodeUnknown),
        (None, Reason::CodeAbsent),
    ] {
        case.found().activity = code;
        assert_eq!(case.reason(), Some(reason));
    }
}

#[test]
fn providers_on_the_hold_list_are_held_whatever_the_code() {
    for code in [210, 280, 619, 810] {
        let mut case = shared();
        case.rules.hold_providers = HoldProviders::new(["", "  ", "CANNOCK – sixth form"]);
        case.found().activity = Some(ActivityCode(code));
        case.found().lapsed = code == 810;
        assert_eq!(case.reason(), Some(Reason::ProviderHeld));
        case.found().provider = Some(Arc::from("Cannock Sixth Form College"));
        assert_eq!(case.reason(), None, "only the exact name is held");
        case.found().provider = None;
        assert_eq!(case.reason(), None);
    }
}

#[test]
fn a_closed_cohort_status_is_never_shared() {
    let mut case = shared();
    case.found().status = CohortStatus::Closed;
    assert_eq!(case.reason(), Some(Reason::CohortStatusClosed));
    assert_eq!(
        Reason::CohortStatusClosed.bucket(),
        Some(Bucket::NotEligible)
    );
}
