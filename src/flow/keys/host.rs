//! The server's host key: a new one is announced weeks before it serves, because a client that knows the old
//! one warns as loudly as it would of an attack. Its own comment says from which day it serves, so that the
//! front end of another user, which reaches no ledger, changes on that day by itself.

use std::{io::ErrorKind, path::Path};

use serde_json::json;
use time::{Date, Duration};

use super::{
    command::{KeyName, KeysReply, record},
    credentials::by_hand,
};
use crate::{
    config::{KeyFile, KeyFileError, KeyPlace},
    flow::{FlowError, command::Reply, fault, house::House},
    ledger::{Actor, Verb},
    transport::sftp::HostKey,
};

/// The key that serves, and the one that is to.
#[derive(Debug)]
pub struct HostKeys {
    /// Serves today.
    pub serving: HostKey,
    /// Serves from a later day on.
    pub coming: Option<(HostKey, Date)>,
}

/// What schools are told of the server's next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComingHostKey {
    /// The fingerprint of the key that serves now.
    pub present: String,
    /// The fingerprint of the next.
    pub fingerprint: String,
    /// The day from which it serves.
    pub from: Date,
}

/// Reads the host keys, and finds the one that serves today.
pub fn host_keys(
    credentials: Option<&Path>,
    keys: &Path,
    today: Date,
) -> Result<HostKeys, FlowError> {
    let next = match KeyFile::NextHost.read(credentials, keys) {
        Ok(file) => Some(HostKey::from_openssh(&file)?),
        Err(KeyFileError::Missing { .. }) => None,
        // Whom a service manager hands the host key over sees no other: that is the front end's own user.
        Err(KeyFileError::Io { source, .. })
            if credentials.is_some() && source.kind() == ErrorKind::PermissionDenied =>
        {
            None
        }
        Err(error) => return Err(error.into()),
    };
    let next = next.and_then(|key| key.serves_from().map(|from| (key, from)));
    match next {
        Some((key, from)) if from <= today => Ok(HostKeys {
            serving: key,
            coming: None,
        }),
        coming => {
            let file = KeyFile::Host.read(credentials, keys)?;
            Ok(HostKeys {
                serving: HostKey::from_openssh(&file)?,
                coming,
            })
        }
    }
}

/// What to tell schools, where a key is announced. Keys that can't be read are `check`'s to tell.
pub fn coming_host_key(
    credentials: Option<&Path>,
    keys: &Path,
    today: Date,
) -> Option<ComingHostKey> {
    let HostKeys { serving, coming } = host_keys(credentials, keys, today).ok()?;
    coming.map(|(key, from)| ComingHostKey {
        present: serving.fingerprint(),
        fingerprint: key.fingerprint(),
        from,
    })
}

/// Announces a new key, or lets one serve at once.
pub(super) fn rotate(
    house: &mut House,
    from: Option<Date>,
    at_once: bool,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    if let Some(reply) = by_hand(house, KeyName::Host) {
        return Ok(reply);
    }
    let today = house.today();
    let HostKeys { serving, coming } =
        host_keys(house.credentials.as_deref(), &house.folders.keys, today)?;
    let old = serving.fingerprint();
    if at_once {
        let key = match coming {
            Some((key, _)) => key,
            None => HostKey::generate()?,
        };
        return serve(house, &key, old, actor);
    }
    let from = from.unwrap_or(today + Duration::days(NOTICE));
    if from <= today {
        return Ok(Reply::Refused {
            why: format!("{from} is no day to come"),
            next: "choose a later day, or --now".to_owned(),
        });
    }
    let key = HostKey::generate_for(from)?;
    let new = key.fingerprint();
    KeyFile::NextHost.put(&house.folders.keys, key.to_openssh()?.as_bytes())?;
    fault::point("keys-after-file-before-trail");
    let detail = json!({"old": old, "new": new, "from": from.to_string()});
    tell(house, Verb::KeyAnnounced, actor, detail)?;
    Ok(Reply::Keys(KeysReply::Changed {
        key: KeyName::Host,
        old: vec![old],
        new: Some(new),
        day: Some(from),
        next: vec![
            format!("README.txt in every box and «pillarbox school welcome» say so; the server changes its key on {from} by itself."),
            "Where pillarbox-sftp has the key as a credential: add host.next to its unit and restart it before that day.".to_owned(),
        ],
    }))
}

/// On its day, the next key takes the place of the present one.
pub(in crate::flow) fn promote(house: &mut House) -> Result<(), FlowError> {
    let (credentials, keys) = (house.credentials.clone(), house.folders.keys.clone());
    let credentials = credentials.as_deref();
    // Before a credential no file would count: there the key goes on serving from where it is.
    let is_file = |key: KeyFile| matches!(key.place(credentials, &keys), KeyPlace::File(_));
    if !is_file(KeyFile::NextHost) || !is_file(KeyFile::Host) {
        return Ok(());
    }
    let next = HostKey::from_openssh(&KeyFile::NextHost.read(credentials, &keys)?)?;
    if next.serves_from().is_none_or(|from| from > house.today()) {
        return Ok(());
    }
    let old = HostKey::from_openssh(&KeyFile::Host.read(credentials, &keys)?)?;
    let detail = json!({"old": old.fingerprint(), "new": next.fingerprint()});
    // A folder that can't be written leaves no row at each try.
    KeyFile::NextHost.take_place_of(KeyFile::Host, &keys)?;
    tell(house, Verb::KeyRotated, &Actor::System, detail)
}

fn serve(house: &mut House, key: &HostKey, old: String, actor: &Actor) -> Result<Reply, FlowError> {
    let (keys, new) = (house.folders.keys.clone(), key.fingerprint());
    KeyFile::Host.put(&keys, key.to_openssh()?.as_bytes())?;
    fault::point("keys-after-file-before-trail");
    KeyFile::NextHost.remove(&keys)?;
    let detail = json!({"old": old, "new": new});
    tell(house, Verb::KeyRotated, actor, detail)?;
    Ok(Reply::Keys(KeysReply::Changed {
        key: KeyName::Host,
        old: vec![old],
        new: Some(new),
        day: None,
        next: vec![
            "The server has the new key now: every client that knows the old one will warn until it is told.".to_owned(),
        ],
    }))
}

fn tell(
    house: &mut House,
    verb: Verb,
    actor: &Actor,
    detail: serde_json::Value,
) -> Result<(), FlowError> {
    let now = house.now();
    house
        .ledger
        .write(|tx| record(tx, (now, actor), verb, KeyName::Host, detail))?;
    house.prepare_boxes()
}

/// Days between the announcement and the change, unless another day is said.
const NOTICE: i64 = 28;
