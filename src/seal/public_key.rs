//! Public SSH keys as people send them: one OpenSSH line, or the block that `PuTTYgen` saves (RFC 4716).
//! Knows nothing of who a key belongs to.

use ssh_key::{Algorithm, HashAlg};
use thiserror::Error;

/// A public SSH key of any kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(ssh_key::PublicKey);

/// Why a text is no public key. No part of the text is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PublicKeyFault {
    /// A private key, which nobody should ever send.
    #[error(
        "this is a private key: it must stay with its owner; the public one is in the `.pub` file, \
         or saved by PuTTYgen's button \"Save public key\""
    )]
    Private,
    /// Neither an OpenSSH line nor an SSH2 block.
    #[error(
        "not a public key (expected a line such as `ssh-ed25519 AAAA…`, or PuTTY's SSH2 block)"
    )]
    Form,
}

impl PublicKey {
    /// Reads a file with one public key, in the form of OpenSSH or PuTTY.
    pub fn read(file: &[u8]) -> Result<Self, PublicKeyFault> {
        let file = file.strip_prefix(BOM).unwrap_or(file);
        let text = str::from_utf8(file)
            .map_err(|_| PublicKeyFault::Form)?
            .trim();
        if PRIVATE.iter().any(|mark| text.contains(mark)) {
            return Err(PublicKeyFault::Private);
        }
        if text.starts_with(SSH2_BEGIN) {
            return read_ssh2(text);
        }
        Self::parse(text)
    }

    /// Reads one line as OpenSSH writes it: `ssh-ed25519 AAAA… comment`.
    pub fn parse(line: &str) -> Result<Self, PublicKeyFault> {
        let line = line.trim();
        if line.contains(['\n', '\r']) {
            return Err(PublicKeyFault::Form);
        }
        ssh_key::PublicKey::from_openssh(line)
            .map(Self)
            .map_err(|_| PublicKeyFault::Form)
    }

    /// The key as OpenSSH writes it, with its comment where it has one.
    pub fn line(&self) -> String {
        self.0
            .to_openssh()
            .unwrap_or_default()
            .trim_end()
            .to_owned()
    }

    /// The fingerprint by which receipts and the trail speak of the key: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// The kind of key, as OpenSSH names it: `ssh-ed25519`.
    pub fn algorithm(&self) -> String {
        self.0.algorithm().to_string()
    }

    /// What the key can do for a destination file.
    pub(super) fn use_for_files(&self) -> UseForFiles {
        match self.0.algorithm() {
            Algorithm::Ed25519 => UseForFiles::Opens,
            Algorithm::Rsa { .. } => {
                let bits = self
                    .0
                    .key_data()
                    .rsa()
                    .map_or(0, ssh_key::public::RsaPublicKey::key_size);
                match bits {
                    ..RSA_LEAST => UseForFiles::RsaTooShort(bits),
                    RSA_LEAST..=RSA_MOST => UseForFiles::Opens,
                    _ => UseForFiles::RsaTooLong(bits),
                }
            }
            _ => UseForFiles::CannotOpen,
        }
    }
}

/// What an SSH key can do for a destination file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum UseForFiles {
    /// The key opens files.
    Opens,
    /// A kind that only signs: ecdsa, and keys that live in a token.
    CannotOpen,
    /// So few bits that nobody should rely on it.
    RsaTooShort(u32),
    /// More bits than age takes.
    RsaTooLong(u32),
}

/// Reads PuTTY's block: headers (`Name: value`, continued behind a backslash), then base64 in lines.
fn read_ssh2(text: &str) -> Result<PublicKey, PublicKeyFault> {
    let mut comment = String::new();
    let mut body = String::new();
    let mut continued = false;
    for line in text.lines().skip(1).map(str::trim) {
        if line.starts_with(SSH2_END) {
            return from_base64(&body, &comment);
        }
        if !continued && !line.contains(':') {
            body.push_str(line);
            continue;
        }
        if let Some(value) = line.strip_prefix("Comment:") {
            value.trim().trim_matches('"').clone_into(&mut comment);
        }
        continued = line.ends_with('\\');
    }
    Err(PublicKeyFault::Form)
}

