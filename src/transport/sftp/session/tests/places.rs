//! Who may do what where, and what is served.

use super::*;

#[test]
fn nothing_is_written_or_read_where_it_should_not_be() {
    let school = School::new();
    fs::write(school.outbox("a.age"), "sealed").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", school.outbox("link.age")).unwrap();
    fs::write(school.outbox(".tmp-half"), "x").unwrap();
    let mut client = school.client();
    for path in [
        "outbox/x",
        "receipts/x",
        "x",
        "inbox",
        "/",
        "inbox/a/b",
        "../x",
        "../../etc/x",
    ] {
        assert_eq!(
            client.put(path, b"x"),
            Err(Status::PermissionDenied),
            "{path}"
        );
    }
    for path in ["outbox/a.age", "README.txt"] {
        assert_eq!(
            client.done(Ask::Remove(path.as_bytes())),
            Err(Status::PermissionDenied)
        );
    }
    for path in [
        "outbox/link.age",
        "outbox/.tmp-half",
        "../../etc/passwd",
        "outbox/none",
        "inbox/a/b",
    ] {
        assert!(client.open(path, number::TO_READ).is_err(), "{path}");
    }
    assert_eq!(client.list("outbox"), ["a.age"]);
    assert_eq!(client.size("outbox/link.age"), None);
    client.put("inbox/list.csv", b"x").unwrap();
    let (status, _) = client.open("inbox/list.csv", number::TO_READ).unwrap_err();
    assert_eq!(status, Status::PermissionDenied);
    for kind in [
        number::MKDIR,
        number::RMDIR,
        number::SYMLINK,
        number::READLINK,
    ] {
        assert_eq!(
            client.done(Ask::Other(kind, b"\0\0\0\x01a\0\0\0\x01b")),
            Err(Status::PermissionDenied)
        );
    }
    for name in ["inbox/a\nb.csv", &format!("inbox/{}.csv", "x".repeat(252))] {
        assert_eq!(client.put(name, b"x"), Err(Status::Failure));
    }
    client.put("inbox/Übung mit Leerzeichen.csv", b"x").unwrap();
    client.done(Ask::Other(99, b"")).unwrap_err();
}

#[test]
fn what_a_key_may_not_do_is_refused() {
    let school = School::new();
    fs::write(school.outbox("a.age"), "sealed").unwrap();
    let account = Account::School("8604001".parse().unwrap());
    let mut sends = school.client_of(account, true, false);
    assert_eq!(
        sends.open("outbox/a.age", number::TO_READ).unwrap_err().0,
        Status::PermissionDenied
    );
    let mut collects = school.client_of(account, false, true);
    assert_eq!(
        collects.put("inbox/a.csv", b"x"),
        Err(Status::PermissionDenied)
    );
    assert!(collects.open("outbox/a.age", number::TO_READ).is_ok());
}

#[test]
fn a_destination_file_is_touched_before_its_first_byte_and_collected_by_its_last() {
    let school = School::new();
    fs::write(school.outbox("a.age"), [7; 300]).unwrap();
    let mut client = school.client();
    let handle = client.open("outbox/a.age", number::TO_READ).unwrap();
    assert_eq!(school.events(), []);
    for offset in [0, 200] {
        let Answer::Data(data) = client.ask(Ask::Read(&handle, offset, 100)) else {
            panic!()
        };
        assert_eq!(data.len(), 100);
    }
    client.done(Ask::Close(&handle)).unwrap();
    assert_eq!(school.events(), [Served::Touched]);
    let handle = client.open("outbox/a.age", number::TO_READ).unwrap();
    let _ = client.ask(Ask::Read(&handle, 100, 100));
    assert_eq!(client.done(Ask::Read(&handle, 300, 100)), Err(Status::Eof));
    client.done(Ask::Close(&handle)).unwrap();
    assert_eq!(school.events(), [Served::Touched, Served::Collected]);
}

#[test]
fn reading_on_in_a_file_that_was_taken_back_fails() {
    let school = School::new();
    fs::write(school.outbox("a.age"), [7; 300]).unwrap();
    let mut client = school.client();
    let handle = client.open("outbox/a.age", number::TO_READ).unwrap();
    let _ = client.ask(Ask::Read(&handle, 0, 100));
    fs::remove_file(school.outbox("a.age")).unwrap();
    let Answer::Status(Status::Failure, words) = client.ask(Ask::Read(&handle, 100, 100)) else {
        panic!()
    };
    assert!(words.contains("taken this file back"));
    client.done(Ask::Close(&handle)).unwrap();
    assert_eq!(school.events(), [Served::Touched]);
}

#[test]
fn the_council_sends_extracts_and_reads_reports() {
    let school = School::new();
    fs::write(school.path("council/reports/today.txt"), "all well").unwrap();
    let mut client = school.client_of(Account::Council, true, true);
    assert_eq!(client.list("/"), ["extracts", "reports"]);
    let handle = client.open("extracts/ccis.csv", WRITE).unwrap();
    client.done(Ask::Write(&handle, 0, &[b'x'; 4000])).unwrap();
    assert!(client.list("extracts").is_empty());
    client.done(Ask::Close(&handle)).unwrap();
    assert_eq!(client.list("extracts"), ["ccis.csv"]);
    assert_eq!(*school.hints.lock().unwrap(), [Hint::Extracts]);
    assert_eq!(client.size("extracts/ccis.csv"), Some(4000));
    client
        .rename("extracts/ccis.csv", "extracts/new.csv")
        .unwrap();
    let handle = client.open("reports/today.txt", number::TO_READ).unwrap();
    assert_eq!(
        client.ask(Ask::Read(&handle, 4, 100)),
        Answer::Data("well".into())
    );
    assert_eq!(client.put("reports/x", b"x"), Err(Status::PermissionDenied));
}
