//! One file of `schools.d/` to one [`School`] (spec 7).

use std::{collections::BTreeSet, path::Path};

use time::Date;
use toml::de::DeValue;

use crate::domain::{
    identifiers::Urn,
    ids::SchoolId,
    school::{Agreement, Contact, Format, Person, School},
};

use super::{
    complaint::{Complaint, Complaints},
    known_school::SCHOOL,
    public_key::age_recipient,
    reading_persons::{person, persons},
    source::Source,
    table::{Table, Wanted},
    values::{boolean, date, text, word},
};

/// Reads a school's file: the school, with what a person should look at, or all that is wrong.
pub(super) fn read_school(file: &Path) -> Result<(School, Vec<Complaint>), Complaints> {
    let if_absent = "make it with `pillarbox school add`";
    school_from(file, Source::read(file, if_absent)?)
}

/// Reads a text as if it were in this file.
pub(super) fn parse_school(
    file: &Path,
    text: &str,
) -> Result<(School, Vec<Complaint>), Complaints> {
    school_from(file, Source::new(file, text.to_owned()))
}

fn school_from(file: &Path, source: Source) -> Result<(School, Vec<Complaint>), Complaints> {
    let school = source
        .parse()
        .and_then(|parsed| school(file, &Table::top(&parsed, &SCHOOL, &source)));
    let (school, warnings) = source.judge(school)?;
    match school {
        Some(school) => Ok((school, warnings)),
        None => Err(Complaints::new(warnings)),
    }
}

fn school(file: &Path, top: &Table<'_>) -> Option<School> {
    let agreement = agreement(&top.table("agreement"));
    let persons = persons(&top.tables("person"), person_of_school);
    let contacts = top.tables("contact").iter().map(contact).collect();
    let formats = formats(top);
    let name = top.require("name", text);
    let urn = top.read("urn", urn);
    let suspended = top.read("suspended", boolean).unwrap_or_default();
    Some(School {
        id: id(file, top)?,
        name: name?,
        urn,
        formats,
        agreement,
        suspended,
        persons,
        contacts,
    })
}

/// The id, which the file's name must say too: so no id is there twice.
fn id(file: &Path, top: &Table<'_>) -> Option<SchoolId> {
    let id = top.require("id", school_id)?;
    if file.file_stem().and_then(|stem| stem.to_str()) != Some(id.to_string().as_str()) {
        let what = "`id` must be the file's name";
        top.error(
            "id",
            what,
            format!("rename the file to {id}.toml, or correct the id"),
        );
    }
    Some(id)
}

fn formats(top: &Table<'_>) -> Vec<Format> {
    let words = word(&[("csv", Format::Csv), ("xlsx", Format::Xlsx)]);
    let listed = top.list("formats", words);
    if listed.as_ref().is_some_and(Vec::is_empty) {
        let what = "`formats` names none";
        top.error("formats", what, "such as [\"csv\"], or leave it out");
    }
    let formats: BTreeSet<Format> = listed.into_iter().flatten().map(|(_, f)| f).collect();
    if formats.is_empty() {
        return vec![Format::Csv];
    }
    formats.into_iter().collect()
}

fn agreement(table: &Table<'_>) -> Agreement {
    let agreement = Agreement {
        signed: table.read("signed", date),
        reviewed: table.read("reviewed", date),
        terminated: table.read("terminated", date),
    };
    in_order(
        table,
        ("signed", agreement.signed),
        ("reviewed", agreement.reviewed),
    );
    in_order(
        table,
        ("signed", agreement.signed),
        ("terminated", agreement.terminated),
    );
    agreement
}

/// A school's person may have a recipient, and was authorised by somebody.
fn person_of_school(table: &Table<'_>, keys: Vec<String>) -> Option<Person> {
    let person = person(table, keys);
    let authorised_on = table.read("authorised_on", date);
    in_order(
        table,
        ("authorised_on", authorised_on),
        ("until", table.read("until", date)),
    );
    let age = table.read("age", age_recipient);
    let authorised_by = table.read("authorised_by", text);
    Some(Person {
        age,
        authorised_by,
        authorised_on,
        ..person?
    })
}

fn contact(table: &Table<'_>) -> Contact {
    Contact {
        name: table.require("name", text).unwrap_or_default(),
        role: table.read("role", text),
        email: table.read("email", text),
        telephone: table.read("telephone", text),
    }
}

fn in_order(table: &Table<'_>, first: (&str, Option<Date>), then: (&str, Option<Date>)) {
    if let ((first, Some(from)), (then, Some(to))) = (first, then)
        && to < from
    {
        let what = format!("`{then}` is before `{first}`");
        table.error(then, what, "correct one of the two");
    }
}

fn school_id(value: &DeValue<'_>) -> Result<SchoolId, Wanted> {
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Wanted::new("the seven digits of a LAESTAB, in quotes", "\"8604001\""))
}

fn urn(value: &DeValue<'_>) -> Result<Urn, Wanted> {
    let text = match value {
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str()),
        _ => value.as_str(),
    };
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| Wanted::new("a URN, six digits from 100000", "124001"))
}

#[cfg(test)]
mod tests;
