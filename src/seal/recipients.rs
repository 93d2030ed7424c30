//! To whom a destination file is sealed: each person's `age1…` key, else the person's SSH keys (spec 5).
//! Knows persons and their public keys; refuses to know who may collect, which its callers decide.

use std::collections::BTreeSet;

use age::{ssh, x25519};
use thiserror::Error;

use super::{
    public_key::{PublicKey, UseForFiles},
    sealed::seal_to,
};
use crate::domain::school::{Person, Right};

/// The keys to which a file is sealed, and the fingerprints under which receipts name them. Never empty.
pub struct Recipients {
    keys: Vec<Key>,
    fingerprints: Vec<String>,
    left_out: Vec<RecipientFault>,
}

/// Why a person, or everybody, could not open a file. It names staff, never a pupil, and keys by
/// fingerprint only.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecipientFault {
    /// The line is no public key. Lines count from 1.
    #[error("{person}: key {number} is not a public SSH key")]
    NotAKey {
        /// Whose key.
        person: String,
        /// Its place among the person's keys, from 1.
        number: usize,
    },
    /// The `age` setting is no `age1…` recipient.
    #[error("{person}: `age` is not a recipient such as `age1…`")]
    NotAnAgeRecipient {
        /// Whose setting.
        person: String,
    },
    /// The person has keys, but of kinds that only log in (ecdsa, sk).
    #[error(
        "{person}: {kinds} keys can log in but cannot open files; add an ssh-ed25519 key or an `age1…` recipient"
    )]
    CannotOpenFiles {
        /// Whose keys.
        person: String,
        /// Their kinds, as OpenSSH names them.
        kinds: String,
    },
    /// The person has no key at all.
    #[error("{person}: no key that could open files")]
    NoKey {
        /// Who.
        person: String,
    },
    /// An RSA key that is too short to rely on.
    #[error("{person}: the RSA key {fingerprint} has {bits} bits; at least 2048 are needed")]
    RsaTooShort {
        /// Whose key.
        person: String,
        /// Which.
        fingerprint: String,
        /// Its length.
        bits: u32,
    },
    /// An RSA key that is longer than age takes.
    #[error("{person}: the RSA key {fingerprint} has {bits} bits; at most 4096 can open files")]
    RsaTooLong {
        /// Whose key.
        person: String,
        /// Which.
        fingerprint: String,
        /// Its length.
        bits: u32,
    },
    /// The key looked right, and encrypting to it failed all the same.
    #[error("{person}: nothing could be encrypted to the key {fingerprint}")]
    TrialFailed {
        /// Whose key.
        person: String,
        /// Which.
        fingerprint: String,
    },
    /// None of the persons can open a file.
    #[error("nobody could open the file")]
    Nobody,
}

impl Recipients {
    /// The keys of these persons. Who has none that can open a file is [left out](Self::left_out);
    /// where that is everybody, there is nothing to seal to.
    pub fn of<'a>(persons: impl Iterator<Item = &'a Person>) -> Result<Self, RecipientFault> {
        let mut left_out = Vec::new();
        let mut keys = Vec::new();
        for person in persons {
            let mut found = keys_of(person);
            if found.keys.is_empty() {
                left_out.append(&mut found.faults);
            }
            keys.append(&mut found.keys);
        }
        Self::from_keys(keys, left_out)
    }

    /// One recipient from a setting, such as the council's archive: `age1…` or an OpenSSH line.
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        let key = age_key(line).or_else(|| ssh_key(&PublicKey::parse(line).ok()?))?;
        Self::from_keys(vec![key], Vec::new()).ok()
    }

    /// What receipts print: `SHA256:…` for an SSH key, the recipient itself for an age key. In order.
    pub fn fingerprints(&self) -> &[String] {
        &self.fingerprints
    }

    /// The persons to whom the file could not be sealed, and why.
    pub fn left_out(&self) -> &[RecipientFault] {
        &self.left_out
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &dyn age::Recipient> {
        self.keys.iter().map(|key| key.inner.as_recipient())
    }

    fn from_keys(keys: Vec<Key>, left_out: Vec<RecipientFault>) -> Result<Self, RecipientFault> {
        let mut seen = BTreeSet::new();
        let keys = keys
            .into_iter()
            .filter(|key| seen.insert(key.fingerprint.clone()))
            .collect::<Vec<_>>();
        if keys.is_empty() {
            return Err(RecipientFault::Nobody);
        }
        Ok(Self {
            keys,
            fingerprints: seen.into_iter().collect(),
            left_out,
        })
    }
}

