//! A made-up council in a temporary folder, and the program run against it as an operator would.

use std::{
    cell::RefCell,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, SystemTime},
};

use tempfile::TempDir;
use toml_edit::{DocumentMut, Item, Value};

use crate::{
    answers::{Receipt, receipts_in},
    opened::{Destination, destinations_in},
    programs::{Ended, finish, finish_quietly},
    pupils::{Record, extract_csv},
};

/// The school of most tests.
pub(crate) const SCHOOL: &str = "8604001";
/// Another one.
pub(crate) const OTHER: &str = "8604002";
/// The day on which most tests play: every pupil of `pupils::pupil` is sixteen.
pub(crate) const TODAY: &str = "2026-11-21";

/// A council with its folders, its clock and its schools.
pub(crate) struct World {
    root: TempDir,
    now: RefCell<String>,
    /// Where the boxes lie, unless they lie within the state.
    boxes: RefCell<Option<PathBuf>>,
}

/// Keys of one made-up person.
pub(crate) struct Keys {
    pub(crate) ssh: PathBuf,
    pub(crate) ssh_public: PathBuf,
    pub(crate) age: PathBuf,
    pub(crate) recipient: String,
}

impl World {
    /// A council without schools.
    pub(crate) fn bare() -> Self {
        let root = tempfile::tempdir().unwrap();
        let world = Self {
            root,
            now: RefCell::new(format!("{TODAY}T10:00:00Z")),
            boxes: RefCell::new(None),
        };
        let folder = world.dir();
        let mut init = world.program();
        init.arg("init")
            .arg(&folder)
            .args(["--council", "Made-up County Council", "--la", "860"])
            .args(["--domain", "council.example"]);
        finish(init).done("init");
        // The real clock's pause before a file counts as complete, short for the tests' sake.
        world.set("intake.settle", "\"50 ms\"");
        // Any free port of this machine: many daemons run side by side, and rehearsals as well.
        world.set("sftp.listen", "\"127.0.0.1:0\"");
        world
    }

    /// A council with one school, enrolled by `school add`, its agreement signed.
    pub(crate) fn new() -> Self {
        let world = Self::bare();
        world.add_school(SCHOOL);
        world
    }

    /// A council with two schools.
    pub(crate) fn with_two_schools() -> Self {
        let world = Self::new();
        world.add_school(OTHER);
        world
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.root.path().join("council")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.dir().join("state")
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.dir().join("pillarbox.toml")
    }

    pub(crate) fn school_file(&self, school: &str) -> PathBuf {
        self.dir().join("schools.d").join(format!("{school}.toml"))
    }

    pub(crate) fn box_of(&self, school: &str) -> PathBuf {
        let boxes = self.boxes.borrow().clone();
        let boxes = boxes.unwrap_or_else(|| self.state().join("boxes"));
        boxes.join(school)
    }

    /// Has the boxes elsewhere from now on.
    pub(crate) fn move_boxes(&self, boxes: &Path) {
        self.set("boxes", &format!("\"{}\"", boxes.display()));
        *self.boxes.borrow_mut() = Some(boxes.to_owned());
    }

