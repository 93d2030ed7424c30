//! When a consent ends (spec 6, clauses 2.1 and 2.2). Knows birthdays, consent dates and the school
//! leaving date; refuses to know what today is.
//!
//! Under [`ExpiryRule::TwoYearsAfterLeaving`] only the date of the signed form binds. A leaver of June
//! 2026 turns 18 between September 2027 and August 2028, so that an end at 18 would leave nothing of
//! that rule; clause 2.1 speaks of 16 to 18, which includes those who are 18, and two years after leaving
//! nobody is 19. Either rule makes way for a plan (EHCP) and a consent given at 18 or later.

use time::Date;

use crate::domain::{
    days::{Cohort, birthday, years_after},
    receipt::ExpiryRule,
};

/// An Education, Health and Care plan, as far as the length of a consent depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// None, or only one of school and council knows of one.
    NoPlan,
    /// Both the school's list and the council's record tell of one.
    Ehcp,
}

/// What ends a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The 18th birthday.
    EighteenthBirthday,
    /// Two years after the consent date.
    TwoYearsFromConsent,
    /// Two years after the school leaving date.
    TwoYearsAfterLeaving,
    /// The 25th birthday, with a plan.
    TwentyFifthBirthday,
}

impl Binding {
    /// True where the age ends it, not the time that has passed.
    pub(super) fn is_birthday(self) -> bool {
        matches!(self, Self::EighteenthBirthday | Self::TwentyFifthBirthday)
    }
}

/// The end of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Expiry {
    /// The first local day on which nothing may be shared; the last allowed day is the one before.
    pub day: Date,
    /// What sets that day; of several that fall on one day, the first in the order of [`Binding`].
    pub binding: Binding,
}

/// The first day on which this consent no longer allows sharing.
pub fn first_day_not_allowed(born: Date, given_on: Date, rule: ExpiryRule, plan: Plan) -> Expiry {
    let of_age = birthday(born, ADULT);
    let from_consent = expiry(years_after(given_on, YEARS), Binding::TwoYearsFromConsent);
    let after_leaving = expiry(
        years_after(Cohort::of(born).leaves(), YEARS),
        Binding::TwoYearsAfterLeaving,
    );
    if plan == Plan::Ehcp && given_on >= of_age {
        let limit = birthday(born, LIMIT_WITH_PLAN);
        return from_consent.or_sooner(expiry(limit, Binding::TwentyFifthBirthday));
    }
    match rule {
        ExpiryRule::TwoYearsAfterLeaving => after_leaving,
        ExpiryRule::Earliest => expiry(of_age, Binding::EighteenthBirthday)
            .or_sooner(from_consent)
            .or_sooner(after_leaving),
    }
}

impl Expiry {
    /// This one, unless the other comes on an earlier day.
    fn or_sooner(self, other: Self) -> Self {
        if other.day < self.day { other } else { self }
    }
}

fn expiry(day: Date, binding: Binding) -> Expiry {
    Expiry { day, binding }
}

