//! Packets out: each written at the end of one buffer, so that a batch of them is one message.

use std::ops::Range;

use bytes::{BufMut, BytesMut};

use super::{Attributes, Refusal, Status, VERSION, number};

/// A name in a list, with its line and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub name: Vec<u8>,
    /// The line of `ls -l`.
    pub line: Vec<u8>,
    /// What is said of it.
    pub attributes: Attributes,
}

/// Replies, written one behind the other.
#[derive(Debug)]
pub struct Replies<'a>(&'a mut BytesMut);

impl<'a> Replies<'a> {
    /// Writes at the end of this buffer.
    pub fn to(out: &'a mut BytesMut) -> Self {
        Self(out)
    }

    /// The greeting, with the extensions that are served.
    pub fn version(&mut self, extensions: &[(&str, &str)]) {
        self.packet(number::VERSION, |out| {
            out.put_u32(VERSION);
            for (name, version) in extensions {
                string(out, name.as_bytes());
                string(out, version.as_bytes());
            }
        });
    }

    /// How a request ended.
    pub fn status(&mut self, id: u32, status: Status, words: &str) {
        self.packet(number::STATUS, |out| {
            out.put_u32(id);
            out.put_u32(status as u32);
            string(out, words.as_bytes());
            string(out, LANGUAGE);
        });
    }

    /// A request that is not done.
    pub fn refusal(&mut self, id: u32, refusal: &Refusal) {
        self.status(id, refusal.status, &refusal.words);
    }

    /// The name of what was opened.
    pub fn handle(&mut self, id: u32, handle: &[u8]) {
        self.packet(number::HANDLE, |out| {
            out.put_u32(id);
            string(out, handle);
        });
    }

    /// Up to `most` bytes of a file, which `fill` puts in place; it tells how many. The reply stands
    /// only if there were any.
    pub fn data<E>(
        &mut self,
        id: u32,
        most: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let start = self.0.len();
        let head = start + DATA_HEAD;
        self.0.resize(head + most, 0);
        let filled = self.0.get_mut(head..).map_or(Ok(0), fill);
        let Ok(read @ 1..) = filled else {
            self.0.truncate(start);
            return filled;
        };
        self.0.truncate(head + read);
        let length = u32::try_from(read).unwrap_or(u32::MAX);
        self.patch(start..start + 4, length.saturating_add(9));
        if let Some(kind) = self.0.get_mut(start + 4) {
            *kind = number::DATA;
        }
        self.patch(start + 5..start + 9, id);
        self.patch(start + 9..head, length);
        Ok(read)
    }

    /// Names.
    pub fn names(&mut self, id: u32, names: &[Name]) {
        self.packet(number::NAME, |out| {
            out.put_u32(id);
            out.put_u32(length(names.len()));
            for Name {
                name,
                line,
                attributes,
            } in names
            {
                string(out, name);
                string(out, line);
                attributes.write(out);
            }
        });
    }

    /// What is said of one file.
    pub fn attributes(&mut self, id: u32, attributes: &Attributes) {
        self.packet(number::ATTRS, |out| {
            out.put_u32(id);
            attributes.write(out);
        });
    }

    /// What an extension answers: numbers of eight bytes.
    pub fn extended(&mut self, id: u32, numbers: &[u64]) {
        self.packet(number::EXTENDED_REPLY, |out| {
            out.put_u32(id);
            for number in numbers {
                out.put_u64(*number);
            }
        });
    }

    fn packet(&mut self, kind: u8, write: impl FnOnce(&mut BytesMut)) {
        let start = self.0.len();
        self.0.put_u32(0);
        self.0.put_u8(kind);
        write(self.0);
        self.patch(start..start + 4, length(self.0.len() - start - 4));
    }

    fn patch(&mut self, place: Range<usize>, number: u32) {
        if let Some(place) = self.0.get_mut(place) {
            place.copy_from_slice(&number.to_be_bytes());
        }
    }
}

pub(super) fn string(out: &mut BytesMut, bytes: &[u8]) {
    out.put_u32(length(bytes.len()));
    out.put_slice(bytes);
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The language of what a status says.
const LANGUAGE: &[u8] = b"en-GB";
/// Length, type, id and length of the data.
const DATA_HEAD: usize = 4 + 1 + 4 + 4;
