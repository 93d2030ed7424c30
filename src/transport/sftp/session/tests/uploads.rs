//! What becomes of files that are sent: names, endings, restarts.

use super::*;

#[test]
fn a_clean_close_hands_a_file_over_and_its_name_stays_in_sight() {
    let school = School::new();
    let mut client = school.client();
    client.put("inbox/list.csv", b"one").unwrap();
    assert_eq!(
        school.complete(),
        [("list.csv".to_owned(), b"one".to_vec())]
    );
    assert_eq!(
        *school.hints.lock().unwrap(),
        [Hint::Inbox("8604001".parse().unwrap())]
    );
    assert_eq!(client.size("/inbox/list.csv"), Some(3));
    assert_eq!(client.list("inbox"), ["list.csv"]);
    assert_eq!(
        client.done(Ask::Other(
            number::SETSTAT,
            b"\0\0\0\x0einbox/list.csv\0\0\0\0"
        )),
        Ok(())
    );
    school.clear();
    assert_eq!(client.size("/inbox/list.csv"), None);
    assert!(client.list("inbox").is_empty());
}

#[test]
fn the_same_name_again_is_another_upload_and_neither_is_lost() {
    let school = School::new();
    let mut client = school.client();
    client.put("inbox/list.csv", b"one").unwrap();
    client.put("inbox/list.csv", b"longer").unwrap();
    let all = school.complete();
    assert_eq!(all.len(), 2);
    assert_eq!(
        (all[0].1.as_slice(), all[1].1.as_slice()),
        (b"one".as_slice(), b"longer".as_slice())
    );
    assert_eq!(client.size("inbox/list.csv"), Some(6));
    assert_eq!(client.list("inbox"), ["list.csv"]);
}

#[test]
fn a_temporary_name_is_an_upload_when_it_is_renamed_as_winscp_and_lftp_do() {
    let school = School::new();
    let mut client = school.client();
    client.put("inbox/list.csv", b"old").unwrap();
    client.put("inbox/list.csv.filepart", b"new").unwrap();
    assert_eq!(client.list("inbox"), ["list.csv", "list.csv.filepart"]);
    client.done(Ask::Remove(b"inbox/list.csv")).unwrap();
    client
        .rename("inbox/list.csv.filepart", "inbox/list.csv")
        .unwrap();
    assert_eq!(school.complete().len(), 2);
    assert_eq!(client.list("inbox"), ["list.csv"]);
    client.put("inbox/.in.more.csv", b"x").unwrap();
    client.put("inbox/more.csv", b"earlier").unwrap();
    client
        .rename("inbox/.in.more.csv", "inbox/more.csv")
        .unwrap();
    let names: Vec<_> = school
        .complete()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["list.csv", "list.csv", "more.csv", "more.csv"]);
    assert_eq!(client.size("inbox/more.csv"), Some(1));
}

#[test]
fn removing_hides_a_name_and_never_takes_an_upload_back() {
    let school = School::new();
    let mut client = school.client();
    client.put("inbox/list.csv", b"one").unwrap();
    client.done(Ask::Remove(b"inbox/list.csv")).unwrap();
    assert_eq!(client.size("inbox/list.csv"), None);
    assert_eq!(school.complete().len(), 1);
    assert_eq!(
        client.done(Ask::Remove(b"inbox/list.csv")),
        Err(Status::NoSuchFile)
    );
    client.put("inbox/a.part", b"x").unwrap();
    client.done(Ask::Remove(b"inbox/a.part")).unwrap();
    let handle = client.open("inbox/b.csv", WRITE).unwrap();
    client.done(Ask::Remove(b"inbox/b.csv")).unwrap();
    client.done(Ask::Close(&handle)).unwrap();
    assert_eq!(school.complete().len(), 1);
}

