//! The key by which schools know the server: ed25519, in an OpenSSH file that a credential or `keys/`
//! holds. It signs nothing but key exchanges.

use std::fmt;

use russh::keys::{
    Algorithm, HashAlg, PrivateKey,
    ssh_key::{
        LineEnding,
        private::{Ed25519Keypair, KeypairData},
    },
};
use thiserror::Error;
use time::{Date, format_description::BorrowedFormatItem, macros::format_description};
use zeroize::Zeroizing;

use crate::vault::{NoRandomBytes, random_bytes};

/// The server's secret key.
#[derive(Clone)]
pub struct HostKey(PrivateKey);

/// Why a file is no host key. No part of it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HostKeyFault {
    /// Not a private key of OpenSSH.
    #[error("not an OpenSSH private key")]
    Form,
    /// Under a passphrase, which a service can't type.
    #[error("the host key is under a passphrase; keep it as a credential without one")]
    Encrypted,
    /// Another kind of key.
    #[error("the host key must be of the kind ssh-ed25519")]
    Kind,
    /// A new key needs randomness.
    #[error(transparent)]
    NoRandomBytes(#[from] NoRandomBytes),
}

impl HostKey {
    /// A new key.
    pub fn generate() -> Result<Self, HostKeyFault> {
        let seed = Zeroizing::new(random_bytes()?);
        let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed));
        PrivateKey::new(pair, COMMENT)
            .map(Self)
            .map_err(|_| HostKeyFault::Form)
    }

    /// A new key that serves from this day on: its comment says so, wherever the key is kept.
    pub fn generate_for(from: Date) -> Result<Self, HostKeyFault> {
        let Self(mut key) = Self::generate()?;
        let day = from.format(DAY).unwrap_or_default();
        key.set_comment(format!("{COMMENT} {FROM}{day}"));
        Ok(Self(key))
    }

    /// The day from which it serves, where its comment says one (`… from 2026-12-19`).
    pub fn serves_from(&self) -> Option<Date> {
        let comment = self.0.comment().as_str_lossy();
        let (_, day) = comment.rsplit_once(FROM)?;
        Date::parse(day.trim(), DAY).ok()
    }

    /// Reads an OpenSSH private key file.
    pub fn from_openssh(file: &[u8]) -> Result<Self, HostKeyFault> {
        let key = PrivateKey::from_openssh(file).map_err(|_| HostKeyFault::Form)?;
        if key.is_encrypted() {
            return Err(HostKeyFault::Encrypted);
        }
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(HostKeyFault::Kind);
        }
        Ok(Self(key))
    }

    /// The key as an OpenSSH private key file.
    pub fn to_openssh(&self) -> Result<Zeroizing<String>, HostKeyFault> {
        self.0
            .to_openssh(LineEnding::LF)
            .map_err(|_| HostKeyFault::Form)
    }

    /// What a client shows at its first connection: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.0.public_key().fingerprint(HashAlg::Sha256).to_string()
    }

    /// The public half as a line of `known_hosts` has it: `ssh-ed25519 AAAA…`.
    pub fn line(&self) -> String {
        let mut public = self.0.public_key().clone();
        public.set_comment("");
        let line = public.to_openssh().unwrap_or_default();
        line.trim_end().to_owned()
    }

    pub(super) fn into_inner(self) -> PrivateKey {
        self.0
    }
}

impl fmt::Debug for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostKey({})", self.fingerprint())
    }
}

const COMMENT: &str = "pillarbox host key";
/// In a comment: what follows is the day.
const FROM: &str = "from ";
const DAY: &[BorrowedFormatItem<'static>] = format_description!("[year]-[month]-[day]");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_reads_back_with_its_fingerprint() {
        let key = HostKey::generate().unwrap();
        let read = HostKey::from_openssh(key.to_openssh().unwrap().as_bytes()).unwrap();
        assert_eq!(read.fingerprint(), key.fingerprint());
        assert!(read.fingerprint().starts_with("SHA256:"));
        assert!(read.line().starts_with("ssh-ed25519 AAAA"));
        assert_eq!(read.line().split(' ').count(), 2);
        assert_ne!(
            HostKey::generate().unwrap().fingerprint(),
            key.fingerprint()
        );
    }

    #[test]
    fn a_key_for_later_says_from_when_it_serves() {
        let day = Date::from_calendar_date(2026, time::Month::December, 19).unwrap();
        let key = HostKey::generate_for(day).unwrap();
        let read = HostKey::from_openssh(key.to_openssh().unwrap().as_bytes()).unwrap();
        assert_eq!(read.serves_from(), Some(day));
        assert_eq!(HostKey::generate().unwrap().serves_from(), None);
    }

    #[test]
    fn what_is_no_host_key_is_refused() {
        let key = HostKey::generate().unwrap();
        assert_eq!(
            HostKey::from_openssh(key.line().as_bytes()).unwrap_err(),
            HostKeyFault::Form
        );
        assert_eq!(HostKey::from_openssh(b"").unwrap_err(), HostKeyFault::Form);
    }
}
