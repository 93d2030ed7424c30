//! The front end as a user of its own, set up as README.md says: it reaches what it serves and nothing of the
//! daemon's, and the daemon learns from it who sent and who collected.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::Path,
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    accounts::{Account, free_port, listens},
    programs::{finish, finish_quietly},
    raw_sftp::Raw,
    running::{Daemon, answered, lay_extract, list, present, soon},
    world::{OTHER, SCHOOL, World},
};

/// The daemon's user and group; the front end is `nobody`, and the third is the group of both.
const DAEMON: u32 = 64_001;
const NOBODY: u32 = 65_534;
const BOTH: u32 = 64_002;

/// The front end; it ends with the test.
struct FrontEnd(Child);

impl FrontEnd {
    fn start(world: &World, port: u16) -> Self {
        let log = fs::File::create(world.outside("sftp.log")).unwrap();
        let mut command = as_user(NOBODY, &world.command(&["sftp"]));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.stderr(log).spawn().unwrap();
        soon("the SFTP server", || listens(port));
        Self(child)
    }

    fn stop(mut self) {
        kill_process(Pid::from_child(&self.0), Signal::TERM).unwrap();
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for FrontEnd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_front_end_as_a_user_of_its_own_reaches_what_it_serves_and_nothing_else() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("only root has other users: the front end as its own is not tested");
        return;
    }
    let (world, port) = (present(), free_port());
    world.set("sftp.listen", &format!("\"127.0.0.1:{port}\""));
    world.set("sftp.in_daemon", "false");
    set_up(&world);
    let daemon = Daemon::start_by(&world, as_user(DAEMON, &world.command(&["run"])));
    let front_end = FrontEnd::start(&world, port);
    nobody_reaches(&world);

    let account = Account::new(SCHOOL, port, &world.keys(SCHOOL).ssh);
    uploads_are_answered(&world, &account);
    collections_are_recorded(&world, &account);
    // What it has to say it says of no file.
    for log in ["sftp.log", "daemon.log"] {
        let log = fs::read_to_string(world.outside(log)).unwrap();
        assert!(
            !log.contains("leavers") && !log.contains("half.csv"),
            "{log}"
        );
    }
    a_later_school_is_served(&world, port);
    front_end.stop();
    assert!(daemon.stop().success());
}

fn uploads_are_answered(world: &World, account: &Account) {
    account.put(list(3), "inbox/leavers.csv").done("put");
    soon("the receipt", || answered(world) == 1);
    let receipt = world.submissions(SCHOOL).remove(0);
    receipt.is("accepted", &[]);
    let mut keygen = Command::new("ssh-keygen");
    let told = finish_quietly(keygen.arg("-lf").arg(world.keys(SCHOOL).ssh_public));
    assert_eq!(receipt.word("by"), told.split(' ').nth(1).unwrap());
    assert_eq!(account.names("receipts").len(), 3);

    let mut cut = Raw::connect(account);
    let handle = cut.create("inbox/half.csv").unwrap();
    cut.write(&handle, 0, b"Forename").unwrap();
    cut.cut();
    soon("the receipt of what was cut", || answered(world) == 2);
    world.submissions(SCHOOL)[1].is("rejected", &["file-incomplete"]);
}

fn collections_are_recorded(world: &World, account: &Account) {
    lay_extract(world, 3);
    world.run(&["release", "--school", SCHOOL]).done("release");
    soon("the file", || world.outbox(SCHOOL).len() == 1);
    let name = world.outbox(SCHOOL)[0].clone();
    assert!(!account.get(&format!("outbox/{name}")).is_empty());
    let acts = |act: &str| {
        let trail = world.run(&["audit", "export"]).done("audit export");
        trail.matches(&format!("\"{act}\"")).count()
    };
    soon("the collection in the trail", || {
        acts("file-collected") == 1
    });
    assert_eq!(acts("file-touched"), 1);
}

