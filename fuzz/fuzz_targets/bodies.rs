//! The bodies of requests, discrepancies and confirmations: text within its bounds, and ids that stand in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pillarbox::reading::{
    Body, Contents, Limits, confirmed_notices, contents, notice_ids, release_ids, request_reason,
};

fuzz_target!(|data: &[u8]| {
    for name in [
        "request.txt",
        "request",
        "request.docx",
        "discrepancy.csv",
        "destroyed.txt",
    ] {
        let Ok(read) = contents(name, data, &Limits::LISTS) else {
            continue;
        };
        let Contents::Text(body) = read else {
            panic!("{name} is no list");
        };
        judge(&body);
    }
});

fn judge(body: &Body) {
    let text = body.text();
    assert!(text.chars().count() <= 1 << 18);
    assert!(
        text.chars()
            .all(|c| !c.is_control() || matches!(c, '\n' | '\t'))
    );
    let notices = notice_ids(text);
    let releases = release_ids(text);
    ids_stand_in(text, notices.iter().map(|id| ('D', id.number())));
    ids_stand_in(text, releases.iter().map(|id| ('R', id.number())));
    match (request_reason(body), confirmed_notices(body)) {
        (Ok(reason), Ok(confirmed)) => {
            assert!(reason.chars().count() <= 500);
            assert!(
                reason.chars().all(|c| !c.is_control()),
                "a reason is one line"
            );
            assert_eq!(reason.trim_end(), reason.trim());
            assert_eq!(confirmed, notices);
        }
        (Err(reason), Err(confirmed)) => assert_eq!(reason, confirmed),
        _ => panic!("a body lists pupils for both or for none"),
    }
}

/// Each once, and each written somewhere: the letter, perhaps zeros, the number.
fn ids_stand_in(text: &str, ids: impl Iterator<Item = (char, u64)>) {
    let ids: Vec<(char, u64)> = ids.collect();
    assert!(ids.len() <= 10_000);
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len());
    let upper = text.to_uppercase();
    for (letter, number) in ids.iter().take(20) {
        let mut behind = upper.split(*letter).skip(1);
        let digits = |rest: &str| {
            rest.chars()
                .map_while(|c| c.to_digit(10))
                .fold(0, |n: u64, digit| {
                    n.wrapping_mul(10).wrapping_add(u64::from(digit))
                })
        };
        assert!(behind.any(|rest| digits(rest) == *number));
    }
}
