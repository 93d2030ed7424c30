//! Any one condition that is broken stops sharing, whatever the rest is.

use super::*;

/// A way to break one condition.
type Break = fn(&mut Case);

const BREAKS: [Break; 19] = [
    |case| case.consent.standing = Standing::Lapsed,
    |case| case.consent.standing = Standing::Withdrawn(case.today),
    |case| case.consent.held_by = Some(SubmissionId::new(9)),
    |case| case.consent.given_on = case.today + Duration::DAY,
    |case| case.consent.given_on = years_after(case.today, -2) - Duration::DAY,
    |case| case.consent.pupil.born = years_after(case.today, -18) - Duration::days(2),
    |case| case.consent.pupil.born = years_after(case.today, -16) + Duration::days(2),
    |case| case.school.agreement.signed = None,
    |case| case.school.agreement.signed = Some(case.today + Duration::DAY),
    |case| case.school.agreement.terminated = Some(case.today),
    |case| case.school.suspended = true,
    |case| case.school.id = "8609999".parse().unwrap(),
    |case| case.matched = Match::None(Miss::Nothing),
    |case| case.matched = Match::Ambiguous(Doubt::IdentifierShared),
    |case| case.matched = Match::Tied,
    |case| case.found().status = CohortStatus::Closed,
    |case| case.found().activity = None,
    |case| case.found().activity = Some(ActivityCode(130)),
    |case| {
        case.found().provider = Some(Arc::from("Hill House"));
        case.rules.hold_providers = HoldProviders::new(["hill house"]);
    },
];

fn cases() -> impl Strategy<Value = Case> {
    let code = select(vec![210_u16, 230, 280, 310, 350, 460, 619, 640, 810]);
    let provider = prop_oneof![
        Just(None),
        Just(Some("Hill House")),
        Just(Some("Stafford College"))
    ];
    (code, provider, any::<bool>(), 0_i64..300).prop_map(|(code, provider, lapsed, days)| {
        let mut case = shared();
        case.today = TODAY + Duration::days(days);
        case.found().activity = Some(ActivityCode(code));
        case.found().provider = provider.map(Arc::from);
        case.found().lapsed = lapsed;
        case
    })
}

proptest! {
    #[test]
    fn the_gate_shares_nothing_when_any_one_condition_is_broken(case in cases(), at in 0..BREAKS.len()) {
        prop_assert!(case.reason().is_none());
        let mut broken = case;
        BREAKS[at](&mut broken);
        prop_assert!(broken.reason().is_some(), "break {at}");
    }

    #[test]
    fn no_reason_for_being_out_of_work_and_no_provider_beside_it(case in cases()) {
        let row = case.row();
        if !row.label().tells_provider() {
            prop_assert_eq!(row.provider(), None);
        }
    }

    #[test]
    fn what_stops_the_gate_stops_a_row_made_again(case in cases(), at in 0..11_usize) {
        let disclosed = case.row().disclosed();
        let again = still_shareable(&case.consent, &disclosed, None, &case.circumstances());
        prop_assert!(matches!(again, Verdict::Share(_)));
        let mut broken = case;
        BREAKS[at](&mut broken);
        let again = still_shareable(&broken.consent, &disclosed, None, &broken.circumstances());
        prop_assert!(matches!(again, Verdict::Withhold(_)));
    }

    #[test]
    fn once_over_it_stays_over(case in cases(), later in 0_i64..3000, signed in any::<bool>()) {
        let mut case = case;
        if signed {
            case.rules.expiry = ExpiryRule::TwoYearsAfterLeaving;
        }
        case.today += Duration::days(400);
        let before = case.reason();
        case.today += Duration::days(later);
        prop_assert!(before.is_none() || case.reason().is_some());
    }
}
