//! What stands in a file, found without the reader that is tested: by brute force, in every encoding.

use std::{
    collections::BTreeSet,
    io::{Cursor, Read},
};

use zip::ZipArchive;

/// Everything in a file that may be a cell of a pupil.
pub(crate) fn cells_of(bytes: &[u8]) -> BTreeSet<String> {
    let texts = match parts(bytes) {
        Some(parts) => parts.iter().map(|part| without_tags(part)).collect(),
        None => texts(bytes),
    };
    let separates = |c: char| c.is_control() || SEPARATES.contains(&c);
    let cells = texts.iter().flat_map(|text| text.split(separates));
    let cells = cells.map(|cell| cell.trim().trim_matches(['\'', '=']));
    let personal = cells.filter(|cell| cell.chars().count() >= SHORTEST && !is_harmless(cell));
    personal.map(str::to_owned).collect()
}

/// The unpacked parts of a zip container, as far as they can be read.
fn parts(bytes: &[u8]) -> Option<Vec<String>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let parts = (0..archive.len()).map(|at| {
        let mut unpacked = Vec::new();
        if let Ok(part) = archive.by_index(at) {
            let _ = part.take(LARGEST_PART).read_to_end(&mut unpacked);
        }
        String::from_utf8_lossy(&unpacked).into_owned()
    });
    Some(parts.collect())
}

fn without_tags(xml: &str) -> String {
    let texts = xml.split('<').map(|tag| tag.split_once('>'));
    let texts = texts.map(|split| split.map_or("", |(_, text)| text));
    texts.collect::<Vec<_>>().join("\n")
}

/// The bytes as text in each encoding in which they could be meant.
fn texts(bytes: &[u8]) -> Vec<String> {
    let pairs = || bytes.chunks_exact(2).map(|pair| [pair[0], pair[1]]);
    let little: Vec<u16> = pairs().map(u16::from_le_bytes).collect();
    let big: Vec<u16> = pairs().map(u16::from_be_bytes).collect();
    vec![
        String::from_utf8_lossy(bytes).into_owned(),
        bytes.iter().map(|byte| char::from(*byte)).collect(),
        String::from_utf16_lossy(&little),
        String::from_utf16_lossy(&big),
    ]
}

/// Headers, and the words that every receipt may hold.
fn is_harmless(cell: &str) -> bool {
    let is_notice = cell.starts_with('D') && cell[1..].bytes().all(|byte| byte.is_ascii_digit());
    is_notice || HARMLESS.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

const SEPARATES: [char; 8] = [',', ';', '|', '"', '<', '>', '\u{feff}', '\u{fffd}'];

/// Characters below which a cell tells nothing: `Yes`, `11`.
const SHORTEST: usize = 4;

/// Bytes of a container's part that are looked at.
const LARGEST_PART: u64 = 1 << 22;

/// Headers, answers, and what a receipt says of every file. Headers are told to the school (spec 3).
const HARMLESS: [&str; 25] = [
    // The name of every old workbook's stream, and of a menu in Excel.
    "Workbook",
    "Forename",
    "Forname",
    "Surname",
    "Name",
    "Date of birth",
    "Consent",
    "Consent date",
    "Consented",
    "Consent for trips",
    "Parental consent",
    "Photo consent",
    "Permission given",
    "Opted out?",
    "Withdrawn",
    "Year group",
    "NC Year",
    "LAESTAB",
    "DfE number",
    "Shoe size",
    "true",
    "false",
    "dd/mm/yyyy",
    "UTF-8",
    "html",
];
