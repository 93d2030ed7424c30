//! The council's extract: taken out of the front end's reach once it is complete, surveyed in one pass,
//! judged fresh or stale, and open to be streamed at release time (`matching` does that). Records of
//! young people without consent never outlive the stream.

mod adopting;

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use serde_json::json;
use time::OffsetDateTime;

pub(super) use self::adopting::{adopt_all, adopt_complete};
use super::{FlowError, command::Reply, house::House, plan::Obstacle, review};
use crate::{
    calendar::local_day,
    domain::receipt::ExtractFacts,
    ledger::{Act, Actor, Extract, ExtractState, NewExtract, Verb},
    policy::extract_guard::{Freshness, freshness},
    reading::{
        FileFormat,
        extract::{Survey, survey},
        kind_of,
    },
    vault::to_hex,
};

/// Whether there is an extract to release from.
pub(super) enum Ready {
    /// This one.
    Yes(Extract),
    /// None, for this reason.
    No(Obstacle),
}

impl Ready {
    /// The extract.
    pub(super) fn extract(&self) -> Option<&Extract> {
        match self {
            Self::Yes(extract) => Some(extract),
            Self::No(_) => None,
        }
    }

    /// What an operator is told where there is none.
    pub(super) fn refusal(&self) -> Option<Reply> {
        let (why, next) = match self {
            Self::No(Obstacle::StaleExtract(day)) => (
                format!("the newest extract is of {day}, which is too old or not yet come"),
                "export a new one".to_owned(),
            ),
            Self::No(Obstacle::ExtractFell) => (
                "the newest extract has far fewer rows than the one before".to_owned(),
                "export it again, or if it is right: pillarbox release --accept-extract".to_owned(),
            ),
            _ => return None,
        };
        Some(Reply::Refused { why, next })
    }
}

/// An extract as receipts tell of it.
pub(super) fn facts(extract: &Extract) -> ExtractFacts {
    let arrived = &extract.arrived;
    ExtractFacts {
        name: arrived.name.clone(),
        sha256: to_hex(&arrived.sha256),
        exported_on: arrived.exported_on,
    }
}

/// Takes in what has arrived.
pub fn adopt(house: &mut House) -> Result<(), FlowError> {
    adopt_complete(house).map(drop)
}

/// Whether the newest extract can be released from at this moment.
pub(super) fn ready_at(
    house: &House,
    at: OffsetDateTime,
    accept: bool,
) -> Result<Ready, FlowError> {
    let view = house.ledger.view();
    let waiting = view.extracts_in(ExtractState::WaitingAcceptance)?.pop();
    let newest = match waiting {
        Some(_) if !accept => return Ok(Ready::No(Obstacle::ExtractFell)),
        Some(waiting) => waiting,
        None => match view.current_extract()? {
            Some(current) => current,
            None => return Ok(Ready::No(Obstacle::NoExtract)),
        },
    };
    let exported_on = newest.arrived.exported_on;
    let is_there = house
        .folders
        .extracts
        .join(&newest.arrived.path)
        .try_exists()
        .unwrap_or(true);
    Ok(
        match freshness(exported_on, house.extract_max_age(), local_day(at)) {
            Freshness::Fresh if is_there => Ready::Yes(newest),
            Freshness::Fresh => Ready::No(Obstacle::NoExtract),
            Freshness::Stale { .. } | Freshness::FromTheFuture => {
                Ready::No(Obstacle::StaleExtract(exported_on))
            }
        },
    )
}

/// An operator says that the newest extract is right although it fell.
pub(super) fn accept(house: &mut House, actor: &Actor) -> Result<(), FlowError> {
    adopt_all(house)?;
    let Some(waiting) = house
        .ledger
        .view()
        .extracts_in(ExtractState::WaitingAcceptance)?
        .pop()
    else {
        return Ok(());
    };
    let now = house.now();
    house.act(|tx| {
        tx.extract_becomes(waiting.id, ExtractState::Current)?;
        tx.record(&act(
            Verb::ExtractAccepted,
            actor.clone(),
            now,
            &waiting.arrived,
        ))?;
        Ok(())
    })?;
    review::dissolve_gone(house)
}

/// Opens an extract as a stream of bytes, decrypted where it came encrypted.
pub(super) fn open(house: &House, extract: &NewExtract) -> Result<Box<dyn Read + Send>, FlowError> {
    bytes_of(
        house,
        &house.folders.extracts.join(&extract.path),
        kind_of(&extract.name).encrypted,
    )
}

/// The second file beside the extract, which may tell the Year 11 schools.
pub(super) fn year11_file(house: &House) -> Result<Option<Box<dyn Read + Send>>, FlowError> {
    for (name, encrypted) in [(YEAR11, false), (YEAR11_SEALED, true)] {
        match bytes_of(house, &house.folders.extracts.join(name), encrypted) {
            Err(FlowError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            file => return file.map(Some),
        }
    }
    Ok(None)
}

/// The survey of an extract: made once in the life of the process, because it reads every byte.
pub(super) fn surveyed(house: &House, extract: &NewExtract) -> Result<Survey, FlowError> {
    if let Some((path, survey)) = &*house.surveyed.borrow()
        && *path == extract.path
    {
        return Ok(survey.clone());
    }
    let format = kind_of(&extract.name).format.unwrap_or(FileFormat::Csv);
    let survey = survey(open(house, extract)?, format, &house.extract_columns())
        .map_err(FlowError::Extract)?;
    *house.surveyed.borrow_mut() = Some((extract.path.clone(), survey.clone()));
    Ok(survey)
}

fn bytes_of(
    house: &House,
    path: &Path,
    encrypted: bool,
) -> Result<Box<dyn Read + Send>, FlowError> {
    let file = File::open(path).map_err(|source| FlowError::File {
        path: path.to_owned(),
        source,
    })?;
    let file = BufReader::with_capacity(READ_AT_ONCE, file);
    if !encrypted {
        return Ok(Box::new(file));
    }
    let key = house.intake_key.as_ref().ok_or(FlowError::NoIntakeKey)?;
    key.open_stream(file).map_err(FlowError::EncryptedExtract)
}

fn act(verb: Verb, actor: Actor, at: OffsetDateTime, extract: &NewExtract) -> Act {
    let detail = json!({"sha256": to_hex(&extract.sha256), "rows": extract.rows, "exported_on": extract.exported_on});
    Act {
        at,
        actor,
        verb,
        subject: "extract".to_owned(),
        school: None,
        detail,
    }
}

/// The file beside the extract, once it is out of the front end's reach.
const YEAR11: &str = "year11.csv";
/// The same where it came encrypted.
const YEAR11_SEALED: &str = "year11.csv.age";
/// Bytes read at once: an extract is read from one end to the other.
const READ_AT_ONCE: usize = 1 << 20;
