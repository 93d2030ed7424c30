//! What a file is by its first bytes, whatever its name says, and what its sender has to do about it.

use serde::{Deserialize, Serialize};

/// What a file turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// Excel's workbook from 2007 on.
    Xlsx,
    /// One with macros.
    Xlsm,
    /// Excel's binary workbook.
    Xlsb,
    /// Excel's workbook to 2003.
    Xls,
    /// `OpenDocument`'s workbook.
    Ods,
    /// Apple's.
    Numbers,
    /// Text without formatting.
    Text,
    /// A workbook in the XML of Excel 2003.
    SpreadsheetXml,
    /// A web page.
    WebPage,
    /// A common transfer file, which schools' systems send each other.
    Ctf,
    /// Any other XML.
    Markup,
    /// JSON.
    Json,
    /// A text document of Word.
    Word,
    /// A text document of `OpenDocument`.
    TextDocument,
    /// A text document of any program.
    RichText,
    /// Slides.
    Presentation,
    /// A message.
    Mail,
    /// A PDF.
    Pdf,
    /// A picture.
    Picture,
    /// Any other zip container: a folder.
    Zip,
    /// A folder that is compressed in another way.
    Archive,
    /// Any other compound file, as Office wrote it until 2003.
    Compound,
    /// Something encrypted, or a key.
    Encrypted,
    /// Anything else; plain text as well, until somebody has read it.
    Other,
}

impl Content {
    /// Every kind.
    pub(super) const ALL: [Self; 24] = [
        Self::Xlsx,
        Self::Xlsm,
        Self::Xlsb,
        Self::Xls,
        Self::Ods,
        Self::Numbers,
        Self::Text,
        Self::SpreadsheetXml,
        Self::WebPage,
        Self::Ctf,
        Self::Markup,
        Self::Json,
        Self::Word,
        Self::TextDocument,
        Self::RichText,
        Self::Presentation,
        Self::Mail,
        Self::Pdf,
        Self::Picture,
        Self::Zip,
        Self::Archive,
        Self::Compound,
        Self::Encrypted,
        Self::Other,
    ];

    /// By the first bytes alone: of text and of containers they tell no more than that.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let begins = |marks: &[&[u8]]| marks.iter().any(|mark| bytes.starts_with(mark));
        let holds =
            |at: usize, mark: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(mark));
        if begins(&[b"PK\x03\x04", b"PK\x05\x06"]) {
            Self::Zip
        } else if begins(&[b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]) {
            Self::Compound
        } else if begins(&[b"%PDF", b"\xef\xbb\xbf%PDF"]) {
            Self::Pdf
        } else if begins(&[b"{\\rtf"]) {
            Self::RichText
        } else if begins(&[b"age-encryption.org/", b"-----BEGIN "]) {
            Self::Encrypted
        } else if begins(&[b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"])
            || (begins(&[b"RIFF"]) && holds(8, b"WEBP"))
            || [&b"ftyphei"[..], b"ftypmif1", b"ftypavif"]
                .iter()
                .any(|mark| holds(4, mark))
        {
            Self::Picture
        } else if begins(&[
            b"\x1f\x8b",
            b"7z\xbc\xaf",
            b"Rar!",
            b"\xfd7zXZ\0",
            b"\x28\xb5\x2f\xfd",
        ]) || holds(257, b"ustar")
        {
            Self::Archive
        } else {
            Self::Other
        }
    }

    /// By a text's first letters, where they show that it has no cells between separators.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let end = start
            .char_indices()
            .nth(LOOKED_AT)
            .map_or(start.len(), |(at, _)| at);
        let start = start[..end].to_ascii_lowercase();
        let has = |mark: &str| start.contains(mark);
        if let Some(rest) = start.strip_prefix('<') {
            let opens = |c: char| c.is_ascii_alphabetic() || c == '!' || c == '?';
            return rest.starts_with(opens).then(|| {
                let page = PAGES.iter().any(|element| rest.starts_with(element));
                if has("<ctfile") {
                    Self::Ctf
                } else if has("urn:schemas-microsoft-com:office:spreadsheet") || has("excel.sheet")
                {
                    Self::SpreadsheetXml
                } else if page || has("<html") {
                    Self::WebPage
                } else {
                    Self::Markup
                }
            });
        }
        let then = |mark| start.strip_prefix(mark).map(str::trim_start);
        let object = then('{').is_some_and(|rest| rest.starts_with(['"', '}']));
        let list = then('[').is_some_and(|rest| rest.starts_with(['{', '[', '"', ']']));
        if object || list {
            return Some(Self::Json);
        }
        let message = MESSAGES.iter().any(|header| start.starts_with(header));
        let page = has("multipart/related") && has("x-document-type:");
        message.then_some(if page { Self::WebPage } else { Self::Mail })
    }

    /// What people call it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Xlsx => "an Excel workbook (.xlsx)",
            Self::Xlsm => "an Excel workbook with macros (.xlsm)",
            Self::Xlsb => "an Excel binary workbook (.xlsb)",
            Self::Xls => "an Excel 97-2003 workbook (.xls)",
            Self::Ods => "an OpenDocument spreadsheet (.ods)",
            Self::Numbers => "a document of Apple's Numbers or Pages",
            Self::Text => "plain text, as in a .csv file",
            Self::SpreadsheetXml => "an XML spreadsheet of Excel 2003",
            Self::WebPage => "a web page",
            Self::Ctf => "a common transfer file (CTF)",
            Self::Markup => "XML",
            Self::Json => "JSON",
            Self::Word => "a Word document",
            Self::TextDocument => "an OpenDocument text",
            Self::RichText => "a text document with formatting",
            Self::Presentation => "a presentation",
            Self::Mail => "an e-mail message",
            Self::Pdf => "a PDF",
            Self::Picture => "a picture",
            Self::Zip => "a zip folder",
            Self::Archive => "a compressed folder",
            Self::Compound => "an old Office document",
            Self::Encrypted => "an encrypted file",
            Self::Other => "something else",
        }
    }

    /// How its sender makes a list of it; `None` where there is no better way than to save it again.
    pub(super) fn remedy(self) -> Option<&'static str> {
        Some(match self {
            Self::Xlsx => "Give the file a name that ends in .xlsx, and send it again.",
            Self::Xls => "Give the file a name that ends in .xls, and send it again.",
            Self::Ods => "Give the file a name that ends in .ods, and send it again.",
            Self::Text => "Give the file a name that ends in .csv, and send it again.",
            Self::Xlsm | Self::Xlsb | Self::SpreadsheetXml | Self::WebPage => {
                "Open it in Excel, choose «Save As», then «Excel Workbook (*.xlsx)», and send that."
            }
            Self::Numbers => "Open it in Numbers, choose «Export To», then «Excel», and send that.",
            Self::Ctf | Self::Markup | Self::Json => {
                "Make a report of the pupils in your system with their forename, surname, date of birth and consent, export it as .xlsx or CSV, and send that."
            }
            Self::Word | Self::TextDocument | Self::RichText | Self::Presentation => {
                "Copy the table into a spreadsheet, save it as .xlsx or CSV, and send that."
            }
            Self::Mail => "Save the list that came with the message, and send that file by itself.",
            Self::Pdf | Self::Picture => {
                "Send the spreadsheet itself: export the list from your system as .xlsx or CSV."
            }
            Self::Zip | Self::Archive => "Take the list out of the folder, and send it by itself.",
            Self::Encrypted => {
                "Send the list without encryption: the connection protects it. If you encrypted it to the council's intake key, let its name end in .age."
            }
            Self::Compound | Self::Other => return None,
        })
    }
}

