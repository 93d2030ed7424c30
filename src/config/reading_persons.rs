//! The persons of a school's file, and the council's own in `pillarbox.toml`.

use std::collections::BTreeSet;

use crate::domain::school::{Person, Right};

use super::{
    public_key::{key_itself, public_key},
    table::Table,
    values::{date, text, word},
};

/// All persons of a file; `person` reads one, with the keys that were found.
pub(super) fn persons(
    tables: &[Table<'_>],
    person: impl Fn(&Table<'_>, Vec<String>) -> Option<Person>,
) -> Vec<Person> {
    let mut keys = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut persons = Vec::new();
    for table in tables {
        let listed = table.list("keys", public_key).unwrap_or_default();
        for (at, key) in &listed {
            if !keys.insert(key_itself(key).to_owned()) {
                let what = "this key is there twice; the key tells who acts";
                table.error_at(*at, what, "give each person a key of their own");
            }
        }
        let keys = listed.into_iter().map(|(_, key)| key).collect();
        let Some(person) = person(table, keys) else {
            continue;
        };
        if !names.insert(person.name.clone()) {
            let what = "two persons have this name";
            table.warning("name", what, "tell them apart, or put both keys under one");
        }
        persons.push(person);
    }
    persons
}

/// What every person has: a name, keys, rights and their end.
pub(super) fn person(table: &Table<'_>, keys: Vec<String>) -> Option<Person> {
    let name = table.require("name", text);
    let rights = word(&[("upload", Right::Upload), ("collect", Right::Collect)]);
    let rights = table.list("may", rights).map(|listed| {
        let rights: BTreeSet<Right> = listed.into_iter().map(|(_, right)| right).collect();
        rights.into_iter().collect()
    });
    let until = table.read("until", date);
    if table.lacks("until") {
        let what = "`until` is missing: this person's rights never end";
        table.warning(
            "name",
            what,
            "add until = 2028-07-31, or whenever they are to be reviewed",
        );
    }
    Some(Person {
        name: name?,
        keys,
        age: None,
        rights: rights.unwrap_or_else(|| vec![Right::Upload, Right::Collect]),
        authorised_by: None,
        authorised_on: None,
        until,
    })
}
