//! Bytes that mean harm end as a receipt, in bounded memory and time (issue «Bad input»).

use std::{
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    answers::Receipt,
    programs::finish,
    pupils::{LIST_HEADER, list, pupils},
    world::{SCHOOL, World},
};

/// Sends a file to a program that may have no more than 2 GiB of addresses, and times it.
fn send_hostile(name: &str, bytes: &[u8]) -> Receipt {
    let world = World::new();
    world.drop_file(SCHOOL, name, bytes);
    let started = Instant::now();
    let mut bounded = Command::new("sh");
    bounded
        .args(["-c", "ulimit -v 2097152; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_pillarbox"))
        .args(["run", "--once", "--at", &world.now(), "--config"])
        .arg(world.config());
    finish(bounded).done("run --once on hostile bytes");
    assert!(
        started.elapsed() < Duration::from_mins(1),
        "{name} took {:?}",
        started.elapsed()
    );
    let mut receipts = world.submissions(SCHOOL);
    assert_eq!(receipts.len(), 1, "{name}");
    let receipt = receipts.pop().unwrap();
    assert!(receipt.text.len() < 100_000, "a receipt is for people");
    assert!(
        receipt.json.to_string().len() < 2_000_000,
        "the receipt does not grow with the file"
    );
    receipt
}

#[track_caller]
fn refused(name: &str, bytes: &[u8], codes: &[&str]) {
    let receipt = send_hostile(name, bytes);
    assert_eq!(receipt.outcome(), "rejected", "{name}: {}", receipt.text);
    let found = receipt.codes();
    assert!(
        found.iter().any(|code| codes.contains(&code.as_str())),
        "{name}: {found:?}, not one of {codes:?}"
    );
}

const UNREADABLE: &[&str] = &[
    "file-empty",
    "file-too-large",
    "file-unreadable",
    "header-not-found",
    "column-missing",
    "too-many-bad-rows",
    "file-too-many-rows",
    "name-invalid",
];

#[test]
fn fifty_megabytes_of_unclosed_quote() {
    let mut bytes = format!("{LIST_HEADER}\n\"").into_bytes();
    bytes.resize(50 << 20, b'a');
    refused("leavers.csv", &bytes, &["file-too-large"]);
}

#[test]
fn fifteen_megabytes_of_unclosed_quote() {
    let mut bytes = format!("{LIST_HEADER}\n\"").into_bytes();
    bytes.resize(15 << 20, b'a');
    refused("leavers.csv", &bytes, UNREADABLE);
}

#[test]
fn a_row_of_a_million_columns() {
    let commas = ",".repeat(1_000_000);
    refused("leavers.csv", commas.as_bytes(), UNREADABLE);
    let titled = format!("{LIST_HEADER}{commas}\nA,B{commas}\n");
    let receipt = send_hostile("leavers.csv", titled.as_bytes());
    assert_eq!(receipt.outcome(), "rejected", "{}", receipt.text);
}

#[test]
fn a_million_headers_of_one_name() {
    let text = format!("{}\nA\n", vec!["Surname"; 1_000_000].join(","));
    let receipt = send_hostile("leavers.csv", text.as_bytes());
    assert_eq!(receipt.outcome(), "rejected");
}

#[test]
fn nothing_but_nuls() {
    refused("leavers.csv", &vec![0; 1 << 20], UNREADABLE);
    refused("leavers.xlsx", &vec![0; 1 << 20], &["file-unreadable"]);
}

#[test]
fn nuls_inside_a_good_list() {
    let text = list(&pupils(0..3)).replace("Ambrosine", "Ambro\0sine");
    let receipt = send_hostile("leavers.csv", text.as_bytes());
    assert_ne!(
        receipt.outcome(),
        "accepted",
        "lost bytes are never passed over"
    );
}

#[test]
fn a_pdf_called_csv() {
    let mut pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nstream\n".to_vec();
    pdf.extend((0..50_000_u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()));
    refused("leavers.csv", &pdf, UNREADABLE);
    refused("leavers.xlsx", &pdf, &["file-unreadable"]);
}

#[test]
fn a_program_called_csv() {
    let program = std::fs::read("/bin/ls").unwrap();
    refused("leavers.csv", &program, UNREADABLE);
}

