//! The council's extract: taken out of the front end's reach once it is complete, surveyed in one pass,
//! judged fresh or stale, and open to be streamed at release time (`matching` does that). Records of
//! young people without consent never outlive the stream.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Write as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use serde_json::json;
use time::{Date, OffsetDateTime, macros::format_description};

use super::{FlowError, command::Reply, house::House, plan::Obstacle};
use crate::{
    boxes::Folder,
    calendar::local_day,
    domain::receipt::ExtractFacts,
    ledger::{Act, Actor, Extract, ExtractState, NewExtract, Verb},
    policy::extract_guard::{ExtractVerdict, Freshness, freshness, judge_extract},
    reading::{
        FileFormat,
        extract::{ExtractFault, Survey, survey},
        kind_of,
    },
    transport::extracts::{Found, look, take},
    vault::{Sha256Writer, to_hex},
};

/// Whether to wait for an extract that is still arriving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Take what is complete.
    None,
    /// A release is due now: wait until what lies there is complete.
    Wait,
}

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

/// Takes what lies complete in the council's folder out of reach, surveys it, and records it. Files that
/// a newer one took the place of, or that are too old, are removed.
pub fn adopt(house: &mut House, patience: Patience) -> Result<(), FlowError> {
    move_away(house, patience)?;
    let known: Vec<String> = all(house)?
        .into_iter()
        .map(|extract| extract.arrived.path)
        .collect();
    for path in files(&house.folders.extracts)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name != YEAR11 && !known.iter().any(|known| *known == name) {
            receive(house, &path)?;
        }
    }
    remove_old(house)
}

/// Adopts what there is, and tells whether it can be released from now.
pub(super) fn ready(house: &mut House, patience: Patience) -> Result<Ready, FlowError> {
    adopt(house, patience)?;
    ready_at(house, house.now(), false)
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
    Ok(
        match freshness(exported_on, house.extract_max_age(), local_day(at)) {
            Freshness::Fresh => Ready::Yes(newest),
            Freshness::Stale { .. } | Freshness::FromTheFuture => {
                Ready::No(Obstacle::StaleExtract(exported_on))
            }
        },
    )
}

