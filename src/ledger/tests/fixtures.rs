//! A ledger in a folder of its own, and made-up schools, pupils and files to put into it.

use std::{convert::Infallible, path::PathBuf};

use tempfile::{TempDir, tempdir};
use time::{Date, OffsetDateTime, macros::date, macros::datetime};

use crate::{
    domain::{
        destination::{Basis, Disclosed, Label},
        ids::{PupilId, RecordMark, ReleaseId, SchoolId, SubmissionId},
        list::FileKind,
        names::{Name, PersonName},
        pupil::{Consent, Pupil, Standing},
        receipt::{ExpiryRule, ReleaseCounts, Trigger},
    },
    ledger::{FileStat, Ledger, LedgerError, NewRelease, NewUpload, SealedConsent, Tx},
    vault::{LedgerKey, Vault},
};

pub(super) const NOON: OffsetDateTime = datetime!(2026-11-21 12:00:00.123456 UTC);
pub(super) const BORN: Date = date!(2010 - 03 - 01);

/// A ledger and the folder that goes when it is dropped.
pub(super) struct Scene {
    pub(super) dir: TempDir,
    pub(super) key: LedgerKey,
    pub(super) ledger: Ledger,
}

impl Scene {
    pub(super) fn new() -> Self {
        let dir = tempdir().unwrap();
        let key = LedgerKey::generate().unwrap();
        let path = dir.path().join("ledger.db");
        let ledger = Ledger::open(&path, Vault::new(&key)).unwrap();
        Self { dir, key, ledger }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.path().join("ledger.db")
    }

    /// Does what can't fail here.
    pub(super) fn write<T>(&mut self, act: impl FnOnce(&Tx<'_>) -> Result<T, LedgerError>) -> T {
        self.ledger.write(act).unwrap()
    }

    /// Does what must be refused, and tells how.
    pub(super) fn refused<T>(
        &mut self,
        act: impl FnOnce(&Tx<'_>) -> Result<T, LedgerError>,
    ) -> LedgerError {
        self.ledger.write(act).err().unwrap()
    }

    /// Changes the database behind the ledger's back, as its administrator could.
    pub(super) fn tamper(&mut self, sql: &str) {
        let conn = rusqlite::Connection::open(self.path()).unwrap();
        conn.execute_batch(sql).unwrap();
    }

    pub(super) fn sealed(&self, school: SchoolId, consent: &Consent) -> SealedConsent {
        SealedConsent::seal(self.ledger.vault(), school, consent)
    }
}

pub(super) fn school(number: u32) -> SchoolId {
    SchoolId::from_number(number).unwrap()
}

pub(super) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub(super) fn pupil(forename: &str, surname: &str) -> Pupil {
    Pupil {
        name: PersonName {
            forename: name(forename),
            surname: name(surname),
        },
        born: BORN,
        upn: None,
        uln: None,
    }
}

/// The consent of the pupil told of first in this place of S000001.
pub(super) fn consent(place: u32, pupil: Pupil) -> Consent {
    Consent {
        id: PupilId::first_told(SubmissionId::new(1), place),
        pupil,
        given_on: date!(2026 - 09 - 15),
        assumed: false,
        ehcp: false,
        standing: Standing::InForce,
        held_by: None,
        source: SubmissionId::new(1),
        version: 1,
    }
}

pub(super) fn upload(file: &str, identity: u8) -> NewUpload {
    NewUpload {
        school: school(8_604_001),
        kind: FileKind::ConsentList,
        taken_at: NOON,
        taken_real: NOON,
        name: file.into(),
        bytes: 1234,
        sha256: [identity; 32],
        by: Some("SHA256:made-up".to_owned()),
        spool: Some(format!("spool-{identity}")),
        unread: None,
        identity: [identity; 16],
        lingers: Some(FileStat {
            dev: 1,
            ino: u64::MAX,
            ctime_ns: 2,
            mtime_ns: i128::MIN,
            size: 1234,
            nlink: 1,
        }),
    }
}

pub(super) fn release(id: ReleaseId, school: SchoolId) -> NewRelease {
    NewRelease {
        id,
        school,
        trigger: Trigger::Operator,
        occasion: None,
        sound_until: None,
        at: NOON,
        supersedes: None,
        extract: None,
        expiry_rule: ExpiryRule::Earliest,
        counts: ReleaseCounts {
            consented: 3,
            shared: 2,
            no_record: 1,
            ..ReleaseCounts::default()
        },
        keep_until: Some(date!(2027 - 02 - 01)),
        revision: 7,
    }
}

pub(super) fn disclosed(forename: &str, surname: &str) -> Disclosed {
    Disclosed {
        forename: name(forename),
        surname: name(surname),
        born: BORN,
        label: Label::FurtherEducation,
        provider: Some("Made-up College of Nowhere".to_owned()),
        started: Some(date!(2026 - 09 - 07)),
        confirmed: None,
        send: true,
        by_hand: Some(RecordMark([7; 8])),
        basis: Some(Basis {
            given_on: date!(2026 - 09 - 15),
            source: SubmissionId::new(1),
        }),
    }
}

/// An act that fails for a reason of the caller's own.
pub(super) fn gives_up<T>(_: T) -> Result<Infallible, LedgerError> {
    Err(LedgerError::Full)
}
