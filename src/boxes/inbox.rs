//! Folders that others write to: an upload is read only while it stays the same, and taken away only if
//! it is still the one that was read. A file that changed meanwhile stays, and is a new upload.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    fs::File,
    io::{self, Read},
    os::unix::ffi::{OsStrExt, OsStringExt},
};

use rustix::{
    fs::{AtFlags, OFlags, RenameFlags},
    io::Errno,
};
use zeroize::Zeroizing;

use super::{
    entry::{Entry, EntryKind, StatIdentity},
    error::{Act, BoxError},
    folder::Folder,
    name::LONGEST,
};
use crate::vault::{Sha256Writer, random_bytes, to_hex};

/// What reading an upload came to.
#[must_use]
pub enum ReadOutcome {
    /// All of it, unchanged from before the first byte to behind the last.
    Whole(Zeroizing<Vec<u8>>),
    /// More bytes than are taken.
    TooLarge,
    /// It is not, or not any more, the file that the entry told of. A later scan tells what it is now.
    Changed,
    /// The name is gone.
    Gone,
    /// The file can't be opened: its owner forbids it.
    Forbidden,
    /// No regular file.
    NotAFile,
}

/// What taking a name away came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum TakenAway {
    /// The name is gone, and the file with it.
    Removed,
    /// Another file, or other bytes, have the name by now: they stay.
    Changed,
    /// The name was gone already.
    Gone,
    /// A folder that isn't empty stays.
    NotEmpty,
}

/// A name that a process had claimed when it died.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    /// What stands under the claim now; its stat differs from that before the claim in `ctime_ns` only.
    pub entry: Entry,
    /// The name that the client gave.
    pub original: OsString,
}

/// How an unfinished claim ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimEnd {
    /// The file had been taken: remove it.
    Remove,
    /// It had not: give it back its name. Where that is in use by now, the file was overwritten.
    GiveBack,
}

