//! Opening a destination file with a person's own key, for `pillarbox open`: an age identity file, plain
//! or under a passphrase, or an OpenSSH private key.

use std::io::Read;

use age::{
    DecryptError, Decryptor, Identity, IdentityFile, armor::ArmoredReader, scrypt,
    secrecy::SecretString, ssh,
};
use thiserror::Error;
use zeroize::Zeroizing;

/// Why a key file can't be used. No part of it is told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdentityFault {
    /// Neither age identities nor a private key of OpenSSH.
    #[error(
        "not a key that opens files (expected an age identity file or an OpenSSH private key; \
         PuTTYgen exports one under Conversions)"
    )]
    Form,
    /// A kind of key that only signs, or an old form of encrypted key.
    #[error("this kind of private key cannot open files")]
    Kind,
    /// No passphrase was given.
    #[error("the key needs its passphrase")]
    PassphraseNeeded,
    /// The passphrase did not fit.
    #[error("the passphrase does not fit the key")]
    PassphraseWrong,
}

/// Why a file did not open.
#[derive(Debug, Error)]
pub enum OpenFileFault {
    /// The key itself is at fault.
    #[error(transparent)]
    Key(#[from] IdentityFault),
    /// The file was sealed, but not to this key.
    #[error("the file was not sealed to this key")]
    NotForThisKey,
    /// Not in the age format.
    #[error("not a sealed file (age format)")]
    NotSealed,
    /// Cut short or changed.
    #[error("the file was cut short or changed on its way")]
    Damaged,
}

/// Opens a sealed file with the key in `identity` (the contents of a key file). `passphrase` is asked
/// only where the key needs one, and only once.
pub fn open_file(
    sealed: &[u8],
    identity: &[u8],
    passphrase: impl FnOnce() -> Option<Zeroizing<String>>,
) -> Result<Zeroizing<Vec<u8>>, OpenFileFault> {
    let identities = identities_of(identity, passphrase)?;
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(sealed))
        .map_err(|_| OpenFileFault::NotSealed)?;
    let keys = identities
        .iter()
        .map(|identity| &**identity as &dyn Identity);
    let mut reader = decryptor.decrypt(keys).map_err(|error| match error {
        DecryptError::NoMatchingKeys => OpenFileFault::NotForThisKey,
        _ => OpenFileFault::Damaged,
    })?;
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    reader
        .read_to_end(&mut plain)
        .map_err(|_| OpenFileFault::Damaged)?;
    Ok(plain)
}

pub(super) type Identities = Vec<Box<dyn Identity>>;

pub(super) fn identities_of(
    file: &[u8],
    passphrase: impl FnOnce() -> Option<Zeroizing<String>>,
) -> Result<Identities, IdentityFault> {
    if file.trim_ascii_start().starts_with(b"-----BEGIN")
        && !file.trim_ascii_start().starts_with(ARMOR)
    {
        return read_ssh_key(file, passphrase);
    }
    let Ok(decryptor) = Decryptor::new_buffered(ArmoredReader::new(file)) else {
        return read_age_identities(file);
    };
    if !decryptor.is_scrypt() {
        return Err(IdentityFault::Form);
    }
    let secret = ask(passphrase)?;
    let mut identity = scrypt::Identity::new(secret);
    identity.set_max_work_factor(MOST_WORK);
    let mut plain = Zeroizing::new(Vec::new());
    decryptor
        .decrypt([&identity as &dyn Identity].into_iter())
        .map_err(|_| IdentityFault::PassphraseWrong)?
        .read_to_end(&mut plain)
        .map_err(|_| IdentityFault::Form)?;
    read_age_identities(&plain)
}

fn read_age_identities(file: &[u8]) -> Result<Identities, IdentityFault> {
    let identities = IdentityFile::from_buffer(file)
        .ok()
        .and_then(|file| file.into_identities().ok())
        .unwrap_or_default();
    if identities.is_empty() {
        return Err(IdentityFault::Form);
    }
    Ok(identities)
}

