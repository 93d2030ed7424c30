//! A made-up council in memory, its house opened for one act after the other as the commands do, and what can
//! be seen of it from outside: receipts, and the files in the outboxes as the schools open them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::OnceLock,
    thread::sleep,
    time::{Duration, SystemTime},
};

use age::{secrecy::ExposeSecret, x25519};
use pillarbox::{
    boxes::handover::{Ending, Event, Front, Served, Slip},
    config::{KeyFile, Settings},
    domain::ids::SubmissionId,
    flow::{
        command::{Command, Reply, perform},
        house::House,
        pass,
    },
    ledger::{Actor, ExtractState, Ledger, Scope, TrailProof},
    seal::{IntakeKey, ReceiptKey, open_file},
    vault::{LedgerKey, Vault},
};
use serde_json::Value;
use tempfile::TempDir;
use time::{Date, OffsetDateTime};

use crate::{
    acts::{Names, RecordIs, Says},
    days::Lasts,
    model::{Kind, Model, School, Told, Upload},
    people::{PERSONS, PUPILS, Pupil, SCHOOLS, upn},
};

/// The council.
pub(crate) struct World {
    root: TempDir,
    settings: Settings,
    /// What was opened already: a file's content never changes.
    opened: BTreeMap<PathBuf, Opened>,
    /// Receipts that were read already.
    receipts: BTreeMap<PathBuf, Receipt>,
    files: usize,
}

/// A destination file as it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) rows: BTreeMap<usize, [String; 4]>,
    pub(crate) opens_for: BTreeSet<usize>,
}

/// What matters of a receipt.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    pub(crate) school: usize,
    pub(crate) json: Value,
    pub(crate) at: OffsetDateTime,
}

