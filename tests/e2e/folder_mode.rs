//! Folder mode with OpenSSH in front: a school's day on the very files of `config/openssh` (spec 2).
//!
//! As root the test gives them an `/etc` and a `/srv` of their own in a mount namespace: real accounts, a
//! real chroot, the daemon as a user of its own, and nothing left on the machine. Otherwise `sshd` runs as
//! the tester, without chroot and accounts, and only the day is tested.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use crate::{
    accounts::{Account, free_port, listens},
    answers::Receipt,
    opened::{destinations_in, names},
    programs::finish_quietly,
    pupils::names_only,
    running::{Daemon, answered, grown, lay_extract, list, soon, today},
    world::{SCHOOL, World},
};

/// `sshd` in front of a daemon.
struct Front {
    world: World,
    daemon: Option<Daemon>,
    sshd: Child,
    account: Account,
}

impl Front {
    fn start() -> Self {
        let world = World::bare();
        world.on(&today());
        let srv = world.outside("srv");
        fs::create_dir_all(srv.join("pillarbox/boxes")).unwrap();
        world.move_boxes(&srv.join("pillarbox/boxes"));
        world.set("intake.settle", "\"2 s\"");
        world.drop_section("sftp");
        world.add_school(SCHOOL);
        world.edit_school(SCHOOL, |school| {
            school["agreement"]["signed"] =
                "2020-09-14".parse::<toml_edit::Value>().unwrap().into();
        });
        let (port, key) = (free_port(), world.keys(SCHOOL).ssh);
        let (sshd, user) = if owns_the_machine() {
            (as_a_council_does(&world, &srv, port), format!("s{SCHOOL}"))
        } else {
            (as_oneself(&world, port), std::env::var("USER").unwrap())
        };
        let daemon = Some(Daemon::start_by(&world, daemon(&world)));
        soon("sshd", || listens(port));
        Self {
            account: Account::new(&user, port, &key),
            world,
            daemon,
            sshd,
        }
    }

    /// Waits for so many receipts of uploads, and returns them.
    #[track_caller]
    fn answers(&self, number: usize) -> Vec<Receipt> {
        soon("the receipt", || answered(&self.world) >= number);
        let receipts = self.world.submissions(SCHOOL);
        assert_eq!(receipts.len(), number);
        assert!(receipts.iter().all(|receipt| receipt.json["by"].is_null()));
        receipts
    }

