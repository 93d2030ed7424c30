//! Visitors of the SFTP server, wanted and not: OpenSSH's own `ssh` and `sftp`, and bare connections.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration as Wait, Instant},
};

use rustix::{
    net::{AddressFamily, SocketType, bind, connect, socket},
    process::{Pid, Signal, kill_process},
};

use crate::{
    programs::{Ended, finish},
    running::{Daemon, soon},
    world::{SCHOOL, World},
};

/// Where a daemon serves, and how a visitor gets in.
pub(crate) struct Door<'w> {
    world: &'w World,
    pub(crate) port: u16,
}

/// A client that stays in until it is cut off or dropped.
pub(crate) struct Guest {
    child: Child,
}

/// The port that the log told last.
pub(crate) fn port_in(log: &str) -> Option<u16> {
    let told = log.rsplit_once("SFTP is served\",\"listen\":\"")?.1;
    let address: SocketAddr = told.split('"').next()?.parse().ok()?;
    Some(address.port())
}

impl<'w> Door<'w> {
    pub(crate) fn of(world: &'w World, daemon: &Daemon) -> Self {
        soon("the SFTP server", || port_in(&daemon.log()).is_some());
        let port = port_in(&daemon.log()).unwrap();
        Self { world, port }
    }

    /// `sftp` or `ssh` with nothing of the tester's own, and these keys.
    fn program(&self, name: &str, keys: &[PathBuf]) -> Command {
        let mut command = Command::new(name);
        let hosts = self.world.outside("known_hosts");
        command.args([
            "-F",
            "none",
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "BatchMode=yes",
        ]);
        command.args(["-o", "StrictHostKeyChecking=accept-new", "-o"]);
        command.arg(format!("UserKnownHostsFile={}", hosts.display()));
        command.arg("-o").arg(format!("Port={}", self.port));
        for key in keys {
            command.arg("-i").arg(key);
        }
        command.env_remove("SSH_AUTH_SOCK").stdin(Stdio::null());
        command
    }

    /// `ssh` as this user with these options, to its end.
    pub(crate) fn ssh(&self, user: &str, key: &str, options: &[&str]) -> Ended {
        let mut command = self.program("ssh", &[self.key(key)]);
        let (flags, words): (Vec<&str>, Vec<&str>) =
            options.iter().partition(|option| option.starts_with('-'));
        command.args(flags).arg(format!("{user}@127.0.0.1"));
        finish({
            command.args(words);
            command
        })
    }

    /// One look around as this user with the key of this made-up person.
    pub(crate) fn look(&self, user: &str, key: &str) -> Ended {
        self.look_with(user, &[self.key(key)])
    }

    pub(crate) fn look_with(&self, user: &str, keys: &[PathBuf]) -> Ended {
        let batch = self.world.outside("look.batch");
        fs::write(&batch, "ls -1 /\n").unwrap();
        let mut command = self.program("sftp", keys);
        command
            .arg("-b")
            .arg(batch)
            .arg(format!("{user}@127.0.0.1"));
        finish(command)
    }

    /// Puts a file into the inbox.
    pub(crate) fn put(&self, name: &str, content: &str) -> Ended {
        let (file, batch) = (self.world.outside(name), self.world.outside("put.batch"));
        fs::write(&file, content).unwrap();
        fs::write(&batch, format!("put {} /inbox/{name}\n", file.display())).unwrap();
        let mut command = self.program("sftp", &[self.key(SCHOOL)]);
        command
            .arg("-b")
            .arg(batch)
            .arg(format!("{SCHOOL}@127.0.0.1"));
        finish(command)
    }

    /// Logs in and stays.
    pub(crate) fn guest(&self) -> Guest {
        self.guest_with(&[])
    }

    /// A bare `ssh` to the subsystem: it ends as soon as it is cut off.
    pub(crate) fn guest_with(&self, options: &[&str]) -> Guest {
        let mut command = self.program("ssh", &[self.key(SCHOOL)]);
        command.args(options).arg("-s");
        command.arg(format!("{SCHOOL}@127.0.0.1")).arg("sftp");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut guest = Guest { child };
        guest.ask(&[1, 0, 0, 0, 3]);
        guest
    }

    /// Fetches a file, and is left to it.
    pub(crate) fn fetch(&self, from: &str, to: &Path) -> Guest {
        let mut command = self.program("sftp", &[self.key(SCHOOL)]);
        command.arg(format!("{SCHOOL}@127.0.0.1:{from}")).arg(to);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        Guest { child }
    }

    pub(crate) fn key(&self, person: &str) -> PathBuf {
        self.world.keys(person).ssh
    }

    /// A bare connection.
    pub(crate) fn stranger(&self) -> TcpStream {
        self.stranger_from(1)
    }

    /// A bare connection from 127.0.0.`last`.
    pub(crate) fn stranger_from(&self, last: u8) -> TcpStream {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        let local = |last, port| SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, last), port);
        bind(&socket, &local(last, 0)).unwrap();
        connect(&socket, &local(1, self.port)).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(Wait::from_secs(10))).unwrap();
        stream
    }
}

impl Guest {
    /// Asks where it is, and waits for the answer.
    pub(crate) fn look_around(&mut self) {
        self.ask(&[16, 0, 0, 0, 7, 0, 0, 0, 1, b'.']);
    }

    /// Sends one packet, and waits for the one that answers it.
    fn ask(&mut self, packet: &[u8]) {
        let length = u32::try_from(packet.len()).unwrap().to_be_bytes();
        let asking = self.child.stdin.as_mut().unwrap();
        asking.write_all(&[&length, packet].concat()).unwrap();
        let answers = self.child.stdout.as_mut().unwrap();
        let mut length = [0; 4];
        answers.read_exact(&mut length).expect("an answer");
        let mut answer = vec![0; u32::from_be_bytes(length) as usize];
        answers.read_exact(&mut answer).expect("an answer");
    }

    /// Stops the client, and whatever it has started, in its tracks.
    pub(crate) fn freeze(&self) {
        let own = self.child.id();
        let children = format!("/proc/{own}/task/{own}/children");
        let children = fs::read_to_string(children).unwrap();
        for pid in children.split_whitespace() {
            let pid = Pid::from_raw(pid.parse().unwrap()).unwrap();
            kill_process(pid, Signal::STOP).unwrap();
        }
        kill_process(Pid::from_child(&self.child), Signal::STOP).unwrap();
    }

    pub(crate) fn is_in(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until it was cut off, and tells what the client said about it.
    #[track_caller]
    pub(crate) fn cut_within(mut self, wait: Wait) -> String {
        let started = Instant::now();
        while self.is_in() {
            assert!(started.elapsed() < wait, "it is still in");
            std::thread::sleep(Wait::from_millis(20));
        }
        let mut words = String::new();
        let mut errors = self.child.stderr.take().unwrap();
        errors.read_to_string(&mut words).unwrap();
        words
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a connection says until it ends, and how long that took.
#[track_caller]
pub(crate) fn heard_until_end(mut stream: TcpStream) -> (String, Wait) {
    let started = Instant::now();
    let mut heard = Vec::new();
    let ended = stream.read_to_end(&mut heard);
    let timed_out = ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    assert!(!timed_out, "it does not end");
    (
        String::from_utf8_lossy(&heard).into_owned(),
        started.elapsed(),
    )
}
