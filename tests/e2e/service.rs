//! The daemon and the front end as services (spec 8, 10): what a service manager hears of them and hands in,
//! and how they end.

use std::{
    fs,
    net::{TcpListener, TcpStream, UdpSocket},
    os::unix::net::UnixStream,
    process::{Child, Command, Stdio},
    thread::{self, sleep},
    time::{Duration as Wait, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    accounts::{Account, free_port, listens},
    manager::{Manager, with_socket},
    programs::{finish, finish_quietly},
    pupils::list_dated,
    raw_sftp::Raw,
    running::{Daemon, answered, days_ago, grown, list, present, soon},
    world::{SCHOOL, World},
};

/// A front end that runs alone; it ends with the test.
struct Alone(Child);

impl Alone {
    fn start(mut command: Command, world: &World) -> Self {
        let log = fs::File::create(world.outside("sftp.log")).unwrap();
        Self(command.stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    fn stop(mut self) {
        self.signal(Signal::TERM);
        let asked = Instant::now();
        assert!(self.0.wait().unwrap().success());
        assert!(asked.elapsed() < Wait::from_secs(10));
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A council that serves SFTP on this port.
fn served_on(port: u16) -> World {
    let world = present();
    world.set("sftp.listen", &format!("\"127.0.0.1:{port}\""));
    world
}

#[test]
fn ready_is_said_when_port_and_socket_are_there() {
    let port = free_port();
    let world = served_on(port);
    let manager = Manager::new(&world);
    let command = manager.starts(world.command(&["run"]), None);
    let state = world.state();
    let seen = thread::scope(|scope| {
        let seen = scope.spawn(|| {
            while manager.times("READY=1") == 0 {
                sleep(Wait::from_millis(1));
            }
            let socket = UnixStream::connect(state.join("control.sock"));
            (
                listens(port),
                socket.is_ok(),
                state.join("ledger.db").exists(),
            )
        });
        let daemon = Daemon::start_by(&world, command);
        let seen = seen.join().unwrap();
        assert!(daemon.stop().success());
        seen
    });
    assert_eq!(seen, (true, true, true));
    assert_eq!(manager.times("READY=1"), 1);
    assert_eq!(
        manager.pings().len(),
        1,
        "without a watchdog nobody waits for more"
    );
    let lines = manager.lines();
    let begun = lines
        .iter()
        .position(|line| line.starts_with("EXTEND_TIMEOUT_USEC="));
    let ready = lines.iter().position(|line| line == "READY=1");
    assert!(
        begun.unwrap() < ready.unwrap(),
        "more time may be needed before: {lines:?}"
    );
    assert_eq!(manager.times("STOPPING=1"), 1);
}

#[test]
fn who_cannot_bind_its_port_is_never_ready() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let world = served_on(taken.local_addr().unwrap().port());
    let manager = Manager::new(&world);
    let words = finish(manager.starts(world.command(&["run"]), None)).exits(1, "run");
    assert!(words.contains("can't listen on"), "{words}");
    assert_eq!(manager.times("READY=1"), 0);
}

#[test]
fn the_status_line_counts_and_names_nobody() {
    let world = present();
    let manager = Manager::new(&world);
    let daemon = Daemon::start_by(&world, manager.starts(world.command(&["run"]), None));
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the count", || {
        manager.status().contains("uploads taken: 1")
    });
    assert_eq!(
        manager.status(),
        "STATUS=schools: 1, uploads taken: 1, troubles: 0"
    );
    assert!(daemon.stop().success());
}

#[test]
fn a_reload_is_said_from_its_beginning_to_its_end() {
    let world = present();
    let manager = Manager::new(&world);
    let daemon = Daemon::start_by(&world, manager.starts(world.command(&["run"]), None));
    daemon.signal(Signal::HUP);
    manager.hears("READY=1", 2);
    let lines = manager.lines();
    let reloading = lines.iter().position(|line| line == "RELOADING=1").unwrap();
    let since = lines[reloading + 1]
        .strip_prefix("MONOTONIC_USEC=")
        .unwrap();
    assert!(since.parse::<u64>().unwrap() > 0);
    let last = lines.iter().rposition(|line| line == "READY=1").unwrap();
    assert!(reloading < last);
    assert!(daemon.stop().success());
}

#[test]
fn the_watchdog_hears_an_idle_daemon_and_not_a_stopped_one() {
    let world = present();
    // Nothing else wakes it.
    world.set("intake.rescan", "\"1 h\"");
    let manager = Manager::new(&world);
    let daemon = Daemon::start_by(
        &world,
        manager.starts(world.command(&["run"]), Some(WATCHDOG)),
    );
    sleep(Wait::from_millis(3 * WATCHDOG));
    let pings = manager.pings();
    assert!(pings.len() >= 5, "{}", pings.len());
    stays_silent(&manager, || daemon.signal(Signal::STOP));
    daemon.signal(Signal::CONT);
    let before = manager.pings().len();
    soon("a sign of life", || manager.pings().len() > before);
    assert!(daemon.stop().success());
}

#[test]
fn the_watchdog_hears_nothing_where_the_ledgers_thread_hangs_and_the_others_live() {
    let port = free_port();
    let world = served_on(port);
    let manager = Manager::new(&world);
    let daemon = Daemon::start_by(
        &world,
        manager.starts(world.command(&["run"]), Some(WATCHDOG)),
    );
    // Who reads this waits for ever.
    let pipe = world.school_file("8604099");
    finish_quietly(Command::new("mkfifo").arg(&pipe));
    daemon.signal(Signal::HUP);
    manager.hears("RELOADING=1", 1);
    stays_silent(&manager, || ());
    assert!(listens(port), "the SFTP server's threads live");
    daemon.kill();
}

#[test]
fn the_watchdog_hears_a_daemon_that_is_long_at_work() {
    let world = present();
    let manager = Manager::new(&world);
    let daemon = Daemon::start_by(&world, manager.starts(world.command(&["run"]), Some(1_000)));
    let began = Instant::now();
    for number in 0..MANY {
        let pupils: Vec<_> = (0..PUPILS).map(|n| grown(n + number)).collect();
        world.drop_file(
            SCHOOL,
            format!("add {number}.csv"),
            list_dated(&pupils, &days_ago(2)),
        );
    }
    // Its answers come in one pass, and only the pass itself can say that it goes on.
    soon("the receipts", || answered(&world) == MANY);
    let ended = Instant::now();
    let during = manager
        .pings()
        .into_iter()
        .filter(|at| (began..ended).contains(at))
        .count();
    let seconds = usize::try_from((ended - began).as_secs()).unwrap();
    assert!(during >= seconds, "{during} signs of life in {seconds} s");
    assert!(daemon.stop().success());
}

#[test]
fn the_front_end_alone_is_watched_as_well() {
    let port = free_port();
    let world = served_on(port);
    world.set("sftp.in_daemon", "false");
    world.run(&["run", "--once"]).done("run --once");
    let manager = Manager::new(&world);
    let front_end = Alone::start(
        manager.starts(world.command(&["sftp"]), Some(WATCHDOG)),
        &world,
    );
    manager.hears("READY=1", 1);
    assert!(listens(port));
    assert_eq!(manager.status(), "STATUS=serving SFTP, schools: 1");
    let before = manager.pings().len();
    sleep(Wait::from_millis(3 * WATCHDOG));
    assert!(manager.pings().len() >= before + 3);
    stays_silent(&manager, || front_end.signal(Signal::STOP));
    front_end.signal(Signal::CONT);
    front_end.signal(Signal::HUP);
    manager.hears("READY=1", 2);
    front_end.stop();
    assert_eq!(manager.times("STOPPING=1"), 1);
}

#[test]
fn a_socket_that_is_handed_in_is_served_and_no_other_is_bound() {
    let wanted = free_port();
    for (verb, in_daemon) in [("run", "true"), ("sftp", "false")] {
        let world = served_on(wanted);
        world.set("sftp.in_daemon", in_daemon);
        world.run(&["run", "--once"]).done("run --once");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let service = Alone::start(with_socket(&world.command(&[verb]), listener), &world);
        let account = Account::new(SCHOOL, port, &world.keys(SCHOOL).ssh);
        account.put(list(2), "inbox/leavers.csv").done("put");
        assert!(!listens(wanted), "{verb} binds no port of its own");
        service.stop();
    }
}

#[test]
fn what_is_no_listening_socket_is_refused_in_words() {
    let world = served_on(free_port());
    world.set("sftp.in_daemon", "false");
    world.run(&["run", "--once"]).done("run --once");
    let sftp = world.command(&["sftp"]);
    let refused = |command| {
        let words = ended(command);
        assert!(
            words.contains("socket 1 of those that the service manager handed in"),
            "{words}"
        );
    };
    refused(with_socket(&sftp, UdpSocket::bind("127.0.0.1:0").unwrap()));
    refused(with_socket(&sftp, fs::File::open(world.config()).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    refused(with_socket(&sftp, client));
    // The daemon serves no SFTP here: whoever handed the socket in should know.
    let words = ended(with_socket(&world.command(&["run"]), listener));
    assert!(
        words.contains("which this process does not serve"),
        "{words}"
    );
}

#[test]
fn a_second_instance_says_so_and_exits_1() {
    let world = present();
    let daemon = Daemon::start(&world);
    let words = world.run(&["run"]).exits(1, "a second instance");
    assert!(words.contains("in use by another pillarbox"), "{words}");
    assert!(daemon.stop().success());
}

#[test]
fn sigterm_lets_an_upload_end_and_cuts_one_that_would_not() {
    let port = free_port();
    let world = served_on(port);
    let daemon = Daemon::start(&world);
    let account = Account::new(SCHOOL, port, &world.keys(SCHOOL).ssh);
    let (mut quick, mut slow) = (Raw::connect(&account), Raw::connect(&account));
    let text = list(40);
    let quick_one = quick.create("inbox/quick.csv").unwrap();
    let slow_one = slow.create("inbox/slow.csv").unwrap();
    quick.write(&quick_one, 0, &text.as_bytes()[..100]).unwrap();
    slow.write(&slow_one, 0, b"Forename").unwrap();
    daemon.signal(Signal::TERM);
    let asked = Instant::now();
    sleep(Wait::from_secs(1));
    quick
        .write(&quick_one, 100, &text.as_bytes()[100..])
        .unwrap();
    quick.close(&quick_one).unwrap();
    while matches!(slow.try_write(&slow_one, 8, b","), Ok(Ok(()))) {
        assert!(
            asked.elapsed() < Wait::from_secs(10),
            "the slow one is never cut"
        );
        sleep(Wait::from_millis(100));
    }
    assert!(daemon.stop().success());
    assert!(
        asked.elapsed() < Wait::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
    let daemon = Daemon::start(&world);
    soon("both answers", || answered(&world) == 2);
    let mut receipts = world.submissions(SCHOOL);
    receipts.sort_by_key(|receipt| receipt.json["file"]["name"].to_string());
    receipts[0].is("accepted", &[]).counts(&[("rows", 40)]);
    receipts[1].is("rejected", &["file-incomplete"]);
    assert!(daemon.stop().success());
}

#[test]
fn sigterm_ends_a_long_pass_and_the_rest_is_done_at_the_next_start() {
    let world = present();
    let daemon = Daemon::start(&world);
    for number in 0..MANY {
        let pupils: Vec<_> = (0..PUPILS).map(|n| grown(n + number)).collect();
        world.drop_file(
            SCHOOL,
            format!("add {number}.csv"),
            list_dated(&pupils, &days_ago(2)),
        );
    }
    soon("the first receipt", || answered(&world) > 0);
    // `stop` itself gives it ten seconds.
    assert!(daemon.stop().success());
    assert!(answered(&world) < MANY, "it was in the middle of it");
    let daemon = Daemon::start(&world);
    soon("the receipts", || answered(&world) == MANY);
    sleep(Wait::from_secs(1));
    assert_eq!(answered(&world), MANY, "each once");
    assert!(daemon.stop().success());
    world.run(&["audit", "verify"]).done("audit verify");
}

/// What a command said that ends by itself with 78. Its standard input is the socket.
fn ended(mut command: Command) -> String {
    let ended = command.output().unwrap();
    let words = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(78), "{words}");
    words
}

/// From this act on, no sign of life for three times as long as the watchdog waits.
#[track_caller]
fn stays_silent(manager: &Manager, act: impl FnOnce()) {
    act();
    // What was on its way arrives.
    sleep(Wait::from_millis(100));
    let before = manager.pings().len();
    sleep(Wait::from_millis(3 * WATCHDOG));
    assert_eq!(
        manager.pings().len(),
        before,
        "signs of life of who has none"
    );
}

/// In milliseconds, short for the tests' sake.
const WATCHDOG: u64 = 1_000;
/// Files whose answers take some seconds.
const MANY: usize = 80;
const PUPILS: usize = 110;