/// How an act on the house ended.
pub(crate) enum Ended<T> {
    Done(T),
    /// It died at this step.
    Died(&'static str),
}

/// Where the process is to die, after having passed the place so often.
pub(crate) type DieAt = Option<(&'static str, u32)>;

impl World {
    pub(crate) fn new(lasts: Lasts, year12_hold: bool) -> Self {
        let memory = Path::new("/dev/shm");
        let root = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        let root = root.unwrap();
        fs::create_dir(root.path().join("schools.d")).unwrap();
        let file = root.path().join("pillarbox.toml");
        fs::write(&file, settings(root.path(), lasts, year12_hold)).unwrap();
        Self {
            settings: Settings::load(&file).unwrap(),
            root,
            opened: BTreeMap::new(),
            receipts: BTreeMap::new(),
            files: 0,
        }
    }

    // ---- acts

    /// Makes what a house makes when it is opened: folders, boxes, the ledger.
    pub(crate) fn found(&self, at: OffsetDateTime) {
        let _ = self.with_house(at, None, |_| ());
    }

    /// One pass over all that is due.
    pub(crate) fn pass(&self, at: OffsetDateTime, die_at: DieAt) -> Ended<()> {
        self.with_house(at, die_at, |house| {
            pass::once(house).unwrap();
            assert_eq!(house.troubles(), Vec::<String>::new());
        })
    }

    /// One command of an operator.
    pub(crate) fn command(
        &self,
        command: &Command,
        at: OffsetDateTime,
        die_at: DieAt,
    ) -> Ended<Reply> {
        let operator = Actor::Operator {
            name: "model".to_owned(),
            uid: 0,
        };
        self.with_house(at, die_at, |house| {
            pass::recover(house).unwrap();
            perform(house, command.clone(), &operator).unwrap()
        })
    }

    fn with_house<T>(
        &self,
        at: OffsetDateTime,
        die_at: DieAt,
        act: impl FnOnce(&mut House) -> T,
    ) -> Ended<T> {
        let (mut house, complaints) = House::open(self.settings.clone(), None, Some(at)).unwrap();
        assert!(complaints.is_empty(), "{complaints:?}");
        dying::arm(die_at);
        let done = catch_unwind(AssertUnwindSafe(|| act(&mut house)));
        dying::arm(None);
        match done {
            Ok(done) => Ended::Done(done),
            Err(payload) => {
                Ended::Died(dying::step(&*payload).unwrap_or_else(|| resume_unwind(payload)))
            }
        }
    }

    /// Lays a file where the next pass finds it.
    pub(crate) fn send(&mut self, school: usize, upload: &Upload) {
        if upload.by_folder {
            // A file's times are behind the clock by up to a tick of the kernel.
            sleep(Duration::from_millis(6));
            self.put(&self.tray(school, "inbox").join(&upload.name), &upload.text);
        } else {
            let front = self
                .front()
                .school(SCHOOLS[school].parse().unwrap())
                .unwrap();
            let mut part = front.begin().unwrap();
            part.file.write_all(upload.text.as_bytes()).unwrap();
            let slip = Slip {
                name: upload.name.as_str().into(),
                by: key('a'),
                ending: Ending::Complete,
            };
            front.hand_over(&part.name, &part.file, &slip).unwrap();
        }
    }

    /// Lays an extract into the council's folder, complete.
    pub(crate) fn export(&mut self, text: &str) {
        self.files += 1;
        let folder = self.settings.folders().extracts_in;
        sleep(Duration::from_millis(6));
        self.put(&folder.join(format!("extract {:04}.csv", self.files)), text);
    }

    fn put(&self, path: &Path, text: &str) {
        let parcel = self.root.path().join("parcel");
        fs::write(&parcel, text).unwrap();
        let file = fs::File::options().write(true).open(&parcel).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_mins(2))
            .unwrap();
        fs::rename(parcel, path).unwrap();
    }

    /// Tells, as the front end would, that a person read a file.
    pub(crate) fn read(&self, school: usize, file: &str, whole: bool) {
        let event = Event {
            school: SCHOOLS[school].parse().unwrap(),
            what: if whole {
                Served::Collected
            } else {
                Served::Touched
            },
            file: file.to_owned(),
            by: key('b'),
            at: OffsetDateTime::now_utc(),
        };
        self.front().publish_event(&event).unwrap();
    }

    /// Writes a school's file.
    pub(crate) fn write_school(&self, number: usize, school: &School) {
        let mut text = format!(
            "id = \"{id}\"\nname = \"School {id} of Nowhere\"\nsuspended = {}\n\n[agreement]\n",
            school.suspended,
            id = SCHOOLS[number]
        );
        for (key, day) in [("signed", school.signed), ("terminated", school.terminated)] {
            if let Some(day) = day {
                writeln!(text, "{key} = {day}").unwrap();
            }
        }
        for person in &school.collectors {
            write!(
                text,
                "\n[[person]]\nname = \"Pat Invented {person}\"\nkeys = []\nage = \"{}\"\n\
                 authorised_by = \"Headteacher\"\nauthorised_on = 2020-01-01\nuntil = 2036-07-31\n",
                keys().persons[*person].1
            )
            .unwrap();
        }
        let file = self
            .root
            .path()
            .join("schools.d")
            .join(format!("{}.toml", SCHOOLS[number]));
        fs::write(file, text).unwrap();
    }

    // ---- what is seen

    /// The files in a school's outbox, by name.
    pub(crate) fn outbox(&mut self, school: usize) -> BTreeMap<String, Opened> {
        let folder = self.tray(school, "outbox");
        let mut files = BTreeMap::new();
        for name in names_in(&folder) {
            let path = folder.join(&name);
            let opened = self
                .opened
                .entry(path.clone())
                .or_insert_with(|| open(school, &path));
            files.insert(name, opened.clone());
        }
        files
    }

    /// All receipts that a school can see: those whose text is there, which comes last.
    pub(crate) fn receipts(&mut self) -> &BTreeMap<PathBuf, Receipt> {
        for school in 0..SCHOOLS.len() {
            let folder = self.tray(school, "receipts");
            for name in names_in(&folder) {
                let Some(stem) = name.strip_suffix(".receipt.txt") else {
                    continue;
                };
                let path = folder.join(format!("{stem}.receipt.json"));
                if self.receipts.contains_key(&path) {
                    continue;
                }
                assert!(
                    path.with_extension("json.sig").exists(),
                    "a text without its proof"
                );
                let json: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                let at = json["at"].as_str().unwrap();
                let at = OffsetDateTime::parse(at, &time::format_description::well_known::Rfc3339);
                let at = at.unwrap();
                self.receipts.insert(path, Receipt { school, json, at });
            }
        }
        &self.receipts
    }

    /// The notices that a school got: how many pupils each is about, and where somebody could open its list,
    /// of each of them how many releases.
    pub(crate) fn notices(
        &mut self,
        school: usize,
    ) -> Vec<(usize, Option<BTreeMap<usize, usize>>)> {
        let folder = self.tray(school, "receipts");
        let receipts = self.receipts().values();
        let opened = receipts.filter(|one| {
            one.school == school && one.json["kind"] == "notice" && one.json["outcome"] == "open"
        });
        let notice = |one: &Receipt| {
            let told = &one.json["notice"];
            let list = told["file"]["name"]
                .as_str()
                .map(|name| listed(school, &folder.join(name)));
            (
                usize::try_from(told["pupils"].as_u64().unwrap()).unwrap(),
                list,
            )
        };
        opened.map(notice).collect()
    }

    /// Whether sharing is on hold, for all or for one school.
    pub(crate) fn is_on_hold(&self, school: Option<usize>) -> bool {
        let scope = school.map_or(Scope::All, |at| Scope::School(SCHOOLS[at].parse().unwrap()));
        let holds = self.ledger().view().holds().unwrap();
        holds.iter().any(|hold| hold.scope == scope)
    }

    /// The schools for which a file is still to be made again.
    pub(crate) fn owed(&self) -> Vec<usize> {
        let owed = self.ledger().view().owed_remakes().unwrap();
        let is_owed = |at: &usize| {
            owed.iter()
                .any(|one| one.plan.school.to_string() == SCHOOLS[*at])
        };
        (0..SCHOOLS.len()).filter(is_owed).collect()
    }

    /// The submission that this upload became.
    pub(crate) fn submission(&mut self, upload: u32) -> SubmissionId {
        let is = |name: &str| name.split([' ', '.']).nth(1) == Some(upload.to_string().as_str());
        let mut receipts = self.receipts().values();
        let of_it = receipts.find(|one| one.json["file"]["name"].as_str().is_some_and(is));
        of_it.unwrap().json["id"].as_str().unwrap().parse().unwrap()
    }

    /// How often the trail tells of such an act.
    pub(crate) fn acts(&self, verb: &str) -> usize {
        let rows = self.ledger().view().trail(0, u32::MAX).unwrap();
        rows.iter()
            .filter(|row| row.act.verb.word() == verb)
            .count()
    }

    /// Whether an extract waits for somebody to accept it.
    pub(crate) fn an_extract_waits(&self) -> bool {
        let ledger = self.ledger();
        let waiting = ledger.view().extracts_in(ExtractState::WaitingAcceptance);
        !waiting.unwrap().is_empty()
    }

    fn ledger(&self) -> Ledger {
        let key = fs::read(keys().folder.path().join(KeyFile::Ledger.file_name())).unwrap();
        let vault = Vault::new(&LedgerKey::parse(&key).unwrap());
        Ledger::open(&self.settings.folders().ledger, vault).unwrap()
    }

    pub(crate) fn trail_is_whole(&self) -> bool {
        let glance = Ledger::open_read_only(&self.settings.folders().ledger).unwrap();
        let proof = glance.keyless().verify_trail().unwrap();
        matches!(proof, TrailProof::Verified(_))
    }

    fn front(&self) -> Front {
        Front::open(&self.settings.folders().front).unwrap()
    }

    fn tray(&self, school: usize, tray: &str) -> PathBuf {
        self.settings
            .folders()
            .boxes
            .join(SCHOOLS[school])
            .join(tray)
    }
}

/// Letting the work of this thread die, where the library was built for that.
mod dying {
    use std::any::Any;

