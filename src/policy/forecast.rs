//! How many of a school's consents end soon (clause 2.2): a school that knows can ask those pupils in time,
//! and the council knows whom it will soon tell nothing about. Knows consents and a day.

use time::{Date, Duration};

use super::expiry::{Plan, first_day_not_allowed};
use crate::domain::{
    pupil::{Consent, Standing},
    receipt::{Expiring, ExpiryRule},
};

/// Counts the consents in force that end soon. A consent *ends* on the first day on which nothing may be
/// shared; it ends within 30 days if that day is tomorrow or one of the 29 days after. What the extract
/// knows of a plan (EHCP) is not looked at: it counts as the list says. A consent that is held is none in
/// force, and one that has ended already ends no more.
pub fn expiring<'a>(
    consents: impl IntoIterator<Item = &'a Consent>,
    rule: ExpiryRule,
    today: Date,
) -> Expiring {
    let mut counted = Expiring::default();
    for consent in consents {
        let end = last_until(consent, rule);
        let within =
            |days| end.is_some_and(|end| today < end && end <= today + Duration::days(days));
        counted.in_30_days += u32::from(within(30));
        counted.in_90_days += u32::from(within(90));
    }
    counted
}

/// The day on which a consent in force ends.
fn last_until(consent: &Consent, rule: ExpiryRule) -> Option<Date> {
    if consent.standing != Standing::InForce || consent.held_by.is_some() {
        return None;
    }
    let plan = if consent.ehcp {
        Plan::Ehcp
    } else {
        Plan::NoPlan
    };
    Some(first_day_not_allowed(consent.pupil.born, consent.given_on, rule, plan).day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};
    use time::macros::date;

    use super::*;
    use crate::domain::{
        ids::{PupilId, SubmissionId},
        names::{Name, PersonName},
        pupil::Pupil,
    };

    fn consent(born: Date, given_on: Date) -> Consent {
        Consent {
            id: PupilId::first_told(SubmissionId::new(1), 0),
            pupil: Pupil {
                name: PersonName {
                    forename: Name::parse("Robin").unwrap(),
                    surname: Name::parse("Example").unwrap(),
                },
                born,
                upn: None,
                uln: None,
            },
            given_on,
            assumed: false,
            ehcp: false,
            standing: Standing::InForce,
            held_by: None,
            source: SubmissionId::new(1),
            version: 1,
        }
    }

    fn counted(consent: &Consent, today: Date) -> (u32, u32) {
        let found = expiring([consent], ExpiryRule::Earliest, today);
        (found.in_30_days, found.in_90_days)
    }

    #[test]
    fn a_consent_is_counted_from_exactly_ninety_and_thirty_days_before_its_end() {
        // Ends on 1 March 2028, the eighteenth birthday; February has 29 days in that year.
        let ends = consent(date!(2010 - 03 - 01), date!(2026 - 09 - 15));
        for (today, expected) in [
            (date!(2027 - 12 - 01), (0, 0)),
            (date!(2027 - 12 - 02), (0, 1)),
            (date!(2028 - 01 - 30), (0, 1)),
            (date!(2028 - 01 - 31), (1, 1)),
            (date!(2028 - 02 - 29), (1, 1)),
            (date!(2028 - 03 - 01), (0, 0)),
        ] {
            assert_eq!(counted(&ends, today), expected, "{today}");
        }
    }

    #[test]
    fn a_leap_day_birthday_is_counted_to_the_28th() {
        let ends = consent(date!(2008 - 02 - 29), date!(2024 - 05 - 13));
        assert_eq!(counted(&ends, date!(2026 - 01 - 28)), (0, 1));
        assert_eq!(counted(&ends, date!(2026 - 01 - 29)), (1, 1));
        assert_eq!(counted(&ends, date!(2026 - 02 - 27)), (1, 1));
        assert_eq!(counted(&ends, date!(2026 - 02 - 28)), (0, 0));
    }

    #[test]
    fn only_what_is_in_force_is_counted_and_a_plan_on_the_list_is_believed() {
        let today = date!(2028 - 02 - 01);
        let plain = consent(date!(2010 - 03 - 01), date!(2026 - 09 - 15));
        let lapsed = Consent {
            standing: Standing::Lapsed,
            ..plain.clone()
        };
        let withdrawn = Consent {
            standing: Standing::Withdrawn(today),
            ..plain.clone()
        };
        let held = Consent {
            held_by: Some(SubmissionId::new(2)),
            ..plain.clone()
        };
        let planned = Consent {
            ehcp: true,
            ..consent(date!(2008 - 03 - 01), date!(2026 - 03 - 01))
        };
        let all = [plain, lapsed, withdrawn, held, planned];
        let found = expiring(&all, ExpiryRule::Earliest, today);
        assert_eq!((found.in_30_days, found.in_90_days), (2, 2));
    }

    fn days() -> impl Strategy<Value = (Date, Date, Date)> {
        (0_i64..4000, 0_i64..3000, 0_i64..4500).prop_map(|(born, given, today)| {
            (
                date!(2004 - 01 - 01) + Duration::days(born),
                date!(2022 - 01 - 01) + Duration::days(given),
                date!(2022 - 01 - 01) + Duration::days(today),
            )
        })
    }

    proptest! {
        #[test]
        fn a_consent_counts_if_and_only_if_it_lasts_today_and_no_longer_so_many_days_on(
            (born, given, today) in days()
        ) {
            for ehcp in [false, true] {
                for rule in [ExpiryRule::Earliest, ExpiryRule::TwoYearsAfterLeaving] {
                    let one = Consent { ehcp, ..consent(born, given) };
                    let plan = if ehcp { Plan::Ehcp } else { Plan::NoPlan };
                    let lasts = |on: Date| on < first_day_not_allowed(born, given, rule, plan).day;
                    let found = expiring([&one], rule, today);
                    let goes = |days| lasts(today) && !lasts(today + Duration::days(days));
                    prop_assert_eq!(found.in_30_days, u32::from(goes(30)));
                    prop_assert_eq!(found.in_90_days, u32::from(goes(90)));
                    prop_assert!(found.in_30_days <= found.in_90_days);
                }
            }
        }
    }
}
