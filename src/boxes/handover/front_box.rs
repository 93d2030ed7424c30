//! One school's box between front end and daemon: parts that grow, uploads that were handed over.

use std::{
    fmt,
    fs::File,
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use rustix::fs::{Mode, OFlags};

use super::{
    super::{
        entry::{Entry, EntryKind},
        error::{Act, BoxError},
        folder::Folder,
    },
    paper::{self, shared},
    slip::Slip,
    stamp::{Stamp, Stamper, is_hex},
};
use crate::vault::{random_bytes, to_hex};

/// One school's box.
#[derive(Clone, Debug)]
pub struct FrontBox {
    folder: Arc<Folder>,
    stamper: Arc<Stamper>,
}

/// A file that is being written.
#[derive(Debug)]
pub struct Part {
    /// How it is found again.
    pub name: PartName,
    /// It, open for writing.
    pub file: File,
}

/// Which part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartName(String);

/// Which upload; ids sort by the time of handing over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadId(Stamp);

/// An upload that was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// Which one.
    pub id: UploadId,
    /// What the front end says of it.
    pub slip: Slip,
    /// The file.
    pub entry: Entry,
}

/// A part on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Which one.
    pub part: PartName,
    /// What is known of it, where its session closed it or a slip was kept at its beginning.
    pub slip: Option<Slip>,
    /// The file.
    pub entry: Entry,
}

impl FrontBox {
    pub(super) fn of(folder: Folder, stamper: Arc<Stamper>) -> Self {
        Self {
            folder: Arc::new(folder),
            stamper,
        }
    }

    /// Begins a file: fresh and empty. Nobody sees it before it is handed over.
    pub fn begin(&self) -> Result<Part, BoxError> {
        let name = PartName(to_hex(&random_bytes::<8>()?));
        let new = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let refused = || BoxError::errno(self.folder.told(), Act::Write);
        let file = self
            .folder
            .create_file(name.file().as_ref(), new, Mode::RUSR | Mode::WUSR)
            .map_err(refused())?;
        rustix::fs::fchmod(&file, shared()).map_err(refused())?;
        Ok(Part { name, file })
    }

    /// Remembers what is known of a part across a restart of the process; the same again replaces it. A
    /// power cut may lose it: nobody was told yet that the file has arrived.
    pub fn keep(&self, part: &PartName, slip: &Slip) -> Result<(), BoxError> {
        paper::jot(&self.folder, &part.slip(), slip)
    }

    /// Hands a part over. When this returns, no crash loses it: first its bytes come to the disk, then the
    /// slip's, then their names, the slip's before the file's.
    pub fn hand_over(
        &self,
        part: &PartName,
        file: &File,
        slip: &Slip,
    ) -> Result<UploadId, BoxError> {
        file.sync_all()
            .map_err(BoxError::system(self.folder.told(), Act::Sync))?;
        let id = UploadId(self.stamper.stamp()?);
        let waiting = id.0.file(WAITING);
        let written = paper::write_new(&self.folder, &waiting, slip)
            .and_then(|()| self.rename(&waiting, &id.slip()))
            .and_then(|()| self.rename(&part.file(), &id.file()));
        if let Err(error) = written {
            // The part is still there; a slip that stays without its file is litter.
            let _ = self.folder.remove_as(waiting.as_ref());
            let _ = self.folder.remove_as(id.slip().as_ref());
            return Err(error);
        }
        self.folder.remove_as(part.slip().as_ref())?;
        self.folder.sync()?;
        Ok(id)
    }

    /// Hands a part over that no session has open any more.
    pub fn hand_over_left(&self, part: &PartName, slip: &Slip) -> Result<UploadId, BoxError> {
        let file = self.folder.open_to_read(part.file().as_ref())?;
        self.hand_over(part, &file, slip)
    }

    /// Hands the same bytes over again with another slip, such as another name.
    pub fn hand_over_copy(&self, upload: &UploadId, slip: &Slip) -> Result<UploadId, BoxError> {
        let mut bytes = self.folder.open_to_read(upload.file().as_ref())?;
        let mut part = self.begin()?;
        let copied = io::copy(&mut bytes, &mut part.file)
            .map_err(BoxError::system(self.folder.told(), Act::Write))
            .and_then(|_| self.hand_over(&part.name, &part.file, slip));
        if copied.is_err() {
            let _ = self.drop_part(&part.name);
        }
        copied
    }

    /// Drops a part with what is known of it; one that is gone already is fine.
    pub fn drop_part(&self, part: &PartName) -> Result<(), BoxError> {
        self.folder.remove_as(part.file().as_ref())?;
        self.folder.remove_as(part.slip().as_ref())?;
        Ok(())
    }