    /// A local file that only its owner reads.
    fn private(&self, content: &str) -> PathBuf {
        let path = self.world.outside("private.csv");
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn inbox(&self) -> PathBuf {
        self.world.box_of(SCHOOL).join("inbox")
    }

    /// Has the school fetch its one destination file, and opens it.
    fn collected(&self) -> Vec<String> {
        let found = self.account.names("outbox");
        assert_eq!(found.len(), 1, "{found:?}");
        let folder = tempfile::tempdir().unwrap();
        let bytes = self.account.get(&format!("outbox/{}", found[0]));
        fs::write(folder.path().join(&found[0]), bytes).unwrap();
        let keys = self.world.keys(SCHOOL);
        names(&destinations_in(folder.path(), &keys.age))
    }

    fn end(mut self) {
        assert!(self.daemon.take().unwrap().stop().success());
        self.world.run(&["audit", "verify"]).done("audit verify");
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
        if std::thread::panicking() {
            let log = fs::read_to_string(self.world.outside("sshd.log"));
            eprintln!("sshd said:\n{}", log.unwrap_or_default());
        }
    }
}

#[test]
fn a_school_day_by_openssh() {
    let front = Front::start();
    let (world, account) = (&front.world, &front.account);
    assert_eq!(shown(account), ["inbox", "outbox", "receipts"]);
    account.put(list(3), "inbox/leavers.csv").done("put");
    front.answers(1)[0].is("accepted", &[]);

    // The name still lingers; other bytes under it are another upload.
    assert!(account.names("inbox").contains(&"leavers.csv".to_owned()));
    account.put(list(4), "inbox/leavers.csv").done("put again");
    front.answers(2)[1].counts(&[("rows", 4), ("new", 1)]);

    lay_extract(world, 4);
    give_to_daemon(&world.state().join("council"));
    account
        .put("For tonight.", "inbox/request.txt")
        .done("put request");
    soon("the file", || world.outbox(SCHOOL).len() == 1);
    assert_eq!(front.collected().len(), 4);

    let gone = grown(1);
    account
        .put(
            names_only(std::slice::from_ref(&gone)),
            "inbox/withdraw.csv",
        )
        .done("put withdraw");
    front.answers(4)[3].is("accepted", &[]);
    soon("the file without them", || {
        let outbox = world.outbox(SCHOOL);
        outbox.len() == 1 && outbox[0].contains("R000002")
    });
    let left = front.collected();
    assert!(
        left.len() == 3 && !left.contains(&gone.full_name()),
        "{left:?}"
    );
    front.end();
}

#[test]
fn a_file_is_not_taken_while_its_session_lives_and_a_cut_one_is_taken_as_it_is() {
    let front = Front::start();
    if !owns_the_machine() {
        // Without its capabilities the daemon doesn't see who has a file open.
        return front.end();
    }
    let whole = list(150);
    let mut sftp = front
        .account
        .slow_put(whole.as_bytes(), "inbox/leavers.csv", 24)
        .spawn()
        .unwrap();
    let file = front.inbox().join("leavers.csv");
    soon("its first bytes", || {
        fs::metadata(&file).is_ok_and(|file| file.len() > 0)
    });
    // Now the line stalls for longer than a file has to rest.
    signal(&sftp, "STOP");
    sleep(Duration::from_secs(4));
    assert_eq!(answered(&front.world), 0, "its session has it open");
    assert!(file.exists());
    sftp.kill().unwrap();
    sftp.wait().unwrap();
    let receipts = front.answers(1);
    let taken = receipts[0].json["file"]["bytes"].as_u64().unwrap();
    assert!(taken > 0 && taken < whole.len() as u64, "{taken} bytes");

    // The school sends it again, whole.
    front
        .account
        .put(&whole, "inbox/leavers.csv")
        .done("put again");
    front.answers(2)[1].counts(&[("rows", 150)]);
    front.end();
}

#[test]
fn a_school_can_write_to_its_inbox_only_and_sees_no_other_box() {
    let front = Front::start();
    if !owns_the_machine() {
        return front.end();
    }
    let account = &front.account;
    for place in ["", "outbox/", "receipts/", "../", "/srv/pillarbox/boxes/"] {
        account
            .put("x", &format!("{place}intruder.csv"))
            .fails(place);
    }
    for file in ["../../etc/passwd", "/etc/passwd", "/etc/pillarbox"] {
        account.batch(&format!("get {file} /dev/null")).fails(file);
    }
    account
        .batch("ln -s /etc/passwd inbox/link.csv")
        .fails("a link");
    account.batch("rm README.txt").fails("removing");
    let planted = front.world.box_of(SCHOOL).join("outbox/planted.csv.age");
    std::os::unix::fs::symlink("/etc/passwd", planted).unwrap();
    account
        .batch("get outbox/planted.csv.age /dev/null")
        .fails("a planted link");
    assert!(!account.get("README.txt").is_empty());
    // What a client makes unreadable to others is taken all the same.
    let private = front.private(&list(2));
    account
        .batch(&format!(
            "put \"{}\" inbox/leavers.csv\nchmod 600 inbox/leavers.csv",
            private.display()
        ))
        .done("put and chmod");
    front.answers(1)[0].is("accepted", &[]);
    front.end();
}

/// The folders that the school sees at its root.
fn shown(account: &Account) -> Vec<String> {
    let mut names = account.names(".");
    names.retain(|name| !name.contains('.') && name != "allowed_signers");
    names
}

/// `sshd` with the files of `config/openssh` in their places, in a namespace where `/etc` and `/srv` are
/// scratch; the daemon's user is made there too, and owns the council's folder.
fn as_a_council_does(world: &World, srv: &Path, port: u16) -> Child {
    let etc = world.outside("etc");
    let script = format!(
        "set -eu
         cp -a /etc/. {etc}; mount --bind {etc} /etc; mount --bind {srv} /srv
         getent passwd pillarbox >/dev/null || useradd --system --user-group --no-create-home pillarbox
         install -D -m 0644 {config}/pillarbox.conf /etc/ssh/sshd_config.d/pillarbox.conf
         sh {config}/make-box {SCHOOL} {key}
         touch {etc}.ready
         exec {sshd} -D -e -f {settings}",
        etc = etc.display(),
        srv = srv.display(),
        config = CONFIG,
        key = world.keys(SCHOOL).ssh_public.display(),
        sshd = SSHD,
        settings = sshd_settings(world, port, "Include /etc/ssh/sshd_config.d/pillarbox.conf").display(),
    );
    fs::create_dir_all(&etc).unwrap();
    open_to_all(world);
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "sh", "-c", &script]);
    let child = logged(world, unshare);
    let ready = world.outside("etc.ready");
    soon("the school's box", || ready.exists());
    give_to_daemon(&world.dir());
    child
}

