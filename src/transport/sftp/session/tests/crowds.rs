//! No client keeps others waiting.

use std::time::{Duration as Wait, Instant};

use super::*;

/// With one thread for all sessions, a school whose box is busy must not stop it.
#[test]
fn a_box_that_is_busy_keeps_no_other_school_waiting() {
    let school = School::new();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (mut one, two) = (school.client(), school.client());
    let House::School(school_box) = &two.session.house else {
        panic!()
    };
    let busy = school_box.view();
    let waits = runtime.spawn(async move { one.size("inbox/list.csv") });
    std::thread::sleep(Wait::from_millis(200));
    let other = runtime.spawn(async { 7 });
    let began = Instant::now();
    while !other.is_finished() && began.elapsed() < Wait::from_secs(5) {
        std::thread::sleep(Wait::from_millis(5));
    }
    let went_on = other.is_finished();
    assert!(!waits.is_finished());
    drop(busy);
    assert_eq!(runtime.block_on(waits).unwrap(), None);
    assert!(went_on, "the thread stood still");
}

#[test]
fn nobody_is_served_so_long_that_others_wait() {
    let school = School::new();
    let mut client = school.client();
    for name in ["a", "b", "c", "d", "e"] {
        client.put(&format!("inbox/{name}.csv"), b"x").unwrap();
    }
    let mut requests = BytesMut::new();
    for id in 0..60_000 {
        Ask::LStat(b"inbox").write(id, &mut requests);
        Ask::OpenDir(b"inbox/a.csv").write(id, &mut requests);
    }
    client.session.receive(&requests);
    let began = Instant::now();
    let progress = client
        .session
        .answer(&mut BytesMut::new(), usize::MAX)
        .unwrap();
    assert_eq!(progress, Progress::Full);
    assert!(began.elapsed() < Wait::from_millis(500));
}
