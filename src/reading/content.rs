//! What a file is by its first bytes, whatever its name says.

use serde::{Deserialize, Serialize};

/// What the first bytes of a file give away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// A zip container: a workbook, a text document, a folder.
    Zip,
    /// A compound file, as Office wrote it until 2003; encrypted workbooks are one as well.
    Compound,
    /// A PDF.
    Pdf,
    /// Rich text.
    RichText,
    /// Something encrypted, or a key.
    Encrypted,
    /// A picture.
    Picture,
    /// An archive other than zip.
    Archive,
    /// A web page or XML.
    Markup,
    /// Anything else, plain text among it.
    Other,
}

impl Content {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let begins = |marks: &[u8]| bytes.starts_with(marks);
        if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
            Self::Zip
        } else if begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            Self::Compound
        } else if begins(b"%PDF") {
            Self::Pdf
        } else if begins(b"{\\rtf") {
            Self::RichText
        } else if begins(b"age-encryption.org/") || begins(b"-----BEGIN ") {
            Self::Encrypted
        } else if begins(b"\x89PNG") || begins(b"\xff\xd8\xff") || begins(b"GIF8") {
            Self::Picture
        } else if begins(b"\x1f\x8b") || begins(b"7z\xbc\xaf") || begins(b"Rar!") {
            Self::Archive
        } else {
            Self::Other
        }
    }

    /// What people call it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Zip => "a workbook or a zip folder",
            Self::Compound => "an old Office document",
            Self::Pdf => "a PDF",
            Self::RichText => "a text document with formatting",
            Self::Encrypted => "an encrypted file",
            Self::Picture => "a picture",
            Self::Archive => "a compressed folder",
            Self::Markup => "a web page or XML",
            Self::Other => "something else",
        }
    }
}
