//! The council's own box: analysts put extracts there and read reports. Its files are plain files; the
//! daemon moves a complete extract out of reach.

use std::{
    ffi::OsStr,
    fmt,
    os::unix::{ffi::OsStrExt, fs::FileExt},
    sync::Arc,
};

use super::{
    coverage::Coverage,
    place::Area,
    premises::Grounds,
    school_box::check_name,
    slow::slow,
    upload::too_large,
    wire::{Refusal, Status},
};
use crate::{
    boxes::{BoxError, FileName, Folder, Incoming},
    transport::watch::Hint,
};

/// The council's box.
pub(super) struct CouncilBox {
    pub(super) extracts: Arc<Folder>,
    pub(super) reports: Folder,
    grounds: Arc<Grounds>,
}

/// An extract that an analyst is sending: hidden until it is complete.
#[derive(Debug)]
pub(super) struct ExtractUpload {
    incoming: Incoming,
    name: FileName,
    written: Coverage,
    grounds: Arc<Grounds>,
}

impl CouncilBox {
    pub(super) fn open(council: &Folder, grounds: &Arc<Grounds>) -> Result<Self, BoxError> {
        Ok(Self {
            extracts: Arc::new(council.beneath(Area::Extracts.name())?),
            reports: council.beneath(Area::Reports.name())?,
            grounds: Arc::clone(grounds),
        })
    }

    /// The largest extract that is taken, in bytes.
    pub(super) fn largest(&self) -> u64 {
        self.grounds.limits.max_extract
    }

    /// Begins an extract under this name.
    pub(super) fn begin(&self, name: &[u8]) -> Result<ExtractUpload, Refusal> {
        self.grounds.has_disk_space(self.grounds.limits.max_bytes)?;
        Ok(ExtractUpload {
            incoming: slow(|| self.extracts.receive())?,
            name: file_name(name)?,
            written: Coverage::default(),
            grounds: Arc::clone(&self.grounds),
        })
    }

    /// Removes a file that was not taken yet.
    pub(super) fn remove(&self, name: &[u8]) -> Result<(), Refusal> {
        slow(|| {
            self.extracts
                .remove_named(&file_name(name)?)
                .map_err(Refusal::from)
        })
    }

    /// Renames one: in extracts/ that is how a file sent under a temporary name becomes complete.
    pub(super) fn rename(&self, from: &[u8], to: &[u8]) -> Result<(), Refusal> {
        let (from, to) = (file_name(from)?, file_name(to)?);
        slow(|| self.extracts.rename_named(&from, &to))?;
        self.grounds.hint(Hint::Extracts);
        Ok(())
    }
}

impl ExtractUpload {
    pub(super) fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Refusal> {
        let end = offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let largest = self.grounds.limits.max_extract;
        if end > largest {
            return Err(too_large(largest));
        }
        if self.written.pieces() > MOST_PIECES {
            return Err(holes());
        }
        self.incoming.file().write_all_at(bytes, offset)?;
        self.written.add(offset, end);
        Ok(())
    }

    pub(super) fn cut(&mut self, size: u64) -> Result<(), Refusal> {
        if size < self.written.end() {
            self.incoming.file().set_len(size)?;
            self.written.cut(size);
        }
        Ok(())
    }

    pub(super) fn size(&self) -> u64 {
        self.written.end()
    }

    pub(super) fn sync(&self) -> Result<(), Refusal> {
        Ok(slow(|| self.incoming.file().sync_data())?)
    }

    pub(super) fn close(self) -> Result<(), Refusal> {
        if !self.written.is_whole(self.written.end()) {
            return Err(holes());
        }
        slow(|| self.incoming.finish(&self.name))?;
        self.grounds.hint(Hint::Extracts);
        Ok(())
    }
}

impl fmt::Debug for CouncilBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CouncilBox")
    }
}

fn file_name(name: &[u8]) -> Result<FileName, Refusal> {
    check_name(name)?;
    let text = OsStr::from_bytes(name).to_str();
    text.and_then(|text| FileName::parse(text).ok())
        .ok_or_else(|| Status::Failure.because("A file can't have this name here."))
}

fn holes() -> Refusal {
    Status::Failure
        .because("Parts of this file are missing. Please send it again, from its beginning.")
}

/// Gaps that are remembered of one file.
const MOST_PIECES: usize = 4096;
