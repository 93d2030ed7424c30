//! The drill: a backup while the daemon runs, a day that goes on, a lost disk, and the day after it. Real processes,
//! real keys. Nobody withdrawn or erased since is shared, and no number is given twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use pillarbox::boxes::handover::Served;

use crate::{
    handed_over::{key, serve},
    opened::names,
    programs::{Ended, finish, finish_quietly},
    pupils::{Pupil, list_dated, list_saying, names_only},
    running::{Daemon, answered, days_ago, grown, lay_extract, present, soon},
    world::{OTHER, SCHOOL, World, names_in},
};

/// Whom nobody may see any more: by file, by row, told to the council, erased.
const GONE: [usize; 4] = [1, 2, 3, 4];

/// A council after its disk was lost, with all that was seen before.
struct Lost {
    world: World,
    backup: PathBuf,
    /// What survived, copied elsewhere.
    elsewhere: PathBuf,
    /// Every id on a receipt before, with what it was for.
    ids: BTreeMap<String, String>,
}

/// The school year begins, a backup is made, the day goes on, and the daemon dies.
fn the_day() -> Lost {
    let world = present();
    world.add_school(OTHER);
    let keys = world.keys("keeper of backups");
    world.set("backup.recipient", &format!("\"{}\"", keys.recipient));
    world.set("intake.linger", "\"0 s\"");
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", crate::running::list(8));
    soon("the list", || answered(&world) == 1);
    lay_extract(&world, 12);
    world.run(&["release", "--school", SCHOOL]).done("release");
    soon("the file", || world.outbox(SCHOOL).len() == 1);

    // The backup, while a list arrives.
    let backup = world.outside("backup.age");
    world.drop_file(SCHOOL, "add.csv", list_dated(&[grown(8)], &days_ago(20)));
    world
        .run(&["backup", backup.to_str().unwrap()])
        .done("backup");
    soon("the addition", || answered(&world) == 2);

    the_day_goes_on(&world);
    daemon.kill();

    let elsewhere = world.outside("survived");
    let mut copy = Command::new("cp");
    finish_quietly(copy.arg("-a").args([&world.state(), &elsewhere]));
    Lost {
        ids: ids(&world),
        world,
        backup,
        elsewhere,
    }
}

/// What the backup does not know of.
fn the_day_goes_on(world: &World) {
    world.drop_file(SCHOOL, "withdrawals.csv", names_only(&[grown(1)]));
    soon("the withdrawal by file", || answered(world) == 3);
    let pupils: Vec<Pupil> = (0..10).map(grown).collect();
    let newer = list_saying(&pupils, |n| if n == 2 { "No" } else { "Yes" });
    world.drop_file(SCHOOL, "leavers again.csv", newer);
    soon("the withdrawal by row", || answered(world) == 4);
    about(world, &["withdraw", "--school", SCHOOL], &grown(3)).done("withdraw");
    about(world, &["erase"], &grown(4)).done("erase");
    world.drop_file(SCHOOL, "request.txt", "For the governors.");
    soon("the request", || answered(world) == 5);
    world.run(&["release", "--school", SCHOOL]).done("release");
    soon("the newest file", || !world.outbox(SCHOOL).is_empty());
    let file = world.outbox(SCHOOL).pop().unwrap();
    serve(world, SCHOOL, &file, Served::Collected, &key("a"));
    let collected = || {
        world
            .run(&["audit", "export"])
            .done("export")
            .contains("file-collected")
    };
    soon("the collection", collected);
    let inbox = world.box_of(SCHOOL).join("inbox");
    soon("an empty inbox", || names_in(&inbox).is_empty());
}

fn about(world: &World, command: &[&str], pupil: &Pupil) -> Ended {
    let mut command = world.command(command);
    command.args(["--forename", &pupil.forename, "--surname", &pupil.surname]);
    finish({
        command.args(["--dob", &pupil.born]);
        command
    })
}