/// `sshd` as the tester: no accounts, no chroot.
fn as_oneself(world: &World, port: u16) -> Child {
    let keys = world.outside("authorized_keys");
    fs::copy(world.keys(SCHOOL).ssh_public, &keys).unwrap();
    let only = format!(
        "AuthorizedKeysFile {}\nForceCommand internal-sftp -u 0007 -P symlink,hardlink -d {}",
        keys.display(),
        world.box_of(SCHOOL).display()
    );
    let mut sshd = Command::new(SSHD);
    sshd.args(["-D", "-e", "-f"])
        .arg(sshd_settings(world, port, &only));
    logged(world, sshd)
}

fn sshd_settings(world: &World, port: u16, rest: &str) -> PathBuf {
    let key = world.outside("host_key");
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-f"]);
    finish_quietly(keygen.arg(&key));
    let settings = world.outside("sshd_config");
    let text = format!(
        "ListenAddress 127.0.0.1:{port}\nHostKey {}\nStrictModes no\nUsePAM no\nPidFile none\n\
         Subsystem sftp /usr/lib/openssh/sftp-server\n{rest}\n",
        key.display()
    );
    fs::write(&settings, text).unwrap();
    // Where sshd keeps its unprivileged half; Debian makes it at boot.
    let _ = fs::create_dir_all("/run/sshd");
    settings
}

fn logged(world: &World, mut command: Command) -> Child {
    let log = fs::File::create(world.outside("sshd.log")).unwrap();
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// The daemon as its service starts it: as its own user, with the two capabilities of
/// `folder-mode.service.conf`.
fn daemon(world: &World) -> Command {
    let run = world.command(&["run"]);
    if !owns_the_machine() {
        return run;
    }
    let [user, group] = owner_of(&world.dir());
    let capabilities = capabilities();
    let mut setpriv = Command::new("setpriv");
    setpriv
        .args(["--clear-groups", "--reuid", &user, "--regid", &group])
        .args(["--inh-caps", &capabilities, "--ambient-caps", &capabilities])
        .args(["--bounding-set", &capabilities])
        .arg(run.get_program())
        .args(run.get_args())
        .stdin(Stdio::null());
    setpriv
}

/// The capabilities that the service is given, as `setpriv` writes them.
fn capabilities() -> String {
    let service = fs::read_to_string(format!("{CONFIG}/folder-mode.service.conf")).unwrap();
    let named = service
        .lines()
        .find_map(|line| line.strip_prefix("AmbientCapabilities="))
        .unwrap();
    let named = named.split(' ').map(|name| {
        let name = name.strip_prefix("CAP_").unwrap();
        format!("+{}", name.to_lowercase())
    });
    let all = std::iter::once("-all".to_owned()).chain(named);
    all.collect::<Vec<_>>().join(",")
}

/// Gives a folder to the user as whom the daemon runs.
fn give_to_daemon(folder: &Path) {
    if !owns_the_machine() {
        return;
    }
    let etc = folder.ancestors().find_map(|above| {
        let etc = above.join("elsewhere/etc/passwd");
        etc.exists().then_some(etc)
    });
    let accounts = fs::read_to_string(etc.unwrap()).unwrap();
    let account = accounts
        .lines()
        .find(|line| line.starts_with("pillarbox:"))
        .unwrap();
    let ids = account.split(':').skip(2).take(2).collect::<Vec<_>>();
    let mut chown = Command::new("chown");
    finish_quietly(chown.args(["-R", &ids.join(":")]).arg(folder));
}

fn owner_of(path: &Path) -> [String; 2] {
    let metadata = fs::metadata(path).unwrap();
    [metadata.uid().to_string(), metadata.gid().to_string()]
}

/// Lets other users pass the world's own folder.
fn open_to_all(world: &World) {
    let root = world.dir().parent().unwrap().to_owned();
    fs::set_permissions(root, fs::Permissions::from_mode(0o755)).unwrap();
}

fn signal(child: &Child, name: &str) {
    let mut kill = Command::new("kill");
    finish_quietly(kill.args([format!("-{name}"), child.id().to_string()]));
}

/// Whether the test may give `sshd` an `/etc` of its own: as root, where the kernel allows namespaces.
fn owns_the_machine() -> bool {
    let tried = Command::new("unshare").args(["--mount", "true"]).output();
    let owns = rustix::process::geteuid().is_root() && tried.is_ok_and(|run| run.status.success());
    if !owns {
        eprintln!("sshd runs as the tester: neither accounts nor chroot are tested");
    }
    owns
}

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config/openssh");
const SSHD: &str = "/usr/sbin/sshd";