/// What is wrong with a person's keys: nothing, where every line is a key, whoever may collect can open
/// files, and a trial encryption to each key works.
pub fn check_person(person: &Person) -> Vec<RecipientFault> {
    let KeysOf { keys, mut faults } = keys_of(person);
    if !person.rights.contains(&Right::Collect) {
        faults.retain(|fault| matches!(fault, RecipientFault::NotAKey { .. }));
        return faults;
    }
    let failed = keys
        .iter()
        .filter(|key| seal_to(b"trial", [key.inner.as_recipient()].into_iter()).is_err());
    faults.extend(failed.map(|key| RecipientFault::TrialFailed {
        person: person.name.clone(),
        fingerprint: key.fingerprint.clone(),
    }));
    faults
}

struct Key {
    fingerprint: String,
    inner: Inner,
}

enum Inner {
    Age(x25519::Recipient),
    Ssh(ssh::Recipient),
}

impl Inner {
    fn as_recipient(&self) -> &dyn age::Recipient {
        match self {
            Self::Age(key) => key,
            Self::Ssh(key) => key,
        }
    }
}

struct KeysOf {
    keys: Vec<Key>,
    faults: Vec<RecipientFault>,
}

fn keys_of(person: &Person) -> KeysOf {
    let Some(recipient) = &person.age else {
        return ssh_keys_of(person);
    };
    let name = person.name.clone();
    match age_key(recipient) {
        Some(key) => KeysOf {
            keys: vec![key],
            faults: Vec::new(),
        },
        None => KeysOf {
            keys: Vec::new(),
            faults: vec![RecipientFault::NotAnAgeRecipient { person: name }],
        },
    }
}

fn ssh_keys_of(person: &Person) -> KeysOf {
    let name = || person.name.clone();
    let mut found = KeysOf {
        keys: Vec::new(),
        faults: Vec::new(),
    };
    let mut kinds = BTreeSet::new();
    for (at, line) in person.keys.iter().enumerate() {
        let Ok(public) = PublicKey::parse(line) else {
            found.faults.push(RecipientFault::NotAKey {
                person: name(),
                number: at + 1,
            });
            continue;
        };
        let fingerprint = public.fingerprint();
        match public.use_for_files() {
            UseForFiles::Opens => match ssh_key(&public) {
                Some(key) => found.keys.push(key),
                None => found.faults.push(RecipientFault::TrialFailed {
                    person: name(),
                    fingerprint,
                }),
            },
            UseForFiles::CannotOpen => {
                kinds.insert(public.algorithm());
            }
            UseForFiles::RsaTooShort(bits) => {
                found.faults.push(RecipientFault::RsaTooShort {
                    person: name(),
                    fingerprint,
                    bits,
                });
            }
            UseForFiles::RsaTooLong(bits) => {
                found.faults.push(RecipientFault::RsaTooLong {
                    person: name(),
                    fingerprint,
                    bits,
                });
            }
        }
    }
    if found.keys.is_empty() && !kinds.is_empty() {
        let kinds = kinds.into_iter().collect::<Vec<_>>().join(", ");
        found.faults.push(RecipientFault::CannotOpenFiles {
            person: name(),
            kinds,
        });
    } else if person.keys.is_empty() {
        found.faults.push(RecipientFault::NoKey { person: name() });
    }
    found
}

fn age_key(recipient: &str) -> Option<Key> {
    let inner = recipient.trim().parse::<x25519::Recipient>().ok()?;
    Some(Key {
        fingerprint: inner.to_string(),
        inner: Inner::Age(inner),
    })
}

