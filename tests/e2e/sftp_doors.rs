//! Who gets into the SFTP server, how many, for how long, and how they are shown out (spec 8). One test a
//! defence, against a real daemon, with OpenSSH's clients and bare connections.

use std::{fs, io::Write, net::TcpStream, thread::sleep, time::Duration as Wait, time::Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{
    programs::{finish, finish_quietly},
    running::{Daemon, present, soon},
    visitors::{Door, heard_until_end},
    world::{SCHOOL, World},
};

/// A council in the present with these settings of `[sftp]`.
fn world(settings: &[(&str, &str)]) -> World {
    let world = present();
    for (key, value) in settings {
        world.set(&format!("sftp.{key}"), value);
    }
    world
}

fn set_person(world: &World, key: &str, value: &str) {
    world.edit_school(SCHOOL, |school| {
        let person = school["person"]
            .as_array_of_tables_mut()
            .unwrap()
            .get_mut(0);
        person.unwrap()[key] = value.parse::<toml_edit::Value>().unwrap().into();
    });
}

fn counter(world: &World, name: &str) -> u64 {
    let file = world.state().join("front").join("counters.json");
    let text = fs::read_to_string(file).unwrap_or_default();
    let counters: Value = serde_json::from_str(&text).unwrap_or_default();
    let found = counters[name]
        .as_u64()
        .or_else(|| counters["refused"][name].as_u64());
    found.unwrap_or_default()
}

#[test]
fn a_file_that_is_put_is_answered() {
    let world = world(&[]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let list = crate::running::list(3);
    door.put("leavers.csv", &list).done("put");
    soon("the receipt", || crate::running::answered(&world) == 1);
    let receipt = &world.submissions(SCHOOL)[0];
    receipt.is("accepted", &[]);
    let by = finish_quietly(
        std::process::Command::new("ssh-keygen")
            .arg("-lf")
            .arg(world.keys(SCHOOL).ssh_public),
    );
    let fingerprint = by.split(' ').nth(1).unwrap();
    assert_eq!(receipt.json["by"].as_str(), Some(fingerprint));
    assert!(daemon.stop().success());
}

#[test]
fn whoever_drips_into_the_login_is_cut_when_the_grace_time_is_over() {
    let world = world(&[("login_grace", "\"1 s\"")]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let started = Instant::now();
    let mut dripping = door.stranger();
    let drips = b"SSH-2.0-made_up_client_that_takes_its_time_and_then_some_more_time";
    let cut = drips.iter().position(|drip| {
        sleep(Wait::from_millis(100));
        dripping.write_all(&[*drip]).is_err()
    });
    assert!(cut.is_some(), "it took every drip");
    assert!(started.elapsed() < Wait::from_secs(5));
    // And one that says its name and then no more.
    let mut silent = door.stranger();
    silent.write_all(b"SSH-2.0-made_up\r\n").unwrap();
    let (heard, took) = heard_until_end(silent);
    assert!(heard.starts_with("SSH-2.0-Pillarbox\r\n"), "{heard}");
    assert!(took > Wait::from_millis(500) && took < Wait::from_secs(4));
    assert!(daemon.log().contains("login-grace"));
    soon("the counter", || counter(&world, "login-grace") == 2);
}

#[test]
fn strangers_from_one_address_take_no_more_than_their_places() {
    let world = world(&[
        ("max_unauthenticated", "8"),
        ("max_unauthenticated_per_address", "2"),
    ]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let held = [door.stranger_from(7), door.stranger_from(7)];
    let (heard, took) = heard_until_end(door.stranger_from(7));
    assert!(heard.starts_with("The server is busy."), "{heard}");
    assert!(took < Wait::from_secs(1));
    door.look(SCHOOL, SCHOOL).done("a login from elsewhere");
    drop(held);
    soon("a place", || heard_greeting(&door.stranger_from(7)));
    assert!(daemon.log().contains("unauthenticated-per-address"));
}

#[test]
fn strangers_from_everywhere_take_no_more_than_all_places() {
    let world = world(&[
        ("max_unauthenticated", "3"),
        ("max_unauthenticated_per_address", "1"),
        ("login_grace", "\"5 s\""),
    ]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let _held = [7, 8, 9].map(|last| door.stranger_from(last));
    let (heard, _) = heard_until_end(door.stranger_from(10));
    assert!(heard.starts_with("The server is busy."), "{heard}");
    // Nobody keeps the others out for longer than the grace time.
    soon("a login", || door.look(SCHOOL, SCHOOL).code == Some(0));
}

#[test]
fn sessions_are_no_stranger_s_places_and_a_school_has_only_so_many() {
    let world = world(&[
        ("max_sessions_per_school", "2"),
        ("max_unauthenticated", "2"),
        ("max_unauthenticated_per_address", "1"),
    ]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let (mut first, second) = (door.guest(), door.guest());
    // A busy client may meet the end of the connection before it shows why.
    soon("the reason", || {
        let told = door.look(SCHOOL, SCHOOL).fails("a third session");
        told.contains("Your school has too many sessions")
    });
    assert!(first.is_in());
    drop(second);
    soon("a seat", || door.look(SCHOOL, SCHOOL).code == Some(0));
    assert!(daemon.log().contains("sessions-per-school"));
    assert_eq!(counter(&world, "logins_failed"), 0);
}

#[test]
fn failed_logins_lead_to_a_ban_that_an_operator_lifts() {
    let world = world(&[("max_failed_logins", "3"), ("ban", "\"1 h\"")]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    for _ in 0..3 {
        let told = door.look(SCHOOL, "nobody").fails("an unknown key");
        assert!(told.contains("Permission denied (publickey)"), "{told}");
    }
    soon("the ban", || daemon.log().contains("banned after failed"));
    door.look(SCHOOL, SCHOOL).fails("the right key, banned");
    let status = world.run(&["status"]).done("status");
    assert!(
        status.contains("Banned: 127.0.0.1, account 8604001"),
        "{status}"
    );
    world.run(&["unban", "127.0.0.1"]).done("unban");
    door.look(SCHOOL, SCHOOL).done("the right key, unbanned");
}

#[test]
fn a_ban_outlives_a_restart_and_ends_by_itself() {
    let world = world(&[("max_failed_logins", "1"), ("ban", "\"4 s\"")]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    door.look(SCHOOL, "nobody").fails("an unknown key");
    soon("the ban", || daemon.log().contains("banned after failed"));
    let banned = Instant::now();
    assert!(daemon.stop().success());
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    if banned.elapsed() < Wait::from_secs(3) {
        door.look(SCHOOL, SCHOOL).fails("the right key, banned");
    }
    soon("its end", || door.look(SCHOOL, SCHOOL).code == Some(0));
}

#[test]
fn an_agent_with_many_keys_of_which_one_fits_fails_nothing() {
    let world = world(&[("max_failed_logins", "1")]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let keys = ["a", "b", "c", "d", SCHOOL].map(|person| door.key(person));
    for _ in 0..3 {
        door.look_with(SCHOOL, &keys).done("the fifth key");
    }
    assert!(!daemon.log().contains("banned"));
}

#[test]
fn an_unknown_key_is_refused_before_it_has_signed_and_no_account_is_told_from_none() {
    let world = world(&[]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let answers = [SCHOOL, "8609999", "root", "council"].map(|user| {
        let said = door.ssh(user, "nobody", &["-v", "-s", "sftp"]).fails("ssh");
        assert!(said.contains("Offering public key"), "{said}");
        assert!(!said.contains("Server accepts key"), "{said}");
        let last = said.lines().last().unwrap_or_default();
        last.replace(user, "USER")
    });
    assert!(answers.iter().all(|a| *a == answers[0]), "{answers:?}");
    assert!(answers[0].ends_with("Permission denied (publickey)."));
}

#[test]
fn a_key_opens_its_own_school_and_no_other() {
    let world = World::with_two_schools();
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    door.look(SCHOOL, SCHOOL).done("its own");
    door.look(crate::world::OTHER, SCHOOL).fails("another");
    door.look("council", SCHOOL).fails("the council");
}

#[test]
fn the_councils_own_box_opens_to_the_councils_own_persons() {
    let world = world(&[]);
    let key = fs::read_to_string(world.keys("analyst").ssh_public).unwrap();
    world.add_settings(&format!(
        "\n[[council.person]]\nname = \"Jo Invented\"\nkeys = [\"{}\"]\n",
        key.trim()
    ));
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let told = door.look("council", "analyst").done("the council's box");
    assert!(
        told.contains("extracts") && told.contains("reports"),
        "{told}"
    );
    assert!(!told.contains("inbox"), "{told}");
}

#[test]
fn passwords_are_not_even_asked_for() {
    let world = world(&[]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let methods = "-oPreferredAuthentications=password,keyboard-interactive";
    let said = door.ssh(SCHOOL, SCHOOL, &[methods, "-v"]).fails("ssh");
    assert!(
        said.contains("Authentications that can continue: publickey\r\n")
            || said.contains("Authentications that can continue: publickey\n"),
        "{said}"
    );
    assert!(said.contains("Permission denied (publickey)"), "{said}");
}

#[test]
fn there_is_no_shell_no_command_and_no_forwarding() {
    let world = world(&[]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let refused = |options: &[&str], words: &str| {
        let said = door.ssh(SCHOOL, SCHOOL, options).fails("ssh");
        assert!(said.contains(words), "{options:?}: {said}");
    };
    refused(&["-T"], "shell request failed");
    refused(&["-tt"], "PTY allocation request failed");
    refused(&["id"], "exec request failed");
    refused(&["-s", "netconf"], "subsystem request failed");
    refused(&["-W127.0.0.1:22"], "administratively prohibited");
    refused(
        &["-N", "-oExitOnForwardFailure=yes", "-R0:127.0.0.1:22"],
        "remote port forwarding failed",
    );
    door.look(SCHOOL, SCHOOL).done("SFTP");
}

#[test]
fn whoever_asks_for_nothing_is_shown_out_whatever_keepalives_come() {
    let world = world(&[("idle", "\"3 s\"")]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let mut busy = door.guest();
    let idle = door.guest_with(&["-o", "ServerAliveInterval=1"]);
    for _ in 0..5 {
        busy.look_around();
        sleep(Wait::from_secs(1));
    }
    assert!(busy.is_in());
    let told = idle.cut_within(Wait::from_secs(4));
    assert!(told.contains("Nothing was asked for a while"), "{told}");
    assert!(daemon.log().contains("\"idle\""));
}

#[test]
fn a_client_that_stops_reading_is_shown_out_as_well() {
    let world = world(&[("idle", "\"2 s\"")]);
    let receipts = world.box_of(SCHOOL).join("receipts");
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    fs::write(receipts.join("long.txt"), vec![b'x'; 48 << 20]).unwrap();
    let target = world.outside("long.copy");
    let guest = door.fetch("/receipts/long.txt", &target);
    soon("some of it", || {
        fs::metadata(&target).is_ok_and(|m| m.len() > 0)
    });
    guest.freeze();
    soon("its end", || daemon.log().contains("logged out"));
    assert!(daemon.log().contains("\"idle\""));
    assert!(daemon.stop().success());
}

#[test]
fn a_session_ends_with_the_rights_of_its_person() {
    let world = world(&[]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let guest = door.guest();
    set_person(&world, "until", "2020-01-01");
    let told = guest.cut_within(Wait::from_secs(10));
    assert!(told.contains("Your access has changed"), "{told}");
    door.look(SCHOOL, SCHOOL)
        .fails("a person whose time is over");
    assert!(daemon.log().contains("rights-ended"));
}

#[test]
fn a_session_ends_with_the_agreement_and_a_new_one_may_still_bring_withdrawals() {
    let world = world(&[]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let guest = door.guest();
    world.run(&["school", "suspend", SCHOOL]).done("suspend");
    let told = guest.cut_within(Wait::from_secs(10));
    assert!(told.contains("agreement has changed"), "{told}");
    door.look(SCHOOL, SCHOOL).done("a suspended school");
    assert!(daemon.log().contains("agreement-ended"));
}

#[test]
fn a_school_whose_file_is_gone_is_shown_out_and_kept_out() {
    let world = world(&[]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let guest = door.guest();
    fs::remove_file(world.school_file(SCHOOL)).unwrap();
    guest.cut_within(Wait::from_secs(10));
    door.look(SCHOOL, SCHOOL).fails("a school without a file");
}

#[test]
fn the_host_key_is_the_one_that_welcome_tells_and_stays_the_same() {
    let world = world(&[]);
    let key = world.dir().join("keys").join("host");
    let fingerprint = || {
        let told = finish_quietly(
            std::process::Command::new("ssh-keygen")
                .arg("-lf")
                .arg(&key),
        );
        told.split(' ').nth(1).unwrap().to_owned()
    };
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let said = door.ssh(SCHOOL, SCHOOL, &["-v", "-s", "sftp"]).err;
    assert!(said.contains(&fingerprint()), "{said}");
    let welcome = world.run(&["school", "welcome", SCHOOL]).done("welcome");
    assert!(welcome.contains(&fingerprint()), "{welcome}");
}

#[test]
fn without_a_host_key_the_daemon_says_how_to_make_one() {
    let world = world(&[]);
    fs::remove_file(world.dir().join("keys").join("host")).unwrap();
    for verb in ["run", "check"] {
        let said = world.run(&[verb]).exits(78, verb);
        assert!(said.contains("ssh-keygen -t ed25519 -N '' -f"), "{said}");
    }
}

#[test]
fn a_port_in_use_is_told_in_a_sentence() {
    let world = world(&[]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    world.set("sftp.listen", &format!("\"{address}\""));
    let said = world.run(&["run"]).exits(1, "run");
    assert!(
        said.contains(&format!("can't listen on {address}")),
        "{said}"
    );
}

#[test]
fn a_rehearsal_is_served_on_this_machine_only() {
    let world = World::new();
    world.send("leavers.csv", crate::running::list(2));
    world.set("sftp.listen", "\"[::]:0\"");
    let said = world.run(&["run"]).exits(78, "run");
    assert!(said.contains("is a rehearsal"), "{said}");
    world.set("sftp.listen", "\"127.0.0.1:0\"");
    let daemon = Daemon::start(&world);
    Door::of(&world, &daemon).look(SCHOOL, SCHOOL).done("look");
}

#[test]
fn both_kinds_of_addresses_are_served_where_it_listens_everywhere() {
    let world = world(&[("listen", "\"[::]:0\"")]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    door.look(SCHOOL, SCHOOL).done("over IPv4");
    assert!(TcpStream::connect(("::1", door.port)).is_ok());
}

#[test]
fn sigterm_lets_nobody_wait() {
    let world = world(&[]);
    let daemon = Daemon::start(&world);
    let door = Door::of(&world, &daemon);
    let (guest, _stranger) = (door.guest(), door.stranger());
    let asked = Instant::now();
    assert!(daemon.stop().success());
    assert!(
        asked.elapsed() < Wait::from_secs(4),
        "{:?}",
        asked.elapsed()
    );
    let told = guest.cut_within(Wait::from_secs(1));
    assert!(told.contains("The server is restarting"), "{told}");
}

#[test]
fn the_front_end_alone_serves_and_the_daemon_takes_what_it_hands_over() {
    let world = world(&[("in_daemon", "false")]);
    let daemon = Daemon::start(&world);
    let mut front_end = world.command(&["sftp"]);
    let log = world.outside("sftp.log");
    front_end.stderr(fs::File::create(&log).unwrap());
    let mut front_end = front_end.spawn().unwrap();
    let told = || fs::read_to_string(&log).unwrap();
    soon("the SFTP server", || {
        crate::visitors::port_in(&told()).is_some()
    });
    fs::write(world.outside("daemon.log"), told()).unwrap();
    let door = Door::of(&world, &daemon);
    door.put("leavers.csv", &crate::running::list(3))
        .done("put");
    soon("the receipt", || crate::running::answered(&world) == 1);
    let second = world.run(&["sftp"]).exits(1, "a second front end");
    assert!(second.contains("another Pillarbox serves"), "{second}");
    let guest = door.guest();
    set_person(&world, "until", "2020-01-01");
    guest.cut_within(Wait::from_secs(10));
    kill_process(Pid::from_child(&front_end), Signal::TERM).unwrap();
    assert!(front_end.wait().unwrap().success());
}

#[test]
fn the_front_end_alone_leaves_the_daemons_work_to_the_daemon() {
    let world = world(&[]);
    let said = world.run(&["sftp"]).exits(78, "sftp");
    assert!(said.contains("in_daemon = false"), "{said}");
    // It needs neither the ledger nor any other key.
    world.set("sftp.in_daemon", "false");
    for key in ["ledger.key", "receipts", "intake.age"] {
        fs::remove_file(world.dir().join("keys").join(key)).unwrap();
    }
    let mut command = world.command(&["sftp"]);
    command.env("PILLARBOX_LOG", "off");
    let mut front_end = command.spawn().unwrap();
    let lock = world.state().join("front").join("serving.lock");
    soon("the lock", || lock.exists());
    sleep(Wait::from_millis(300));
    kill_process(Pid::from_child(&front_end), Signal::TERM).unwrap();
    assert!(front_end.wait().unwrap().success());
    assert!(!world.state().join("ledger.db").exists());
    drop(finish(world.command(&["status"])));
}

fn heard_greeting(stream: &TcpStream) -> bool {
    let mut first = [0; 4];
    stream.peek(&mut first).is_ok_and(|read| read == 4) && &first == b"SSH-"
}
