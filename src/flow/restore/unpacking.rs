//! Reading an archive into a scratch folder: every member is what the manifest says, and all are there, or
//! nothing comes of it.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs::{DirBuilder, OpenOptions},
    io::{self, Read},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use crate::{
    flow::backup::{BackupError, LEDGER, MANIFEST, Manifest, Member, Scratch},
    ledger::Ledger,
    seal::{ArchiveFault, read_archive},
    vault::{Sha256Writer, to_hex},
};

/// What was unpacked.
pub(super) struct Unpacked {
    pub(super) manifest: Manifest,
    /// The hash of the sealed file.
    pub(super) sha256: [u8; 32],
}

/// Unpacks the archive, and checks everything against its manifest.
pub(super) fn unpack(
    sealed: impl Read,
    identity: &[u8],
    scratch: &Scratch,
) -> Result<Unpacked, BackupError> {
    let hashed = RefCell::new(Sha256Writer::new(io::sink()));
    let mut sealed = Tee {
        inner: sealed,
        hashed: &hashed,
    };
    let mut manifest: Option<Manifest> = None;
    let mut left: BTreeMap<String, Member> = BTreeMap::new();
    read_archive(&mut sealed, identity, |name, bytes, content| {
        if manifest.is_none() {
            let read = read_manifest(name, bytes, content)?;
            left = by_name(&read);
            manifest = Some(read);
            return Ok(());
        }
        let listed = left
            .remove(name)
            .ok_or_else(|| BackupError::NotAsListed(name.to_owned()))?;
        unpack_one(&scratch.path().join(name), &listed, content)
    })?;
    // What stands behind the archive counts for its hash as well.
    io::copy(&mut sealed, &mut io::sink()).map_err(ArchiveFault::Damaged)?;
    let manifest = manifest.ok_or(BackupError::NoManifest)?;
    if let Some(missing) = left.into_keys().next() {
        return Err(BackupError::Missing(missing));
    }
    let (_, sha256, _) = hashed.into_inner().finish();
    Ok(Unpacked { manifest, sha256 })
}

fn by_name(manifest: &Manifest) -> BTreeMap<String, Member> {
    let members = manifest.members.iter();
    members
        .map(|member| (member.name.clone(), member.clone()))
        .collect()
}

fn read_manifest(name: &str, bytes: u64, content: &mut dyn Read) -> Result<Manifest, BackupError> {
    if name != MANIFEST || bytes > LONGEST_MANIFEST {
        return Err(BackupError::NoManifest);
    }
    let mut text = Vec::new();
    content
        .read_to_end(&mut text)
        .map_err(ArchiveFault::Damaged)?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| BackupError::NoManifest)?;
    let known = Ledger::newest_schema();
    if manifest.format != Manifest::FORMAT || manifest.schema > known {
        return Err(BackupError::Newer {
            found: manifest.schema,
            known,
            program: manifest.program,
        });
    }
    if manifest.members.iter().all(|member| member.name != LEDGER) {
        return Err(BackupError::Missing(LEDGER.to_owned()));
    }
    Ok(manifest)
}

fn unpack_one(path: &Path, listed: &Member, content: &mut dyn Read) -> Result<(), BackupError> {
    if let Some(parent) = path.parent() {
        DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(parent)
            .map_err(BackupError::file(parent))?;
    }
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(BackupError::file(path))?;
    let mut hashed = Sha256Writer::new(file);
    io::copy(content, &mut hashed).map_err(BackupError::file(path))?;
    let (file, sha256, bytes) = hashed.finish();
    if bytes != listed.bytes || to_hex(&sha256) != listed.sha256 {
        return Err(BackupError::NotAsListed(listed.name.clone()));
    }
    file.sync_all().map_err(BackupError::file(path))
}

/// Hashes what is read through it.
struct Tee<'a, R> {
    inner: R,
    hashed: &'a RefCell<Sha256Writer<io::Sink>>,
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let reached = into.get(..read).unwrap_or_default();
        io::Write::write_all(&mut *self.hashed.borrow_mut(), reached)?;
        Ok(read)
    }
}

/// Bytes of a manifest: some hundred for each sealed upload of a month.
const LONGEST_MANIFEST: u64 = 256 << 20;