/// Letters of a text that are looked at.
pub(super) const LOOKED_AT: usize = 4_096;

/// Elements that open a web page, or the table that some systems print in its stead.
pub(super) const PAGES: [&str; 9] = [
    "!doctype html",
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "table",
    "div",
];

/// Headers with which a message begins that was saved as text.
pub(super) const MESSAGES: [&str; 4] = [
    "mime-version:",
    "received:",
    "return-path:",
    "delivered-to:",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_what_is_no_text() {
        for (bytes, content) in [
            (&b"%PDF-1.7"[..], Content::Pdf),
            (b"\xff\xd8\xff\xe0", Content::Picture),
            (b"\0\0\0\x18ftypheic", Content::Picture),
            (b"RIFF\0\0\0\0WEBPVP8 ", Content::Picture),
            (b"7z\xbc\xaf\x27\x1c", Content::Archive),
            (b"RIFF, Raff\n", Content::Other),
            (b"Forename,Surname\n", Content::Other),
            (b"", Content::Other),
        ] {
            assert_eq!(Content::of(bytes), content);
        }
    }

    #[test]
    fn first_letters_tell_what_has_no_cells() {
        for (text, content) in [
            ("<html><table>", Some(Content::WebPage)),
            ("\u{feff}\n <TABLE border=1>", Some(Content::WebPage)),
            ("<?xml version='1.0'?><html/>", Some(Content::WebPage)),
            (
                "<?xml version='1.0'?>\n<?mso-application progid=\"Excel.Sheet\"?>",
                Some(Content::SpreadsheetXml),
            ),
            ("<?xml version='1.0'?><CTfile><Header/>", Some(Content::Ctf)),
            ("<records/>", Some(Content::Markup)),
            ("[ {\"forename\": \"Robin\"}]", Some(Content::Json)),
            ("{\"pupils\": []}", Some(Content::Json)),
            (
                "MIME-Version: 1.0\nSubject: list\nContent-Type: multipart/related",
                Some(Content::Mail),
            ),
            (
                "MIME-Version: 1.0\nX-Document-Type: Workbook\nContent-Type: multipart/related",
                Some(Content::WebPage),
            ),
            ("[Confidential],,\n", None),
            ("<16,Surname\n", None),
            ("{Forename},Surname\n", None),
            ("Received,Surname\n", None),
            ("", None),
        ] {
            assert_eq!(Content::of_text(text), content, "{text}");
        }
    }
}
