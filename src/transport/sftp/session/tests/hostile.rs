//! What a hostile, a clumsy or an unlucky client does to a box that is not its own alone.

use std::os::unix::fs::symlink;

use super::*;

const COUNCIL: Account = Account::Council;

#[test]
fn a_name_that_is_open_twice_still_counts_whatever_is_closed_under_it() {
    let school = School::new();
    let mut client = school.client();
    let mut open = client.open("inbox/list.csv", WRITE).unwrap();
    let mut refused = false;
    for _ in 0..20 {
        let Ok(next) = client.open("inbox/list.csv", WRITE) else {
            refused = true;
            break;
        };
        client.done(Ask::Write(&open, 0, &[b'x'; 900])).unwrap();
        client.done(Ask::Close(&open)).unwrap();
        open = next;
    }
    assert!(refused);
    let bytes: usize = school.complete().iter().map(|(_, b)| b.len()).sum();
    assert!(bytes <= 5000, "{bytes}");
}

#[test]
fn a_temporary_name_given_to_a_newer_file_leaves_no_bytes_behind() {
    let school = School::new();
    let mut client = school.client();
    let old = client.open("inbox/a.part", WRITE).unwrap();
    let new = client.open("inbox/a.part", WRITE).unwrap();
    client.done(Ask::Write(&old, 0, b"old")).unwrap();
    client.done(Ask::Write(&new, 0, b"newer")).unwrap();
    client.done(Ask::Close(&old)).unwrap();
    assert_eq!(school.parts(), 1);
    client.done(Ask::Close(&new)).unwrap();
    assert_eq!(school.parts(), 1);
    client.rename("inbox/a.part", "inbox/a.csv").unwrap();
    assert_eq!(school.complete(), [("a.csv".to_owned(), b"newer".to_vec())]);
    assert_eq!(school.parts(), 0);
}

#[test]
fn of_two_files_under_one_name_the_one_that_is_closed_last_is_seen() {
    let school = School::new();
    let (mut one, mut other) = (school.client(), school.client());
    let first = one.open("inbox/list.csv", WRITE).unwrap();
    one.done(Ask::Write(&first, 0, b"first")).unwrap();
    other.put("inbox/.in.list.csv", b"second").unwrap();
    other
        .rename("inbox/.in.list.csv", "inbox/list.csv")
        .unwrap();
    assert_eq!(other.size("inbox/list.csv"), Some(6));
    one.done(Ask::Close(&first)).unwrap();
    assert_eq!(one.size("inbox/list.csv"), Some(5));
    assert_eq!(school.complete().len(), 2);
}

#[test]
fn what_did_not_arrive_takes_up_room_until_the_daemon_has_cleared_it() {
    let school = School::new();
    let mut client = school.client();
    let mut begun = 0;
    while let Ok(handle) = client.open("inbox/list.csv", WRITE) {
        begun += 1;
        assert!(begun <= 6, "more files than an inbox has");
        client.done(Ask::Write(&handle, 0, &[b'x'; 700])).unwrap();
        let _ = client.done(Ask::Write(&handle, 700, &[b'x'; 700]));
        assert_eq!(client.done(Ask::Close(&handle)), Err(Status::Failure));
    }
    assert!(school.endings().iter().all(|(_, e)| *e == Ending::TooLarge));
    school.clear();
    client.put("inbox/list.csv", b"x").unwrap();
}

#[test]
fn renaming_to_and_fro_makes_no_more_copies_than_there_is_room_for() {
    let school = School::new();
    let mut client = school.client();
    client.put("inbox/list.csv", &[b'x'; 900]).unwrap();
    let (mut name, mut other) = ("inbox/list.csv", "inbox/withdrawn.csv");
    let mut refused = false;
    for _ in 0..20 {
        if client.rename(name, other).is_err() {
            refused = true;
            break;
        }
        std::mem::swap(&mut name, &mut other);
    }
    assert!(refused);
    assert!(school.complete().len() <= 6);
    assert_eq!(
        client.size(name),
        Some(900),
        "a name that was not given stays"
    );
    assert_eq!(client.size(other), None);
}

#[test]
fn a_rename_that_can_send_nothing_again_says_so() {
    let school = School::new();
    let mut client = school.client();
    client.put("inbox/list.csv", b"one").unwrap();
    let [upload] = &school.front_box().uploads().unwrap()[..] else {
        panic!()
    };
    // The daemon is just clearing it away.
    fs::remove_file(school.path(&format!("front/boxes/8604001/{}.slip", upload.id))).unwrap();
    assert_eq!(
        client.rename("inbox/list.csv", "inbox/withdrawn.csv"),
        Err(Status::NoSuchFile)
    );
    assert_eq!(client.size("inbox/withdrawn.csv"), None);
}