fn ssh_key(public: &PublicKey) -> Option<Key> {
    let inner = public.line().parse::<ssh::Recipient>().ok()?;
    Some(Key {
        fingerprint: public.fingerprint(),
        inner: Inner::Ssh(inner),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::trial::{self, Kind};

    fn person(keys: Vec<String>, age: Option<String>) -> Person {
        Person {
            name: "Alex Example".to_owned(),
            keys,
            age,
            rights: vec![Right::Upload, Right::Collect],
            authorised_by: None,
            authorised_on: None,
            until: None,
        }
    }

    fn public(kind: Kind) -> String {
        trial::ssh_keygen(kind).public
    }

    #[test]
    fn a_persons_age_key_goes_before_the_ssh_keys() {
        let (_, recipient) = trial::age_keygen();
        let alex = person(vec![public(Kind::Ed25519)], Some(recipient.clone()));
        assert_eq!(check_person(&alex), []);
        let recipients = Recipients::of([&alex].into_iter()).unwrap();
        assert_eq!(recipients.fingerprints(), [recipient]);
    }

    #[test]
    fn without_an_age_key_every_ssh_key_that_can_open_files_does() {
        let [one, two] = [
            trial::ssh_keygen(Kind::Ed25519),
            trial::ssh_keygen(Kind::Rsa(2048)),
        ];
        let keys = vec![one.public.clone(), public(Kind::Ecdsa), two.public.clone()];
        let alex = person(keys, None);
        assert_eq!(check_person(&alex), []);
        let recipients = Recipients::of([&alex, &alex].into_iter()).unwrap();
        let mut expected = [one.fingerprint(), two.fingerprint()];
        expected.sort();
        assert_eq!(recipients.fingerprints(), expected);
        assert_eq!(recipients.left_out(), []);
    }

    #[test]
    fn a_person_with_keys_that_only_log_in_is_refused_and_left_out() {
        let ecdsa = person(vec![public(Kind::Ecdsa)], None);
        let fault = RecipientFault::CannotOpenFiles {
            person: "Alex Example".to_owned(),
            kinds: "ecdsa-sha2-nistp256".to_owned(),
        };
        assert_eq!(check_person(&ecdsa), std::slice::from_ref(&fault));
        assert_eq!(
            Recipients::of([&ecdsa].into_iter()).err(),
            Some(RecipientFault::Nobody)
        );
        let other = person(vec![public(Kind::Ed25519)], None);
        let recipients = Recipients::of([&ecdsa, &other].into_iter()).unwrap();
        assert_eq!(recipients.left_out(), [fault]);
        assert_eq!(recipients.fingerprints().len(), 1);
    }

    #[test]
    fn keys_that_only_log_in_do_for_a_person_who_only_uploads() {
        let uploader = Person {
            rights: vec![Right::Upload],
            ..person(vec![public(Kind::Ecdsa)], None)
        };
        assert_eq!(check_person(&uploader), []);
    }

    #[test]
    fn a_short_rsa_key_is_refused_by_its_fingerprint() {
        let short = trial::ssh_keygen(Kind::Rsa(1024));
        let alex = person(vec![short.public.clone()], None);
        let fault = RecipientFault::RsaTooShort {
            person: "Alex Example".to_owned(),
            fingerprint: short.fingerprint(),
            bits: 1024,
        };
        assert_eq!(check_person(&alex), [fault]);
    }

    #[test]
    fn what_is_no_key_is_told_by_its_place() {
        let alex = person(
            vec![public(Kind::Ed25519), "ssh-ed25519 AAAA".to_owned()],
            None,
        );
        let fault = check_person(&alex);
        assert_eq!(
            fault,
            [RecipientFault::NotAKey {
                person: "Alex Example".to_owned(),
                number: 2
            }]
        );
        assert!(
            check_person(&person(Vec::new(), Some("age1x".to_owned()))).contains(
                &RecipientFault::NotAnAgeRecipient {
                    person: "Alex Example".to_owned()
                }
            )
        );
        assert!(
            check_person(&person(Vec::new(), None)).contains(&RecipientFault::NoKey {
                person: "Alex Example".to_owned()
            })
        );
    }
}