    #[cfg(feature = "faults")]
    pub(super) fn arm(at: super::DieAt) {
        pillarbox::flow::fault::die_at(at);
    }

    #[cfg(feature = "faults")]
    pub(super) fn step(payload: &(dyn Any + Send)) -> Option<&'static str> {
        let died = payload.downcast_ref::<pillarbox::flow::fault::Died>();
        died.map(|died| died.at)
    }

    #[cfg(not(feature = "faults"))]
    pub(super) fn arm(_: super::DieAt) {}

    #[cfg(not(feature = "faults"))]
    pub(super) fn step(_: &(dyn Any + Send)) -> Option<&'static str> {
        None
    }
}

/// The keys of all councils of this run, and of the persons: making them takes longer than a story.
struct Keys {
    folder: TempDir,
    /// Of each person: what opens, and to what is sealed.
    persons: Vec<(String, String)>,
}

fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let write = |key: KeyFile, text: &[u8]| {
            let path = folder.path().join(key.file_name());
            fs::write(&path, text).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        };
        write(
            KeyFile::Ledger,
            LedgerKey::generate().unwrap().to_text().as_bytes(),
        );
        let receipts = ReceiptKey::generate().unwrap().to_openssh().unwrap();
        write(KeyFile::Receipts, receipts.as_bytes());
        write(KeyFile::Intake, IntakeKey::generate().to_text().as_bytes());
        let person = |_| {
            let identity = x25519::Identity::generate();
            let opens = identity.to_string().expose_secret().to_owned();
            (opens, identity.to_public().to_string())
        };
        let persons = (0..PERSONS).map(person).collect();
        Keys { folder, persons }
    })
}

