//! Which keys there are: by their fingerprints, with what each still does.

use serde::{Deserialize, Serialize};
use time::Date;

use super::{
    command::KeyName,
    host::{HostKeys, host_keys},
    signing::known_signers,
};
use crate::{
    calendar::local_day,
    config::{KeyFile, KeyFileError, KeyPlace},
    flow::{FlowError, house::House},
    seal::IntakeKey,
    vault::LedgerKey,
};

/// One key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLine {
    /// Which.
    pub key: KeyName,
    /// What it is for at present.
    pub state: KeyState,
    /// Its fingerprint, recipient or mark.
    pub id: String,
    /// Since when, from when or until when, where that is known.
    pub day: Option<Date>,
    /// `file` or `credential`, where it is a secret that is kept here.
    pub place: Option<String>,
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// In use.
    Present,
    /// It serves from its day on.
    Coming,
    /// It opens what was made for it, and is dropped after its day.
    StillOpens,
    /// It proves what it signed until its day.
    Retired,
    /// The same, and others may have it.
    Stolen,
}

/// Every key, the present ones before earlier ones.
pub(super) fn keys(house: &House) -> Result<Vec<KeyLine>, FlowError> {
    let mut lines = signing(house)?;
    lines.extend(intake(house)?);
    if house.settings.sftp.is_some() {
        lines.extend(host(house)?);
    }
    lines.extend(ledger(house)?);
    Ok(lines)
}

fn signing(house: &House) -> Result<Vec<KeyLine>, FlowError> {
    let signers = known_signers(&house.folders.state)?;
    let line = |signer: &crate::seal::Signer| {
        let (state, at) = match (signer.retired, signer.stolen) {
            (None, _) => (KeyState::Present, signer.since),
            (at, true) => (KeyState::Stolen, at),
            (at, false) => (KeyState::Retired, at),
        };
        let present = state == KeyState::Present;
        KeyLine {
            key: KeyName::Receipts,
            state,
            id: signer.key.fingerprint(),
            day: at.map(local_day),
            place: place(house, KeyFile::Receipts).filter(|_| present),
        }
    };
    Ok(signers.all().iter().rev().map(line).collect())
}

fn intake(house: &House) -> Result<Vec<KeyLine>, FlowError> {
    let file = match KeyFile::Intake.read(house.credentials.as_deref(), &house.folders.keys) {
        Ok(file) => file,
        Err(KeyFileError::Missing { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let key = IntakeKey::parse(&file)?;
    let line = |state, id, day| KeyLine {
        key: KeyName::Intake,
        state,
        id,
        day,
        place: place(house, KeyFile::Intake),
    };
    let mut lines = vec![line(KeyState::Present, key.recipient(), None)];
    let earlier = key.earlier().into_iter();
    lines.extend(earlier.map(|old| line(KeyState::StillOpens, old.recipient, old.until)));
    Ok(lines)
}

fn host(house: &House) -> Result<Vec<KeyLine>, FlowError> {
    let (credentials, keys) = (house.credentials.as_deref(), &house.folders.keys);
    let HostKeys { serving, coming } = host_keys(credentials, keys, house.today())?;
    let line = |state, id, day, file| KeyLine {
        key: KeyName::Host,
        state,
        id,
        day,
        place: place(house, file),
    };
    let mut lines = vec![line(
        KeyState::Present,
        serving.fingerprint(),
        None,
        KeyFile::Host,
    )];
    lines.extend(coming.map(|(key, from)| {
        let id = key.fingerprint();
        line(KeyState::Coming, id, Some(from), KeyFile::NextHost)
    }));
    Ok(lines)
}

fn ledger(house: &House) -> Result<Vec<KeyLine>, FlowError> {
    let file = KeyFile::Ledger.read(house.credentials.as_deref(), &house.folders.keys)?;
    let key = LedgerKey::parse(&file)?;
    let line = |state, id| KeyLine {
        key: KeyName::Ledger,
        state,
        id,
        day: None,
        place: place(house, KeyFile::Ledger),
    };
    let mut lines = vec![line(KeyState::Present, key.mark())];
    lines.extend(
        key.earlier_marks()
            .into_iter()
            .map(|mark| line(KeyState::StillOpens, mark)),
    );
    Ok(lines)
}

fn place(house: &House, file: KeyFile) -> Option<String> {
    match file.place(house.credentials.as_deref(), &house.folders.keys) {
        KeyPlace::Credential(_) => Some("credential".to_owned()),
        KeyPlace::File(_) => Some("file".to_owned()),
        KeyPlace::Nowhere => None,
    }
}