    /// A path outside the council's folder, on the same file system.
    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        let folder = self.root.path().join("elsewhere");
        fs::create_dir_all(&folder).unwrap();
        folder.join(name)
    }

    // ---- the clock

    pub(crate) fn now(&self) -> String {
        self.now.borrow().clone()
    }

    /// Moves the clock to this day, ten in the morning, or to this instant.
    pub(crate) fn on(&self, day: &str) -> &Self {
        *self.now.borrow_mut() = match day.len() {
            10 => format!("{day}T10:00:00Z"),
            _ => day.to_owned(),
        };
        self
    }

    // ---- commands

    /// The program with nothing of the tester's own surroundings.
    pub(crate) fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pillarbox"));
        command
            .env_remove("PILLARBOX_CONFIG")
            .env_remove("PILLARBOX_FAULT")
            .env_remove("CREDENTIALS_DIRECTORY")
            .env_remove("NOTIFY_SOCKET")
            .current_dir(self.root.path())
            .stdin(Stdio::null());
        command
    }

    /// The program with these arguments on this council.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = self.program();
        command.args(arguments).arg("--config").arg(self.config());
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ended {
        finish(self.command(arguments))
    }

    pub(crate) fn run_at(&self, arguments: &[&str]) -> Ended {
        let mut command = self.command(arguments);
        command.args(["--at", &self.now()]);
        finish(command)
    }

    /// Does all that is due now.
    pub(crate) fn once(&self) {
        self.run_at(&["run", "--once"]).done("run --once");
    }

    // ---- settings and schools

    /// Sets one value of `pillarbox.toml`, such as `intake.settle`, to a TOML value.
    pub(crate) fn set(&self, key: &str, value: &str) {
        edit(&self.config(), |document| {
            let mut path = key.split('.').collect::<Vec<_>>();
            let last = path.pop().unwrap();
            let mut table = document.as_table_mut();
            for name in path {
                table = table
                    .entry(name)
                    .or_insert_with(toml_edit::table)
                    .as_table_mut()
                    .unwrap();
            }
            table.insert(last, Item::Value(value.parse::<Value>().unwrap()));
        });
    }

    /// Takes a section out of `pillarbox.toml`.
    pub(crate) fn drop_section(&self, name: &str) {
        edit(&self.config(), |document| {
            document.remove(name);
        });
    }

    /// Adds text to the end of `pillarbox.toml`.
    pub(crate) fn add_settings(&self, text: &str) {
        append(&self.config(), text);
    }

    pub(crate) fn edit_school(&self, school: &str, change: impl FnOnce(&mut DocumentMut)) {
        edit(&self.school_file(school), change);
    }

    /// Enrols a school as an operator does, with one person who holds an age key and an SSH key.
    pub(crate) fn add_school(&self, school: &str) {
        let keys = self.keys(school);
        let mut add = self.command(&["school", "add", school]);
        add.args(["--name", &format!("School {school} of Nowhere")])
            .args(["--signed", "2026-09-14", "--person", "Pat Invented"])
            .arg("--key")
            .arg(&keys.ssh_public)
            .args(["--age", &keys.recipient]);
        finish(add).done("school add");
    }

    /// Enrols a school by writing its documented file: quicker, where many are needed.
    pub(crate) fn write_school(&self, school: &str) {
        let recipient = self.keys("everyone").recipient;
        let text = format!(
            "id = \"{school}\"\nname = \"School {school} of Nowhere\"\n\n\
             [agreement]\nsigned = 2026-09-14\n\n\
             [[person]]\nname = \"Pat Invented\"\nkeys = []\nage = \"{recipient}\"\n\
             authorised_by = \"Headteacher\"\nauthorised_on = 2026-09-14\nuntil = 2036-07-31\n"
        );
        fs::write(self.school_file(school), text).unwrap();
    }

    /// The keys of the made-up person of this name, made at the first asking.
    pub(crate) fn keys(&self, person: &str) -> Keys {
        let folder = self.root.path().join("keys-of").join(person);
        let (ssh, age) = (folder.join("id_ed25519"), folder.join("age.txt"));
        if !age.exists() {
            fs::create_dir_all(&folder).unwrap();
            let mut keygen = Command::new("ssh-keygen");
            keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", "made-up", "-f"]);
            finish_quietly(keygen.arg(&ssh));
            finish_quietly(Command::new("age-keygen").arg("-o").arg(&age));
        }
        let recipient = finish_quietly(Command::new("age-keygen").arg("-y").arg(&age));
        Keys {
            ssh_public: ssh.with_extension("pub"),
            ssh,
            age,
            recipient: recipient.trim().to_owned(),
        }
    }

    // ---- files in and out

    /// Lays a file into a school's inbox so that it arrives whole.
    pub(crate) fn drop_file(
        &self,
        school: &str,
        name: impl AsRef<OsStr>,
        content: impl AsRef<[u8]>,
    ) {
        let inbox = self.box_of(school).join("inbox");
        fs::create_dir_all(&inbox).unwrap();
        let parcel = self.outside("parcel");
        fs::write(&parcel, content).unwrap();
        fs::rename(parcel, inbox.join(name.as_ref())).unwrap();
    }

    /// Drops a file, has it taken, and returns the one receipt that answers it.
    pub(crate) fn send_as(
        &self,
        school: &str,
        name: impl AsRef<OsStr>,
        content: impl AsRef<[u8]>,
    ) -> Receipt {
        let before = self.submissions(school).len();
        self.drop_file(school, name, content);
        self.once();
        let mut after = self.submissions(school);
        assert_eq!(
            after.len(),
            before + 1,
            "one upload gets exactly one receipt"
        );
        after.pop().unwrap()
    }

    /// The same, from the school of most tests.
    pub(crate) fn send(&self, name: &str, content: impl AsRef<[u8]>) -> Receipt {
        self.send_as(SCHOOL, name, content)
    }

    /// Every receipt in a school's box, its signature checked, by id.
    pub(crate) fn receipts(&self, school: &str) -> Vec<Receipt> {
        receipts_in(&self.box_of(school), school)
    }

    /// The receipts of uploads.
    pub(crate) fn submissions(&self, school: &str) -> Vec<Receipt> {
        let mut all = self.receipts(school);
        all.retain(|receipt| receipt.id().starts_with('S'));
        all
    }

    /// The receipts that say `kind: release`.
    pub(crate) fn releases(&self, school: &str) -> Vec<Receipt> {
        let mut all = self.receipts(school);
        all.retain(|receipt| receipt.kind() == "release");
        all
    }

    /// Puts an extract in place, complete: written elsewhere, two minutes old, and renamed.
    pub(crate) fn lay_extract(&self, name: &str, content: impl AsRef<[u8]>) {
        let folder = self.state().join("council").join("extracts");
        fs::create_dir_all(&folder).unwrap();
        let parcel = self.outside("export");
        fs::write(&parcel, content).unwrap();
        let written = SystemTime::now() - Duration::from_mins(2);
        let file = fs::OpenOptions::new().write(true).open(&parcel).unwrap();
        file.set_modified(written).unwrap();
        fs::rename(parcel, folder.join(name)).unwrap();
    }

    /// An extract of these records, exported on the world's present day.
    pub(crate) fn extract(&self, records: &[Record]) {
        let day = self.now()[..10].to_owned();
        self.lay_extract(&format!("extract-{day}.csv"), extract_csv(records, &day));
    }

    /// Releases to one school now, and returns the release's receipt.
    pub(crate) fn release_to(&self, school: &str) -> Receipt {
        let before = self.releases(school).len();
        let ended = self.run_at(&["release", "--school", school]);
        assert!(ended.code.is_some(), "release died\n{}", ended.err);
        let mut after = self.releases(school);
        assert!(
            after.len() > before,
            "a release gets a receipt\n{}\n{}",
            ended.out,
            ended.err
        );
        after.pop().unwrap()
    }

    pub(crate) fn release(&self) -> Receipt {
        self.release_to(SCHOOL)
    }

    /// The names of the files in a school's outbox.
    pub(crate) fn outbox(&self, school: &str) -> Vec<String> {
        names_in(&self.box_of(school).join("outbox"))
    }

    /// The rows of the one CSV file in a school's outbox, opened with stock `age`; none without one.
    pub(crate) fn shared_with(&self, school: &str) -> Vec<Destination> {
        let keys = self.keys(if self.school_is_written(school) {
            "everyone"
        } else {
            school
        });
        destinations_in(&self.box_of(school).join("outbox"), &keys.age)
    }

    pub(crate) fn shared(&self) -> Vec<Destination> {
        self.shared_with(SCHOOL)
    }

    fn school_is_written(&self, school: &str) -> bool {
        !self.root.path().join("keys-of").join(school).exists()
    }
}

/// The names in a folder, sorted, without hidden ones; none where there is no folder.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect::<Vec<_>>();
    names.sort();
    names
}

fn edit(path: &Path, change: impl FnOnce(&mut DocumentMut)) {
    let mut document = fs::read_to_string(path)
        .unwrap()
        .parse::<DocumentMut>()
        .unwrap();
    change(&mut document);
    fs::write(path, document.to_string()).unwrap();
}

fn append(path: &Path, text: &str) {
    let before = fs::read_to_string(path).unwrap();
    fs::write(path, format!("{before}\n{text}")).unwrap();
}