fn settings(root: &Path, lasts: Lasts, year12_hold: bool) -> String {
    let moments = crate::model::moments();
    let dates: Vec<String> = moments
        .iter()
        .map(|moment| format!("\"{} 06:00\"", crate::days::local_day(*moment)))
        .collect();
    format!(
        "state = \"{root}/state\"\nboxes = \"{root}/state/boxes\"\nschools = \"{root}/schools.d\"\n\
         keys = \"{keys}\"\n\
         [council]\nname = \"Made-up County Council\"\nla = 860\ndomain = \"council.example\"\n\
         [sftp]\nlisten = \"127.0.0.1:0\"\n\
         [intake]\nsettle = \"1 ms\"\n\
         [reader]\njail = \"none\"\n\
         [consent]\nexpires = \"{expires}\"\nyear12_list = \"{year12}\"\n\
         [destinations]\nhold_providers = [\"{LOCKED}\"]\n\
         [[schedule]]\nname = \"survey\"\ndates = [{dates}]\n",
        root = root.display(),
        keys = keys().folder.path().display(),
        expires = match lasts {
            Lasts::Earliest => "earliest",
            Lasts::TwoYearsAfterLeaving => "two-years-after-leaving",
        },
        year12 = if year12_hold { "hold" } else { "warn" },
        dates = dates.join(", "),
    )
}

fn key(letter: char) -> String {
    format!("SHA256:{}", letter.to_string().repeat(43))
}

fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.starts_with('.')).collect()
}

/// Opens a destination file with each person's key.
fn open(school: usize, path: &Path) -> Opened {
    let (rows, opens_for) = unsealed(school, path);
    let told = |cells: Vec<String>| <[String; 4]>::try_from(cells).unwrap();
    Opened {
        rows: rows
            .into_iter()
            .map(|(pupil, cells)| (pupil, told(cells)))
            .collect(),
        opens_for,
    }
}

/// How many releases a notice's list tells of each pupil.
fn listed(school: usize, path: &Path) -> BTreeMap<usize, usize> {
    let (rows, _) = unsealed(school, path);
    let releases = |cells: &[String]| cells[0].split_whitespace().count();
    rows.into_iter()
        .map(|(pupil, cells)| (pupil, releases(&cells)))
        .collect()
}

/// The rows of a sealed table, by pupil and without names, and whose keys open it.
fn unsealed(school: usize, path: &Path) -> (BTreeMap<usize, Vec<String>>, BTreeSet<usize>) {
    let sealed = fs::read(path).unwrap();
    let (mut opens_for, mut plain) = (BTreeSet::new(), None);
    for (person, (identity, _)) in keys().persons.iter().enumerate() {
        if let Ok(bytes) = open_file(&sealed, identity.as_bytes(), || None) {
            opens_for.insert(person);
            plain = Some(bytes);
        }
    }
    let plain = plain.expect("somebody can open the file");
    let mut reader = csv::Reader::from_reader(plain.strip_prefix(b"\xef\xbb\xbf").unwrap());
    let mut rows = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let is = |pupil: &Pupil| {
            (pupil.forename, pupil.surname) == (&record[0], &record[1])
                && pupil.born.to_string() == record[2]
        };
        let pupil = PUPILS[school]
            .iter()
            .position(is)
            .expect("a pupil of this school");
        let cells = record.iter().skip(3).map(str::to_owned).collect();
        assert!(rows.insert(pupil, cells).is_none(), "each pupil once");
    }
    (rows, opens_for)
}

// ---- files that are sent

/// The text of an upload.
pub(crate) fn text_of(school: usize, kind: Kind, rows: &[(usize, Told)]) -> String {
    let british = |day: Option<Date>| {
        day.map_or(String::new(), |day| {
            format!(
                "{:02}/{:02}/{}",
                day.day(),
                u8::from(day.month()),
                day.year()
            )
        })
    };
    if kind == Kind::Request {
        return "For the governors.\n".to_owned();
    }
    let mut text = if kind == Kind::Withdrawal {
        "Forename,Surname,Date of birth,Withdrawn\n".to_owned()
    } else {
        "Forename,Surname,Date of birth,UPN,EHCP,Consent,Consent date,Withdrawn\n".to_owned()
    };
    for (number, told) in rows {
        let pupil = &PUPILS[school][*number];
        let born = british(Some(pupil.born));
        let who = format!("{},{},{born}", pupil.forename, pupil.surname);
        let ehcp = if pupil.ehcp { "Yes" } else { "No" };
        let mut upn = upn(school, *number);
        let line = match told {
            Told::Named(Names::Exactly(_), day) => format!("{who},{}", british(*day)),
            Told::Named(Names::Nearly, _) => format!("{},Misspelt,{born},", pupil.forename),
            Told::Named(..) => format!("Nobody,Knownly,{:02}/07/2009,", 10 + number),
            Told::Listed(says, day) => {
                let day = british(*day);
                let said = match says {
                    Says::Yes(_) => format!("Yes,{day},"),
                    Says::BadYes => {
                        upn.replace_range(12.., "9");
                        format!("Yes,{day},")
                    }
                    Says::No => "No,,".to_owned(),
                    Says::Withdrawn(_) if day.is_empty() => "Yes,,Yes".to_owned(),
                    Says::Withdrawn(_) => format!("Yes,,{day}"),
                    Says::Unclear | Says::Nothing => "TBC,,".to_owned(),
                };
                format!("{who},{upn},{ehcp},{said}")
            }
        };
        writeln!(text, "{line}").unwrap();
    }
    text
}

