//! What daemon and reader say to each other over their socket: each message is a length and that many bytes of
//! postcard. Lengths are capped on both sides; the first message tells the version.

use std::io::{self, Read, Write};

use postcard::{take_from_bytes, to_extend};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{error::Piece, proof::Leak};
use crate::reading::{Contents, Limits, Unreadable};

/// The first thing that a reader says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    pub(super) version: u16,
    pub(super) state: State,
}

/// Whether a reader is locked in.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum State {
    Confined,
    Missing { piece: Piece, errno: Option<i32> },
    Leaks(Leak),
}

/// What comes with a file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ask {
    pub(super) name: String,
    pub(super) limits: Limits,
}

/// What a reader found.
pub(super) type Answer = Result<Contents, Unreadable>;

/// A message with its length before it, ready to be sent; nothing where it would be longer than this.
pub(super) fn message<T: Serialize>(what: &T, most: usize) -> Option<Vec<u8>> {
    let mut message = to_extend(what, vec![0; LENGTH]).ok()?;
    let length = message.len() - LENGTH;
    if length > most {
        return None;
    }
    let length = u32::try_from(length).ok()?.to_le_bytes();
    message.get_mut(..LENGTH)?.copy_from_slice(&length);
    Some(message)
}

/// What such a message says, without its length: all of it, or it is not understood.
pub(super) fn understood<T: DeserializeOwned>(body: &[u8]) -> io::Result<T> {
    match take_from_bytes(body) {
        Ok((what, [])) => Ok(what),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The length of a message, if it is no longer than this.
pub(super) fn length(prefix: [u8; LENGTH], most: usize) -> io::Result<usize> {
    let length = usize::try_from(u32::from_le_bytes(prefix)).ok();
    let length = length.filter(|length| *length <= most);
    length.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Sends a message.
pub(super) fn send<T: Serialize>(mut to: impl Write, what: &T, most: usize) -> io::Result<()> {
    match message(what, most) {
        Some(message) => to.write_all(&message),
        None => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Receives a message of at most so many bytes. Room is made as bytes come, not as the length tells.
pub(super) fn receive<T: DeserializeOwned>(mut from: impl Read, most: usize) -> io::Result<T> {
    let mut prefix = [0; LENGTH];
    from.read_exact(&mut prefix)?;
    let length = length(prefix, most)?;
    let mut body = Vec::new();
    from.take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    understood(&body)
}

/// The version of all this.
pub(super) const VERSION: u16 = 1;

/// Bytes of a message's length.
pub(super) const LENGTH: usize = 4;

/// Bytes of the longest greeting.
pub(super) const LONGEST_HELLO: usize = 64;

/// Bytes of the longest question: a file's name has 255, each of which may be a letter of three.
pub(super) const LONGEST_ASK: usize = 1024;

/// Bytes of the longest answer. A list of 20,000 rows has about two million.
pub(super) const LONGEST_ANSWER: usize = 48 << 20;
