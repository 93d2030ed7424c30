//! The limits that a session meets.

use super::*;

#[test]
fn a_file_that_is_too_large_is_no_upload_and_a_receipt_will_say_so() {
    let school = School::new();
    let mut client = school.client();
    let handle = client.open("inbox/list.csv", WRITE).unwrap();
    client.done(Ask::Write(&handle, 0, &[b'x'; 900])).unwrap();
    assert_eq!(
        client.done(Ask::Write(&handle, 900, &[b'x'; 101])),
        Err(Status::Failure)
    );
    assert_eq!(
        client.done(Ask::Write(&handle, 0, b"x")),
        Err(Status::Failure)
    );
    assert_eq!(client.done(Ask::Close(&handle)), Err(Status::Failure));
    assert_eq!(school.handed_over()[0].1, Ending::TooLarge);
}

#[test]
fn quotas_are_reserved_when_a_file_is_opened() {
    let school = School::new();
    let mut client = school.client();
    let open: Vec<_> = (0..5)
        .map(|n| client.open(&format!("inbox/{n}.csv"), WRITE).unwrap())
        .collect();
    let (status, words) = client.open("inbox/5.csv", WRITE).unwrap_err();
    assert_eq!(status, Status::Failure);
    assert!(words.contains("box is full"), "{words}");
    for handle in open {
        client.done(Ask::Write(&handle, 0, &[b'x'; 10])).unwrap();
        client.done(Ask::Close(&handle)).unwrap();
    }
    // A name that is taken away, or given to another file, leaves its bytes where they are.
    client.done(Ask::Remove(b"inbox/0.csv")).unwrap();
    client.put("inbox/1.csv", b"again").unwrap();
    let (_, words) = client.open("inbox/6.csv", WRITE).unwrap_err();
    assert!(words.contains("too many files"), "{words}");
    school.clear();
    client.put("inbox/6.csv", b"x").unwrap();
}

#[test]
fn what_is_kept_for_a_file_grows_with_it() {
    const MIB: u64 = 1 << 20;
    let mut school = School::new();
    let limits = Limits {
        max_bytes: 4 * MIB,
        box_quota: 5 * MIB,
        ..LIMITS
    };
    school.premises = School::open_with(&school.dir, &school.hints, limits);
    let mut client = school.client();
    let (small, large) = ("inbox/small.csv", "inbox/large.csv");
    let first = client.open(large, WRITE).unwrap();
    let others: Vec<_> = (0..3).map(|_| client.open(small, WRITE).unwrap()).collect();
    client.done(Ask::Write(&first, 0, b"a")).unwrap();
    client.done(Ask::Write(&first, 2 * MIB - 1, b"b")).unwrap();
    assert!(client.open(small, WRITE).is_err());
    assert_eq!(
        client.done(Ask::Write(&first, 2 * MIB, b"c")),
        Err(Status::Failure)
    );
    assert_eq!(client.done(Ask::Close(&first)), Err(Status::Failure));
    for other in others {
        client.done(Ask::Close(&other)).unwrap();
    }
    let endings: Vec<_> = school.handed_over().into_iter().map(|one| one.1).collect();
    assert_eq!(endings[0], Ending::CutShort);
    assert_eq!(endings[1..], [Ending::Complete; 3]);
}

#[test]
fn every_limit_that_is_met_is_counted() {
    let mut school = School::new();
    let counted = Arc::<Counted>::default();
    let mut met = |limits: Limits, meet: fn(&mut Client)| {
        school.clear();
        let counting = Arc::clone(&counted);
        school.premises = School::open_counting(&school.dir, &school.hints, limits, counting);
        meet(&mut school.client());
        std::mem::take(&mut *counted.limits.lock().unwrap())
    };
    let many = |client: &mut Client| {
        while client.open("inbox/a.csv", WRITE).is_ok() {}
    };
    assert_eq!(met(LIMITS, many), [Limit::Quota]);
    let few = Limits {
        max_files: 2,
        ..LIMITS
    };
    assert_eq!(met(few, many), [Limit::Files]);
    let one = Limits {
        max_handles: 1,
        ..LIMITS
    };
    assert_eq!(met(one, many), [Limit::Handles]);
    let full = Limits {
        spare_disk: u64::MAX,
        ..LIMITS
    };
    assert_eq!(met(full, many), [Limit::Disk]);
    let large = |client: &mut Client| {
        client.put("inbox/a.csv", &[b'x'; 1001]).unwrap_err();
    };
    assert_eq!(met(LIMITS, large), [Limit::Size]);
    let odd = |client: &mut Client| {
        client.put("inbox/a\nb.csv", b"x").unwrap_err();
    };
    assert_eq!(met(LIMITS, odd), [Limit::Names]);
    assert_eq!(counted.uploads.load(Ordering::Relaxed), 0);
}

#[test]
fn replies_stop_at_their_bound_and_go_on_where_they_stopped() {
    let school = School::new();
    fs::write(school.outbox("a.age"), [7; 300]).unwrap();
    let mut client = school.client();
    let handle = client.open("outbox/a.age", number::TO_READ).unwrap();
    let mut requests = BytesMut::new();
    for id in 0..100 {
        Ask::Read(&handle, 0, 300).write(id, &mut requests);
    }
    client.session.receive(&requests);
    let mut answered = 0;
    loop {
        let mut replies = BytesMut::new();
        let progress = client.session.answer(&mut replies, 1000).unwrap();
        assert!(replies.len() < 1000 + 313);
        answered += replies.len() / 313;
        if progress == Progress::Waiting {
            break;
        }
    }
    assert_eq!(answered, 100);
}