/// An operator says that the newest extract is right although it fell.
pub(super) fn accept(house: &mut House, actor: &Actor) -> Result<(), FlowError> {
    adopt(house, Patience::Wait)?;
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
    })
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
pub(super) fn year11_file(house: &House) -> Result<Option<File>, FlowError> {
    let path = house.folders.extracts.join(YEAR11);
    match File::open(&path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FlowError::Folder { path, source }),
    }
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
    let file = File::open(path).map_err(|source| FlowError::Folder {
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

/// Moves what is complete; waits for what is not, where a release is due.
fn move_away(house: &House, patience: Patience) -> Result<(), FlowError> {
    let from = Folder::open(&house.folders.extracts_in)?;
    let to = Folder::open(&house.folders.extracts)?;
    loop {
        let rest = house.settings.destinations.settle;
        let Found {
            extract,
            year11,
            superseded,
            coming,
        } = look(&from, OffsetDateTime::now_utc(), rest)?;
        if let Some(newest) = extract {
            // The time in front makes the name new; what follows it is the name as it arrived.
            let stamp = SystemTime::UNIX_EPOCH
                .elapsed()
                .unwrap_or_default()
                .as_nanos();
            take(
                &newest,
                &from,
                &to,
                &format!("{stamp}-{}", newest.entry.name.to_string_lossy()),
            )?;
        }
        if let Some(year11) = year11 {
            take(&year11, &from, &to, YEAR11)?;
        }
        for older in superseded {
            // What changed meanwhile stays, and is looked at again.
            let _ = from.take_away(&older)?;
        }
        match coming {
            Some(left) if patience == Patience::Wait => thread::sleep(left.min(LOOK_AGAIN)),
            _ => return Ok(()),
        }
    }
}

/// Surveys a file and records it, whether it can be used or not.
fn receive(house: &mut House, path: &Path) -> Result<(), FlowError> {
    let stored = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let name = stored
        .split_once('-')
        .map_or(stored.as_str(), |(_, name)| name)
        .to_owned();
    let (sha256, surveyed) = survey_file(house, path, &name)?;
    let now = house.now();
    let mut arrived = NewExtract {
        name: name.clone(),
        sha256,
        rows: 0,
        exported_on: date_in_name(&name).unwrap_or(modified_on(path)?),
        received_at: now,
        path: stored.clone(),
        year11_path: None,
        encoding: String::new(),
        format: String::new(),
    };
    let (state, verb) = match &surveyed {
        Ok(survey) => {
            arrived.rows = survey.rows;
            arrived.exported_on = survey.exported_on.unwrap_or(arrived.exported_on);
            (state_of(house, survey.rows)?, Verb::ExtractReceived)
        }
        Err(fault) => {
            tracing::error!(%fault, "an extract can't be used; the last good one stays");
            (ExtractState::Refused, Verb::ExtractRefused)
        }
    };
    house.ledger.write(|tx| {
        for waiting in tx.extracts_in(ExtractState::WaitingAcceptance)? {
            if state != ExtractState::Refused {
                tx.extract_becomes(waiting.id, ExtractState::Superseded)?;
            }
        }
        tx.receive_extract(&arrived, state)?;
        tx.record(&act(verb, Actor::System, now, &arrived))?;
        Ok::<_, FlowError>(())
    })?;
    if let Ok(survey) = surveyed {
        *house.surveyed.borrow_mut() = Some((stored, survey));
    }
    Ok(())
}

type Surveyed = Result<Survey, ExtractFault>;

/// One pass over the bytes: the hash of what arrived and what is in it. An encrypted file is hashed in a
/// pass of its own, as it lies there.
fn survey_file(house: &House, path: &Path, name: &str) -> Result<([u8; 32], Surveyed), FlowError> {
    let named = kind_of(name);
    let format = named.format.unwrap_or(FileFormat::Csv);
    let mut hashing = Hashing {
        inner: bytes_of(house, path, false)?,
        hash: Sha256Writer::new(io::sink()),
    };
    let columns = house.extract_columns();
    let surveyed = if named.encrypted {
        bytes_of(house, path, true).map(|plain| survey(plain, format, &columns))?
    } else {
        survey(&mut hashing, format, &columns)
    };
    io::copy(&mut hashing, &mut io::sink()).map_err(|source| FlowError::Folder {
        path: path.to_owned(),
        source,
    })?;
    Ok((hashing.hash.finish().1, surveyed))
}

/// Whether an extract with so many rows may be used as it is, beside the one before.
fn state_of(house: &House, rows: u64) -> Result<ExtractState, FlowError> {
    let previous = house
        .ledger
        .view()
        .current_extract()?
        .map(|extract| extract.arrived.rows);
    Ok(
        match judge_extract(rows, previous, house.settings.destinations.max_fall) {
            ExtractVerdict::Usable => ExtractState::Current,
            ExtractVerdict::Empty | ExtractVerdict::Fallen { .. } => {
                ExtractState::WaitingAcceptance
            }
        },
    )
}

/// Removes the files of extracts that nothing is released from any more.
fn remove_old(house: &mut House) -> Result<(), FlowError> {
    let (today, max_age) = (house.today(), house.extract_max_age());
    for extract in all(house)? {
        let path = house.folders.extracts.join(&extract.arrived.path);
        let over = matches!(
            extract.state,
            ExtractState::Superseded | ExtractState::Refused
        );
        let too_old = matches!(
            freshness(extract.arrived.exported_on, max_age, today),
            Freshness::Stale { .. }
        );
        if (over || too_old) && path.exists() {
            fs::remove_file(&path).map_err(|source| FlowError::Folder { path, source })?;
            let now = house.now();
            house.ledger.write(|tx| {
                tx.record(&act(
                    Verb::ExtractRemoved,
                    Actor::System,
                    now,
                    &extract.arrived,
                ))
            })?;
        }
    }
    Ok(())
}

fn all(house: &House) -> Result<Vec<Extract>, FlowError> {
    let view = house.ledger.view();
    let mut extracts = Vec::new();
    for state in [
        ExtractState::Current,
        ExtractState::WaitingAcceptance,
        ExtractState::Superseded,
        ExtractState::Refused,
    ] {
        extracts.extend(view.extracts_in(state)?);
    }
    Ok(extracts)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, FlowError> {
    let failed = |source| FlowError::Folder {
        path: folder.to_owned(),
        source,
    };
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    paths.sort();
    Ok(paths)
}

fn modified_on(path: &Path) -> Result<Date, FlowError> {
    let failed = |source| FlowError::Folder {
        path: path.to_owned(),
        source,
    };
    let modified = fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .map_err(failed)?;
    Ok(local_day(modified.into()))
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

/// A reader that hashes what passes through it.
struct Hashing<R> {
    inner: R,
    hash: Sha256Writer<io::Sink>,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.write_all(&buffer[..count])?;
        Ok(count)
    }
}

/// The file beside the extract, once it is out of the front end's reach.
const YEAR11: &str = "year11.csv";
/// Between two looks at an extract that is still arriving.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// Bytes read at once: an extract is read from one end to the other.
const READ_AT_ONCE: usize = 1 << 20;

/// The day in a file's name, such as `destinations 2027-02-26.csv` or `ccis_20270226.csv`.
fn date_in_name(name: &str) -> Option<Date> {
    let digits: Vec<&str> = name
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty())
        .collect();
    let day = |text: &str| Date::parse(text, format_description!("[year][month][day]")).ok();
    let dashed = digits.windows(3).find_map(|run| {
        let shape = (run[0].len(), run[1].len(), run[2].len());
        (shape == (4, 2, 2)).then(|| day(&run.concat())).flatten()
    });
    dashed.or_else(|| {
        digits
            .iter()
            .filter(|run| run.len() == 8)
            .find_map(|run| day(run))
    })
}