    /// All parts, in no order: at the front end's start each was left by a crash.
    pub fn parts(&self) -> Result<Vec<Unfinished>, BoxError> {
        let mut parts = Vec::new();
        for name in self.folder.names()? {
            let Some(part) = name.to_str().and_then(PartName::of) else {
                continue;
            };
            if let Some(entry) = self.folder.entry(&name)? {
                let slip = paper::read(&self.folder, part.slip().as_ref())?.said();
                parts.push(Unfinished { part, slip, entry });
            }
        }
        Ok(parts)
    }

    /// What was handed over and is still there, in the order in which it was handed over. A file without a
    /// slip that can be read was never handed over.
    pub fn uploads(&self) -> Result<Vec<HandedOver>, BoxError> {
        let mut ids: Vec<UploadId> = self
            .folder
            .names()?
            .iter()
            .filter_map(|name| Stamp::of(name, UPLOAD).map(UploadId))
            .collect();
        ids.sort();
        let mut uploads = Vec::with_capacity(ids.len());
        for id in ids {
            uploads.extend(self.upload(id)?);
        }
        Ok(uploads)
    }

    /// One upload, if it is there.
    pub fn upload(&self, id: UploadId) -> Result<Option<HandedOver>, BoxError> {
        let Some(entry) = self.folder.entry(id.file().as_ref())? else {
            return Ok(None);
        };
        if entry.kind != EntryKind::File {
            return Ok(None);
        }
        let slip = paper::read(&self.folder, id.slip().as_ref())?.said();
        Ok(slip.map(|slip| HandedOver { id, slip, entry }))
    }

    /// Whether an upload is still there. One that can't be looked at has not gone.
    pub fn upload_is_there(&self, id: &UploadId) -> bool {
        !matches!(self.folder.entry(id.file().as_ref()), Ok(None))
    }

    /// Removes an upload that was taken; one that is gone already is fine.
    pub fn remove(&self, id: &UploadId) -> Result<(), BoxError> {
        self.folder.remove_as(id.file().as_ref())?;
        self.folder.remove_as(id.slip().as_ref())?;
        Ok(())
    }

    /// Removes slips and half-written files that a crash left without what they belong to, if nothing
    /// touched them for so long. Tells how many.
    pub fn clear_litter(&self, untouched: Duration) -> Result<usize, BoxError> {
        let before = SystemTime::now()
            .checked_sub(untouched)
            .and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok())
            .map_or(0, |at| i128::try_from(at.as_nanos()).unwrap_or(0));
        let mut cleared = 0;
        for entry in self.folder.scan()? {
            if entry.stat.ctime_ns <= before && self.is_litter(&entry)? {
                self.folder.remove_as(&entry.name)?;
                cleared += 1;
            }
        }
        Ok(cleared)
    }

    /// The folder, to read handed-over files from.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    fn is_litter(&self, entry: &Entry) -> Result<bool, BoxError> {
        let Some(name) = entry.name.to_str() else {
            return Ok(false);
        };
        let owner = match name.strip_suffix(SLIP) {
            Some(stem) if PartName::is_one(stem) => PartName(stem.to_owned()).file(),
            Some(stem) => match Stamp::parse(stem) {
                Some(stamp) => UploadId(stamp).file(),
                None => return Ok(false),
            },
            None => return Ok(name.ends_with(WAITING) || name.starts_with('.')),
        };
        Ok(self.folder.entry(owner.as_ref())?.is_none())
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), BoxError> {
        let here = self.folder.handle();
        rustix::fs::renameat(here, from, here, to)
            .map_err(BoxError::errno(self.folder.told(), Act::Rename))
    }
}

impl PartName {
    fn of(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(PART)?;
        Self::is_one(stem).then(|| Self(stem.to_owned()))
    }

    fn is_one(stem: &str) -> bool {
        stem.len() == 16 && is_hex(stem)
    }

    fn file(&self) -> String {
        format!("{}{PART}", self.0)
    }

    fn slip(&self) -> String {
        format!("{}{SLIP}", self.0)
    }
}

impl UploadId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// When it was handed over, in nanoseconds since 1970, by the real clock.
    pub fn nanoseconds(&self) -> i128 {
        self.0.nanoseconds()
    }

    /// The id that this text tells.
    pub fn parse(text: &str) -> Option<Self> {
        Stamp::parse(text).map(Self)
    }

    fn file(&self) -> String {
        self.0.file(UPLOAD)
    }

    fn slip(&self) -> String {
        self.0.file(SLIP)
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const PART: &str = ".part";
const UPLOAD: &str = ".upload";
const SLIP: &str = ".slip";
/// A slip that has not its name yet.
const WAITING: &str = ".tmp";

#[cfg(test)]
mod tests;