impl Folder {
    /// Reads an upload of at most `most` bytes.
    pub fn read_unchanged(&self, entry: &Entry, most: u64) -> Result<ReadOutcome, BoxError> {
        let file = match self.open_file(&entry.name, OFlags::RDONLY) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(ReadOutcome::Gone),
            Err(Errno::LOOP | Errno::NXIO) => return Ok(ReadOutcome::NotAFile),
            Err(Errno::ACCESS | Errno::PERM) => return Ok(ReadOutcome::Forbidden),
            Err(errno) => return Err(BoxError::errno(self.told(), Act::Read)(errno)),
        };
        self.read_open(file, &entry.stat, most)
    }

    /// The SHA-256 of a file that is too large to be read, if it stays the same meanwhile.
    pub fn hash_unchanged(&self, entry: &Entry) -> Result<Option<[u8; 32]>, BoxError> {
        let Ok(mut file) = self.open_file(&entry.name, OFlags::RDONLY) else {
            return Ok(None);
        };
        let refused = || BoxError::system(self.told(), Act::Read);
        let mut hash = Sha256Writer::new(io::sink());
        io::copy(&mut file, &mut hash).map_err(refused())?;
        let after = StatIdentity::of(&file.metadata().map_err(refused())?);
        Ok((after == entry.stat).then(|| hash.finish().1))
    }

    /// Takes an entry's name away, if it is still this entry. In three steps, because no system call
    /// removes a name on the condition of what it stands for: claim it by a rename, look again, and
    /// then remove it or give it back.
    pub fn take_away(&self, entry: &Entry) -> Result<TakenAway, BoxError> {
        match self.entry(&entry.name)? {
            None => return Ok(TakenAway::Gone),
            Some(now) if now.stat != entry.stat => return Ok(TakenAway::Changed),
            Some(_) => {}
        }
        if entry.kind == EntryKind::Folder {
            return self.remove_folder(&entry.name);
        }
        let Some(claim) = claim_of(&entry.name)? else {
            return self.end(&entry.name);
        };
        match self.rename_new(&entry.name, &claim) {
            Ok(()) => {}
            Err(Errno::NOENT) => return Ok(TakenAway::Gone),
            Err(errno) => return Err(BoxError::errno(self.told(), Act::Rename)(errno)),
        }
        let now = self.entry(&claim)?;
        if now.is_some_and(|now| now.kind == entry.kind && now.stat.but_for_its_name(&entry.stat)) {
            return self.end(&claim);
        }
        self.give_back(&claim, &entry.name)?;
        Ok(TakenAway::Changed)
    }

    /// Names that a process had claimed when it died.
    pub fn claims(&self) -> Result<Vec<Claim>, BoxError> {
        let mut claims = Vec::new();
        for name in self.names()? {
            if let (Some(original), Some(entry)) = (original_of(&name), self.entry(&name)?) {
                claims.push(Claim { entry, original });
            }
        }
        Ok(claims)
    }

    /// Ends an unfinished claim.
    pub fn end_claim(&self, claim: &Claim, end: ClaimEnd) -> Result<(), BoxError> {
        match end {
            ClaimEnd::Remove => self.end(&claim.entry.name).map(|_| ()),
            ClaimEnd::GiveBack => self.give_back(&claim.entry.name, &claim.original),
        }
    }

    fn read_open(
        &self,
        mut file: File,
        expected: &StatIdentity,
        most: u64,
    ) -> Result<ReadOutcome, BoxError> {
        let refused = || BoxError::system(self.told(), Act::Read);
        let before = file.metadata().map_err(refused())?;
        if !before.is_file() {
            return Ok(ReadOutcome::NotAFile);
        }
        if StatIdentity::of(&before) != *expected {
            return Ok(ReadOutcome::Changed);
        }
        if before.len() > most {
            return Ok(ReadOutcome::TooLarge);
        }
        let room = usize::try_from(before.len()).unwrap_or(usize::MAX);
        let mut bytes = Zeroizing::new(Vec::with_capacity(room.saturating_add(1)));
        let read = Read::by_ref(&mut file)
            .take(before.len() + 1)
            .read_to_end(&mut bytes)
            .map_err(refused())?;
        let after = StatIdentity::of(&file.metadata().map_err(refused())?);
        if after != *expected || read != room {
            return Ok(ReadOutcome::Changed);
        }
        Ok(ReadOutcome::Whole(bytes))
    }

    fn remove_folder(&self, name: &OsStr) -> Result<TakenAway, BoxError> {
        match self.unlink(name, AtFlags::REMOVEDIR) {
            Ok(()) => Ok(TakenAway::Removed),
            Err(Errno::NOENT) => Ok(TakenAway::Gone),
            Err(Errno::NOTEMPTY | Errno::EXIST) => Ok(TakenAway::NotEmpty),
            Err(Errno::NOTDIR) => Ok(TakenAway::Changed),
            Err(errno) => Err(BoxError::errno(self.told(), Act::Remove)(errno)),
        }
    }

    fn end(&self, name: &OsStr) -> Result<TakenAway, BoxError> {
        match self.unlink(name, AtFlags::empty()) {
            Ok(()) => Ok(TakenAway::Removed),
            Err(Errno::NOENT) => Ok(TakenAway::Gone),
            Err(Errno::ISDIR) => Ok(TakenAway::Changed),
            Err(errno) => Err(BoxError::errno(self.told(), Act::Remove)(errno)),
        }
    }

    /// Where the name is in use by now, the client has put a newer file there. The older one was never
    /// taken and was overwritten, as the client saw it; it goes as an overwritten file would.
    fn give_back(&self, claim: &OsStr, name: &OsStr) -> Result<(), BoxError> {
        match self.rename_new(claim, name) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(Errno::EXIST) => self.end(claim).map(|_| ()),
            Err(errno) => Err(BoxError::errno(self.told(), Act::Rename)(errno)),
        }
    }

    /// Renames to a name that is not in use, also where the file system (NFS) can't do that in one step.
    fn rename_new(&self, from: &OsStr, to: &OsStr) -> Result<(), Errno> {
        let here = self.handle();
        match rustix::fs::renameat_with(here, from, here, to, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS) => {
                rustix::fs::linkat(here, from, here, to, AtFlags::empty())?;
                self.unlink(from, AtFlags::empty())
            }
            other => other,
        }
    }
}

impl fmt::Debug for ReadOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole(_) => "Whole(…)",
            Self::TooLarge => "TooLarge",
            Self::Changed => "Changed",
            Self::Gone => "Gone",
            Self::Forbidden => "Forbidden",
            Self::NotAFile => "NotAFile",
        })
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim({:?})", self.entry)
    }
}

/// The hidden name that claims this one and still tells it; none where that is too long for a name. Then
/// the name is removed right after the look at it, and a change in the microseconds between is lost.
fn claim_of(name: &OsStr) -> Result<Option<OsString>, BoxError> {
    let mut claim = format!("{CLAIMED}{}-", to_hex(&random_bytes::<RANDOM>()?)).into_bytes();
    claim.extend_from_slice(name.as_bytes());
    Ok((claim.len() <= LONGEST).then(|| OsString::from_vec(claim)))
}

fn original_of(claim: &OsStr) -> Option<OsString> {
    let rest = claim.as_bytes().strip_prefix(CLAIMED.as_bytes())?;
    let (random, original) = rest.split_at_checked(2 * RANDOM)?;
    let original = original.strip_prefix(b"-")?;
    let ours = random.iter().all(u8::is_ascii_hexdigit) && !original.is_empty();
    ours.then(|| OsStr::from_bytes(original).to_owned())
}

/// How claimed names begin. Hidden, so that nobody takes them for uploads.
const CLAIMED: &str = ".claimed-";
/// Random bytes in a claimed name.
const RANDOM: usize = 6;

#[cfg(test)]
mod tests;
