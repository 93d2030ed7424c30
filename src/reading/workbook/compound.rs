//! The container of old Office documents (MS-CFB), read far enough to know that its chains end and what
//! document it holds. What a workbook needs of it goes into a container of our own, so that whoever opens
//! it next follows no chain that a stranger wrote.

use encoding_rs::UTF_16LE;

use super::super::{content::Content, unreadable::Unreadable};
use super::damaged;

/// Why a file in this container is not read: it is under a password or a label, or another document than
/// a workbook; where it is a workbook after all, its name is wrong.
pub(in super::super) fn refusal(bytes: &[u8]) -> Unreadable {
    match Compound::open(bytes).and_then(|compound| compound.documents()) {
        Some(documents) => match document(&documents) {
            Document::Labelled => Unreadable::Labelled,
            Document::UnderPassword => Unreadable::PasswordProtected,
            Document::Workbook(_) => Unreadable::NotWhatItsNameSays(Content::Xls),
            Document::Other(content) => Unreadable::NotWhatItsNameSays(content),
        },
        None if names_package(bytes) => Unreadable::PasswordProtected,
        None => Unreadable::NotWhatItsNameSays(Content::Compound),
    }
}

/// The stream that holds the workbook.
pub(super) fn workbook_stream(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let compound = Compound::open(bytes);
    let documents = compound.as_ref().and_then(Compound::documents);
    let (Some(compound), Some(documents)) = (compound, documents) else {
        return Err(if names_package(bytes) {
            Unreadable::PasswordProtected
        } else {
            damaged()
        });
    };
    match document(&documents) {
        Document::Workbook(entry) => compound.content(entry).ok_or_else(damaged),
        _ => Err(refusal(bytes)),
    }
}

/// A container that holds this stream, as a workbook's, and nothing else. `None` where it would be larger
/// than its header can tell.
pub(super) fn wrapped(stream: &[u8]) -> Option<Vec<u8>> {
    let filled = stream.len().div_ceil(LARGE).max(1);
    let listed = (filled + 1).div_ceil(LARGE / 4 - 1);
    if listed > IDS_IN_HEADER {
        return None;
    }
    let id = |number: usize| u32::try_from(number).ok();
    let mut file = header(id(filled)?, id(listed)?);
    file.resize(LARGE, 0xff);
    file.extend_from_slice(stream);
    file.resize(LARGE * (1 + filled), 0);
    file.extend(entry("Root Entry", 5, 1, 0));
    file.extend(entry("Workbook", 2, RESERVED_FREE, (filled * LARGE) as u64));
    file.resize(LARGE * (2 + filled), 0);
    let mut next: Vec<u32> = (1..id(filled)?).collect();
    next.extend([END_OF_CHAIN, END_OF_CHAIN]);
    next.extend(std::iter::repeat_n(RESERVED_FAT, listed));
    next.resize(listed * LARGE / 4, RESERVED_FREE);
    file.extend(next.into_iter().flat_map(u32::to_le_bytes));
    Some(file)
}

/// What the container holds, by the streams and folders at its root.
enum Document<'e> {
    Workbook(&'e Entry),
    UnderPassword,
    Labelled,
    Other(Content),
}

fn document(entries: &[Entry]) -> Document<'_> {
    let named = |name: &str| {
        let mut all = entries.iter();
        all.find(|entry| entry.at_root && entry.name.eq_ignore_ascii_case(name))
    };
    let anywhere = |name: &str| entries.iter().any(|entry| entry.name == name);
    if LABELS.into_iter().any(anywhere) {
        return Document::Labelled;
    }
    if named("EncryptedPackage").is_some() {
        return Document::UnderPassword;
    }
    for (name, content) in OTHER_DOCUMENTS {
        if named(name).is_some() {
            return Document::Other(content);
        }
    }
    match named("Workbook").or_else(|| named("Book")) {
        Some(entry) => Document::Workbook(entry),
        None => Document::Other(Content::Compound),
    }
}

