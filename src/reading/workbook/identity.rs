//! Which document a zip container is, by the names of its parts and by what it says of itself.

use super::super::{content::Content, table::Limits, unreadable::Unreadable};
use super::container::Container;

/// Why a zip container under another format's name is not read.
pub(in super::super) fn refused_zip(bytes: &[u8], limits: &Limits) -> Unreadable {
    match Container::open(bytes, limits) {
        Ok(mut container) => Unreadable::NotWhatItsNameSays(identity(&mut container)),
        Err(_) => Unreadable::NotWhatItsNameSays(Content::Zip),
    }
}

/// Refuses a container that is another document than the one wanted.
pub(super) fn refuse_others(
    container: &mut Container<'_>,
    wanted: Content,
) -> Result<(), Unreadable> {
    match identity(container) {
        content if content == wanted => Ok(()),
        content => Err(Unreadable::NotWhatItsNameSays(content)),
    }
}

fn identity(container: &mut Container<'_>) -> Content {
    let told = container.said("mimetype", LONGEST_TYPE);
    for (ending, content) in OPEN_DOCUMENTS {
        if told.contains(ending) {
            return content;
        }
    }
    let has = |name: &str| container.place(name).is_some();
    let within = |folder: &str| container.names().any(|name| name.starts_with(folder));
    if has("xl/workbook.bin") {
        Content::Xlsb
    } else if has("xl/vbaProject.bin") {
        Content::Xlsm
    } else if has("_rels/.rels") || has("[Content_Types].xml") || within("xl/") {
        match within("xl/") {
            false if within("word/") => Content::Word,
            false if within("ppt/") => Content::Presentation,
            _ => Content::Xlsx,
        }
    } else if has("META-INF/manifest.xml") || has("content.xml") {
        Content::Ods
    } else if container
        .names()
        .any(|name| name.contains(".iwa") || name == "index.zip")
    {
        Content::Numbers
    } else {
        Content::Zip
    }
}

/// What a document says that it is.
const OPEN_DOCUMENTS: [(&str, Content); 3] = [
    ("opendocument.spreadsheet", Content::Ods),
    ("opendocument.text", Content::TextDocument),
    ("opendocument.presentation", Content::Presentation),
];

/// Bytes in which it says so.
const LONGEST_TYPE: u64 = 128;
