//! For tests: keys made by the real `ssh-keygen` and `age-keygen`, and the real tools run on files.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// A kind of SSH key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Ed25519,
    Rsa(u32),
    Ecdsa,
}

/// A key pair that `ssh-keygen` made, in a folder of its own.
pub(super) struct KeyPair {
    pub(super) public: String,
    pub(super) private: String,
    folder: TempDir,
}

/// Makes a key pair without a passphrase.
pub(super) fn ssh_keygen(kind: Kind) -> KeyPair {
    ssh_keygen_with(kind, "")
}

/// Makes a key pair under a passphrase.
pub(super) fn ssh_keygen_with(kind: Kind, passphrase: &str) -> KeyPair {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    let mut command = Command::new("ssh-keygen");
    command
        .args(["-q", "-C", "alex@school", "-N", passphrase, "-f"])
        .arg(&file);
    match kind {
        Kind::Ed25519 => command.args(["-t", "ed25519"]),
        Kind::Rsa(bits) => command.args(["-t", "rsa", "-b", &bits.to_string()]),
        Kind::Ecdsa => command.args(["-t", "ecdsa"]),
    };
    let made = command.output().unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    KeyPair {
        public: fs::read_to_string(file.with_extension("pub")).unwrap(),
        private: fs::read_to_string(&file).unwrap(),
        folder,
    }
}

impl KeyPair {
    pub(super) fn private_file(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    pub(super) fn fingerprint(&self) -> String {
        let told = run("ssh-keygen", &["-l", "-f"], &self.private_file(), b"");
        let line = String::from_utf8(told.stdout).unwrap();
        line.split(' ').nth(1).unwrap().to_owned()
    }

    pub(super) fn in_rfc4716(&self) -> String {
        let told = run(
            "ssh-keygen",
            &["-e", "-m", "RFC4716", "-f"],
            &self.private_file(),
            b"",
        );
        String::from_utf8(told.stdout).unwrap()
    }
}

/// An age identity file that `age-keygen` made, and its recipient.
pub(super) fn age_keygen() -> (String, String) {
    let made = Command::new("age-keygen").output().unwrap();
    let identity = String::from_utf8(made.stdout).unwrap();
    let recipient = identity
        .lines()
        .find_map(|line| line.strip_prefix("# public key: "))
        .unwrap()
        .to_owned();
    (identity, recipient)
}

/// What the real `age -d` makes of a sealed file.
pub(super) fn age_decrypt(identity: &Path, sealed: &[u8]) -> Option<Vec<u8>> {
    let out = run("age", &["-d", "-i"], identity, sealed);
    out.status.success().then_some(out.stdout)
}

/// Runs `tool args… file` with these bytes as its input.
pub(super) fn run(tool: &str, args: &[&str], file: &Path, input: &[u8]) -> Output {
    let mut child = Command::new(tool)
        .args(args)
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A tool that needs no input may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}
