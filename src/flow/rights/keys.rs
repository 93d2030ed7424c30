//! Whose key it is, as far as a school's file still tells.

use serde::{Deserialize, Serialize};

use crate::{
    domain::school::{Person, School},
    seal::PublicKey,
};

/// A key with the person who holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The fingerprint of an SSH key, or an age recipient.
    pub key: String,
    /// The person; none where the school's file no longer has the key.
    pub person: Option<String>,
}

impl Holder {
    pub(super) fn of(school: Option<&School>, key: &str) -> Self {
        let person = school.and_then(|school| owner(school, key));
        Self {
            key: key.to_owned(),
            person: person.map(|person| person.name.clone()),
        }
    }
}

/// The person of a school who holds this key.
pub(super) fn owner<'a>(school: &'a School, key: &str) -> Option<&'a Person> {
    let mut persons = school.persons.iter();
    persons.find(|person| keys(person).any(|own| own == key))
}

/// A person's keys, as receipts and the trail name them.
pub(super) fn keys(person: &Person) -> impl Iterator<Item = String> {
    let ssh = person.keys.iter();
    let ssh = ssh.filter_map(|line| PublicKey::parse(line).ok());
    let age = person.age.iter().map(|age| age.trim().to_owned());
    age.chain(ssh.map(|key| key.fingerprint()))
}
