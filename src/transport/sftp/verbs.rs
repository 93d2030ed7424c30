//! All that a client may ask for, as one table, and the one gate that every request passes. A refusal is
//! a sentence for the person in front of the client.

use super::{
    place::{Area, Place},
    session::{House, Session},
    wire::{Fields, Refusal, Replies, Status, number},
};

mod extensions;
mod files;
mod names;

/// A verb of the protocol.
pub(super) struct Verb {
    /// Its name in the draft, for whoever reads this table.
    #[expect(dead_code, reason = "a table is read by people too")]
    name: &'static str,
    asked: Asked,
    /// Whether it changes what its path names.
    writes: bool,
    handler: fn(&mut Session, &mut Call<'_, '_>) -> Result<(), Refusal>,
}

/// How a verb is asked for.
enum Asked {
    Packet(u8),
    Extension(&'static str),
}

/// One request.
pub(super) struct Call<'a, 'b> {
    id: u32,
    writes: bool,
    fields: Fields<'a>,
    replies: &'a mut Replies<'b>,
}

/// What a client wants of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// To know that it is there, and what it is like.
    Look,
    /// To read what is in it.
    Read,
    /// To make, write, rename or remove it.
    Change,
}

const fn verb(
    name: &'static str,
    asked: Asked,
    writes: bool,
    handler: fn(&mut Session, &mut Call<'_, '_>) -> Result<(), Refusal>,
) -> Verb {
    Verb {
        name,
        asked,
        writes,
        handler,
    }
}

use Asked::{Extension, Packet};

#[rustfmt::skip]
static VERBS: [Verb; 25] = [
    //    name            asked by                                     writes  handler
    verb("open",          Packet(number::OPEN),                        false,  files::open), // by its flags
    verb("close",         Packet(number::CLOSE),                       false,  files::close),
    verb("read",          Packet(number::READ),                        false,  files::read),
    verb("write",         Packet(number::WRITE),                       true,   files::write),
    verb("fstat",         Packet(number::FSTAT),                       false,  files::fstat),
    verb("fsetstat",      Packet(number::FSETSTAT),                    true,   files::fsetstat),
    verb("fsync",         Extension("fsync@openssh.com"),              true,   files::fsync),
    verb("stat",          Packet(number::STAT),                        false,  names::stat),
    verb("lstat",         Packet(number::LSTAT),                       false,  names::stat),
    verb("setstat",       Packet(number::SETSTAT),                     true,   names::setstat),
    verb("lsetstat",      Extension("lsetstat@openssh.com"),           true,   names::setstat),
    verb("opendir",       Packet(number::OPENDIR),                     false,  names::opendir),
    verb("readdir",       Packet(number::READDIR),                     false,  names::readdir),
    verb("realpath",      Packet(number::REALPATH),                    false,  names::realpath),
    verb("remove",        Packet(number::REMOVE),                      true,   names::remove),
    verb("rename",        Packet(number::RENAME),                      true,   names::rename),
    verb("posix-rename",  Extension("posix-rename@openssh.com"),       true,   names::rename),
    verb("mkdir",         Packet(number::MKDIR),                       true,   names::no_folders),
    verb("rmdir",         Packet(number::RMDIR),                       true,   names::no_folders),
    verb("symlink",       Packet(number::SYMLINK),                     true,   names::no_links),
    verb("hardlink",      Extension("hardlink@openssh.com"),           true,   names::no_links),
    verb("readlink",      Packet(number::READLINK),                    false,  names::no_links),
    verb("limits",        Extension("limits@openssh.com"),             false,  extensions::limits),
    verb("statvfs",       Extension("statvfs@openssh.com"),            false,  extensions::statvfs),
    verb("fstatvfs",      Extension("fstatvfs@openssh.com"),           false,  extensions::fstatvfs),
];

/// The extensions that the greeting names, with their versions.
pub(super) const EXTENSIONS: [(&str, &str); 6] = [
    ("posix-rename@openssh.com", "1"),
    ("fsync@openssh.com", "1"),
    ("limits@openssh.com", "1"),
    ("statvfs@openssh.com", "2"),
    ("fstatvfs@openssh.com", "2"),
    ("lsetstat@openssh.com", "1"),
];

/// Does what a packet asks for.
pub(super) fn perform(
    session: &mut Session,
    kind: u8,
    id: u32,
    mut fields: Fields<'_>,
    replies: &mut Replies<'_>,
) -> Result<(), Refusal> {
    let extension = match kind {
        number::EXTENDED => Some(fields.string()?),
        _ => None,
    };
    let verb = VERBS.iter().find(|verb| match (&verb.asked, extension) {
        (Packet(number), None) => *number == kind,
        (Extension(name), Some(asked)) => name.as_bytes() == asked,
        _ => false,
    });
    let Some(verb) = verb else {
        return Err(Status::Unsupported.because("This server doesn't do that."));
    };
    let mut call = Call {
        id,
        writes: verb.writes,
        fields,
        replies,
    };
    (verb.handler)(session, &mut call)
}

impl Session {
    /// The place that a request's next path means, if the visitor may do there what the verb does.
    fn place(&self, call: &mut Call<'_, '_>) -> Result<Place, Refusal> {
        let place = Place::of(call.fields.string()?, self.visitor.account);
        let wish = if call.writes {
            Wish::Change
        } else {
            Wish::Look
        };
        self.may(wish, &place)?;
        Ok(place)
    }

    /// The gate: what may be done where, and by whom (spec 8).
    fn may(&self, wish: Wish, place: &Place) -> Result<(), Refusal> {
        let refused = |words: &'static str| Err(Status::PermissionDenied.because(words));
        let visitor = &self.visitor;
        match (wish, place) {
            (Wish::Change, Place::File(area, _)) if area.takes() && visitor.may_upload => Ok(()),
            (Wish::Change, Place::File(area, _)) if area.takes() => {
                refused("Your key may collect files, but not send any. Ask the council.")
            }
            (Wish::Change, _) => match &self.house {
                House::School(_) => refused("Nothing can be changed here. Put files into inbox/."),
                House::Council(_) => {
                    refused("Nothing can be changed here. Put files into extracts/.")
                }
            },
            (Wish::Read, Place::File(Area::Outbox | Area::Reports, _)) if !visitor.may_collect => {
                refused("Your key may send files, but not collect any. Ask the council.")
            }
            (Wish::Read, Place::File(Area::Inbox, _)) => {
                refused("Files in inbox/ can't be read back. See receipts/ for what was taken.")
            }
            (Wish::Read, Place::File(Area::Extracts, _)) => {
                refused("Files in extracts/ can't be read back.")
            }
            (Wish::Look | Wish::Read, _) => Ok(()),
        }
    }
}

impl Call<'_, '_> {
    fn ok(&mut self) {
        self.replies.status(self.id, Status::Ok, "");
    }
}

fn no_such_file() -> Refusal {
    Status::NoSuchFile.because("There is no such file.")
}
