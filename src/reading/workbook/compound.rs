//! The container of old Office documents (MS-CFB), read far enough to know that its chains end: whoever
//! opens it later follows the same chains and would not stop.

/// Whether an old container holds a modern workbook under a password or a sensitivity label.
pub(in super::super) fn is_encrypted_package(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    bytes.windows(name.len()).any(|window| window == name)
}

/// The stream that holds the workbook; `None` where the container is broken or holds none.
pub(super) fn workbook_stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let compound = Compound::open(bytes)?;
    let entries = compound.entries()?;
    let named = |name: &str| entries.iter().find(|entry| entry.name == name);
    let workbook = named("Workbook").or_else(|| named("Book"))?;
    let root = entries.first()?;
    let mini_stream = compound.stream(&compound.fat, root.start)?;
    let mini_fat = numbers(&compound.stream(&compound.fat, u32_at(bytes, 60)?)?);
    if workbook.size >= MINI_CUTOFF {
        let stream = compound.stream(&compound.fat, workbook.start)?;
        return stream.get(..workbook.size).map(<[u8]>::to_vec);
    }
    let mini = chain(&mini_fat, workbook.start)?;
    let mut stream = Vec::new();
    for sector in mini {
        let start = (sector as usize).checked_mul(MINI_SECTOR)?;
        stream.extend_from_slice(mini_stream.get(start..start.checked_add(MINI_SECTOR)?)?);
    }
    stream.get(..workbook.size).map(<[u8]>::to_vec)
}

struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
}

struct Entry {
    name: String,
    start: u32,
    size: usize,
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

    fn stream(&self, fat: &[u32], start: u32) -> Option<Vec<u8>> {
        let mut stream = Vec::new();
        for id in chain(fat, start)? {
            stream.extend_from_slice(self.sector(id)?);
        }
        Some(stream)
    }

    fn entries(&self) -> Option<Vec<Entry>> {
        let directory = self.stream(&self.fat, u32_at(self.bytes, 48)?)?;
        directory.chunks_exact(128).map(Entry::of).collect()
    }
}

impl Entry {
    fn of(bytes: &[u8]) -> Option<Self> {
        let units = bytes.get(..64)?.chunks_exact(2);
        let units = units.map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
        Some(Self {
            name: String::from_utf16_lossy(&units),
            start: u32_at(bytes, 116)?,
            size: u32_at(bytes, 120)? as usize,
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

/// Ids from here on are marks, not sectors.
const RESERVED: u32 = 0xffff_fffa;

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
    fn a_package_under_a_password_is_known_by_its_stream() {
        let name: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(is_encrypted_package(
            &[&[0; 7][..], &name, &[0; 9]].concat()
        ));
        assert!(!is_encrypted_package(b"EncryptedPackage"));
    }
}
