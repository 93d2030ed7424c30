//! Making a backup: the ledger's snapshot is read through a connection of its own, so that the daemon goes on;
//! what it names is pinned by links, so that nothing goes between the manifest and the end.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use time::OffsetDateTime;

use super::{
    BackupError, CONFIG, LEDGER, MANIFEST, NOTES, SIGNERS, SPOOL, Scratch,
    manifest::{Manifest, Member},
    scratch::sweep,
};
use crate::{
    config::Folders,
    ledger::{Ledger, Mode},
    seal::{ArchiveWriter, Recipients},
    vault::{Sha256Writer, sha256, to_hex},
};

/// What a backup is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// Where things lie.
    pub folders: &'a Folders,
    /// `pillarbox.toml`.
    pub settings: &'a Path,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What is in it.
    pub manifest: Manifest,
    /// How many sealed bytes.
    pub bytes: u64,
    /// Their hash.
    pub sha256: [u8; 32],
}

/// Writes a backup. When this returns, all of it has reached `out`.
pub fn make(sources: &Sources<'_>, to: &Recipients, out: impl Write) -> Result<Made, BackupError> {
    let state = &sources.folders.state;
    if !sources.folders.ledger.exists() {
        return Err(BackupError::NoLedger(sources.folders.ledger.clone()));
    }
    sweep(state);
    let scratch = Scratch::new(state)?;
    let manifest = gather(sources, &scratch)?;
    let mut archive = ArchiveWriter::begin(to, Sha256Writer::new(out))?;
    let text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    let at = manifest.made_at;
    archive.add(MANIFEST, text.len() as u64, at, &text[..])?;
    for member in &manifest.members {
        let path = scratch.path().join(&member.name);
        let file = File::open(&path).map_err(BackupError::file(&path))?;
        archive.add(&member.name, member.bytes, at, file)?;
    }
    let (mut out, sha256, bytes) = archive.finish()?.finish();
    out.flush().map_err(BackupError::Output)?;
    Ok(Made {
        manifest,
        bytes,
        sha256,
    })
}

/// Brings everything together in the scratch folder, and writes down what there is.
fn gather(sources: &Sources<'_>, scratch: &Scratch) -> Result<Manifest, BackupError> {
    let folders = sources.folders;
    let copy = scratch.path().join(LEDGER);
    let made_at = OffsetDateTime::now_utc();
    Ledger::open_read_only(&folders.ledger)?.copy_to(&copy)?;
    let snapshot = Ledger::open_read_only(&copy)?;
    let keyless = snapshot.keyless();
    if keyless.unconfirmed_restore()?.is_some() {
        return Err(BackupError::Waiting);
    }
    let mut members = vec![LEDGER.to_owned()];
    for key in keyless.spool_keys()? {
        members.extend(pin(&folders.spool.join(&key), scratch, SPOOL, &key)?);
    }
    for (from, below, wanted) in [
        (&folders.notes, NOTES, None),
        (&folders.schools, SCHOOLS, Some("toml")),
    ] {
        for name in names_in(from, wanted)? {
            members.extend(pin(&from.join(&name), scratch, below, &name)?);
        }
    }
    let signers = folders.state.join(SIGNERS);
    members.extend(pin(&signers, scratch, "", SIGNERS)?);
    members.extend(pin(sources.settings, scratch, CONFIG, SETTINGS)?);
    let members = members
        .into_iter()
        .map(|name| described(scratch.path(), name))
        .collect::<Result<_, _>>()?;
    Ok(Manifest {
        format: Manifest::FORMAT.to_owned(),
        program: concat!("pillarbox ", env!("CARGO_PKG_VERSION")).to_owned(),
        made_at: match keyless.mode()? {
            Mode::Rehearsal { last } => last,
            Mode::Fresh | Mode::Live => made_at,
        },
        schema: keyless.schema()?,
        ledger: to_hex(&sha256(&keyless.key_proof()?.unwrap_or_default())),
        head: keyless.trail_head()?,
        counters: keyless.counters()?,
        members,
    })
}

/// Pins a file in the scratch folder by a link, or a copy where the file system wants that. None where it is
/// gone, such as an upload whose time was over since the snapshot.
fn pin(
    from: &Path,
    scratch: &Scratch,
    below: &str,
    name: &str,
) -> Result<Option<String>, BackupError> {
    let member = format!("{below}{name}");
    let to = scratch.path().join(&member);
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(BackupError::file(parent))?;
    }
    let pinned = fs::hard_link(from, &to).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Err(error),
        _ => fs::copy(from, &to).map(drop),
    });
    match pinned {
        Ok(()) => Ok(Some(member)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BackupError::file(from)(error)),
    }
}

/// The files in a folder, in order, without hidden ones; none where there is no folder.
fn names_in(folder: &Path, wanted: Option<&str>) -> Result<Vec<String>, BackupError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(BackupError::file(folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let path: PathBuf = entry.map_err(BackupError::file(folder))?.path();
        let fits = wanted.is_none_or(|ending| path.extension().is_some_and(|own| own == ending));
        let name = path.file_name().and_then(|name| name.to_str());
        names.extend(
            name.filter(|name| fits && !name.starts_with('.') && path.is_file())
                .map(str::to_owned),
        );
    }
    names.sort();
    Ok(names)
}

fn described(root: &Path, name: String) -> Result<Member, BackupError> {
    let path = root.join(&name);
    let mut hashed = Sha256Writer::new(io::sink());
    File::open(&path)
        .and_then(|mut file| io::copy(&mut file, &mut hashed))
        .map_err(BackupError::file(&path))?;
    let (_, hash, bytes) = hashed.finish();
    Ok(Member {
        name,
        bytes,
        sha256: to_hex(&hash),
    })
}

/// Schools' files in an archive.
const SCHOOLS: &str = "config/schools.d/";
/// The council's settings in an archive.
const SETTINGS: &str = "pillarbox.toml";