#[test]
fn somebody_elses_remove_takes_no_acknowledged_upload_back() {
    let school = School::new();
    let (mut sender, mut other) = (school.client(), school.client());
    let handle = sender.open("inbox/list.csv", WRITE).unwrap();
    sender.done(Ask::Write(&handle, 0, b"all")).unwrap();
    other.done(Ask::Remove(b"inbox/list.csv")).unwrap();
    assert_eq!(other.size("inbox/list.csv"), None);
    sender.done(Ask::Close(&handle)).unwrap();
    assert_eq!(
        school.complete(),
        [("list.csv".to_owned(), b"all".to_vec())]
    );
    assert_eq!(sender.size("inbox/list.csv"), None);
    // Who takes back the own file while it is open has sent nothing.
    let handle = sender.open("inbox/list.csv", WRITE).unwrap();
    sender.done(Ask::Remove(b"inbox/list.csv")).unwrap();
    sender.done(Ask::Close(&handle)).unwrap();
    assert_eq!(school.complete().len(), 1);
    assert_eq!(school.parts(), 0);
}

#[test]
fn a_file_renamed_while_it_is_open_is_an_upload_under_its_last_name() {
    let school = School::new();
    let mut client = school.client();
    let handle = client.open("inbox/a.csv.filepart", WRITE).unwrap();
    client.done(Ask::Write(&handle, 0, b"abc")).unwrap();
    client
        .rename("inbox/a.csv.filepart", "inbox/a.csv")
        .unwrap();
    assert!(school.complete().is_empty());
    client.done(Ask::Write(&handle, 3, b"def")).unwrap();
    client.done(Ask::Close(&handle)).unwrap();
    assert_eq!(
        school.complete(),
        [("a.csv".to_owned(), b"abcdef".to_vec())]
    );
    assert_eq!(client.list("inbox"), ["a.csv"]);
}

#[test]
fn a_session_that_ends_with_many_files_open_has_sent_none_of_them() {
    let school = School::new();
    let mut client = school.client();
    for name in ["a.csv", "b.csv.filepart", "c.csv"] {
        let handle = client.open(&format!("inbox/{name}"), WRITE).unwrap();
        client.done(Ask::Write(&handle, 0, b"half")).unwrap();
    }
    client.done(Ask::Remove(b"inbox/c.csv")).unwrap();
    client.session.end();
    let mut told = school.endings();
    told.sort_by(|a, b| a.0.cmp(&b.0));
    let cut = |name: &str| (name.to_owned(), Ending::CutShort);
    assert_eq!(told, [cut("a.csv"), cut("b.csv.filepart")]);
    assert_eq!(school.parts(), 0);
}

#[test]
fn a_size_that_was_promised_and_not_kept_is_no_upload() {
    let school = School::new();
    let mut client = school.client();
    let handle = client.open("inbox/a.csv", WRITE).unwrap();
    client.fsetstat_size(&handle, 10).unwrap();
    client.done(Ask::Write(&handle, 0, b"half")).unwrap();
    assert_eq!(client.done(Ask::Close(&handle)), Err(Status::Failure));
    // Cut in the middle of a gap: two bytes were never sent.
    let handle = client.open("inbox/b.csv", WRITE).unwrap();
    client.done(Ask::Write(&handle, 0, b"12345")).unwrap();
    client.done(Ask::Write(&handle, 10, b"12345")).unwrap();
    client.fsetstat_size(&handle, 7).unwrap();
    assert_eq!(client.done(Ask::Close(&handle)), Err(Status::Failure));
    assert!(school.endings().iter().all(|(_, e)| *e == Ending::CutShort));
    let handle = client.open("inbox/c.csv", WRITE).unwrap();
    client.fsetstat_size(&handle, 100).unwrap();
    client.done(Ask::Write(&handle, 0, b"12345")).unwrap();
    client.fsetstat_size(&handle, 5).unwrap();
    client.done(Ask::Close(&handle)).unwrap();
    assert_eq!(
        school.handed_over()[2],
        ("c.csv".to_owned(), Ending::Complete, b"12345".to_vec())
    );
}