/// The kind is inside the base64 as well, so only the right one of these reads it.
fn from_base64(body: &str, comment: &str) -> Result<PublicKey, PublicKeyFault> {
    KINDS
        .iter()
        .find_map(|kind| PublicKey::parse(&format!("{kind} {body} {comment}")).ok())
        .ok_or(PublicKeyFault::Form)
}

const BOM: &[u8] = b"\xef\xbb\xbf";
const SSH2_BEGIN: &str = "---- BEGIN SSH2 PUBLIC KEY ----";
const SSH2_END: &str = "---- END SSH2 PUBLIC KEY ----";
const PRIVATE: [&str; 3] = ["PRIVATE KEY-----", "PuTTY-User-Key-File", "AGE-SECRET-KEY-"];
const KINDS: [&str; 7] = [
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];
/// RSA keys shorter than this are refused by age, and by us.
const RSA_LEAST: u32 = 2048;
/// RSA keys longer than this are refused by age.
const RSA_MOST: u32 = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::trial::{self, Kind};

    #[test]
    fn an_openssh_line_reads_back_with_the_fingerprint_that_ssh_keygen_tells() {
        let key = trial::ssh_keygen(Kind::Ed25519);
        let read = PublicKey::read(key.public.as_bytes()).unwrap();
        assert_eq!(read.line(), key.public.trim());
        assert_eq!(read.fingerprint(), key.fingerprint());
        assert_eq!(read.algorithm(), "ssh-ed25519");
    }

    #[test]
    fn puttys_block_is_read_for_every_kind() {
        for kind in [Kind::Ed25519, Kind::Rsa(2048), Kind::Ecdsa] {
            let key = trial::ssh_keygen(kind);
            let read = PublicKey::read(key.in_rfc4716().as_bytes()).unwrap();
            assert_eq!(read.fingerprint(), key.fingerprint(), "{kind:?}");
        }
    }

    #[test]
    fn a_block_as_puttygen_saves_it_on_windows_is_read() {
        let key = trial::ssh_keygen(Kind::Ed25519);
        let body = key.public.split(' ').nth(1).unwrap();
        let (one, two) = body.split_at(40);
        let block = format!(
            "\u{feff}{SSH2_BEGIN}\r\nComment: \"eddsa-key-20260914\"\r\n{one}\r\n{two}\r\n{SSH2_END}\r\n"
        );
        let read = PublicKey::read(block.as_bytes()).unwrap();
        assert_eq!(
            read.line(),
            format!("ssh-ed25519 {body} eddsa-key-20260914")
        );
    }

    #[test]
    fn a_private_key_is_refused_with_the_reason() {
        let key = trial::ssh_keygen(Kind::Ed25519);
        for text in [key.private.as_str(), "PuTTY-User-Key-File-3: ssh-ed25519"] {
            assert_eq!(
                PublicKey::read(text.as_bytes()),
                Err(PublicKeyFault::Private)
            );
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let cut = format!("{SSH2_BEGIN}\nAAAA\n");
        for text in ["", "ssh-ed25519", "ssh-ed25519 AAAA", "a,b,c\n1,2,3", &cut] {
            assert_eq!(PublicKey::read(text.as_bytes()), Err(PublicKeyFault::Form));
        }
        assert_eq!(PublicKey::read(&[0xff, 0xfe]), Err(PublicKeyFault::Form));
    }

    #[test]
    fn only_ed25519_and_sound_rsa_keys_open_files() {
        let use_of = |kind| {
            PublicKey::parse(&trial::ssh_keygen(kind).public)
                .unwrap()
                .use_for_files()
        };
        assert_eq!(use_of(Kind::Ed25519), UseForFiles::Opens);
        assert_eq!(use_of(Kind::Rsa(2048)), UseForFiles::Opens);
        assert_eq!(use_of(Kind::Rsa(1024)), UseForFiles::RsaTooShort(1024));
        assert_eq!(use_of(Kind::Ecdsa), UseForFiles::CannotOpen);
    }
}
