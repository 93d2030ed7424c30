//! What all connections share: settings, people, doors, bans, counters, boxes, and the list of who is
//! connected.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use time::OffsetDateTime;
use tracing::{info, warn};

use super::{
    super::premises::Premises,
    algorithms,
    bans::Bans,
    counters::Tallies,
    cut::Cut,
    doors::Doors,
    host_key::HostKey,
    link::{Fate, Link},
    people::{People, Standing},
    refusals::Refusals,
};
use crate::{
    boxes::handover::{Counters, Front},
    calendar::local_day,
    config::{Schools, Sftp},
    domain::school::Person,
};

/// What all connections share.
pub(super) struct Shared {
    pub(super) settings: Sftp,
    /// Whoever comes next is served with this; who is there keeps what was agreed.
    pub(super) ssh: RwLock<Arc<russh::server::Config>>,
    pub(super) doors: Arc<Doors>,
    pub(super) bans: Bans,
    pub(super) tallies: Arc<Tallies>,
    pub(super) refusals: Refusals,
    pub(super) premises: Premises,
    pub(super) front: Arc<Front>,
    pub(super) links: Links,
    pub(super) register: Register,
}

/// Who is connected.
#[derive(Debug, Default)]
pub(super) struct Links {
    all: Mutex<HashMap<u64, Arc<Link>>>,
    next: AtomicU64,
}

/// Who may log in, as the files were when they were read last.
#[derive(Debug, Default)]
pub(super) struct Register {
    schools: Mutex<Schools>,
    council: Vec<Person>,
    people: RwLock<Arc<People>>,
}

impl Links {
    /// Remembers a connection until the number is given back.
    pub(super) fn add(&self, link: Arc<Link>) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.all().insert(number, link);
        number
    }

    pub(super) fn remove(&self, number: u64) {
        self.all().remove(&number);
    }

    pub(super) fn each(&self) -> Vec<Arc<Link>> {
        self.all().values().cloned().collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<u64, Arc<Link>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Register {
    pub(super) fn new(schools: Schools, council: Vec<Person>) -> Self {
        let register = Self {
            schools: Mutex::new(schools),
            council,
            people: RwLock::default(),
        };
        register.renew();
        register
    }

    fn replace(&self, schools: Schools) {
        *self.schools.lock().unwrap_or_else(PoisonError::into_inner) = schools;
        self.renew();
    }

    fn renew(&self) {
        let schools = self.schools.lock().unwrap_or_else(PoisonError::into_inner);
        let people = People::new(&schools, &self.council, today());
        *self.people.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(people);
    }

    fn people(&self) -> Arc<People> {
        let people = self.people.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&people)
    }
}

impl Shared {
    /// russh's settings for whoever comes now.
    pub(super) fn ssh(&self) -> Arc<russh::server::Config> {
        Arc::clone(&self.ssh.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Another host key from now on.
    pub(super) fn serve_with(&self, key: HostKey) {
        let config = Arc::new(algorithms::config(&self.settings, key));
        *self.ssh.write().unwrap_or_else(PoisonError::into_inner) = config;
    }

    /// Who may log in now.
    pub(super) fn people(&self) -> Arc<People> {
        let people = self.register.people();
        if people.is_of(today()) {
            return people;
        }
        self.register.renew();
        self.register.people()
    }

    /// The schools' files were read again.
    pub(super) fn reload(&self, schools: Schools) {
        self.register.replace(schools);
        self.cut_who_lost_something();
    }

    /// Cuts the sessions of persons, keys and agreements that have ended.
    pub(super) fn cut_who_lost_something(&self) {
        let people = self.people();
        for link in self.links.each() {
            cut_if_it_lost_something(&people, &link);
        }
    }

    /// The same for one who has just come in: the files may have been read again since the key was found.
    pub(super) fn cut_newcomer(&self, link: &Link) {
        cut_if_it_lost_something(&self.people(), link);
    }

    /// Somebody was turned away or cut off: counted always, told once.
    pub(super) fn refuse(&self, peer: std::net::SocketAddr, cut: Cut) {
        self.tallies.refused(cut);
        self.refusals.tell(peer, cut);
    }

    /// Once a minute.
    pub(super) fn tidy(&self) {
        let now = OffsetDateTime::now_utc();
        self.cut_who_lost_something();
        self.bans.sweep(now);
        self.premises.sweep(now);
    }

    /// Writes the counters where they are no more what they were.
    pub(super) fn write_counters(&self, last: &mut Option<Counters>) {
        let counters = self.tallies.snapshot(self.doors.sessions());
        if last.as_ref() == Some(&counters) {
            return;
        }
        let dated = Counters {
            at: Some(OffsetDateTime::now_utc()),
            ..counters.clone()
        };
        match self.front.write_counters(&dated) {
            Ok(()) => *last = Some(counters),
            Err(error) => warn!(%error, "the counters could not be written"),
        }
    }
}

fn cut_if_it_lost_something(people: &People, link: &Link) {
    let Some((visitor, in_force)) = link.visitor() else {
        return;
    };
    let cut = match people.standing(&visitor, in_force) {
        Standing::Kept => return,
        Standing::RightsEnded => Cut::RightsEnded,
        Standing::AgreementEnded => Cut::AgreementEnded,
    };
    if link.fate() == Fate::Open {
        let (account, reason) = (visitor.account.to_string(), cut.code());
        info!(
            school = account,
            peer = link.peer.to_string(),
            why = reason,
            "a session is cut"
        );
        link.cut(cut);
    }
}

fn today() -> time::Date {
    local_day(OffsetDateTime::now_utc())
}
