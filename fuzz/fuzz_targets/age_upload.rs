//! Uploads that come encrypted. What was changed does not open, and what opens is what was sealed.

#![no_main]

use std::{
    io::{Cursor, Read},
    sync::LazyLock,
};

use libfuzzer_sys::fuzz_target;
use pillarbox::seal::{IntakeKey, OpenFault};

static KEY: LazyLock<IntakeKey> = LazyLock::new(|| IntakeKey::parse(SECRET_KEY).expect("a key"));

fuzz_target!(|data: &[u8]| match data.split_first() {
    // Bytes as they come: the two files themselves are among the seeds.
    Some((b'a' | b'-' | b'\n', _)) | None => open(data),
    Some((first, rest)) => {
        let base = if first & 1 == 0 { BINARY } else { ARMOURED };
        open(&changed(base, rest));
    }
});

fn open(sealed: &[u8]) {
    let mut stream = Vec::new();
    let streamed = KEY.open_stream(Cursor::new(sealed.to_vec()));
    let streamed = streamed.and_then(|mut reader| {
        reader
            .read_to_end(&mut stream)
            .map(drop)
            .map_err(|_| OpenFault::Damaged)
    });
    match KEY.open_upload(sealed, PLAIN.len()) {
        Ok(plain) => {
            assert_eq!(
                plain.as_slice(),
                PLAIN,
                "nobody can make another file that opens"
            );
            assert_eq!(streamed, Ok(()));
        }
        Err(OpenFault::TooLarge) => panic!("there is no larger file"),
        // An upload's header is held to a length that an extract's is not.
        Err(OpenFault::Damaged) => {}
        Err(fault) => assert_eq!(streamed, Err(fault)),
    }
    assert!(streamed.is_err() || stream == PLAIN);
}

/// The file with changes: four bytes each say what, where, and with which byte. Places are lines of the
/// header, or bytes anywhere.
fn changed(base: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut sealed = base.to_vec();
    for change in changes.chunks_exact(4) {
        let at = usize::from(u16::from_le_bytes([change[1], change[2]])) % (sealed.len() + 1);
        let lines = line_starts(&sealed);
        let line = lines[at % lines.len()];
        let end = lines
            .iter()
            .find(|start| **start > line)
            .copied()
            .unwrap_or(sealed.len());
        let (kind, with) = (change[0], change[3]);
        match kind % 8 {
            0 if at < sealed.len() => sealed[at] = with,
            1 => sealed.insert(at, with),
            2 => sealed.truncate(at),
            3 => drop(sealed.drain(line..end)),
            4 => {
                let copy = sealed[line..end].to_vec();
                sealed.splice(line..line, copy.repeat(usize::from(with)));
            }
            5 => drop(sealed.splice(
                line..line,
                STANZAS[usize::from(with) % STANZAS.len()].bytes(),
            )),
            6 => drop(sealed.splice(line..line, vec![b'A'; usize::from(with) * 16])),
            _ => sealed.extend(std::iter::repeat_n(with, at % 80)),
        }
        if sealed.len() > LONGEST {
            break;
        }
    }
    sealed
}

fn line_starts(bytes: &[u8]) -> Vec<usize> {
    let breaks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    std::iter::once(0)
        .chain(breaks.map(|(at, _)| at + 1))
        .filter(|at| *at <= bytes.len())
        .collect()
}

/// Stanzas of other kinds, whole and broken.
const STANZAS: [&str; 8] = [
    "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\nEmECAEcKN+n/Vs9SbWiV+Hu0r+E8R77DdWYyd83nw7U\n",
    "-> scrypt bBjlhJVYZeE4aqUdmtRHfw 15\nZV/AhotwSGqaPCU43cepl4WYUouAa17a3xpu4G2yi5k\n",
    "-> ssh-ed25519 ABEiMw TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\nEmECAEcKN+n/Vs9SbWiV+Hu0r+E8R77DdWYyd83nw7U\n",
    "-> grease-xyz a b c\n\n",
    "-> X25519\n",
    "--- gxhoSa5BciRDt8lOpYNcx4EYtKpS0CJ06F3ZwN82VaM\n",
    "->  \n",
    "age-encryption.org/v1\n",
];

/// Made up for this target; it opens nothing else.
const SECRET_KEY: &[u8] = include_bytes!("../seeds/age_upload.key");
const PLAIN: &[u8] = b"Forename,Surname\r\nRobin,Example\r\n";
const BINARY: &[u8] = include_bytes!("../seeds/age_upload/binary");
const ARMOURED: &[u8] = include_bytes!("../seeds/age_upload/armoured");

/// Bytes after which no more changes are made.
const LONGEST: usize = 64 * 1024;
