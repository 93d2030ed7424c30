use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::BytesMut;
use time::Duration;

use super::{super::wire::*, *};
use crate::{
    boxes::handover::{Ending, Front, Served},
    transport::{
        sftp::{Account, Limits, Places, Premises, Tally},
        watch::Hint,
    },
};

mod hostile;

struct School {
    dir: tempfile::TempDir,
    premises: Premises,
    hints: Arc<Mutex<Vec<Hint>>>,
}

struct Client {
    session: Session,
    ids: u32,
}

#[derive(Default)]
struct Counted {
    uploads: AtomicUsize,
    limits: Mutex<Vec<Limit>>,
}

impl Tally for Counted {
    fn upload(&self) {
        self.uploads.fetch_add(1, Ordering::Relaxed);
    }
    fn collected(&self) {}
    fn limited(&self, limit: Limit) {
        self.limits.lock().unwrap().push(limit);
    }
    fn incomplete(&self) {}
}

const KEY: &str = "SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const WRITE: u32 = number::TO_WRITE | number::TO_CREATE | number::TO_TRUNCATE;

/// Verbs that are refused unread.
const NEVER: [u8; 4] = [
    number::MKDIR,
    number::RMDIR,
    number::SYMLINK,
    number::READLINK,
];

const LIMITS: Limits = Limits {
    max_bytes: 1000,
    max_extract: 5000,
    box_quota: 5000,
    max_files: 6,
    max_handles: 8,
    unfinished: Duration::HOUR,
    spare_disk: 0,
};

impl School {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folders = ["inbox", "outbox", "receipts"].map(|name| format!("boxes/8604001/{name}"));
        let council = ["council/extracts", "council/reports"].map(str::to_owned);
        for folder in folders.into_iter().chain(council) {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        let hints = Arc::<Mutex<Vec<Hint>>>::default();
        let premises = Self::open(&dir, &hints);
        Self {
            dir,
            premises,
            hints,
        }
    }

    fn open(dir: &tempfile::TempDir, hints: &Arc<Mutex<Vec<Hint>>>) -> Premises {
        Self::open_with(dir, hints, LIMITS)
    }

    fn open_with(
        dir: &tempfile::TempDir,
        hints: &Arc<Mutex<Vec<Hint>>>,
        limits: Limits,
    ) -> Premises {
        Self::open_counting(dir, hints, limits, Arc::default())
    }

    fn open_counting(
        dir: &tempfile::TempDir,
        hints: &Arc<Mutex<Vec<Hint>>>,
        limits: Limits,
        counted: Arc<Counted>,
    ) -> Premises {
        let [boxes, front, council] =
            ["boxes", "front", "council"].map(|name| dir.path().join(name));
        let places = Places {
            boxes: &boxes,
            front: &front,
            council: &council,
        };
        let heard = Arc::clone(hints);
        let hint = move |hint| heard.lock().unwrap().push(hint);
        Premises::open(places, limits, counted, hint).unwrap()
    }

    fn restart(&mut self) {
        self.premises = Self::open(&self.dir, &self.hints);
        self.premises.recover().unwrap();
    }

    fn path(&self, within: &str) -> PathBuf {
        self.dir.path().join(within)
    }

    fn outbox(&self, name: &str) -> PathBuf {
        self.path("boxes/8604001/outbox").join(name)
    }

    fn client(&self) -> Client {
        self.client_of(Account::School("8604001".parse().unwrap()), true, true)
    }

    fn client_of(&self, account: Account, may_upload: bool, may_collect: bool) -> Client {
        let visitor = Visitor {
            account,
            key: KEY.into(),
            person: 0,
            may_upload,
            may_collect,
        };
        let session = self.premises.welcome(visitor).unwrap();
        let mut client = Client { session, ids: 0 };
        assert_eq!(client.ask(Ask::Init), Answer::Version(3));
        client
    }

    /// What was handed over: name, ending, bytes.
    fn handed_over(&self) -> Vec<(String, Ending, Vec<u8>)> {
        let front = Front::open(&self.path("front")).unwrap();
        let school = front.school("8604001".parse().unwrap()).unwrap();
        let uploads = school.uploads().unwrap().into_iter();
        uploads
            .map(|upload| {
                assert_eq!(upload.slip.by, KEY);
                let folder = self.path("front/boxes/8604001");
                let bytes = fs::read(folder.join(format!("{}.upload", upload.id))).unwrap();
                let name = upload.slip.name.into_string().unwrap();
                (name, upload.slip.ending, bytes)
            })
            .collect()
    }

    fn complete(&self) -> Vec<(String, Vec<u8>)> {
        self.handed_over()
            .into_iter()
            .map(|(name, ending, bytes)| {
                assert_eq!(ending, Ending::Complete);
                (name, bytes)
            })
            .collect()
    }