#[test]
fn a_long_list_of_nothing_but_bad_rows() {
    let text = format!("{LIST_HEADER}\n{}", "?,?,?,?,?,?\n".repeat(4_000));
    let receipt = send_hostile("leavers.csv", text.as_bytes());
    assert_eq!(receipt.outcome(), "rejected");
}

#[test]
fn a_zip_bomb_called_xlsx() {
    let bomb = bomb();
    assert!(bomb.len() < 16 << 20, "small enough to be let in");
    let codes = ["file-unreadable", "file-too-large", "file-too-many-rows"];
    refused("leavers.xlsx", &bomb, &codes);
    refused("leavers.ods", &bomb, &codes);
}

/// A workbook whose one cell swells to a gigabyte, and a sheet of another office's the same.
fn bomb() -> Vec<u8> {
    let sheet_start = b"<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>";
    let swelling = deflated_repeats(sheet_start, b'A', 1 << 30);
    let size = u32::try_from(sheet_start.len() + (1 << 30)).unwrap();
    let stored = |text: &str| Entry {
        packed: text.as_bytes().to_vec(),
        method: 0,
        size: u32::try_from(text.len()).unwrap(),
        crc: crc32(text.as_bytes()),
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let relation = |kind: &str, target: &str| {
        format!(
            "<?xml version=\"1.0\"?><Relationships xmlns=\"{package}/relationships\">\
             <Relationship Id=\"rId1\" Type=\"{office}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    zip(&[
        (
            "[Content_Types].xml",
            stored(&format!(
                "<?xml version=\"1.0\"?><Types xmlns=\"{package}/content-types\">\
                 <Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            )),
        ),
        (
            "_rels/.rels",
            stored(&relation("officeDocument", "xl/workbook.xml")),
        ),
        (
            "xl/workbook.xml",
            stored(&format!(
                "<?xml version=\"1.0\"?><workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>\
                 <sheet name=\"List\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            )),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            stored(&relation("worksheet", "worksheets/sheet1.xml")),
        ),
        (
            "xl/worksheets/sheet1.xml",
            Entry {
                packed: swelling.clone(),
                method: 8,
                size,
                crc: 0,
            },
        ),
        (
            "content.xml",
            Entry {
                packed: swelling,
                method: 8,
                size,
                crc: 0,
            },
        ),
    ])
}

struct Entry {
    packed: Vec<u8>,
    method: u16,
    size: u32,
    crc: u32,
}

fn zip(entries: &[(&str, Entry)]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, entry) in entries {
        let offset = u32::try_from(file.len()).unwrap();
        let mut common = Vec::new();
        for word in [20, 0, entry.method, 0, 0x21] {
            common.extend(u16::to_le_bytes(word));
        }
        let packed = u32::try_from(entry.packed.len()).unwrap();
        for word in [entry.crc, packed, entry.size] {
            common.extend(word.to_le_bytes());
        }
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        file.extend(b"PK\x03\x04");
        file.extend(&common);
        file.extend(name.as_bytes());
        file.extend(&entry.packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = u32::try_from(file.len()).unwrap();
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    file.extend(&directory);
    file.extend(b"PK\x05\x06\x00\x00\x00\x00");
    file.extend(count);
    file.extend(count);
    file.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}

/// A raw deflate stream: these bytes, then one byte over and over, 258 to every 13 bits.
fn deflated_repeats(start: &[u8], byte: u8, times: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(1, 1);
    bits.put(1, 2);
    for &literal in start.iter().chain([&byte]) {
        bits.literal(literal);
    }
    for _ in 0..(times - 1) / 258 {
        // Length 258 is code 285 (11000101), distance 1 is code 0 (00000).
        bits.put_reversed(0b1100_0101, 8);
        bits.put(0, 5);
    }
    for _ in 0..(times - 1) % 258 {
        bits.literal(byte);
    }
    bits.put(0, 7);
    bits.put(0, 7);
    bits.bytes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, width: u32) {
        self.held |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push((self.held & 0xff) as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// Huffman codes go in with their first bit first.
    fn put_reversed(&mut self, value: u32, width: u32) {
        self.put(value.reverse_bits() >> (32 - width), width);
    }

    fn literal(&mut self, byte: u8) {
        match u32::from(byte) {
            low @ 0..=143 => self.put_reversed(0x30 + low, 8),
            high => self.put_reversed(0x190 + high - 144, 9),
        }
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}
