//! Ten thousand made-up pupils go all the way, over real SFTP and at the loudest log there is; then every log,
//! metric, status, trail and database is searched for each of their names, dates, numbers, files and keys.

use std::{
    collections::HashSet,
    fmt::Write,
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration as Wait, Instant},
};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use rustix::process::Signal;

use crate::{
    accounts::Account,
    asked::fingerprint,
    leaks::{Looked, MONTHS, Needles},
    metrics::{address, ask, with_metrics},
    opened::encrypted,
    pupils::{Pupil, Record, british, extract_csv, names_only, record, uln, upn_of},
    running::{Daemon, days_ago, soon},
    visitors::port_in,
    world::{World, names_in},
};

const SCHOOLS: usize = 20;
const PUPILS: usize = 10_000;
const EACH: usize = PUPILS / SCHOOLS;

fn school(at: usize) -> String {
    (8_604_001 + at).to_string()
}

/// A word of eight letters that nobody else uses: a beginning of its own, and the number in letters.
fn word(beginning: &str, number: usize) -> String {
    let mut left = number * 123_457_213 % 308_915_776;
    let mut letters = String::new();
    for _ in 0..6 {
        letters.push(char::from(b'a' + u8::try_from(left % 26).unwrap()));
        left /= 26;
    }
    format!("{beginning}{letters}")
}

fn pupil(n: usize) -> Pupil {
    Pupil {
        forename: word("Vq", n),
        surname: word("Wz", n),
        born: days_ago(6030 + i64::try_from(n % 300).unwrap()),
        upn: upn_of(&format!("860{:04}{:05}", 4001 + n / EACH, n)),
        uln: uln(n),
    }
}

fn pupils_of(school: usize) -> Vec<Pupil> {
    (school * EACH..(school + 1) * EACH).map(pupil).collect()
}

/// A date as this school writes it.
fn dated(iso: &str, school: usize) -> String {
    let (year, month, day) = (&iso[..4], &iso[5..7], &iso[8..10]);
    match school % 6 {
        0 => british(iso),
        1 => iso.to_owned(),
        2 => format!("{year}{month}{day}"),
        3 => format!(
            "{day}-{}-{year}",
            MONTHS[month.parse::<usize>().unwrap() - 1]
        ),
        4 => format!("{day}.{month}.{year}"),
        _ => format!("{} 00:00:00", british(iso)),
    }
}

fn list(school: usize, pupils: &[Pupil]) -> String {
    let mut text = "Forename,Surname,Date of birth,UPN,ULN,Consent,Consent date\n".to_owned();
    for p in pupils {
        let (born, consented) = (dated(&p.born, school), british(&days_ago(20)));
        writeln!(
            text,
            "{},{},{born},{},{},Yes,{consented}",
            p.forename, p.surname, p.upn, p.uln
        )
        .unwrap();
    }
    text
}

