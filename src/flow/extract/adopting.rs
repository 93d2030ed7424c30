//! An extract on its way in: moved out of the front end's reach once it is complete, surveyed in one pass
//! and recorded, whether it can be used or not. What a newer one took the place of, or is too old, goes.

use std::{
    fs,
    io::{self, Read, Write as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant, SystemTime},
};

use time::{Date, macros::format_description};

use super::{YEAR11, YEAR11_SEALED, act, bytes_of};
use crate::{
    boxes::{Entry, Folder},
    calendar::local_day,
    flow::{FlowError, arrivals::Patience, house::House, intake, recall, review},
    ledger::{Actor, Extract, ExtractState, NewExtract, Tx, Verb},
    policy::extract_guard::{ExtractVerdict, Freshness, freshness, judge_extract},
    reading::{
        FileFormat,
        extract::{Survey, survey},
        kind_of,
    },
    transport::extracts::{Candidate, Found, look, take},
    vault::Sha256Writer,
};

/// Takes what lies complete in the council's folder out of reach, surveys it, and records it. Tells after
/// how long another look is worth while, where something is still arriving.
pub(in crate::flow) fn adopt_complete(house: &mut House) -> Result<Option<Duration>, FlowError> {
    let coming = move_away(house)?;
    let known: Vec<String> = all(house)?
        .into_iter()
        .map(|extract| extract.arrived.path)
        .collect();
    for path in files(&house.folders.extracts)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let beside = name == YEAR11 || name == YEAR11_SEALED;
        if !beside && !known.iter().any(|known| *known == name) {
            receive(house, &path)?;
        }
    }
    remove_old(house)?;
    review::dissolve_gone(house)?;
    Ok(coming)
}

/// The same before a release, waiting for what is still arriving, though not for ever: somebody may hold
/// a file open and forget it. Meanwhile uploads are taken, so that withdrawals act.
pub(in crate::flow) fn adopt_all(house: &mut House) -> Result<(), FlowError> {
    let (began, longest) = (Instant::now(), house.settings.destinations.settle + LONGER);
    while let Some(left) = adopt_complete(house)? {
        if house.is_stopping() {
            return Err(FlowError::Stopping);
        }
        if began.elapsed() >= longest {
            tracing::warn!("an extract is still being written; the one before is used");
            break;
        }
        thread::sleep(left.min(LOOK_AGAIN));
        intake::take_all(house, &house.all_schools(), Patience::None)?;
        recall::sweep(house)?;
    }
    Ok(())
}

/// Moves what is complete.
fn move_away(house: &mut House) -> Result<Option<Duration>, FlowError> {
    let from = Folder::open(&house.folders.extracts_in)?;
    let to = Folder::open(&house.folders.extracts)?;
    let rest = house.settings.destinations.settle;
    let Found {
        extract,
        year11,
        superseded,
        coming,
    } = look(&from, time::OffsetDateTime::now_utc(), rest)?;
    if let Some(newest) = extract {
        // The time in front makes the name new; what follows it is the name as it arrived.
        let stamp = SystemTime::UNIX_EPOCH
            .elapsed()
            .unwrap_or_default()
            .as_nanos();
        let name = format!("{stamp}-{}", safe_name(&newest.entry));
        take(&newest, &from, &to, &name)?;
    }
    if let Some(year11) = year11 {
        take_year11(house, &year11, (&from, &to))?;
    }
    for older in superseded {
        // What changed meanwhile stays, and is looked at again.
        let _ = from.take_away(&older)?;
    }
    Ok(coming)
}

/// The newest file that tells the Year 11 schools takes the place of the one before, in whatever form
/// that was.
fn take_year11(
    house: &mut House,
    newest: &Candidate,
    (from, to): (&Folder, &Folder),
) -> Result<(), FlowError> {
    // Where it is replaced, the records' schools may be others.
    house.ledger.write(|tx: &Tx<'_>| tx.ties_unseen())?;
    let (name, other) = if newest.sealed {
        (YEAR11_SEALED, YEAR11)
    } else {
        (YEAR11, YEAR11_SEALED)
    };
    if take(newest, from, to, name)?.is_some() {
        let path = house.folders.extracts.join(other);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(FlowError::File { path, source });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The name as it arrived, as far as it can be the end of a name of ours.
fn safe_name(entry: &Entry) -> String {
    let name = entry.name.to_string_lossy();
    let clean = |c: char| if c.is_control() { '_' } else { c };
    let name: String = name.chars().map(clean).collect();
    let too_long = name.len().saturating_sub(LONGEST_NAME);
    let cut = (too_long..name.len()).find(|at| name.is_char_boundary(*at));
    name[cut.unwrap_or(0)..].to_owned()
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

type Surveyed = Result<Survey, FlowError>;

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
        bytes_of(house, path, true)
            .and_then(|plain| survey(plain, format, &columns).map_err(FlowError::Extract))
    } else {
        survey(&mut hashing, format, &columns).map_err(FlowError::Extract)
    };
    io::copy(&mut hashing, &mut io::sink()).map_err(|source| FlowError::File {
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
            fs::remove_file(&path).map_err(|source| FlowError::File { path, source })?;
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
    let failed = |source| FlowError::File {
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
    let failed = |source| FlowError::File {
        path: path.to_owned(),
        source,
    };
    let modified = fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .map_err(failed)?;
    Ok(local_day(modified.into()))
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

/// Between two looks at an extract that is still arriving.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// How much longer than an extract has to rest a release waits for one.
const LONGER: Duration = Duration::from_secs(30);
/// Bytes of an arriving name that are kept: its end tells the form.
const LONGEST_NAME: usize = 180;

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
