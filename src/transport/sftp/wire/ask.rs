//! The client's half of the protocol: requests out, answers in. The demo's own client speaks it, and so
//! do the tests; a server has no use for it.

use bytes::{BufMut, Bytes, BytesMut};

use super::{Attributes, Fields, Malformed, Status, number, reply::string};

/// A request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask<'a> {
    /// The greeting.
    Init,
    /// Opens a file, with the bits of [`number`].
    Open(&'a [u8], u32),
    /// Closes what was opened.
    Close(&'a [u8]),
    /// Reads so many bytes from there.
    Read(&'a [u8], u64, u32),
    /// Writes these bytes there.
    Write(&'a [u8], u64, &'a [u8]),
    /// Asks what is said of a path; a link is not followed.
    LStat(&'a [u8]),
    /// Opens a folder.
    OpenDir(&'a [u8]),
    /// Asks for the next names in it.
    ReadDir(&'a [u8]),
    /// Removes a file.
    Remove(&'a [u8]),
    /// Renames a file.
    Rename(&'a [u8], &'a [u8]),
    /// Asks for the path that this one means.
    RealPath(&'a [u8]),
    /// Anything else, by its type and its bytes behind the id.
    Other(u8, &'a [u8]),
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The version of the server's greeting.
    Version(u32),
    /// Done, or not, and a sentence.
    Status(Status, String),
    /// What was opened.
    Handle(Vec<u8>),
    /// Bytes of a file.
    Data(Bytes),
    /// Names with what is said of each.
    Names(Vec<(Vec<u8>, Attributes)>),
    /// What is said of a path.
    Attributes(Attributes),
    /// What an extension answers.
    Extended(Bytes),
}

impl Ask<'_> {
    /// Writes the request at the end of `out`.
    pub fn write(&self, id: u32, out: &mut BytesMut) {
        let start = out.len();
        out.put_u32(0);
        match *self {
            Self::Init => {
                out.put_u8(number::INIT);
                out.put_u32(super::VERSION);
            }
            Self::Open(path, bits) => {
                head(out, number::OPEN, id, path);
                out.put_u32(bits);
                Attributes::default().write(out);
            }
            Self::Close(handle) => head(out, number::CLOSE, id, handle),
            Self::Read(handle, offset, length) => {
                head(out, number::READ, id, handle);
                out.put_u64(offset);
                out.put_u32(length);
            }
            Self::Write(handle, offset, bytes) => {
                head(out, number::WRITE, id, handle);
                out.put_u64(offset);
                string(out, bytes);
            }
            Self::LStat(path) => head(out, number::LSTAT, id, path),
            Self::OpenDir(path) => head(out, number::OPENDIR, id, path),
            Self::ReadDir(handle) => head(out, number::READDIR, id, handle),
            Self::Remove(path) => head(out, number::REMOVE, id, path),
            Self::Rename(from, to) => {
                head(out, number::RENAME, id, from);
                string(out, to);
            }
            Self::RealPath(path) => head(out, number::REALPATH, id, path),
            Self::Other(kind, body) => {
                out.put_u8(kind);
                out.put_u32(id);
                out.put_slice(body);
            }
        }
        let length = u32::try_from(out.len() - start - 4).unwrap_or(u32::MAX);
        if let Some(place) = out.get_mut(start..start + 4) {
            place.copy_from_slice(&length.to_be_bytes());
        }
    }
}

/// Reads one packet of the server's: its id, and the answer.
pub fn read_answer(packet: &Bytes) -> Result<(u32, Answer), Malformed> {
    let mut fields = Fields::of(packet);
    let kind = fields.byte()?;
    let id = fields.number()?;
    let answer = match kind {
        number::VERSION => Answer::Version(id),
        number::STATUS => {
            let status = Status::of(fields.number()?);
            let words = String::from_utf8_lossy(fields.string()?).into_owned();
            Answer::Status(status, words)
        }
        number::HANDLE => Answer::Handle(fields.string()?.to_vec()),
        number::DATA => Answer::Data(packet.slice_ref(fields.string()?)),
        number::NAME => Answer::Names(names(&mut fields)?),
        number::ATTRS => Answer::Attributes(fields.attributes()?),
        number::EXTENDED_REPLY => Answer::Extended(packet.slice_ref(fields.rest())),
        _ => return Err(Malformed),
    };
    Ok((id, answer))
}

fn names(fields: &mut Fields<'_>) -> Result<Vec<(Vec<u8>, Attributes)>, Malformed> {
    let count = fields.number()?;
    let mut names = Vec::new();
    for _ in 0..count {
        let name = fields.string()?.to_vec();
        fields.string()?;
        names.push((name, fields.attributes()?));
    }
    Ok(names)
}

fn head(out: &mut BytesMut, kind: u8, id: u32, about: &[u8]) {
    out.put_u8(kind);
    out.put_u32(id);
    string(out, about);
}
