//! A service manager as the daemon sees it: a datagram socket that hears, and sockets that it hands in.

use std::{
    collections::VecDeque,
    io::ErrorKind,
    os::{fd::OwnedFd, unix::net::UnixDatagram},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use crate::{running::soon, world::World};

/// What was said, and when.
type Heard = Arc<Mutex<Vec<(Instant, String)>>>;

/// A manager that listens until the test ends.
pub(crate) struct Manager {
    heard: Heard,
    socket: String,
}

impl Manager {
    pub(crate) fn new(world: &World) -> Self {
        let path = world.outside("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        let heard = Heard::default();
        let notes = Arc::clone(&heard);
        socket
            .set_read_timeout(Some(Duration::from_mins(2)))
            .unwrap();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                match socket.recv(&mut buffer) {
                    Ok(length) => {
                        let said = String::from_utf8(buffer[..length].to_vec()).unwrap();
                        notes.lock().unwrap().push((Instant::now(), said));
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(_) => return,
                }
            }
        });
        Self {
            heard,
            socket: path.to_str().unwrap().to_owned(),
        }
    }

    /// The command as this manager starts it, with a watchdog of so many milliseconds where there is one.
    pub(crate) fn starts(&self, mut command: Command, watchdog: Option<u64>) -> Command {
        command.env("NOTIFY_SOCKET", &self.socket);
        if let Some(milliseconds) = watchdog {
            command.env("WATCHDOG_USEC", (milliseconds * 1000).to_string());
        }
        command
    }

    /// All that was said, a line each.
    pub(crate) fn lines(&self) -> VecDeque<String> {
        let heard = self.heard.lock().unwrap();
        let all = heard.iter().flat_map(|(_, said)| said.lines());
        all.map(str::to_owned).collect()
    }

    pub(crate) fn times(&self, line: &str) -> usize {
        self.lines().iter().filter(|said| *said == line).count()
    }

    /// Waits until a line was said for the n-th time.
    #[track_caller]
    pub(crate) fn hears(&self, line: &str, times: usize) {
        soon(line, || self.times(line) >= times);
    }

    /// When the watchdog was told that the work goes on.
    pub(crate) fn pings(&self) -> Vec<Instant> {
        let heard = self.heard.lock().unwrap();
        let pings = heard
            .iter()
            .filter(|(_, said)| said.lines().any(|line| line == "WATCHDOG=1"));
        pings.map(|(at, _)| *at).collect()
    }

    /// The last status line.
    pub(crate) fn status(&self) -> String {
        let lines = self.lines();
        let last = lines.iter().rev().find(|line| line.starts_with("STATUS="));
        last.cloned().unwrap_or_default()
    }
}

/// The command with a socket handed in as systemd does: descriptor 3, `LISTEN_FDS` and `LISTEN_PID`.
pub(crate) fn with_socket(command: &Command, socket: impl Into<OwnedFd>) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args([
            "-c",
            "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1; export LISTEN_PID LISTEN_FDS; exec \"$@\"",
            "sh",
        ])
        .arg(command.get_program())
        .args(command.get_args())
        .env_remove("PILLARBOX_CONFIG")
        .env_remove("CREDENTIALS_DIRECTORY")
        .env_remove("NOTIFY_SOCKET")
        .stdin(Stdio::from(socket.into()));
    shell
}
