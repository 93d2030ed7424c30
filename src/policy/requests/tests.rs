//! Requests: interval, capacity, approval, order.

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use time::macros::date;

use super::*;

const TODAY: Date = date!(2027 - 03 - 01);

fn school(number: u32) -> SchoolId {
    SchoolId::from_number(8_604_000 + number).unwrap()
}

fn waiting(id: u64, from: u32) -> Waiting {
    Waiting {
        id: RequestId::new(id),
        school: school(from),
        approval: Approval::NotGiven,
    }
}

fn granted(from: u32, on: Date) -> Granted {
    Granted {
        school: school(from),
        on,
    }
}

fn decided(ask: &Waiting, queue: &[Waiting], history: &[Granted], rules: RequestRules) -> Decision {
    let in_force = AgreementStanding::InForce;
    decide(ask, in_force, (queue, history), rules, TODAY)
}

#[test]
fn clause_2_1_a_first_request_goes_at_once() {
    let decision = decided(&waiting(1, 1), &[], &[], RequestRules::default());
    assert_eq!(decision, Decision::Granted);
}

#[test]
fn clause_2_1_a_school_waits_28_days_from_its_last_granted_request() {
    let rules = RequestRules::default();
    let ask = waiting(7, 1);
    assert_eq!(
        decided(&ask, &[], &[granted(1, date!(2027 - 02 - 02))], rules),
        Decision::Queued {
            position: 1,
            not_before: Some(date!(2027 - 03 - 02)),
            why: Wait::Interval
        }
    );
    assert_eq!(
        decided(&ask, &[], &[granted(1, date!(2027 - 02 - 01))], rules),
        Decision::Granted
    );
    assert_eq!(
        decided(&ask, &[], &[granted(2, date!(2027 - 02 - 28))], rules),
        Decision::Granted,
        "another school's request is no reason to wait"
    );
}

#[test]
fn clause_2_1_the_sixth_request_of_a_day_waits_for_tomorrow() {
    let history: Vec<_> = (1..=5).map(|from| granted(from, TODAY)).collect();
    assert_eq!(
        decided(&waiting(9, 9), &[], &history, RequestRules::default()),
        Decision::Queued {
            position: 1,
            not_before: Some(date!(2027 - 03 - 02)),
            why: Wait::Capacity
        }
    );
}

#[test]
fn those_who_came_first_go_first() {
    let rules = RequestRules {
        max_per_day: 2,
        ..RequestRules::default()
    };
    let queue = [waiting(5, 5), waiting(3, 3), waiting(4, 4)];
    let ids: Vec<_> = due(&queue, &[], rules, TODAY);
    assert_eq!(ids, [RequestId::new(3), RequestId::new(4)]);
}

#[test]
fn who_waits_for_an_interval_takes_nobodys_place() {
    let rules = RequestRules {
        max_per_day: 1,
        ..RequestRules::default()
    };
    let history = [granted(1, date!(2027 - 02 - 20))];
    let ids = due(&[waiting(1, 1), waiting(2, 2)], &history, rules, TODAY);
    assert_eq!(ids, [RequestId::new(2)]);
}

#[test]
fn two_requests_of_one_school_are_two_intervals_apart() {
    let queue = [waiting(1, 1), waiting(2, 1)];
    let rules = RequestRules::default();
    assert_eq!(due(&queue, &[], rules, TODAY), [RequestId::new(1)]);
    assert_eq!(
        decided(&queue[1], &queue, &[], rules),
        Decision::Queued {
            position: 2,
            not_before: Some(date!(2027 - 03 - 29)),
            why: Wait::Interval
        }
    );
}

#[test]
fn with_manual_approval_nothing_goes_before_somebody_said_yes() {
    let rules = RequestRules {
        approval: ApprovalRule::Manual,
        ..RequestRules::default()
    };
    assert_eq!(
        decided(&waiting(1, 1), &[], &[], rules),
        Decision::Queued {
            position: 1,
            not_before: None,
            why: Wait::Approval
        }
    );
    let approved = Waiting {
        approval: Approval::Given,
        ..waiting(1, 1)
    };
    assert_eq!(decided(&approved, &[], &[], rules), Decision::Granted);
}

#[test]
fn clause_3_a_school_without_an_agreement_is_held() {
    let standing = AgreementStanding::Ended(date!(2027 - 01 - 01));
    let rules = RequestRules::default();
    assert_eq!(
        decide(&waiting(1, 1), standing, (&[], &[]), rules, TODAY),
        Decision::Held(standing)
    );
}

#[test]
fn no_capacity_is_no_promise_of_a_day() {
    let rules = RequestRules {
        max_per_day: 0,
        ..RequestRules::default()
    };
    assert_eq!(
        decided(&waiting(1, 1), &[], &[], rules),
        Decision::Queued {
            position: 1,
            not_before: None,
            why: Wait::Capacity
        }
    );
}

fn histories() -> impl Strategy<Value = (Vec<Waiting>, Vec<Granted>, RequestRules)> {
    let waits = prop::collection::vec((1_u32..8, any::<bool>()), 0..15);
    let grants = prop::collection::vec((1_u32..8, 0_i64..40), 0..10);
    (waits, grants, 0_u16..30, 0_u16..6, any::<bool>()).prop_map(
        |(waits, grants, days, max, manual)| {
            let asks = (1..).zip(waits).map(|(id, (from, yes))| Waiting {
                approval: if yes {
                    Approval::Given
                } else {
                    Approval::NotGiven
                },
                ..waiting(id, from)
            });
            let history = grants
                .into_iter()
                .map(|(from, ago)| granted(from, TODAY - Duration::days(ago)));
            let rules = RequestRules {
                approval: if manual {
                    ApprovalRule::Manual
                } else {
                    ApprovalRule::Automatic
                },
                min_interval_days: days,
                max_per_day: max,
            };
            (asks.collect(), history.collect(), rules)
        },
    )
}

proptest! {
    #[test]
    fn neither_capacity_nor_interval_is_ever_passed((queue, history, rules) in histories()) {
        let going = due(&queue, &history, rules, TODAY);
        let before = history.iter().filter(|grant| grant.on == TODAY).count();
        prop_assert!(going.is_empty() || before + going.len() <= usize::from(rules.max_per_day));
        for request in queue.iter().filter(|request| going.contains(&request.id)) {
            let interval = Duration::days(i64::from(rules.min_interval_days));
            prop_assert!(history.iter().all(|g| g.school != request.school || g.on + interval <= TODAY));
            prop_assert!(rules.approval == ApprovalRule::Automatic || request.approval == Approval::Given);
        }
    }

    #[test]
    fn deciding_one_agrees_with_the_list_of_those_due((queue, history, rules) in histories()) {
        let going = due(&queue, &history, rules, TODAY);
        for request in &queue {
            let decision = decided(request, &queue, &history, rules);
            prop_assert_eq!(decision == Decision::Granted, going.contains(&request.id));
        }
    }
}
