//! Uploads that the SFTP front end handed over: complete at once, under an id of their own by which each is
//! taken exactly once, and removed when clients have looked at their names for long enough.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use time::OffsetDateTime;

use crate::flow::{FlowError, fault, house::House};
use crate::{
    boxes::handover::{HandedOver, UploadId},
    domain::ids::SchoolId,
    vault::{LookupKind, Vault},
};

/// The uploads that were taken and still lie in the front end's folder, with the time since when.
#[derive(Debug, Default)]
pub struct HandedFiles(RefCell<HashMap<(SchoolId, UploadId), OffsetDateTime>>);

impl HandedFiles {
    /// An upload was taken.
    pub(in crate::flow) fn taken(&self, school: SchoolId, id: UploadId, since: OffsetDateTime) {
        self.0.borrow_mut().insert((school, id), since);
    }

    fn knows(&self, school: SchoolId, id: &UploadId) -> bool {
        self.0.borrow().contains_key(&(school, id.clone()))
    }

    fn due(&self, linger: Duration) -> Vec<(SchoolId, UploadId)> {
        let now = OffsetDateTime::now_utc();
        let mut due: Vec<_> = self
            .0
            .borrow()
            .iter()
            .filter(|(_, since)| now - **since >= linger)
            .map(|(key, _)| key.clone())
            .collect();
        due.sort();
        due
    }

    fn gone(&self, key: &(SchoolId, UploadId)) {
        self.0.borrow_mut().remove(key);
    }
}

/// What was handed over for a school and not taken yet, in the order in which it was handed over.
pub(in crate::flow) fn new_uploads(
    house: &House,
    school: SchoolId,
) -> Result<Vec<HandedOver>, FlowError> {
    let Some(front) = house.front.school_if_there(school)? else {
        return Ok(Vec::new());
    };
    let mut uploads = front.uploads()?;
    uploads.retain(|upload| !house.handed.knows(school, &upload.id));
    let mut new = Vec::with_capacity(uploads.len());
    for upload in uploads {
        // Taken by a process that ended before the file was removed.
        let identity = identity(&house.vault, school, &upload.id);
        match house.ledger.view().taken_as(identity)? {
            Some((_, since)) => house.handed.taken(school, upload.id, since),
            None => new.push(upload),
        }
    }
    Ok(new)
}

/// What makes a handed-over upload itself, whatever happens to its file.
pub(in crate::flow) fn identity(vault: &Vault, school: SchoolId, id: &UploadId) -> [u8; 16] {
    let parts: [&[u8]; 2] = [b"handed over", id.as_str().as_bytes()];
    vault.lookup(LookupKind::Upload, school.number(), &parts).0
}

/// Removes the uploads that were taken long enough ago: all of them at the end of `--once`. What is gone
/// already is no trouble.
pub fn clear(house: &House, linger: Duration) {
    let due = house.handed.due(linger);
    if due.is_empty() {
        return;
    }
    fault::point("handed-over-before-remove");
    for key in due {
        let (school, id) = &key;
        match remove(house, *school, id) {
            Ok(()) => {
                house.calm(&place(*school));
                house.handed.gone(&key);
            }
            Err(error) => house.trouble(&place(*school), &error),
        }
    }
}

/// After a crash: slips that belong to nothing go, once nobody can be about to hand something over.
pub fn clear_litter(house: &House) {
    for school in house.schools.iter() {
        let cleared = house
            .front
            .school_if_there(school.id)
            .and_then(|front| front.map_or(Ok(0), |front| front.clear_litter(LITTER)));
        match cleared {
            Ok(_) => house.calm(&place(school.id)),
            Err(error) => house.trouble(&place(school.id), &error.into()),
        }
    }
}

fn remove(house: &House, school: SchoolId, id: &UploadId) -> Result<(), FlowError> {
    match house.front.school_if_there(school)? {
        Some(front) => Ok(front.remove(id)?),
        None => Ok(()),
    }
}

fn place(school: SchoolId) -> String {
    format!("clearing what was handed over for {school}")
}

/// Nobody takes so long between handing over a slip and its file.
const LITTER: Duration = Duration::from_hours(1);
