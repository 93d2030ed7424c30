//! Verbs on open files.

use super::{
    super::{
        download::Download,
        listing,
        place::{Area, Place, may_be_there},
        session::{House, Open, Session},
        upload::Upload,
        wire::{Attributes, Refusal, Status, number},
    },
    Call, Wish, no_such_file,
};

/// OPEN, to read or to write. What is wrong with a name, a quota or a right is said here: many clients
/// never look at how a file was closed.
pub(super) fn open(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let path = call.fields.string()?;
    let bits = call.fields.number()?;
    let attributes = call.fields.attributes()?;
    let place = Place::of(path, session.visitor.account);
    session.handles.has_room()?;
    let changes = number::TO_WRITE | number::TO_APPEND | number::TO_CREATE | number::TO_TRUNCATE;
    let opened = if bits & changes == 0 {
        session.may(Wish::Read, &place)?;
        open_to_read(session, place)?
    } else {
        session.may(Wish::Change, &place)?;
        open_to_write(session, place, bits, &attributes)?
    };
    let handle = session.handles.add(opened)?;
    call.replies.handle(call.id, &handle);
    Ok(())
}

fn open_to_read(session: &Session, place: Place) -> Result<Open, Refusal> {
    let (area, name) = match place {
        Place::File(area, name) => (Some(area), name),
        Place::RootFile(name) => (None, name),
        Place::Root | Place::Area(_) => {
            return Err(Status::Failure.because("This is a folder."));
        }
        Place::Nowhere => return Err(no_such_file()),
    };
    if !may_be_there(&name) {
        return Err(no_such_file());
    }
    let download = match (&session.house, area) {
        (House::School(school), Some(Area::Outbox)) => {
            let outbox = school.root.beneath(Area::Outbox.name())?;
            Download::open_tracked(&outbox, &name, school, &session.visitor)?
        }
        (House::School(school), Some(area)) => {
            Download::open(&school.root.beneath(area.name())?, &name)?
        }
        (House::School(school), None) => Download::open(&school.root, &name)?,
        (House::Council(council), Some(Area::Reports)) => Download::open(&council.reports, &name)?,
        (House::Council(_), _) => return Err(no_such_file()),
    };
    Ok(Open::Download(download))
}

fn open_to_write(
    session: &Session,
    place: Place,
    bits: u32,
    attributes: &Attributes,
) -> Result<Open, Refusal> {
    let Place::File(_, name) = place else {
        return Err(no_such_file());
    };
    let begins = bits & (number::TO_CREATE | number::TO_TRUNCATE) != 0;
    if bits & number::TO_APPEND != 0 || !begins {
        return Err(Status::Failure.because(
            "Nothing can be added to a file that was sent. Please send the whole file again.",
        ));
    }
    if bits & number::EXCLUSIVE != 0 && session.find(&name)?.is_some() {
        return Err(Status::Failure.because("There is a file of this name already."));
    }
    Ok(match &session.house {
        House::School(school) => Open::Upload(Upload::begin(
            school,
            &session.visitor,
            session.number,
            &name,
            attributes.size,
        )?),
        House::Council(council) => Open::Extract(council.begin(&name)?),
    })
}

/// CLOSE: an upload is on the disk and handed over when this is answered.
pub(super) fn close(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    match session.handles.take(call.fields.string()?)? {
        Open::Upload(upload) => upload.close()?,
        Open::Extract(extract) => extract.close()?,
        Open::Download(download) => download.close()?,
        Open::Listing(_) => {}
    }
    call.ok();
    Ok(())
}

/// READ.
pub(super) fn read(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let open = session.handles.of(call.fields.string()?)?;
    let offset = call.fields.long()?;
    let most = usize::try_from(call.fields.number()?).map_or(LONGEST_READ, |n| n.min(LONGEST_READ));
    let Open::Download(download) = open else {
        return Err(Status::Failure.because("This file is not open for reading."));
    };
    let read = call
        .replies
        .data(call.id, most, |room| download.read(offset, room))?;
    if read == 0 {
        call.replies
            .status(call.id, Status::Eof, "This is the end of the file.");
    }
    Ok(())
}

/// WRITE.
pub(super) fn write(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let open = session.handles.of(call.fields.string()?)?;
    let (offset, bytes) = (call.fields.long()?, call.fields.string()?);
    match open {
        Open::Upload(upload) => upload.write(offset, bytes)?,
        Open::Extract(extract) => extract.write(offset, bytes)?,
        Open::Download(_) | Open::Listing(_) => {
            return Err(Status::Failure.because("This file is not open for writing."));
        }
    }
    call.ok();
    Ok(())
}

/// FSTAT.
pub(super) fn fstat(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let attributes = match session.handles.of(call.fields.string()?)? {
        Open::Upload(upload) => listing::of_seen(upload.seen()),
        Open::Extract(extract) => listing::of_file(extract.size(), 0, listing::WRITE_ONLY),
        Open::Download(download) => download.attributes(),
        Open::Listing(_) => listing::of_folder(false),
    };
    call.replies.attributes(call.id, &attributes);
    Ok(())
}

/// FSETSTAT: a size cuts the file; modes, owners and times are taken note of by nobody.
pub(super) fn fsetstat(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let open = session.handles.of(call.fields.string()?)?;
    let attributes = call.fields.attributes()?;
    match (open, attributes.size) {
        (Open::Upload(upload), Some(size)) => upload.cut(size)?,
        (Open::Extract(extract), Some(size)) => extract.cut(size)?,
        (Open::Upload(_) | Open::Extract(_), None) => {}
        (Open::Download(_) | Open::Listing(_), _) => {
            return Err(Status::PermissionDenied.because("This file can't be changed."));
        }
    }
    call.ok();
    Ok(())
}

/// `fsync@openssh.com`.
pub(super) fn fsync(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    match session.handles.of(call.fields.string()?)? {
        Open::Upload(upload) => upload.sync()?,
        Open::Extract(extract) => extract.sync()?,
        Open::Download(_) | Open::Listing(_) => {}
    }
    call.ok();
    Ok(())
}

/// In bytes, of one READ; what `limits@openssh.com` tells.
pub(super) const LONGEST_READ: usize = 255 << 10;