/// The text of an extract, and how many rows it has.
pub(crate) fn extract_of(
    records: &[Vec<RecordIs>; 2],
    others: usize,
    of: Date,
    today: Date,
) -> (String, usize) {
    let mut text = "Client id,Forename,Surname,Date of birth,UPN,Year 11 school,Activity code,\
        Provider or employer,Start date,Confirmed on,Currency lapsed,Due to lapse,Cohort status,\
        SEND flag,PeriodEnd\n"
        .to_owned();
    let mut rows = others;
    for (school, records) in records.iter().enumerate() {
        for (number, (record, pupil)) in records.iter().zip(PUPILS[school]).enumerate() {
            for line in lines(*record, school, number, pupil, today) {
                writeln!(text, "{line},{of}").unwrap();
                rows += 1;
            }
        }
    }
    for other in 0..others {
        writeln!(
            text,
            "x{other},Other{},Youngster,2010-01-{:02},,{},210,Nowhere Sixth Form,2025-09-03,\
             2025-09-15,N,,P,N,{of}",
            ["", "a", "b"][other / 28 % 3],
            1 + other % 28,
            SCHOOLS[other % 2]
        )
        .unwrap();
    }
    (text, rows)
}

fn lines(
    record: RecordIs,
    school: usize,
    number: usize,
    pupil: &Pupil,
    today: Date,
) -> Vec<String> {
    let (code, provider) = match record {
        RecordIs::AtWork => (310, "Nowhere Motors"),
        RecordIs::Seeking => (619, "Nowhere Agency"),
        RecordIs::SpecialCollege => (280, "Quiet College"),
        RecordIs::CodeHeld => (710, ""),
        RecordIs::CodeUnknown => (999, "Nowhere Sixth Form"),
        RecordIs::ProviderHeld => (330, LOCKED),
        _ => (210, "Nowhere Sixth Form"),
    };
    let surname = match record {
        RecordIs::Renamed => "Newname",
        _ => pupil.surname,
    };
    let upn = match record {
        RecordIs::WithoutUpn => String::new(),
        _ => upn(school, number),
    };
    let year11 = match record {
        RecordIs::OfAnotherSchool => SCHOOLS[1 - school],
        _ => SCHOOLS[school],
    };
    let lapsed = if record == RecordIs::Lapsed { "Y" } else { "N" };
    let due = match record {
        RecordIs::DueYesterday => (today - time::Duration::DAY).to_string(),
        _ => String::new(),
    };
    let status = if record == RecordIs::Closed { "X" } else { "P" };
    let line = |client: &str| {
        format!(
            "{client}{school}{number},{},{surname},{},{upn},{year11},{code},{provider},2025-09-03,\
             2025-09-15,{lapsed},{due},{status},{}",
            pupil.forename,
            pupil.born,
            if pupil.send { "Y" } else { "N" }
        )
    };
    match record {
        RecordIs::Missing => Vec::new(),
        RecordIs::Twice => vec![line("c"), line("d")],
        _ => vec![line("c")],
    }
}

/// A provider on the council's hold list.
const LOCKED: &str = "Locked Lodge";

/// The command's scope.
pub(crate) fn scope(school: Option<usize>) -> pillarbox::flow::command::Scope {
    use pillarbox::flow::command::Scope;
    school.map_or(Scope::All, |at| Scope::School(SCHOOLS[at].parse().unwrap()))
}

/// The schools' files as the model has them.
pub(crate) fn write_schools(world: &World, model: &Model) {
    for (number, school) in model.schools.iter().enumerate() {
        world.write_school(number, school);
    }
}