#[test]
fn a_new_name_is_a_new_upload_only_if_it_makes_the_file_another_kind() {
    let school = School::new();
    let mut client = school.client();
    client.put("inbox/list.csv", b"one").unwrap();
    client
        .rename("inbox/list.csv", "inbox/year 11.csv")
        .unwrap();
    assert_eq!(school.complete().len(), 1);
    client
        .rename("inbox/year 11.csv", "inbox/withdrawn.csv")
        .unwrap();
    let all = school.complete();
    assert_eq!(all[1], ("withdrawn.csv".to_owned(), b"one".to_vec()));
    client
        .rename("inbox/withdrawn.csv", "inbox/withdraw 2.csv")
        .unwrap();
    assert_eq!(school.complete().len(), 2);
    assert_eq!(
        client.rename("inbox/nothing.csv", "inbox/x.csv"),
        Err(Status::NoSuchFile)
    );
    assert_eq!(
        client.rename("inbox/withdraw 2.csv", "outbox/x.csv"),
        Err(Status::PermissionDenied)
    );
}

#[test]
fn a_session_that_ends_with_a_file_open_has_sent_nothing() {
    let school = School::new();
    let mut client = school.client();
    let handle = client.open("inbox/list.csv", WRITE).unwrap();
    client.done(Ask::Write(&handle, 0, b"half")).unwrap();
    assert_eq!(client.size("inbox/list.csv"), Some(4));
    drop(client);
    assert_eq!(
        school.handed_over(),
        [("list.csv".to_owned(), Ending::CutShort, b"half".to_vec())]
    );
    assert_eq!(school.client().size("inbox/list.csv"), None);
}

#[test]
fn writes_may_come_in_any_order_but_gaps_and_appending_are_refused() {
    let school = School::new();
    let mut client = school.client();
    let handle = client.open("inbox/list.csv", WRITE).unwrap();
    client.done(Ask::Write(&handle, 3, b"def")).unwrap();
    client.done(Ask::Write(&handle, 0, b"abc")).unwrap();
    client.done(Ask::Close(&handle)).unwrap();
    assert_eq!(school.complete()[0].1, b"abcdef");
    let handle = client.open("inbox/resumed.csv", WRITE).unwrap();
    client.done(Ask::Write(&handle, 100, b"rest")).unwrap();
    assert_eq!(client.done(Ask::Close(&handle)), Err(Status::Failure));
    assert_eq!(school.handed_over()[1].1, Ending::CutShort);
    let (status, words) = client
        .open("inbox/list.csv", number::TO_WRITE | number::TO_APPEND)
        .unwrap_err();
    assert_eq!(status, Status::Failure);
    assert!(words.contains("whole file"));
    let exclusive = WRITE | number::EXCLUSIVE;
    assert_eq!(
        client.open("inbox/list.csv", exclusive).unwrap_err().0,
        Status::Failure
    );
}

#[test]
fn a_restart_shows_what_lingers_and_gives_up_what_was_open() {
    let mut school = School::new();
    let mut client = school.client();
    client.put("inbox/list.csv", b"one").unwrap();
    client.put("inbox/late.csv.part", b"two").unwrap();
    let handle = client.open("inbox/half.csv", WRITE).unwrap();
    client.done(Ask::Write(&handle, 0, b"ha")).unwrap();
    std::mem::forget(client);
    school.restart();
    let mut client = school.client();
    assert_eq!(client.list("inbox"), ["late.csv.part", "list.csv"]);
    client
        .rename("inbox/late.csv.part", "inbox/late.csv")
        .unwrap();
    let all = school.handed_over();
    let told: Vec<_> = all
        .iter()
        .map(|(name, ending, _)| (name.as_str(), *ending))
        .collect();
    assert_eq!(
        told,
        [
            ("list.csv", Ending::Complete),
            ("half.csv", Ending::CutShort),
            ("late.csv", Ending::Complete),
        ]
    );
}

#[test]
fn what_lies_unfinished_for_too_long_is_given_up() {
    let school = School::new();
    let mut client = school.client();
    client.put("inbox/late.csv.part", b"two").unwrap();
    let now = time::OffsetDateTime::now_utc();
    school.premises.sweep(now + Duration::minutes(59));
    assert_eq!(client.list("inbox"), ["late.csv.part"]);
    school.premises.sweep(now + Duration::minutes(61));
    assert!(client.list("inbox").is_empty());
    assert_eq!(school.handed_over()[0].1, Ending::Abandoned);
}