/// A consent lasts at most this many years, from its date and from leaving.
const YEARS: i32 = 2;
/// The age at which the consent given at school ends.
const ADULT: i32 = 18;
/// The age at which sharing ends for those with a plan (clause 2.1).
const LIMIT_WITH_PLAN: i32 = 25;

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};
    use time::{Duration, macros::date};

    use super::*;

    fn ends(born: Date, given_on: Date, rule: ExpiryRule, plan: Plan) -> Date {
        first_day_not_allowed(born, given_on, rule, plan).day
    }

    fn days() -> impl Strategy<Value = (Date, Date)> {
        (0_i64..4000, 0_i64..4500).prop_map(|(born, given)| {
            (
                date!(2004 - 01 - 01) + Duration::days(born),
                date!(2020 - 01 - 01) + Duration::days(given),
            )
        })
    }

    #[test]
    fn clause_2_2_two_years_after_leaving_is_the_only_date_of_that_form() {
        let expiry = first_day_not_allowed(
            date!(2009 - 09 - 01),
            date!(2026 - 05 - 11),
            ExpiryRule::TwoYearsAfterLeaving,
            Plan::NoPlan,
        );
        assert_eq!(expiry.day, date!(2028 - 06 - 26));
        assert_eq!(expiry.binding, Binding::TwoYearsAfterLeaving);
    }

    #[test]
    fn clause_2_1_a_plan_carries_a_consent_given_at_18_for_two_years_and_never_past_25() {
        let born = date!(2004 - 03 - 10);
        let with_plan =
            |given| first_day_not_allowed(born, given, ExpiryRule::Earliest, Plan::Ehcp);
        assert_eq!(with_plan(date!(2022 - 03 - 10)).day, date!(2024 - 03 - 10));
        assert_eq!(with_plan(date!(2028 - 01 - 05)).day, date!(2029 - 03 - 10));
        assert_eq!(
            with_plan(date!(2028 - 01 - 05)).binding,
            Binding::TwentyFifthBirthday
        );
    }

    #[test]
    fn a_plan_adds_nothing_to_a_consent_given_before_18() {
        let born = date!(2010 - 03 - 01);
        let given = date!(2028 - 02 - 29);
        assert_eq!(
            ends(born, given, ExpiryRule::Earliest, Plan::Ehcp),
            ends(born, given, ExpiryRule::Earliest, Plan::NoPlan)
        );
    }

    #[test]
    fn a_plan_that_one_side_alone_knows_of_ends_at_18() {
        let born = date!(2010 - 03 - 01);
        let given = date!(2028 - 03 - 01);
        assert_eq!(
            ends(born, given, ExpiryRule::Earliest, Plan::NoPlan),
            date!(2028 - 03 - 01)
        );
        assert_eq!(
            ends(born, given, ExpiryRule::Earliest, Plan::Ehcp),
            date!(2030 - 03 - 01)
        );
    }

    #[test]
    fn a_consent_of_29_february_lasts_to_the_28th() {
        assert_eq!(
            ends(
                date!(2008 - 08 - 31),
                date!(2024 - 02 - 29),
                ExpiryRule::Earliest,
                Plan::NoPlan
            ),
            date!(2026 - 02 - 28)
        );
        assert_eq!(
            ends(
                date!(2002 - 01 - 01),
                date!(2024 - 02 - 29),
                ExpiryRule::Earliest,
                Plan::Ehcp
            ),
            date!(2026 - 02 - 28)
        );
    }

    proptest! {
        #[test]
        fn the_default_rule_is_never_later_than_any_of_its_three_dates((born, given) in days()) {
            let end = ends(born, given, ExpiryRule::Earliest, Plan::NoPlan);
            prop_assert!(end <= birthday(born, 18));
            prop_assert!(end <= years_after(given, 2));
            prop_assert!(end <= years_after(Cohort::of(born).leaves(), 2));
        }

        #[test]
        fn a_later_consent_date_never_shortens_a_consent((born, given) in days(), later in 0_i64..1500) {
            for rule in [ExpiryRule::Earliest, ExpiryRule::TwoYearsAfterLeaving] {
                for plan in [Plan::NoPlan, Plan::Ehcp] {
                    let after = given + Duration::days(later);
                    prop_assert!(ends(born, given, rule, plan) <= ends(born, after, rule, plan));
                }
            }
        }

        #[test]
        fn a_plan_never_shortens_a_consent_and_nothing_passes_its_age((born, given) in days()) {
            for rule in [ExpiryRule::Earliest, ExpiryRule::TwoYearsAfterLeaving] {
                let plain = ends(born, given, rule, Plan::NoPlan);
                let planned = ends(born, given, rule, Plan::Ehcp);
                prop_assert!(plain <= planned);
                prop_assert!(plain < birthday(born, 19));
                prop_assert!(planned <= birthday(born, 25));
            }
        }

        #[test]
        fn the_default_rule_is_the_stricter_one((born, given) in days()) {
            let strict = ends(born, given, ExpiryRule::Earliest, Plan::NoPlan);
            let signed = ends(born, given, ExpiryRule::TwoYearsAfterLeaving, Plan::NoPlan);
            prop_assert_eq!(strict.min(signed), strict);
        }
    }
}
