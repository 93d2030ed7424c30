//! The walk through a zip container before anyone opens it: how many parts, how large they really get,
//! which rows of its sheets are hidden. Sizes are counted, never believed.

use std::io::{self, BufReader, Cursor, Read};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use zip::ZipArchive;

use super::super::unreadable::Unreadable;
use super::{super::table::Limits, damaged};

/// A container's bytes, known to unpack to no more than the limits allow.
pub(super) struct Container<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// True where a row that holds something is hidden. Over all sheets: only one may hold anything.
    pub(super) hidden_rows: bool,
}

/// Reads all of a container's parts once, and keeps nothing of them.
pub(super) fn walk<'b>(bytes: &'b [u8], limits: &Limits) -> Result<Container<'b>, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if archive.len() > MOST_PARTS {
        return Err(inflated());
    }
    let mut left = limits.max_inflated;
    let mut hidden_rows = false;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| damaged())?;
        let name = part.name().map_err(|_| damaged())?.to_ascii_lowercase();
        let most = left.min(largest(&name, limits)).min(
            part.compressed_size()
                .saturating_mul(MOST_RATIO)
                .max(FREE_OF_RATIO),
        );
        let mut part = Metered {
            part,
            read: 0,
            most,
        };
        let walked = if extension(&name) == "xml" {
            sheet_walk(BufReader::new(&mut part), name.contains("sharedstrings"))
        } else {
            drain(&mut part)
        };
        if part.read > most {
            return Err(inflated());
        }
        hidden_rows |= walked?;
        left -= part.read;
    }
    Ok(Container {
        archive,
        hidden_rows,
    })
}

impl<'b> Container<'b> {
    /// A reader of one part's XML, if the container has the part.
    pub(super) fn xml(&mut self, name: &str) -> Option<Reader<impl io::BufRead + use<'_, 'b>>> {
        let part = self.archive.by_name(name).ok()?;
        Some(lenient(BufReader::new(part)))
    }
}

/// The attribute with this local name, raw.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

fn lenient<R: io::BufRead>(read: R) -> Reader<R> {
    let mut reader = Reader::from_reader(read);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    reader
}

/// Looks for hidden rows where the part is a worksheet, and for lies where it is the table of strings;
/// then reads what is left of it. XML that breaks is for the reader that needs it to report.
fn sheet_walk(read: impl io::BufRead, strings: bool) -> Result<bool, Unreadable> {
    let mut xml = lenient(read);
    let mut buffer = Vec::new();
    let mut hidden = Hidden::default();
    let mut root = None;
    loop {
        buffer.clear();
        let event = match xml.read_event_into(&mut buffer) {
            Ok(Event::Eof) => break,
            Ok(event) => event,
            Err(_) => return drain(xml.get_mut()),
        };
        if let (None, Event::Start(element) | Event::Empty(element)) = (root, &event) {
            let worksheet = element.local_name().as_ref() == "worksheet";
            root = Some(if worksheet {
                Root::Worksheet
            } else {
                Root::Other
            });
            if strings {
                refuse_untrue_count(element)?;
            }
        }
        match root {
            Some(Root::Worksheet) => hidden.see(&event),
            Some(Root::Other) => return drain(xml.get_mut()),
            None => {}
        }
    }
    Ok(hidden.holds_data)
}

#[derive(Clone, Copy)]
enum Root {
    Worksheet,
    Other,
}

/// A table of strings says how many it has, and room is made for them before they are read.
fn refuse_untrue_count(element: &BytesStart<'_>) -> Result<(), Unreadable> {
    if element.local_name().as_ref() != "sst" {
        return Err(damaged());
    }
    let count = attribute(element, "uniqueCount").unwrap_or_default();
    match count.parse::<u64>() {
        Ok(count) if count > MOST_STRINGS => Err(inflated()),
        _ => Ok(()),
    }
}

/// Whether hidden rows hold anything, as the events of a worksheet tell.
#[derive(Default)]
struct Hidden {
    row: bool,
    value: bool,
    holds_data: bool,
}

impl Hidden {
    fn see(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "row" => self.row = is_hidden(element),
                "v" | "t" => self.value = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "row" => self.row = false,
                "v" | "t" => self.value = false,
                _ => {}
            },
            Event::Text(text) if self.row && self.value => {
                self.holds_data |= !text.as_ref().trim().is_empty();
            }
            Event::CData(_) | Event::GeneralRef(_) => self.holds_data |= self.row && self.value,
            _ => {}
        }
    }
}

fn is_hidden(row: &BytesStart<'_>) -> bool {
    let hidden = attribute(row, "hidden").is_some_and(|value| value == "1" || value == "true");
    let height = attribute(row, "ht").and_then(|value| value.parse::<f64>().ok());
    hidden || height.is_some_and(|points| points < LOWEST_ROW)
}

fn drain(read: &mut impl Read) -> Result<bool, Unreadable> {
    io::copy(read, &mut io::sink())
        .map(|_| false)
        .map_err(|_| damaged())
}

/// Counts what really comes out of a part, and stops it one byte past what it may hold.
struct Metered<R> {
    part: R,
    read: u64,
    most: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let count = self.part.read(buffer)?;
        self.read += count as u64;
        Ok(count)
    }
}

fn inflated() -> Unreadable {
    Unreadable::UnpacksTooLarge
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Parts that are kept in memory while a sheet is read may be a part of the whole only.
fn largest(name: &str, limits: &Limits) -> u64 {
    let kept = extension(name) == "rels" || name.contains("styles") || name.contains("workbook");
    match name {
        _ if kept => limits.max_inflated / 16,
        _ if name.contains("sharedstrings") => limits.max_inflated / 4,
        _ => limits.max_inflated,
    }
}

/// Parts in one container.
const MOST_PARTS: usize = 2_000;

/// How many times its packed size a part may unpack to, once it is larger than [`FREE_OF_RATIO`].
const MOST_RATIO: u64 = 200;

/// Bytes that any part may unpack to.
const FREE_OF_RATIO: u64 = 1 << 20;

/// Strings in one workbook.
const MOST_STRINGS: u64 = 8_000_000;

/// Points below which a row can't be seen.
const LOWEST_ROW: f64 = 1.0;
