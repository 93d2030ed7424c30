//! Who may log in: account and key to visitor, for one day. Made anew when a file changes and when a day
//! begins, because rights and agreements end on days.

use std::{collections::HashMap, sync::Arc};

use russh::keys::{
    HashAlg, PublicKey,
    ssh_key::public::{KeyData, RsaPublicKey},
};
use time::Date;

use super::super::visitor::{Account, COUNCIL, Visitor};
use crate::{
    config::Schools,
    domain::school::{AgreementStanding, Person, Right},
};

/// Everybody who may log in on one day.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The day that it was made for.
    day: Option<Date>,
    accounts: HashMap<Account, Rights>,
}

#[derive(Debug)]
struct Rights {
    in_force: bool,
    visitors: HashMap<KeyData, Visitor>,
}

/// Where somebody who is in stands by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Standing {
    /// Nothing was taken away.
    Kept,
    /// The person, the key or a right is gone.
    RightsEnded,
    /// The agreement of the school was in force, and is no more.
    AgreementEnded,
}

impl People {
    /// Those of all schools, and the council's own.
    pub(super) fn new(schools: &Schools, council: &[Person], day: Date) -> Self {
        let schools = schools.iter().map(|school| {
            let in_force = school.standing(day) == AgreementStanding::InForce;
            let account = Account::School(school.id);
            (account, Rights::of(account, &school.persons, in_force, day))
        });
        let council = Rights::of(Account::Council, council, true, day);
        Self {
            day: Some(day),
            accounts: schools.chain([(Account::Council, council)]).collect(),
        }
    }

    /// Whether it was made for this day.
    pub(super) fn is_of(&self, day: Date) -> bool {
        self.day == Some(day)
    }

    /// Who logs in by this name with this key. The key is compared as what it is, not as it is written.
    pub(super) fn find(&self, user: &str, key: &PublicKey) -> Option<&Visitor> {
        let rights = self.accounts.get(&account_of(user)?)?;
        rights.visitors.get(key.key_data())
    }

    /// Whether the agreement of this account is in force: always, for the council's own.
    pub(super) fn in_force(&self, account: Account) -> bool {
        let rights = self.accounts.get(&account);
        rights.is_some_and(|rights| rights.in_force)
    }

    /// What became of somebody who came in earlier.
    pub(super) fn standing(&self, visitor: &Visitor, was_in_force: bool) -> Standing {
        let rights = self.accounts.get(&visitor.account);
        let known = rights.and_then(|rights| rights.of_key(&visitor.key));
        let Some(now) = known else {
            return Standing::RightsEnded;
        };
        // Another place in the file may be another person, whose collections are counted apart.
        let lost = now.person != visitor.person
            || (visitor.may_upload && !now.may_upload)
            || (visitor.may_collect && !now.may_collect);
        if lost {
            Standing::RightsEnded
        } else if was_in_force && !self.in_force(visitor.account) {
            Standing::AgreementEnded
        } else {
            Standing::Kept
        }
    }
}

impl Rights {
    fn of(account: Account, persons: &[Person], in_force: bool, day: Date) -> Self {
        let mut visitors = HashMap::new();
        for (place, person) in persons.iter().enumerate() {
            let (may_upload, may_collect) = (
                person.may(Right::Upload, day),
                person.may(Right::Collect, day),
            );
            if !may_upload && !may_collect {
                continue;
            }
            for key in person.keys.iter().filter_map(|line| sound_key(line)) {
                let visitor = Visitor {
                    account,
                    key: Arc::from(key.fingerprint(HashAlg::Sha256).to_string()),
                    person: place,
                    may_upload,
                    may_collect,
                };
                visitors.insert(key.key_data().clone(), visitor);
            }
        }
        Self { in_force, visitors }
    }

    fn of_key(&self, fingerprint: &str) -> Option<&Visitor> {
        self.visitors
            .values()
            .find(|visitor| &*visitor.key == fingerprint)
    }
}

/// The account of this name, whether there is one or not.
pub(super) fn account_of(user: &str) -> Option<Account> {
    if user == COUNCIL {
        return Some(Account::Council);
    }
    let id = user.parse().ok().map(Account::School)?;
    (id.to_string() == user).then_some(id)
}

/// A key that may open the door: any kind but RSA of few bits.
fn sound_key(line: &str) -> Option<PublicKey> {
    let key = PublicKey::from_openssh(line).ok()?;
    let bits = key.key_data().rsa().map(RsaPublicKey::key_size);
    bits.is_none_or(|bits| bits >= RSA_LEAST).then_some(key)
}

/// In bits.
const RSA_LEAST: u32 = 2048;

#[cfg(test)]
mod tests;
