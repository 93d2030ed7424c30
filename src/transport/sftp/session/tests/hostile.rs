//! What a hostile, a clumsy or an unlucky client does to a box that is not its own alone.

use std::{
    os::unix::fs::symlink,
    time::{Duration as Wait, Instant},
};

use super::*;

const COUNCIL: Account = Account::Council;

impl School {
    fn with(limits: Limits) -> Self {
        let mut school = Self::new();
        school.premises = Self::open_with(&school.dir, &school.hints, limits);
        school
    }

    fn front_box(&self) -> crate::boxes::handover::FrontBox {
        let front = Front::open(&self.path("front")).unwrap();
        front.school("8604001".parse().unwrap()).unwrap()
    }

    fn parts(&self) -> usize {
        self.front_box().parts().unwrap().len()
    }

    fn endings(&self) -> Vec<(String, Ending)> {
        let all = self.handed_over().into_iter();
        all.map(|(name, ending, _)| (name, ending)).collect()
    }

    fn sweep(&self) {
        self.premises.sweep(time::OffsetDateTime::now_utc());
    }
}

impl Client {
    fn fsetstat_size(&mut self, handle: &[u8], size: u64) -> Result<(), Status> {
        let mut body = 4_u32.to_be_bytes().to_vec();
        body.extend_from_slice(handle);
        body.extend_from_slice(&1_u32.to_be_bytes());
        body.extend_from_slice(&size.to_be_bytes());
        self.done(Ask::Other(number::FSETSTAT, &body))
    }

    fn read_some(&mut self, handle: &[u8], offset: u64, length: u32) -> usize {
        match self.ask(Ask::Read(handle, offset, length)) {
            Answer::Data(data) => data.len(),
            other => panic!("{other:?}"),
        }
    }
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
fn a_file_that_was_served_and_never_closed_is_touched_and_no_more() {
    let school = School::new();
    fs::write(school.outbox("a.age"), [7; 300]).unwrap();
    let mut client = school.client();
    let handle = client.open("outbox/a.age", number::TO_READ).unwrap();
    assert_eq!(client.read_some(&handle, 0, 300), 300);
    drop(client);
    assert_eq!(school.events(), [Served::Touched]);
}

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
