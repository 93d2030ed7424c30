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
    upload::{MOST_PIECES, holes, too_large},
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
    /// The size that the client said the file will have.
    promised: u64,
    /// Why no more of it is taken.
    fault: Option<Refusal>,
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

    pub(super) fn grounds(&self) -> &Grounds {
        &self.grounds
    }

    /// The largest extract that is taken, in bytes.
    pub(super) fn largest(&self) -> u64 {
        self.grounds.limits.max_extract
    }

    /// Begins an extract under this name.
    pub(super) fn begin(&self, name: &[u8]) -> Result<ExtractUpload, Refusal> {
        self.grounds.has_disk_space(STRIDE)?;
        Ok(ExtractUpload {
            incoming: slow(|| self.extracts.receive())?,
            name: file_name(name)?,
            written: Coverage::default(),
            promised: 0,
            fault: None,
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
    /// Writes bytes. After a write that failed the file is none, for many clients close it all the same.
    pub(super) fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Refusal> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let written = self.try_write(offset, bytes);
        self.fault = written.clone().err();
        written
    }

    fn try_write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Refusal> {
        let end = offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let largest = self.grounds.limits.max_extract;
        if end > largest {
            return Err(too_large(largest));
        }
        if self.written.pieces() > MOST_PIECES {
            return Err(holes());
        }
        if end / STRIDE > self.written.end() / STRIDE {
            slow(|| self.grounds.has_disk_space(STRIDE))?;
        }
        self.incoming.file().write_all_at(bytes, offset)?;
        self.written.add(offset, end);
        Ok(())
    }

    pub(super) fn cut(&mut self, size: u64) -> Result<(), Refusal> {
        self.promised = size;
        if size < self.written.end() {
            self.written.cut(size);
            self.incoming.file().set_len(self.written.end())?;
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
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let end = self.written.end();
        if !self.written.is_whole(end) || self.promised > end {
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

/// In bytes: how often it is looked whether the disk has room for more.
const STRIDE: u64 = 16 << 20;