#[test]
fn writing_on_in_a_file_is_refused_when_it_is_opened() {
    let school = School::new();
    let mut client = school.client();
    client.put("inbox/list.csv.part", b"half").unwrap();
    for path in ["inbox/list.csv.part", "inbox/new.csv"] {
        for bits in [number::TO_WRITE, number::TO_WRITE | number::TO_READ] {
            let (status, words) = client.open(path, bits).unwrap_err();
            assert_eq!(status, Status::Failure);
            assert!(words.contains("whole file"), "{words}");
        }
    }
    assert_eq!(client.size("inbox/list.csv.part"), Some(4));
    // sshfs empties what it opens.
    let bits = number::TO_WRITE | number::TO_TRUNCATE;
    assert!(client.open("inbox/list.csv.part", bits).is_ok());
}

#[test]
fn an_extract_of_which_a_write_failed_is_none() {
    let school = School::new();
    let mut client = school.client_of(COUNCIL, true, true);
    let handle = client.open("extracts/ccis.csv", WRITE).unwrap();
    client.done(Ask::Write(&handle, 0, &[b'x'; 4000])).unwrap();
    assert_eq!(
        client.done(Ask::Write(&handle, 4000, &[b'x'; 2000])),
        Err(Status::Failure)
    );
    // Many clients close politely after a failure.
    assert_eq!(client.done(Ask::Close(&handle)), Err(Status::Failure));
    assert!(client.list("extracts").is_empty());
    let handle = client.open("extracts/ccis.csv", WRITE).unwrap();
    client.fsetstat_size(&handle, 4000).unwrap();
    client.done(Ask::Write(&handle, 0, &[b'x'; 100])).unwrap();
    assert_eq!(client.done(Ask::Close(&handle)), Err(Status::Failure));
    assert!(client.list("extracts").is_empty());
    let left = fs::read_dir(school.path("council/extracts")).unwrap();
    assert_eq!(left.count(), 0);
}

#[test]
fn a_name_that_no_file_can_have_is_simply_not_there() {
    let school = School::new();
    symlink("/etc/passwd", school.outbox("link.age")).unwrap();
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        school.outbox("fifo.age"),
        rustix::fs::Mode::RUSR,
    )
    .unwrap();
    fs::create_dir(school.outbox("folder.age")).unwrap();
    let long = format!("{}.age", "x".repeat(300));
    let mut client = school.client();
    for name in ["link.age", "fifo.age", "folder.age", "a\0b", &long, ".tmp"] {
        for area in ["outbox", "receipts"] {
            let path = format!("{area}/{name}");
            let (status, _) = client.open(&path, number::TO_READ).unwrap_err();
            assert_eq!(status, Status::NoSuchFile, "{path}");
            assert_eq!(client.size(&path), None);
        }
        assert_eq!(client.size(&format!("inbox/{name}")), None);
        assert_eq!(client.size(name), None);
    }
    assert!(client.list("outbox").is_empty());
}

#[test]
fn a_name_that_was_removed_stays_away_while_its_upload_waits() {
    let school = School::new();
    let mut client = school.client();
    client.put("inbox/list.csv", b"one").unwrap();
    client.done(Ask::Remove(b"inbox/list.csv")).unwrap();
    drop(client);
    school.sweep();
    assert_eq!(school.client().size("inbox/list.csv"), None);
}

#[test]
fn who_reads_the_rest_after_a_cut_has_collected_the_file() {
    let school = School::new();
    fs::write(school.outbox("a.age"), [7; 300]).unwrap();
    let mut client = school.client();
    let handle = client.open("outbox/a.age", number::TO_READ).unwrap();
    assert_eq!(client.read_some(&handle, 0, 200), 200);
    drop(client);
    school.sweep();
    assert_eq!(school.events(), [Served::Touched]);
    let mut client = school.client();
    let handle = client.open("outbox/a.age", number::TO_READ).unwrap();
    assert_eq!(client.read_some(&handle, 200, 200), 100);
    client.done(Ask::Close(&handle)).unwrap();
    let events = school.events();
    assert_eq!(events.last(), Some(&Served::Collected), "{events:?}");
}

#[test]
fn a_file_that_was_served_and_never_closed_is_touched_and_no_more() {
    let school = School::new();
    fs::write(school.outbox("a.age"), [7; 300]).unwrap();
    let mut client = school.client();
    let handle = client.open("outbox/a.age", number::TO_READ).unwrap();
    assert_eq!(client.read_some(&handle, 0, 300), 300);
    drop(client);
    assert_eq!(school.events(), [Served::Touched]);
}