fn read_ssh_key(
    file: &[u8],
    passphrase: impl FnOnce() -> Option<Zeroizing<String>>,
) -> Result<Identities, IdentityFault> {
    let identity = ssh::Identity::from_buffer(file.trim_ascii_start(), None)
        .map_err(|_| IdentityFault::Form)?;
    let identity = match identity {
        ssh::Identity::Encrypted(key) => key
            .decrypt(ask(passphrase)?)
            .map_err(|_| IdentityFault::PassphraseWrong)?
            .into(),
        ssh::Identity::Unsupported(_) => return Err(IdentityFault::Kind),
        ssh::Identity::Unencrypted(_) => identity,
    };
    Ok(vec![Box::new(identity)])
}

fn ask(
    passphrase: impl FnOnce() -> Option<Zeroizing<String>>,
) -> Result<SecretString, IdentityFault> {
    let secret = passphrase().ok_or(IdentityFault::PassphraseNeeded)?;
    Ok(SecretString::from(secret.as_str().to_owned()))
}

const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
/// The work that a passphrase may ask for: 2^20 is about three seconds, age's own default 2^18.
const MOST_WORK: u8 = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::{
        Recipients, seal_file,
        trial::{self, Kind},
    };

    const PLAIN: &[u8] = b"Forename,Surname\r\nRobin,Example\r\n";

    fn sealed_to(recipient: &str) -> Vec<u8> {
        seal_file(PLAIN, &Recipients::parse(recipient).unwrap()).unwrap()
    }

    fn secret(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[test]
    fn an_age_identity_file_opens_the_file() {
        let (identity, recipient) = trial::age_keygen();
        let plain = open_file(&sealed_to(&recipient), identity.as_bytes(), || None).unwrap();
        assert_eq!(plain.as_slice(), PLAIN);
    }

    #[test]
    fn an_openssh_key_opens_the_file() {
        for kind in [Kind::Ed25519, Kind::Rsa(2048)] {
            let key = trial::ssh_keygen(kind);
            let sealed = sealed_to(&key.public);
            let plain = open_file(&sealed, key.private.as_bytes(), || None).unwrap();
            assert_eq!(plain.as_slice(), PLAIN, "{kind:?}");
        }
    }

    #[test]
    fn a_key_under_a_passphrase_asks_for_it() {
        let key = trial::ssh_keygen_with(Kind::Ed25519, "correct horse");
        let sealed = sealed_to(&key.public);
        let open = |given| open_file(&sealed, key.private.as_bytes(), || given);
        assert_eq!(
            open(Some(secret("correct horse"))).unwrap().as_slice(),
            PLAIN
        );
        assert!(matches!(
            open(Some(secret("wrong"))),
            Err(OpenFileFault::Key(IdentityFault::PassphraseWrong))
        ));
        assert!(matches!(
            open(None),
            Err(OpenFileFault::Key(IdentityFault::PassphraseNeeded))
        ));
    }

    #[test]
    fn another_key_a_damaged_file_and_no_sealed_file_are_told_apart() {
        let (identity, recipient) = trial::age_keygen();
        let (other, _) = trial::age_keygen();
        let sealed = sealed_to(&recipient);
        let cut = &sealed[..sealed.len() - 1];
        let open = |file: &[u8], key: &str| open_file(file, key.as_bytes(), || None).err();
        assert!(matches!(
            open(&sealed, &other),
            Some(OpenFileFault::NotForThisKey)
        ));
        assert!(matches!(open(cut, &identity), Some(OpenFileFault::Damaged)));
        assert!(matches!(
            open(PLAIN, &identity),
            Some(OpenFileFault::NotSealed)
        ));
        assert!(matches!(
            open(&sealed, "not a key"),
            Some(OpenFileFault::Key(IdentityFault::Form))
        ));
    }
}
