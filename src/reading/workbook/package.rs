//! Which parts of a modern Excel workbook are opened, as the workbook's own relations tell: those are walked
//! as XML, all others only counted.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::{
    escape::unescape,
    events::{BytesStart, Event},
};

use super::super::{table::Limits, unreadable::Unreadable};
use super::{
    container::{Bounds, Container},
    damaged,
    tallies::{Sheets, Strings, Styles},
    worksheet::Worksheet,
    xml::attributes,
};

/// Walks all parts. True where a row that holds something is hidden; over all sheets, because only one may
/// hold anything.
pub(super) fn walk(container: &mut Container<'_>, limits: &Limits) -> Result<bool, Unreadable> {
    let roles = roles(container)?;
    let mut hidden_rows = false;
    for at in 0..container.len() {
        match roles.get(&at) {
            None => container.drain(at)?,
            Some(Role::Relations) => container.walk(at, KEPT, |_| Ok(()))?,
            Some(Role::Workbook) => {
                let mut sheets = Sheets::default();
                container.walk(at, KEPT, |event| sheets.see(event))?;
            }
            Some(Role::Styles) => {
                let mut styles = Styles::new(limits);
                container.walk(at, KEPT, |event| styles.see(event))?;
            }
            Some(Role::Strings) => {
                let mut strings = Strings::new(limits);
                container.walk(at, STRINGS, |event| strings.see(event))?;
            }
            Some(Role::Worksheet) => {
                let mut sheet = Worksheet::default();
                container.walk(at, WORKSHEET, |event| sheet.see(event))?;
                hidden_rows |= sheet.has_hidden_rows;
            }
        }
    }
    Ok(hidden_rows)
}

/// What a part that is opened is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Relations,
    Workbook,
    Styles,
    Strings,
    Worksheet,
}

/// The parts that are opened, by their places.
fn roles(container: &mut Container<'_>) -> Result<BTreeMap<usize, Role>, Unreadable> {
    let relations = relations(container, ROOT)?;
    let mut documents = relations
        .iter()
        .filter(|told| told.kind.ends_with(DOCUMENT));
    let (Some(document), None) = (documents.next(), documents.next()) else {
        return Err(damaged());
    };
    let document = unescape(&document.target).map_err(|_| damaged())?;
    let (folder, name) = document.rsplit_once('/').unwrap_or(("", &document));
    let folder = match folder.strip_prefix('/').unwrap_or(folder) {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let name = if name.is_empty() {
        "workbook.xml"
    } else {
        name
    };
    let workbook = format!("{folder}{name}");
    if container.place(&workbook).is_none() {
        return Err(damaged());
    }
    let of_workbook = format!("{folder}_rels/{name}.rels");
    let mut parts = vec![
        (ROOT.to_owned(), Role::Relations),
        (workbook, Role::Workbook),
        (format!("{folder}sharedStrings.xml"), Role::Strings),
        (format!("{folder}styles.xml"), Role::Styles),
        (format!("{folder}theme/theme1.xml"), Role::Styles),
    ];
    for told in self::relations(container, &of_workbook)? {
        if told.kind.ends_with(WORKSHEET_KIND) {
            let path = match told.target.strip_prefix('/') {
                Some(path) => path.to_owned(),
                None => format!("{folder}{}", told.target),
            };
            parts.push((path, Role::Worksheet));
        }
    }
    parts.push((of_workbook, Role::Relations));
    placed(container, &parts)
}

/// A part that has two roles, or is two sheets, was not written by a spreadsheet program.
fn placed(
    container: &Container<'_>,
    parts: &[(String, Role)],
) -> Result<BTreeMap<usize, Role>, Unreadable> {
    let mut roles = BTreeMap::new();
    for (name, role) in parts {
        if let Some(place) = container.place(name)
            && roles.insert(place, *role).is_some()
        {
            return Err(Unreadable::OddlyBuilt);
        }
    }
    Ok(roles)
}

/// One part's word on what another part is to it.
struct Relation {
    kind: String,
    target: String,
}

fn relations(container: &mut Container<'_>, name: &str) -> Result<Vec<Relation>, Unreadable> {
    let place = container.place(name).ok_or_else(damaged)?;
    let (mut relations, mut ids) = (Vec::new(), BTreeSet::new());
    container.walk(place, KEPT, |event| {
        if let Event::Start(element) = event
            && element.local_name().as_ref() == "Relationship"
        {
            if !ids.insert(only(element, "Id")?) {
                return Err(Unreadable::OddlyBuilt);
            }
            relations.push(Relation {
                kind: only(element, "Type")?,
                target: only(element, "Target")?,
            });
        }
        Ok(())
    })?;
    Ok(relations)
}

/// The value of an attribute that is not there twice; empty where it is not there.
fn only(element: &BytesStart<'_>, name: &str) -> Result<String, Unreadable> {
    let mut found = attributes(element, name);
    match (found.next(), found.next()) {
        (value, None) => Ok(value.unwrap_or_default()),
        _ => Err(Unreadable::OddlyBuilt),
    }
}

/// The relations of the container itself.
const ROOT: &str = "_rels/.rels";

/// How the kinds of relations end, in both dialects of the format.
const DOCUMENT: &str = "/relationships/officeDocument";
const WORKSHEET_KIND: &str = "/worksheet";

/// Parts that are kept in memory as long as the workbook is open.
const KEPT: Bounds = Bounds {
    share: 16,
    longest_event: 64 << 10,
};

/// The shared strings.
const STRINGS: Bounds = Bounds {
    share: 4,
    longest_event: 1 << 20,
};

/// A sheet, which is read as a stream.
const WORKSHEET: Bounds = Bounds {
    share: 1,
    longest_event: 1 << 20,
};
