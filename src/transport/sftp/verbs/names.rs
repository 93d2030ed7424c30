//! Verbs on names.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use time::OffsetDateTime;

use super::{
    super::{
        listing::{self, Listing},
        place::{Area, Place, canonical, may_be_there},
        session::{House, Open, Session},
        slow::slow,
        wire::{Attributes, Name, Refusal, Status},
    },
    Call, no_such_file,
};
use crate::boxes::{BoxError, EntryKind, Folder};

/// STAT and LSTAT, which are the same where there are no links.
pub(super) fn stat(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let place = session.place(call)?;
    let attributes = session.look(&place)?.ok_or_else(no_such_file)?;
    call.replies.attributes(call.id, &attributes);
    Ok(())
}

/// SETSTAT: clients set times and modes on what they have sent. They are told that it went well.
pub(super) fn setstat(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let place = session.place(call)?;
    session.look(&place)?.ok_or_else(no_such_file)?;
    call.ok();
    Ok(())
}

/// OPENDIR.
pub(super) fn opendir(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let place = session.place(call)?;
    session.handles.has_room()?;
    let names = match place {
        Place::Root => slow(|| session.root())?,
        Place::Area(area) => slow(|| session.area(area))?,
        Place::File(..) | Place::RootFile(_) => match session.look(&place)? {
            Some(_) => return Err(Status::Failure.because("This is no folder.")),
            None => return Err(no_such_file()),
        },
        Place::Nowhere => return Err(no_such_file()),
    };
    let listing = Listing::of(names, OffsetDateTime::now_utc());
    let handle = session.handles.add(Open::Listing(listing))?;
    call.replies.handle(call.id, &handle);
    Ok(())
}

/// READDIR.
pub(super) fn readdir(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let Open::Listing(listing) = session.handles.of(call.fields.string()?)? else {
        return Err(Status::Failure.because("This is no folder."));
    };
    match listing.next_names() {
        names if names.is_empty() => {
            call.replies
                .status(call.id, Status::Eof, "These are all the files.");
        }
        names => call.replies.names(call.id, &names),
    }
    Ok(())
}

/// REALPATH, of names that are not there as well.
pub(super) fn realpath(_: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let name = canonical(call.fields.string()?);
    let answer = Name {
        line: name.clone(),
        name,
        attributes: Attributes::default(),
    };
    call.replies.names(call.id, &[answer]);
    Ok(())
}

/// REMOVE takes a name away; what was handed over under it stays handed over.
pub(super) fn remove(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let Place::File(_, name) = session.place(call)? else {
        return Err(no_such_file());
    };
    match &session.house {
        House::School(school) => {
            slow(|| {
                school.refresh();
                school.remove(&name, session.number)
            })?;
        }
        House::Council(council) => council.remove(&name)?,
    }
    call.ok();
    Ok(())
}

/// RENAME and `posix-rename@openssh.com`: a name that is in use is given to the new file.
pub(super) fn rename(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let (from, to) = (session.place(call)?, session.place(call)?);
    let (Place::File(_, from), Place::File(_, to)) = (from, to) else {
        return Err(no_such_file());
    };
    match &session.house {
        House::School(school) => slow(|| school.rename(&from, &to))?,
        House::Council(council) => council.rename(&from, &to)?,
    }
    call.ok();
    Ok(())
}

/// MKDIR and RMDIR.
pub(super) fn no_folders(_: &mut Session, _: &mut Call<'_, '_>) -> Result<(), Refusal> {
    Err(Status::PermissionDenied.because("Folders can't be made or removed here."))
}

/// SYMLINK, READLINK and `hardlink@openssh.com`.
pub(super) fn no_links(_: &mut Session, _: &mut Call<'_, '_>) -> Result<(), Refusal> {
    Err(Status::PermissionDenied.because("There are no links here."))
}

impl Session {
    /// What is to be told of a place, if it is there.
    fn look(&self, place: &Place) -> Result<Option<Attributes>, Refusal> {
        Ok(match place {
            Place::Root => Some(listing::of_folder(false)),
            Place::Area(area) => Some(listing::of_area(*area)),
            Place::Nowhere => None,
            Place::RootFile(name) => match &self.house {
                House::School(school) => on_disk(&school.root, name)?,
                House::Council(_) => None,
            },
            Place::File(Area::Inbox | Area::Extracts, name) => self.find(name)?,
            Place::File(area, name) => match &self.house {
                House::School(school) => on_disk(&school.root.beneath(area.name())?, name)?,
                House::Council(council) => on_disk(&council.reports, name)?,
            },
        })
    }

    /// What is to be told of a file where the visitor puts files, if it is there.
    pub(super) fn find(&self, name: &[u8]) -> Result<Option<Attributes>, Refusal> {
        match &self.house {
            House::School(school) => {
                school.refresh();
                let seen = school.view().find(name);
                let seen = match seen {
                    None => school.on_disk(name)?,
                    seen => seen,
                };
                Ok(seen.map(listing::of_seen))
            }
            House::Council(council) => Ok(on_disk(&council.extracts, name)?),
        }
    }

    fn root(&self) -> Result<Vec<(Vec<u8>, Attributes)>, Refusal> {
        let areas = Area::all(self.visitor.account).iter();
        let areas = areas.map(|area| (area.name().as_bytes().to_vec(), listing::of_area(*area)));
        let mut names: Vec<_> = areas.collect();
        if let House::School(school) = &self.house {
            names.extend(listing::files(&school.root, listing::READ_ONLY)?);
        }
        Ok(names)
    }

    fn area(&self, area: Area) -> Result<Vec<(Vec<u8>, Attributes)>, Refusal> {
        let mode = if area.takes() {
            listing::WRITE_ONLY
        } else {
            listing::READ_ONLY
        };
        Ok(match (&self.house, area) {
            (House::School(school), Area::Inbox) => {
                school.refresh();
                let seen = school.view().list();
                let mut names: Vec<_> = seen
                    .into_iter()
                    .map(|(name, seen)| (name, listing::of_seen(seen)))
                    .collect();
                let mut others = listing::files_of_others(&school.root.beneath(area.name())?)?;
                others.retain(|(name, _)| names.iter().all(|(shown, _)| shown != name));
                names.append(&mut others);
                names
            }
            (House::School(school), area) => {
                listing::files(&school.root.beneath(area.name())?, mode)?
            }
            (House::Council(council), Area::Extracts) => listing::files(&council.extracts, mode)?,
            (House::Council(council), _) => listing::files(&council.reports, mode)?,
        })
    }
}

fn on_disk(folder: &Folder, name: &[u8]) -> Result<Option<Attributes>, BoxError> {
    if !may_be_there(name) {
        return Ok(None);
    }
    let entry = folder.entry(OsStr::from_bytes(name))?;
    let file = entry.filter(|entry| entry.kind == EntryKind::File);
    Ok(file.map(|entry| {
        let modified = i64::try_from(entry.stat.mtime_ns / 1_000_000_000).unwrap_or_default();
        listing::of_file(entry.stat.size, modified, listing::READ_ONLY)
    }))
}
