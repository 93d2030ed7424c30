//! A file that is read. Of a destination file it is on record that somebody touched it before the first
//! byte goes out, and that it was collected when a person has closed it having been served all of it.

use std::{
    ffi::OsStr,
    fmt,
    fs::File,
    os::{
        fd::AsFd,
        unix::{
            ffi::OsStrExt,
            fs::{FileExt, MetadataExt},
        },
    },
    sync::Arc,
};

use rustix::io::Errno;

use super::{
    coverage::Coverage,
    listing,
    school_box::SchoolBox,
    served::{MOST_PIECES, ServedFile},
    slow::slow,
    visitor::Visitor,
    wire::{Attributes, Refusal, Status},
};
use crate::boxes::{BoxError, Folder};

/// An open file.
pub(super) struct Download {
    file: File,
    attributes: Attributes,
    size: u64,
    tracked: Option<Tracked>,
}

/// A destination file, and who reads it.
struct Tracked {
    school_box: Arc<SchoolBox>,
    visitor: Visitor,
    file: ServedFile,
    served: Coverage,
    touched: bool,
}

impl Download {
    /// Opens a file that anybody with this box may read.
    pub(super) fn open(folder: &Folder, name: &[u8]) -> Result<Self, Refusal> {
        let file = folder
            .open_to_read(OsStr::from_bytes(name))
            .map_err(no_file)?;
        let metadata = file.metadata()?;
        Ok(Self {
            attributes: listing::of_file(metadata.len(), metadata.mtime(), listing::READ_ONLY),
            size: metadata.len(),
            file,
            tracked: None,
        })
    }

    /// Opens a destination file.
    pub(super) fn open_tracked(
        outbox: &Folder,
        name: &[u8],
        school_box: &Arc<SchoolBox>,
        visitor: &Visitor,
    ) -> Result<Self, Refusal> {
        let mut download = Self::open(outbox, name)?;
        school_box.forget_gone(outbox);
        let inode = download.file.metadata()?.ino();
        download.tracked = Some(Tracked {
            school_box: Arc::clone(school_box),
            visitor: visitor.clone(),
            file: (OsStr::from_bytes(name).to_owned(), inode),
            served: Coverage::default(),
            touched: false,
        });
        Ok(download)
    }

    /// Reads into `room`; tells how many bytes there were. Fails where the file was taken back.
    pub(super) fn read(&mut self, offset: u64, room: &mut [u8]) -> Result<usize, Refusal> {
        if let Some(tracked) = &mut self.tracked {
            if !tracked.touched && offset < self.size {
                slow(|| tracked.school_box.touch(&tracked.file, &tracked.visitor))?;
                tracked.touched = true;
            }
            // After it is on record, and before a byte goes out: whoever takes the file back removes it
            // first and looks at the record then.
            refuse_if_taken_back(&self.file)?;
        }
        let read = self.file.read_at(room, offset)?;
        if let Some(tracked) = &mut self.tracked {
            let end = offset.saturating_add(u64::try_from(read).unwrap_or_default());
            if tracked.served.pieces() < MOST_PIECES {
                tracked.served.add(offset, end);
            }
        }
        Ok(read)
    }

    /// What is to be told of it.
    pub(super) fn attributes(&self) -> Attributes {
        self.attributes
    }

    /// The client has all that it wanted.
    pub(super) fn close(mut self) -> Result<(), Refusal> {
        let Some(tracked) = self.tracked.take().filter(|tracked| tracked.touched) else {
            return Ok(());
        };
        let Tracked {
            school_box,
            visitor,
            file,
            served,
            ..
        } = tracked;
        Ok(slow(|| {
            school_box.saw(&file, &visitor, &served, self.size)
        })?)
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        if let Some(tracked) = self.tracked.take().filter(|tracked| tracked.touched) {
            let Tracked {
                school_box,
                visitor,
                file,
                served,
                ..
            } = &tracked;
            school_box.was_cut_off(file, visitor, served);
        }
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Download({} bytes)", self.size)
    }
}

/// Links, pipes and folders are not listed, so they are not there.
fn no_file(error: BoxError) -> Refusal {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::LOOP | Errno::INVAL | Errno::NXIO) => {
            Status::NoSuchFile.because("There is no such file.")
        }
        _ => error.into(),
    }
}

fn refuse_if_taken_back(file: impl AsFd) -> Result<(), Refusal> {
    let stat = rustix::fs::fstat(file)?;
    if stat.st_nlink == 0 {
        return Err(Status::Failure.because(
            "The council has taken this file back. If anything is left to share, a newer one lies in outbox/.",
        ));
    }
    Ok(())
}