/// Every id on any receipt, with what tells one thing from another.
fn ids(world: &World) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    for receipt in world.receipts(SCHOOL) {
        let what = match receipt.id().chars().next() {
            Some('S') => receipt.json["file"].to_string(),
            _ => receipt.id().to_owned(),
        };
        ids.insert(receipt.id().to_owned(), what);
    }
    ids
}

impl Lost {
    fn restore(&self) -> String {
        let key = self.world.keys("keeper of backups").age;
        let mut command = self.world.command(&["restore"]);
        command.arg(&self.backup).arg("-i").arg(key);
        finish(command).done("restore")
    }

    fn reconcile(&self, more: &[&str], from: &[(&str, &str)]) -> String {
        let mut command = self.world.command(&["restore", "--reconcile"]);
        command.args(more);
        for (option, folder) in from {
            command.arg(option).arg(self.elsewhere.join(folder));
        }
        finish(command).done("reconcile")
    }

    /// Copies something of what survived back into its place.
    fn copy_back(&self, folder: &str) {
        let to = self.world.state();
        fs::create_dir_all(&to).unwrap();
        let mut copy = Command::new("cp");
        finish_quietly(copy.arg("-a").args([self.elsewhere.join(folder), to]));
    }

    /// Goes on in earnest: daemon, extract, release.
    fn go_on(&self) -> Daemon {
        let daemon = Daemon::start(&self.world);
        lay_extract(&self.world, 12);
        daemon
    }

    /// Nobody withdrawn or erased since is in any file that lies anywhere, and no number was given twice.
    #[track_caller]
    fn all_is_well(&self, wanted: &[usize]) {
        let world = &self.world;
        let shared = names(&world.shared());
        let outcomes = |r: &crate::answers::Receipt| format!("{} {}", r.id(), r.outcome());
        println!(
            "{:?}",
            world
                .releases(SCHOOL)
                .iter()
                .map(outcomes)
                .collect::<Vec<_>>()
        );
        for n in GONE {
            assert!(
                !shared.contains(&grown(n).full_name()),
                "pupil {n} is shared"
            );
        }
        let wanted: BTreeSet<String> = wanted.iter().map(|n| grown(*n).full_name()).collect();
        assert_eq!(shared.iter().cloned().collect::<BTreeSet<_>>(), wanted);
        let now = ids(world);
        for (id, what) in &now {
            if let Some(before) = self.ids.get(id) {
                assert_eq!(before, what, "{id} was given twice");
            }
        }
        let new: BTreeSet<&String> = now
            .keys()
            .filter(|id| !self.ids.contains_key(*id))
            .collect();
        assert!(!new.is_empty());
        for id in new {
            let number: u64 = id[1..].parse().unwrap();
            assert!(number > 1_000, "{id} did not leap");
        }
        // `receipts` has verified each signature, those from before as well.
        assert!(self.ids.keys().all(|id| now.contains_key(id)));
        world.run(&["audit", "verify"]).done("audit verify");
        no_name_of_the_erased(&world.state(), &grown(4));
    }
}

/// Nothing outside the boxes holds the erased pupil's name in the clear.
fn no_name_of_the_erased(state: &Path, pupil: &Pupil) {
    for folder in ["notes", "spool"] {
        for name in names_in(&state.join(folder)) {
            let bytes = fs::read(state.join(folder).join(name)).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(&pupil.surname), "{folder}");
        }
    }
}

