//! Sealing of a file in the age format, binary, for all its recipients at once.

use std::io::{self, Write};

use age::{EncryptError, Encryptor};
use thiserror::Error;

use super::recipients::Recipients;

/// Why a file could not be sealed.
#[derive(Debug, Error)]
pub enum SealError {
    /// A key refused.
    #[error("nothing could be encrypted to one of the keys")]
    Key(#[source] EncryptError),
    /// Writing to memory failed.
    #[error("the sealed file could not be written")]
    Write(#[source] io::Error),
}

/// Seals these bytes so that each of the recipients can open them, and nobody else.
pub fn seal_file(plain: &[u8], recipients: &Recipients) -> Result<Vec<u8>, SealError> {
    seal_to(plain, recipients.keys())
}

pub(super) fn seal_to<'a>(
    plain: &[u8],
    keys: impl Iterator<Item = &'a dyn age::Recipient>,
) -> Result<Vec<u8>, SealError> {
    let encryptor = Encryptor::with_recipients(keys).map_err(SealError::Key)?;
    let room = plain.len() + plain.len() / CHUNK * TAG + HEADER;
    let mut writer = encryptor
        .wrap_output(Vec::with_capacity(room))
        .map_err(SealError::Write)?;
    writer.write_all(plain).map_err(SealError::Write)?;
    writer.finish().map_err(SealError::Write)
}

/// Bytes that age seals at a time.
const CHUNK: usize = 64 * 1024;
/// Bytes that each such chunk grows by.
const TAG: usize = 16;
/// Enough for the header of a few recipients; more of them cost one more allocation.
const HEADER: usize = 2048;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{
        domain::school::{Person, Right},
        seal::trial::{self, Kind},
    };

    fn person(keys: Vec<String>, age: Option<String>) -> Person {
        Person {
            name: "Alex Example".to_owned(),
            keys,
            age,
            rights: vec![Right::Collect],
            authorised_by: None,
            authorised_on: None,
            until: None,
        }
    }

    #[test]
    fn age_d_opens_the_file_with_each_recipients_key_and_no_other() {
        let [ed25519, other] = [0; 2].map(|_| trial::ssh_keygen(Kind::Ed25519));
        let rsa = trial::ssh_keygen(Kind::Rsa(2048));
        let (identity, recipient) = trial::age_keygen();
        let persons = [
            person(vec![ed25519.public.clone(), rsa.public.clone()], None),
            person(Vec::new(), Some(recipient)),
        ];
        let recipients = Recipients::of(persons.iter()).unwrap();
        let plain = b"Forename,Surname\r\n".repeat(10_000);
        let sealed = seal_file(&plain, &recipients).unwrap();

        let folder = tempfile::tempdir().unwrap();
        let native = folder.path().join("identity.txt");
        fs::write(&native, identity).unwrap();
        for key in [ed25519.private_file(), rsa.private_file(), native] {
            assert_eq!(
                trial::age_decrypt(&key, &sealed).as_deref(),
                Some(&plain[..])
            );
        }
        assert_eq!(trial::age_decrypt(&other.private_file(), &sealed), None);
    }

    #[test]
    fn the_file_is_in_the_binary_form() {
        let (_, recipient) = trial::age_keygen();
        let sealed = seal_file(b"x", &Recipients::parse(&recipient).unwrap()).unwrap();
        assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
    }
}
