//! Writing schools' files: new ones, and changes that keep what people wrote around them. Whatever
//! is written was read first as the daemon will read it, so a command can't break a school.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;
use time::Date;
use toml_edit::{
    Array, ArrayOfTables, Date as TomlDate, Datetime, DocumentMut, Item, Table, TableLike, Value,
    value,
};

use crate::domain::school::{Contact, Person, Right, School};

use super::{
    complaint::Complaints,
    durable::{create, replace},
    reading_school::parse_school,
};

/// Why a file was not written.
#[derive(Debug, Error)]
pub enum EditError {
    /// There is one already.
    #[error("{} is there already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// There is none to change.
    #[error("there is no {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is wrong as it is, and must be mended by hand first.
    #[error("the file is wrong as it is:\n{0}")]
    Broken(Complaints),
    /// The change would make the file wrong.
    #[error("this would make the file wrong:\n{0}")]
    Refused(Complaints),
    /// The file system said no.
    #[error("cannot write {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
}

impl EditError {
    pub(super) fn creating(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists { path },
            _ => Self::Io { path, source },
        }
    }

    fn changing(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            _ => Self::Io { path, source },
        }
    }
}

/// Writes a new school's file into the folder of schools, and returns its path. Never writes over
/// one that is there.
pub fn write_school(folder: &Path, school: &School) -> Result<PathBuf, EditError> {
    let path = folder.join(format!("{}.toml", school.id));
    let text = school_text(school);
    parse_school(&path, &text).map_err(EditError::Refused)?;
    create(&path, &text).map_err(|source| EditError::creating(&path, source))?;
    Ok(path)
}

/// Adds a person to a school's file.
pub fn add_person(path: &Path, person: &Person) -> Result<(), EditError> {
    change(path, |document| {
        let persons = document
            .entry("person")
            .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        match persons {
            Item::ArrayOfTables(persons) => persons.push(person_table(person)),
            // `person = [{ … }]`, as somebody may have written it by hand.
            Item::Value(Value::Array(persons)) => {
                persons.push(person_table(person).into_inline_table());
            }
            _ => {}
        }
    })
}

/// Suspends a school, or ends its suspension.
pub fn set_suspended(path: &Path, suspended: bool) -> Result<(), EditError> {
    change(path, |document| {
        if suspended {
            put(document.as_table_mut(), "suspended", true.into());
        } else {
            document.remove("suspended");
        }
    })
}

/// Sets the day from which nothing is taken or shared.
pub fn set_terminated(path: &Path, on: Date) -> Result<(), EditError> {
    set_agreement(path, "terminated", on)
}

/// Sets the day on which both had signed.
pub fn set_signed(path: &Path, on: Date) -> Result<(), EditError> {
    set_agreement(path, "signed", on)
}

fn set_agreement(path: &Path, key: &str, on: Date) -> Result<(), EditError> {
    change(path, |document| {
        let agreement = document
            .entry("agreement")
            .or_insert_with(|| Item::Table(Table::new()));
        if let Some(agreement) = agreement.as_table_like_mut() {
            put(agreement, key, day(on));
        }
    })
}

/// Changes a school's file as a whole: read, judged, changed, judged again, written.
fn change(path: &Path, with: impl FnOnce(&mut DocumentMut)) -> Result<(), EditError> {
    let text = fs::read_to_string(path).map_err(|source| EditError::changing(path, source))?;
    parse_school(path, &text).map_err(EditError::Broken)?;
    let mut document = text
        .parse::<DocumentMut>()
        .map_err(|source| EditError::changing(path, io::Error::other(source)))?;
    with(&mut document);
    let text = document.to_string();
    parse_school(path, &text).map_err(EditError::Refused)?;
    replace(path, &text).map_err(|source| EditError::changing(path, source))
}

/// Sets a key, keeping the comment behind the value that was there.
fn put(table: &mut dyn TableLike, key: &str, mut new: Value) {
    if let Some(old) = table.get(key).and_then(Item::as_value) {
        *new.decor_mut() = old.decor().clone();
    }
    table.insert(key, Item::Value(new));
}

/// The text of a new school's file, in the order of the manual.
fn school_text(school: &School) -> String {
    let mut document = DocumentMut::new();
    document["id"] = value(school.id.to_string());
    document["name"] = value(school.name.as_str());
    if let Some(urn) = school.urn {
        document["urn"] = value(i64::from(urn.number()));
    }
    let formats = school.formats.iter().map(|format| format.extension());
    document["formats"] = value(formats.collect::<Array>());
    if school.suspended {
        document["suspended"] = value(true);
    }
    document["agreement"] = Item::Table(agreement_table(school));
    let persons = school.persons.iter().map(person_table);
    insert_tables(&mut document, "person", persons.collect());
    let contacts = school.contacts.iter().map(contact_table);
    insert_tables(&mut document, "contact", contacts.collect());
    document.to_string()
}

fn insert_tables(document: &mut DocumentMut, key: &str, tables: Vec<Table>) {
    if !tables.is_empty() {
        document[key] = Item::ArrayOfTables(ArrayOfTables::from_iter(tables));
    }
}

fn agreement_table(school: &School) -> Table {
    let agreement = &school.agreement;
    let mut table = Table::new();
    set(&mut table, "signed", agreement.signed.map(day));
    set(&mut table, "reviewed", agreement.reviewed.map(day));
    set(&mut table, "terminated", agreement.terminated.map(day));
    table
}

fn person_table(person: &Person) -> Table {
    let mut table = Table::new();
    table["name"] = value(person.name.as_str());
    let keys = person.keys.iter().map(String::as_str);
    table["keys"] = value(keys.collect::<Array>());
    set(&mut table, "age", person.age.as_deref().map(Value::from));
    let rights = person.rights.iter().map(|right| match right {
        Right::Upload => "upload",
        Right::Collect => "collect",
    });
    table["may"] = value(rights.collect::<Array>());
    let authorised_by = person.authorised_by.as_deref();
    set(&mut table, "authorised_by", authorised_by.map(Value::from));
    set(&mut table, "authorised_on", person.authorised_on.map(day));
    set(&mut table, "until", person.until.map(day));
    table
}

fn contact_table(contact: &Contact) -> Table {
    let mut table = Table::new();
    table["name"] = value(contact.name.as_str());
    for (key, text) in [
        ("role", &contact.role),
        ("email", &contact.email),
        ("telephone", &contact.telephone),
    ] {
        set(&mut table, key, text.as_deref().map(Value::from));
    }
    table
}

fn set(table: &mut Table, key: &str, new: Option<Value>) {
    if let Some(new) = new {
        table[key] = Item::Value(new);
    }
}

/// A TOML local date. Years before 0 have none, and no such date is ever written: reading it back
/// would refuse it.
fn day(on: Date) -> Value {
    Value::from(Datetime {
        date: Some(TomlDate {
            year: u16::try_from(on.year()).unwrap_or_default(),
            month: on.month().into(),
            day: on.day(),
        }),
        time: None,
        offset: None,
    })
}

#[cfg(test)]
mod tests;
