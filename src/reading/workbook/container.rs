//! A zip container before anyone opens its parts: how many there are, under which names, where they lie,
//! and how large they really get. Sizes are counted, never believed; what they mean is for others.

use std::{
    collections::BTreeMap,
    io::{self, BufReader, Cursor, Read},
};

use quick_xml::{Reader, events::Event};
use zip::{CompressionMethod, ZipArchive, read::ZipFile};

use super::super::{table::Limits, unreadable::Unreadable};
use super::{
    compound::{u16_at, u32_at},
    damaged,
    xml::{self, lenient},
};

/// A container whose parts can be read one at a time, all of them together up to a limit.
pub(super) struct Container<'b> {
    bytes: &'b [u8],
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// Where the part of each name is, the names in lower case and with slashes.
    places: BTreeMap<String, usize>,
    largest: u64,
    left: u64,
}

impl<'b> Container<'b> {
    /// Reads the container's directory.
    pub(super) fn open(bytes: &'b [u8], limits: &Limits) -> Result<Self, Unreadable> {
        let entries = bytes.windows(4).filter(|four| *four == DIRECTORY_ENTRY);
        if entries.take(MOST_PARTS + 1).count() > MOST_PARTS {
            return Err(Unreadable::UnpacksTooLarge);
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        let mut places = BTreeMap::new();
        for at in 0..archive.len() {
            let name = archive.name_for_index(at).ok_or_else(damaged)?;
            let name = name.map_err(|_| damaged())?;
            places.insert(plain(&name), at);
        }
        Ok(Self {
            bytes,
            archive,
            places,
            largest: limits.max_inflated,
            left: limits.max_inflated,
        })
    }

    /// The names of its parts, in lower case and with slashes.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// Where the part of this name is, whatever the case of its letters.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(&plain(name)).copied()
    }

