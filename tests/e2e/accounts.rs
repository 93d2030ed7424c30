//! A school's account on an SFTP server, reached by the real `sftp` and `ssh`.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use tempfile::TempDir;

use crate::programs::{Ended, finish};

/// Who logs in where, and a folder for local files.
pub(crate) struct Account {
    user: String,
    port: u16,
    key: PathBuf,
    folder: TempDir,
    written: AtomicUsize,
}

impl Account {
    pub(crate) fn new(user: &str, port: u16, key: &Path) -> Self {
        Self {
            user: user.to_owned(),
            port,
            key: key.to_owned(),
            folder: tempfile::tempdir().unwrap(),
            written: AtomicUsize::new(0),
        }
    }

    /// Gives `sftp` these commands, one a line; it stops at the first that fails.
    pub(crate) fn batch(&self, commands: &str) -> Ended {
        let script = self.local(commands);
        let mut sftp = self.sftp();
        sftp.arg("-b").arg(script).arg(self.address());
        finish(sftp)
    }

    /// Uploads these bytes under this name, the way `put` does.
    pub(crate) fn put(&self, content: impl AsRef<[u8]>, remote: &str) -> Ended {
        let local = self.local(content);
        self.batch(&format!("put \"{}\" \"{remote}\"", local.display()))
    }

    /// Fetches a file, which must be there.
    pub(crate) fn get(&self, remote: &str) -> Vec<u8> {
        let local = self.folder.path().join("fetched");
        self.batch(&format!("get \"{remote}\" \"{}\"", local.display()))
            .done("get");
        fs::read(local).unwrap()
    }

    /// The names in a folder.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let out = self.batch(&format!("ls -1 \"{folder}\"")).done("ls");
        out.lines()
            .filter(|line| !line.starts_with("sftp>"))
            .map(|line| line.rsplit('/').next().unwrap().to_owned())
            .collect()
    }

    /// `sftp` uploading these bytes at so many Kbit/s, not started yet.
    pub(crate) fn slow_put(&self, content: &[u8], remote: &str, kbits: u32) -> Command {
        let local = self.local(content);
        let script = self.local(format!("put \"{}\" \"{remote}\"", local.display()));
        let mut sftp = self.sftp();
        sftp.args(["-B", "1024", "-R", "1", "-l", &kbits.to_string(), "-b"])
            .arg(script)
            .arg(self.address())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        sftp
    }

    /// `ssh` with the bytes of the SFTP subsystem on its pipes.
    pub(crate) fn subsystem(&self) -> Command {
        let mut ssh = Command::new("ssh");
        self.tell(&mut ssh, "-p");
        ssh.args(["-T", "-s"]).arg(self.address()).arg("sftp");
        ssh
    }

    fn sftp(&self) -> Command {
        let mut sftp = Command::new("sftp");
        self.tell(&mut sftp, "-P");
        sftp
    }

    fn tell(&self, command: &mut Command, port: &str) {
        command
            .args(["-q", "-F", "none", port, &self.port.to_string(), "-i"])
            .arg(&self.key)
            .args(OPTIONS)
            .env_remove("SSH_AUTH_SOCK")
            .stdin(Stdio::null());
    }

    fn address(&self) -> String {
        format!("{}@127.0.0.1", self.user)
    }

    /// A local file of these bytes.
    fn local(&self, content: impl AsRef<[u8]>) -> PathBuf {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.path().join(format!("local-{number}"));
        fs::write(&path, content).unwrap();
        path
    }
}

/// A port on which nobody listens.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Whether somebody listens on it.
pub(crate) fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Nothing of the tester's own; the server is whoever listens on loopback.
const OPTIONS: [&str; 10] = [
    "-o",
    "IdentitiesOnly=yes",
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "UserKnownHostsFile=/dev/null",
    "-o",
    "BatchMode=yes",
    "-o",
    "ConnectTimeout=20",
];