fn workbook(pupils: &[Pupil]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    for (column, title) in (0..).zip(["Forename", "Surname", "DOB", "UPN"]) {
        sheet.write(0, column, title).unwrap();
    }
    for (row, p) in (1..).zip(pupils) {
        sheet.write(row, 0, &p.forename).unwrap();
        sheet.write(row, 1, &p.surname).unwrap();
        let born = ExcelDateTime::parse_from_str(&p.born).unwrap();
        sheet.write_with_format(row, 2, born, &date).unwrap();
        sheet.write(row, 3, &p.upn).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// The whole play: who was in it, and where.
struct Play {
    world: World,
    /// What belongs nowhere but into the school's own box.
    needles: Needles,
    /// What the ledger and its trail know, and nobody else is told: public keys, which say who could open a file,
    /// and the name of the council's own extract.
    ledgers: Needles,
    files: usize,
}

impl Play {
    fn new() -> Self {
        let world = World::bare();
        with_metrics(&world);
        world.set("requests.approval", "\"manual\"");
        let (mut needles, mut ledgers) = (Needles::new(), Needles::new());
        for at in 0..SCHOOLS {
            world.add_school(&school(at));
            world.edit_school(&school(at), |file| {
                file["agreement"]["signed"] =
                    "2020-09-14".parse::<toml_edit::Value>().unwrap().into();
            });
            let keys = world.keys(&school(at));
            let public = fs::read_to_string(&keys.ssh_public).unwrap();
            // Behind what all keys of this kind have in common.
            needles.add(&public.split(' ').nth(1).unwrap()[28..60]);
            ledgers.add(&keys.recipient);
            ledgers.add(&fingerprint(&world, &school(at)));
            let secret = fs::read_to_string(&keys.age).unwrap();
            needles.add(secret.lines().last().unwrap());
        }
        for name in names_in(&world.dir().join("keys")) {
            let key = fs::read_to_string(world.dir().join("keys").join(name)).unwrap_or_default();
            let lines = key
                .lines()
                .filter(|line| line.len() > 30 && !line.starts_with('-'));
            lines.for_each(|line| needles.add(line.trim_start_matches("# ")));
        }
        for n in 0..PUPILS {
            needles.add_pupil(&pupil(n));
        }
        Self {
            world,
            needles,
            ledgers,
            files: 0,
        }
    }

    /// A name for a file that nobody else uses.
    fn name(&mut self, before: &str, behind: &str) -> String {
        self.files += 1;
        let own = word("kq", self.files);
        self.needles.add(&own);
        format!("{before}{own}{behind}")
    }

    fn account(&self, daemon: &Daemon, at: usize) -> Account {
        let port = port_in(&daemon.log()).unwrap();
        Account::new(&school(at), port, &self.world.keys(&school(at)).ssh)
    }

    fn put(&mut self, daemon: &Daemon, at: usize, name: (&str, &str), content: &[u8]) {
        let name = self.name(name.0, name.1);
        let put = self
            .account(daemon, at)
            .put(content, &format!("inbox/{name}"));
        put.done("put");
    }

    fn answered(&self) -> usize {
        let receipts =
            (0..SCHOOLS).flat_map(|at| names_in(&self.world.box_of(&school(at)).join("receipts")));
        receipts
            .filter(|name| name.ends_with(".receipt.txt") && name.contains("_S0"))
            .count()
    }

    fn soon_answered(&self, daemon: &Daemon) {
        let began = Instant::now();
        while self.answered() < self.files {
            assert!(
                began.elapsed() < Wait::from_mins(4),
                "{} of {} answered\n{}",
                self.answered(),
                self.files,
                daemon
                    .log()
                    .lines()
                    .rev()
                    .take(20)
                    .collect::<Vec<_>>()
                    .join("\n")
            );
            std::thread::sleep(Wait::from_millis(100));
        }
    }

    fn lists(&mut self, daemon: &Daemon) {
        let welcome = self.world.run(&["school", "welcome", &school(0)]).out;
        let readme = fs::read_to_string(self.world.box_of(&school(0)).join("README.txt")).unwrap();
        let recipient = format!("{readme} {welcome}")
            .split(|c: char| !c.is_ascii_alphanumeric())
            .find(|word| word.starts_with("age1") && word.len() > 50)
            .expect("the intake key")
            .to_owned();
        for at in 0..SCHOOLS {
            let pupils = pupils_of(at);
            match at {
                7 | 13 => self.put(daemon, at, ("", " leavers.xlsx"), &workbook(&pupils)),
                8 => {
                    let scratch = self.world.outside("plain");
                    let sealed = encrypted(list(at, &pupils).as_bytes(), &recipient, &scratch);
                    fs::remove_file(scratch).unwrap();
                    self.put(daemon, at, ("", " leavers.csv.age"), &sealed);
                }
                _ => self.put(
                    daemon,
                    at,
                    ("", " leavers.csv"),
                    list(at, &pupils).as_bytes(),
                ),
            }
        }
        self.soon_answered(daemon);
    }

    /// What schools get wrong, each with names in it.
    fn broken(&mut self, daemon: &Daemon) {
        let pupils = pupils_of(0);
        let whole = list(0, &pupils);
        let mut truncated = workbook(&pupils);
        truncated.truncate(truncated.len() / 2);
        let quotes = whole.replace(',', ",\"");
        let bad_rows = whole.replace("Yes", "32/13/2026");
        let other_school = whole
            .replace("Forename,", "LAESTAB,Forename,")
            .replace("\nVq", "\n8604002,Vq");
        let month_first = whole.lines().next().unwrap().to_owned()
            + "\nVqmonths,Wzfirsts,08/31/2009,,,Yes,\n"
            + &whole[whole.find('\n').unwrap() + 1..];
        let zeros = [whole.as_bytes(), &[0; 4000]].concat();
        for (name, content) in [
            (("add ", ".xlsx"), truncated.as_slice()),
            (("add ", ".csv"), quotes.as_bytes()),
            (("add ", " rows.csv"), bad_rows.as_bytes()),
            (("add ", " other.csv"), other_school.as_bytes()),
            (("add ", " months.csv"), month_first.as_bytes()),
            (("add ", " zeros.csv"), zeros.as_slice()),
            (
                ("add ", ".csv.age"),
                b"age-encryption.org/v1\n-> X25519 AAAA".as_slice(),
            ),
            (("", ".pdf"), whole.as_bytes()),
            (("add ", ".ods"), whole.as_bytes()),
            (("destroyed ", ".txt"), whole.as_bytes()),
        ] {
            self.put(daemon, 0, name, content);
        }
        self.soon_answered(daemon);
    }

    /// What follows a list: a release, withdrawals, requests, discrepancies, and what officers do.
    fn later(&mut self, daemon: &Daemon) {
        let records: Vec<Record> = (0..PUPILS)
            .map(|n| Record {
                school: school(n / EACH),
                ..record(&pupil(n))
            })
            .collect();
        let extract = word("kq", 1_000_000);
        self.ledgers.add(&extract);
        let extract = format!("extract-{extract}.csv");
        self.world
            .lay_extract(&extract, extract_csv(&records, &days_ago(1)));
        let released = self.world.run(&["release", "--all", "--json"]);
        let told: serde_json::Value = serde_json::from_str(&released.done("release")).unwrap();
        let shared: u64 = told["releases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|release| release["counts"]["shared"].as_u64().unwrap())
            .sum();
        assert!(shared > 9_000, "{shared} shared");
        self.account(daemon, 1)
            .batch("lcd /tmp\nls outbox")
            .done("ls");
        let withdrawn = names_only(&pupils_of(1)[..3]);
        self.put(daemon, 1, ("withdrawals ", ".csv"), withdrawn.as_bytes());
        let reason = format!("For {} born {}", pupil(1200).full_name(), pupil(1200).born);
        self.put(daemon, 2, ("request ", ".txt"), reason.as_bytes());
        self.put(daemon, 3, ("discrepancy ", ".txt"), reason.as_bytes());
        self.soon_answered(daemon);
        self.commands();
        // Nobody of this name may in, nor with this key.
        let port = port_in(&daemon.log()).unwrap();
        let key = self.world.keys("a stranger").ssh;
        let stranger = Account::new(&pupil(77).forename, port, &key);
        stranger.batch("ls").fails("a stranger");
        Account::new(&school(4), port, &key)
            .batch("ls")
            .fails("a wrong key");
    }

    fn commands(&self) {
        let known = pupil(600);
        // A live ledger takes no `--at`.
        let ask = |verb: &str, pupil: &Pupil, more: &[&str]| {
            let mut arguments = vec![
                verb,
                "--forename",
                &pupil.forename,
                "--surname",
                &pupil.surname,
            ];
            arguments.extend(["--dob", &pupil.born]);
            arguments.extend(more);
            self.world.run(&arguments)
        };
        ask("subject", &known, &[]).done("subject");
        ask("withdraw", &known, &["--school", &school(1)]).done("withdraw");
        ask("erase", &pupil(601), &[]).done("erase");
        ask("subject", &pupil(601), &[]);
        self.world
            .run(&["breach", "--school", &school(2)])
            .done("breach");
        self.world.run(&["request", "list"]).done("request list");
        self.world
            .run(&["discrepancy", "list"])
            .done("discrepancy list");
        self.world.run(&["review", "list"]);
        self.world
            .run(&["request", "approve", "Q000001"])
            .done("approve");
        self.world
            .run(&["hold", "--all", "--reason", &known.full_name(), "--recall"])
            .done("hold");
        self.world.run(&["resume", "--all"]).done("resume");
    }

    /// What people and machines are told, and what lies on the disk.
    fn looked_through(&self, daemon: &Daemon, temporary: &Path) -> Looked {
        let mut looked = Looked::default();
        let told = |what: &str, bytes: &[u8], looked: &mut Looked| {
            self.needles.look(what, bytes, looked);
            let mut public = Looked::default();
            self.ledgers.look(what, bytes, &mut public);
            looked.hits.extend(public.hits);
        };
        let metrics = address(daemon);
        let done = |words: &[&str]| self.world.run(words).done("a command");
        for (what, text) in [
            ("the log", daemon.log()),
            ("/metrics", ask(&metrics, "GET", "/metrics").body),
            ("/health", ask(&metrics, "GET", "/health").body),
            ("status", done(&["status"])),
            ("status --json", done(&["status", "--json"])),
            ("audit verify", done(&["audit", "verify"])),
        ] {
            assert!(!text.is_empty(), "{what} is empty");
            told(what, text.as_bytes(), &mut looked);
        }
        let export = done(&["audit", "export"]);
        self.needles
            .look("audit export", export.as_bytes(), &mut looked);
        for field in ["environ", "cmdline", "status", "limits"] {
            let path = format!("/proc/{}/{field}", daemon.id());
            told(&path, &fs::read(&path).unwrap_or_default(), &mut looked);
        }
        self.needles
            .look_beneath(temporary, &|_| false, &mut looked);
        let state = self.world.state();
        // What schools sent lies in their own boxes, and the council's extract in the council's.
        let front = state.join("front").join("boxes");
        let plain: HashSet<_> = [
            state.join("boxes"),
            front,
            state.join("extracts"),
            state.join("council").join("extracts"),
        ]
        .into();
        self.needles
            .look_beneath(&state, &|path| plain.contains(path), &mut looked);
        looked
    }

    /// Receipts name nobody; only their files' names hold the name of the upload, for who sent it.
    fn receipts(&self) -> (usize, Vec<(String, String)>) {
        let mut pupils = Needles::new();
        (0..PUPILS).for_each(|n| pupils.add_pupil(&pupil(n)));
        let mut looked = Looked::default();
        for at in 0..SCHOOLS {
            let folder = self.world.box_of(&school(at)).join("receipts");
            pupils.look_beneath(&folder, &|_| false, &mut looked);
        }
        (looked.bytes, looked.hits)
    }
}

#[test]
fn ten_thousand_pupils_leave_no_trace_where_they_have_no_business() {
    let mut play = Play::new();
    let temporary = play.world.outside("temporary");
    fs::create_dir_all(&temporary).unwrap();
    let daemon = Daemon::start_by(&play.world, loudest(&play.world, &temporary));
    play.lists(&daemon);
    play.broken(&daemon);
    play.later(&daemon);
    soon("a gathering", || {
        ask(&address(&daemon), "GET", "/metrics")
            .body
            .contains("pillarbox_extract_rows")
    });
    let looked = play.looked_through(&daemon, &temporary);
    assert!(looked.hits.is_empty(), "{:#?}", looked.hits);
    let (receipts, hits) = play.receipts();
    assert!(hits.is_empty(), "{hits:#?}");
    // That something was looked for, and looked through.
    assert!(
        play.needles.number > 4 * PUPILS,
        "{} needles",
        play.needles.number
    );
    assert!(looked.bytes > 5 << 20, "{} bytes", looked.bytes);
    eprintln!(
        "{} needles in {} bytes of {} files and pages, and {receipts} bytes of receipts: no hit",
        play.needles.number, looked.bytes, looked.files
    );
    // Each needle would have been found: the lists themselves are full of them.
    for at in [0, 1, 2, 3, 4, 5] {
        let found = play.needles.found_in(list(at, &pupils_of(at)).as_bytes());
        assert!(
            found.len() >= 5 * EACH,
            "{} found in the list of school {at}",
            found.len()
        );
    }
    dies_without_a_core(daemon, &temporary);
    let mut after = Looked::default();
    play.needles
        .look_beneath(&temporary, &|_| false, &mut after);
    let log = fs::read(play.world.outside("daemon.log")).unwrap();
    play.needles.look("the log", &log, &mut after);
    assert!(after.hits.is_empty(), "{:#?}", after.hits);
}

/// The daemon at the loudest log, started by a shell that permits core files, in a folder of its own.
fn loudest(world: &World, temporary: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            "ulimit -c unlimited; cd \"$1\"; shift; exec \"$@\"",
            "sh",
        ])
        .arg(temporary);
    let run = world.command(&["run"]);
    command.arg(run.get_program()).args(run.get_args());
    for (name, value) in run.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
        .env(
            "PILLARBOX_LOG",
            "trace,russh=trace,hyper=trace,age=trace,rusqlite=trace,notify=trace",
        )
        .env("TMPDIR", temporary)
        .env("RUST_BACKTRACE", "full")
        .stdin(Stdio::null());
    command
}

/// A daemon that dies of a fault leaves nothing of its memory behind, though its shell permits it.
fn dies_without_a_core(daemon: Daemon, temporary: &Path) {
    daemon.signal(Signal::ABORT);
    let status = daemon.ended();
    assert_eq!(status.signal(), Some(6));
    assert!(!status.core_dumped());
    assert!(
        names_in(temporary)
            .iter()
            .all(|name| !name.starts_with("core"))
    );
    // A program that does not see to it leaves one, or this test could not fail.
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -c unlimited && kill -ABRT $$"]);
    let cored = shell.current_dir(temporary).status().unwrap();
    if !cored.core_dumped() {
        eprintln!("this machine writes no core files at all: that half proves nothing here");
    }
    for name in names_in(temporary)
        .iter()
        .filter(|name| name.starts_with("core"))
    {
        fs::remove_file(temporary.join(name)).unwrap();
    }
}