    /// The first bytes of a part, as text; empty where it has none, or none that can be read.
    pub(super) fn said(&mut self, name: &str, most: u64) -> String {
        let part = self
            .place(name)
            .and_then(|at| self.archive.by_index(at).ok());
        let mut said = Vec::new();
        if let Some(part) = part {
            // A part that breaks off has said what it said.
            let _ = part.take(most).read_to_end(&mut said);
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    /// How many parts it has.
    pub(super) fn len(&self) -> usize {
        self.archive.len()
    }

    /// Refuses names that two readers may take for different parts, parts that lie in one another, parts
    /// that are described in two ways, and parts under a password.
    pub(super) fn refuse_traps(&self) -> Result<(), Unreadable> {
        let twice = self.archive.has_duplicate_names() || self.places.len() < self.archive.len();
        if twice || !self.names().all(is_inside) {
            return Err(Unreadable::OddlyBuilt);
        }
        let mut parts = Vec::with_capacity(self.len());
        for at in 0..self.len() {
            let part = self.archive.by_index_data(at).map_err(|_| damaged())?;
            if part.encrypted() {
                return Err(Unreadable::PasswordProtected);
            }
            let start = usize::try_from(part.header_start()).map_err(|_| damaged())?;
            let header = self.bytes.get(start..).ok_or_else(damaged)?;
            let told = Told {
                name: part.name_raw(),
                method: part.compression(),
                packed: part.compressed_size(),
                unpacked: part.size(),
            };
            let length = told.length(header).ok_or(Unreadable::OddlyBuilt)?;
            parts.push((
                part.header_start(),
                part.header_start().saturating_add(length),
            ));
        }
        parts.push((self.archive.central_directory_start(), u64::MAX));
        parts.sort_unstable();
        if parts.windows(2).any(|pair| pair[0].1 > pair[1].0) {
            return Err(Unreadable::OddlyBuilt);
        }
        Ok(())
    }

    /// Reads a part of XML, and shows all that stands in it. XML that breaks off is for those who need it
    /// to report.
    pub(super) fn walk(
        &mut self,
        at: usize,
        bounds: Bounds,
        see: impl FnMut(&Event<'_>) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        self.metered(at, bounds, |part| xml::walk(part, see))
    }

    /// Reads a part that nobody will open.
    pub(super) fn drain(&mut self, at: usize) -> Result<(), Unreadable> {
        let bounds = Bounds {
            share: 1,
            longest_event: u64::MAX,
        };
        self.metered(at, bounds, |part| drain(part))
    }

    fn metered(
        &mut self,
        at: usize,
        bounds: Bounds,
        read: impl FnOnce(&mut Metered<ZipFile<'_, Cursor<&'b [u8]>>>) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        let part = self.archive.by_index(at).map_err(|_| damaged())?;
        let packed = part.compressed_size();
        let ratio = packed.saturating_mul(MOST_RATIO).max(FREE_OF_RATIO);
        let most = self.left.min(self.largest / bounds.share).min(ratio);
        let mut part = Metered {
            part,
            read: 0,
            most,
            since: 0,
            longest: bounds.longest_event,
        };
        let done = read(&mut part);
        if part.read > most {
            return Err(Unreadable::UnpacksTooLarge);
        }
        if part.since > part.longest {
            return Err(Unreadable::OddlyBuilt);
        }
        self.left -= part.read;
        done
    }

    /// A reader of one part's XML, if the container has the part. It was walked before.
    pub(super) fn xml(&mut self, name: &str) -> Option<Reader<impl io::BufRead + use<'_, 'b>>> {
        let part = self.archive.by_index(self.place(name)?).ok()?;
        Some(lenient(BufReader::new(part)))
    }
}

/// How large a part may get.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// What share of all that the container may unpack to: parts that are kept in memory while a sheet is
    /// read may be a small one only.
    pub(super) share: u64,
    /// Bytes of one element or one text, which are in memory at a time.
    pub(super) longest_event: u64,
}

/// Reads what is left of a part.
pub(super) fn drain(part: &mut impl Read) -> Result<(), Unreadable> {
    io::copy(part, &mut io::sink())
        .map(|_| ())
        .map_err(|_| damaged())
}

/// Counts what really comes out of a part, and stops it a little past what it may hold.
pub(super) struct Metered<R> {
    part: R,
    read: u64,
    most: u64,
    since: u64,
    longest: u64,
}

impl<R> Metered<R> {
    /// Begins to count anew, as the next element begins.
    pub(super) fn next_event(&mut self) {
        self.since = 0;
    }

    /// Counts the part as a whole only: what is left of it is not kept.
    pub(super) fn end_events(&mut self) {
        self.since = 0;
        self.longest = u64::MAX;
    }

    /// Whether it was stopped: what is left of it is not to be read.
    pub(super) fn is_stopped(&self) -> bool {
        self.read > self.most || self.since > self.longest
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_stopped() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let count = self.part.read(buffer)?;
        self.read += count as u64;
        self.since += count as u64;
        Ok(count)
    }
}

/// What the directory tells of a part.
struct Told<'n> {
    name: &'n [u8],
    method: CompressionMethod,
    packed: u64,
    unpacked: u64,
}

impl Told<'_> {
    /// The bytes of the part and of the header before it; `None` where the header tells otherwise.
    fn length(&self, header: &[u8]) -> Option<u64> {
        let name_length = usize::from(u16_at(header, 26)?);
        let extra_length = u64::from(u16_at(header, 28)?);
        let name = header.get(PART_HEADER..PART_HEADER + name_length)?;
        let method = match u16_at(header, 8)? {
            0 => CompressionMethod::Stored,
            8 => CompressionMethod::Deflated,
            _ => return None,
        };
        let told_later = u16_at(header, 6)? & SIZES_BEHIND != 0;
        let agrees = |at: usize, size: u64| {
            let told = u32_at(header, at)?;
            let left_open = (told_later && told == 0) || told == u32::MAX;
            Some(left_open || u64::from(told) == size)
        };
        let same = header.starts_with(b"PK\x03\x04")
            && name == self.name
            && method == self.method
            && u16_at(header, 6)? & ENCRYPTED == 0
            && agrees(18, self.packed)?
            && agrees(22, self.unpacked)?;
        let head = (PART_HEADER + name_length) as u64 + extra_length;
        same.then(|| head.saturating_add(self.packed))
    }
}

/// A name as all readers take it: some know no case, some write backslashes.
fn plain(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

/// Whether a name stays within the container.
fn is_inside(name: &str) -> bool {
    let climbs = |step: &str| matches!(step, "." | "..");
    !name.starts_with('/') && !name.contains(['\0', ':']) && !name.split('/').any(climbs)
}

/// How an entry of the directory begins.
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";

/// Parts in one container. Also bounds what room the directory itself takes.
const MOST_PARTS: usize = 2_000;

/// Bytes of the header before a part, without its name.
const PART_HEADER: usize = 30;

/// The flag of a part whose sizes stand behind it.
const SIZES_BEHIND: u16 = 1 << 3;

/// The flag of a part under a password.
const ENCRYPTED: u16 = 1;

/// How many times its packed size a part may unpack to, once it is larger than [`FREE_OF_RATIO`].
const MOST_RATIO: u64 = 200;

/// Bytes that any part may unpack to.
const FREE_OF_RATIO: u64 = 1 << 20;
