//! Destination files as a school opens them, with stock `age`.

use std::{fs, path::Path, process::Command};

use crate::world::names_in;

/// One row of a destination file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Destination {
    pub(crate) forename: String,
    pub(crate) surname: String,
    pub(crate) born: String,
    pub(crate) label: String,
    pub(crate) provider: String,
    pub(crate) started: String,
    pub(crate) confirmed: String,
}

/// The header that the contract promises, and no other.
pub(crate) const HEADER: &str =
    "Forename,Surname,Date of birth,Destination type,Provider or employer,Start date,Confirmed on";

/// The rows of the only CSV file in an outbox; none where there is no file.
pub(crate) fn destinations_in(outbox: &Path, identity: &Path) -> Vec<Destination> {
    let files = names_in(outbox)
        .into_iter()
        .filter(|name| name.ends_with(".csv.age"))
        .collect::<Vec<_>>();
    match files.as_slice() {
        [] => Vec::new(),
        [only] => rows_of(&decrypted(&outbox.join(only), identity)),
        many => panic!("a newer release replaces an older one, but there are {many:?}"),
    }
}

/// What `age -d -i identity` makes of a file.
pub(crate) fn decrypted(file: &Path, identity: &Path) -> Vec<u8> {
    try_decrypt(file, identity)
        .unwrap_or_else(|words| panic!("age can't open {}: {words}", file.display()))
}

/// The same, where it may fail.
pub(crate) fn try_decrypt(file: &Path, identity: &Path) -> Result<Vec<u8>, String> {
    let sealed = fs::read(file).unwrap();
    assert!(
        sealed.starts_with(b"age-encryption.org/v1\n"),
        "not the binary age format"
    );
    let opened = Command::new("age")
        .args(["-d", "-i"])
        .arg(identity)
        .arg(file)
        .output()
        .unwrap();
    if opened.status.success() {
        Ok(opened.stdout)
    } else {
        Err(String::from_utf8_lossy(&opened.stderr).into_owned())
    }
}

/// Encrypts to an age recipient with stock `age`.
pub(crate) fn encrypted(content: &[u8], recipient: &str, scratch: &Path) -> Vec<u8> {
    fs::write(scratch, content).unwrap();
    let sealed = Command::new("age")
        .args(["-r", recipient])
        .arg(scratch)
        .output()
        .unwrap();
    assert!(sealed.status.success());
    sealed.stdout
}

/// Reads a destination file's CSV strictly: BOM, CRLF, the exact header, seven cells a row.
pub(crate) fn rows_of(bytes: &[u8]) -> Vec<Destination> {
    let text = str::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("a UTF-8 BOM");
    assert!(text.ends_with("\r\n"), "the last line ends with CRLF");
    assert_eq!(
        text.matches('\n').count(),
        text.matches("\r\n").count(),
        "CRLF only"
    );
    assert_eq!(text.lines().next(), Some(HEADER));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            assert_eq!(record.len(), 7);
            let cell = |i: usize| record[i].to_owned();
            Destination {
                forename: cell(0),
                surname: cell(1),
                born: cell(2),
                label: cell(3),
                provider: cell(4),
                started: cell(5),
                confirmed: cell(6),
            }
        })
        .collect()
}

/// Who is in a file: forename and surname, in the file's order.
pub(crate) fn names(rows: &[Destination]) -> Vec<String> {
    rows.iter()
        .map(|row| format!("{} {}", row.forename, row.surname))
        .collect()
}