/// Whether bytes that are no whole container name the stream of an encrypted workbook.
fn names_package(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    bytes.windows(name.len()).any(|window| window == name)
}

struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
}

struct Entry {
    name: String,
    at_root: bool,
    links: [u32; 2],
    child: u32,
    start: u32,
    size: u64,
}

impl<'b> Compound<'b> {
    fn open(bytes: &'b [u8]) -> Option<Self> {
        let shift = u16_at(bytes, 30)?;
        if !matches!(shift, 9 | 12) || u16_at(bytes, 32)? != 6 {
            return None;
        }
        let mut compound = Self {
            bytes,
            sector: 1 << shift,
            fat: Vec::new(),
        };
        let mut told = numbers(bytes.get(76..512)?);
        let mut next = u32_at(bytes, 68)?;
        let mut steps = 0;
        while next < RESERVED {
            steps += 1;
            if steps > bytes.len() / compound.sector {
                return None;
            }
            told.extend(numbers(compound.sector(next)?));
            next = told.pop()?;
        }
        for id in told.into_iter().filter(|id| *id < RESERVED) {
            let more = numbers(compound.sector(id)?);
            compound.fat.extend(more);
            if compound.fat.len() > bytes.len() {
                return None;
            }
        }
        Some(compound)
    }

    fn sector(&self, id: u32) -> Option<&'b [u8]> {
        let start = (id as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    fn stream(&self, start: u32) -> Option<Vec<u8>> {
        let mut stream = Vec::new();
        for id in chain(&self.fat, start)? {
            stream.extend_from_slice(self.sector(id)?);
        }
        Some(stream)
    }

    /// The entries of its folder, with those at the root marked.
    fn documents(&self) -> Option<Vec<Entry>> {
        let directory = self.stream(u32_at(self.bytes, 48)?)?;
        let entries = directory.chunks_exact(128);
        let large = self.sector == LARGE;
        let mut entries: Vec<Entry> = entries
            .map(|bytes| Entry::of(bytes, large))
            .collect::<Option<_>>()?;
        let mut open = vec![entries.first()?.child];
        while let Some(id) = open.pop() {
            if let Some(entry) = entries.get_mut(id as usize).filter(|entry| !entry.at_root) {
                entry.at_root = true;
                open.extend(entry.links);
            }
        }
        Some(entries)
    }

    /// What an entry's stream holds.
    fn content(&self, entry: &Entry) -> Option<Vec<u8>> {
        let size = usize::try_from(entry.size).ok()?;
        if size >= MINI_CUTOFF {
            let stream = self.stream(entry.start)?;
            return stream.get(..size).map(<[u8]>::to_vec);
        }
        let root = self.documents()?.first()?.start;
        let mini_stream = self.stream(root)?;
        let mini_fat = numbers(&self.stream(u32_at(self.bytes, 60)?)?);
        let mut stream = Vec::new();
        for sector in chain(&mini_fat, entry.start)? {
            let start = (sector as usize).checked_mul(MINI_SECTOR)?;
            stream.extend_from_slice(mini_stream.get(start..start.checked_add(MINI_SECTOR)?)?);
        }
        stream.get(..size).map(<[u8]>::to_vec)
    }
}

impl Entry {
    fn of(bytes: &[u8], large: bool) -> Option<Self> {
        let name = UTF_16LE.decode(bytes.get(..64)?).0;
        let size = u64::from(u32_at(bytes, 120)?);
        let above = if large {
            u64::from(u32_at(bytes, 124)?)
        } else {
            0
        };
        Some(Self {
            name: name.split('\0').next().unwrap_or_default().to_owned(),
            at_root: false,
            links: [u32_at(bytes, 68)?, u32_at(bytes, 72)?],
            child: u32_at(bytes, 76)?,
            start: u32_at(bytes, 116)?,
            size: size | above << 32,
        })
    }
}

/// The sectors of a chain; `None` where it leaves the table or turns in a circle.
fn chain(fat: &[u32], start: u32) -> Option<Vec<u32>> {
    let mut ids = Vec::new();
    let mut next = start;
    while next < RESERVED {
        if ids.len() > fat.len() {
            return None;
        }
        ids.push(next);
        next = *fat.get(next as usize)?;
    }
    Some(ids)
}

fn header(folder: u32, listed: u32) -> Vec<u8> {
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.resize(24, 0);
    for word in [0x3e_u16, 4, 0xfffe, 12, 6] {
        file.extend(word.to_le_bytes());
    }
    file.resize(40, 0);
    let (none, no_chain) = (0, END_OF_CHAIN);
    for word in [
        1, listed, folder, none, 4096, no_chain, none, no_chain, none,
    ] {
        file.extend(word.to_le_bytes());
    }
    file.extend(
        (folder + 1..)
            .take(listed as usize)
            .flat_map(u32::to_le_bytes),
    );
    file
}

fn entry(name: &str, kind: u8, child: u32, size: u64) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = entry.len() + 2;
    entry.resize(64, 0);
    entry.extend(length.to_le_bytes().into_iter().take(2));
    entry.extend([kind, 1]);
    for link in [RESERVED_FREE, RESERVED_FREE, child] {
        entry.extend(link.to_le_bytes());
    }
    entry.resize(116, 0);
    entry.extend(0_u32.to_le_bytes());
    entry.extend(size.to_le_bytes());
    entry
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let chunks = bytes.chunks_exact(4);
    chunks
        .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .collect()
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes([two[0], two[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// What Office calls the rights that come with a sensitivity label, in the two ways of keeping them.
const LABELS: [&str; 3] = [
    "DRMEncryptedTransform",
    "DRMEncryptedDataSpace",
    "\tDRMContent",
];

/// Streams that tell of another document than a workbook.
const OTHER_DOCUMENTS: [(&str, Content); 3] = [
    ("WordDocument", Content::Word),
    ("PowerPoint Document", Content::Presentation),
    ("__properties_version1.0", Content::Mail),
];

/// Ids from here on are marks, not sectors.
const RESERVED: u32 = 0xffff_fffa;
const RESERVED_FAT: u32 = 0xffff_fffd;
const END_OF_CHAIN: u32 = 0xffff_fffe;
const RESERVED_FREE: u32 = 0xffff_ffff;

/// Bytes of a sector of the larger kind.
const LARGE: usize = 4096;

/// Sectors of the allocation table that the header has room for.
const IDS_IN_HEADER: usize = 109;

/// Streams below this size lie in the small sectors.
const MINI_CUTOFF: usize = 4096;

/// Bytes of a small sector.
const MINI_SECTOR: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_that_turns_in_a_circle_is_none() {
        assert_eq!(chain(&[1, 2, RESERVED], 0), Some(vec![0, 1, 2]));
        assert_eq!(chain(&[1, 0], 0), None);
        assert_eq!(chain(&[7], 0), None);
        assert_eq!(chain(&[], RESERVED), Some(vec![]));
    }

    #[test]
    fn a_broken_package_under_a_password_is_known_by_its_stream() {
        let name: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let package = [&[0; 7][..], &name, &[0; 9]].concat();
        assert_eq!(refusal(&package), Unreadable::PasswordProtected);
        assert_eq!(
            refusal(b"EncryptedPackage"),
            Unreadable::NotWhatItsNameSays(Content::Compound)
        );
    }

    #[test]
    fn a_stream_that_is_wrapped_comes_out_as_it_went_in() {
        for length in [0, 1, 4095, 4096, 4097, 5_000_000] {
            let stream: Vec<u8> = (0..length).map(|n: u32| n.to_le_bytes()[0]).collect();
            let file = wrapped(&stream).unwrap();
            let opened = workbook_stream(&file).unwrap();
            assert_eq!(&opened[..stream.len()], stream);
            assert!(opened[stream.len()..].iter().all(|byte| *byte == 0));
        }
    }
}