    fn events(&self) -> Vec<Served> {
        let front = Front::open(&self.path("front")).unwrap();
        let events = front.events().unwrap().into_iter();
        events.map(|(_, event)| event.what).collect()
    }

    fn clear(&self) {
        let front = Front::open(&self.path("front")).unwrap();
        let school = front.school("8604001".parse().unwrap()).unwrap();
        for upload in school.uploads().unwrap() {
            school.remove(&upload.id).unwrap();
        }
    }
}

impl Client {
    fn ask(&mut self, ask: Ask<'_>) -> Answer {
        self.ids += 1;
        let (mut request, mut reply) = (BytesMut::new(), BytesMut::new());
        ask.write(self.ids, &mut request);
        self.session.receive(&request);
        assert_eq!(
            self.session.answer(&mut reply, 1),
            Ok(Progress::Full),
            "one reply to each request"
        );
        let mut frames = Frames::default();
        frames.push(&reply);
        let packet = frames.next_packet().unwrap().unwrap();
        assert_eq!(frames.waiting(), 0);
        let (id, answer) = read_answer(&packet).unwrap();
        if ask != Ask::Init {
            assert_eq!(id, self.ids);
        }
        answer
    }

    fn open(&mut self, path: &str, bits: u32) -> Result<Vec<u8>, (Status, String)> {
        match self.ask(Ask::Open(path.as_bytes(), bits)) {
            Answer::Handle(handle) => Ok(handle),
            Answer::Status(status, words) => Err((status, words)),
            other => panic!("{other:?}"),
        }
    }

    fn done(&mut self, ask: Ask<'_>) -> Result<(), Status> {
        match self.ask(ask) {
            Answer::Status(Status::Ok, _) => Ok(()),
            Answer::Status(status, words) => {
                assert!(words.ends_with('.'), "a sentence: {words}");
                Err(status)
            }
            other => panic!("{other:?}"),
        }
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), Status> {
        let handle = self.open(path, WRITE).map_err(|(status, _)| status)?;
        self.done(Ask::Write(&handle, 0, bytes))?;
        self.done(Ask::Close(&handle))
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), Status> {
        self.done(Ask::Rename(from.as_bytes(), to.as_bytes()))
    }

    fn size(&mut self, path: &str) -> Option<u64> {
        match self.ask(Ask::LStat(path.as_bytes())) {
            Answer::Attributes(attributes) => attributes.size,
            Answer::Status(Status::NoSuchFile, _) => None,
            other => panic!("{other:?}"),
        }
    }

    fn list(&mut self, path: &str) -> Vec<String> {
        let Answer::Handle(handle) = self.ask(Ask::OpenDir(path.as_bytes())) else {
            panic!("no list of {path}");
        };
        let mut all = Vec::new();
        while let Answer::Names(names) = self.ask(Ask::ReadDir(&handle)) {
            all.extend(
                names
                    .into_iter()
                    .map(|(name, _)| String::from_utf8(name).unwrap()),
            );
        }
        self.done(Ask::Close(&handle)).unwrap();
        all.retain(|name| !name.starts_with('.'));
        all
    }
}

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

#[test]
fn a_stream_that_is_no_sftp_is_given_up() {
    let school = School::new();
    let broken = |bytes: &[u8]| {
        let visitor = school.client().session.visitor.clone();
        let mut session = school.premises.welcome(visitor).unwrap();
        session.receive(bytes);
        session.answer(&mut BytesMut::new(), 1000).unwrap_err()
    };
    assert_eq!(broken(b"\0\0\0\x05\x03\0\0\0\x01"), Broken::NoGreeting);
    assert_eq!(broken(b"SSH-2.0-lost\r\n"), Broken::TooLong(0x5353_482d));
    assert_eq!(broken(b"\0\0\0\0"), Broken::Empty);
    assert_eq!(
        broken(b"\0\0\0\x05\x01\0\0\0\x03\0\0\0\x05\x01\0\0\0\x03"),
        Broken::NoGreeting
    );
}

#[test]
fn a_request_that_holds_too_little_is_answered_under_its_id() {
    let school = School::new();
    let mut client = school.client();
    for kind in (3..=20).filter(|kind| !NEVER.contains(kind)) {
        assert_eq!(
            client.done(Ask::Other(kind, b"\0\0\0\x09a")),
            Err(Status::BadMessage),
            "{kind}"
        );
    }
    assert_eq!(
        client.done(Ask::Other(number::EXTENDED, b"")),
        Err(Status::BadMessage)
    );
    assert_eq!(
        client.done(Ask::Other(number::EXTENDED, b"\0\0\0\x01x")),
        Err(Status::Unsupported)
    );
}