/// A school that comes later has a box that both reach as well.
fn a_later_school_is_served(world: &World, port: u16) {
    let keys = world.keys(OTHER);
    let mut add = world.command(&["school", "add", OTHER, "--name", "Another"]);
    add.args([
        "--signed",
        "2020-09-14",
        "--person",
        "Pat Invented",
        "--key",
    ]);
    add.arg(&keys.ssh_public);
    finish(as_user(DAEMON, &add)).done("school add");
    soon("the other school's box", || {
        world.box_of(OTHER).join("README.txt").exists()
    });
    for path in ["", "README.txt", "outbox", "receipts", "inbox"] {
        let metadata = fs::metadata(world.box_of(OTHER).join(path)).unwrap();
        assert_eq!(metadata.gid(), BOTH, "{path}");
    }
    let account = Account::new(OTHER, port, &keys.ssh);
    let copy = world.outside("README.txt");
    let get = format!("get README.txt {}", copy.display());
    // Whoever tries too early fails to log in, and is banned in the end.
    soon("the front end to know it", || {
        let log = fs::read_to_string(world.outside("sftp.log")).unwrap();
        log.contains("schools' files were read again")
    });
    account.batch(&get).done("get");
    assert_eq!(
        fs::read(copy).unwrap(),
        fs::read(world.box_of(OTHER).join("README.txt")).unwrap()
    );
}

#[test]
fn a_front_end_that_ran_within_the_daemon_may_run_alone_afterwards() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let (world, port) = (present(), free_port());
    world.set("sftp.listen", &format!("\"127.0.0.1:{port}\""));
    set_up(&world);
    let daemon = Daemon::start_by(&world, as_user(DAEMON, &world.command(&["run"])));
    soon("the SFTP server", || listens(port));
    assert!(daemon.stop().success());
    world.set("sftp.in_daemon", "false");
    chown(host_key(&world), Some(NOBODY), None).unwrap();
    let lock = world.state().join("front/serving.lock");
    assert_eq!(fs::metadata(&lock).unwrap().uid(), DAEMON);
    FrontEnd::start(&world, port).stop();
}

/// What README.md says under «The front end as a user of its own», for users that need no account.
fn set_up(world: &World) {
    let state = world.state();
    let root = world.dir().parent().unwrap().to_owned();
    fs::set_permissions(root, fs::Permissions::from_mode(0o755)).unwrap();
    let dir = world.dir();
    sh(&format!("chown -R {DAEMON}:{DAEMON} {}", dir.display()));
    let script = format!(
        "cd {state} && mkdir -p front && chown {DAEMON} front && chgrp -R {BOTH} boxes council front
         find boxes council front -type d -exec chmod g+rxs {{}} +
         chmod g+w front council/extracts
         find boxes council -type f -exec chmod g+r {{}} +",
        state = state.display()
    );
    sh(&script);
    let front_end_s = fs::read_to_string(world.config())
        .unwrap()
        .contains("in_daemon = false");
    if front_end_s {
        chown(host_key(world), Some(NOBODY), None).unwrap();
    }
}

fn host_key(world: &World) -> std::path::PathBuf {
    world.dir().join("keys").join("host")
}

/// The ledger, every other key and the daemon's socket are closed to the front end's user.
fn nobody_reaches(world: &World) {
    let (state, keys) = (world.state(), world.dir().join("keys"));
    let can = |what: &str, path: &Path| {
        assert!(path.exists(), "{}", path.display());
        let mut test = Command::new("test");
        test.args([what]).arg(path);
        finish(as_user(NOBODY, &test)).code == Some(0)
    };
    for closed in [
        state.join("ledger.db"),
        state.join("spool"),
        state.join("extracts"),
        state.join("control.sock"),
        keys.join("ledger.key"),
        keys.join("receipts"),
        keys.join("intake.age"),
    ] {
        assert!(!can("-r", &closed), "{}", closed.display());
        assert!(!can("-w", &closed), "{}", closed.display());
    }
    for file in ["outbox", "receipts", "inbox", "README.txt"] {
        let path = world.box_of(SCHOOL).join(file);
        assert!(can("-r", &path), "{}", path.display());
        assert_eq!(fs::metadata(&path).unwrap().gid(), BOTH);
    }
    for read_only in ["outbox", "receipts"] {
        let path = world.box_of(SCHOOL).join(read_only);
        let mode = fs::metadata(&path).unwrap().mode();
        assert_eq!(mode & 0o7777, 0o2750, "{}", path.display());
    }
}

fn as_user(user: u32, command: &Command) -> Command {
    let mut setpriv = Command::new("setpriv");
    let id = user.to_string();
    setpriv.args([
        "--reuid",
        &id,
        "--regid",
        &id,
        "--groups",
        &BOTH.to_string(),
    ]);
    setpriv
        .arg(command.get_program())
        .args(command.get_args())
        .env_remove("PILLARBOX_CONFIG")
        .env_remove("CREDENTIALS_DIRECTORY")
        .env_remove("NOTIFY_SOCKET")
        .stdin(Stdio::null());
    setpriv
}

fn sh(script: &str) {
    let mut sh = Command::new("sh");
    finish_quietly(sh.args(["-euc", script]));
}
