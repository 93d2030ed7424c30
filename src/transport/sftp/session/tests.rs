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

mod crowds;
mod hostile;
mod left_behind;
mod limits;
mod places;
mod streams;
mod uploads;

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
