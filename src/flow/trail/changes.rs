//! What the council changed in its files: which keys may act for a school and open its files, what was signed
//! and when it ends, and the settings. Each change that is met is a row of the trail, with fingerprints and
//! dates; who typed it, a file does not tell.

use std::{fs, sync::Arc};

use serde_json::{Value, json};

use crate::flow::{FlowError, house::House};
use crate::{
    domain::school::{Person, Right, School},
    ledger::{Act, Actor, FileOf, Mode, Verb},
    seal::PublicKey,
    vault::{sha256, to_hex},
};

/// Records what differs from what was recorded last. A ledger in which nothing has happened yet stays so:
/// its first act says whether it is a rehearsal.
pub(in crate::flow) fn record(house: &mut House) -> Result<(), FlowError> {
    if !house.files_to_record || house.ledger.view().mode()? == Mode::Fresh {
        return Ok(());
    }
    let known = house.ledger.view().file_digests()?;
    let said = house
        .all_schools()
        .into_iter()
        .map(|school| Said::by(&school));
    let settings = Said::by_settings(house)?;
    let changed: Vec<Said> = said
        .chain([settings])
        .filter(|said| known.get(&said.of) != Some(&said.digest))
        .collect();
    let now = house.now();
    house.ledger.write(|tx| {
        for said in &changed {
            tx.put_file_digest(said.of, said.digest)?;
            tx.record(&said.act(now))?;
        }
        Ok::<_, FlowError>(())
    })?;
    house.files_to_record = false;
    Ok(())
}

/// What one file says, as far as the trail tells of it.
struct Said {
    of: FileOf,
    detail: Value,
    digest: [u8; 32],
}

impl Said {
    fn by(school: &Arc<School>) -> Self {
        let agreement = &school.agreement;
        let day = |day: Option<time::Date>| day.map(|day| day.to_string());
        let formats = school.formats.iter().map(|format| format.extension());
        let detail = json!({
            "signed": day(agreement.signed),
            "reviewed": day(agreement.reviewed),
            "terminated": day(agreement.terminated),
            "suspended": school.suspended,
            "formats": formats.collect::<Vec<_>>(),
            "persons": school.persons.iter().map(person).collect::<Vec<_>>(),
        });
        Self {
            of: Some(school.id),
            digest: sha256(detail.to_string().as_bytes()),
            detail,
        }
    }

    fn by_settings(house: &House) -> Result<Self, FlowError> {
        let path = &house.settings.file;
        let text = fs::read(path).map_err(|source| FlowError::File {
            path: path.clone(),
            source,
        })?;
        let digest = sha256(&text);
        Ok(Self {
            of: None,
            detail: json!({"sha256": to_hex(&digest)}),
            digest,
        })
    }

    fn act(&self, at: time::OffsetDateTime) -> Act {
        let (verb, subject) = match self.of {
            Some(school) => (Verb::SchoolChanged, school.to_string()),
            None => (Verb::SettingsChanged, "settings".to_owned()),
        };
        Act {
            at,
            actor: Actor::System,
            verb,
            subject,
            school: self.of,
            detail: self.detail.clone(),
        }
    }
}

/// A person by what opens and lets in; the name is for the council's eyes, not for the trail.
fn person(person: &Person) -> Value {
    let fingerprint = |key: &String| Some(PublicKey::parse(key).ok()?.fingerprint());
    let keys: Vec<String> = person.keys.iter().filter_map(fingerprint).collect();
    let rights = person.rights.iter().map(|right| match right {
        Right::Upload => "upload",
        Right::Collect => "collect",
    });
    json!({
        "keys": keys,
        "age": person.age.as_ref().map(|key| to_hex(&sha256(key.as_bytes()))),
        "may": rights.collect::<Vec<_>>(),
        "until": person.until.map(|day| day.to_string()),
    })
}