#[test]
fn only_the_database_is_lost() {
    let lost = the_day();
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(lost.world.state().join(format!("ledger.db{ending}")));
    }
    println!("{}", lost.restore());
    // Uploads are still taken safely while everything stands still: they wait.
    let daemon = Daemon::start(&lost.world);
    lost.world
        .drop_file(SCHOOL, "withdrawals too.csv", names_only(&[grown(5)]));
    lost.world
        .run(&["release", "--school", SCHOOL])
        .exits(1, "release on hold");
    assert!(daemon.log().contains("EVERYTHING IS ON HOLD"));
    let said = lost
        .world
        .run(&["restore", "--reconcile"])
        .exits(1, "beside a daemon");
    assert!(said.contains("systemctl stop pillarbox"), "{said}");
    assert!(daemon.stop().success());
    let inbox = names_in(&lost.world.box_of(SCHOOL).join("inbox"));
    assert!(
        inbox.contains(&"withdrawals too.csv".to_owned()),
        "{inbox:?}"
    );

    let first = lost.reconcile(&[], &[]);
    println!("{first}");
    assert!(first.contains("Not confirmed"), "{first}");
    let again = lost.reconcile(&["--confirm"], &[]);
    println!("{again}");
    let but_for_its_end = |said: &str| {
        said.lines()
            .rev()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        but_for_its_end(&first),
        but_for_its_end(&again),
        "the same again finds the same"
    );
    for words in [
        "1 withdrawals told to the council",
        "1 erasures",
        "was taken again as",
    ] {
        assert!(again.contains(words), "{words}\n{again}");
    }
    assert!(!again.contains("STAYS ON HOLD"), "{again}");
    let daemon = lost.go_on();
    lost.world
        .run(&["release", "--school", SCHOOL])
        .done("release");
    soon("the file", || !lost.world.outbox(SCHOOL).is_empty());
    lost.all_is_well(&[0, 6, 7, 8, 9]);
    assert!(daemon.stop().success());
}

#[test]
fn the_state_is_lost_and_what_matters_survived_elsewhere() {
    let lost = the_day();
    fs::remove_dir_all(lost.world.state()).unwrap();
    println!("{}", lost.restore());
    lost.copy_back("boxes");
    let from = [("--spool-from", "spool"), ("--notes-from", "notes")];
    let said = lost.reconcile(&["--confirm"], &from);
    println!("{said}");
    assert!(!said.contains("STAYS ON HOLD"), "{said}");
    let daemon = lost.go_on();
    lost.world
        .run(&["release", "--school", SCHOOL])
        .done("release");
    soon("the file", || !lost.world.outbox(SCHOOL).is_empty());
    lost.all_is_well(&[0, 5, 6, 7, 8, 9]);
    assert!(daemon.stop().success());
}

#[test]
fn everything_is_lost_but_the_boxes() {
    let lost = the_day();
    fs::remove_dir_all(lost.world.state()).unwrap();
    println!("{}", lost.restore());
    lost.copy_back("boxes");
    let said = lost.reconcile(&["--confirm"], &[]);
    println!("{said}");
    assert!(said.contains("ALL SHARING STAYS ON HOLD"), "{said}");
    assert!(
        said.contains("STAYS ON HOLD after you confirm: Ask the school"),
        "{said}"
    );
    let world = &lost.world;
    let daemon = lost.go_on();
    world
        .run(&["release", "--school", SCHOOL])
        .exits(1, "on hold");
    assert!(world.outbox(SCHOOL).is_empty());

    // What the operator is told to do: colleagues say it again, the school sends again.
    let before = world.submissions(SCHOOL).len();
    about(world, &["withdraw", "--school", SCHOOL], &grown(3)).done("withdraw");
    about(world, &["erase"], &grown(4)).done("erase");
    world.drop_file(SCHOOL, "withdrawals.csv", names_only(&[grown(1)]));
    soon("the first", || world.submissions(SCHOOL).len() > before);
    let pupils: Vec<Pupil> = (0..10).map(grown).collect();
    let newer = list_saying(&pupils, |n| if n == 2 { "No" } else { "Yes" });
    world.drop_file(SCHOOL, "leavers again.csv", newer);
    soon("the second", || {
        world.submissions(SCHOOL).len() > before + 1
    });
    world.run(&["resume", "--all"]).done("resume");
    world
        .run(&["release", "--school", SCHOOL])
        .exits(1, "the school's own hold");
    world.run(&["resume", "--school", SCHOOL]).done("resume");
    world.run(&["release", "--school", SCHOOL]).done("release");
    soon("the file", || !world.outbox(SCHOOL).is_empty());
    lost.all_is_well(&[0, 5, 6, 7, 8, 9]);
    assert!(daemon.stop().success());
}
